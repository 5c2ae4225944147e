"""Order form: questions about all of a customer's orders, which code reads: what they came to, and which comes first."""

from __future__ import annotations

import re

_SPENT = re.compile(
    r"\bhow much (?:money )?(?:have|did|do|'ve) (?:i|we) (?:already |ever |actually )?(?:spen[dt]|paid|pay)\b(?! (?:for|per|to|if|on (?:the|a|an|shipping|delivery))\b)"
    r"|\bwhat (?:have|did|do) (?:i|we) (?:spen[dt]|paid|pay)\b(?! (?:for|to|if|on (?:the|a|an|shipping|delivery))\b)"
    r"|\bwhat(?:'s| is| was) (?:the total of )?(?:all )?my (?:total|overall) (?:spen\w+|orders?)\b|\b(?:total|sum) of (?:all )?(?:of )?my orders\b"
    r"|\bwhat (?:do|did) (?:all )?my orders (?:come to|cost|add up to)\b|\bmy (?:total )?spending\b"
)
_FIRST = re.compile(
    r"\bwhich (?:one |order |parcel |package |delivery |of (?:them|these|those|my \w+) )*(?:will |is |should |does |do |gets? )*(?:\w+ing |be )?"
    r"(?:arriv\w*|com\w*|get here|here|delivered|due|reach\w* me)\b[^.?!]{0,20}\b(?:first|next|soonest|sooner|earliest|before)\b"
    r"|\bwhat(?:'s| is| will) (?:be )?(?:arriv\w+|com\w+|delivered) (?:first|next|soonest)\b"
    r"|\b(?:next|first|earliest) (?:parcel|package|delivery|order)\b[^.?!]{0,20}\b(?:arriv\w*|com\w*|here|due)\b"
    r"|\bwhich (?:of my )?(?:order|parcel|package|deliver(?:y|ies))s? (?:is|comes|arrives) (?:the )?(?:first|next|soonest|earliest)\b"
)


def asks_spent(message: str) -> bool:
    """Whether a customer asks what all of their orders came to: "how much did I spend here?"."""
    return bool(_SPENT.search(_lower(message)))


def asks_first(message: str) -> bool:
    """Whether a customer asks which of their orders comes first."""
    return bool(_FIRST.search(_lower(message)))


def _lower(message: str) -> str:
    return " ".join(message.casefold().replace("’", "'").split())
