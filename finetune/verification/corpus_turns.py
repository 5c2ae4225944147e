"""Corpus turns: the written replies of the corpus as a verifier sees finished ones, with the values of their references."""

from __future__ import annotations

from collections.abc import Iterator

from finetune.corpora.shop import CorpusShop
from finetune.corpora.show import filled
from finetune.corpora.transcripts import CorpusConversation, CorpusTurn
from finetune.verification.finished_turn import FinishedTurn, Limits


def finished(shop: CorpusShop, conversation: CorpusConversation) -> Iterator[tuple[CorpusTurn, FinishedTurn]]:
    """The written turns of a conversation as a verifier sees finished ones."""
    written = conversation.written
    heard: list[str] = []
    earlier: list[str] = []
    for turn in conversation.turns:
        heard.append(turn.written.says)
        text = filled(shop, written, turn.written)
        limits, steps = Limits.of(turn.plan.need), turn.plan.steps
        yield turn, FinishedTurn.of(text, heard, turn.brief, steps, written.customer, limits, earlier)
        earlier += turn.brief.products
