"""ChatML: text in which marks tell the messages apart, in a file of its own or in the field "text" of JSON records.

    <|im_start|>user
    Hi<|im_end|>
    <|im_start|>assistant
    Hello<|im_end|>

In a file a new conversation begins after a blank line, after <|endoftext|> and with a system message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from finetune.transcripts.draft import Draft, Record, text_of
from finetune.transcripts.format import Format
from finetune.transcripts.report import BadRecord
from finetune.transcripts.roles import role_of
from finetune.transcripts.transcript import Role
from retrieval.feeds.source import Source

START, END = "<|im_start|>", "<|im_end|>"
_BETWEEN = "<|endoftext|>"
_HEADER = re.compile(r"([\w -]{1,40}?)(?:[ \t]+name=[^\n]*)?(?:\n|$)")
_LONGEST = 1 << 24  # characters of one conversation
_FIELDS = ("text", "chatml", "conversation", "prompt", "content")


def read_chatml(source: Source) -> Iterator[tuple[str, Draft] | BadRecord]:
    """Every conversation of a file of ChatML, with the line on which it begins."""
    for line, text in _conversations(source):
        if len(text) > _LONGEST:
            yield BadRecord(source.name, f"line {line}", f"has more than {_LONGEST:,} characters")
            continue
        try:
            yield f"line {line}", _draft(text)
        except ValueError as error:
            yield BadRecord(source.name, f"line {line}", str(error))


def _conversations(source: Source) -> Iterator[tuple[int, str]]:
    """Each conversation's first line and its text, cut short where it is longer than can be held."""
    held: list[str] = []
    length, first, is_inside, was_blank = 0, 1, False, False
    for number, line in enumerate(source.lines(), start=1):
        line = line.replace("\r\n", "\n").replace("\ufeff", "")
        is_new = was_blank and line.startswith(START)  # also ends a conversation of which the last mark is missing
        is_break = is_new or (
            not is_inside and (not line.strip() or _BETWEEN in line or line.startswith(START + "system"))
        )
        if is_break and "".join(held).strip():
            yield first, "".join(held)
            held, length, is_inside = [], 0, False
        if not held:
            first = number
        if length <= _LONGEST:
            held.append(line if is_inside else line.replace(_BETWEEN, ""))
            length += len(line)
        is_inside = line.rfind(START) > line.rfind(END) or (is_inside and END not in line)
        was_blank = not line.strip()
    if "".join(held).strip():
        yield first, "".join(held)


def _draft(text: str) -> Draft:
    """The conversation in `text`. Raises ValueError where its marks do not fit together."""
    draft = Draft()
    before, *parts = text.split(START)
    if before.strip():
        raise ValueError(f"there is text before the first {START}")
    for part in parts:
        body, end, after = part.partition(END)
        if not end:
            raise ValueError(f"a message does not end with {END}")
        if after.replace(_BETWEEN, "").strip():
            raise ValueError(f"there is text between {END} and {START}")
        header = _HEADER.match(body)
        if header is None:
            raise ValueError(f"a message does not say who speaks after {START}")
        role = role_of(header[1])
        if isinstance(role, Role):
            draft.say(role, body[header.end() :])
        else:
            draft.drop(role)
    return draft


def _field(record: Record) -> str:
    return next((name for name in _FIELDS if isinstance(record.get(name), str) and START in record[name]), "")


def _fits(record: Record) -> bool:
    return bool(_field(record))


def _read(record: Record) -> Draft:
    draft = _draft(record[_field(record)])
    draft.id, draft.customer_id = text_of(record, "id"), text_of(record, "customer_id", "user_id")
    draft.time = draft.moment(record.get("time", record.get("created_at")))
    return draft


CHATML = Format("ChatML", _fits, _read)
