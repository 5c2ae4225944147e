"""A shop of the committed corpus, loaded once, for tests of what is made from it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from finetune.corpora.shop import CorpusShop
from finetune.corpora.transcripts import CorpusConversation, corpus_conversations

CORPUS = Path(__file__).resolve().parents[2] / "data" / "conversations"


@lru_cache(1)
def northwire() -> CorpusShop:
    return CorpusShop.load(CORPUS / "northwire")


@lru_cache(1)
def conversations() -> tuple[CorpusConversation, ...]:
    return tuple(corpus_conversations(CORPUS / "northwire"))
