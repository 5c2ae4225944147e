"""Line forms: a record line worded so that it fits into a sentence."""

from __future__ import annotations

import re

from assistant.evidence.lexicon import words
from assistant.reading.lines import Line, LineKind

_REVIEW = re.compile(r"^Review, \S+ of 5 stars: ")
_ANSWER = re.compile(r"^(?:yes|no|sure|of course|certainly)[,.:;!]\s+(?:but\s+)?", re.IGNORECASE)
"""A yes or no that a sign sets apart: "No paper is needed" begins with another "no"."""
_VALUE_ANSWER = re.compile(r"^(?:yes|no)\b[,;:]?\s*\(?(?P<note>.*?)\)?$", re.IGNORECASE)
_ROW = re.compile(r"^[^:;.]{1,40}: [^;]+(?:; [^:;]{1,40}: [^;]+)+$")
_ENDS = (".", "!", "?", '"', "”", ")")


def line_forms(line: Line) -> dict[str, str]:
    """The forms that a line has, by field.

    `quote` is the line as whole sentences: a review without its stars, a page without the "Yes," that answers its own heading, a
    table row in words. `clause` is the quote to go on with after a colon. `note` is what an attribute says after "yes" or "no".
    """
    text = _REVIEW.sub("", line.text) if line.kind is LineKind.REVIEW else line.text
    if line.kind is LineKind.POLICY:
        text = _row_in_words(text)
    if line.kind is not LineKind.REVIEW:
        stripped = _ANSWER.sub("", text)
        text = stripped[:1].upper() + stripped[1:]
    forms = {"quote": text if text.endswith(_ENDS) else f"{text.rstrip(':;,')}.", "clause": _clause(text)}
    if (found := _VALUE_ANSWER.match(line.value)) and found["note"]:
        forms["note"] = found["note"]
    return {field: form for field, form in forms.items() if form}


def _row_in_words(text: str) -> str:
    """A table row, "Option: express; time: 2 days", as one reads it out: "Express: time 2 days"."""
    if not _ROW.match(text):
        return text
    (_, first), *others = (cell.partition(": ")[::2] for cell in text.split("; "))
    return f"{first[:1].upper()}{first[1:]}: {', '.join(f'{name.lower()} {cell}' for name, cell in others)}"


def _clause(text: str) -> str:
    """Without the final stop, and with a small letter where the first word is surely no name."""
    first = text.split(maxsplit=1)[0] if text else ""
    if first.lower().rstrip(",") in words("clause_openers"):
        text = text[:1].lower() + text[1:]
    return text.removesuffix(".")
