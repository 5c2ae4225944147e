"""The messages of the customer's chat as Gradio shows them, those of people too. Every text is escaped here or in `cards.py`."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

import gradio as gr

from assistant.desk.case import Case, Entry, EntryKind
from assistant.desk.state import Move, State
from ui.cards import text_html
from ui.strings import Strings

Message = dict[str, Any]
_EVENTS = {
    Move.TAKE: "person_joined",
    Move.TRANSFER: "person_goes_on",
    Move.RELEASE: "person_released",
    Move.HAND_BACK: "person_left",
    Move.CLOSE: "person_closed",
    Move.RESUME: "assistant_again",
}
"""What the customer reads of a move; Aisle itself says a hand-over, and a new message shows that a conversation goes on."""


def entry_messages(entry: Entry, strings: Strings) -> Iterator[Message]:
    """What the customer sees of an entry: a message, one line for an event, or nothing."""
    match entry.kind:
        case EntryKind.CUSTOMER:
            yield said_by_customer(entry.text)
        case EntryKind.AISLE:
            yield _markup(
                f'<div class="aisle-turn aisle-entry"><div class="aisle-bubble">{text_html(entry.text)}</div></div>'
            )
        case EntryKind.AGENT:
            name = f'<p class="aisle-person">{escape(entry.author)}</p>'
            yield _markup(
                f'<div class="aisle-turn aisle-entry is-person">{name}<div class="aisle-bubble">{text_html(entry.text)}</div></div>'
            )
        case EntryKind.EVENT if key := _EVENTS.get(Move(entry.text)):
            known = key if entry.author or key not in ("person_left", "person_closed") else "assistant_again"
            yield _markup(f'<p class="aisle-event aisle-entry">{escape(strings(known, name=entry.author))}</p>')


def status_messages(case: Case, strings: Strings) -> Iterator[Message]:
    """The last line of a conversation that waits for a person or has one; `chat.js` listens for changes while it is there."""
    if case.state is State.WITH_AGENT and case.agent is not None:
        words, button = strings("person_here", name=case.agent.name), ""
    elif case.is_silent:
        words = strings("person_waiting")
        button = f'<button type="button" class="aisle-resume">{escape(strings("resume"))}</button>'
    else:
        if case.state is State.WAITING:  # by e-mail; a person may come all the same
            yield _markup(f'<p class="aisle-answers" data-state="{case.state}" hidden></p>')
        return
    told = f'<span role="status">{escape(words)}</span>'
    yield _markup(f'<p class="aisle-answers is-person" data-state="{case.state}">{told}{button}</p>')


def question_html(question: int | None, strings: Strings) -> str:
    """The one question at the end of a conversation, with its two answers; `chat.js` sends them. "" without a question."""
    if question is None:
        return ""
    buttons = "".join(
        f'<button type="button" data-solved="{solved}">{escape(strings(word))}</button>'
        for solved, word in (("true", "yes"), ("false", "no"))
    )
    return (
        f'<div class="aisle-solved" role="group" data-question="{question}" data-kept="{escape(strings("rating_kept"))}" '
        f'data-lost="{escape(strings("rating_lost"))}" aria-label="{escape(strings("solved"))}">'
        f'<span role="status">{escape(strings("solved"))}</span>{buttons}</div>'
    )


def question_messages(question: int | None, strings: Strings) -> Iterator[Message]:
    """The question below a conversation that a person has closed, or nothing."""
    if asked := question_html(question, strings):
        yield _markup(asked)


def said_by_customer(text: str) -> Message:
    """Escaped, for Gradio shows text as HTML even where Markdown is switched off."""
    return {"role": "user", "content": escape(text)}


def said_by_aisle(bubble: str, below: str = "") -> Message:
    """A bubble of HTML made here, with what stands below it."""
    return _markup(f'<div class="aisle-turn"><div class="aisle-bubble">{bubble}</div>{below}</div>')


def _markup(html: str) -> Message:
    return {"role": "assistant", "content": gr.HTML(html)}
