"""Listener: a message, heard in the light of its conversation, as a vector near the record lines that answer it.

"how heavy" after a parasol was shown, or "can she sign without checking" after a question on delivery, says little by itself. A language
model can write such a message out as a whole question, but a small one often writes another question. A listener skips the writing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from assistant.dialogue.thread import Thread
from retrieval.catalog.product import Product
from retrieval.index.encoder import Vectors

_SHOWN = 3
"""Products in view that are named to the listener."""


class Listener(Protocol):
    """Anything that hears what a message asks."""

    def hear(self, message: str, before: str) -> Vectors:
        """A unit vector in the finder's space, shape (dimension,). `before` is the text of `conversation_before`."""
        ...


def conversation_before(thread: Thread, products: Mapping[str, Product], said: str = "") -> str:
    """What the listener reads of a conversation, `said` last. In view are the products of the last reply, else the one whose page is open."""
    titles = [products[id].title for id in thread.shown or (thread.page,) if id in products]
    messages = [turn.message for turn in reversed(thread.turns[-2:])]
    return before_text([*filter(None, [said]), *messages], titles, thread.need.as_text())


def before_text(messages: Sequence[str], in_view: Sequence[str], need: str = "") -> str:
    """The last of `messages`, which come latest first, the titles of what is in view, the need, and the message before the last."""
    return " / ".join([*messages[:1], "; ".join(in_view[:_SHOWN]), need, *messages[1:2]])


NOTHING_BEFORE = before_text((), ())
"""The text before a conversation begins."""
