"""Pairs for the reader: a question or need, a record line, and what the line means for it."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.planning.plan import Bundle, Choose, Compare, Details, Find, Policy, Step
from assistant.reading.lines import Line, LineKind
from assistant.reading.verdict import Verdict
from finetune.corpora.conversation import read_pairs
from finetune.corpora.facts import VERDICTS
from finetune.corpora.shop import CorpusShop
from finetune.corpora.transcripts import CorpusTurn, corpus_conversations
from retrieval.errors import FeedError

SILENT_PER_TURN = 2
"""Lines drawn at random from the same records as silent ones: the author named every line that decides."""
_COMMON = 2


@dataclass(frozen=True, slots=True)
class ReadingPair:
    """One judged line. `question` stands alone; it is a question or a need in a few words."""

    shop: str
    question: str
    line: Line
    verdict: Verdict


def reading_pairs(folder: Path, seed: int = 1) -> list[ReadingPair]:
    """Every judged line of one shop: those of its pairs, of its conversations, and silent ones drawn beside them."""
    shop = CorpusShop.load(folder)
    chance = random.Random(f"{seed} {shop.name}")
    return [*written_pairs(shop), *_from_conversations(shop, chance)]


def question_of(step: Step, need: str) -> str:
    """What the reader is asked for a step of a plan; "" for a step that reads nothing. `need` is `Need.as_text()`."""
    match step:
        case Details(question=question) | Policy(question=question):
            return question
        case Find(kind=kind, want=want):
            return "; ".join(filter(None, [f"{kind}: {want}" if want else kind, need]))
        case Compare(on=on):
            return "; ".join(filter(None, [on, need]))
        case Choose() | Bundle():
            return need
    return ""


def written_pairs(shop: CorpusShop) -> Iterator[ReadingPair]:
    """The judged lines of a shop's pairs. Raises FeedError."""
    for path in sorted(shop.folder.glob("pairs/*.yaml")):
        for pairs in read_pairs(path):
            if isinstance(pairs, str):
                raise FeedError(pairs, "Run: aisle corpus check")
            for judged in pairs.lines:
                line = shop.line(judged.record, judged.fragment)
                yield ReadingPair(shop.name, pairs.ask, line, VERDICTS[judged.mark])


def _from_conversations(shop: CorpusShop, chance: random.Random) -> Iterator[ReadingPair]:
    for conversation in corpus_conversations(shop.folder):
        for turn in conversation.turns:
            judged = [(told.line, told.verdict) for told in turn.brief.lines]
            pairs = [(question, line, verdict) for line, verdict in judged if (question := _asked(turn, line))]
            yield from (ReadingPair(shop.name, question, line, verdict) for question, line, verdict in pairs)
            for question, line in _silent(shop, pairs, chance):
                yield ReadingPair(shop.name, question, line, Verdict.SILENT)


def _silent(
    shop: CorpusShop, pairs: list[tuple[str, Line, Verdict]], chance: random.Random
) -> Iterator[tuple[str, Line]]:
    if not pairs:
        return
    known = {line.text for _, line, _ in pairs}
    question = pairs[0][0]
    pool = [line for _, judged, _ in pairs for line in shop.lines[judged.record]]
    pool = [line for line in dict.fromkeys(pool) if line.text not in known and not _overlaps(question, line.text)]
    yield from ((question, line) for line in chance.sample(pool, min(SILENT_PER_TURN, len(pool))))


def _overlaps(question: str, text: str) -> bool:
    """True if so many words are shared that the line might decide after all."""
    words = [set(re.findall(r"[a-z]{4,}", each.casefold())) for each in (question, text)]
    return len(words[0] & words[1]) >= _COMMON


def _asked(turn: CorpusTurn, line: Line) -> str:
    """The question of the step that read `line`: policies for pages, any other for products."""
    need = turn.plan.need.as_text()
    asked = [(isinstance(step, Policy), question_of(step, need)) for step in turn.plan.steps]
    is_policy = line.kind is LineKind.POLICY
    fitting = [question for policy, question in asked if question and policy == is_policy]
    return next(iter([*fitting, *(question for _, question in asked if question)]), "")
