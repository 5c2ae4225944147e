"""Evaluation of the verifier: right replies of the corpus that pass, and how many of those with one value swapped are caught."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from finetune.corpora.shop import CorpusShop
from finetune.corpora.transcripts import corpus_conversations
from finetune.score import Score
from finetune.verification.corpus_turns import finished
from finetune.verification.mutation import Mutations
from finetune.verification.verifier import Verifier


@dataclass(slots=True)
class VerifierScores:
    """Right replies and those that pass, and by the kind of value swapped, wrong replies and those that are caught."""

    right: int = 0
    passed: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    caught: Counter[str] = field(default_factory=Counter)

    def lines(self) -> Iterator[str]:
        """The scores as text, with 95 % intervals."""
        yield f"right replies that pass: {self.passed:,} of {self.right:,}, {Score(self.passed, self.right)}"
        caught, wrong = self.caught.total(), self.wrong.total()
        yield f"one value swapped, caught: {caught:,} of {wrong:,}, {Score(caught, wrong)}"
        for name, count in self.wrong.most_common():
            yield f"  {name:15} {self.caught[name]:,} of {count:,}, {Score(self.caught[name], count)}"


def evaluate_verifier(folders: Iterable[Path], seed: int) -> VerifierScores:
    """Verify the replies of these shops, and one mutation of each that passes. Raises FeedError."""
    scores, chance = VerifierScores(), random.Random(seed)
    for folder in folders:
        shop = CorpusShop.load(folder)
        verifier, mutations = Verifier(shop), Mutations(shop)
        for conversation in corpus_conversations(folder):
            for turn, right in finished(shop, conversation):
                scores.right += 1
                if verifier.faults(right):
                    continue
                scores.passed += 1
                if wrong := mutations.of(turn, right, chance):
                    scores.wrong[wrong.field] += 1
                    scores.caught[wrong.field] += bool(verifier.faults(wrong.turn))
    return scores
