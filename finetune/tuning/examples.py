"""Examples: the replies of an examples file as token ids, and conversations of the corpus that keep a model from unlearning.

A reply is learned behind the transcript that it was written from. Nothing before it counts: neither the plan and the brief, nor earlier
replies, which are examples of their own.
"""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path

import numpy as np

from assistant.language_model.transcript import ASSISTANT, END, prompt_ids
from finetune.batches import Passes
from finetune.corpora.model import CONTEXT, conversation_example, training_conversations
from finetune.corpora.pairs import ReadingPair, reading_pairs
from finetune.corpora.reading_examples import reading_examples
from finetune.corpora.shop import held_out, shop_folders
from finetune.example import Example, merged, reply_example
from finetune.masking import MaskedReply
from finetune.tuning.contrast import Answered
from finetune.tuning.examples_file import read_examples

Tokens = Callable[[str], list[int]]
"""How text becomes token ids, nothing added."""
_MEASURED = 40
"""Conversations, and questions with judged lines, that tell what a model has unlearned; at most a tenth of the corpus."""
_SEED = 20


def reply_ids(reply: str, tokens: Tokens) -> list[int]:
    """The ids of a reply, the last of which ends it."""
    return tokens(f"{reply}{END}")


def masked_example(item: MaskedReply, tokens: Tokens) -> Example:
    """The example of one reply, which alone counts; its end where it `ends` there."""
    reply = reply_ids(item.reply, tokens)
    prompt = prompt_ids(item.system, item.context, item.turns, tokens, ASSISTANT, CONTEXT - len(reply))
    return reply_example(prompt, reply, item.ends)


def own_examples(folder: Path, part: str, tokens: Tokens) -> list[Example]:
    """The replies of one part; those of a conversation are read together where one transcript goes on from another."""
    made: list[Example] = []
    for _, group in groupby(read_examples(folder, part), key=lambda item: item.transcript_id):
        made += merged(masked_example(item, tokens) for item in group)
    return [example for example in made if len(example.ids) <= CONTEXT]


def answered_prompts(folder: Path, tokens: Tokens) -> list[Answered]:
    """The replies of the train part, each behind its own last turn alone, for contests."""
    found = []
    for item in read_examples(folder, "train"):
        prompt = prompt_ids(item.system, item.context, item.turns[-1:], tokens, ASSISTANT, CONTEXT)
        reply = reply_ids(item.reply, tokens)[:-1]
        if len(prompt) + len(reply) <= CONTEXT:
            found.append(Answered(item.transcript_id, np.array(prompt, np.int64), np.array(reply, np.int64)))
    return found


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What the conversation adapter was trained on: conversations and judged lines of the corpus. Held-out shops are no part of it."""

    conversations: Sequence[Example]
    questions: Sequence[Sequence[ReadingPair]]
    tokens: Tokens

    @classmethod
    def read(cls, corpus: Path, tokens: Tokens) -> tuple[Rehearsal, list[Example]]:
        """The rehearsal of a corpus, and a small part of it that is kept back to measure by. Raises FeedError for a faulty corpus."""
        spoken = [conversation_example(each, tokens) for each in training_conversations(corpus)]
        questions = _questions(corpus)
        chance = random.Random(_SEED)
        chance.shuffle(spoken)
        chance.shuffle(questions)
        talks, asked = (min(_MEASURED, max(1, len(part) // 10)) for part in (spoken, questions))
        measured = [pair for question in questions[:asked] for pair in question]
        rehearsal = cls(spoken[talks:], questions[asked:], tokens)
        return rehearsal, [*spoken[:talks], *reading_examples(measured, tokens, chance)]

    def drawn(self, wanted: float, chance: random.Random) -> list[Example]:
        """Examples drawn at random, of `wanted` tokens together or a little more; all of them if they are fewer."""
        pool: list[Example | Sequence[ReadingPair]] = [*self.conversations, *self.questions]
        chance.shuffle(pool)
        made: list[Example] = []
        for each in pool:
            if wanted <= 0:
                break
            examples = [each] if isinstance(each, Example) else list(reading_examples(each, self.tokens, chance))
            made += examples
            wanted -= sum(len(example.ids) for example in examples)
        return made


def _questions(corpus: Path) -> list[list[ReadingPair]]:
    """The judged lines of the shops that are not held out, by their question."""
    kept = held_out(corpus)
    found: dict[tuple[str, str], list[ReadingPair]] = defaultdict(list)
    for folder in shop_folders(corpus):
        for pair in reading_pairs(folder) if folder.name not in kept else ():
            found[pair.shop, pair.question].append(pair)
    return list(found.values())


def training_passes(own: Sequence[Example], rehearsal: Rehearsal, share: float, seed: int) -> Passes:
    """Every pass reads all of `own`, and other conversations of the corpus that make up `share` of its tokens."""
    wanted = sum(len(example.ids) for example in own) * share / (1 - share)

    @lru_cache(maxsize=1)  # the first is looked at before it is learned from
    def drawn(number: int) -> list[Example]:
        return [*own, *rehearsal.drawn(wanted, random.Random(f"{seed} {number}"))]

    return drawn


def fingerprint(examples: Iterable[Example]) -> str:
    """A hash by which a run that goes on knows that it still learns from the same."""
    digest = hashlib.sha256()
    for example in examples:
        digest.update(example.ids.tobytes() + example.weights.tobytes())
    return digest.hexdigest()[:16]
