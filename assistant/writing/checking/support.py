"""Support: which claims of acts the evidence of a turn bears out."""

from __future__ import annotations

from assistant.act import Act
from assistant.evidence.evidence import Evidence
from assistant.evidence.hints import CANCELLED, DELAYED, DELIVERED, OPEN, OUT_OF_STOCK, PROCESSING, RETURNED, SHIPPED
from assistant.evidence.lexicon import words
from assistant.writing.checking.promise import Claim, Promise, Who

_TALK = frozenset(
    {
        Act.GREET, Act.GOODBYE, Act.WELCOME, Act.GLAD, Act.HOW_ARE_YOU, Act.WHO_ARE_YOU, Act.CAPABILITIES,
        Act.ACKNOWLEDGE, Act.CALM, Act.OTHER_LANGUAGE, Act.APOLOGIZE, Act.LISTEN,
    }
)  # fmt: skip
_ELSEWHERE = frozenset({Act.CHANGE_ELSEWHERE, Act.CONTACT, Act.NO_ANSWER, Act.DETAIL_MISSING})
_ORDER_ACTS = frozenset(
    {
        Act.ORDER_STATUS,
        Act.ORDER_DELIVERY,
        Act.ORDER_ITEMS,
        Act.ORDER_HISTORY,
        Act.WHICH_ORDER,
        Act.NO_ORDERS,
        Act.ORDER_NOT_FOUND,
    }
)
_PHRASES: dict[str, frozenset[Act]] = {
    "look into": _ELSEWHERE | {Act.SIGN_IN},
    "according to our records": _ORDER_ACTS,
    "our records show": _ORDER_ACTS,
}
_SAID_OF_ORDERS: dict[str, frozenset[str]] = {
    PROCESSING: frozenset({"prepare", "process", "pack", "place"}),
    SHIPPED: frozenset({"ship", "send", "dispatch", "leave", "left", "place", "on its way", "on the way"}),
    DELAYED: frozenset({"delay", "delayed", "place"}),
    DELIVERED: frozenset({"deliver", "delivered", "arrive", "arrived", "bring", "reach", "come", "hand", "place"}),
    CANCELLED: frozenset({"cancel", "place"}),
    RETURNED: frozenset({"return", "place"}),
}  # fmt: skip
_DONE_BY_THE_SHOP = frozenset({"ship", "send", "dispatch", "deliver", "prepare", "pack"})
_NOT_THE_ORDER = words("remedies") | {"new", "email", "e-mail", "confirmation", "money", "label"}
_DATES = ("expected", "delivered")


def is_supported(promise: Promise, evidence: Evidence) -> bool:
    """Whether an act that ran, or a fact in `evidence`, says what `promise` claims."""
    acts = set(evidence.acts)
    if promise.verb in words("reading_forms") and promise.claim in (Claim.DONE, Claim.CAN, Claim.WILL):
        if promise.claim is Claim.WILL:
            return Act.SIGN_IN in acts and {"with", "to"}.isdisjoint(promise.clause.words)
        return not acts <= _TALK
    if promise.claim is Claim.PHRASE and promise.verb in _PHRASES:
        return bool(acts & _PHRASES[promise.verb]) and (
            promise.verb != "look into" or Act.SIGN_IN in acts or "can" in promise.clause.words
        )
    if promise.verb == "all set" and Act.HOW_ARE_YOU in acts:
        return True
    if promise.who is Who.AGENT and promise.claim is Claim.WILL and promise.verb in ("make", "change", "help"):
        return bool(acts & _ELSEWHERE) and "can" in promise.clause.words
    if promise.verb == "place" and promise.who is Who.THING and acts & _ORDER_ACTS:
        return True
    if promise.verb == "order" and "not" in promise.clause.words:
        return any(fact.hint == OUT_OF_STOCK for fact in evidence.facts if fact.key.endswith(".stock"))
    return _is_said_of_an_order(promise, evidence)


def _is_said_of_an_order(promise: Promise, evidence: Evidence) -> bool:
    """Whether the state of an order, or a date that the clause gives from its record, bears the claim out."""
    fields = {key.partition(".")[2] for key in promise.clause.keys if key.startswith("o")}
    if promise.verb in words("arriving_verbs") and fields & set(_DATES):
        return True
    if promise.verb == "come" and "total" in fields:
        return True
    if promise.claim is Claim.PERMISSION:
        windows = [fact.hint for fact in evidence.facts if fact.key.endswith(".window")]
        if promise.verb == "return":
            return "window" in fields and OPEN in windows
        return promise.verb in ("follow", "track") and not fields.isdisjoint({"tracking", "carrier"})
    if promise.claim in (Claim.WILL, Claim.CAN, Claim.OUTCOME) or not _NOT_THE_ORDER.isdisjoint(promise.clause.words):
        return False
    if promise.who is Who.SPEAKER and not ("we" in promise.clause.words and promise.verb in _DONE_BY_THE_SHOP):
        return False
    states = {fact.hint for fact in evidence.facts if fact.key.endswith(".status")}
    return any(promise.verb in _SAID_OF_ORDERS.get(state, ()) for state in states)
