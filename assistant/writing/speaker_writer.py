"""SpeakerWriter: the language model that was trained for Aisle; references that a brief does not have are banned from decoding."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.evidence.brief import KEYS, Brief
from assistant.language_model.decoding import Decoding
from assistant.language_model.engine import Allowed
from assistant.language_model.speaker import Speaker
from assistant.language_model.transcript import ASSISTANT, START, TranscriptTurn, encode, parts
from assistant.reference import spell
from assistant.writing.sentence_writer import Refused, ReplyTask, sentences

_RETRY_TEMPERATURE = 0.7
"""At least this warm after a sentence failed; a greedy model would write the same one again."""


class SpeakerWriter:
    """A SentenceWriter over a Speaker. Safe to share between threads."""

    def __init__(self, speaker: Speaker, decoding: Decoding) -> None:
        self._speaker = speaker
        self._decoding = decoding
        self._references = {key: speaker.tokens(spell(key))[0] for key in KEYS}

    def write(
        self, task: ReplyTask, said: tuple[str, ...], refused: Refused | None, cancelled: threading.Event
    ) -> Iterator[str]:
        """See `SentenceWriter.write`; goes on behind the sentences of `said`."""
        turn = TranscriptTurn(task.message, task.planned.text, task.brief.as_text())
        transcript = list(parts(task.system, task.context, [*task.thread.turns, turn]))
        ids, _ = encode(transcript, self._speaker.tokens, writes=ASSISTANT)
        begun = self._speaker.tokens(" ".join(said) + " ") if said else []
        decoding = self._decoding
        if refused:
            decoding = replace(decoding, temperature=max(decoding.temperature, _RETRY_TEMPERATURE))
        allowed = self._open_references(task.brief)
        return sentences(self._texts([*ids, *begun], decoding, allowed, cancelled))

    def _texts(
        self, ids: Sequence[int], decoding: Decoding, allowed: Allowed, cancelled: threading.Event
    ) -> Iterator[str]:
        """What follows `ids`, whole after every token."""
        written: list[int] = []
        for token in self._speaker.generate(ids, decoding, allowed, cancelled):
            written.append(token)
            yield self._speaker.text(written)

    def _open_references(self, brief: Brief) -> Allowed:
        """Everything but references that the brief does not have, and new parts of the transcript."""
        closed = [token for key, token in self._references.items() if key not in brief.facts]
        bias = self._speaker.banning([*closed, *self._speaker.tokens(START)])
        return lambda written: bias
