"""OrderBackend: where orders live and change. `DatabaseBackend` keeps them here, `HttpBackend` asks the shop's own system."""

from __future__ import annotations

from typing import Protocol

from assistant.actions.order_record import OrderRecord
from assistant.actions.owner import Owner
from assistant.actions.proposal import Done, Proposal
from assistant.actions.refusal import Refusal
from assistant.actions.requests import Request
from retrieval.errors import AisleError


class BackendError(AisleError):
    """The system that keeps the orders cannot be reached, or answers what makes no sense."""


class OrderBackend(Protocol):
    """Every method is given whose orders they must be, and shows or changes no others. Each raises AisleError."""

    def find(self, owner: Owner, order: str = "", limit: int = 20) -> tuple[OrderRecord, ...]:
        """The owner's order that `order` names in any spelling, or without one their newest orders, newest first."""
        ...

    def propose(self, owner: Owner, request: Request) -> Proposal | Refusal:
        """The exact change that `request` asks for, to be shown. It cancels the owner's open proposal, if there is one."""
        ...

    def execute(self, owner: Owner, proposal_id: str, key: str) -> Done | Refusal:
        """Run a proposal of this owner, once: the same `key` again is answered as the first time, and nothing runs.

        Refused by name if the proposal has expired, was replaced or withdrawn, or the order is no longer as it was.
        """
        ...

    def withdraw(self, owner: Owner, proposal_id: str) -> Done | None:
        """The customer said no: the proposal can no longer be executed. What it did, if it was executed before; else None."""
        ...
