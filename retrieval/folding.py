"""Folding: text as it is compared, so that "cajon" is "Cajón", "Womens" is not lost to a curly quote, and "strasse" is "Straße"."""

from __future__ import annotations

import re
import unicodedata

_PLAIN = str.maketrans(
    {
        "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i", "ŧ": "t",
        "’": "'", "‘": "'", "‚": "'", "‛": "'", "′": "'", "´": "'", "`": "'",
        "“": '"', "”": '"', "„": '"', "‟": '"', "″": '"', "«": '"', "»": '"',
    }
)  # fmt: skip
"""Letters that Unicode does not take apart into a letter and its accent, and the quotes that people type for typographic ones."""


_ACCENTS = re.compile("(?<=[a-z\u00df-\u00f6\u00f8-\u02af\u03b1-\u03c9])[\u0300-\u036f]+")
"""Accents of Latin and Greek letters. In other scripts such a mark makes another letter: "й" is not "и", "パ" is not "バ"."""


def folded(text: str) -> str:
    """`text` in lower case, without the accents of Latin and Greek letters, and with plain quotes; its length may change."""
    if text.isascii():
        return text.lower().replace("`", "'")
    apart = unicodedata.normalize("NFD", text.casefold())
    return unicodedata.normalize("NFC", _ACCENTS.sub("", apart)).translate(_PLAIN)
