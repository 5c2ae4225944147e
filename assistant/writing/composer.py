"""Composer: makes a reply sentence by sentence, and lets none out that fails the check."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.checking.claims import ClaimsChecker, Violation
from assistant.dialogue.thread import Thread
from assistant.evidence.brief import Brief, Note
from assistant.planning.planner import Planned
from assistant.writing.filling import fill
from assistant.writing.plain_replies import FOREIGN_LIMIT, plain_reply
from assistant.writing.sentence_writer import Refused, ReplyTask, SentenceWriter

_ATTEMPTS = 2
_DIGITS = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Composed:
    """One sentence of a reply: filled in for the customer, and as written, with references."""

    text: str
    written: str
    is_fallback: bool = False
    rejected: tuple[Violation, ...] = ()


class Composer:
    """Makes replies of what one writer writes. Safe to share between threads."""

    def __init__(self, writer: SentenceWriter, checker: ClaimsChecker) -> None:
        self._writer = writer
        self._checker = checker

    def write(
        self,
        system: str,
        context: str,
        thread: Thread,
        message: str,
        planned: Planned,
        brief: Brief,
        cancelled: threading.Event,
    ) -> Iterator[Composed]:
        """Yields checked sentences as they are written. A sentence that fails is written once more, then left out.

        If nothing passes, the plain reply to the brief is yielded. Raises WritingError.
        """
        task = ReplyTask(system, context, thread, message, planned, brief)
        heard = _heard(task)
        said: list[str] = []
        rejected: list[Violation] = []
        refused: Refused | None = None
        for _ in range(_ATTEMPTS):
            refused_before, refused = refused, None
            for sentence in self._writer.write(task, tuple(said), refused_before, cancelled):
                if sentence in said:
                    continue
                found = self._checker.violations(sentence, brief, heard, is_first=not said)
                if found:
                    rejected += found
                    refused = Refused(sentence, tuple(found))
                    break
                before = " ".join(said)
                said.append(sentence)
                yield Composed(filled(sentence, brief, before), sentence, rejected=tuple(rejected))
            if cancelled.is_set() or refused is None:
                break
        if not said and not cancelled.is_set():
            written = plain_reply(planned.plan, brief)
            yield Composed(filled(written, brief), written, is_fallback=True, rejected=tuple(rejected))
        elif (
            Note.FOREIGN_LIMIT in brief.notes and not cancelled.is_set()
        ):  # never left to a model: a limit was not kept
            yield Composed(FOREIGN_LIMIT, FOREIGN_LIMIT)


def _heard(task: ReplyTask) -> str:
    """What the customer has said and the need so far. Of the plan, which a model wrote, the words but no number."""
    messages = [task.message, *(each.message for each in task.thread.turns)]
    return " ".join([*messages, task.planned.plan.need.as_text(), _DIGITS.sub("", task.planned.text)])


def filled(sentence: str, brief: Brief, before: str = "") -> str:
    """A sentence with its references filled in; one that begins with a value gets its capital letter.

    `before` is what the reply has said already, with references.
    """
    text = fill(sentence, brief.facts, before)
    return text[:1].upper() + text[1:] if sentence.startswith("{") else text
