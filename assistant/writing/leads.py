"""Leads: how a reply begins where a small model too seldom begins with what was asked.

A model writes on from the words given to it. Where a reply must name one thing above all, what was looked for and not found,
what the shop has, or the property compared, its first words are given, one of several by chance, and the model goes on.
All of them are wordings that it learned (`data/phrasings`).
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from assistant.act import Act


@dataclass(frozen=True, slots=True)
class _Lead:
    """Beginnings for a reply that has all facts of `needs` and none of `without`."""

    needs: frozenset[str]
    without: frozenset[str]
    beginnings: tuple[str, ...]


_LEADS: dict[Act, _Lead] = {
    Act.FOUND_NOTHING: _Lead(
        frozenset({"search.query"}),
        frozenset({"search.filters", "search.kind"}),
        (
            "I searched for",
            "It looks like we don't have",
            "I'm afraid I found nothing for",
            "Sorry, I couldn't find anything for",
            "I'm sorry, I found nothing for",
            "Unfortunately, I couldn't find anything for",
        ),
    ),
    Act.CAPABILITIES: _Lead(
        frozenset({"shop.offers"}), frozenset({"shop.name"}), ("We have", "We have", "I can help you find")
    ),
    Act.COMPARED: _Lead(
        frozenset({"p1.feature", "p2.feature"}),
        frozenset({"p1.stock"}),
        (
            "The {p1.name} has {p1.feature}, the {p2.name} {p2.feature}.",
            "With the {p1.name} you get {p1.feature}, with the {p2.name} {p2.feature}.",
        ),
    ),
}


def lead(acts: Collection[Act], keys: Collection[str]) -> str:
    """First words for a reply with this one act and facts with these `keys`, by chance; "" where it needs none."""
    found = _LEADS.get(next(iter(acts))) if len(acts) == 1 else None
    if found is None or not found.needs <= set(keys) or not found.without.isdisjoint(keys):
        return ""
    return random.choice(found.beginnings)


def led(beginning: str, pieces: Iterable[str]) -> Iterator[str]:
    """`beginning` and what goes on from it, one space between; a model's own first space is left out."""
    yield f"{beginning} "
    has_begun = False
    for piece in pieces:
        piece = piece if has_begun else piece.lstrip()
        has_begun = has_begun or bool(piece)
        yield piece
