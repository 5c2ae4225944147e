"""Rehearsal: plays the script on a copy of the shop as it is and as it would be, and says what passes and what differs.

Nothing that is played reaches the shop: records, orders and conversations of a rehearsal are in a temporary database.
"""

from __future__ import annotations

import fcntl
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from assistant.adapters.registry import SHIPPED, Registry
from assistant.adapters.rehearsed import Rehearsed
from assistant.assistant import Assistant
from assistant.opening import open_rehearsal_assistant
from assistant.rehearsal.script import Script, ScriptedConversation
from assistant.rehearsal.shop_change import ShopChange
from assistant.reply import Reply
from assistant.settings import Settings
from retrieval.clock import utc_now
from retrieval.errors import SettingsError

FOLDER = "rehearsal"
"""The folder of the home that holds what is rehearsed."""
SCRATCH = "scratch-"
"""How the folder of a copy begins. A killed rehearsal leaves it, and the next start removes it."""
Open = Callable[[Settings], Assistant]


class RehearsedTurn(BaseModel):
    """One message with the reply as the shop is, the reply as it would be, and what is wrong with that one."""

    model_config = ConfigDict(frozen=True)

    say: str
    before: str
    after: str
    faults: tuple[str, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether the change makes another reply."""
        return self.before != self.after


class RehearsedConversation(BaseModel):
    """One conversation, played."""

    model_config = ConfigDict(frozen=True)

    name: str
    turns: tuple[RehearsedTurn, ...]

    @property
    def passed(self) -> bool:
        """Whether every reply is as it must be."""
        return not any(turn.faults for turn in self.turns)


class Rehearsal(BaseModel):
    """What came of a rehearsal of `change`, in words."""

    model_config = ConfigDict(frozen=True)

    time: datetime
    change: tuple[str, ...]
    conversations: tuple[RehearsedConversation, ...]

    @property
    def failed(self) -> tuple[str, ...]:
        """Names of the conversations that did not pass."""
        return tuple(each.name for each in self.conversations if not each.passed)


@dataclass(frozen=True, slots=True)
class _Played:
    conversation: ScriptedConversation
    replies: tuple[Reply, ...]


def rehearse(
    settings: Settings, script: Script, change: ShopChange, open_: Open = open_rehearsal_assistant
) -> Rehearsal:
    """Play every conversation, and keep the outcome with the adapter if one is tried.

    Raises SettingsError for an empty script, a customer who does not exist, and while another rehearsal runs, and AisleError where
    shop or change cannot work.
    """
    if not script:
        raise SettingsError("There is no conversation to rehearse.", "Write one into rehearsal/conversations.yaml.")
    with alone(settings.home / FOLDER):
        after = _play(settings, script, change, open_)
        before = _play(settings, script, ShopChange(), open_) if change else after
    done = Rehearsal(
        time=utc_now(),
        change=change.names,
        conversations=tuple(_compared(old, new) for old, new in zip(before, after, strict=True)),
    )
    if change.adapter not in ("", SHIPPED):  # what ships can always be gone back to
        adapter = Registry.of(settings).find(change.adapter)
        Rehearsed(done.time, adapter.digest(), len(script), done.failed).write(adapter.folder)
    return done


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the lock of a shop's rehearsals, across processes. Raises SettingsError while another holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "running.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise SettingsError("A rehearsal is running.", "Wait until it is done.") from error
        yield


def _play(settings: Settings, script: Script, change: ShopChange, open_: Open) -> Sequence[_Played]:
    with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=settings.home / FOLDER) as folder:
        assistant = open_(change.on_copy(settings, Path(folder)))
        for each in script:
            if each.customer and assistant.customer(each.customer) is None:
                raise SettingsError(
                    f"{each.name}: there is no customer {each.customer!r}.", "Name one, or leave it out."
                )
        return [_Played(each, tuple(_replies(assistant, each))) for each in script]


def _replies(assistant: Assistant, conversation: ScriptedConversation) -> list[Reply]:
    replies: list[Reply] = []
    for turn in conversation.turns:
        known = replies[-1].conversation_id if replies else None
        replies.append(assistant.ask(turn.say, known, conversation.customer or None))
    return replies


def _compared(before: _Played, after: _Played) -> RehearsedConversation:
    turns = zip(after.conversation.turns, before.replies, after.replies, strict=True)
    return RehearsedConversation(
        name=after.conversation.name,
        turns=tuple(
            RehearsedTurn(say=turn.say, before=old.text, after=new.text, faults=tuple(turn.faults(new)))
            for turn, old, new in turns
        ),
    )
