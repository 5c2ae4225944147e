"""Suggesting: makes the drafts of a case in the background, so that they are ready before an agent opens it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import structlog

from assistant.assistant import Serving
from assistant.conversation.conversation import Conversation
from assistant.conversation.store import Store
from assistant.desk.case import Entry, EntryKind
from assistant.desk.desk import Desk
from assistant.desk.drafting import draft_replies
from assistant.desk.drafts import Drafts
from assistant.desk.past_replies import PastReplies
from assistant.desk.state import State
from assistant.stopwatch import Stopwatch
from retrieval.errors import AisleError
from retrieval.store.records import Records

_log = structlog.get_logger(__name__)
_HAND_OVER = "hand_over"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an agent has to answer; `about` names it, so that drafts for it are made once."""

    about: str
    message: str


def asked_last(conversation: Conversation, entries: Sequence[Entry]) -> Asked | None:
    """The customer's messages since a person or Aisle answered last, as one; else the last one that asked for more than a person.

    None if the last word is the agent's.
    """
    latest: list[Entry] = []
    for entry in entries:
        if entry.kind is EntryKind.AGENT:
            latest = []
        elif entry.kind is EntryKind.CUSTOMER:
            latest.append(entry)
    if latest:
        return Asked(f"entry {latest[-1].id}", "\n".join(entry.text for entry in latest))
    last_turn = conversation.turns[-1].number if conversation.turns else 0
    if any(entry.kind is EntryKind.AGENT and entry.turn == last_turn for entry in entries):
        return None
    for turn in reversed(conversation.turns):
        if any(_HAND_OVER not in step for step in turn.why.plan):
            return Asked(f"turn {last_turn}", turn.message)
    return Asked(f"turn {last_turn}", conversation.turns[-1].message) if conversation.turns else None


class Suggesting:
    """Makes drafts one case at a time, beside the replies to customers, which come first at the language model."""

    def __init__(
        self,
        desk: Desk,
        drafts: Drafts,
        store: Store,
        records: Records,
        serving: Callable[[], Serving],
        past: Callable[[], PastReplies | None],
    ) -> None:
        self.drafts = drafts
        self._desk, self._store, self._records = desk, store, records
        self._serving, self._past = serving, past
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="drafts")
        self._due: set[str] = set()
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def noticed(self, conversation_id: str) -> None:
        """Make the drafts of a case soon, unless they are due already or were made."""
        with self._lock:
            if conversation_id in self._due or self._stopped.is_set():
                return
            self._due.add(conversation_id)
        self._pool.submit(self._run, conversation_id)

    def make(self, conversation_id: str) -> bool:
        """Make the drafts of an open case for what was asked last; False if there is nothing to do.

        Raises AisleError if the records, the model or the database fail.
        """
        case = self._desk.case(conversation_id)
        if case is None or case.state not in (State.WAITING, State.WITH_AGENT):
            return False
        conversation = self._store.open(conversation_id, case.customer_id)
        asked = asked_last(conversation, self._desk.entries(conversation_id))
        if asked is None or self.drafts.has(conversation_id, asked.about):
            return False
        customer = self._records.customer(case.customer_id) if case.customer_id else None
        watch = Stopwatch()
        with watch.step("drafts"):
            drafted = draft_replies(
                self._serving(), self._past(), conversation.thread, asked.message, customer, self._stopped
            )
        if self._stopped.is_set():
            return False
        self.drafts.add(conversation_id, asked.about, asked.message, drafted, watch.timings_ms["drafts"])
        _log.info("drafted", kinds=[draft.kind.value for draft in drafted.drafts], **watch.timings_ms)
        return True

    def close(self) -> None:
        """Make no more drafts."""
        self._stopped.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, conversation_id: str) -> None:
        with self._lock:
            self._due.discard(conversation_id)  # what arrives from here on is due again
        try:
            self.make(conversation_id)
        except AisleError as error:
            _log.warning("not_drafted", error=type(error).__name__)
        except Exception:
            _log.exception("not_drafted")
