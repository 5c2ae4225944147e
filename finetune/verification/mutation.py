"""Mutation: right replies of the corpus with one value swapped for another of the same shop, to measure what the verifier catches."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.evidence.brief import ORDER_FIELDS, Brief
from assistant.evidence.order_facts import order_facts
from assistant.reading.lines import LineKind
from finetune.corpora.shop import CorpusShop
from finetune.corpora.transcripts import CorpusTurn
from finetune.verification.finished_turn import FinishedTurn
from finetune.verification.numerals import NUMBER

_REFERENCE = re.compile(r"\{([^{}]*)\}")
_NEAR_SHARE = 0.4
"""Share of the mutations whose value is another of the same turn, where there is one; those are the hardest to see."""
_BARE = frozenset({"yes", "no", "none"})
"""Values that make no sentence in the place of another."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """A reply made wrong: `field` is what kind of value was swapped, `was` and `now` the values."""

    turn: FinishedTurn
    field: str
    was: str
    now: str


class Mutations:
    """Makes mutations of the replies of one shop."""

    def __init__(self, shop: CorpusShop) -> None:
        self._pools = _pools(shop)

    def of(self, turn: CorpusTurn, right: FinishedTurn, chance: random.Random) -> Mutation | None:
        """A mutation of one reference of the reply, drawn at random; None if no reference has another value in the shop."""
        keys = list(dict.fromkeys(_REFERENCE.findall(turn.written.reply)))
        chance.shuffle(keys)
        for key in keys:
            fact = turn.brief.facts[key]
            places = [found.span() for found in re.finditer(rf"(?<!\w){re.escape(fact.text)}(?!\w)", right.reply)]
            near, far = self._others(key, fact.text, turn.brief)
            pool = near if near and (not far or chance.random() < _NEAR_SHARE) else far
            if pool and places:
                now, (start, end) = chance.choice(pool), chance.choice(places)
                reply = right.reply[:start] + now + right.reply[end:]
                return Mutation(replace(right, reply=reply), _field(key), fact.text, now)
        return None

    def _others(self, key: str, was: str, brief: Brief) -> tuple[list[str], list[str]]:
        """Other values for a reference: those of the same turn, and those of the shop."""
        field = _field(key)
        name = _line_name(brief, key) if field == "l.value" else field
        near = {fact.text for other, fact in brief.facts.items() if _field(other) == field and other != key}
        far = set(self._pools.get(name, ())) - near
        if field == "l.value":
            same = {other for other in brief.facts if _field(other) == field and _line_name(brief, other) == name}
            near = {brief.facts[other].text for other in same}
            far = far or {value for value in self._pools[field] if _has_digit(value) and _has_digit(was)}
            near, far = near - _BARE, far - _BARE
        if field == "l":
            is_policy = brief.lines[int(key[1:]) - 1].line.kind is LineKind.POLICY
            near = {_number_changed(was, number) for number in self._pools["number"][:20]} if is_policy else near
        return sorted(near - {was, ""}), sorted(far - near - {was})


def _field(key: str) -> str:
    """What kind of value a reference is: "p2.price" is "p.price"."""
    slot, _, field = key.partition(".")
    kind = re.sub(r"\d+$", "", slot)
    return f"{kind}.{field}" if field else kind


def _line_name(brief: Brief, key: str) -> str:
    line = brief.lines[int(key.partition(".")[0][1:]) - 1].line
    return f"l.value {line.text.partition(':')[0].casefold()}"


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _number_changed(text: str, number: str) -> str:
    """The first number of a sentence replaced; "" if it has none, or that one."""
    found = NUMBER.search(text)
    return text[: found.start()] + number + text[found.end() :] if found and found[0] != number else ""


def _pools(shop: CorpusShop) -> Mapping[str, Sequence[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for product in shop.catalog.products.values():
        values = {
            "name": product.title, "price": str(product.current_price), "old_price": str(product.price), "stock": "", "brand": product.brand,
            "quantity": str(product.quantity or ""), "rating": f"{product.rating:.1f} out of 5" if product.rating else "",
            "reviews": f"{product.rating_count:,} ratings", "color": product.color.lower(), "size": product.size,
            "material": product.material.lower(),
        }  # fmt: skip
        for name, value in values.items():
            found[f"p.{name}"].add(value)
    found["p.saving"], found["p.stock"] = (
        found["p.price"],
        {"in stock", "nearly sold out", "sold out", "available to pre-order"},
    )
    found["p.colors"], found["p.sizes"] = found["p.color"], found["p.size"]
    for order in shop.orders.values():
        for fact in order_facts("o1", order, ORDER_FIELDS, shop.card.return_days, shop.card.today):
            found[_field(fact.key)].add(fact.text)
    for lines in shop.lines.values():
        for line in lines:
            found["l"].add(line.text)
            found["number"].update(NUMBER.findall(line.text))
            if line.value:
                found["l.value"].add(line.value)
                found[f"l.value {line.text.partition(':')[0].casefold()}"].add(line.value)
    found["s"] = found["p.price"] | found["o.total"]
    found["customer.name"] = {each.name.split()[0] for each in shop.customers.values() if each.name.strip()}
    return {name: sorted(values - {""}) for name, values in found.items()}
