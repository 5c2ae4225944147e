"""Audience: for whom something is wanted ("for men", "for my dad"), and the kinds of product made for them.

Shops that part their goods so name it in the kind: "Men's Shoes", "womens watches", "Kids > Boots".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from retrieval.catalog.filter import Condition, Filter, Operator

_WORDS: dict[str, str] = {
    "men": r"m[ea]n|gentlem[ae]n|guys?|husband|dad|daddy|father|grand(?:pa|dad|father)|brother|boyfriend|uncle|him|himself",
    "women": r"wom[ae]n|lad(?:y|ies)|wife|mum|mom|mother|grand(?:ma|mother)|sister|girlfriend|aunt|auntie|her|herself",
    "kids": r"kids?|child(?:ren)?|toddlers?|boys?|girls?|sons?|daughters?|nephews?|nieces?|grand(?:son|daughter|child\w*)",
}
_SAID = {
    name: re.compile(rf"\b(?:for (?:an? |my |our |the |his |her |their )?(?:\w+ )?(?:{words})|(?:{name}|{name}['’]s))\b", re.IGNORECASE)
    for name, words in _WORDS.items()
}  # fmt: skip
_AGE = re.compile(r"\b(?P<years>\d{1,2})[- ]?(?:years?|yrs?|yo)\b[- ]?(?:old)?", re.IGNORECASE)
_GROWN_UP = 14
_STEMS = {
    "men": re.compile(r"\b(?:men|mens|men's|gents|male)\b", re.IGNORECASE),
    "women": re.compile(r"\b(?:women|womens|women's|ladies|female)\b", re.IGNORECASE),
    "kids": re.compile(
        r"\b(?:kids|kid|kids'|children|childrens|children's|boys|girls|junior|toddlers?)\b", re.IGNORECASE
    ),
}


def audience(message: str) -> str:
    """ "men", "women", "kids", or "" where the message does not say, or says several."""
    age = _AGE.search(message)
    if age:
        return "kids" if int(age["years"]) < _GROWN_UP else ""
    said = [name for name, pattern in _SAID.items() if pattern.search(message)]
    return said[0] if len(said) == 1 else ""


def made_for(audience: str, kinds: Iterable[str]) -> tuple[str, ...]:
    """Those of `kinds` that are named after `audience`."""
    return tuple(kind for kind in kinds if audience and _STEMS[audience].search(kind))


def narrowed(wanted: Filter, audience: str) -> Filter:
    """`wanted` with the kinds of product made for `audience` alone, where its kinds are parted so."""
    conditions = []
    for condition in wanted.conditions:
        is_kind = condition.field == "product_type" and condition.operator is Operator.IN
        fitting = made_for(audience, condition.values) if is_kind else ()
        conditions.append(replace(condition, values=fitting) if fitting else condition)
    return replace(wanted, conditions=tuple(conditions))


def gifts_for(wanted: Filter, audience: str, kinds: Iterable[str]) -> Filter:
    """`wanted` among the kinds made for `audience`, where it names no kind, and the shop has such."""
    if any(condition.field == "product_type" for condition in wanted.conditions):
        return wanted
    fitting = made_for(audience, kinds)
    return wanted.adding([Condition("product_type", Operator.IN, fitting)]) if fitting else wanted
