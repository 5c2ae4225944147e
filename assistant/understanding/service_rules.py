"""Service rules: orders, policies and talk, where a head that sees words alone goes wrong."""

from __future__ import annotations

import re

from assistant.intents import ABOUT_PRODUCT, SEARCHES, SERVICE, IntentName
from assistant.understanding.clause import CLEAR, Clause
from assistant.understanding.grammar.english import is_word

_I = IntentName
_CONTENTS = re.compile(r"\bin (?:it|that)\b|\bcontents?\b|\bitems\b", re.IGNORECASE)

_WHAT_NOW = re.compile(
    r"\b(?:about|with) (?:it|that|this)\b|\bwhat (?:now|next|(?:should|can|do) i do)\b", re.IGNORECASE
)
_GOES_ON = re.compile(
    r"(?:and|but|also|ok,? and)?,?\s*(?:what about|how about|what if|even if|if|what when|also|and|but|or|for|is that|does that|"
    r"do (?:they|those)|how (?:much|long)|when|what(?:'s| is) the)\b",
    re.IGNORECASE,
)
_ILLEGIBLE = frozenset({_I.OUT_OF_SCOPE, _I.NOT_UNDERSTOOD})
_FEW_WORDS = 4
_CHAT = "thx ty tx thnx tks pls plz ok okay np yep yup nope nah lol cheers bye hiya heya ta cya hmm wow"
_CHATTED = frozenset(_CHAT.split())
"""Words of a chat that no dictionary has."""
_PERMITS = re.compile(
    r"\b(?:can|could|may|am|are|is it|allowed|possible|still|too late|until when|how long)\b", re.IGNORECASE
)
_HOW = re.compile(r"\b(?:how (?:do|can|to|would|should)|where|label|start|please|want|need|like to)\b", re.IGNORECASE)
_WHERE = re.compile(
    r"(?:so |and |ok,? )?where(?:'s| is| are| r) (?:you|u|your|the) ?(?:shops?|stores?|located|based|showrooms?)?\s*[?!. ]*",
    re.I,
)


def number_alone(clause: Clause, name: str) -> str:
    """A message that is hardly more than an order number asks where the order is."""
    if clause.reading.order_id and (clause.reading.words <= 3 or name not in SERVICE):
        return name if name in SERVICE and clause.best.probability > 0.6 else _I.TRACK_ORDER
    return name


def asks_of_order(clause: Clause, name: str) -> str:
    """ "What is in it?" after an order was spoken of, and no product."""
    pointing, state = clause.reading.pointing, clause.state
    unclear = pointing is not None and not pointing.product_ids
    if name == _I.ASK_PRODUCT and state.order_id and unclear and _CONTENTS.search(clause.text):
        return _I.ORDER_ITEMS
    return name


def asks_what_to_do(clause: Clause, name: str) -> str:
    """ "What can I do about that?" asks for help with the matter spoken of, not for what the assistant can do."""
    goes_back = _WHAT_NOW.search(clause.text)
    return _I.REPORT_PROBLEM if name == _I.CAPABILITIES and goes_back and clause.state.question else name


def goes_on_with_question(clause: Clause, name: str) -> str:
    """ "And for things on sale?", "how much would that be?": more on the matter of service just spoken of."""
    state, reading = clause.state, clause.reading
    if not state.question or reading.names_type or reading.order_id or name in SERVICE:
        return name
    points = bool(reading.product_ids) or bool(state.focus)
    strays = name in SEARCHES - {_I.FIND_PRODUCT} or name in (_I.OUT_OF_SCOPE, _I.NOT_UNDERSTOOD, _I.ACKNOWLEDGE)
    unclear = name in ABOUT_PRODUCT and not points
    is_fragment = reading.words <= _FEW_WORDS and clause.text.rstrip().endswith("?") and name in _ILLEGIBLE
    goes_on = (strays or unclear) and _GOES_ON.match(clause.text)
    return _I.POLICY_QUESTION if goes_on or is_fragment else name


def asks_whether_it_may(clause: Clause, name: str) -> str:
    """ "Can I still return it?" asks for the rule; "how do I return it?" for the way."""
    may = _PERMITS.search(clause.text) and not _HOW.search(clause.text)
    return _I.CHECK_REFUND_POLICY if name == _I.RETURN_ITEM and may else name


def asks_where(clause: Clause, name: str) -> str:
    """ "Where are you?" asks for the shop's place."""
    return _I.POLICY_QUESTION if name not in SERVICE and _WHERE.fullmatch(clause.text.strip()) else name


def legible(clause: Clause, name: str) -> str:
    """Nothing but noise is not understood rather than out of scope."""
    unsure = name == _I.OUT_OF_SCOPE or clause.best.probability < CLEAR
    reading = clause.reading
    if unsure and not (reading.known or reading.order_id or reading.demands) and is_noise(clause.text):
        return _I.NOT_UNDERSTOOD
    return name


def is_noise(text: str) -> bool:
    """Whether no word of `text` is an English one."""
    words = re.findall(r"[a-z']+", text.lower())
    return _CHATTED.isdisjoint(words) and not any(
        is_word(word) and (len(word) > 2 or word in ("hi", "ok", "no", "i", "a", "me", "my", "it")) for word in words
    )
