"""Option form: which values of a product's options a message says: "linear", "the 1.5L glass one", "with a built-in grinder"."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from assistant.planning.grammar.text import Text, Token, clean, stem, stems

_LONGEST_VALUE = 6
"""Words of an option's value; longer ones are descriptions."""
_YES, _NO = ("yes", "true"), ("no", "none", "false")
_NEGATIONS = frozenset({"no", "without", "not", "non"})
_SHORT_MESSAGE = 4
"""Words of a message in which a bare number or letter can only be an answer."""
_SAME = re.compile(
    r"\b(?:exact(?:ly the)? same|same (?:one|kind|model|item|thing|type|product|again)|identical|one just like it|like for like)\b"
)


@dataclass(frozen=True, slots=True)
class SaidOption:
    """A value that was said, in small letters, and the options that it may be a value of."""

    value: str
    fields: frozenset[str]


def options_said(message: str, values: Mapping[str, Collection[str]]) -> tuple[SaidOption, ...]:
    """The values of options that a message says; `values` maps each option's name to the values that there are.

    The longest values are read first ("stainless steel" before "steel"). Options that are there or not are said by their names
    ("with a timer", "no backlight"), numbers and single letters only next to their names or in a short answer.
    """
    tokens = [token for token in Text(clean(message)).tokens if token.is_word]
    free = [True] * len(tokens)
    known: dict[str, set[str]] = {}
    for field, own in values.items():
        for value in own:
            if value.casefold() not in (*_YES, *_NO):
                known.setdefault(value.casefold(), set()).add(field)
    found: dict[str, frozenset[str]] = {}
    for value in sorted(known, key=lambda each: (-len(stems(each)), -len(each))):
        for start, end in _places(value, tokens):
            if all(free[start:end]) and _is_meant(value, known[value], tokens, start, end):
                free[start:end] = [False] * (end - start)
                if start == 0 or tokens[start - 1].word != "not":
                    found[value] = _fields(known[value], tokens, start, end)
    found |= _switches(values, tokens, free)
    return tuple(SaidOption(value.partition("=")[0], fields) for value, fields in found.items())


def asks_for_the_same(message: str) -> bool:
    """Whether a message wants the very same thing again."""
    return bool(_SAME.search(clean(message).casefold()))


def _places(value: str, tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """Where the words of a value stand, however they are joined: "1.5 L" is "1.5L", "13 inch" is "13-inch"."""
    wanted = "".join(stems(value))
    if not wanted or len(stems(value)) > _LONGEST_VALUE:
        return []
    places = []
    for start in range(len(tokens)):
        joined = ""
        for end in range(start, min(start + _LONGEST_VALUE + 1, len(tokens))):
            joined += tokens[end].stem
            if joined == wanted:
                places.append((start, end + 1))
            if len(joined) >= len(wanted):
                break
    return places


def _is_meant(value: str, fields: Collection[str], tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether a number or a letter is said of the option: "size 9", "M", and not "2 of them" or "i'm"."""
    is_bare = value.isdecimal() and len(value) < 3
    if not is_bare and len(value) > 1:
        return True
    if len(tokens) <= _SHORT_MESSAGE or _fields_near(fields, tokens, start, end):
        return True
    return value.isalpha() and tokens[start].cased.isupper() and tokens[start].word not in ("i", "a")


def _fields(fields: Collection[str], tokens: Sequence[Token], start: int, end: int) -> frozenset[str]:
    return frozenset(_fields_near(fields, tokens, start, end) or fields)


def _fields_near(fields: Collection[str], tokens: Sequence[Token], start: int, end: int) -> set[str]:
    """The options whose names stand right before or behind a value."""
    before = {token.stem for token in tokens[max(start - 2, 0) : start]}
    behind = {token.stem for token in tokens[end : end + 2]}
    return {field for field in fields if (own := _name(field)) and (own <= before or own <= behind)}


def _switches(
    values: Mapping[str, Collection[str]], tokens: Sequence[Token], free: Sequence[bool]
) -> dict[str, frozenset[str]]:
    """Options that are there or not, by their names; a negation right before makes it a no."""
    found = {}
    for field, own in values.items():
        folded = {value.casefold() for value in own}
        name = _name(field)
        for start in range(len(tokens) - len(name) + 1):
            window = {token.stem for token in tokens[start : start + len(name)]}
            if window != name or not all(free[start : start + len(name)]):
                continue
            before = {token.word for token in tokens[max(start - 2, 0) : start]}
            wanted = _NO if before & _NEGATIONS else _YES
            for value in folded & set(wanted):
                found[f"{value}={field}"] = frozenset({field})
    return found


def _name(field: str) -> set[str]:
    return {stem(word) for word in re.split(r"[\W_]+", field) if word}
