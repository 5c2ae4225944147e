"""Transcript: one conversation between a customer and the people of a shop, whichever tool it was exported from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """Who wrote a message, by the names of OpenAI messages."""

    CUSTOMER = "user"
    AGENT = "assistant"


@dataclass(frozen=True, slots=True)
class TranscriptMessage:
    """One message as plain text; successive messages of one role are already one."""

    role: Role
    text: str
    time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """Messages in turn, the customer's or the agent's first. `source` is the file it came from.

    `customer_id` names the customer in the shop's records or in the export, "" where nobody knows; `time` is when the
    conversation began, None where the export does not say. `people` are names and addresses that the export gives for those
    who take part, for masking; they are never written.
    """

    id: str
    messages: tuple[TranscriptMessage, ...]
    customer_id: str = ""
    time: datetime | None = None
    source: str = ""
    people: tuple[str, ...] = ()
