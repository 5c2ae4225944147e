"""Promise claims: what a reply says was done, or will be, in words that only an act that ran could bear out.

Shares nothing with the check that guards replies, so that one can judge the other.
"""

from __future__ import annotations

import re

_DONE = (
    "cancel(?:l)?ed|refunded|reimbursed|replaced|exchanged|escalated|forwarded|processed|initiated|issued|submitted|updated|changed|"
    "arranged|sent|e-?mailed|dispatched|shipped|reserved|booked|added|removed|deleted|applied|credited|notified|contacted|informed|opened"
)
_CLAIMS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:I|we|our team|the team)(?: have|'ve| just| already| now)+ (?:\w+ly )?(?:{_DONE})\b",
        rf"\b(?:I|we) (?:{_DONE})\b",
        r"\b(?:I|we|our team|someone|a colleague)(?: will|'ll| shall|(?:'m|'re| am| are| is) going to)"
        r" (?!be (?:happy|glad|pleased)|show|help|tell|explain|need|try|look for)\w+",
        rf"\b(?:refund|replacement|request|return|exchange|address|account|ticket|complaint|payment)s?"
        rf" (?:has been|have been|was|is being|will be|is) (?:\w+ly )?(?:{_DONE})\b",
        r"\byou(?: will|'ll| should)(?: soon| shortly)? (?:receive|hear|be (?:contacted|refunded|notified|called))\b",
        r"\b(?:refund|replacement|new one) (?:is|will be) (?:\w+ )?(?:on (?:its|the) way|with you|processed|issued)\b",
        r"\b(?:rest assured|consider it done|I promise|we guarantee|all taken care of)\b",
    )
)
_CONDITION = re.compile(r"\b(?:if|unless|whether|once|when|as soon as)\b[^,.;!?]*", re.IGNORECASE)


def claimed(sentence: str) -> list[str]:
    """The words of `sentence` that claim an act or an outcome; none in a question, or under a condition."""
    if sentence.rstrip().endswith("?"):
        return []
    said = _CONDITION.sub(" ", sentence)
    return [found.group() for pattern in _CLAIMS if (found := pattern.search(said))]
