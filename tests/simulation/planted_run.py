"""Planted run: `aisle finetune` on exports of every format full of personal items, and a look at all that it leaves behind.

    python -m tests.simulation.planted_run --items 5000 --seed 1

Searched are every file of the output folder, the examples, card, reports, logs of training and adapter itself, and what
the command says on the terminal. Records are broken too, with items in them, for errors like to quote what they could not read.
"""

from __future__ import annotations

import argparse
import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from typer.testing import CliRunner

from assistant.cli import build_app
from assistant.privacy.kind import STRUCTURED, Kind
from assistant.privacy.known import bare
from finetune.transcripts.transcript import Role, Transcript
from tests.exports import EXPORTS
from tests.simulation.planting import Planted, Planting
from tests.simulation.privacy import Outcome, fillers, is_in
from tests.unit.small_home import make_home
from tests.unit.tiny_conversation import small_corpus, tiny_adapter, tiny_base

_TALKS = (
    ("how much is the wren tent?", "Good choice! The Wren is 269 dollars."),
    ("what is your return policy?", "Hi there! You can return it within 30 days."),
    ("thanks a lot!", "You're very welcome, any time!"),
)
_SHORT = 6  # letters and digits of an item that a count or a time may have as well


@dataclass
class PlantedRun:
    """What was planted, what was said on the terminal, and where the run wrote."""

    output: Path
    planted: list[Planted] = field(default_factory=list)
    terminal: str = ""
    exit_code: int = 0

    def leaks(self) -> list[str]:
        """Items with a form of their own that are left anywhere, with the place.

        Numbers as short as a count or a time are looked for only in what people said, where nothing else is as short.
        """
        texts = {"the terminal": self.terminal}
        files = (path for path in sorted(self.output.rglob("*")) if path.is_file())
        texts |= {str(path.relative_to(self.output)): path.read_bytes().decode("utf-8", "ignore") for path in files}
        said = {"what people said": self._said()}
        signs = {
            name: bare(text) for name, text in (texts | said).items()
        }  # to look closely only where there may be something
        return [
            f"{item.kind} {item.value!r} in {name}"
            for item in self.planted
            if item.kind in STRUCTURED
            for name, text in (texts if len(bare(item.value)) >= _SHORT else said).items()
            if bare(item.value) in signs[name] and is_in(item.value, text, item.kind)
        ]

    def examples(self) -> Outcome:
        """Every kind of item in the examples as they are written."""
        outcome = Outcome()
        outcome.add(self.planted, self._said())
        return outcome

    def _said(self) -> str:
        path = self.output / "examples.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return "\n".join(said for line in lines for said in _said(json.loads(line)))


def run(folder: Path, items: int, seed: int, sentences: int = 1) -> PlantedRun:
    """Plants `items`, exports them in every format with broken records, and fine-tunes a tiny model for two steps."""
    found = PlantedRun(folder / "adapter")
    exports = folder / "exports"
    exports.mkdir(parents=True)
    for number, (file, export) in enumerate(EXPORTS.values()):
        planting = Planting(seed * len(EXPORTS) + number, fillers(), sentences)
        transcripts = [_learnable(each) for each in planting.transcripts(items // len(EXPORTS))]
        found.planted += [item for held in planting.planted.values() for item in held]
        broken = "".join(export(transcripts[:3])).rstrip()[:-3] + "\n"
        (exports / f"broken-{file}").write_text(broken, encoding="utf-8")
        (exports / file).write_text("".join(export(transcripts)), encoding="utf-8")
    make_home(folder / "home")
    base = tiny_base(folder / "base")
    start, corpus = tiny_adapter(base, folder / "conversation"), small_corpus(folder / "corpus")
    arguments = (
        "finetune", exports, "--output", found.output, "--base", base, "--adapter", start, "--corpus", corpus,
        "--max-steps", 2, "--judged", 2,
    )  # fmt: skip
    environment = {**os.environ, "AISLE_HOME": str(folder / "home")}
    result = CliRunner().invoke(build_app(), [*map(str, arguments)], env=environment)
    found.terminal, found.exit_code = result.output + repr(result.exception), result.exit_code
    return found


def _learnable(transcript: Transcript) -> Transcript:
    """The conversation with questions and answers that may be learned from in front of what was planted."""
    messages = []
    for place, message in enumerate(transcript.messages):
        question, answer = _TALKS[(place // 2) % len(_TALKS)]
        said = question if message.role is Role.CUSTOMER else answer
        messages.append(replace(message, text=f"{said} {message.text}"))
    return replace(transcript, messages=tuple(messages))


def _said(example: dict[str, Any]) -> Iterator[str]:
    """What people wrote in an example, and what a plan and a brief repeat of it."""
    masked = example["masked"]
    yield from (masked["reply"], masked["human"])
    for turn in masked["turns"]:
        yield from (turn["message"], turn["plan"], turn["brief"], turn["reply"])


def main() -> None:
    """Runs and prints JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sentences", type=int, default=1)
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        found = run(Path(folder), options.items, options.seed, options.sentences)
        print(found.terminal)
        outcome, leaks = found.examples(), found.leaks()
        print(*outcome.examples[:20], *leaks, sep="\n")
    told = {
        "planted": dict(Counter(item.kind.value for item in found.planted)),
        "left in the examples": {kind.value: outcome.share(kind) for kind in Kind if outcome.planted[kind]},
        "with a form of their own, left anywhere": len(leaks),
        "exit code": found.exit_code,
    }
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main()
