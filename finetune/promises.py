"""Promises: finds sentences that claim an act, a finding or a future that the turn's facts do not show.

People who write for a shop say "I have initiated a refund" because they did. A model that reads it learns to say it
whenever it sounds right, so such sentences are left out of the replies that it learns from, and counted.
"""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"(?<=[.!?])[\"'”’)]*\s+(?=[\"'“‘(]*[A-Z{])")

_WHO = r"\b(?:i|we|they|he|she|it|you|that|this|there|team|department|specialist|agent|executive|partner|seller|bank|courier|manager|supervisor|system|(?:re)?order|refund|package|parcel|item|product|replacement|delivery|payment|amount|account|request|case|issue|money|technician|someone|who|\{[a-z0-9_.]+\})"  # noqa: E501
_ADVERB = r"(?:\s+(?:also|now|already|just|then|certainly|definitely|not|only|personally|immediately|currently|still|be|go ahead and|successfully|been|escalated|actively|again|further|\w+ly))*"  # noqa: E501
_PROMISE = re.compile(
    "|".join([
        r"\b(?:will|shall|won't|going to)\b(?! (?:you|do you|that be all|this work|it work|that work))",
        r"\b(?:i|we|you|they|it|he|she|that|this|there)'(?:ll|ve)\b",
        rf"{_WHO}{_ADVERB}\s+(?:have|has|had|haven't|hasn't)\b(?! (?:any|a question|questions|further|trouble|to))",
        rf"\b(?:i|we|they|it|he|she|team|order|refund|package|request|case|issue|item)\b(?:\s+(?:am|are|is|was|were)|'m|'re|'s){_ADVERB}\s+(?!sorry)\w+(?:ing|ed|sent|made|put)\b",
        r"\b(?:is|are|was|were|been|being|be)\s+(?:now\s+|already\s+|currently\s+|successfully\s+|immediately\s+)?(?:\w+ed|sent|paid|made|done|given|put|on (?:its|the|their) way)\b",  # noqa: E501
        r"\b(?:i|we)\s+(?:can|could|would|may|might)\s+(?:also\s+|immediately\s+|then\s+|now\s+|certainly\s+|definitely\s+)?(?!help|assist|ask|see|understand|have your|get your|imagine|like to (?:help|know|apolog|understand))",  # noqa: E501
        r"\b(?:guarantee|assure|promise|commit|ensure|rest assured|confirm that|confirmed)\w*",
        r"\b(?:our|the)\s+(?:records?|system|logs?|database|tracking)\b|\baccording to\b|\b(?:it|this) (?:appears|seems)\b|\bmy (?:apologies|records)\b(?<!apologies)",  # noqa: E501
        r"\b(?:allow|give|bear with|grant)\s+(?:me|us)\b|\bplease (?:hold|wait|stay on)\b|\b(?:one|a) moment\b|\blet me\b|\bi(?:'m| am) (?:\w+ly )?\w+ing\b",  # noqa: E501
        r"\b(?:refund|replacement|compensation|credit|discount|coupon|voucher|reimburse\w*|escalat\w*|expedit\w*|dispatch\w*|deliver(?:ed|ing))\b(?![^.!?]*\?)",
        r"\bi\s+(?:checked|found|contacted|sent|added|updated|processed|located|arranged|escalated|forwarded|spoke|see that|cancelled|initiated)\b",  # noqa: E501
        r"\{(?:time|money|number|code|person)\.\d\}",
    ]),
    re.I,
)  # fmt: skip


def sentences(reply: str) -> tuple[str, ...]:
    """The sentences of a reply, in order; joined by spaces they give the reply."""
    return tuple(part for part in _SENTENCE.split(reply.strip()) if part)


def is_promise(sentence: str) -> bool:
    """Whether a sentence claims an act, a finding, an offer or a future.

    It errs towards yes: a harmless sentence lost costs less than a promise learnt.
    """
    return _PROMISE.search(sentence) is not None


def without_promises(reply: str) -> str:
    """The sentences of `reply` that promise nothing, "" when none is left."""
    return " ".join(sentence for sentence in sentences(reply) if not is_promise(sentence))
