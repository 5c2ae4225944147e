"""Card: writes measured results and samples into the model cards, between two marks that stay."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from retrieval.errors import ModelError

_BLOCK = re.compile(r"(<!-- results -->\n).*?(<!-- end of results -->)", re.DOTALL)
_EMPTY = "# Results\n\n<!-- results -->\n<!-- end of results -->\n"


def write_results(
    base: Path, adapter: Path, rows: Sequence[dict[str, float | int | str]], samples: Sequence[dict[str, str]]
) -> None:
    """Replaces the results in both cards; a folder without a card gets one of results alone.

    Raises ModelError when a card lacks the marks.
    """
    table = results_table(rows)
    replace_results(base / "README.md", table)
    replace_results(adapter / "README.md", f"{table}\n{samples_list(samples)}")


def results_table(rows: Sequence[dict[str, float | int | str]]) -> str:
    """The figures as a Markdown table."""
    lines = ["| measure | value | nats per token | over |", "|---|---|---|---|"]
    lines += [f"| {row['name']} | {row['value']} | {row.get('nats', '')} | {row['tokens']} |" for row in rows]
    return "\n".join(lines) + "\n"


def samples_list(samples: Sequence[dict[str, str]]) -> str:
    """The samples as a Markdown list: message, acts and facts, reply."""
    shown = [
        f"{number}. “{_inline(item['message'])}”<br>`{item['facts']}`<br>**{_inline(item['reply'])}**"
        for number, item in enumerate(samples, 1)
    ]
    return "## Sample replies, drawn at even distances, unedited\n\n" + "\n".join(shown) + "\n"


def replace_results(card: Path, content: str) -> None:
    """Replaces what stands between the marks of `card`; an absent card becomes one of results alone.

    Raises ModelError when the card lacks the marks.
    """
    text = card.read_text(encoding="utf-8") if card.exists() else _EMPTY
    if not _BLOCK.search(text):
        raise ModelError(f"{card} lacks the marks around its results", "Restore the card from the repository.")
    card.write_text(_BLOCK.sub(lambda match: f"{match[1]}\n{content}\n{match[2]}", text), encoding="utf-8")


def _inline(text: str) -> str:
    return " ".join(text.split()).replace("*", "\\*")
