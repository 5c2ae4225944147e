"""A language model that answers by rule, in the place of the embedded one: any number of threads may ask it at once."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.language_model.decoding import Decoding
from assistant.language_model.engine import Allowed
from assistant.language_model.transcript import END, START, USER
from assistant.reading.reader import LABELS
from assistant.reading.verdict import Verdict
from tests.unit.scripted_speaker import ScriptedSpeaker

_MESSAGE = re.compile(re.escape(f"{START}{USER}\n") + "(.*?)" + re.escape(END), re.DOTALL)
_QUESTION = re.compile(re.escape(START) + "read\n(.*?)" + re.escape(END), re.DOTALL)


class RuledSpeaker(ScriptedSpeaker):
    """Writes the plan that `plans` has for the last message; of lines, those support that share a word with the question."""

    def __init__(self, plans: Mapping[str, str]) -> None:
        super().__init__()
        self._plans = plans

    def generate(
        self, ids: Sequence[int], decoding: Decoding, allowed: Allowed, cancelled: threading.Event
    ) -> Iterator[int]:
        return iter(self.tokens(self._plans[_MESSAGE.findall(self.text(ids))[-1]]))

    def scores(self, ids: Sequence[int], places: Sequence[int], tokens: Sequence[int]) -> NDArray[np.float32]:
        (question,) = _QUESTION.findall(self.text(ids))
        asked = _words(question)
        lines = [self.text(ids[:place]).rsplit("\n", 1)[-1] for place in places]
        told = [Verdict.SUPPORTS if asked & _words(line) else Verdict.SILENT for line in lines]
        return np.array([[4.0 * (label is verdict) for label in LABELS] for verdict in told], np.float32)


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"[a-z]+", text.lower()) if len(word) > 3}


@contextmanager
def ruled_model(plans: Mapping[str, str]) -> Iterator[None]:
    """Within, whoever opens an assistant gets a `RuledSpeaker` as its embedded model; settings name any adapter."""
    speaker = RuledSpeaker(plans)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("assistant.opening.ensure_base", lambda cache: Path("ruled"))
        patch.setattr("assistant.opening.Engine.open", lambda *given, **named: None)
        patch.setattr("assistant.opening.EngineSpeaker", lambda engine: speaker)
        patch.setattr("assistant.opening.everyday_words", lambda folder: frozenset())
        yield
