"""Staffed: the desk of a shop whose policy has people who answer in the chat, and what open pages hear of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Engine

from assistant.actions.policy_file import load_policy
from assistant.desk.attended import Attended
from assistant.desk.desk import Desk
from assistant.desk.handing_over import Announcer
from assistant.hours import Hours
from assistant.settings import Settings
from retrieval.clock import utc_now
from retrieval.errors import StoreError
from ui.opening import Answering

_LOOK_SECONDS = 0.4
_WINDOW = timedelta(seconds=30)
_SILENCE_SECONDS = 15.0


class Changes:
    """Says which cases have changed, whichever process changed them: it looks at their versions while anybody listens."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._listeners: set[asyncio.Queue[str]] = set()
        self._looking: asyncio.Task[None] | None = None

    async def of(self, conversation_id: str = "") -> AsyncIterator[str]:
        """Yield the id of each case as it changes, of one conversation or of all; "" after every 15 quiet seconds."""
        queue: asyncio.Queue[str] = asyncio.Queue()
        self._listeners.add(queue)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            while True:
                try:
                    changed = await asyncio.wait_for(queue.get(), _SILENCE_SECONDS)
                except TimeoutError:
                    changed = ""
                if not changed or conversation_id in ("", changed):
                    yield changed
        finally:
            self._listeners.discard(queue)

    async def _look(self) -> None:
        known = await self._versions(utc_now() - _WINDOW)
        while self._listeners:
            await asyncio.sleep(_LOOK_SECONDS)
            found = await self._versions(utc_now() - _WINDOW)
            for id in (id for id, version in found.items() if known.get(id) != version):
                for listener in self._listeners:
                    listener.put_nowait(id)
            known |= found

    async def _versions(self, since: datetime) -> dict[str, int]:
        try:
            return await asyncio.to_thread(self._desk.versions, since)
        except StoreError:  # the next look finds what this one did not
            return {}


@dataclass(frozen=True)
class Staffed:
    """The desk, what Aisle says at a hand-over, and the changes that open pages follow."""

    desk: Desk
    announcer: Announcer
    changes: Changes = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "changes", Changes(self.desk))

    def attend(self, assistant: Answering, noticed: Callable[[str], None], hands_over: bool) -> Attended:
        """`assistant` with the shop's people behind it."""
        return Attended(assistant, self.desk, self.announcer, noticed, hands_over=hands_over)


def open_staffed(settings: Settings, database: Callable[[], Engine]) -> Staffed | None:
    """The desk of the shop; None if its policy names no hours at which people answer. `database` opens the shop's.

    Raises SettingsError for a policy that cannot work, and StoreError.
    """
    people = load_policy(settings).rules.people
    if not people.hours:
        return None
    announcer = Announcer(people, Hours.parse(people.hours, settings.zone, people.closed))
    return Staffed(Desk(database()), announcer)
