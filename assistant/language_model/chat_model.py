"""ChatModel: a language model that was not trained for Aisle, as messages in and text out.

The embedded model has a form of its own (`transcript.py`), with references as tokens and decoding held to a grammar. Any other
model is asked in messages, and what it answers is checked.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, Protocol, TypeAlias, TypedDict

from assistant.language_model.decoding import Decoding

Schema: TypeAlias = Mapping[str, Any]
"""A JSON schema in the subset that servers agree on: every property required, none besides, no patterns."""

_THINKS, _THOUGHT = "<think>", "</think>"


class Message(TypedDict):
    """One message in OpenAI form."""

    role: Literal["system", "user", "assistant"]
    content: str


class ChatModel(Protocol):
    """Anything that answers messages."""

    @property
    def name(self) -> str:
        """Model and adapter, as shown to operators and stored with each reply."""
        ...

    def chat(
        self, messages: Sequence[Message], decoding: Decoding, cancelled: threading.Event, schema: Schema | None = None
    ) -> Iterator[str]:
        """Yield the answer piece by piece, until it ends or `cancelled` is set.

        `messages` are one of the system, pairs of user and assistant, and one of the user; the first pairs are left out if
        they are too long for the model. `schema` is what the answer should fit; it is a wish, so the caller validates.
        Raises WritingError if the model fails or falls silent; never hangs.
        """
        ...


def spoken(pieces: Iterator[str]) -> Iterator[str]:
    """Yield an answer without the thoughts that reasoning models write before it, between <think> and </think>."""
    head = ""
    for piece in pieces:
        head += piece
        begun = head.lstrip()
        if begun.startswith(_THINKS):
            _, ended, head_after = begun.partition(_THOUGHT)
            if not ended:
                continue
            head = head_after.lstrip()
            break
        if not _THINKS.startswith(begun):
            break
    if head and not head.lstrip().startswith(_THINKS):
        yield head
    yield from pieces
