"""Service transcripts: the public service dialogues as if they were transcripts of the sample shop."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from assistant.sample_shop import prepare_sample, sample_settings
from assistant.settings import Settings
from finetune.transcripts.transcript import Role, Transcript, TranscriptMessage
from retrieval.errors import FeedError

SERVICE = "cucom_ecommerce"
"""The folder of the public service dialogues."""
_SHOP_NAME = "{{store}}"


@contextmanager
def sample_shop(shipped: Path) -> Iterator[Settings]:
    """The sample shop of the directory `shipped`, in a home of its own as long as it is wanted."""
    with TemporaryDirectory() as home:
        settings = sample_settings(home=Path(home), data=shipped)
        prepare_sample(settings)
        yield settings


def service_transcripts(
    data: Path, split: str, shop_name: str, share: float = 1.0, seed: int = 1
) -> Iterator[Transcript]:
    """A `share`, drawn by seed, of the dialogues of one split. Raises FeedError where the set is absent from `data`."""
    chance = random.Random(seed)
    for row in _rows(data / SERVICE, split):
        if chance.random() < share:
            messages = (
                TranscriptMessage(Role(turn["role"]), turn["text"].replace(_SHOP_NAME, shop_name))
                for turn in row["turns"]
            )
            yield Transcript(str(row["id"]), tuple(messages))


def _rows(folder: Path, split: str) -> Iterator[dict[str, Any]]:
    """The conversations of one split of a public set: JSON lines with `id` and `turns`, each with `role` and `text`."""
    files = sorted(folder.glob(f"{split}*.jsonl.gz"))
    if not files:
        raise FeedError(f"no {split}*.jsonl.gz in {folder}", "Give the directory of the public sets with --data.")
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)
