"""Drafting: lets one side reply to held-out messages, as it would to customers, and measures what it wrote.

Twice: what the model writes by itself, for that is what training changed, and what the writer makes of it once every
sentence has passed the check, for that is what customers read.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from assistant.language_model.language_model import Decoding
from assistant.reference import REFERENCE_PATTERN
from assistant.writing.check import Check, ViolationKind
from assistant.writing.checking.sentences import streamed
from finetune.judging.side import Side
from finetune.judging.verifier import Findings, verify
from finetune.replayed import Replayed
from retrieval.errors import WritingError


@dataclass(frozen=True, slots=True)
class Drafted:
    """One reply of one side. `draft` is the model's own text, `written` the one that passed; both hold references.

    `refused` of the `sentences` of the draft fail the check, `rejected` counts them by what is wrong with them; `seconds` is the time of
    the whole reply, `draft_seconds` that of the draft.
    """

    draft: str
    written: str
    fallback: bool
    rejected: Counter[ViolationKind]
    refused: int
    sentences: int
    findings: Findings
    seconds: float
    draft_seconds: float

    @property
    def keys(self) -> frozenset[str]:
        """The facts that the reply refers to."""
        return frozenset(REFERENCE_PATTERN.findall(self.written))


def drafts(side: Side, replayed: Sequence[Replayed], check: Check, seed: int) -> list[Drafted]:
    """What `side` replies to each of `replayed`; the same again for the same seed, but for the times."""
    random.seed(seed)  # plain phrases are drawn by the common generator
    return [_drafted(side, item, check, seed + number) for number, item in enumerate(replayed)]


def _drafted(side: Side, item: Replayed, check: Check, seed: int) -> Drafted:
    start = time.perf_counter()
    draft = _draft(side, item, seed)
    middle = time.perf_counter()
    sentences = list(side.writer.write(item.prompt, item.evidence, threading.Event()))
    end = time.perf_counter()
    written = " ".join(sentence.written for sentence in sentences)
    message = item.prompt.turns[-1].message
    wrong = _violations(list(streamed([draft])), item, check)
    return Drafted(
        draft=draft,
        written=written,
        fallback=any(sentence.fallback for sentence in sentences),
        rejected=Counter(kind for kinds in wrong for kind in kinds),
        refused=sum(bool(kinds) for kinds in wrong),
        sentences=len(wrong),
        findings=verify(written, item.evidence, message),
        seconds=end - middle,
        draft_seconds=middle - start,
    )


def _draft(side: Side, item: Replayed, seed: int) -> str:
    """What the model writes at one go; what it had when it failed, where it did."""
    pieces: list[str] = []
    with suppress(WritingError):
        for piece in side.model.write(item.prompt, Decoding(seed=seed), threading.Event()):
            pieces.append(piece)
    return "".join(pieces)


def _violations(sentences: Sequence[str], item: Replayed, check: Check) -> list[frozenset[ViolationKind]]:
    """For each sentence the kinds of what is wrong with it."""
    found: list[frozenset[ViolationKind]] = []
    for place, sentence in enumerate(sentences):
        before = "".join(sentences[:place]).strip()
        violations = check.violations(sentence, item.evidence, item.prompt.turns[-1].message, before)
        found.append(frozenset(violation.kind for violation in violations))
    return found
