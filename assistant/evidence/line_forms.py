"""Line forms: a record line worded so that it fits into a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.evidence.lexicon import words
from assistant.evidence.wording import lower
from assistant.reading.lines import Line, LineKind

_REVIEW = re.compile(r"^Review, \S+ of 5 stars: ")
_ANSWER = re.compile(r"^(?:yes|no|sure|of course|certainly)[,.:;!]\s+(?:but\s+)?", re.IGNORECASE)
"""A yes or no that a sign sets apart: "No paper is needed" begins with another "no"."""
_YES, _NO = re.compile(r"^yes[,.:;!]", re.IGNORECASE), re.compile(r"^no[,.:;!]", re.IGNORECASE)
_VALUE_ANSWER = re.compile(r"^(?:yes|no)\b[,;:]?\s*\(?(?P<note>.*?)\)?$", re.IGNORECASE)
_AMOUNT = re.compile(
    r"(?:(?:from|up to|about|over|under|at least|at most|less than|more than|max\.?|min\.?) )?[~<>≤≥+±-]?\s?(?:[A-Z]{3}\s?|[$€£¥₹]\s?)?\d",
    re.IGNORECASE,
)
"""How a number or an amount begins."""
_MOST_OF_AMOUNT = 5
"""Words of a number with its unit, "1 to 2 working days"; more are a sentence that begins with a number."""
_LONGEST_ACRONYM = 4
_ENDS = (".", "!", "?", '"', "”", ")")


def line_forms(line: Line) -> dict[str, str]:
    """The forms that a line has, by field.

    `quote` is the line as whole sentences: a review without its stars, a page without the "Yes," that answers its own heading, a
    table row in words. `clause` is the quote to go on with after a colon. `note` is what an attribute says after "yes" or "no".
    """
    text = _REVIEW.sub("", line.text) if line.kind is LineKind.REVIEW else line.text
    if line.kind is LineKind.POLICY:
        text = _row_in_words(line.cells) if len(line.cells) > 1 else text
    if line.kind is not LineKind.REVIEW:
        stripped = _ANSWER.sub("", text)
        text = stripped[:1].upper() + stripped[1:]
    forms = {"quote": text if text.endswith(_ENDS) else f"{text.rstrip(':;,')}.", "clause": _clause(text)}
    if (found := _VALUE_ANSWER.match(line.value)) and found["note"]:
        forms["note"] = found["note"]
    return {field: form for field, form in forms.items() if form}


def own_answer(line: Line) -> bool | None:
    """Whether a line of a page answers the question of its title with yes (True) or no (False); None if with neither."""
    if line.kind is not LineKind.POLICY or not line.title.rstrip().endswith("?"):
        return None
    return True if _YES.match(line.text) else False if _NO.match(line.text) else None


def _row_in_words(cells: Sequence[tuple[str, str]]) -> str:
    """A table row as one reads it out: "Express: time 2 days, cost $9", and "Damaged parcel – who pays: we do" where a cell has words."""
    (column, first), *others = cells
    told = [_cell(_column(name), value.removesuffix(".")) for name, value in others]
    is_all_amounts = all(not name or _is_amount(value) for name, value in others)
    if column and _is_amount(first):
        first = f"{_column(column)} {first}"
    between = ": " if is_all_amounts else " – "
    return f"{first[:1].upper()}{first[1:].rstrip(':.')}{between}{(', ' if is_all_amounts else '; ').join(told)}"


def _cell(column: str, value: str) -> str:
    """A cell with the name of its column: "cost £4.50", "who pays: we do"."""
    if not column:
        return value
    return f"{column} {value}" if _is_amount(value) else f"{column}: {_small(value)}"


def _column(name: str) -> str:
    """The name of a column within a sentence; one all in capitals is written so for its looks."""
    name = name.strip().rstrip("?:")
    return name.lower() if name.isupper() and len(name) > _LONGEST_ACRONYM else lower(name)


def _is_amount(value: str) -> bool:
    return _AMOUNT.match(value) is not None and len(value.split()) <= _MOST_OF_AMOUNT


def _small(text: str) -> str:
    """`text` with a small letter where the first word is surely no name."""
    first = text.split(maxsplit=1)[0] if text else ""
    return text[:1].lower() + text[1:] if first.lower().rstrip(",") in words("clause_openers") else text


def _clause(text: str) -> str:
    """Without the final stop, and with a small letter where the first word is surely no name."""
    return _small(text).removesuffix(".")
