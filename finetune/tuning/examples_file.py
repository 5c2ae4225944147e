"""Examples file: the masked replies with what they were written from, as JSON lines next to the adapter: what it learned from."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from finetune.masking import MaskedReply
from retrieval.errors import FeedError

EXAMPLES_FILE = "examples.jsonl"
_AGAIN = "Delete it and run `aisle finetune` again."


@dataclass(frozen=True, slots=True)
class StoredReply:
    """One reply of the file, and the part of the split that it belongs to."""

    split: str
    masked: MaskedReply


_LINE: TypeAdapter[StoredReply] = TypeAdapter(StoredReply)


def write_examples(parts: Iterable[tuple[str, Iterable[MaskedReply]]], folder: Path) -> None:
    """Writes the replies of every part of a split."""
    with (folder / f"{EXAMPLES_FILE}.part").open("w", encoding="utf-8") as file:
        for part, items in parts:
            for item in items:
                line = _LINE.dump_python(StoredReply(part, item), mode="json")
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
    os.replace(folder / f"{EXAMPLES_FILE}.part", folder / EXAMPLES_FILE)


def read_examples(folder: Path, part: str) -> Iterator[MaskedReply]:
    """Every reply of `part`, in order. Raises FeedError for a damaged file."""
    try:
        with (folder / EXAMPLES_FILE).open(encoding="utf-8") as file:
            for text in file:
                line = _LINE.validate_json(text)
                if line.split == part:
                    yield line.masked
    except (OSError, ValidationError) as error:
        raise FeedError(f"{folder / EXAMPLES_FILE} cannot be read: {error}", _AGAIN) from error
