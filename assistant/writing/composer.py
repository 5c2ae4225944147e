"""Composer: makes a reply sentence by sentence, and lets none out that fails the check."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.checking.claims import REFERENCE, ClaimsChecker, Violation
from assistant.dialogue.thread import Thread
from assistant.evidence.brief import LINE_SLOTS, PRODUCT_SLOTS, Brief
from assistant.planning.plan import Bundle, Choose, Find, Plan, Policy
from assistant.planning.planner import Planned
from assistant.reading.lines import LineKind
from assistant.writing.filling import fill
from assistant.writing.rendered_writer import NOTICES, rendered
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

        If nothing passes, or nothing of what passes tells what was found, the rendered reply is yielded. Raises WritingError.
        """
        task = ReplyTask(system, context, thread, message, planned, brief)
        heard = words_heard(thread, message, planned)
        said: list[str] = []
        rejected: list[Violation] = []
        refused: Refused | None = None
        for _ in range(_ATTEMPTS):
            refused_before, refused = refused, None
            for sentence in self._sentences(task, tuple(said), refused_before, cancelled):
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
        if not cancelled.is_set() and not _answers(said, planned.plan, brief):
            written = " ".join(sentence for sentence in rendered(task) if sentence not in said)
            yield Composed(filled(written, brief, " ".join(said)), written, is_fallback=True, rejected=tuple(rejected))
        for note, sentence in NOTICES.items():
            if note in brief.notes and not cancelled.is_set():
                yield Composed(sentence, sentence)

    def passes(self, sentences: Sequence[str], brief: Brief, heard: str, *, is_own: bool) -> bool:
        """Whether every sentence of a reply that was made elsewhere passes the check, references and all.

        Unless its words are our own, each must also say nothing that this brief does not bear.
        """
        return bool(sentences) and all(
            not self._checker.violations(sentence, brief, heard, is_first=not place)
            and (is_own or self._checker.is_borne(sentence, brief, heard))
            for place, sentence in enumerate(sentences)
        )

    def added(self, sentences: Sequence[str], before: Sequence[str], brief: Brief) -> str:
        """The first thing that a rewording says and the sentences `before` did not; "" if there is none.

        What a person has said themselves, a promise too, may be said again. A word that they did not use must be an everyday one.
        """
        heard = " ".join(before)
        theirs = {
            each.said.casefold() for said in before for each in self._checker.violations(said, brief, heard, False)
        }
        for sentence in sentences:
            for found in self._checker.violations(sentence, brief, heard, is_first=False):
                if found.said.casefold() not in theirs:
                    return found.said
            if unknown := self._checker.unknown_words(sentence, heard):
                return unknown[0]
        return ""

    def _sentences(
        self, task: ReplyTask, said: tuple[str, ...], refused: Refused | None, cancelled: threading.Event
    ) -> Iterable[str]:
        """What the writer writes; of changes code writes, so that what moves money is left to no model."""
        if task.brief.change is not None or task.brief.closed is not None:
            return rendered(task)
        return self._writer.write(task, said, refused, cancelled)


def _answers(said: Sequence[str], plan: Plan, brief: Brief) -> bool:
    """Whether a reply tells anything of what was found: a product that was looked for, a line of the page that answers."""
    if not said:
        return False
    slots = {key.partition(".")[0] for key in REFERENCE.findall(" ".join(said))}
    if brief.products and any(isinstance(step, (Find, Choose, Bundle)) for step in plan.steps):
        return not slots.isdisjoint(PRODUCT_SLOTS)
    is_on_pages = all(told.line.kind is LineKind.POLICY for told in brief.lines)
    if brief.lines and is_on_pages and all(isinstance(step, Policy) for step in plan.steps):
        return not slots.isdisjoint(LINE_SLOTS)
    return True


def words_heard(thread: Thread, message: str, planned: Planned) -> str:
    """What the customer has said and the need so far. Of the plan, which a model wrote, the words but no number."""
    messages = [message, *(each.message for each in thread.turns)]
    return " ".join([*messages, planned.plan.need.as_text(), _DIGITS.sub("", planned.text)])


def filled(sentence: str, brief: Brief, before: str = "") -> str:
    """A sentence with its references filled in; one that begins with a value gets its capital letter.

    `before` is what the reply has said already, with references.
    """
    text = fill(sentence, brief.facts, before)
    return text[:1].upper() + text[1:] if sentence.startswith("{") else text
