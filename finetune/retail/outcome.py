"""Outcome: how the world ends by its own rules when a task's recorded actions are done, and who ends otherwise in a database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass

from sqlalchemy import Engine

from assistant.actions.retail_world import RetailWorld
from finetune.retail.rules import BrokenRule, act, is_known
from finetune.retail.snapshot import Rows, differences, part_of, snapshot
from finetune.retail.task import RetailTask


@dataclass(frozen=True, slots=True)
class Expected:
    """The part of the world that a task may touch, as it should end. `is_nothing` is true if it should end as it began."""

    world: RetailWorld
    is_nothing: bool
    unknown: str = ""

    def differing(self, engine: Engine, before: Rows) -> set[str]:
        """The customers and orders in `engine` that end otherwise; anybody else who is not as `before` is among them."""
        if self.unknown:
            return {f"unknown action {self.unknown}"}
        others = Rows(engine).changed(before) - self.world.shoppers.keys()
        return others | set(differences(snapshot(engine, self.world.shoppers.keys()), self.world))


def expected_end(world: RetailWorld, task: RetailTask) -> Expected:
    """How a task ends by the world's own rules; `world` stays as it is. Whoever's records its actions name is compared."""
    own = part_of(world, {task.user_id, *_customers_of(task, world)})
    expected = RetailWorld(world.products, deepcopy(own.shoppers), deepcopy(own.orders))
    for action in task.actions:
        if not is_known(action.name):
            return Expected(expected, is_nothing=False, unknown=action.name)
        with suppress(BrokenRule):
            act(expected, action.name, action.values)
    return Expected(expected, is_nothing=not any(differences(own, expected)))


def _customers_of(task: RetailTask, world: RetailWorld) -> Iterator[str]:
    """The customers whose orders and accounts the recorded actions name."""
    for action in task.actions:
        order = world.orders.get(str(action.values.get("order_id", "")))
        if order is not None:
            yield order.customer_id
        if "user_id" in action.values:
            yield str(action.values["user_id"])
