"""The evidence of one written turn: its brief, made as a live turn's is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from assistant.actions.order import Order
from assistant.dialogue.need import Need
from assistant.dialogue.product_numbers import ProductNumbers
from assistant.evidence.brief import Brief, BriefLine, Note
from assistant.evidence.meant_variants import MeantVariants, named_in
from assistant.evidence.sums import Sum, difference, left_of, total
from assistant.planning.plan import Change, Find, Policy
from assistant.planning.plan import Order as ReadOrder
from assistant.reading.verdict import Verdict
from finetune.corpora.conversation import Mark, WrittenConversation, WrittenTurn
from finetune.corpora.shop import CorpusShop
from retrieval.catalog.money import Money
from retrieval.catalog.product import Product

VERDICTS = {
    Mark.SUPPORTS: Verdict.SUPPORTS, Mark.CONTRADICTS: Verdict.CONTRADICTS, Mark.LIMITS: Verdict.LIMITS,
    Mark.SILENT: Verdict.SILENT,
}  # fmt: skip


def turn_lines(shop: CorpusShop, turn: WrittenTurn) -> list[BriefLine]:
    """The judged lines of a turn, `l1` first. Raises ValueError for a fragment that fits no single line."""
    return [BriefLine(VERDICTS[each.mark], shop.line(each.record, each.fragment)) for each in turn.lines]


def turn_brief(
    shop: CorpusShop, conversation: WrittenConversation, turn: WrittenTurn, numbers: ProductNumbers = ProductNumbers()
) -> Brief:
    """The brief of a written turn. Raises ValueError for an id that does not exist or an order of somebody else."""
    for id in turn.show:
        _product(shop, id)
    customer = shop.customers.get(conversation.customer)
    if conversation.customer and customer is None:
        raise ValueError(f"customer {conversation.customer!r} does not exist")
    return shop.briefing.brief(
        numbers,
        products=turn.show,
        orders=[_order(shop, id, conversation.customer) for id in turn.orders],
        lines=turn_lines(shop, turn),
        sums=[written_sum(shop, written) for written in turn.sums],
        notes=tuple(dict.fromkeys(_notes(conversation, turn))),
        customer=customer,
        meant=_meant(shop, conversation, turn),
    )


def _meant(shop: CorpusShop, conversation: WrittenConversation, turn: WrittenTurn) -> MeantVariants:
    """What a live turn would know of the variants meant: the message, the need, the replies before and the open page."""
    if all(len(shop.catalog.variants(_product(shop, id))) == 1 for id in turn.show):
        return MeantVariants()
    turns = conversation.turns
    place = next((place for place, each in enumerate(turns) if each is turn), 0)
    need = next((each.need for each in reversed(turns[: place + 1]) if each.need is not None), Need())
    named = frozenset(id for each in turns[:place] for id in named_in(each.reply, each.show))
    return MeantVariants(shop.constraints.meant(turn.says, need), turn.says, named | {conversation.page})


def written_sum(shop: CorpusShop, written: Mapping[str, Any]) -> Sum:
    """What code works out: {"total": {"mug": 2}} is "$24.00". Raises ValueError for an unknown form."""
    if len(written) != 1:
        raise ValueError(f"a sum has one key, not {sorted(written)}")
    (name, of), *_ = written.items()
    return Sum(name.replace("_", " "), _sum_text(shop, name, of))


def _sum_text(shop: CorpusShop, name: str, of: Any) -> str:
    if name == "total":
        return str(_total(shop, of))
    if name == "total_with_shipping":
        spent = _total(shop, of)
        free = shop.card.free_from is not None and spent.amount >= shop.card.free_from
        return str(Money(spent.amount + (0 if free else shop.card.ship_fee), spent.currency))
    if name == "to_free_shipping":
        if shop.card.free_from is None:
            raise ValueError("to_free_shipping: this shop has no free_from")
        spent = _total(shop, of)
        return str(Money(max(shop.card.free_from - spent.amount, Decimal(0)), spent.currency))
    if name == "difference":
        first, second = (_product(shop, id) for id in of)
        return str(difference(first, second, shop.moment))
    if name == "left_of_budget":
        budget, basket = of
        left = left_of(Decimal(str(budget)), _total(shop, basket))
        if left is None:
            raise ValueError(f"left_of_budget: {basket} costs more than {budget}")
        return str(left)
    if name == "return_days_left":
        order = shop.orders.get(of)
        until = order.return_until(shop.card.return_days) if order else None
        if until is None or until < shop.card.today:
            raise ValueError(f"return_days_left: order {of!r} is not delivered or its window has closed")
        days = (until - shop.card.today).days
        return f"{days} day{'' if days == 1 else 's'}"
    raise ValueError(f"unknown sum {name!r}")


def _notes(conversation: WrittenConversation, turn: WrittenTurn) -> Iterator[Note]:
    """Outcomes as the tools would report them."""
    deciding = [judged for judged in turn.lines if judged.mark is not Mark.SILENT]
    for step in turn.plan:
        if isinstance(step, Find) and not turn.show:
            yield Note.NOTHING_FOUND
        if isinstance(step, Policy) and not deciding:
            yield Note.NOT_STATED
        if isinstance(step, ReadOrder | Change) and not turn.orders:
            yield Note.NO_ORDER if conversation.customer else Note.SIGNED_OUT


def _product(shop: CorpusShop, id: str) -> Product:
    if id not in shop.catalog.products:
        raise ValueError(f"no product has the id {id!r}")
    return shop.catalog.products[id]


def _order(shop: CorpusShop, id: str, customer: str) -> Order:
    order = shop.orders.get(id)
    if order is None or order.customer_id != customer:
        raise ValueError(f"order {id!r} is not one of the signed-in customer's ({customer or 'nobody'})")
    return order


def _total(shop: CorpusShop, basket: Mapping[str, Any]) -> Money:
    return total(((_product(shop, id), int(count)) for id, count in basket.items()), shop.moment)
