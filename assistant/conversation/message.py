"""Message: a customer's raw text made safe to store, count and read."""

from __future__ import annotations

import unicodedata

_KEPT_CONTROLS = frozenset("\n\t")


def clean(text: str) -> str:
    """`text` in Unicode's composed form, without control characters and surrounding space.

    Line breaks and tabs stay, joiners inside emoji too; halves of surrogate pairs, which no database stores, become
    the replacement character.
    """
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    composed = unicodedata.normalize("NFC", whole.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(c for c in composed if c in _KEPT_CONTROLS or unicodedata.category(c) != "Cc").strip()
