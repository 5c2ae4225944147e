"""SentenceWriter: where the sentences of a reply come from, before they are checked."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from assistant.checking.claims import Violation
from assistant.dialogue.thread import Thread
from assistant.evidence.brief import Brief
from assistant.planning.planner import Planned

_END_OF_SENTENCE = re.compile(r"(?:(?<=[.!?])|(?<=[.!?][\"')])|(?<=\{l\d\})|(?<=\{l\d\}[\"')]))\s+(?=[A-Z{\"'(])")
"""Lines of pages are whole sentences, and so end one; other references do not."""
_LAST = ".!?}\"')"


@dataclass(frozen=True, slots=True)
class ReplyTask:
    """What one reply is written from. `system` is what a model knows of the shop, `context` of the customer's surroundings."""

    system: str
    context: str
    thread: Thread
    message: str
    planned: Planned
    brief: Brief


@dataclass(frozen=True, slots=True)
class Refused:
    """A sentence that failed the check, and why."""

    sentence: str
    violations: tuple[Violation, ...]


class SentenceWriter(Protocol):
    """Anything that writes replies with references."""

    def write(
        self, task: ReplyTask, said: tuple[str, ...], refused: Refused | None, cancelled: threading.Event
    ) -> Iterator[str]:
        """Yield sentences as they are written, those that the reply has already (`said`) left out or not.

        `refused` is the sentence that failed after them, if this is not the first attempt. Raises WritingError.
        """
        ...


def sentences(texts: Iterable[str]) -> Iterator[str]:
    """The sentences of a text that grows, each as soon as the next one begins; a last one without an end is left out."""
    whole, done = [""], 0
    for text in texts:
        whole = _END_OF_SENTENCE.split(text)
        while done < len(whole) - 1:
            yield whole[done].strip()
            done += 1
    rest = " ".join(whole[done:]).strip()
    if rest and rest[-1] in _LAST:
        yield rest
