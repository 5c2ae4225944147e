"""Drafting: lets one side reply to held-out messages, as it would to customers, and measures what it wrote."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.checking.claims import REFERENCE, ViolationKind
from assistant.planning.plan import Plan
from assistant.writing.composer import words_heard
from finetune.judging.side import Side
from finetune.judging.verifier import Findings, verify
from finetune.replayed import Replayed


@dataclass(frozen=True, slots=True)
class Drafted:
    """One reply of one side, with references; every sentence of it passed the check.

    `rejected` counts what was wrong with sentences before that. `tools` are those of the plan that the side makes of the message
    itself, `brief` what its tools and its reading then bring. `seconds` is the time of the writing.
    """

    written: str
    is_fallback: bool
    rejected: Counter[ViolationKind]
    findings: Findings
    tools: tuple[str, ...]
    brief: str
    seconds: float

    @property
    def keys(self) -> frozenset[str]:
        """The facts that the reply refers to."""
        return frozenset(REFERENCE.findall(self.written))


def drafts(side: Side, replayed: Sequence[Replayed]) -> list[Drafted]:
    """What `side` replies to each of `replayed`; the same again every time, except for the times."""
    return [_drafted(side, item) for item in replayed]


def tools(plan: Plan) -> tuple[str, ...]:
    """The tools of a plan, in order."""
    return tuple(step.tool for step in plan.steps)


def _drafted(side: Side, item: Replayed) -> Drafted:
    own = side.prepare(item)
    start = time.perf_counter()
    said = list(side.write(item))
    seconds = time.perf_counter() - start
    written = " ".join(sentence.written for sentence in said)
    made = item.prepared
    return Drafted(
        written=written,
        is_fallback=any(sentence.is_fallback for sentence in said),
        rejected=Counter(violation.kind for sentence in said[-1:] for violation in sentence.rejected),
        findings=verify(written, made.brief, words_heard(made.thread, made.message, made.planned)),
        tools=tools(own.planned.plan),
        brief=own.brief.as_text(),
        seconds=seconds,
    )
