"""Retention: deletes what is older than the shop keeps it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import Engine, delete, exists, or_, select

from assistant.access.staff import IDLE, LIFE
from assistant.access.tables import AttemptRow, OrderCodeRow, StaffSessionRow
from assistant.conversation.store import PROOF_LIFE
from assistant.order_tables import CartLineRow
from assistant.personal.belongings import personal_tables
from assistant.settings import Settings
from assistant.tables import ConversationRow, ProvedOrderRow, TurnRow
from retrieval.clock import utc_now
from retrieval.errors import AisleError
from retrieval.store.database import writing
from retrieval.store.tables import EventRow
from retrieval.store.versions import Kind, raise_version

_DAY = 86_400.0
_MAIL_DAYS = 7
_BATCH = 500
_VISITOR = '["visitor", '
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days conversations and events are kept; 0 keeps them. A conversation's days begin with its last turn."""

    conversations: int
    events: int
    home: Path

    @classmethod
    def of(cls, settings: Settings) -> Retention:
        """As the settings say."""
        return cls(settings.keep_conversations, settings.keep_events, settings.home)

    @property
    def is_limited(self) -> bool:
        """True if anything is ever deleted for its age."""
        return bool(self.conversations or self.events)

    def apply(self, engine: Engine, clock: Callable[[], datetime] = utc_now) -> Mapping[str, int]:
        """Delete what is too old, and codes, proofs and sessions that are over; how many rows of what. Raises StoreError.

        Several processes may do it at once.
        """
        now = clock()
        counts = {"conversations": 0, "visitors' cart lines": 0, "events": 0, "mails": 0}
        with writing(engine) as connection:
            connection.execute(delete(OrderCodeRow).where(OrderCodeRow.expires <= now))
            connection.execute(delete(ProvedOrderRow).where(ProvedOrderRow.proved <= now - PROOF_LIFE))
            connection.execute(delete(AttemptRow).where(AttemptRow.expires <= now))
            over = or_(StaffSessionRow.started < now - LIFE, StaffSessionRow.seen < now - IDLE)
            connection.execute(delete(StaffSessionRow).where(over))
        if self.conversations:
            oldest = now - timedelta(days=self.conversations)
            while ids := self._some_conversations(engine, oldest):
                counts["conversations"] += ids
            with writing(engine) as connection:
                is_old = (CartLineRow.owner.startswith(_VISITOR, autoescape=True), CartLineRow.added < oldest)
                counts["visitors' cart lines"] = connection.execute(delete(CartLineRow).where(*is_old)).rowcount
        if self.events:
            with writing(engine) as connection:
                old = delete(EventRow).where(EventRow.time < now - timedelta(days=self.events))
                counts["events"] = connection.execute(old).rowcount
                if counts["events"]:
                    raise_version(connection, Kind.EVENTS)
        counts["mails"] = self._old_mails(now)
        return counts

    @staticmethod
    def _some_conversations(engine: Engine, oldest: datetime) -> int:
        """Delete a few conversations, so that nobody waits long for the lock; how many."""
        newer = exists().where(TurnRow.conversation_id == ConversationRow.id, TurnRow.time >= oldest)
        query = select(ConversationRow.id).where(ConversationRow.started < oldest, ~newer).limit(_BATCH)
        with writing(engine) as connection:
            ids = list(connection.scalars(query))
            for table in reversed(personal_tables()):
                if "conversation_id" in table.c:
                    connection.execute(delete(table).where(table.c.conversation_id.in_(ids)))
            connection.execute(delete(ConversationRow).where(ConversationRow.id.in_(ids)))
        return len(ids)

    def _old_mails(self, now: datetime) -> int:
        count = 0
        for mail in (self.home / "outbox").glob("*.eml"):
            if mail.stat().st_mtime < (now - timedelta(days=_MAIL_DAYS)).timestamp():
                mail.unlink(missing_ok=True)
                count += 1
        return count


def keep_daily(retention: Retention, database: Callable[[], Engine], stopped: threading.Event) -> None:
    """Apply `retention` now and once a day until `stopped` is set; an error is logged, and tried again the next day."""
    while not stopped.is_set():
        try:
            _log.info("retention", **retention.apply(database()))
        except (AisleError, OSError) as error:
            _log.error("retention_failed", error=str(error))
        stopped.wait(_DAY)
