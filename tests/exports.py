"""Exports: conversations written as each tool would export them, streamed, for tests and benchmarks."""

from __future__ import annotations

import csv
import html
import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from finetune.transcripts.transcript import Role, Transcript, TranscriptMessage

Export = Callable[[Iterable[Transcript]], Iterator[str]]
AGENT_ID = 99_000_001


def openai_messages(transcripts: Iterable[Transcript]) -> Iterator[str]:
    for transcript in transcripts:
        messages = [
            {"role": message.role.value, "content": message.text, "time": _iso(message.time)}
            for message in transcript.messages
        ]
        yield _line({"id": transcript.id, "customer_id": transcript.customer_id, "messages": messages})


def sharegpt(transcripts: Iterable[Transcript]) -> Iterator[str]:
    def record(transcript: Transcript) -> dict[str, Any]:
        turns = [
            {
                "from": "human" if message.role is Role.CUSTOMER else "gpt",
                "value": message.text,
                "timestamp": _epoch(message),
            }
            for message in transcript.messages
        ]
        return {"id": transcript.id, "user_id": transcript.customer_id, "conversations": turns}

    yield from _array(record(transcript) for transcript in transcripts)


def chatml(transcripts: Iterable[Transcript]) -> Iterator[str]:
    for transcript in transcripts:
        yield "<|im_start|>system\nYou work for a shop.<|im_end|>\n"
        for message in transcript.messages:
            yield f"<|im_start|>{message.role.value}\n{message.text}<|im_end|>\n"
        yield "\n"


def zendesk(transcripts: Iterable[Transcript]) -> Iterator[str]:
    for transcript in transcripts:
        customer = int(transcript.customer_id)
        name = transcript.people[0] if transcript.people else ""
        comments: list[dict[str, Any]] = [
            {
                "type": "Comment",
                "author_id": customer if message.role is Role.CUSTOMER else AGENT_ID,
                "body": message.text,
                "html_body": f'<div class="zd-comment" dir="auto"><p dir="auto">{_html(message.text)}</p></div>',
                "public": True,
                "via": {"channel": "web"},
                "created_at": _iso(message.time),
            }
            for message in transcript.messages
        ]
        note = {
            "author_id": AGENT_ID,
            "public": False,
            "body": "looked it up in the warehouse",
            "created_at": _iso(transcript.time),
        }
        yield _line(
            {
                "id": int(transcript.id),
                "created_at": _iso(transcript.time),
                "requester_id": customer,
                "requester": {"id": customer, "name": name},
                "comments": [*comments, {**note, "type": "Comment"}],
            }
        )


def intercom(transcripts: Iterable[Transcript]) -> Iterator[str]:
    def part(message: TranscriptMessage, customer: str) -> dict[str, Any]:
        is_customer = message.role is Role.CUSTOMER
        author = {"type": "user" if is_customer else "admin", "id": customer if is_customer else str(AGENT_ID)}
        body = f"<p>{_html(message.text)}</p>"
        return {
            "part_type": "comment",
            "body": body,
            "author": author,
            "created_at": _epoch(message),
            "redacted": False,
        }

    def record(transcript: Transcript) -> dict[str, Any]:
        parts = [part(message, transcript.customer_id) for message in transcript.messages]
        note = {**parts[0], "part_type": "note", "author": {"type": "admin"}, "body": "<p>a note</p>"}
        return {
            "type": "conversation",
            "id": transcript.id,
            "created_at": _epoch(transcript.messages[0]),
            "source": {**parts[0], "type": "conversation", "delivered_as": "customer_initiated"},
            "contacts": {
                "type": "contact.list",
                "contacts": [{"type": "contact", "id": "x", "external_id": transcript.customer_id}],
            },
            "conversation_parts": {"conversation_parts": [*parts[1:], note], "total_count": len(parts)},
        }

    pages = (record(transcript) for transcript in transcripts)
    yield from _array(pages, '{"type": "conversation.list", "conversations": [', "]}\n")


def chatwoot(transcripts: Iterable[Transcript]) -> Iterator[str]:
    def record(transcript: Transcript) -> dict[str, Any]:
        contact = {
            "id": 7,
            "identifier": transcript.customer_id,
            "name": next(iter(transcript.people), None),
            "type": "contact",
        }
        messages: list[dict[str, Any]] = [
            {
                "content": message.text,
                "message_type": 0 if message.role is Role.CUSTOMER else 1,
                "created_at": _epoch(message),
                "private": False,
                "content_type": "text",
                "sender_type": "Contact" if message.role is Role.CUSTOMER else "User",
                "content_attributes": {},
            }
            for message in transcript.messages
        ]
        activity = {"content": "Conversation was resolved", "message_type": 2, "private": False, "created_at": 1}
        return {"id": transcript.id, "meta": {"sender": contact}, "messages": [*messages, activity]}

    yield from _array(record(transcript) for transcript in transcripts)


def rows(transcripts: Iterable[Transcript]) -> Iterator[str]:
    yield "conversation_id,sender_type,message,created_at,customer_id\n"
    for transcript in transcripts:
        for message in transcript.messages:
            sender = "customer" if message.role is Role.CUSTOMER else "agent"
            line = io.StringIO()
            csv.writer(line).writerow(
                [transcript.id, sender, message.text, _iso(message.time) or "", transcript.customer_id]
            )
            yield line.getvalue()


EXPORTS: dict[str, tuple[str, Export]] = {
    "OpenAI messages": ("chats.jsonl", openai_messages),
    "ShareGPT": ("sharegpt.json", sharegpt),
    "ChatML": ("chats.txt", chatml),
    "Zendesk": ("tickets.json", zendesk),
    "Intercom": ("conversations.json", intercom),
    "Chatwoot": ("chatwoot.json", chatwoot),
    "CSV": ("chats.csv", rows),
}
"""By the name of the format: a file name as it might be, and what writes the file."""


def _array(records: Iterable[dict[str, Any]], start: str = "[", end: str = "]\n") -> Iterator[str]:
    yield start
    for number, record in enumerate(records):
        yield (", " if number else "") + json.dumps(record, ensure_ascii=False)
    yield end


def _line(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False) + "\n"


def _html(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")


def _iso(time: datetime | None) -> str | None:
    return None if time is None else time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _epoch(message: TranscriptMessage) -> int | None:
    return None if message.time is None else int(message.time.timestamp())
