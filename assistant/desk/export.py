"""Export: what agents answered at the desk as transcripts that `aisle finetune` reads, without personal data.

One conversation is one line of OpenAI messages: the customer's messages, and the agents' as the assistant's. What Aisle itself answered
is left out, for nobody learns from their own replies. `suggestions` beside the messages says what became of each draft.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from assistant.conversation.store import Store
from assistant.desk.case import Case, Entry, EntryKind
from assistant.desk.desk import Desk
from assistant.desk.draft import Decided
from assistant.desk.drafts import Drafts
from assistant.desk_tables import CaseRow
from assistant.privacy.masker import Mask
from retrieval.errors import StoreError
from retrieval.store.database import reading
from retrieval.store.records import Records

_CUSTOMER, _AGENT = "user", "assistant"


@dataclass(frozen=True, slots=True)
class Exported:
    """How many conversations, replies of agents and decided drafts were written."""

    conversations: int
    replies: int
    suggestions: int


def export_suggestions(engine: Engine, mask: Mask, output: Path) -> Exported:
    """Write every conversation in which an agent answered to `output`, which is complete or absent. Raises StoreError."""
    desk, store, records, decided = Desk(engine), Store(engine), Records(engine), _by_conversation(Drafts(engine))
    count = [0, 0, 0]
    partial = output.with_name(f"{output.name}.partial")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("w", encoding="utf-8") as stream:
            for case in _cases(engine, desk):
                entries = desk.entries(case.conversation_id)
                if not any(entry.kind is EntryKind.AGENT for entry in entries):
                    continue
                customer = records.customer(case.customer_id) if case.customer_id else None
                people = [*{entry.author for entry in entries if entry.author}, *([customer.name] if customer else [])]
                record = _record(case, entries, store, decided[case.conversation_id], mask, people)
                stream.write(json.dumps(record, ensure_ascii=False) + "\n")
                replies = sum(message["role"] == _AGENT for message in record["messages"])
                count = [count[0] + 1, count[1] + replies, count[2] + len(record["suggestions"])]
        partial.replace(output)
    except OSError as error:
        raise StoreError(f"{output} cannot be written: {error.strerror}.", "Name another file.") from error
    finally:
        partial.unlink(missing_ok=True)
    return Exported(*count)


def _cases(engine: Engine, desk: Desk) -> Iterator[Case]:
    with reading(engine) as connection:
        ids = connection.execute(select(CaseRow.conversation_id).order_by(CaseRow.changed)).scalars().all()
    yield from (case for id in ids if (case := desk.case(id)) is not None)


def _by_conversation(drafts: Drafts) -> dict[str, list[Decided]]:
    found: dict[str, list[Decided]] = defaultdict(list)
    for each in drafts.decided():
        found[each.conversation_id].append(each)
    return found


def _record(
    case: Case, entries: tuple[Entry, ...], store: Store, decided: list[Decided], mask: Mask, people: list[str]
) -> dict[str, Any]:
    said = list(_said(case, entries, store))
    texts = [*(text for _, text in said), *(text for each in decided for text in (each.text, each.sent))]
    masked = [each.text for each in mask.mask_all(texts, people)]
    pairs = masked[len(said) :]
    record: dict[str, Any] = {"id": _unreadable(case.conversation_id)}  # the id itself would open the conversation
    if case.customer_id:
        record["customer_id"] = case.customer_id
    record["messages"] = [{"role": role, "content": text} for (role, _), text in zip(said, masked, strict=False)]
    record["suggestions"] = [
        {
            "kind": each.kind, "origin": each.origin, "outcome": each.outcome, "distance": each.distance,
            "seconds": each.seconds, "text": pairs[2 * place], "sent": pairs[2 * place + 1],
        }
        for place, each in enumerate(decided)
    ]  # fmt: skip
    return record


def _said(case: Case, entries: tuple[Entry, ...], store: Store) -> Iterator[tuple[str, str]]:
    """Role and text of each message, in order."""
    roles = {EntryKind.CUSTOMER: _CUSTOMER, EntryKind.AGENT: _AGENT}
    for turn in store.open(case.conversation_id, case.customer_id).turns:
        yield _CUSTOMER, turn.message
        yield from (
            (roles[each.kind], each.text) for each in entries if each.turn == turn.number and each.kind in roles
        )


def _unreadable(identity: str) -> str:
    return hashlib.blake2b(identity.encode(), digest_size=8).hexdigest()
