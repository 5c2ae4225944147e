"""Person form: whether a message asks for a person, alone or next to a complaint: "my parcel is lost, get me somebody"."""

from __future__ import annotations

import re

_WHO = (
    r"(?:human(?: being)?|person|people|somebody|someone|anybody|anyone|agents?|representatives?|rep|operator|manager|supervisor|boss|staff|advis[oe]r|employee"
    r"|assistant|colleagues?|team|support|customer (?:service|care)|one of you|a real one)"
)
_SPEAK = r"(?:speak|talk|chat|connect|transfer|forward|escalate|get through|put me (?:through|on)|pass me (?:on|over)|hand (?:me|this) over|get in touch|get hold of)"
_AT_END = r"(?=\s*(?:$|[.,;:!?)]|please|pls|now\b|here\b|instead\b|asap\b|today\b|to\b|who\b|that\b|on the\b|for (?:this|that|help)\b|and\b|or\b|not\b))"
_PERSON = re.compile(
    rf"\b{_SPEAK}\b[^.?!;]{{0,40}}?\b{_WHO}\b(?!['’-])"
    rf"|\b(?:want|need|get(?: me)?|give me|bring me|fetch|find me|send me|is there|i'?d like|prefer|let me have|can i have|could i have)\s+"
    r"(?:an? |some |your |the |one )?(?:(?:real|actual|live|proper|human|different|other) )*"
    rf"(?:human(?: being)?|person|somebody|someone|agent|representative|operator|manager|supervisor)(?: (?:real|human|else))?{_AT_END}"
    r"|\b(?:real|actual|live|human) (?:person|human|agent|operator|representative|being|support)\b"
    r"|\b(?:give|get|send|tell) me (?:an? |the |your )?(?:phone|telephone|contact|support|service) ?(?:number|details)\b|\b(?:a|the) number (?:to|i can|that i can) (?:call|ring)\b"
    r"|\b(?:call|ring|phone) me(?: back)?\b(?! (?:a|an|the|[A-Z])\b)|\bno (?:more )?(?:bots?|robots?)\b|\bnot (?:an? |with an? )?(?:bot|robot|machine)\b",
    re.IGNORECASE,
)
_WHO_ANSWERS = re.compile(
    r"\b(?:(?:are|r) (?:you|u)|is (?:this|that)|am i (?:really |actually |even )?(?:talking|speaking|chatting|writing|texting) (?:to|with))\b"
    r"(?: (?:really|actually|even|like|just|an?|the|your|some))*(?: (?:real|actual|live|proper))* (?:human(?: being)?|person|somebody|someone|agent)\b",
    re.IGNORECASE,
)
"""A question who answers here: "are you a real person?"."""


def asks_for_person(message: str) -> bool:
    """Whether the customer wants to reach a person, whatever else the message says. Who asks whether one answers here only wants to know."""
    return bool(_PERSON.search(_WHO_ANSWERS.sub("", _plain(message))))


def asks_who_answers(message: str) -> bool:
    """Whether the customer wants to know if a person answers here: "are you a real person?"."""
    return bool(_WHO_ANSWERS.search(_plain(message)))


def _plain(message: str) -> str:
    return " ".join(message.replace("’", "'").split())
