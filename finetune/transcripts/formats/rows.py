"""Rows: CSV, TSV and their like with a row for each message, or a row for each question and its answer.

    conversation_id,role,text,time                      customer_message,agent_reply
    17,customer,Hi,2026-11-02T09:15:00Z                 Do you ship abroad?,We do.

Columns are known by several names each; rows of one conversation may lie scattered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from finetune.transcripts.draft import PRIVATE_NOTE, Draft
from finetune.transcripts.gathering import Gathered, gathered
from finetune.transcripts.report import BadRecord
from finetune.transcripts.roles import role_of
from finetune.transcripts.transcript import Role
from retrieval.errors import FeedError
from retrieval.feeds.report import RowError
from retrieval.feeds.table import Table, TableRow

CSV = "CSV"
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": (
        "conversation_id", "conversation", "chat_id", "ticket_id", "thread_id", "session_id", "dialogue_id", "dialog_id",
        "case_id", "chat", "ticket", "id",
    ),
    "role": (
        "role", "sender_type", "author_type", "sender_role", "author_role", "speaker", "sender", "author", "from",
        "message_type", "direction",
    ),
    "text": ("text", "message", "content", "body", "html_body", "plain_body", "utterance", "comment", "message_text", "value"),
    "time": ("time", "timestamp", "created_at", "sent_at", "date", "datetime", "created", "message_time"),
    "customer_id": ("customer_id", "user_id", "contact_id", "requester_id", "customer_email", "customer"),
    "private": ("private", "is_private", "internal", "is_internal"),
    "public": ("public", "is_public"),
    "name": ("sender_name", "author_name", "name", "customer_name", "agent_name"),
    "email": ("email", "sender_email", "author_email", "customer_email", "email_address"),
    "question": ("customer_message", "question", "instruction", "prompt", "customer_text", "user_message", "query"),
    "answer": ("agent_reply", "answer", "response", "reply", "agent_message", "completion", "agent_text", "output"),
}  # fmt: skip
_YES = frozenset({"true", "1", "yes", "y", "t"})

_Row = tuple[str, Mapping[str, str]]
"""Where a row stands, and its cells by the names above."""


def read_rows(table: Table) -> Iterator[tuple[str, Draft] | BadRecord]:
    """Every conversation of a table. Raises FeedError when its columns do not tell who says what."""
    columns = _columns(table)
    if {"question", "answer"} <= columns.keys() and not {"role", "text"} <= columns.keys():
        return _read_pairs(table, columns)
    if {"id", "role", "text"} <= columns.keys():
        return _read_messages(table, columns)
    missing = [name for name in ("id", "role", "text") if name not in columns]
    wanted = " and ".join(f"{name} (such as {_COLUMNS[name][0]})" for name in missing)
    raise FeedError(
        f"{table.source.name} is in no known format: a table without a column for {wanted}.",
        f"Its columns are: {', '.join(list(table.columns.values())[:20])[:400]}.",
    )


def _columns(table: Table) -> dict[str, str]:
    """Our names of the columns that are there, with the table's. One column stands for one thing."""
    found: dict[str, str] = {}
    for name, aliases in _COLUMNS.items():
        column = next((alias for alias in aliases if alias in table.columns and alias not in found.values()), None)
        if column is not None:
            found[name] = column
    return found


def _read_messages(table: Table, columns: Mapping[str, str]) -> Iterator[tuple[str, Draft] | BadRecord]:
    bad: list[BadRecord] = []
    for conversation in gathered(_message_rows(table, columns, bad)):
        yield from bad
        bad.clear()
        yield from _conversation(table.source.name, conversation)
    yield from bad


def _message_rows(
    table: Table, columns: Mapping[str, str], bad: list[BadRecord]
) -> Iterator[tuple[str, str, int, _Row]]:
    for row in table.rows():
        place = f"line {row.line}"
        if isinstance(row, RowError):
            bad.append(BadRecord(row.file, place, row.reason))
            continue
        cells = _cells(row, columns)
        if not cells.get("id"):
            bad.append(BadRecord(table.source.name, place, f"{columns['id']} is empty"))
        else:
            yield cells["id"], place, len(cells.get("text", "")), (place, cells)


def _conversation(file: str, conversation: Gathered[_Row]) -> Iterator[tuple[str, Draft] | BadRecord]:
    """The conversation, after those of its rows that are bad."""
    draft = Draft(conversation.key)
    for place, cells in conversation.rows:
        try:
            _hear(draft, cells)
        except ValueError as error:
            yield BadRecord(file, place, str(error))
    yield conversation.place, draft


def _hear(draft: Draft, cells: Mapping[str, str]) -> None:
    role = role_of(cells.get("role"))
    draft.know(cells)
    draft.customer_id = draft.customer_id or cells.get("customer_id", "")
    if cells.get("private", "").strip().lower() in _YES or cells.get("public", "true").strip().lower() not in _YES:
        draft.drop(PRIVATE_NOTE)
    elif isinstance(role, Role):
        draft.say(role, cells.get("text", ""), cells.get("time"))
    else:
        draft.drop(role)


def _read_pairs(table: Table, columns: Mapping[str, str]) -> Iterator[tuple[str, Draft] | BadRecord]:
    for row in table.rows():
        place = f"line {row.line}"
        if isinstance(row, RowError):
            yield BadRecord(row.file, place, row.reason)
            continue
        cells = _cells(row, columns)
        draft = Draft(cells.get("id", ""), cells.get("customer_id", ""))
        draft.know(cells)
        try:
            draft.say(Role.CUSTOMER, cells.get("question", ""), cells.get("time"))
            draft.say(Role.AGENT, cells.get("answer", ""), cells.get("time"))
        except ValueError as error:
            yield BadRecord(table.source.name, place, str(error))
            continue
        yield place, draft


def _cells(row: TableRow, columns: Mapping[str, str]) -> dict[str, str]:
    return {name: row.cells[column] for name, column in columns.items() if column in row.cells}
