"""Dialogue: one conversation of a public set, read into one shape.

A set is a folder with `train*.jsonl.gz` and `eval_public*.jsonl.gz`; each line has `turns`, a list of
`{role, text}` with role "user" or "assistant".
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

from retrieval.errors import FeedError


@dataclass(frozen=True, slots=True)
class Exchange:
    """One message of a customer and the reply of a person."""

    message: str
    reply: str


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One conversation. `source` is the folder it came from."""

    source: str
    exchanges: tuple[Exchange, ...]


def read_dialogues(data: Path, source: str, split: str = "train") -> Iterator[Dialogue]:
    """Yields the dialogues of one split ("train" or "eval_public") of the set in folder `source`.

    Raises FeedError when the set is absent.
    """
    for row in read_rows(data, source, split):
        dialogue = as_dialogue(source, row["turns"])
        if dialogue.exchanges:
            yield dialogue


def as_dialogue(source: str, turns: list[dict[str, str]], text: str = "text") -> Dialogue:
    """The dialogue of `turns`, each with its `role` and, under the name `text`, its words."""
    return Dialogue(source, tuple(_exchanges(turns, text)))


def read_rows(data: Path, source: str, split: str = "train") -> Iterator[dict[str, list[dict[str, str]]]]:
    """Yields the raw rows of one split. Raises FeedError when the set is absent."""
    files = sorted((data / source).glob(f"{split}*.jsonl.gz"))
    if not files:
        raise FeedError(
            f"no {split}*.jsonl.gz in {data / source}", "Give the directory of the public sets with --data."
        )
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)


def _exchanges(turns: list[dict[str, str]], text: str) -> Iterator[Exchange]:
    """Pairs each message with the reply after it; successive texts of one role are joined."""
    merged = [
        (role, " ".join(" ".join(turn[text].split()) for turn in group).strip())
        for role, group in groupby(turns, key=lambda turn: turn["role"])
    ]
    for (role, message), (_, reply) in pairwise(merged):
        if role == "user" and message and reply:
            yield Exchange(message, reply)
