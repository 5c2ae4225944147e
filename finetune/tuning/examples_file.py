"""Examples file: the masked replies with their prompts, as JSON lines beside the adapter: what it learned from, and nothing else."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from assistant.act import Act
from assistant.language_model.prompt import Prompt, PromptTurn
from finetune.split import Split
from retrieval.errors import FeedError

EXAMPLES_FILE = "examples.jsonl"
POLICY_FILE = "policy.md"
_AGAIN = "Delete it and run `aisle finetune` again."


@dataclass(frozen=True, slots=True)
class StoredExample:
    """One reply of the file with its whole prompt; `ends` and `unsaid` are those of `Replayed`."""

    transcript: str
    prompt: Prompt
    reply: str
    ends: bool
    unsaid: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One reply; the policy, which is the same in every prompt, stands in a file of its own, and nobody's id in any."""

    transcript: str
    turn: int
    split: str
    time: datetime | None
    prompt: tuple[PromptTurn, ...]
    reply: str
    human: str
    ends: bool
    unsaid: tuple[Act, ...]


_LINE: TypeAdapter[Line] = TypeAdapter(Line)


def write_examples(split: Split, folder: Path) -> None:
    """Writes all parts of the split, which must be masked."""
    policy = ""
    with (folder / f"{EXAMPLES_FILE}.part").open("w", encoding="utf-8") as file:
        for part, items in split.parts:
            for item in items:
                policy = item.prompt.policy
                line = Line(
                    item.transcript_id,
                    item.turn,
                    part,
                    item.time,
                    item.prompt.turns,
                    item.reply,
                    item.human,
                    item.ends,
                    item.unsaid,
                )
                file.write(json.dumps(_LINE.dump_python(line, mode="json"), ensure_ascii=False) + "\n")
    (folder / POLICY_FILE).write_text(policy + "\n", encoding="utf-8")
    os.replace(folder / f"{EXAMPLES_FILE}.part", folder / EXAMPLES_FILE)


def read_examples(folder: Path, part: str) -> Iterator[StoredExample]:
    """Every example of `part`, in order. Raises FeedError for a damaged file."""
    try:
        policy = (folder / POLICY_FILE).read_text(encoding="utf-8").strip()
        with (folder / EXAMPLES_FILE).open(encoding="utf-8") as file:
            for text in file:
                line = _LINE.validate_json(text)
                if line.split == part:
                    prompt = Prompt(policy, line.prompt)
                    yield StoredExample(line.transcript, prompt, line.reply, line.ends, line.unsaid)
    except (OSError, ValidationError) as error:
        raise FeedError(f"{folder / EXAMPLES_FILE} cannot be read: {error}", _AGAIN) from error
