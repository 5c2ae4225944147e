"""Limits: products recommended against what the customer ruled out by exact values, and answers without their condition."""

from __future__ import annotations

import re
from collections.abc import Iterator

from finetune.verification.finished_turn import RECOMMENDING, Fault, FaultKind
from finetune.verification.marked_reply import MarkedReply
from finetune.verification.turn_records import TurnRecords
from retrieval.catalog.product import Product

_CAVEAT = re.compile(
    r"\b(?:over|above|beyond|more than|exceeds?|past|stretch|closest|nearest|nothing|none|not|no|n't|only|but|instead|though|however|budget|"
    r"cheapest|least expensive|otherwise|else|leaves?|unless|except|dearer|pricier|costs more)\b|n't\b",
    re.IGNORECASE,
)


def limit_faults(records: TurnRecords, marked: MarkedReply) -> Iterator[Fault]:
    """Products that the reply names as a recommendation though they cost too much or have another color or size, without a word of it."""
    turn, limits = records.turn, records.turn.limits
    if not RECOMMENDING & set(turn.tools) or _CAVEAT.search(turn.reply):
        return
    colors = {part.casefold() for each in records.shop.catalog.products.values() for part in each.color.split("/")} - {
        ""
    }
    for sentence in marked.sentences():
        for _, title in marked.names(sentence):
            for product in records.named(title):
                if limits.budget is not None and "bundle" not in turn.tools and records.price(product) > limits.budget:
                    yield Fault(FaultKind.LIMIT, f"{title} costs {records.price(product)}", marked.plain(sentence))
                if limits.color in colors and not _has(records, product, "color", limits.color):
                    yield Fault(FaultKind.LIMIT, f"{title} is {product.color}", marked.plain(sentence))
                if limits.size and not _has(records, product, "size", limits.size):
                    yield Fault(FaultKind.LIMIT, f"{title} is of size {product.size}", marked.plain(sentence))


def _has(records: TurnRecords, product: Product, field: str, wanted: str) -> bool:
    """True if the product, or another of its group that can be bought, has what is wanted, or does not say."""
    values = [str(getattr(each, field)) for each in records.variants([product])]
    known = [value.casefold() for value in values if value]
    return not known or any(wanted in value or value in wanted for value in known)


def condition_faults(records: TurnRecords, marked: MarkedReply) -> Iterator[Fault]:
    """Conditions of a policy's answer that the reply does not quote."""
    quoted = {mark.text.casefold() for mark in marked.marks}
    for line in records.turn.conditions:
        if line.record in records.shop.catalog.faqs and line.text.casefold() not in quoted:
            yield Fault(FaultKind.CONDITION, line.text, records.turn.reply)
