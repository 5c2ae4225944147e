"""Dropping: conditions that the customer gives up ("any colour", "forget the price", "doesn't have to be red")."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assistant.understanding.grammar.text import Span, Text

ALL = "*"
"""Stands for every condition."""

_FACETS: Mapping[str, str] = {
    "color": r"colou?rs?",
    "price": r"prices?|costs?|budget|price limit|price range|money|limit",
    "brand": r"brands?|makes?|makers?|manufacturers?|labels?",
    "size": r"sizes?",
    "material": r"materials?|fabrics?",
    "rating": r"ratings?|stars?|reviews?",
    "product_type": r"categor(?:y|ies)|product types?",
    "discount": r"sale|offers?|discount",
    "availability": r"stock|availability",
    ALL: r"filters?|conditions?|restrictions?|criteria|of (?:that|them|it)",
}
_AFTER = r"(?: (?:filters?|limit|range|restrictions?|conditions?|preference|requirement))?"
_FORGET = (
    r"(?:forget(?: about)?|ignore|drop|remove|clear|never ?mind|lose|skip|without|delete|reset|undo|take (?:off|"
    r"away|out)|get rid of|scrap|"
    r"(?:i )?(?:do not|don'?t|dont) (?:really )?(?:care|mind|worry)(?: about| for| what| which)?|no longer care "
    r"about|not fussed about|open to)"
)
_NOT_MATTER = (
    r"(?:(?:does not|doesn'?t|dont|don'?t|do not) (?:really )?matter|is(?:n'?t| not) (?:important|an issue|a "
    r"problem|an object)|not important|"
    r"(?:is )?irrelevant|is (?:up to you|open|no object|no issue|no problem)|no object|whatever|(?:is|are) fine|"
    r"will do|is ok(?:ay)?|works)"
)
_DETERMINER = r"(?:(?:the|a|that|this|my|all|any|what|which|every|about) )*"
_GIVEN_UP = re.compile(
    r"(?:\bnot|n'?t)(?: really)? (?:have|need|has|got) to(?: be| come)?(?: in| made of| from)?\b|\bneed(?: not|"
    r"n'?t) be\b"
    r"|\b(?:not|n't) necessarily\b|\bno need (?:for it )?to be\b"
)


@dataclass(frozen=True, slots=True)
class Dropped:
    """Fields given up, ALL among them for every one, and where that was read."""

    fields: tuple[str, ...]
    spans: tuple[Span, ...]


class Dropping:
    """Reads what is given up, with the names of one catalogue's attributes."""

    def __init__(self, attributes: Iterable[str]) -> None:
        names = {re.escape(name.replace("_", " ")): name for name in attributes if name not in _FACETS}
        longest = sorted(names, key=len, reverse=True)
        self._fields = {name.replace("\\", ""): field for name, field in names.items()}
        own = rf"(?P<own>{'|'.join(longest)})" if longest else r"(?P<own>(?!))"
        self._own = tuple(map(re.compile, _patterns("", own)))

    def read(self, text: Text) -> Dropped:
        """The fields whose conditions `text` gives up."""
        found = {field: match.span() for field, patterns in _COMPILED for match in _first(patterns, text.lower)}
        for match in _first(self._own, text.lower):
            found[self._fields[match["own"]]] = match.span()
        return Dropped(tuple(found), tuple(found.values()))


def gives_up(text: Text) -> Span | None:
    """Where "doesn't have to be" stands: what follows it is no longer wanted."""
    match = _GIVEN_UP.search(text.lower)
    return match.span() if match else None


def _first(patterns: Iterable[re.Pattern[str]], lower: str) -> list[re.Match[str]]:
    """The first match of the first pattern that has one."""
    return next(([match] for pattern in patterns if (match := pattern.search(lower))), [])


def _patterns(field: str, name: str) -> tuple[str, ...]:
    forget = rf"\b{_FORGET} {_DETERMINER}(?:{name}){_AFTER}(?!\w)"
    matter = rf"\b{_DETERMINER}(?:{name}){_AFTER} {_NOT_MATTER}"
    if field == ALL:
        return (forget, rf"\b(?:no|without) (?:any )?(?:{name})(?!\w)")
    if field == "price":
        return (
            forget,
            matter,
            r"\b(?:any|all) prices?(?!\w)",
            r"\bmoney (?:is )?no object",
            r"\bno (?:price )?limit\b",
        )
    return (forget, matter, rf"\b(?:any|all|whatever) (?:old )?(?:{name})(?!\w)(?! of)")


_COMPILED = tuple((field, tuple(map(re.compile, _patterns(field, name)))) for field, name in _FACETS.items())
