"""Draft: a conversation while it is read, message by message, until it is known to make a Transcript."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from finetune.transcripts.own_words import own_words, without_quoted_html
from finetune.transcripts.transcript import Role, Transcript, TranscriptMessage
from retrieval.feeds.text import clean, plain, unescaped

Record = Mapping[str, Any]
"""A JSON object, or the cells of a row by column name."""

_MILLISECONDS = 10**11  # seconds since 1970 have ten digits until the year 5138

PRIVATE_NOTE = "private note"
OTHER_BOT = "message of another bot"
AUTOMATIC = "automatic message"
SYSTEM_LINE = "system or activity line"
EMPTY = "no text"
REDACTED = "deleted or redacted"


@dataclass(slots=True)
class Draft:
    """What a format's reader fills. `dropped` counts messages left out, by reason; `people` are names and addresses
    that the export itself gives for those who take part.
    """

    id: str = ""
    customer_id: str = ""
    time: datetime | None = None
    people: set[str] = field(default_factory=set)
    messages: list[TranscriptMessage] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)

    def say(self, role: Role, text: str, time: object = None) -> None:
        """Adds a message, without HTML and what mail programs add; one without text is dropped.

        Raises ValueError for bytes that are no text.
        """
        if words := own_words(_without_html(without_quoted_html(clean(text)))):
            self.messages.append(TranscriptMessage(role, words, self.moment(time)))
        else:
            self.drop(EMPTY)

    def drop(self, reason: str) -> None:
        """Leaves one message out."""
        self.dropped[reason] += 1

    def know(self, person: object) -> None:
        """Takes the names and addresses of somebody who takes part, from an object of the export."""
        if isinstance(person, Mapping):
            given = (person.get(name) for name in ("name", "email", "phone", "phone_number", "display_name"))
            self.people.update(value.strip() for value in given if isinstance(value, str) and value.strip())

    def moment(self, value: object) -> datetime | None:
        """A time of the export, in UTC: ISO 8601, or seconds or milliseconds since 1970. An unreadable one is counted."""
        try:
            return read_time(value)
        except (ValueError, OverflowError, OSError):
            self.dropped["time that cannot be read (the message stays)"] += 1
            return None

    def transcript(self, place: str, source: str) -> Transcript:
        """The conversation in the order of its times, with neighbours of one role merged."""
        messages = self.messages
        if all(message.time for message in messages):
            messages = sorted(messages, key=lambda message: message.time or datetime.min)
        time = self.time or next((message.time for message in messages if message.time), None)
        merged = tuple(_merged(messages))
        return Transcript(self.id or place, merged, self.customer_id, time, source, tuple(sorted(self.people)))


def read_time(value: object) -> datetime | None:
    """`value` in UTC, where it names no zone taken as UTC; None for nothing. Raises ValueError for what is no time."""
    if value is None or value == "":
        return None
    text = str(value).strip()
    try:
        number = float(text)
    except ValueError:
        moment = datetime.fromisoformat(text.removesuffix(" UTC"))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return datetime.fromtimestamp(number / 1000 if abs(number) >= _MILLISECONDS else number, UTC)


def _without_html(text: str) -> str:
    """Text of a page, or plain text in which a tool may have left entities."""
    words = plain(text)
    return (unescaped(text) if words == text else words).replace("\u00a0", " ").strip()


def _merged(messages: Iterable[TranscriptMessage]) -> list[TranscriptMessage]:
    merged: list[TranscriptMessage] = []
    for message in messages:
        if merged and merged[-1].role is message.role:
            merged[-1] = replace(merged[-1], text=f"{merged[-1].text}\n{message.text}")
        else:
            merged.append(message)
    return merged


def text_of(record: Record, *names: str) -> str:
    """The first of the fields that holds something, as text; "" when none does."""
    return next((str(record[name]) for name in names if record.get(name) not in (None, "")), "")


def object_in(record: Record, name: str) -> Record:
    """The object in the field `name`, empty where there is none."""
    value = record.get(name)
    return value if isinstance(value, Mapping) else {}


def objects_in(record: Record, name: str) -> list[Record]:
    """The objects of the list in the field `name`. Raises ValueError when it is no list of objects."""
    value = record.get(name)
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise ValueError(f"{name} is no list of objects")
    return value
