"""Briefing: makes the brief of one turn, the same way for live turns and for the corpus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from assistant.actions.order import Order
from assistant.actions.order_record import OrderRecord
from assistant.actions.policy import Policy
from assistant.dialogue.product_numbers import ProductNumbers
from assistant.evidence.brief import (
    LINE_SLOTS,
    ORDER_FIELDS,
    ORDER_SLOTS,
    PRODUCT_FIELDS,
    PRODUCT_SLOTS,
    SUM_SLOTS,
    WRITTEN_FIELDS,
    Brief,
    BriefLine,
    Note,
)
from assistant.evidence.change_result import ChangeResult, Closed, change_facts
from assistant.evidence.evidence import Fact, FactKind
from assistant.evidence.group_facts import Group
from assistant.evidence.line_forms import line_forms
from assistant.evidence.meant_variants import MeantVariants
from assistant.evidence.order_facts import order_facts, record_facts
from assistant.evidence.product_facts import ProductFacts
from assistant.evidence.sections import Sections, says_heading
from assistant.evidence.sums import Sum
from assistant.reading.lines import LineKind
from assistant.reading.verdict import Verdict
from assistant.shop import Shop
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.customer import Customer


@dataclass(frozen=True)
class Briefing:
    """Makes briefs for one shop. `now` is the moment whose prices, stock and days count where a turn names none.

    `policy` says how long refunds take.
    """

    catalog: Catalog
    shop: Shop
    now: Callable[[], datetime]
    policy: Policy = Policy()
    _product_facts: ProductFacts = field(init=False)
    _sections: Sections = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_product_facts", ProductFacts(self.catalog))
        object.__setattr__(self, "_sections", Sections(self.catalog.faqs.values()))

    def brief(
        self,
        numbers: ProductNumbers,
        *,
        products: Sequence[str] = (),
        orders: Sequence[Order] = (),
        lines: Sequence[BriefLine] = (),
        sums: Sequence[Sum] = (),
        notes: Sequence[Note] = (),
        customer: Customer | None = None,
        meant: MeantVariants = MeantVariants(),
        moment: datetime | None = None,
        records: Sequence[OrderRecord] = (),
        change: ChangeResult | None = None,
        closed: Closed | None = None,
        more: int = 0,
    ) -> Brief:
        """The brief of a turn with these products, orders, lines, sums and outcomes, each cut to its slots.

        `more` products belong to the list that the products begin.

        Prices and stock speak of a whole group of variants until `meant` or a sum settles which one is spoken of.
        """
        moment = moment or self.now()
        if sums:
            meant = replace(meant, ids=meant.ids | frozenset(products))
        shown = tuple(products[: len(PRODUCT_SLOTS)])
        kept, known = tuple(orders[: len(ORDER_SLOTS)]), tuple(lines[: len(LINE_SLOTS)])
        facts = [
            *self._of_products(shown, meant, moment),
            *self._of_orders(kept, moment.astimezone(self.shop.zone).date()),
            *self._of_lines(known),
            *(
                Fact(slot, FactKind.MONEY, each.text, each.name, "computed")
                for slot, each in zip(SUM_SLOTS, sums, strict=False)
            ),
            *(
                Fact(f"{slot}.about", FactKind.TEXT, each.about, "", "computed")
                for slot, each in zip(SUM_SLOTS, sums, strict=False)
                if each.about
            ),
            *self._of_shop(customer),
            *self._of_records(records, kept, moment.astimezone(self.shop.zone).date()),
            *change_facts(change, closed),
            *([Fact("more", FactKind.TEXT, f"{more} more", "", "computed")] if more else ()),
        ]
        return Brief(
            products=shown,
            numbers=tuple(numbers.number(self.group(id)) or 0 for id in shown),
            orders=tuple(order.id for order in kept),
            lines=known,
            notes=tuple(notes),
            facts={fact.key: fact for fact in facts},
            change=change,
            closed=closed,
        )

    def group(self, id: str) -> str:
        """The key of the group of variants that a product belongs to."""
        return self.catalog.products[id].item_group_id or id

    def _of_products(self, ids: Sequence[str], meant: MeantVariants, moment: datetime) -> Iterator[Fact]:
        groups = Counter(map(self.group, ids))
        for slot, id in zip(PRODUCT_SLOTS, ids, strict=False):
            product = self.catalog.products[id]
            own = self._product_facts.of(slot, product, (*PRODUCT_FIELDS, *WRITTEN_FIELDS), moment, self.shop.zone)
            is_compared = groups[self.group(id)] > 1
            variants = (product,) if is_compared else meant.among(product, self.catalog.variants(product))
            yield from Group(product, variants, moment).facts(own)

    def _of_orders(self, orders: Sequence[Order], today: date) -> Iterator[Fact]:
        for slot, order in zip(ORDER_SLOTS, orders, strict=False):
            yield from order_facts(slot, order, ORDER_FIELDS, self.shop.return_days, today)

    def _of_records(self, records: Sequence[OrderRecord], kept: Sequence[Order], today: date) -> Iterator[Fact]:
        known = {record.order.id: record for record in records}
        for slot, order in zip(ORDER_SLOTS, kept, strict=False):
            if order.id in known:
                yield from record_facts(slot, known[order.id], self.policy, today)

    def _of_shop(self, customer: Customer | None) -> Iterator[Fact]:
        for name in ("name", "email", "phone", "hours"):
            if text := getattr(self.shop, name):
                yield Fact(f"shop.{name}", FactKind.CONTACT, text, "", "shop")
        if customer is not None and customer.first_name:
            yield Fact("customer.name", FactKind.NAME, customer.first_name, "", f"customer:{customer.id}")

    def _of_lines(self, lines: Sequence[BriefLine]) -> Iterator[Fact]:
        headed: set[str] = set()
        for slot, told in zip(LINE_SLOTS, lines, strict=False):
            if told.verdict is Verdict.SILENT:
                continue
            line = told.line
            yield Fact(slot, FactKind.TEXT, line.text, told.verdict.value, line.record)
            if line.kind is LineKind.ATTRIBUTE:
                yield Fact(f"{slot}.value", FactKind.TEXT, line.value, "", line.record)
            heading = self._sections.heading(line.record) if line.record not in headed else ""
            headed.add(line.record)
            for form, text in line_forms(line).items():
                is_headed = form == "quote" and heading and not says_heading(heading, text)
                yield Fact(
                    f"{slot}.{form}", FactKind.TEXT, f"{heading}: {text}" if is_headed else text, "", line.record
                )
