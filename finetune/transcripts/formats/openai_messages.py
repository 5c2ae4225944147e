"""OpenAI messages, a conversation per line: {"messages": [{"role": "user", "content": "Hi"}, ...]}.

The one shape that Aisle itself writes. Form: https://platform.openai.com/docs/guides/supervised-fine-tuning
"""

from __future__ import annotations

from typing import Any

from finetune.transcripts.draft import Draft, Record, objects_in, text_of
from finetune.transcripts.format import Format, holds_objects
from finetune.transcripts.roles import role_of
from finetune.transcripts.transcript import Role


def _fits(record: Record) -> bool:
    return holds_objects(record, "messages", "role")


def _read(record: Record) -> Draft:
    draft = Draft(text_of(record, "id", "conversation_id"), text_of(record, "customer_id", "user_id", "user"))
    draft.time = draft.moment(record.get("time", record.get("created_at")))
    for message in objects_in(record, "messages"):
        role = role_of(message.get("role"))
        if isinstance(role, Role):
            draft.say(role, _text(message.get("content")), message.get("time", message.get("created_at")))
        else:
            draft.drop(role)
    return draft


def _text(content: Any) -> str:
    """Content is text, a list of parts of which some are text, or null beside a call of a tool."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, list) and all(isinstance(part, dict) for part in content):
        return "\n".join(str(part["text"]) for part in content if part.get("text"))
    raise ValueError("the content of a message is neither text nor a list of parts")


OPENAI_MESSAGES = Format("OpenAI messages", _fits, _read)
