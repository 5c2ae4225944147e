"""Blanks: the one place that decides which values say nothing, per field."""

from __future__ import annotations

import re
from decimal import Decimal

_WORDS = frozenset(
    {
        "nan", "null", "nul", "none", "nil", "undefined", "n/a", "na", "n.a", "n\\a", "nat", "\\n", "unknown", "not applicable",
        "not available", "no value", "no data", "empty", "blank", "missing", "unspecified", "not specified", "not set", "not provided",
        "not given", "not known", "tbd", "tba", "tbc", "default title", "please select", "select an option", "choose an option",
        "no selection",
        # German, French, Spanish, Italian, Dutch and Polish
        "k.a", "k. a", "keine angabe", "keine angaben", "unbekannt", "nicht angegeben", "n.d", "nd", "n.c", "s.o", "sans objet",
        "non renseigné", "non spécifié", "non disponible", "inconnu", "sin especificar", "no aplica", "no disponible", "desconocido",
        "non specificato", "non applicabile", "sconosciuto", "n.v.t", "nvt", "onbekend", "brak", "nie dotyczy",
    }
)  # fmt: skip
"""What spreadsheets, databases and forms write where they have no value; points after the word do not count."""
_ERRORS = re.compile(r"#(?:n/a|ref!|value!|name\?|div/0!|null!|num!|getting_data)", re.IGNORECASE)
"""Errors of spreadsheet formulas."""
_ONLY_SIGNS = re.compile(r"[\s\-–—_.,;:/\\?*~=|#<>()\[\]{}\"']+")
"""A value of such signs alone, as "--" or "()", says nothing; "✓" and "+" can say something."""
_AROUND = "<>()[]{}-–—*_\"' \t.:"
"""Signs that programs put around a word for nothing: "(none)", "<NA>", "--none--"."""
_ZERO_DATE = re.compile(r"0{4}-0{2}-0{2}(?:[ T]0{2}:0{2}(?::0{2})?)?|0{2}[./]0{2}[./]0{4}")
_WORDS_ARE_VALUES = frozenset({"id", "title", "answer"})
"""Fields in which such a word can be meant: a game may be called "Unknown"."""
_MACHINE_WORDS = frozenset({"nan", "NaN", "null", "NULL", "undefined", "<NA>", "NaT", "\\N"})
"""Spellings that only programs write, which are no value even there."""
ATTRIBUTE = "attribute"
"""The field of any attribute: there "none" says something, as in "smell: none"."""
_NO_BRAND = frozenset(
    {
        "does not apply", "doesn't apply", "unbranded", "non-branded", "not branded", "no brand", "no-brand", "sin marca", "ohne marke", "markenlos",
        "sans marque", "senza marca", "sem marca", "merkloos",
    }
)  # fmt: skip
"""What marketplaces write for a thing without a brand or a barcode."""
_ZERO_IS_BLANK = frozenset(
    {
        "sale_price", "item_group_id", "gtin", "rating", "brand", "color", "material", "product_type", "link", "image_link", "weight", "length",
        "width", "height", "depth", "volume", "diameter",
        "sale_price_effective_date", "availability_date", "expiration_date",
    }
)  # fmt: skip
"""Fields in which shop systems write 0 for "none": no sale, no parent, no barcode, not rated, not weighed yet."""
_FALSE_IS_A_VALUE = frozenset({"", ATTRIBUTE, "availability"})
_ZERO = re.compile(r"(?:[A-Za-z]{3}\s?|[^\w\s]\s?)?0+(?:[.,]0+)?(?:\s?[A-Za-z]{1,3}|\s?[^\w\s])?|[0-]+")
"""Zero with or without a currency or unit, or an identifier of zeros."""


def is_empty(value: object) -> bool:
    """True for null, blank text and empty lists and objects, whatever the field."""
    return value is None or value in ((), [], {}) or (isinstance(value, str) and not value.strip())


def is_blank(value: object, field: str = "") -> bool:
    """True if a cell or JSON value says nothing: null, blank text, an empty list, a word for nothing, or 0 where 0 means none.

    `field` is the field of the record that the value is for, if it is known.
    """
    if is_empty(value):
        return True
    if value is False:  # how PHP exports no value
        return field not in _FALSE_IS_A_VALUE
    if isinstance(value, str):
        text = value.strip()
        if field in _WORDS_ARE_VALUES:
            return text in _MACHINE_WORDS or _ERRORS.fullmatch(text) is not None
        if _is_word_for_nothing(text, field) or (field in ("brand", "gtin") and text.casefold() in _NO_BRAND):
            return True
    return field in _ZERO_IS_BLANK and _is_zero(value)


def is_blank_attribute(name: str, value: str) -> bool:
    """`is_blank` for the attribute `name`, in snake_case: a "shipping_weight" of 0 was not weighed."""
    return is_blank(value, ATTRIBUTE) or (name.rpartition("_")[2] in _ZERO_IS_BLANK and _is_zero(value))


def _is_word_for_nothing(text: str, field: str) -> bool:
    if _ONLY_SIGNS.fullmatch(text) or _ERRORS.fullmatch(text) or _ZERO_DATE.fullmatch(text):
        return True
    word = text.strip(_AROUND).casefold() if len(text) <= 40 else ""
    return word in _WORDS and not (text.casefold() == "none" and field == ATTRIBUTE)


def _is_zero(value: object) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, int | float | Decimal):
        return value == 0
    return isinstance(value, str) and _ZERO.fullmatch(value.strip()) is not None
