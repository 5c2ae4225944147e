"""The facts of one written turn: what each reference of its reply is filled with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from assistant.evidence.evidence import Fact, FactKind
from assistant.evidence.order_facts import IN_FULL, order_facts
from assistant.evidence.product_facts import ProductFacts
from assistant.reading.lines import Line, LineKind
from finetune.corpora.conversation import Mark, WrittenConversation, WrittenTurn
from finetune.corpora.shop import CorpusShop
from retrieval.money import Money

PRODUCT_FIELDS = (
    "name", "price", "old_price", "saving", "stock", "quantity", "rating", "reviews", "brand", "kind", "color", "colors",
    "size", "sizes", "material",
)  # fmt: skip


def turn_lines(shop: CorpusShop, turn: WrittenTurn) -> list[tuple[Mark, Line]]:
    """The lines of a turn with their marks, `l1` first. Raises ValueError for a fragment that fits no single line."""
    return [(judged.mark, shop.line(judged.record, judged.fragment)) for judged in turn.lines]


def turn_facts(shop: CorpusShop, conversation: WrittenConversation, turn: WrittenTurn) -> dict[str, Fact]:
    """Every fact that the reply of `turn` may refer to, by its key. Raises ValueError for an id that does not exist."""
    return {fact.key: fact for fact in _facts(shop, conversation, turn)}


def _facts(shop: CorpusShop, conversation: WrittenConversation, turn: WrittenTurn) -> Iterator[Fact]:
    makers = ProductFacts(shop.catalog)
    for place, id in enumerate(turn.show, 1):
        yield from makers.of(f"p{place}", _product(shop, id), PRODUCT_FIELDS)
    for place, id in enumerate(turn.orders, 1):
        order = shop.orders.get(id)
        if order is None or order.customer_id != conversation.customer:
            raise ValueError(
                f"order {id!r} is not one of the signed-in customer's ({conversation.customer or 'nobody'})"
            )
        yield from order_facts(f"o{place}", order, IN_FULL, shop.card.return_days, shop.card.today)
    for place, (mark, line) in enumerate(turn_lines(shop, turn), 1):
        if mark is Mark.SILENT:
            continue
        yield Fact(f"l{place}", FactKind.TEXT, line.text, mark.name.lower(), line.record)
        if line.kind is LineKind.ATTRIBUTE:
            yield Fact(f"l{place}.value", FactKind.TEXT, line.value, "", line.record)
    for place, written in enumerate(turn.sums, 1):
        yield Fact(f"s{place}", FactKind.MONEY, sum_text(shop, written), next(iter(written), ""), "computed")
    card = shop.card
    for field in ("name", "email", "phone", "hours"):
        if text := getattr(card, field):
            yield Fact(f"shop.{field}", FactKind.CONTACT, text, "", "shop")
    if conversation.customer:
        customer = shop.customers.get(conversation.customer)
        if customer is None:
            raise ValueError(f"customer {conversation.customer!r} does not exist")
        yield Fact("customer.name", FactKind.NAME, customer.name.split()[0], "", f"customer:{customer.id}")


def sum_text(shop: CorpusShop, written: Mapping[str, Any]) -> str:
    """What code works out, as text: {"total": {"mug": 2}} → "$24.00". Raises ValueError for an unknown form."""
    if len(written) != 1:
        raise ValueError(f"a sum has one key, not {sorted(written)}")
    (name, of), *_ = written.items()
    currency = shop.card.currency
    if name == "total":
        return str(Money(_total(shop, of), currency))
    if name == "total_with_shipping":
        return str(Money(_total(shop, of) + _shipping(shop, of), currency))
    if name == "to_free_shipping":
        if shop.card.free_from is None:
            raise ValueError("to_free_shipping: this shop has no free_from")
        return str(Money(max(shop.card.free_from - _total(shop, of), Decimal(0)), currency))
    if name == "difference":
        first, second = (_product(shop, id).current_price.amount for id in of)
        return str(Money(abs(first - second), currency))
    if name == "left_of_budget":
        budget, basket = of
        left = Decimal(str(budget)) - _total(shop, basket)
        if left < 0:
            raise ValueError(f"left_of_budget: {basket} costs more than {budget}")
        return str(Money(left, currency))
    if name == "return_days_left":
        order = shop.orders.get(of)
        until = order.return_until(shop.card.return_days) if order else None
        if until is None or until < shop.card.today:
            raise ValueError(f"return_days_left: order {of!r} is not delivered or its window has closed")
        days = (until - shop.card.today).days
        return f"{days} day{'' if days == 1 else 's'}"
    raise ValueError(f"unknown sum {name!r}")


def _product(shop: CorpusShop, id: str) -> Any:
    if id not in shop.catalog.products:
        raise ValueError(f"no product has the id {id!r}")
    return shop.catalog.products[id]


def _total(shop: CorpusShop, basket: Mapping[str, Any]) -> Decimal:
    return sum((_product(shop, id).current_price.amount * int(count) for id, count in basket.items()), Decimal(0))


def _shipping(shop: CorpusShop, basket: Mapping[str, Any]) -> Decimal:
    free = shop.card.free_from is not None and _total(shop, basket) >= shop.card.free_from
    return Decimal(0) if free else shop.card.ship_fee
