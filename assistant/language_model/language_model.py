"""LanguageModel: the one small protocol behind which every engine stands."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from assistant.language_model.prompt import Prompt


@dataclass(frozen=True, slots=True)
class Decoding:
    """How tokens are chosen. `temperature` 0 is greedy; `seed` None draws a fresh one."""

    max_tokens: int = 160
    temperature: float = 0.7
    top_p: float = 0.9
    seed: int | None = None


class LanguageModel(Protocol):
    """Anything that writes a reply with references."""

    @property
    def name(self) -> str:
        """Model and adapter, as shown to operators and stored with each reply."""
        ...

    def write(self, prompt: Prompt, decoding: Decoding, cancelled: threading.Event) -> Iterator[str]:
        """Yields the reply piece by piece, references spelled "{p1.price}", until it ends or `cancelled` is set.

        Local engines can only open references in `prompt.keys` and emit no digit, currency sign, link or
        e-mail address outside one. Raises WritingError when the engine fails; never hangs.
        """
        ...
