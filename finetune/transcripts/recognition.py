"""Recognition: which format a file of transcripts is in, told by what is in it and not by its name."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from finetune.transcripts.draft import Draft
from finetune.transcripts.format import Format
from finetune.transcripts.formats.chatml import CHATML, START, read_chatml
from finetune.transcripts.formats.chatwoot import CHATWOOT
from finetune.transcripts.formats.intercom import INTERCOM
from finetune.transcripts.formats.openai_messages import OPENAI_MESSAGES
from finetune.transcripts.formats.rows import CSV, read_rows
from finetune.transcripts.formats.sharegpt import SHARE_GPT
from finetune.transcripts.formats.zendesk import ZENDESK
from finetune.transcripts.json_records import Placed, json_records
from finetune.transcripts.report import BadRecord
from retrieval.errors import FeedError
from retrieval.feeds.source import Source
from retrieval.feeds.table import Table

JSON_FORMATS = (OPENAI_MESSAGES, SHARE_GPT, INTERCOM, ZENDESK, CHATWOOT, CHATML)
_KNOWN = (
    "Known are OpenAI messages (JSONL), ShareGPT, ChatML, Zendesk tickets with their comments, Intercom conversations with "
    "their parts, Chatwoot conversations with their messages, and CSV with a row for each message."
)
_TRIED = 200  # records in which a format is looked for

DraftRow = tuple[str, str, Draft] | BadRecord
"""A conversation: its place in the file, the name of its format and the draft."""


def read_drafts(source: Source) -> Iterator[DraftRow]:
    """Every conversation of a file in any known format. Raises FeedError when none fits."""
    start = next(source.blocks(), "").lstrip("\ufeff \t\r\n")
    if start.startswith(("{", "[")):
        return _read_json(source)
    if start.startswith((START, "<|endoftext|>")):
        return _named("ChatML", read_chatml(source))
    try:
        return _named(CSV, read_rows(Table.open(source)))
    except FeedError as error:
        raise FeedError(error.message, " ".join(part for part in (error.hint, _KNOWN) if part)) from error


def _named(name: str, rows: Iterator[tuple[str, Draft] | BadRecord]) -> Iterator[DraftRow]:
    for row in rows:
        yield row if isinstance(row, BadRecord) else (row[0], name, row[1])


def _read_json(source: Source) -> Iterator[DraftRow]:
    records = json_records(source, lambda value: _format_of(value) is not None)
    first: list[Placed | BadRecord] = []
    held = None
    for row in islice(records, _TRIED):
        first.append(row)
        held = None if isinstance(row, BadRecord) else _format_of(row[1])
        if held is not None:
            break
    if held is None:
        raise FeedError(f"{source.name} is in no known format.", _KNOWN)
    for row in chain(first, records):
        yield row if isinstance(row, BadRecord) else _read_record(source, row, held)


def _format_of(value: Any) -> Format | None:
    return next((known for known in JSON_FORMATS if known.fits(value)), None) if isinstance(value, dict) else None


def _read_record(source: Source, row: Placed, held: Format) -> DraftRow:
    """One record, by the format of the file unless it is plainly of another one."""
    place, value = row
    if not isinstance(value, dict):
        return BadRecord(source.name, place, "is no object")
    chosen = held if held.fits(value) else _format_of(value)
    if chosen is None:
        return BadRecord(source.name, place, f"is no conversation of {held.name}")
    try:
        return place, chosen.name, chosen.read(value)
    except (ValueError, RecursionError) as error:
        return BadRecord(source.name, place, str(error))
