"""CorpusShop: one imaginary shop of `data/conversations/`, its records and what its lines are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.actions.order import Order
from assistant.actions.order_feed import read_orders
from assistant.evidence.briefing import Briefing
from assistant.importing import read_files
from assistant.planning.constraints import Constraints
from assistant.planning.grammar.grammar import Grammar
from assistant.reading.lines import Line, page_lines, product_lines
from assistant.settings import SOURCE_ROOT
from assistant.shop import Shop
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.customer import Customer
from retrieval.errors import FeedError
from retrieval.feeds.faqs import faq_files, read_faqs
from retrieval.feeds.intake import Intake
from retrieval.feeds.people import read_customers
from retrieval.feeds.recognition import read_products
from retrieval.feeds.report import FeedRow, RowError, RowWarning
from retrieval.feeds.source import Source

Record = TypeVar("Record")
CORPUS = SOURCE_ROOT / "data" / "conversations"
SAMPLE = "fern-and-fell"
"""The shop of the corpus whose records are those of the sample shop, `data/shop`."""


class ShopCard(BaseModel):
    """`shop.yaml`: who speaks, and the day on which the shop's records stand still."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    name: str
    email: str
    phone: str = ""
    hours: str = ""
    currency: str = "USD"
    return_days: int = 30
    today: date
    ship_fee: Decimal = Decimal(0)
    free_from: Decimal | None = None
    trade: str = ""


@dataclass(frozen=True)
class CorpusShop:
    """The records of one shop. `name` is its folder's."""

    folder: Path
    card: ShopCard
    catalog: Catalog
    customers: Mapping[str, Customer]
    orders: Mapping[str, Order]

    @classmethod
    def load(cls, folder: Path) -> CorpusShop:
        """Reads `folder`. Raises FeedError at the first bad row, naming file and line."""
        records = folder
        if folder.name == SAMPLE:
            records = folder.parent.parent / "shop"
        card = _card(records / "shop.yaml")
        intake = Intake(card.currency)
        products = _read(records / "products.jsonl", lambda source: read_products(source, intake))
        pages_at = records / ("faqs" if folder.name == SAMPLE else "policies")
        pages = _read(pages_at, lambda source: read_faqs(source, intake), faq_files)
        customers = _read_any(records / "customers.jsonl", lambda source: read_customers(source, intake))
        known = {customer.id for customer in customers}
        orders = _read_any(records / "orders.jsonl", lambda source: read_orders(source, intake, known))
        clash = {product.id for product in products} & {page.id for page in pages}
        if clash:
            raise FeedError(f"{folder}: ids of both a product and a page: {sorted(clash)}", "Rename the pages.")
        return cls(
            folder, card, Catalog(products, pages), {c.id: c for c in customers}, {order.id: order for order in orders}
        )

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name

    @cached_property
    def briefing(self) -> Briefing:
        """What makes the briefs of this shop's turns."""
        card = self.card
        shop = Shop(card.name, card.email, card.phone, card.hours, card.return_days)
        return Briefing(self.catalog, shop, lambda: self.moment)

    @property
    def moment(self) -> datetime:
        """Noon of the day on which the records stand still."""
        return datetime.combine(self.card.today, time(12), UTC)

    @cached_property
    def constraints(self) -> Constraints:
        """What reads colors, sizes and money from the messages of this shop."""
        return Constraints(Grammar(self.catalog))

    @cached_property
    def lines(self) -> Mapping[str, tuple[Line, ...]]:
        """The lines of every record, by its id."""
        products = {id: product_lines(product) for id, product in self.catalog.products.items()}
        return products | {id: page_lines(page) for id, page in self.catalog.faqs.items()}

    def line(self, record: str, fragment: str) -> Line:
        """The one line of `record` that contains `fragment`, ignoring case. Raises ValueError if none or several do."""
        if record not in self.lines:
            raise ValueError(f"no product or page has the id {record!r}")
        wanted = " ".join(fragment.split()).casefold()
        found = [line for line in self.lines[record] if wanted in line.text.casefold()]
        if len(found) > 1:  # the start of an attribute line or a whole line wins over a mention elsewhere
            found = [line for line in found if line.text.casefold().startswith(wanted)] or found
        if len(found) != 1:
            raise ValueError(
                f"{fragment!r} is part of {len(found)} lines of {record!r}; a fragment must fit exactly one"
            )
        return found[0]


def shop_folders(corpus: Path) -> list[Path]:
    """The folders of the corpus that hold a shop, by name."""
    return sorted(
        {path.parent for name in ("conversations", "asks") for path in corpus.glob(f"*/{name}") if path.is_dir()}
    )


def held_out(corpus: Path) -> frozenset[str]:
    """Names of the shops that nothing is trained on."""
    return frozenset(yaml.safe_load((corpus / "splits.yaml").read_text(encoding="utf-8"))["held_out"])


def _card(path: Path) -> ShopCard:
    try:
        return ShopCard.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, ValidationError, yaml.YAMLError) as error:
        raise FeedError(f"{path} cannot be read: {error}", "Compare it with data/shop/shop.yaml.") from error


def _read(
    path: Path,
    read: Callable[[Source], Iterator[FeedRow[Record]]],
    files_in: Callable[[Path], Sequence[Path]] = lambda path: (path,),
) -> list[Record]:
    return read_files((path,), read, _refuse, lambda done, total: None, files_in).records


def _read_any(path: Path, read: Callable[[Source], Iterator[FeedRow[Record]]]) -> list[Record]:
    """The records of a file that a shop without customers lacks."""
    return _read(path, read) if path.exists() else []


def _refuse(fault: RowError | RowWarning | FeedError) -> None:
    """Raises FeedError for a fault, but for reviews that were left out: strangers write those."""
    if isinstance(fault, RowWarning) and fault.field == "reviews":
        return
    raise fault if isinstance(fault, FeedError) else FeedError(str(fault), "Mend this row.")
