"""Actions: what a conversation may read and change of orders and carts, wherever the shop keeps its orders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo
from typing import Self

from sqlalchemy import Engine

from assistant.actions.awaited import AwaitedOrder, awaited
from assistant.actions.backend import OrderBackend
from assistant.actions.change import CartLine
from assistant.actions.changes.allowed import check_coming_back, check_state
from assistant.actions.changes.items import check_items
from assistant.actions.changes.payment import check_payment
from assistant.actions.changes.refused import Refused
from assistant.actions.database_backend import DatabaseBackend
from assistant.actions.open_backend import open_backend
from assistant.actions.order_record import OrderRecord
from assistant.actions.owner import Owner
from assistant.actions.policy import Policy
from assistant.actions.policy_file import load_policy
from assistant.actions.proposal import Done, Proposal
from assistant.actions.refusal import Reason, Refusal
from assistant.actions.requests import CartRequest, Request
from assistant.actions.situation import Situation
from assistant.settings import Settings
from retrieval.clock import utc_now
from retrieval.store.database import storable

_WHAT = {
    "cancel": "be cancelled",
    "change_address": "be sent to another address",
    "change_items": "have its items changed",
    "change_payment": "be paid with something else",
    "return": "be returned",
    "exchange": "be exchanged",
}
_BEFORE_DELIVERY = ("cancel", "change_items", "change_address", "change_payment")


class Actions:
    """Orders of one backend and carts of Aisle's own database. Every method raises AisleError where one of them fails.

    `policy` is None where the shop's own system decides what is allowed.
    """

    def __init__(
        self,
        orders: OrderBackend,
        carts: DatabaseBackend,
        policy: Policy | None,
        cart_policy: Policy = Policy(),
        zone: tzinfo = UTC,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._orders, self._carts, self._zone, self._clock = orders, carts, zone, clock
        self.policy = policy
        self.cart_policy = policy or cart_policy

    @classmethod
    def of_database(
        cls, engine: Engine, policy: Policy = Policy(), zone: tzinfo = UTC, clock: Callable[[], datetime] = utc_now
    ) -> Self:
        """Orders and carts of `engine`; without a policy, orders are only read."""
        backend = DatabaseBackend(engine, policy, clock, zone)
        return cls(backend, backend, policy, zone=zone, clock=clock)

    @classmethod
    def open(cls, settings: Settings, engine: Engine) -> Self:
        """As the settings say. Raises SettingsError and BackendError like `open_backend`."""
        orders, policy = open_backend(settings, engine), load_policy(settings)
        if isinstance(orders, DatabaseBackend):
            return cls(orders, orders, policy, zone=settings.zone)
        return cls(orders, DatabaseBackend(engine, policy, zone=settings.zone), None, policy, settings.zone)

    def find(self, owner: Owner, order: str = "", limit: int = 20) -> tuple[OrderRecord, ...]:
        """See `OrderBackend.find`."""
        return self._orders.find(owner, order, limit)

    def awaited(self, owner: Owner) -> AwaitedOrder | None:
        """The open order of this owner that is expected first; None without one."""
        return awaited(self.find(owner), self.day(self._clock()))

    def day(self, moment: datetime) -> date:
        """The day of `moment` where the shop is."""
        return moment.astimezone(self._zone).date()

    def cart(self, owner: Owner) -> tuple[CartLine, ...]:
        """What is in the owner's cart, at today's prices."""
        return self._carts.cart(owner)

    def why_not(self, kind: str, record: OrderRecord, *, by_person: bool = False) -> Refusal | None:
        """Why nothing of this kind can be done with an order now, whatever its details; None if it can be, or if nobody knows yet.

        `by_person` asks what a person of the shop can do.
        """
        if self.policy is None or kind not in _WHAT:
            return None
        rules = self.policy.rules
        rule = rules.return_ if kind == "return" else getattr(rules, kind)
        now = self._clock()
        situation = Situation(
            policy=self.policy,
            now=now,
            today=self.day(now),
            product=lambda id: None,
            record=record,
            by_person=by_person,
        )
        try:
            check_state(record, rule, self.policy, _WHAT[kind])
            if kind == "change_items":
                check_items(record, rules.change_items)
            elif kind == "change_payment":
                check_payment(record, rules.change_payment)
            if kind in ("return", "exchange"):
                check_coming_back(record, rule, situation)
        except Refused as refused:
            return refused.refusal
        return None

    def still_possible(self, record: OrderRecord) -> tuple[str, ...] | None:
        """Which changes the policy allows for this order now, of those that come before delivery; () if it is too late for them.

        None where the shop's own system decides, or its policy never allows any. A payment can change only to a method that the
        customer has.
        """
        if self.policy is None or not any(getattr(self.policy.rules, kind).when for kind in _BEFORE_DELIVERY):
            return None
        kinds = _BEFORE_DELIVERY if len(record.methods) > 1 else _BEFORE_DELIVERY[:-1]
        return tuple(kind for kind in kinds if self.why_not(kind, record) is None)

    def propose(self, owner: Owner, request: Request) -> Proposal | Refusal:
        """See `OrderBackend.propose`."""
        return (self._carts if isinstance(request, CartRequest) else self._orders).propose(owner, request)

    def execute(self, owner: Owner, proposal_id: str) -> Done | Refusal:
        """Run a proposal of this owner, once: each later yes to it is answered as the first one, and nothing runs.

        See `OrderBackend.execute`.
        """
        if not storable(proposal_id):  # an id that somebody made up
            return Refusal(reason=Reason.NO_SUCH_PROPOSAL, text="There is no such change to confirm.")
        done = self._carts.execute(owner, proposal_id, proposal_id[:200])
        is_other = (
            isinstance(done, Refusal) and done.reason is Reason.NO_SUCH_PROPOSAL and self._orders is not self._carts
        )
        return self._orders.execute(owner, proposal_id, proposal_id[:200]) if is_other else done

    def withdraw(self, owner: Owner, proposal_id: str) -> Done | None:
        """See `OrderBackend.withdraw`."""
        done = self._carts.withdraw(owner, proposal_id)
        return done or (self._orders.withdraw(owner, proposal_id) if self._orders is not self._carts else None)

    def move_cart(self, visitor: Owner, customer: Owner) -> None:
        """See `DatabaseBackend.move_cart`."""
        self._carts.move_cart(visitor, customer)
