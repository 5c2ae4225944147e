"""Filling: references of a reply replaced by the values of its brief, each as its sentence needs it.

Where a product comes in several variants, a value speaks of all of them, "from $79.00", until the reply names the variant by its
color or size. Its own values are said then and from there on: "$89.00". A sentence that speaks of a saving or a price from before
gives the variant's price with its name: "$89.00 in navy".
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.checking.claims import REFERENCE
from assistant.evidence.evidence import Fact, FactKind
from assistant.evidence.group_facts import FROM
from retrieval.catalog.options import words_in

_NAMES_VARIANT = frozenset({"color", "size"})
_OF_VARIANT = frozenset({"old_price", "saving"})
"""Fields that the group does not share: a sentence with one of them speaks of the variant."""
_GIVES_WAY = re.compile(r"(?:^|(?<=\s))(?:at|for|from)\s+$", re.IGNORECASE)
"""Words that "from" takes the place of: "the tent at $89.00" is "the tent from $89.00"."""
_BARS_FROM = re.compile(
    r"\b(?:to|than|under|over|below|above|of|by|with|a|an|the|your|my|this|that|about|around|only|just)\s+$",
    re.IGNORECASE,
)
"""Words that "from" cannot follow."""


def fill(sentence: str, facts: Mapping[str, Fact], before: str = "") -> str:
    """`sentence` with every known reference filled in. `before` is what the reply has said already, with references."""
    named = _slots(before, _NAMES_VARIANT) | _slots(sentence, _NAMES_VARIANT) | _worded(f"{before} {sentence}", facts)
    pieces = REFERENCE.split(sentence)
    text = pieces[0]
    for key, rest in zip(pieces[1::2], pieces[2::2], strict=True):
        text = (
            f"{_with_value(text, key, facts[key], named, sentence)}{rest}" if key in facts else f"{text}{{{key}}}{rest}"
        )
    return text


def _with_value(text: str, key: str, fact: Fact, named: frozenset[str], sentence: str) -> str:
    slot, _, field = key.partition(".")
    if fact.variant is None:
        return text + fact.text
    if slot in named:
        return text + fact.variant.text
    own = f"{fact.variant.text} in {fact.variant.name}" if fact.variant.name else fact.variant.text
    if field == "price" and (slot in _slots(sentence, _OF_VARIANT) or _BARS_FROM.search(text)):
        return text + own
    if fact.text.startswith(FROM):
        return _GIVES_WAY.sub("", text) + fact.text
    return text + fact.text


def _worded(text: str, facts: Mapping[str, Fact]) -> frozenset[str]:
    """Slots of which `text` has a word that sets their variant apart, its own or one of a line that it quotes."""
    plain = (facts[key] for key in REFERENCE.findall(text) if key in facts and facts[key].variant is None)
    said = words_in(" ".join([REFERENCE.sub(" ", text), *(fact.text for fact in plain if fact.kind is FactKind.TEXT)]))
    return frozenset(key.partition(".")[0] for key, fact in facts.items() if fact.variant and fact.variant.words & said)


def _slots(text: str, fields: frozenset[str]) -> frozenset[str]:
    keys = (key.partition(".") for key in REFERENCE.findall(text))
    return frozenset(slot for slot, _, field in keys if field in fields)
