"""ShareGPT: {"id": "1", "conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}]}."""

from __future__ import annotations

from finetune.transcripts.draft import Draft, Record, objects_in, text_of
from finetune.transcripts.format import Format, holds_objects
from finetune.transcripts.roles import role_of
from finetune.transcripts.transcript import Role


def _name(record: Record) -> str:
    return "conversations" if "conversations" in record else "conversation"


def _fits(record: Record) -> bool:
    return holds_objects(record, _name(record), "from")


def _read(record: Record) -> Draft:
    draft = Draft(text_of(record, "id"), text_of(record, "customer_id", "user_id"))
    draft.time = draft.moment(record.get("time", record.get("created_at")))
    for turn in objects_in(record, _name(record)):
        role = role_of(turn.get("from"))
        value = turn.get("value")
        if not isinstance(value, str):
            raise ValueError("the value of a message is no text")
        if isinstance(role, Role):
            draft.say(role, value, turn.get("time", turn.get("timestamp")))
        else:
            draft.drop(role)
    return draft


SHARE_GPT = Format("ShareGPT", _fits, _read)
