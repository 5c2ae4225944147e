"""PlainPhrases: simple, always true sentences for each act, said when a written one fails its check."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from assistant.act import Act
from assistant.reference import REFERENCE_PATTERN
from assistant.writing.phrase_file import read_phrase_file
from retrieval.errors import AisleError

_SECTION = "plain"


class PlainPhrases:
    """The `## plain` phrases of every act."""

    def __init__(self, phrases: Mapping[Act, tuple[str, ...]]) -> None:
        self._phrases = {act: [(text, _keys(text)) for text in texts] for act, texts in phrases.items()}

    @classmethod
    def load(cls, path: Path) -> Self:
        """Reads the folder `path` with one file per act, such as `data/phrasings`.

        Raises AisleError when an act has no file or no plain phrase.
        """
        return cls({act: _read(path / f"{act.value}.md") for act in Act})

    def sentence(self, act: Act, keys: frozenset[str], seed: int) -> str | None:
        """A sentence for `act` that uses references among `keys` only, as many as any phrase can.

        Equal phrases are drawn by `seed`. None when every phrase of the act needs a fact that is missing.
        """
        fitting = [(text, needs) for text, needs in self._phrases[act] if needs <= keys]
        if not fitting:
            return None
        most = max(len(needs) for _, needs in fitting)
        return random.Random(seed).choice([text for text, needs in fitting if len(needs) == most])


def _read(path: Path) -> tuple[str, ...]:
    phrases = read_phrase_file(path).get(_SECTION, ())
    if not phrases:
        raise AisleError(f"{path} has no plain phrase", f"Add a section '## {_SECTION}' with a line '- ...' to it.")
    return tuple(phrase.text for phrase in phrases)


def _keys(text: str) -> frozenset[str]:
    return frozenset(REFERENCE_PATTERN.findall(text))
