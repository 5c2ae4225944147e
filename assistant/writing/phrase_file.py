"""Phrase file: a Markdown file of sentences that a shop owner can read and edit, one file per act.

    # told_price
    What this file is about, for the reader.

    ## plain
    - The {p1.name} comes to {p1.price}.

    ## body
    - It costs {p1.price}.
    ### when p1.old_price
    - It was {p1.old_price} and now costs {p1.price}.

`##` opens a section, `- ` is one phrase, `### when ...` sets a condition for the phrases below it, up to the next
heading.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from retrieval.errors import AisleError

_WHEN = "when "


@dataclass(frozen=True, slots=True)
class PhraseLine:
    """One phrase as written, and the condition above it ("p1.stock=low, !p1.reason", or "")."""

    text: str
    condition: str = ""


def read_phrase_file(path: Path) -> dict[str, tuple[PhraseLine, ...]]:
    """Sections of `path` by name, each with its phrases in order.

    Raises AisleError when the file is absent or a phrase stands before any section.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise AisleError(f"cannot read phrases from {path}: {error}", "Restore the folder data/phrasings.") from error
    sections: dict[str, list[PhraseLine]] = {}
    section, condition = "", ""
    for number, line in enumerate(lines, start=1):
        if line.startswith("## "):
            section, condition = line[3:].strip(), ""
            sections.setdefault(section, [])
        elif line.startswith("### "):
            condition = line[4:].strip().removeprefix(_WHEN)
        elif line.startswith("- "):
            if not section:
                raise AisleError(f"{path}:{number}: a phrase before any section", "Write '## reply' above it.")
            sections[section].append(PhraseLine(line[2:].strip(), condition))
    return {name: tuple(phrases) for name, phrases in sections.items()}
