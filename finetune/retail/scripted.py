"""Scripted: customers made from the tasks hold whole conversations with the assistant that ships; the world must end as by its own rules."""

from __future__ import annotations

import json
import queue
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import TextIO

from sqlalchemy import Engine

from assistant.access.mail import Mail
from assistant.access.order_identity import OrderIdentity
from assistant.actions.policy_file import FILE_NAME
from assistant.actions.retail_import import import_world, retail_policy
from assistant.actions.retail_world import RetailWorld
from assistant.assistant import Assistant
from assistant.opening import build_index, open_assistant
from assistant.reply import Reply
from assistant.settings import Settings
from finetune.retail.customer import Identifies, Says, ScriptedCustomer
from finetune.retail.outcome import expected_end
from finetune.retail.phrasings import Half
from finetune.retail.snapshot import Rows
from finetune.retail.task import RetailTask
from retrieval.store.database import open_database

_WAIT_SECONDS = 30.0
Progress = Callable[[int], None]
"""Called with how many tasks are done."""


@dataclass(frozen=True, slots=True)
class Held:
    """What became of one task: who differs from the expected end, whether doing nothing would have ended so, and what was said."""

    task: RetailTask
    identified: Identifies
    differing: tuple[str, ...]
    nothing_would_do: bool
    said: tuple[tuple[str, str], ...]

    @property
    def is_right(self) -> bool:
        """True if the world ended as expected."""
        return not self.differing


def hold(
    world: RetailWorld,
    tasks: Iterable[RetailTask],
    half: Half,
    seed: int,
    settings: Settings,
    transcripts: TextIO | None = None,
    progress: Progress = lambda done: None,
) -> list[Held]:
    """A conversation for each task, each in a world of its own. `settings` say which models answer; its home is left alone.

    Raises StoreError, SearchIndexError, ModelError, AdapterError and SettingsError.
    """
    held = []
    with _opened(world, settings) as stage:
        for done, task in enumerate(tasks, 1):
            held.append(stage.hold(task, half, seed))
            if transcripts is not None:
                transcripts.write(json.dumps(_row(held[-1]), ensure_ascii=False) + "\n")
                transcripts.flush()
            progress(done)
    return held


@contextmanager
def _opened(world: RetailWorld, settings: Settings) -> Iterator[_Stage]:
    with TemporaryDirectory(prefix="aisle-retail-") as folder:
        home = Path(folder)
        live = settings.model_copy(
            update={
                "home": home,
                "database_url": "",
                "policy": None,
                "orders_url": "",
                "shop_name": "Retail",
                "threads": 1,
            }
        )
        engine = open_database(live.resolved_database_url)
        import_world(engine, world)
        (home / FILE_NAME).write_text(retail_policy(), encoding="utf-8")
        build_index(live)
        yield _Stage(world, open_assistant(live), engine, home)
        engine.dispose()


class _Mailbox:
    """Takes the mails of one shop, so that customers can read their codes."""

    def __init__(self) -> None:
        self.mails: queue.Queue[Mail] = queue.Queue()

    def send(self, mail: Mail) -> None:
        """Keep `mail`."""
        self.mails.put(mail)


class _Stage:
    """The assistant over the world; every conversation begins with the database as it was."""

    def __init__(self, world: RetailWorld, assistant: Assistant, engine: Engine, home: Path) -> None:
        self._world, self._assistant, self._engine = world, assistant, engine
        self._template = home / "template.db"
        self._mailbox = _Mailbox()
        self._identity = OrderIdentity(
            engine, self._mailbox, lambda to, order, code: Mail(to, order, code), token_hex()
        )
        self._before = Rows(engine)
        _copy(self._database, self._template)

    @property
    def _database(self) -> Path:
        return Path(str(self._engine.url.database))

    def hold(self, task: RetailTask, half: Half, seed: int) -> Held:
        """One conversation from the first message to the last, and how the world ends."""
        _copy(self._template, self._database)
        expected = expected_end(self._world, task)
        customer = ScriptedCustomer(task, self._world, half, seed)
        said = tuple(self._talk(task, customer))
        differing = tuple(sorted(expected.differing(self._engine, self._before)))
        return Held(task, customer.identifies, differing, expected.is_nothing, said)

    def _talk(self, task: RetailTask, customer: ScriptedCustomer) -> Iterator[tuple[str, str]]:
        signed_in = task.user_id if customer.identifies is Identifies.SIGN_IN else None
        conversation, reply = None, None
        while (says := customer.says(reply)) is not None:
            if says.order:
                conversation = self._prove(says, customer.email, conversation)
            reply = self._answer(says, conversation, signed_in)
            conversation = reply.conversation_id
            yield says.text if says.press is None else f"[{says.press.do}]", reply.text

    def _answer(self, says: Says, conversation: str | None, signed_in: str | None) -> Reply:
        *_, last = self._assistant.reply(says.text, conversation, signed_in, press=says.press)
        if not isinstance(last, Reply):
            raise AssertionError("a reply that is not cancelled ends with the Reply")
        return last

    def _prove(self, says: Says, email: str, conversation: str | None) -> str:
        """Ask for a code, read the mail, and give the code; the conversation that may speak of the order then."""
        conversation = self._identity.request(conversation or "", says.order, email, "retail")
        self._identity.prove(conversation, self._mailbox.mails.get(timeout=_WAIT_SECONDS).text, "retail")
        return conversation


def _copy(source: Path, target: Path) -> None:
    """The whole database of `source` into `target`, which others may have open."""
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


def _row(held: Held) -> dict[str, object]:
    return {
        "task": held.task.id, "user": held.task.user_id, "identified": held.identified.value, "right": held.is_right,
        "differing": held.differing, "actions": [action.model_dump() for action in held.task.actions], "said": held.said,
    }  # fmt: skip
