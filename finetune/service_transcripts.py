"""Service transcripts: the public service dialogues as if they were transcripts of the sample shop."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.sample_shop import prepare_sample, sample_settings
from assistant.settings import Settings
from finetune.dialogue import read_rows
from finetune.transcripts.transcript import Role, Transcript, TranscriptMessage

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
    for row in read_rows(data, SERVICE, split):
        if chance.random() < share:
            messages = (
                TranscriptMessage(Role(turn["role"]), turn["text"].replace(_SHOP_NAME, shop_name))
                for turn in row["turns"]
            )
            yield Transcript(str(row["id"]), tuple(messages))
