"""Evidence: the facts that a reply may use."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FactKind(StrEnum):
    """What sort of value a fact holds; the check treats each its own way."""

    NAME = "name"
    MONEY = "money"
    NUMBER = "number"
    STOCK = "stock"
    RATING = "rating"
    DATE = "date"
    DURATION = "duration"
    CODE = "code"
    STATUS = "status"
    CONTACT = "contact"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class OfVariant:
    """What a value is for the variant shown, where `Fact.text` speaks of all variants.

    `name` is "navy in L", and any of `words` in a sentence says that it speaks of this variant.
    """

    text: str
    name: str
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Fact:
    """One value from the shop's records, ready to be read: `text` replaces the reference to `key`.

    `hint` is a short word on it that the language model sees. `record` says where the value
    comes from ("product:T-100", "faq:returns", "order:A-1042", "computed"). `variant` takes the place of `text` in a sentence
    that names the variant.
    """

    key: str
    kind: FactKind
    text: str
    hint: str = ""
    record: str = ""
    variant: OfVariant | None = None
