"""Promises: a small grammar of English for "I have cancelled it", "you will hear from us", "a refund is on its way".

A clause is searched for verb groups: a subject, a chain of auxiliaries, and the word that they lead to. Who the subject
is and what the chain says (done, being done, to come, possible) decides whether the group claims an act:

    subject          chain                              claims unless
    I, we, an agent  will, going to, would ...          the verb is one of talking ("I'll show you")
    I, we, an agent  have, -ed                          the verb is one of talking or of reading ("I have found")
    I, we, an agent  am -ing                            the same
    I, we            can, could, would you like me to   the verb is no verb of service, or the chain is negated
    you              will, should                       the outcome is harmless ("you'll find it on its page")
    you              can, may                           the verb needs no permission
    anything else    will, has, is being -ed, is -ed    the participle describes ("rated", "made of")

Beside the groups there are fragments ("Refund issued.", "Cancelling it now") and fixed phrases ("on its way").
Conditions and questions to the customer claim nothing. Which claims the evidence bears out is `support.py`'s matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from assistant.checking.clauses import Clause, Mode
from assistant.checking.verbs import search_forms, service_forms, service_gerunds, service_pasts, verb_of
from assistant.lexicon import phrases, words

_BE = frozenset({"is", "are", "am", "was", "were", "be", "been", "being"})
_HAVE = frozenset({"has", "have", "had", "having"})
_FUTURE = frozenset({"will", "shall"})
_MODAL = frozenset({"can", "could", "would", "may", "might", "must", "should"})
_DO = frozenset({"do", "does", "did"})
_STARTS = _BE | _HAVE | _FUTURE | _MODAL | _DO | {"get", "gets", "got", "getting"}
_NOT = frozenset({"not", "never", "no", "unable", "neither", "nor", "nothing", "hardly", "cannot"})
_CHAINED = frozenset(
    {"going", "about", "to", "able", "unable", "rather", "like", "love", "happy", "glad", "pleased", "delighted"}
)
_WAITING = frozenset({"moment", "moments", "minute", "minutes", "second", "seconds", "while", "time"})
_ASKED = frozenset({"like", "want", "need", "wish", "prefer", "for", "ask", "allow"})
_FIRST_PERSON = frozenset({"i", "we"})
_OBJECT_NEXT = frozenset(
    {"your", "the", "this", "that", "it", "a", "an", "you", "them", "these", "those", "now", "all", "our", "for"}
)


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


def promises(clause: Clause) -> Iterator[Promise]:
    """Every claim of an act, a promise or an outcome in `clause`."""
    if clause.mode is Mode.CONDITION:
        return
    yield from _groups(clause)
    if clause.mode is not Mode.TIME:
        yield from _bare_verbs(clause)
        yield from _fragments(clause)
        yield from _purposes(clause)
        yield from _remedies_offered(clause)
    yield from _fixed_phrases(clause)


def _groups(clause: Clause) -> Iterator[Promise]:
    """Claims made with auxiliaries."""
    said, place = clause.words, 0
    before: tuple[str, ...] = ()
    while place < len(said):
        if said[place] not in _STARTS:
            place += 1
            continue
        start, chain, place = place, *_chain(said, place)
        if place >= len(said):
            break
        subject = _subject(said, start)
        if start and said[start - 1] in ("and", "or", "but"):
            subject = before or tuple(word for word in said[:start] if word in _FIRST_PERSON)
        if not subject and clause.mode is Mode.QUESTION:
            subject, place = _inverted(said, place)
            if place >= len(said):
                break
        before = subject
        for verb in (place, *_coordinated(said, place)):
            promise = _judge(clause, subject, chain, said[verb], said[start : place + 2])
            if promise:
                yield promise


def _chain(said: Sequence[str], place: int) -> tuple[list[str], int]:
    """The auxiliaries from `place` on, without adverbs, and the place of the word they lead to."""
    chain: list[str] = []
    while place < len(said):
        word = said[place]
        if word in _STARTS or word in _NOT or word in _CHAINED:
            chain.append(word)
        elif not _is_adverb(word):
            break
        place += 1
    return chain, place


def _coordinated(said: Sequence[str], place: int) -> Iterator[int]:
    """Places of verbs that share the chain: "I have gone ahead and [cancelled] it"."""
    for joint in range(place + 1, len(said) - 1):
        if said[joint] in _STARTS:
            return
        if said[joint] == "and" and said[joint + 1] in service_pasts() | words("service_verbs"):
            yield joint + 1


def _subject(said: Sequence[str], end: int) -> tuple[str, ...]:
    """The words before a chain, back to the start of the clause or to an earlier verb group."""
    start = end
    while start > 0 and said[start - 1] not in _STARTS:
        start -= 1
    return tuple(
        word for word in said[start:end] if word not in words("adverbs") | words("conjunctions") | words("times")
    )


def _inverted(said: Sequence[str], place: int) -> tuple[tuple[str, ...], int]:
    """The subject of a question, and the place of its verb: "has [your order] been sent", "shall [I] cancel"."""
    end = place + 1
    if said[place] not in words("pronouns"):
        while end < len(said) and said[end] not in _STARTS and verb_of(said[end]) not in words("service_verbs"):
            end += 1
    subject = tuple(said[place:end])
    _, verb = _chain(said, end)
    return subject, verb


def _who(subject: Sequence[str]) -> Who:
    if not subject:
        return Who.THING
    if subject[-1] in _FIRST_PERSON or subject[-1] == "me" or (subject[-1] == "us" and "let" in subject):
        return Who.SPEAKER
    if subject[-1] == "you":
        return Who.CUSTOMER
    if words("agents") & set(subject) or subject[-1] in ("they", "he", "she"):
        return Who.AGENT
    return Who.THING


def _judge(
    clause: Clause, subject: Sequence[str], chain: Sequence[str], main: str, said: Sequence[str]
) -> Promise | None:
    """The claim that subject, chain and verb make together, if any."""
    who = _who(subject)
    negated = not _NOT.isdisjoint(chain) or not _NOT.isdisjoint(subject[:2])
    if main == "let" and "know" not in clause.words:
        return None
    if clause.mode is Mode.QUESTION and who is not Who.SPEAKER:
        return None
    if clause.mode is Mode.TIME and who is not Who.SPEAKER:
        return None
    if who is Who.SPEAKER and _is_about_the_search(clause, main):
        return None
    if who is Who.SPEAKER and main == "put" and not negated and not words("put_objects").isdisjoint(clause.words):
        return Promise(Claim.DONE, "put", who, clause, " ".join([*subject[-2:], *said]))
    if who in (Who.SPEAKER, Who.AGENT):
        claim = _own_claim(chain, main, negated, who, we="we" in subject)
    elif who is Who.CUSTOMER:
        negated = negated or "what" in subject
        claim = _customer_claim(chain, main, negated)
    elif not _FUTURE.isdisjoint(chain) and not words("remedies").isdisjoint(subject):
        claim = Claim.STATE
    else:
        claim = _thing_claim(chain, main)
    return Promise(claim, verb_of(main), who, clause, " ".join([*subject[-2:], *said])) if claim else None


def _is_about_the_search(clause: Clause, main: str) -> bool:
    """What Aisle does to its own search it can do: "shall I add another condition?", "I dropped {search.dropped}"."""
    if clause.mode is Mode.QUESTION and (main in words("reading_verbs") or main not in service_forms()):
        return True
    objects = words("search_objects") & set(clause.words) or any(key.startswith("search.") for key in clause.keys)
    return bool(objects) and main in search_forms()


def _own_claim(chain: Sequence[str], main: str, negated: bool, who: Who, we: bool) -> Claim | None:
    """What "I" or a colleague claims to do."""
    if main in _BE or main.startswith("{"):
        return None
    passive = chain[-1] in _BE and (main in service_pasts() or main.endswith("ed"))
    if "going" in chain or "about" in chain or not _FUTURE.isdisjoint(chain):
        is_promise = main in service_forms() if negated else main not in words("talking_future")
        return Claim.WILL if is_promise else None
    if not _HAVE.isdisjoint(chain):
        done = main in service_pasts() or main.endswith("ed")
        silent = words("talking_verbs") - words("reading_forms")
        return Claim.DONE if done and (we or not negated) and main not in silent else None
    if chain[-1] in _BE and main.endswith("ing"):
        return Claim.DOING if main not in words("talking_progress") and not negated else None
    if passive:
        return Claim.STATE if main in service_pasts() - words("harmless_passives") and not negated else None
    if negated and we and "do" in chain and main in service_forms():
        return Claim.DOING
    if not _MODAL.isdisjoint(chain) or "to" in chain or not _DO.isdisjoint(chain):
        able = main in service_forms() and main not in words("talking_verbs") and not negated
        return Claim.CAN if able and who is Who.SPEAKER else (Claim.WILL if able and who is Who.AGENT else None)
    return None


def _customer_claim(chain: Sequence[str], main: str, negated: bool) -> Claim | None:
    """What the customer is told will happen to them, or that they may do."""
    passive = chain[-1] in _BE | {"get", "gets", "got"} and (main in service_pasts() or main.endswith("ed"))
    described = chain[0] in ("are", "were") and main not in service_pasts()
    if passive and not described and main not in words("harmless_passives"):
        return Claim.STATE
    if (not _FUTURE.isdisjoint(chain) or "going" in chain or "should" in chain) and not negated:
        return Claim.OUTCOME if main not in words("harmless_outcomes") and verb_of(main) in _outcomes() else None
    if not {"can", "could", "may", "able"}.isdisjoint(chain) and not negated:
        return Claim.PERMISSION if main in words("permitted_verbs") else None
    if not _HAVE.isdisjoint(chain) and main in service_pasts() and not negated:
        return Claim.DONE
    return None


def _outcomes() -> frozenset[str]:
    return words("outcome_verbs") | words("service_verbs") | words("moving_verbs")


def _thing_claim(chain: Sequence[str], main: str) -> Claim | None:
    """What is said to happen to an order, a refund or anything else."""
    if main.startswith("{"):
        return None
    participle = main in service_pasts() or (main.endswith("ed") and len(main) > 4)
    if chain[-1] in _BE | {"get", "gets", "got"} and participle:
        fixed = chain in (["is"], ["are"], ["be"])
        harmless = main in words("harmless_passives") or (fixed and main not in service_pasts())
        return None if harmless else Claim.STATE
    if not _HAVE.isdisjoint(chain) and (participle or main in words("moved")):
        return Claim.STATE if main not in words("harmless_passives") else None
    comes = {*_FUTURE, "should", "going", "would"} & set(chain) or (
        {"may", "might"} & set(chain) and "not" not in chain
    )
    happens = verb_of(main) in (words("moving_verbs") | words("service_verbs")) - words("harmless_events")
    arrives = chain[-1] == "be" and main in words("places_to_be")
    if comes and (arrives or (chain[-1] not in _BE and happens)):
        return Claim.STATE
    if chain[-1] in _BE and main.endswith("ing") and verb_of(main) in words("moving_verbs") | words("service_verbs"):
        return Claim.DOING
    return None


def _bare_verbs(clause: Clause) -> Iterator[Promise]:
    """Claims without an auxiliary: "I cancelled it", "we ship abroad", "let me check", "your parcel left"."""
    said = clause.words
    for place, word in enumerate(said):
        following = _next_word(said, place + 1)
        inverted = clause.mode is Mode.QUESTION and place > 0 and said[place - 1] in _STARTS
        if word in _FIRST_PERSON and following and following not in _STARTS and not inverted:
            verbs = [following, *(said[verb] for verb in _coordinated(said, place + 1))]
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
    return acted and verb not in silent and not _is_about_the_search(clause, verb)


def _done(clause: Clause, subject: str, verb: str) -> Promise:
    return Promise(Claim.DONE, verb_of(verb), Who.SPEAKER, clause, f"{subject} {verb}")


def _offered(clause: Clause, place: int) -> Iterator[Promise]:
    """An offer of what Aisle cannot do: "would you like me to cancel it?"."""
    verb = _next_word(clause.words, place + 2)
    if verb in service_forms() and verb not in words("talking_verbs") and not _is_about_the_search(clause, verb):
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
    went = _next_word(said, place + 1)
    if said[place] not in words("pronouns") or went not in ("went", "came", "left"):
        return True
    return not {"through", "out", "back", "in"}.isdisjoint(said[place:])


def _is_adverb(word: str) -> bool:
    """A listed adverb or one in -ly; "apply" and "reply" are verbs."""
    return word in words("adverbs") or (word.endswith("ly") and len(word) > 4 and word not in service_forms())


def _next_word(said: Sequence[str], place: int) -> str:
    return next((w for w in said[place:] if not _is_adverb(w)), "")


def _fragments(clause: Clause) -> Iterator[Promise]:
    """Claims without a subject: "Cancelled!", "Refund issued", "Processing your refund now"."""
    said = [word for word in clause.words if word not in words("adverbs")]
    if not said or not _STARTS.isdisjoint(said):
        return
    first, following = said[0], said[1] if len(said) > 1 else ""
    if first in service_gerunds() and (following in _OBJECT_NEXT or not following):
        yield Promise(Claim.DOING, verb_of(first), Who.SPEAKER, clause, first)
    elif first in service_pasts() - words("service_verbs") and first not in words("harmless_passives"):
        yield Promise(Claim.STATE, verb_of(first), Who.THING, clause, first)
    for noun, verb in pairwise(said):
        if noun in words("service_nouns") and verb in service_pasts() - words("service_verbs"):
            yield Promise(Claim.STATE, verb_of(verb), Who.THING, clause, f"{noun} {verb}")


def _purposes(clause: Clause) -> Iterator[Promise]:
    """What the speaker says they are about: "we are doing our best to expedite it"."""
    said = clause.words
    speaker = next((place for place, word in enumerate(said) if word in _FIRST_PERSON), None)
    if clause.mode is not Mode.STATEMENT or speaker is None:
        return
    for place in range(speaker + 1, len(said) - 1):
        if said[place] == "you" or said[place] in _NOT or said[place] in ("cannot", "rather", "better"):
            return
        verb = _next_word(said, place + 1)
        if said[place] == "to" and verb in service_forms() and verb not in words("talking_verbs"):
            yield Promise(Claim.WILL, verb_of(verb), Who.SPEAKER, clause, f"to {verb}")


def _remedies_offered(clause: Clause) -> Iterator[Promise]:
    """An offer of what nobody has granted: "would you prefer a refund or a replacement?"."""
    if clause.mode is Mode.QUESTION and not {"like", "prefer", "want"}.isdisjoint(clause.words):
        for remedy in words("remedies").intersection(clause.words):
            yield Promise(Claim.CAN, remedy, Who.SPEAKER, clause, remedy)


def _fixed_phrases(clause: Clause) -> Iterator[Promise]:
    said = f" {' '.join(clause.words)} "
    for phrase in phrases("promising_phrases"):
        before, found, _ = said.partition(f" {phrase} ")
        if found and "not" not in before.split()[-4:]:
            yield Promise(Claim.PHRASE, phrase, Who.THING, clause, phrase)
            return
