"""Chatwoot: a conversation with its messages, or the answer of the interface for the messages of one conversation.

{"id": 24, "meta": {"sender": {...}}, "messages": [{"message_type": 0, "content": "Hi", "private": false, ...}, ...]}
`message_type` is 0 to 3, or in web hooks a word. Form: https://developers.chatwoot.com/api-reference/messages/get-messages
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
from finetune.transcripts.format import Format, holds_objects
from finetune.transcripts.transcript import Role

_TYPES: dict[object, Role | str] = {
    0: Role.CUSTOMER,
    1: Role.AGENT,
    2: SYSTEM_LINE,
    3: AUTOMATIC,
    "incoming": Role.CUSTOMER,
    "outgoing": Role.AGENT,
    "activity": SYSTEM_LINE,
    "template": AUTOMATIC,
}
_BOTS = frozenset({"agentbot", "agent_bot", "captain::assistant", "captain_assistant"})
_WORDS = frozenset({"", "text", "incoming_email", "sticker", "voice_call"})
"""Kinds of content that are a person's own words; the others are forms, cards and articles."""


def _name(record: Record) -> str:
    return "messages" if "messages" in record else "payload"


def _fits(record: Record) -> bool:
    name = _name(record)
    return holds_objects(record, name, "message_type") and bool(record[name] or "meta" in record)


def _read(record: Record) -> Draft:
    messages, meta = objects_in(record, _name(record)), object_in(record, "meta")
    contact = object_in(meta, "sender") or object_in(meta, "contact")
    draft = Draft(text_of(record, "display_id", "id"), text_of(contact, "identifier", "id"))
    draft.time = draft.moment(record.get("created_at"))
    for person in (contact, object_in(meta, "assignee")):
        draft.know(person)
    for message in messages:
        sender = object_in(message, "sender")
        draft.know(sender)
        side = _side(message)
        if isinstance(side, Role):
            draft.say(side, text_of(message, "content"), message.get("created_at"))
        else:
            draft.drop(side)
        draft.id = draft.id or text_of(message, "conversation_id")
        if side is Role.CUSTOMER and not draft.customer_id:
            draft.customer_id = text_of(sender, "identifier", "id") or text_of(message, "sender_id")
    return draft


def _side(message: Record) -> Role | str:
    """Who speaks, or the reason why the message is left out. Raises ValueError for an unknown type of message."""
    kind, attributes = message.get("message_type"), object_in(message, "content_attributes")
    side = _TYPES.get(kind if isinstance(kind, int | str) else None)
    if side is None:
        raise ValueError("a message is of none of the types 0 (incoming), 1 (outgoing), 2 (activity), 3 (template)")
    if message.get("private"):
        return PRIVATE_NOTE
    if attributes.get("deleted"):
        return REDACTED
    sender = text_of(message, "sender_type") or text_of(object_in(message, "sender"), "type")
    if sender.lower() in _BOTS:
        return OTHER_BOT
    extras = object_in(message, "additional_attributes")
    if attributes.get("automation_rule_id") or extras.get("campaign_id"):
        return AUTOMATIC
    if isinstance(side, Role) and text_of(message, "content_type") not in _WORDS:
        return "form or card"
    return side


CHATWOOT = Format("Chatwoot", _fits, _read)
