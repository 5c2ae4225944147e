"""Finder: sentence vectors that bring a question near to the record lines that decide it.

all-MiniLM-L6-v2 with a LoRA adapter trained on our conversations (`aisle train finder`): in them customers ask in words that records
do not use. Products are searched with the shop's own encoder; the finder only reads what was found.
"""

from __future__ import annotations

from pathlib import Path

from retrieval.index.adapted_encoder import load_adapted, loading
from retrieval.index.encoder import Encoder
from retrieval.index.sentence_encoder import SentenceEncoder


def open_finder(folder: Path) -> Encoder:
    """The finder in `folder`. Raises ModelError that says how to get one."""
    with loading("finder", folder):
        return SentenceEncoder(load_adapted(folder), "finder")
