"""Chats in Zendesk tickets: one comment that holds the whole conversation, a line for each message.

(09:00:12 AM) Ines: Is the lamp dimmable?
(09:00:30 AM) *** Sam joined the chat ***
(09:01:02 AM) Sam: It is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from finetune.transcripts.draft import SYSTEM_LINE, Draft, Record, object_in, text_of
from finetune.transcripts.transcript import Role
from retrieval.feeds.text import plain

_CHANNELS = frozenset({"chat", "chat_transcript", "native_messaging", "messaging"})
_LINE = re.compile(
    r"^\(\d{1,2}:\d\d(?::\d\d)?(?:[ \u202f]?[AP]M)?\)[ \t]*(?:(?P<who>[^:\n*]{1,80}):[ \t]?)?(?P<text>.*)$", re.I
)
_VISITOR = re.compile(r"(?:web |site )?(?:visitor|user)\b", re.I)


def is_chat(comment: Record) -> bool:
    """Whether a comment is the record of a chat; such a one holds no notes, public or not."""
    return text_of(object_in(comment, "via"), "channel") in _CHANNELS and sum(1 for _ in _lines(comment)) > 1


def hear_chat(draft: Draft, comment: Record, customer: str) -> None:
    """Adds what was said in a chat; `customer` is the name of the ticket's requester."""
    said: list[tuple[Role, list[str]]] = []
    for who, text in _lines(comment):
        if who is None and text.startswith("***"):
            draft.drop(SYSTEM_LINE)
        elif who is None and said:
            said[-1][1].append(text)
        elif who is not None:
            draft.know({"name": who})
            is_customer = who.strip().lower() == customer.strip().lower() or _VISITOR.match(who) is not None
            said.append((Role.CUSTOMER if is_customer else Role.AGENT, [text]))
    for role, lines in said:
        draft.say(role, "\n".join(lines), comment.get("created_at"))


def _lines(comment: Record) -> Iterator[tuple[str | None, str]]:
    """Who says what; a line without a time goes on with what was said before it, and what precedes the chat is left out."""
    has_begun = False
    for line in plain(text_of(comment, "plain_body", "body", "html_body")).replace("\r\n", "\n").split("\n"):
        match = _LINE.match(line.strip())
        if match is not None:
            has_begun = True
            yield match["who"], match["text"]
        elif has_begun and line.strip():
            yield None, line.strip()
