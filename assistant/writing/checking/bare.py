"""Bare claims: those made without an auxiliary, "I cancelled it", "refund issued", "let me check", "on its way"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.evidence.lexicon import phrases, words
from assistant.writing.checking.clauses import Clause, Mode
from assistant.writing.checking.groups import coordinated
from assistant.writing.checking.promise import (
    FIRST_PERSON,
    NOT,
    STARTS,
    Claim,
    Promise,
    Who,
    is_about_the_search,
    next_word,
)
from assistant.writing.checking.verbs import service_forms, service_gerunds, service_pasts, verb_of

_WAITING = frozenset({"moment", "moments", "minute", "minutes", "second", "seconds", "while", "time"})
_ASKED = frozenset({"like", "want", "need", "wish", "prefer", "for", "ask", "allow"})
_OBJECT_NEXT = frozenset(
    {"your", "the", "this", "that", "it", "a", "an", "you", "them", "these", "those", "now", "all", "our", "for"}
)


def bare_verbs(clause: Clause) -> Iterator[Promise]:
    """Claims without an auxiliary: "I cancelled it", "we ship abroad", "let me check", "your parcel left"."""
    said = clause.words
    for place, word in enumerate(said):
        following = next_word(said, place + 1)
        inverted = clause.mode is Mode.QUESTION and place > 0 and said[place - 1] in STARTS
        if word in FIRST_PERSON and following and following not in STARTS and not inverted:
            verbs = [following, *(said[verb] for verb in coordinated(said, place + 1))]
            yield from (_done(clause, word, verb) for verb in verbs if _is_acted(clause, verb))
        elif word in ("me", "us") and said[max(0, place - 1)] in _ASKED and following == "to":
            yield from _offered(clause, place)
        elif word in ("let", "allow", "give", "grant") and following in ("me", "us"):
            yield from _letting(clause, place)
        elif word in words("agents") and following in service_pasts():
            yield Promise(Claim.DONE, verb_of(following), Who.AGENT, clause, f"{word} {following}")
        elif word in words("service_nouns") and following in words("moved") and _has_moved(said, place):
            yield Promise(Claim.STATE, verb_of(following), Who.THING, clause, f"{word} {following}")
        elif word in ("expect", "await") and (place == 0 or said[place - 1] in ("please", "can", "and", "may")):
            yield Promise(Claim.OUTCOME, "expect", Who.CUSTOMER, clause, word)


def _is_acted(clause: Clause, verb: str) -> bool:
    """Whether "I" with this verb says that something was done."""
    if verb == "let" and "know" not in clause.words:
        return False
    if verb == "put":
        return not words("put_objects").isdisjoint(clause.words)
    acted = (
        verb in service_forms()
        or verb in words("reading_forms") - words("reading_verbs")
        or (verb.endswith("ed") and len(verb) > 4)
    )
    silent = words("talking_verbs") - (words("reading_forms") - words("reading_verbs"))
    return acted and verb not in silent and not is_about_the_search(clause, verb)


def _done(clause: Clause, subject: str, verb: str) -> Promise:
    return Promise(Claim.DONE, verb_of(verb), Who.SPEAKER, clause, f"{subject} {verb}")


def _offered(clause: Clause, place: int) -> Iterator[Promise]:
    """An offer of what Aisle cannot do: "would you like me to cancel it?"."""
    verb = next_word(clause.words, place + 2)
    if verb in service_forms() and verb not in words("talking_verbs") and not is_about_the_search(clause, verb):
        yield Promise(Claim.CAN, verb_of(verb), Who.SPEAKER, clause, f"me to {verb}")


def _letting(clause: Clause, place: int) -> Iterator[Promise]:
    """Announcements: "let me check that for you" is one; "let me show you" is talk."""
    verb = next((word for word in clause.words[place + 2 :] if word != "to" and word not in words("adverbs")), "")
    if not _WAITING.isdisjoint(clause.words):
        yield Promise(Claim.WILL, "wait", Who.SPEAKER, clause, f"let me {verb}")
    if clause.words[place + 1] == "us" and verb in words("talking_verbs") - {"check"}:
        return
    announces = clause.words[place] in ("let", "allow") and verb not in words("talking_verbs") | {"a", "an", "some"}
    if announces or verb in words("reading_verbs") - {"see"}:
        yield Promise(Claim.WILL, verb_of(verb), Who.SPEAKER, clause, f"let me {verb}")


def _has_moved(said: Sequence[str], place: int) -> bool:
    """Whether something got somewhere: "it went through" says so, "it went wrong" does not."""
    went = next_word(said, place + 1)
    if said[place] not in words("pronouns") or went not in ("went", "came", "left"):
        return True
    return not {"through", "out", "back", "in"}.isdisjoint(said[place:])


def fragments(clause: Clause) -> Iterator[Promise]:
    """Claims without a subject: "Cancelled!", "Refund issued", "Processing your refund now"."""
    said = [word for word in clause.words if word not in words("adverbs")]
    if not said or not STARTS.isdisjoint(said):
        return
    first, following = said[0], said[1] if len(said) > 1 else ""
    if first in service_gerunds() and (following in _OBJECT_NEXT or not following):
        yield Promise(Claim.DOING, verb_of(first), Who.SPEAKER, clause, first)
    elif first in service_pasts() - words("service_verbs") and first not in words("harmless_passives"):
        yield Promise(Claim.STATE, verb_of(first), Who.THING, clause, first)
    for noun, verb in pairwise(said):
        if noun in words("service_nouns") and verb in service_pasts() - words("service_verbs"):
            yield Promise(Claim.STATE, verb_of(verb), Who.THING, clause, f"{noun} {verb}")


def purposes(clause: Clause) -> Iterator[Promise]:
    """What the speaker says they are about: "we are doing our best to expedite it"."""
    said = clause.words
    speaker = next((place for place, word in enumerate(said) if word in FIRST_PERSON), None)
    if clause.mode is not Mode.STATEMENT or speaker is None:
        return
    for place in range(speaker + 1, len(said) - 1):
        if said[place] == "you" or said[place] in NOT or said[place] in ("cannot", "rather", "better"):
            return
        verb = next_word(said, place + 1)
        if said[place] == "to" and verb in service_forms() and verb not in words("talking_verbs"):
            yield Promise(Claim.WILL, verb_of(verb), Who.SPEAKER, clause, f"to {verb}")


def remedies_offered(clause: Clause) -> Iterator[Promise]:
    """An offer of what nobody has granted: "would you prefer a refund or a replacement?"."""
    if clause.mode is Mode.QUESTION and not {"like", "prefer", "want"}.isdisjoint(clause.words):
        for remedy in words("remedies").intersection(clause.words):
            yield Promise(Claim.CAN, remedy, Who.SPEAKER, clause, remedy)


def fixed_phrases(clause: Clause) -> Iterator[Promise]:
    """Phrases that promise whatever stands around them, but for a "not" close before: "on its way", "rest assured"."""
    said = f" {' '.join(clause.words)} "
    for phrase in phrases("promising_phrases"):
        before, found, _ = said.partition(f" {phrase} ")
        if found and "not" not in before.split()[-4:]:
            yield Promise(Claim.PHRASE, phrase, Who.THING, clause, phrase)
            return
