"""Everyday words: stems that good replies use without evidence, learned from the corpus for the claims checker."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from assistant.checking.claims import REFERENCE, stems
from finetune.corpora.transcripts import CorpusConversation

FEWEST_SHOPS = 3
"""A word that replies of so many shops use without evidence says nothing about a product."""


def everyday_stems(conversations: Iterable[CorpusConversation]) -> frozenset[str]:
    """The stems that replies of at least `FEWEST_SHOPS` shops use though neither customer nor brief did."""
    shops: dict[str, set[str]] = defaultdict(set)
    for conversation in conversations:
        heard: frozenset[str] = frozenset()
        for turn in conversation.turns:
            heard |= stems(f"{turn.text.message} {turn.text.plan} {turn.text.brief}")
            for stem in stems(REFERENCE.sub(" ", turn.text.reply)) - heard:
                shops[stem].add(conversation.shop)
    return frozenset(stem for stem, names in shops.items() if len(names) >= FEWEST_SHOPS)
