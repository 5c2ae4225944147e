"""Promise: a claim of an act found in a clause, and the words by which such claims are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.evidence.lexicon import words
from assistant.writing.checking.clauses import Clause, Mode
from assistant.writing.checking.verbs import search_forms, service_forms

BE = frozenset({"is", "are", "am", "was", "were", "be", "been", "being"})
HAVE = frozenset({"has", "have", "had", "having"})
FUTURE = frozenset({"will", "shall"})
MODAL = frozenset({"can", "could", "would", "may", "might", "must", "should"})
DO = frozenset({"do", "does", "did"})
STARTS = BE | HAVE | FUTURE | MODAL | DO | {"get", "gets", "got", "getting"}
"""Words that open a chain of auxiliaries."""

NOT = frozenset({"not", "never", "no", "unable", "neither", "nor", "nothing", "hardly", "cannot"})
FIRST_PERSON = frozenset({"i", "we"})


class Claim(StrEnum):
    """What a verb group says about an act."""

    DONE = "done"
    DOING = "doing"
    WILL = "will"
    CAN = "can"
    OUTCOME = "outcome"
    PERMISSION = "permission"
    STATE = "state"
    PHRASE = "phrase"


class Who(StrEnum):
    """Who is said to act."""

    SPEAKER = "speaker"
    AGENT = "agent"
    CUSTOMER = "customer"
    THING = "thing"


@dataclass(frozen=True, slots=True)
class Promise:
    """A claim of an act found in a clause: `verb` is its dictionary form, `said` the words that make it."""

    claim: Claim
    verb: str
    who: Who
    clause: Clause
    said: str


def is_about_the_search(clause: Clause, main: str) -> bool:
    """What Aisle does to its own search it can do: "shall I add another condition?", "I dropped {search.dropped}"."""
    if clause.mode is Mode.QUESTION and (main in words("reading_verbs") or main not in service_forms()):
        return True
    objects = words("search_objects") & set(clause.words) or any(key.startswith("search.") for key in clause.keys)
    return bool(objects) and main in search_forms()


def is_adverb(word: str) -> bool:
    """A listed adverb or one in -ly; "apply" and "reply" are verbs."""
    return word in words("adverbs") or (word.endswith("ly") and len(word) > 4 and word not in service_forms())


def next_word(said: Sequence[str], place: int) -> str:
    """The first word from `place` on that is no adverb, or ""."""
    return next((w for w in said[place:] if not is_adverb(w)), "")
