"""Drafts: suggested replies in the database, with what agents did with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine, RowMapping, insert, select, update
from symspellpy.editdistance import DistanceAlgorithm, EditDistance

from assistant.conversation.why import Why
from assistant.desk.case import Agent
from assistant.desk.draft import Decided, Draft, DraftKind, Origin, Outcome
from assistant.desk.drafting import Drafted
from assistant.desk_tables import CaseRow, DraftRow
from assistant.dialogue.thread import Thread
from assistant.shown import StatedFact
from retrieval.clock import utc_now
from retrieval.store.database import reading, table_of, writing

_THREAD: TypeAdapter[Thread] = TypeAdapter(Thread)
_FARTHEST = 4000


class Drafts:
    """All drafts in one database. Every method raises StoreError where the database fails."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def has(self, conversation_id: str, about: str) -> bool:
        """Whether drafts for this message were made already."""
        with reading(self._engine) as connection:
            return _has(connection, conversation_id, about)

    def add(self, conversation_id: str, about: str, message: str, drafted: Drafted, milliseconds: float) -> None:
        """Keep the drafts for a message; those for earlier ones that nobody decided on count as ignored.

        Of two processes that made drafts for the same message, the first to come keeps its own.
        """
        now, this = utc_now(), CaseRow.conversation_id == conversation_id
        with writing(self._engine) as connection:
            connection.execute(select(CaseRow.version).where(this).with_for_update())  # the other process waits here
            if _has(connection, conversation_id, about):
                return
            _decide(connection, conversation_id, Outcome.IGNORED, now)
            for draft in drafted.drafts:
                values = {
                    "conversation_id": conversation_id, "about": about, "message": message, "kind": draft.kind,
                    "origin": draft.origin, "text": draft.text, "why": draft.why.model_dump(mode="json"),
                    "facts": [fact.model_dump(mode="json") for fact in draft.facts], "sources": list(draft.sources),
                    "made": now, "milliseconds": milliseconds, "outcome": "", "sent": "", "agent_id": "",
                }  # fmt: skip
                connection.execute(insert(DraftRow).values(values))
            changed = {
                "changed": now, "version": CaseRow.version + 1,
                "next_thread": _THREAD.dump_python(drafted.thread, mode="json"),
            }  # fmt: skip
            connection.execute(update(CaseRow).where(this).values(changed))

    def open(self, conversation_id: str) -> tuple[Draft, ...]:
        """The drafts on which nobody has decided, in the order answer, ask, act."""
        query = select(table_of(DraftRow)).where(DraftRow.conversation_id == conversation_id, DraftRow.outcome == "")
        with reading(self._engine) as connection:
            drafts = [_draft(row) for row in connection.execute(query).mappings()]
        return tuple(sorted(drafts, key=lambda draft: list(DraftKind).index(draft.kind)))

    def sent(self, conversation_id: str, agent: Agent, text: str, draft_id: int, seconds: float) -> None:
        """Keep that the agent sent `text`, which began as a draft, or 0 for none; the other drafts count as ignored."""
        now, this = utc_now(), (DraftRow.id == draft_id, DraftRow.conversation_id == conversation_id)
        with writing(self._engine) as connection:
            drafted = connection.scalar(select(DraftRow.text).where(*this, DraftRow.outcome == ""))
            if drafted is not None:
                distance = edit_distance(drafted, text)
                values = {
                    "outcome": Outcome.EDITED if distance else Outcome.TAKEN, "sent": text, "distance": distance,
                    "seconds": seconds, "agent_id": agent.id, "decided": now,
                }  # fmt: skip
                connection.execute(update(DraftRow).where(*this).values(values))
            _decide(connection, conversation_id, Outcome.IGNORED, now, agent, text)

    def refuse(self, conversation_id: str, agent: Agent, draft_id: int) -> None:
        """Keep that the agent wants a draft no more; 0 refuses all."""
        with writing(self._engine) as connection:
            _decide(connection, conversation_id, Outcome.REFUSED, utc_now(), agent, draft_id=draft_id)

    def decided(self) -> Iterator[Decided]:
        """Every draft that was decided on, oldest first."""
        query = select(table_of(DraftRow)).where(DraftRow.outcome != "").order_by(DraftRow.id)
        with reading(self._engine) as connection:
            for row in connection.execute(query.execution_options(yield_per=500)).mappings():
                yield Decided(
                    row["conversation_id"], row["message"], DraftKind(row["kind"]), Origin(row["origin"]), row["text"],
                    Outcome(row["outcome"]), row["sent"], row["distance"], row["seconds"],
                )  # fmt: skip


def edit_distance(before: str, after: str) -> int:
    """Characters inserted, deleted or replaced between two texts (Levenshtein), at most 4,000."""
    found = EditDistance(DistanceAlgorithm.LEVENSHTEIN).compare(before, after, _FARTHEST)
    return _FARTHEST if found < 0 else int(found)


def _has(connection: Connection, conversation_id: str, about: str) -> bool:
    query = select(DraftRow.id).where(DraftRow.conversation_id == conversation_id, DraftRow.about == about).limit(1)
    return connection.scalar(query) is not None


def _decide(
    connection: Connection,
    conversation_id: str,
    outcome: Outcome,
    now: datetime,
    agent: Agent | None = None,
    sent: str = "",
    draft_id: int = 0,
) -> None:
    """Decide on every open draft of a conversation, or on one of them."""
    values: dict[str, Any] = {"outcome": outcome, "decided": now, "sent": sent, "agent_id": agent.id if agent else ""}
    query = update(DraftRow).where(DraftRow.conversation_id == conversation_id, DraftRow.outcome == "")
    connection.execute((query.where(DraftRow.id == draft_id) if draft_id else query).values(values))


def _draft(row: RowMapping) -> Draft:
    return Draft(
        DraftKind(row["kind"]), Origin(row["origin"]), row["text"], Why.model_validate(row["why"]),
        tuple(StatedFact.model_validate(fact) for fact in row["facts"]), tuple(row["sources"]), row["id"],
    )  # fmt: skip
