"""Plain lines: a conversation for pipes and files, without prompts, colors or boxes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.reply import Reply


def plain_lines(
    assistant: Assistant,
    messages: Iterable[str],
    customer_id: str | None,
    stateless: bool,
    on_failure: Callable[[Exception], str],
) -> Iterator[str]:
    """The reply to each message: its text, a line for each product and source, and an empty line. Blank messages have none.

    What `on_failure` makes of an exception takes the reply's place, and the conversation goes on.
    """
    conversation_id: str | None = None
    for message in messages:
        if not message.strip():
            continue
        try:
            reply = assistant.ask(message.strip(), None if stateless else conversation_id, customer_id)
        except Exception as error:  # one bad message must not lose those after it
            yield on_failure(error)
        else:
            conversation_id = reply.conversation_id
            yield from _lines(reply)
        yield ""


def _lines(reply: Reply) -> Iterator[str]:
    yield from (line.rstrip() for line in reply.text.strip().splitlines())
    for card in reply.shown.cards:
        yield f"- {card.title}, {card.price_text}"
    for source in reply.shown.sources:
        yield f"Source: {source.title}"
