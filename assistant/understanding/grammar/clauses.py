"""Clauses: a message cut where the customer turns to something else ("... and do you have green tents?")."""

from __future__ import annotations

import re

_SENTENCE_END = re.compile(
    r"(?<=[?!;])\s+|(?<=\.)(?<!\bno\.)(?<!\bnr\.)(?<!\bvs\.)(?<!\bca\.)\s+|\s+[-]{1,2}\s+", re.IGNORECASE
)
_TURN = re.compile(
    r",?\s+(?:and(?: also)?|also|plus|then|but(?: also)?|oh and|as well as)\s+(?=(?:i\b|i'?d\b|i'?m\b|i'?ve\b|"
    r"do\b|does\b|did\b|can\b|could\b|would\b|will\b|is\b|are\b|was\b|have you\b|has\b|"
    r"what|where|when|which|who|how|why|show\b|find\b|tell\b|give\b|please\b|cancel\b|track\b|return\b|refund\b|"
    r"compare\b|recommend\b|suggest\b|add\b|put\b|help\b|let me\b|my (?:order|parcel|refund)|also\b|how "
    r"about\b|what about\b))",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening)|howdy|greetings)(?: there| all|"
    r" aisle)?\s*[,!.]?\s+(?=\S)",
    re.IGNORECASE,
)
_COURTESY = re.compile(
    r"^(?:thanks?(?: you)?(?: so much| a lot| very much)?|thx|cheers|great|perfect|ok(?:ay)?|"
    r"cool|alright|nice|lovely|yes|no|yeah|nope)(?:\s*[,!.]+\s+|\s+(?:and|but)\s+)(?=\S)",
    re.IGNORECASE,
)
_LINK = re.compile(r"^(?:and|also|plus|then|but)(?: also)?,?\s+(?=\S)", re.IGNORECASE)
_MOST = 4
_SHORTEST_WORDS = 2


def clauses(message: str) -> tuple[str, ...]:
    """The parts of `message`, in order, at most four; a greeting or thanks in front is a part of its own."""
    parts: list[str] = []
    for sentence in _SENTENCE_END.split(message):
        rest = sentence.strip()
        for opening in (_GREETING, _COURTESY):
            match = opening.match(rest)
            if match:
                parts.append(match.group().strip())
                rest = rest[match.end() :]
        parts += _TURN.split(rest)
    legible = _joined([part.strip(" ,;") for part in parts if re.search(r"\w", part)])[:_MOST]
    return (*legible[:1], *(_LINK.sub("", part) for part in legible[1:])) or (message,)


def _joined(parts: list[str]) -> list[str]:
    """A scrap of one word that is no courtesy goes with the part before it."""
    joined: list[str] = []
    for part in parts:
        is_scrap = len(part.split()) < _SHORTEST_WORDS and not _is_whole(part)
        if joined and is_scrap:
            joined[-1] = f"{joined[-1]} {part}"
        else:
            joined.append(part)
    return joined


def _is_whole(part: str) -> bool:
    return bool(
        re.fullmatch(r"(?:hi|hello|hey|thanks|thx|cheers|bye|yes|no|ok|okay|great|perfect|help)[.!?]*", part.lower())
    )
