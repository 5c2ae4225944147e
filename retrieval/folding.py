"""Folding: text as it is compared, so that "cajon" is "Cajón", "Womens" is not lost to a curly quote, and "strasse" is "Straße"."""

from __future__ import annotations

import unicodedata

_PLAIN = str.maketrans(
    {
        "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i", "ŧ": "t",
        "’": "'", "‘": "'", "‚": "'", "‛": "'", "′": "'", "´": "'", "`": "'",
        "“": '"', "”": '"', "„": '"', "‟": '"', "″": '"', "«": '"', "»": '"',
    }
)  # fmt: skip
"""Letters that Unicode does not take apart into a letter and its accent, and the quotes that people type for typographic ones."""


def folded(text: str) -> str:
    """`text` in lower case, without accents, and with plain quotes; its length may change."""
    if text.isascii():
        return text.lower().replace("`", "'")
    apart = unicodedata.normalize("NFD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).translate(_PLAIN)
