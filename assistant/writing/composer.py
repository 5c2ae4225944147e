"""Composer: writes a reply sentence by sentence, and lets none out that fails the check."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.checking.claims import REFERENCE, ClaimsChecker, Violation
from assistant.dialogue.thread import Thread
from assistant.evidence.brief import KEYS, Brief
from assistant.language_model.engine import Allowed
from assistant.language_model.language_model import Decoding
from assistant.language_model.speaker import Speaker
from assistant.language_model.transcript import ASSISTANT, START, TranscriptTurn, encode, parts
from assistant.planning.planner import Planned
from assistant.reference import spell
from assistant.writing.plain_replies import plain_reply

_END_OF_SENTENCE = re.compile(r"(?<=[.!?}])(?:[\"')]*)\s+(?=[A-Z{\"'(])")
_ATTEMPTS = 2


@dataclass(frozen=True, slots=True)
class Composed:
    """One sentence of a reply: filled in for the customer, and as written, with references."""

    text: str
    written: str
    is_fallback: bool = False
    rejected: tuple[Violation, ...] = ()


class Composer:
    """Writes replies with one language model. Safe to share between threads."""

    def __init__(self, speaker: Speaker, checker: ClaimsChecker, decoding: Decoding) -> None:
        self._speaker = speaker
        self._checker = checker
        self._decoding = decoding
        self._references = {key: speaker.tokens(spell(key))[0] for key in KEYS}

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
        turn = TranscriptTurn(message, planned.text, brief.as_text())
        ids, _ = encode(list(parts(system, context, [*thread.turns, turn])), self._speaker.tokens, writes=ASSISTANT)
        heard = " ".join([message, *(each.message for each in thread.turns), planned.plan.need.as_text(), planned.text])
        allowed = self._open_references(brief)
        said: list[str] = []
        rejected: list[Violation] = []
        for attempt in range(_ATTEMPTS):
            decoding = (
                self._decoding
                if attempt == 0
                else replace(self._decoding, temperature=max(self._decoding.temperature, 0.7))
            )
            begun = self._speaker.tokens(" ".join(said) + " ") if said else []
            failed = False
            for sentence in self._sentences([*ids, *begun], decoding, allowed, cancelled):
                found = self._checker.violations(sentence, brief, heard, is_first=not said)
                if found:
                    rejected += found
                    failed = True
                    break
                if sentence in said:
                    continue
                said.append(sentence)
                yield Composed(filled(sentence, brief), sentence, rejected=tuple(rejected))
            if cancelled.is_set() or not failed:
                break
        if not said and not cancelled.is_set():
            written = plain_reply(planned.plan, brief)
            yield Composed(filled(written, brief), written, is_fallback=True, rejected=tuple(rejected))

    def _sentences(
        self,
        ids: Sequence[int],
        decoding: Decoding,
        allowed: Allowed,
        cancelled: threading.Event,
    ) -> Iterator[str]:
        """The sentences that follow `ids`, each as soon as the next one begins."""
        written: list[int] = []
        done = 0
        for token in self._speaker.generate(ids, decoding, allowed, cancelled):
            written.append(token)
            whole = _END_OF_SENTENCE.split(self._speaker.text(written))
            while done < len(whole) - 1:
                yield whole[done].strip()
                done += 1
        rest = " ".join(_END_OF_SENTENCE.split(self._speaker.text(written))[done:]).strip()
        if rest and rest[-1] in ".!?}\"')":
            yield rest

    def _open_references(self, brief: Brief) -> Allowed:
        """Everything but references that the brief does not have, and new parts of the transcript."""
        closed = [token for key, token in self._references.items() if key not in brief.facts]
        bias = self._speaker.banning([*closed, *self._speaker.tokens(START)])
        return lambda written: bias


def filled(sentence: str, brief: Brief) -> str:
    """A sentence with its references filled in; one that begins with a value gets its capital letter."""
    text = REFERENCE.sub(lambda found: brief.facts[found[1]].text if found[1] in brief.facts else found[0], sentence)
    return text[:1].upper() + text[1:] if sentence.startswith("{") else text
