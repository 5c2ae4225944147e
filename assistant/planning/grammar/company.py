"""Company: who a thing is for, as a message says it: how many people, and whether a child or an adult.

"family of five", "me, my husband and three kids", "my grandson is six", "women's boots"
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from assistant.planning.grammar.text import Span, Text, Token
from assistant.planning.grammar.words import words
from retrieval.catalog.filter import Condition, Operator

ADULT_AGE = 14
"""Years from which clothes and gear are bought in sizes of adults."""
_CHILDREN, _ADULTS, _SPEAKERS = words("children"), words("adults"), words("speakers")
_PAIRS = frozenset({"parent", "couple", "grandparent"})
_PERSONS = "|".join(sorted(_CHILDREN | _ADULTS))
_JOINED = re.compile(
    r"\s*(?:,|&|\+|and\b|plus\b|with\b)(?:\s*(?:,|and|also|my|our|the|her|his|their|a|an|\d{1,2}|little|small|young|old|grown-?up)(?!\w))*\s*"
)
"""What stands between two people of one list: "me, my husband and 3 kids"."""
_COUNTED = re.compile(
    r"\b(?:(?:family|group|party) of|(?:we are|we're|there are|there's|we will be|we'll be)(?: a)?(?: family of)?) (?P<first>\d{1,2})"
    rf"(?!\s*(?:[a-z]+ )?(?:old|years?|yrs?|children|(?:{_PERSONS})s?))\b"
    r"|\b(?P<heads>\d{1,2})[ -]?(?:people|persons?|man|berth)\b"
    r"|\bfor (?P<plain>[2-9]|1[0-2])(?=\s*(?:$|[,.!?;]|under\b|below\b|max\b))"
    r"|\b(?P<second>\d{1,2}) of us\b|\b(?P<both>both of us)\b"
)
_GROWN_UP = re.compile(r"\bgrown[ -]?up(s?)\b")
_AGE = re.compile(
    r"\b(?P<old>\d{1,2})[ -]?(?:years?|yrs?|y)[ -]?(?:old|o)\b|\b(?P<aged>\d{1,2})\s?yo\b|\b(?:aged?|turn(?:s|ing|ed)?|she is|she's|he is|he's|(?:"
    + "|".join(sorted(_CHILDREN))
    + r")(?:,| is|'s| \()?) ?(?P<is>\d{1,2})(?![.,]?\d)(?!\s*(?:cm|kg|lbs?|ft|feet|foot|m|meters?|inch\w*|%|days?|weeks?|months?|dollars?|bucks?|euros?)\b)\b"
)
_MOST = 20


@dataclass(frozen=True, slots=True)
class Company:
    """`count` people, 0 if unsaid; `is_child` is None where nothing tells; `whom` is the word for them ("daughter"), or "".

    `spans` are where numbers of people and ages stand.
    """

    count: int = 0
    is_child: bool | None = None
    whom: str = ""
    spans: tuple[Span, ...] = ()

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What this asks of the age group of a product."""
        if self.is_child is None:
            return ()
        return (Condition("age_group", Operator.IN if self.is_child else Operator.NOT_IN, ("kids",)),)


def company(text: Text) -> Company:
    """Who `text` says that a thing is for."""
    text = Text(_GROWN_UP.sub(lambda found: f"adult{found[1]}".ljust(len(found[0])), text.lower))
    tokens = [token for token in text.tokens if token.is_word]
    people = [token for token in tokens if is_person(token.stem)]
    aged = list(_AGE.finditer(text.lower))
    ages = [int(next(filter(None, found.groups()))) for found in aged]
    has_child = any(token.stem in _CHILDREN for token in people)
    has_adult = any(token.stem in _ADULTS for token in people)
    if ages:
        is_young = min(ages) < ADULT_AGE  # "my son is 17"
        has_child, has_adult = is_young, has_adult or (has_child and not is_young)
    count, counted = _count(text, tokens)
    return Company(
        count if count <= _MOST else 0,
        None if has_child == has_adult else has_child,
        next((token.stem for token in people), ""),
        (*counted, *(found.span() for found in aged)),
    )


def is_person(stem: str) -> bool:
    """Whether a word names a person whom a thing can be for."""
    return stem in _CHILDREN or stem in _ADULTS


def _count(text: Text, tokens: Sequence[Token]) -> tuple[int, list[Span]]:
    """How many people are meant, as said, else those that are listed together with the speaker, and where numbers stand."""
    if found := _COUNTED.search(text.lower):
        return (2 if found["both"] else int(found["first"] or found["second"] or found["heads"] or found["plain"])), [
            found.span()
        ]
    return max((_listed(each, tokens) for each in _lists(text, tokens)), key=lambda each: each[0], default=(0, []))


def _lists(text: Text, tokens: Sequence[Token]) -> list[list[Token]]:
    """The people of each list that names some, the speaker among them."""
    lists: list[list[Token]] = []
    for token in tokens:
        if is_person(token.stem) or token.word in _SPEAKERS:
            if lists and _JOINED.fullmatch(text.lower[lists[-1][-1].end : token.start]):
                lists[-1].append(token)
            else:
                lists.append([token])
    return lists


def _listed(people: Sequence[Token], tokens: Sequence[Token]) -> tuple[int, list[Span]]:
    """How many people a list names, and where numbers stand; 0 for one person without a number."""
    count, spans = 0, list[Span]()
    for token in people:
        place = tokens.index(token)
        before = tokens[place - 1] if place else None
        if before is not None and before.word.isdigit() and is_person(token.stem):
            count += int(before.word)
            spans.append((before.start, token.end))
        else:
            count += 2 if token.stem in _PAIRS else 1
    return (count if len(people) > 1 or spans else 0), spans


def room_for(count: int, attribute: str) -> Condition:
    """The demand that `attribute` ("capacity": "4 people") has room for `count`."""
    return Condition(attribute, Operator.AT_LEAST, number=Decimal(count), unit="people")
