"""Customers' queries: what conversations searched for, and which of the products shown then were viewed, put into the cart or bought.

A turn keeps the plan that its reply came from, so the words that were searched for are known. Its customer wanted those of the cards that they
viewed, carted or bought in the day after it: events of the shop, and carts of the chat, which visitors have too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, select

from assistant.actions.owner import Owner
from assistant.order_tables import AuditRow, ProposalRow
from assistant.planning.plan import Find
from assistant.privacy.masker import Mask
from assistant.tables import ConversationRow, TurnRow
from finetune.embeddings.queries import Query, ShopTraits, Source, Wanted
from retrieval.catalog.customer import Event, EventKind
from retrieval.store.database import reading

_WITHIN = timedelta(days=1)
_GRADES = {EventKind.VIEW: 1.0, EventKind.CART: 2.0, EventKind.PURCHASE: 3.0}
_LONGEST = 200
"""Characters; what is longer is a story and no query."""


@dataclass(frozen=True, slots=True)
class ShownSearch:
    """What a turn searched for and the ids of its cards. `people` are the keys of those who it may have been, as carts have them."""

    text: str
    shown: tuple[str, ...]
    time: datetime
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Interest:
    """That somebody viewed, carted or bought a product."""

    person: str
    product_id: str
    kind: EventKind
    time: datetime


def read_searches(engine: Engine) -> Iterator[ShownSearch]:
    """Every turn that searched and showed products. Raises StoreError."""
    query = select(TurnRow.why, TurnRow.shown, TurnRow.time, ConversationRow.id, ConversationRow.customer_id).join(
        ConversationRow, ConversationRow.id == TurnRow.conversation_id
    )
    with reading(engine) as connection:
        for row in connection.execute(query.execution_options(yield_per=500)).mappings():
            steps = [step[Find.tool] for step in row["why"].get("plan", ()) if Find.tool in step]
            cards = tuple(str(card["id"]) for card in row["shown"].get("cards", ()))
            if len(steps) != 1 or not cards:
                continue
            text = " ".join(filter(None, (str(steps[0].get(name, "")).strip() for name in ("kind", "want"))))
            people = [Owner(visitor_id=row["id"]).key]
            if row["customer_id"] is not None:
                people.append(Owner(customer_id=row["customer_id"]).key)
            if 0 < len(text) <= _LONGEST:
                yield ShownSearch(text, cards, row["time"], tuple(people))


def read_interests(engine: Engine, events: Iterable[Event]) -> Iterator[Interest]:
    """The events of customers, and what was put into carts in the chat. Raises StoreError."""
    for event in events:
        if event.kind in _GRADES:
            yield Interest(Owner(customer_id=event.customer_id).key, event.product_id, event.kind, event.time)
    carts = select(AuditRow.owner, AuditRow.time, ProposalRow.request).join(
        ProposalRow, ProposalRow.id == AuditRow.proposal_id
    )
    with reading(engine) as connection:
        for row in connection.execute(carts.where(AuditRow.action == "add_to_cart")).mappings():
            yield Interest(row["owner"], str(row["request"]["product_id"]), EventKind.CART, row["time"])


def customer_queries(
    shop: ShopTraits, searches: Iterable[ShownSearch], interests: Iterable[Interest], mask: Mask
) -> Sequence[Query]:
    """One query for each text that was searched for and led to something, in the order of the texts.

    A query answers with every variant of what was wanted, by the strongest interest in it. Texts with personal data are left out.
    """
    found: dict[str, dict[str, float]] = defaultdict(dict)
    by_person: dict[str, list[Interest]] = defaultdict(list)
    for interest in interests:
        by_person[interest.person].append(interest)
    for search in searches:
        shown = {shop.traits[shop.places[id]].group for id in search.shown if id in shop.places}
        for interest in (each for person in search.people for each in by_person[person]):
            place = shop.places.get(interest.product_id)
            if place is None or not timedelta(0) <= interest.time - search.time <= _WITHIN:
                continue
            group = shop.traits[place].group
            if group in shown:
                grades = found[search.text.casefold()]
                grades[group] = max(grades.get(group, 0.0), _GRADES[interest.kind])
    return [_query(shop, text, found[text]) for text in sorted(found) if not _is_personal(text, mask)]


def _query(shop: ShopTraits, text: str, groups: dict[str, float]) -> Query:
    grades = {place: grade for group, grade in sorted(groups.items()) for place in shop.by_group[group]}
    heads = frozenset(shop.traits[place].head for place in grades) - {""}
    return Query(text, grades, Wanted(heads), Source.CUSTOMERS)


def _is_personal(text: str, mask: Mask) -> bool:
    return any(masked.counts for masked in mask.mask_all([text]))
