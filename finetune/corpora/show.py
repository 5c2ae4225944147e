"""Conversations as a customer would see them, for reading."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.planning.plan import written_step
from assistant.writing.filling import fill
from assistant.writing.sentence_writer import sentences
from finetune.corpora.conversation import WrittenConversation, WrittenTurn, read_conversations
from finetune.corpora.facts import turn_brief
from finetune.corpora.shop import CorpusShop


def shown(folder: Path, ids: frozenset[str]) -> Iterator[str]:
    """Each conversation of a shop (only those in `ids`, if any) with its references filled in. Raises FeedError."""
    shop = CorpusShop.load(folder)
    for path in sorted(folder.glob("conversations/*.yaml")):
        for conversation in read_conversations(path):
            if isinstance(conversation, str):
                yield conversation
            elif not ids or conversation.id in ids:
                yield "\n".join(_told(shop, conversation))


def drawn(folders: Sequence[Path], share: float, seed: int) -> Iterator[str]:
    """A random share of the conversations of several shops, with their evidence, for a second pair of eyes. Raises FeedError."""
    shops = [CorpusShop.load(folder) for folder in folders]
    everything = [
        (shop, conversation)
        for shop in shops
        for path in sorted(shop.folder.glob("conversations/*.yaml"))
        for conversation in read_conversations(path)
        if not isinstance(conversation, str)
    ]
    for shop, conversation in random.Random(seed).sample(everything, round(len(everything) * share)):
        yield f"# {shop.name}\n" + "\n".join(_told(shop, conversation, with_evidence=True))


def _told(shop: CorpusShop, conversation: WrittenConversation, *, with_evidence: bool = False) -> Iterator[str]:
    yield f"## {conversation.id} ({', '.join(conversation.style)})"
    for turn in conversation.turns:
        yield f"Customer: {turn.says}"
        if with_evidence:
            yield f"  plan:   {'; '.join(str(written_step(step)) for step in turn.plan)}"
            yield from (f"  brief:  {row}" for row in turn_brief(shop, conversation, turn).as_text().splitlines())
        yield f"Aisle:    {filled(shop, conversation, turn)}"
    yield ""


def filled(shop: CorpusShop, conversation: WrittenConversation, turn: WrittenTurn) -> str:
    """The reply of `turn` with the values of its references; an unknown one is left as it is."""
    facts = turn_brief(shop, conversation, turn).facts
    said: list[str] = []
    texts: list[str] = []
    for sentence in sentences([turn.reply]):
        texts.append(fill(sentence, facts, " ".join(said)))
        said.append(sentence)
    return " ".join(texts)
