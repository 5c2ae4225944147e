"""Kind: what sort of personal item was found, and what is written in its place."""

from __future__ import annotations

from enum import StrEnum

from assistant.reference import ORDER_SLOTS, spell


class Kind(StrEnum):
    """Sorts of personal items. The first six have a form that can be checked; names and addresses are recognised by use."""

    EMAIL = "e-mail"
    PHONE = "phone"
    CARD = "card number"
    IBAN = "bank account"
    ORDER = "order number"
    TRACKING = "tracking number"
    NAME = "name"
    ADDRESS = "address"


STRUCTURED = (Kind.EMAIL, Kind.PHONE, Kind.CARD, Kind.IBAN, Kind.ORDER, Kind.TRACKING)

REFERENCES_OF: dict[Kind, tuple[str, ...]] = {
    Kind.EMAIL: (spell("customer.email"),),
    Kind.PHONE: (spell("customer.phone"),),
    Kind.CARD: (),
    Kind.IBAN: (),
    Kind.ORDER: tuple(spell(f"{slot}.id") for slot in ORDER_SLOTS),
    Kind.TRACKING: tuple(spell(f"{slot}.tracking") for slot in ORDER_SLOTS),
    Kind.NAME: (spell("customer.name"), spell("person.1")),
    Kind.ADDRESS: (spell("customer.address"),),
}
"""References that are given out for distinct items of one conversation, in order; after them comes the mask."""


def mask_of(kind: Kind) -> str:
    """The mask of a kind, "[phone]"."""
    return f"[{kind.value}]"
