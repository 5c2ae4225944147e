"""Replay: recorded actions go through our own proposals and confirmations; the world must end as by its own rules."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine

from assistant.actions.backend import OrderBackend
from assistant.actions.database_backend import DatabaseBackend
from assistant.actions.owner import Owner
from assistant.actions.policy_file import read_policy
from assistant.actions.proposal import Proposal
from assistant.actions.requests import (
    Cancel,
    ChangeAddress,
    ChangeDefaultAddress,
    ChangeItems,
    ChangePayment,
    Exchange,
    Pieces,
    Request,
    Return,
    Swap,
)
from assistant.actions.retail_import import import_world, retail_policy
from assistant.actions.retail_world import RetailWorld, address_of, read_world
from finetune.retail.outcome import expected_end
from finetune.retail.rules import READS, is_known
from finetune.retail.snapshot import Rows, snapshot
from finetune.retail.task import Action, RetailTask
from retrieval.store.database import open_database

_SQLITE = b"SQLite format 3"
Progress = Callable[[int], None]
"""Called with how many tasks are done."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of a task: the customers and orders that ended otherwise than by the world's rules; empty if none did."""

    task: RetailTask
    differing: tuple[str, ...]


def open_world(place: str) -> RetailWorld:
    """The world at `place`: its folder or file, a SQLite file, or the URL of a database that it was imported into.

    Raises FeedError or StoreError.
    """
    path = Path(place)
    is_sqlite = path.is_file() and path.read_bytes()[: len(_SQLITE)] == _SQLITE
    if not is_sqlite and "://" not in place:
        return read_world(path)
    engine = open_database(f"sqlite:///{path}" if is_sqlite else place)
    try:
        return snapshot(engine)
    finally:
        engine.dispose()


def replay(world: RetailWorld, tasks: Iterable[RetailTask], progress: Progress = lambda done: None) -> list[Replayed]:
    """Each task in a world of its own; `world` stays as it is."""
    with TemporaryDirectory(prefix="aisle-retail-") as folder:
        template, scratch = Path(folder) / "world.db", Path(folder) / "task.db"
        _fill(template, world)
        policy_file = Path(folder) / "policy.md"
        policy_file.write_text(retail_policy(), encoding="utf-8")
        shutil.copy(template, scratch)
        engine = open_database(f"sqlite:///{scratch}")
        backend, before, found = DatabaseBackend(engine, read_policy(policy_file)), Rows(engine), list[Replayed]()
        for done, task in enumerate(tasks, 1):
            engine.dispose()  # no connection is open while the file is replaced
            shutil.copy(template, scratch)
            found.append(Replayed(task, tuple(sorted(_differing(world, task, backend, engine, before)))))
            progress(done)
        engine.dispose()
    return found


def _fill(database: Path, world: RetailWorld) -> None:
    engine = open_database(f"sqlite:///{database}")
    import_world(engine, world)
    engine.dispose()


def _differing(world: RetailWorld, task: RetailTask, backend: OrderBackend, engine: Engine, before: Rows) -> set[str]:
    """Do the task in both worlds, and compare how they end."""
    expected = expected_end(world, task)
    for number, action in enumerate(task.actions):
        if is_known(action.name):
            perform(backend, task.user_id, action, f"{task.id} {number}")
    return expected.differing(engine, before)


def perform(backend: OrderBackend, user_id: str, action: Action, key: str) -> None:
    """Do a recorded action as this customer, who says yes to what is proposed; what is refused changes nothing."""
    owner = Owner(customer_id=user_id)
    if action.name in READS:
        backend.find(owner, str(action.values.get("order_id", "")))
        return
    try:
        request = request_of(action, owner)
    except (KeyError, ValueError):
        return
    proposal = backend.propose(owner, request)
    if isinstance(proposal, Proposal):
        backend.execute(owner, proposal.id, key)


def request_of(action: Action, owner: Owner) -> Request:
    """The request that a recorded action makes. Raises KeyError or ValueError for one that is incomplete."""
    values = action.values
    match action.name:
        case "cancel_pending_order":
            return Cancel(order=values["order_id"], reason=values["reason"])
        case "modify_pending_order_address":
            return ChangeAddress(order=values["order_id"], address=address_of(values))
        case "modify_user_address":
            if values["user_id"] != owner.customer_id:
                raise ValueError("the account of somebody else")
            return ChangeDefaultAddress(address=address_of(values))
        case "modify_pending_order_items":
            return ChangeItems(
                order=values["order_id"], swaps=_swaps(values), payment_method=values["payment_method_id"]
            )
        case "modify_pending_order_payment":
            return ChangePayment(order=values["order_id"], payment_method=values["payment_method_id"])
        case "return_delivered_order_items":
            items = tuple(Pieces(product_id=item) for item in values["item_ids"])
            return Return(order=values["order_id"], items=items, refund_to=values["payment_method_id"])
        case "exchange_delivered_order_items":
            return Exchange(order=values["order_id"], swaps=_swaps(values), payment_method=values["payment_method_id"])
        case _:
            raise KeyError(action.name)


def _swaps(values: dict[str, Any]) -> tuple[Swap, ...]:
    pairs = zip(values["item_ids"], values["new_item_ids"], strict=True)
    return tuple(Swap(product_id=old, new_product_id=new) for old, new in pairs)
