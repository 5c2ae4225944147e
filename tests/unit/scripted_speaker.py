"""A language model whose every word the test chose: token ids are characters, references single tokens of their own."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.evidence.brief import KEYS
from assistant.language_model.decoding import Decoding
from assistant.language_model.engine import Allowed
from assistant.language_model.transcript import END, START
from assistant.reference import spell

_SPECIAL = {text: 0x110000 + place for place, text in enumerate([END, START, *(spell(key) for key in KEYS)])}
_SPELLED = {token: text for text, token in _SPECIAL.items()}
_PIECE = re.compile("|".join(map(re.escape, _SPECIAL)) + "|.", re.DOTALL)


class ScriptedSpeaker:
    """Writes the given texts, one a call, whatever is asked; `prompts` keeps what it was asked."""

    end, newline = _SPECIAL[END], ord("\n")
    context = 1_000_000

    def __init__(self, *texts: str) -> None:
        self.texts = list(texts)
        self.prompts: list[str] = []

    def tokens(self, text: str) -> list[int]:
        return [_SPECIAL.get(piece) or ord(piece) for piece in _PIECE.findall(text)]

    def text(self, ids: Sequence[int]) -> str:
        return "".join(_SPELLED.get(id) or chr(id) for id in ids)

    def banning(self, tokens: Sequence[int]) -> NDArray[np.float32]:
        return np.zeros(1, np.float32)

    def generate(
        self, ids: Sequence[int], decoding: Decoding, allowed: Allowed, cancelled: threading.Event
    ) -> Iterator[int]:
        self.prompts.append(self.text(ids))
        written: list[int] = []
        for token in self.tokens(self.texts.pop(0)):
            allowed(written)
            written.append(token)
            yield token

    def likelihoods(self, ids: Sequence[int], continuations: Sequence[Sequence[int]]) -> list[NDArray[np.float64]]:
        """All alike, so that the first is taken."""
        return [np.zeros(len(each)) for each in continuations]

    def scores(self, ids: Sequence[int], places: Sequence[int], tokens: Sequence[int]) -> NDArray[np.float32]:
        raise AssertionError("a scripted speaker does not read")
