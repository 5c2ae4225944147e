"""References: the only way in which a reply names a fact, "{p1.price}". `assistant/evidence/brief.py` has all keys."""

from __future__ import annotations

ORDER_SLOTS = ("o1", "o2", "o3")


def spell(key: str) -> str:
    """The text form of the reference to `key`."""
    return f"{{{key}}}"
