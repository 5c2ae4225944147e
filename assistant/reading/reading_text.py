"""Reading text: a question and record lines as the language model reads them, with a place behind each line for its verdict.

    <|im_start|>read
    how heavy is the tent<|im_end|>
    ## Alder 2 Tent
    Weight: 2.1 kg
    Doors: 2

What the model would write at the end of a line is its verdict: one of the marks "+", "-", "!" and "~". The marks are never part of the
text, so all lines are read in one pass, and no verdict depends on another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.language_model.transcript import END, START, harmless
from assistant.reading.lines import Line

READ = "read"
LONGEST_LINE = 64
"""Tokens of one line that are read; the rest of a longer one is cut."""


def reading_ids(
    question: str, lines: Sequence[Line], tokens: Callable[[str], list[int]]
) -> tuple[list[int], list[int]]:
    """Token ids, and for each line the place of the last token before its verdict."""
    ids = tokens(f"{START}{READ}\n{harmless(question)}{END}\n")
    places: list[int] = []
    title = ""
    for line in lines:
        if line.title != title:
            ids += tokens(f"## {harmless(line.title)}\n")
            title = line.title
        ids += [*tokens(harmless(line.text))[:LONGEST_LINE], *tokens("\n")]
        places.append(len(ids) - 1)
    return ids, places
