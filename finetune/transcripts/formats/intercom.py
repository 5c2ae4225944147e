"""Intercom: a conversation with its first message as `source` and the rest as conversation parts.

{"type": "conversation", "source": {"body": "<p>Hi</p>", "author": {"type": "user"}},
 "conversation_parts": {"conversation_parts": [{"part_type": "comment", "body": "<p>Hello</p>", ...}]}}
Form: https://developers.intercom.com/docs/references/rest-api/api.intercom.io/conversations
"""

from __future__ import annotations

from finetune.transcripts.draft import (
    AUTOMATIC,
    OTHER_BOT,
    PRIVATE_NOTE,
    REDACTED,
    SYSTEM_LINE,
    Draft,
    Record,
    object_in,
    objects_in,
    text_of,
)
from finetune.transcripts.format import Format
from finetune.transcripts.transcript import Role

_CUSTOMERS = frozenset({"user", "lead", "contact", "visitor"})
_AGENTS = frozenset({"admin", "teammate"})
_SPOKEN = frozenset({"comment", "open", "close", "assignment", "quick_reply"})
"""Kinds of parts that may carry words for the other side: an agent can answer and close in one step."""
_NOTES = frozenset({"note", "note_and_reopen"})
_AUTOMATED = frozenset({"automated", "campaigns_initiated", "operator_initiated"})


def _fits(record: Record) -> bool:
    return "conversation_parts" in record or (record.get("type") == "conversation" and "source" in record)


def _read(record: Record) -> Draft:
    source, contact = object_in(record, "source"), _contact(record)
    draft = Draft(text_of(record, "id"), text_of(contact, "external_id", "user_id", "id"))
    draft.time = draft.moment(record.get("created_at"))
    draft.know(contact)
    if source or text_of(record, "body"):
        _hear(draft, {"part_type": "comment", "created_at": record.get("created_at"), **source})
    for part in _parts(record):
        _hear(draft, part)
    if not draft.customer_id:
        draft.customer_id = text_of(object_in(source, "author"), "id") if _side(source) is Role.CUSTOMER else ""
    return draft


def _contact(record: Record) -> Record:
    """The customer: first of the contacts, or `user` in versions of the interface before 2.0."""
    contacts = object_in(record, "contacts").get("contacts")
    return (
        contacts[0]
        if isinstance(contacts, list) and contacts and isinstance(contacts[0], dict)
        else object_in(record, "user")
    )


def _parts(record: Record) -> list[Record]:
    held = record.get("conversation_parts")
    if held is None:
        raise ValueError(
            "the conversation is without its parts: retrieve each conversation, the list does not hold them"
        )
    return objects_in(held if isinstance(held, dict) else record, "conversation_parts")


def _side(part: Record) -> Role | str:
    """Who speaks, or the reason why this speaker is left out."""
    author = object_in(part, "author")
    kind = text_of(author, "type")
    is_machine = author.get("from_ai_agent") or part.get("is_ai_answer") or author.get("is_ai_answer")
    if kind == "bot" or is_machine or text_of(author, "email").startswith("operator+"):
        return OTHER_BOT
    if kind in _CUSTOMERS:
        return Role.CUSTOMER
    return Role.AGENT if kind in _AGENTS else SYSTEM_LINE


def _hear(draft: Draft, part: Record) -> None:
    kind, side = text_of(part, "part_type"), _side(part)
    if isinstance(side, Role):
        draft.know(object_in(part, "author"))
    if kind in _NOTES:
        draft.drop(PRIVATE_NOTE)
    elif part.get("redacted"):
        draft.drop(REDACTED)
    elif not isinstance(side, Role):
        draft.drop(side)
    elif side is Role.AGENT and text_of(part, "delivered_as") in _AUTOMATED:
        draft.drop(AUTOMATIC)
    elif kind not in _SPOKEN or (kind != "comment" and not text_of(part, "body")):
        draft.drop(SYSTEM_LINE)
    else:
        draft.say(side, text_of(part, "body"), part.get("created_at"))


INTERCOM = Format("Intercom", _fits, _read)
