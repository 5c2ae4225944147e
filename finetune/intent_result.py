"""Intent result: what one head scored on one public set, as a row of a table and of `evaluation.json`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from finetune.score import Score
from retrieval.errors import ModelError

_FILE = "evaluation.json"


@dataclass(frozen=True, slots=True)
class Result:
    """One head on one set: intents told right, and texts outside recognised as such (None for a set without any)."""

    data: str
    head: str
    in_scope: Score
    outside: Score | None


def table(results: Iterable[Result]) -> str:
    """The results as a Markdown table."""
    lines = ["| set | head | intents right | out of scope recognised |", "|---|---|---|---|"]
    lines += [f"| {r.data} | {r.head} | {r.in_scope} | {r.outside or '–'} |" for r in results]
    return "\n".join(lines)


def write_results(folder: Path, results: Sequence[Result]) -> None:
    """Writes `evaluation.json` into `folder`."""
    rows = [asdict(result) for result in results]
    (folder / _FILE).write_text(json.dumps({"results": rows}, indent=2) + "\n", "utf-8")


def read_results(folder: Path) -> list[Result]:
    """What `evaluation.json` in `folder` holds; nothing where there is none. Raises ModelError when it is damaged."""
    path = folder / _FILE
    if not path.exists():
        return []
    try:
        rows = json.loads(path.read_text("utf-8"))["results"]
        return [
            Result(
                str(row["data"]), str(row["head"]), Score(**row["in_scope"]), row["outside"] and Score(**row["outside"])
            )
            for row in rows
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"{path} cannot be read: {error}", "Measure again: aisle evaluate intents --data DIR"
        ) from error
