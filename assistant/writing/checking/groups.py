"""Groups: claims made with auxiliaries, "I have cancelled it", "you will hear from us", "it is being refunded"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.evidence.lexicon import words
from assistant.writing.checking.clauses import Clause, Mode
from assistant.writing.checking.promise import (
    BE,
    DO,
    FIRST_PERSON,
    FUTURE,
    HAVE,
    MODAL,
    NOT,
    STARTS,
    Claim,
    Promise,
    Who,
    is_about_the_search,
    is_adverb,
)
from assistant.writing.checking.verbs import service_forms, service_pasts, verb_of

_CHAINED = frozenset(
    {"going", "about", "to", "able", "unable", "rather", "like", "love", "happy", "glad", "pleased", "delighted"}
)


def groups(clause: Clause) -> Iterator[Promise]:
    """Claims made with auxiliaries."""
    said, place = clause.words, 0
    before: tuple[str, ...] = ()
    while place < len(said):
        if said[place] not in STARTS:
            place += 1
            continue
        start, chain, place = place, *_chain(said, place)
        if place >= len(said):
            break
        subject = _subject(said, start)
        if start and said[start - 1] in ("and", "or", "but"):
            subject = before or tuple(word for word in said[:start] if word in FIRST_PERSON)
        if not subject and clause.mode is Mode.QUESTION:
            subject, place = _inverted(said, place)
            if place >= len(said):
                break
        before = subject
        for verb in (place, *coordinated(said, place)):
            promise = _judge(clause, subject, chain, said[verb], said[start : place + 2])
            if promise:
                yield promise


def _chain(said: Sequence[str], place: int) -> tuple[list[str], int]:
    """The auxiliaries from `place` on, without adverbs, and the place of the word they lead to."""
    chain: list[str] = []
    while place < len(said):
        word = said[place]
        if word in STARTS or word in NOT or word in _CHAINED:
            chain.append(word)
        elif not is_adverb(word):
            break
        place += 1
    return chain, place


def coordinated(said: Sequence[str], place: int) -> Iterator[int]:
    """Places of verbs that share the chain: "I have gone ahead and [cancelled] it"."""
    for joint in range(place + 1, len(said) - 1):
        if said[joint] in STARTS:
            return
        if said[joint] == "and" and said[joint + 1] in service_pasts() | words("service_verbs"):
            yield joint + 1


def _subject(said: Sequence[str], end: int) -> tuple[str, ...]:
    """The words before a chain, back to the start of the clause or to an earlier verb group."""
    start = end
    while start > 0 and said[start - 1] not in STARTS:
        start -= 1
    return tuple(
        word for word in said[start:end] if word not in words("adverbs") | words("conjunctions") | words("times")
    )


def _inverted(said: Sequence[str], place: int) -> tuple[tuple[str, ...], int]:
    """The subject of a question, and the place of its verb: "has [your order] been sent", "shall [I] cancel"."""
    end = place + 1
    if said[place] not in words("pronouns"):
        while end < len(said) and said[end] not in STARTS and verb_of(said[end]) not in words("service_verbs"):
            end += 1
    subject = tuple(said[place:end])
    _, verb = _chain(said, end)
    return subject, verb


def _who(subject: Sequence[str]) -> Who:
    if not subject:
        return Who.THING
    if subject[-1] in FIRST_PERSON or subject[-1] == "me" or (subject[-1] == "us" and "let" in subject):
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
    negated = not NOT.isdisjoint(chain) or not NOT.isdisjoint(subject[:2])
    if main == "let" and "know" not in clause.words:
        return None
    if clause.mode is Mode.QUESTION and who is not Who.SPEAKER:
        return None
    if clause.mode is Mode.TIME and who is not Who.SPEAKER:
        return None
    if who is Who.SPEAKER and is_about_the_search(clause, main):
        return None
    if who is Who.SPEAKER and main == "put" and not negated and not words("put_objects").isdisjoint(clause.words):
        return Promise(Claim.DONE, "put", who, clause, " ".join([*subject[-2:], *said]))
    if who in (Who.SPEAKER, Who.AGENT):
        claim = _own_claim(chain, main, negated, who, we="we" in subject)
    elif who is Who.CUSTOMER:
        negated = negated or "what" in subject
        claim = _customer_claim(chain, main, negated)
    elif not FUTURE.isdisjoint(chain) and not words("remedies").isdisjoint(subject):
        claim = Claim.STATE
    else:
        claim = _thing_claim(chain, main)
    return Promise(claim, verb_of(main), who, clause, " ".join([*subject[-2:], *said])) if claim else None


def _own_claim(chain: Sequence[str], main: str, negated: bool, who: Who, we: bool) -> Claim | None:
    """What "I" or a colleague claims to do."""
    if main in BE or main.startswith("{"):
        return None
    passive = chain[-1] in BE and (main in service_pasts() or main.endswith("ed"))
    if "going" in chain or "about" in chain or not FUTURE.isdisjoint(chain):
        is_promise = main in service_forms() if negated else main not in words("talking_future")
        return Claim.WILL if is_promise else None
    if not HAVE.isdisjoint(chain):
        done = main in service_pasts() or main.endswith("ed")
        silent = words("talking_verbs") - words("reading_forms")
        return Claim.DONE if done and (we or not negated) and main not in silent else None
    if chain[-1] in BE and main.endswith("ing"):
        return Claim.DOING if main not in words("talking_progress") and not negated else None
    if passive:
        return Claim.STATE if main in service_pasts() - words("harmless_passives") and not negated else None
    if negated and we and "do" in chain and main in service_forms():
        return Claim.DOING
    if not MODAL.isdisjoint(chain) or "to" in chain or not DO.isdisjoint(chain):
        able = main in service_forms() and main not in words("talking_verbs") and not negated
        return Claim.CAN if able and who is Who.SPEAKER else (Claim.WILL if able and who is Who.AGENT else None)
    return None


def _customer_claim(chain: Sequence[str], main: str, negated: bool) -> Claim | None:
    """What the customer is told will happen to them, or that they may do."""
    passive = chain[-1] in BE | {"get", "gets", "got"} and (main in service_pasts() or main.endswith("ed"))
    described = chain[0] in ("are", "were") and main not in service_pasts()
    if passive and not described and main not in words("harmless_passives"):
        return Claim.STATE
    if (not FUTURE.isdisjoint(chain) or "going" in chain or "should" in chain) and not negated:
        return Claim.OUTCOME if main not in words("harmless_outcomes") and verb_of(main) in _outcomes() else None
    if not {"can", "could", "may", "able"}.isdisjoint(chain) and not negated:
        return Claim.PERMISSION if main in words("permitted_verbs") else None
    if not HAVE.isdisjoint(chain) and main in service_pasts() and not negated:
        return Claim.DONE
    return None


def _outcomes() -> frozenset[str]:
    return words("outcome_verbs") | words("service_verbs") | words("moving_verbs")


def _thing_claim(chain: Sequence[str], main: str) -> Claim | None:
    """What is said to happen to an order, a refund or anything else."""
    if main.startswith("{"):
        return None
    participle = main in service_pasts() or (main.endswith("ed") and len(main) > 4)
    if chain[-1] in BE | {"get", "gets", "got"} and participle:
        fixed = chain in (["is"], ["are"], ["be"])
        harmless = main in words("harmless_passives") or (fixed and main not in service_pasts())
        return None if harmless else Claim.STATE
    if not HAVE.isdisjoint(chain) and (participle or main in words("moved")):
        return Claim.STATE if main not in words("harmless_passives") else None
    comes = {*FUTURE, "should", "going", "would"} & set(chain) or ({"may", "might"} & set(chain) and "not" not in chain)
    happens = verb_of(main) in (words("moving_verbs") | words("service_verbs")) - words("harmless_events")
    arrives = chain[-1] == "be" and main in words("places_to_be")
    if comes and (arrives or (chain[-1] not in BE and happens)):
        return Claim.STATE
    if chain[-1] in BE and main.endswith("ing") and verb_of(main) in words("moving_verbs") | words("service_verbs"):
        return Claim.DOING
    return None
