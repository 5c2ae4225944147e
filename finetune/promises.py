"""Promises: finds sentences that claim an act, a finding or a future that the turn's facts do not show.

People who write for a shop say "I have initiated a refund" because they did. A model that reads it learns to say it
whenever it sounds right, so such sentences are left out of the replies that it learns from, and counted.
"""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"(?<=[.!?])[\"'”’)]*\s+(?=[\"'“‘(]*[A-Z{])")


def _any(words: str) -> str:
    """A pattern for any of the `words`, which "~" holds together."""
    return "(?:" + "|".join(word.replace("~", " ") for word in words.split()) + ")"


_WHO = _any(
    r"i we they he she it you that this there who someone team department specialist agent executive partner seller "
    r"bank courier manager supervisor technician system (?:re)?order refund package parcel item product replacement "
    r"delivery payment amount account request case issue money \{[a-z0-9_.]+\}"
)
_ADVERBS = "(?:\\s+" + _any(
    r"also now already just then certainly definitely not only personally immediately currently still be go~ahead~and "
    r"successfully been escalated actively again further \w+ly"
) + ")*"  # fmt: skip
_SOON = _any(r"now already currently successfully immediately")
_SURELY = _any(r"also immediately then now certainly definitely")
_HARMLESS = _any(r"help assist ask see understand have~your get~your imagine like~to~(?:help|know|apolog|understand)")
_REMEDY = _any(
    r"refund replacement compensation credit discount coupon voucher reimburse\w* escalat\w* expedit\w* dispatch\w* "
    r"deliver(?:ed|ing)"
)
_DONE = _any(
    r"checked found contacted sent added updated processed located arranged escalated forwarded spoke see~that cancelled initiated"
)

_KINDS = {
    "a future": rf"\b(?:will|shall|won't|going to)\b(?! {_any(r'you do~you that~be~all this~work it~work that~work')})",
    "a future or a perfect, shortened": r"\b(?:i|we|you|they|it|he|she|that|this|there)'(?:ll|ve)\b",
    "what someone has done": rf"\b{_WHO}{_ADVERBS}\s+(?:have|has|had|haven't|hasn't)\b"
    rf"(?! {_any(r'any a~question questions further trouble to')})",
    "what someone is doing": rf"\b{_any('i we they it he she team order refund package request case issue item')}\b"
    rf"(?:\s+(?:am|are|is|was|were)|'m|'re|'s){_ADVERBS}\s+(?!sorry)\w+(?:ing|ed|sent|made|put)\b",
    "what is being done": rf"\b(?:is|are|was|were|been|being|be)\s+(?:{_SOON}\s+)?"
    r"(?:\w+ed|sent|paid|made|done|given|put|on (?:its|the|their) way)\b",
    "an offer": rf"\b(?:i|we)\s+(?:can|could|would|may|might)\s+(?:{_SURELY}\s+)?(?!{_HARMLESS})",
    "an assurance": r"\b(?:guarantee|assure|promise|commit|ensure|rest assured|confirm that|confirmed)\w*",
    "a finding": r"\b(?:our|the)\s+(?:records?|system|logs?|database|tracking)\b|\bmy records\b"
    r"|\baccording to\b|\b(?:it|this) (?:appears|seems)\b",
    "an act under way": r"\b(?:allow|give|bear with|grant)\s+(?:me|us)\b|\bplease (?:hold|wait|stay on)\b"
    r"|\b(?:one|a) moment\b|\blet me\b|\bi(?:'m| am) (?:\w+ly )?\w+ing\b",
    "a remedy, unless asked about": rf"\b{_REMEDY}\b(?![^.!?]*\?)",
    "an act": rf"\bi\s+{_DONE}\b",
    "a date, sum or number that nothing shows": r"\{(?:time|money|number|code|person)\.\d\}",
}
_PROMISE = re.compile("|".join(_KINDS.values()), re.IGNORECASE)


def sentences(reply: str) -> tuple[str, ...]:
    """The sentences of a reply, in order; joined by spaces they give the reply."""
    return tuple(part for part in _SENTENCE.split(reply.strip()) if part)


def is_promise(sentence: str) -> bool:
    """Whether a sentence claims an act, a finding, an offer or a future.

    It errs towards yes: a harmless sentence lost costs less than a promise learnt.
    """
    return _PROMISE.search(sentence) is not None
