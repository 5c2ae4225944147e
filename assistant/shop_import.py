"""ShopImport: files of one kind of record into a shop's database, for the command line, for watching and for the web."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from assistant.actions.order_feed import read_orders
from assistant.actions.orders import Orders
from assistant.importing import Progress, Reading, Report, read_files
from retrieval.catalog.customer import Event
from retrieval.feeds.faqs import faq_files, read_faqs
from retrieval.feeds.intake import Columns, Intake
from retrieval.feeds.kind_of_file import check_kind
from retrieval.feeds.people import read_customers, read_events
from retrieval.feeds.recognition import read_products
from retrieval.feeds.report import FeedRow
from retrieval.feeds.source import Source
from retrieval.store.records import Records
from retrieval.store.removal import Removal
from retrieval.store.upsert import Outcome
from retrieval.store.versions import Kind

REPLACEABLE = frozenset({Kind.PRODUCTS, Kind.FAQS})
"""Kinds of which a feed can be the whole list: what it does not name is removed."""

NOUNS: Mapping[Kind, str] = {kind: "FAQs" if kind is Kind.FAQS else kind.value for kind in Kind}
"""What people call the records of each kind."""

_SUSPICIOUS = 0.5
"""A feed that removes more than this share of the stored records is not believed."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of one import: what was read, what that changed, and the version of the data after it.

    `outcome` is None if nothing was stored. `refusal` says why nothing was stored, or would be without `dry`, although records were read; "" otherwise.
    `columns` says what became of the columns of the files; products alone have any. `unknown` counts the events of each product id that the shop does not have.
    """

    kind: Kind
    reading: Reading[Any]
    outcome: Outcome | None
    version: int
    refusal: str = ""
    columns: Columns = field(default_factory=Columns)
    unknown: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Way:
    read: Callable[[Source], Iterator[FeedRow[Any]]]
    upsert: Callable[[Sequence[Any], Removal], Outcome]


def files_of(kind: Kind) -> Callable[[Path], Sequence[Path]]:
    """Which files one path stands for: FAQs are imported from folders too. The function raises FeedError for an empty one."""
    return faq_files if kind is Kind.FAQS else lambda path: (path,)


class ShopImport:
    """Imports into one database. Prices that name no currency are in `currency`, times without a zone in `zone`."""

    def __init__(self, engine: Engine, currency: str = "USD", zone: tzinfo = UTC) -> None:
        self._records, self._orders = Records(engine), Orders(engine)
        self._currency, self._zone = currency, zone

    def run(
        self,
        kind: Kind,
        paths: Sequence[Path],
        *,
        replace: bool = False,
        careful: bool = False,
        confirm: Callable[[str], bool] = lambda loss: True,
        dry: bool = False,
        report: Report = lambda fault: None,
        progress: Progress = lambda done, total: None,
    ) -> ImportResult:
        """Read `paths` and store what is good in one transaction. Raises StoreError.

        Records that the files hide are removed. `replace` also removes records that the files do not name, unless a bad row
        has no id that can be read; products and FAQs alone can be replaced.
        With `careful`, as for feeds that nobody looks at, nothing is stored of a feed that seems broken; with `dry`, nothing at all.
        `careful` accepts a feed of customers, orders or events without rows: there may be none in an hour.
        Otherwise `confirm` is asked, with the counts in words, before an import removes more than half of the stored records.
        """
        intake = Intake(self._currency, self._zone)
        way = self._way(kind, intake)

        def read(source: Source) -> Iterator[FeedRow[Any]]:
            check_kind(kind, source)
            return way.read(source)

        may_be_empty = careful and kind not in REPLACEABLE
        reading = read_files(paths, read, report, progress, files_of(kind), may_be_empty)
        has_news = not reading.is_empty or (may_be_empty and reading.is_complete)
        refusal = ""
        if not reading.is_empty:
            loss = self._loss(kind, reading, replace)
            if careful:
                refusal = self._refusal(kind, reading, loss)
            elif loss and (dry or not confirm(loss)):
                refusal = loss
        outcome = None
        if has_news and not refusal and not dry:
            outcome = way.upsert(reading.records, reading.removal(replace))
        unknown = self._unknown(reading) if kind is Kind.EVENTS else Counter[str]()
        return ImportResult(kind, reading, outcome, self._records.version().number, refusal, intake.columns, unknown)

    def _unknown(self, reading: Reading[Event]) -> Counter[str]:
        """The events of each product that the shop does not have: recommendations leave them aside until it is imported."""
        known = self._records.product_ids()
        return Counter(event.product_id for event in reading.records if event.product_id not in known)

    def _refusal(self, kind: Kind, reading: Reading[Any], loss: str) -> str:
        """Why a feed seems broken; "" if it does not. `loss` says how much it would remove."""
        noun, found = NOUNS[kind], len(reading.records) + len(reading.skipped)
        if reading.bad_files:
            return f"a file could not be used (see the fault); the {found} {noun} that were read may be only a part"
        if reading.bad_rows > found:
            return f"{reading.bad_rows} rows are bad and {found} are good"
        return loss

    def _loss(self, kind: Kind, reading: Reading[Any], replace: bool) -> str:
        """How many records would leave, if that is more than half of those that are stored; else ""."""
        removal = reading.removal(replace and kind in REPLACEABLE)
        if kind not in REPLACEABLE or not (reading.skipped or removal.others):
            return ""
        catalog, noun = self._records.catalog(), NOUNS[kind]
        stored = (
            [(each.id, each.item_group_id) for each in catalog.products.values()]
            if kind is Kind.PRODUCTS
            else [(id, "") for id in catalog.faqs]
        )
        brought = {each.id for each in reading.records}
        hidden = removal.hides(stored, brought).keys()
        absent = set(removal.gone(stored, brought)) - hidden
        if len(hidden) + len(absent) <= _SUSPICIOUS * len(stored):
            return ""
        if not absent:
            return f"it hides {len(hidden)} of the {len(stored)} {noun} that are served, more than half"
        also = f", and {len(hidden)} that it hides" if hidden else ""
        return f"it would remove {len(hidden) + len(absent)} of the {len(stored)} {noun}: {len(absent)} that it does not name{also}"

    def _way(self, kind: Kind, intake: Intake) -> _Way:
        records = self._records
        match kind:
            case Kind.PRODUCTS:
                return _Way(
                    lambda source: read_products(source, intake),
                    lambda rows, removal: records.upsert_products(rows, removal=removal),
                )
            case Kind.FAQS:
                return _Way(
                    lambda source: read_faqs(source, intake),
                    lambda rows, removal: records.upsert_faqs(rows, removal=removal),
                )
            case Kind.CUSTOMERS:
                return _Way(
                    lambda source: read_customers(source, intake), lambda rows, _: records.upsert_customers(rows)
                )
            case Kind.ORDERS:
                known = records.customer_ids()
                return _Way(
                    lambda source: read_orders(source, intake, known), lambda rows, _: self._orders.upsert(rows)
                )
            case Kind.EVENTS:
                return _Way(lambda source: read_events(source, intake), lambda rows, _: records.upsert_events(rows))
