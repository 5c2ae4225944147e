"""DatabaseBackend: orders and carts in Aisle's own database. Each call is one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, tzinfo

from sqlalchemy import Connection, Engine, RowMapping, delete, func, insert, select, update

from assistant.actions.change import CartLine, Change
from assistant.actions.change_writer import write_change
from assistant.actions.changes.cart import cart_line
from assistant.actions.changes.change_for import change_for
from assistant.actions.order_record import OrderRecord
from assistant.actions.order_rows import default_address, owned_records
from assistant.actions.orders import named_record
from assistant.actions.owner import Owner
from assistant.actions.policy import Policy
from assistant.actions.proposal import PROPOSAL_LIFE, Done, Proposal
from assistant.actions.refusal import Reason, Refusal
from assistant.actions.requests import REQUEST, CartRequest, ChangeDefaultAddress, Request
from assistant.actions.situation import Situation
from assistant.order_tables import AuditRow, CartLineRow, OrderRow, ProposalRow
from retrieval.catalog.product import Product
from retrieval.clock import utc_now
from retrieval.store.database import reading, storable, table_of, writing
from retrieval.store.rows import product_of
from retrieval.store.tables import ProductRow
from retrieval.store.versions import Kind, raise_version

_OPEN, _DONE = "open", "done"
_LONGEST_KEY = 200
_WHY = {
    Reason.NOT_SIGNED_IN: "Orders and accounts are shown and changed once you have signed in.",
    Reason.NO_SUCH_PROPOSAL: "There is no such change to confirm.",
    Reason.ALREADY_DONE: "This change was already made.",
    Reason.KEY_USED: "This confirmation belongs to another change, so nothing was done.",
    Reason.EXPIRED: "More than ten minutes have passed since the change was shown, so it was not made.",
    Reason.STALE: "Something has changed since the change was shown, so it was not made.",
    Reason.REPLACED: "Something else was asked in between, so this change was not made.",
    Reason.WITHDRAWN: "This change was cancelled before it was made.",
}


class DatabaseBackend:
    """An OrderBackend on one database; it keeps the carts too. Every method raises StoreError where the database fails.

    `policy` says what is allowed, and `zone` is where the shop counts its days.
    """

    def __init__(
        self, engine: Engine, policy: Policy, clock: Callable[[], datetime] = utc_now, zone: tzinfo = UTC
    ) -> None:
        self._engine, self._policy, self._clock, self._zone = engine, policy, clock, zone

    def find(self, owner: Owner, order: str = "", limit: int = 20) -> tuple[OrderRecord, ...]:
        """The owner's order that `order` names, or without one their newest orders, newest first."""
        with reading(self._engine) as connection:
            if order:
                found = _named(connection, owner, order)
                return (found,) if found else ()
            if not owner.customer_id:
                return ()
            only = OrderRow.id == owner.order_id if owner.order_id else None
            records = owned_records(connection, owner.customer_id, only, limit)
            return tuple(_as_proved(record) for record in records) if owner.order_id else records

    def cart(self, owner: Owner) -> tuple[CartLine, ...]:
        """What is in the owner's cart, at today's prices; what the shop no longer sells is left out."""
        with reading(self._engine) as connection:
            return _cart(connection, owner, self._clock())

    def propose(self, owner: Owner, request: Request) -> Proposal | Refusal:
        """Work out and keep the change that `request` asks for; the owner's open proposal is cancelled as replaced."""
        now = self._clock()
        with writing(self._engine) as connection:
            _wait_for_turn(connection, owner)
            cancels = _replace_open(connection, owner)
            if owner.visitor_id and not isinstance(request, CartRequest):
                return _refused(Reason.NOT_SIGNED_IN).model_copy(update={"cancels": cancels})
            _, worked_out = self._work_out(connection, owner, request, now)
            if isinstance(worked_out, Refusal):
                return worked_out.model_copy(update={"cancels": cancels})
            proposal = Proposal(
                id=secrets.token_urlsafe(16), change=worked_out, made=now, expires=now + PROPOSAL_LIFE, cancels=cancels
            )
            _keep(connection, owner, request, proposal)
            return proposal

    def execute(self, owner: Owner, proposal_id: str, key: str) -> Done | Refusal:
        """Run a proposal once, in one transaction with its row in the audit. Raises ValueError for an unusable key."""
        if not key or len(key) > _LONGEST_KEY or not storable(key):
            raise ValueError(f"an idempotency key has 1 to {_LONGEST_KEY} characters of text")
        with writing(self._engine) as connection:
            _wait_for_turn(connection, owner)
            if used := _used_for(connection, owner, key):
                return used if used.proposal_id == proposal_id else _refused(Reason.KEY_USED)
            row = _kept(connection, owner, proposal_id)
            if row is None:
                return _refused(Reason.NO_SUCH_PROPOSAL)
            if row["state"] != _OPEN:
                return _refused(Reason.ALREADY_DONE if row["state"] == _DONE else Reason(row["state"]))
            return self._run(connection, owner, row, key)

    def withdraw(self, owner: Owner, proposal_id: str) -> Done | None:
        """Cancel the owner's open proposal with this id; what it did, if it was executed before."""
        with writing(self._engine) as connection:
            row = _kept(connection, owner, proposal_id)
            if row is not None and row["state"] == _OPEN:
                _end(connection, proposal_id, Reason.WITHDRAWN)
            return Done.model_validate(row["outcome"]) if row is not None and row["state"] == _DONE else None

    def move_cart(self, visitor: Owner, customer: Owner) -> None:
        """Put what is in a visitor's cart into that of the customer who has signed in; the visitor's is empty then.

        Pieces of one product are added up, to as many as the policy lets a cart have.
        """
        most = self._policy.rules.cart.most
        with writing(self._engine) as connection:
            _wait_for_turn(connection, customer)
            lines = table_of(CartLineRow)
            moved = connection.execute(select(lines).where(lines.c.owner == visitor.key)).mappings().all()
            for row in moved:
                this_line = (lines.c.owner == customer.key) & (lines.c.product_id == row["product_id"])
                held = connection.scalar(select(lines.c.quantity).where(this_line))
                if held is None:
                    connection.execute(insert(lines).values({**row, "owner": customer.key}))
                else:
                    quantity = max(held, min(held + row["quantity"], most))
                    connection.execute(update(lines).where(this_line).values(quantity=quantity))
            if moved:
                connection.execute(delete(lines).where(lines.c.owner == visitor.key))

    def _run(self, connection: Connection, owner: Owner, row: RowMapping, key: str) -> Done | Refusal:
        """Execute the open proposal in `row`, unless it is too old or would no longer do what was shown."""
        now, proposal_id = self._clock(), row["id"]
        if now >= row["expires"]:
            return _end(connection, proposal_id, Reason.EXPIRED)
        shown = Change.model_validate(row["change"])
        record, worked_out = self._work_out(connection, owner, REQUEST.validate_python(row["request"]), now)
        if worked_out != shown:
            return _end(connection, proposal_id, Reason.STALE)
        write_change(connection, owner, record, shown, now, self._today(now))
        done = Done(proposal_id=proposal_id, change=shown, time=now)
        this_row = ProposalRow.id == proposal_id
        outcome = done.model_dump(mode="json")
        connection.execute(
            update(ProposalRow).where(this_row).values(state=_DONE, idempotency_key=key, outcome=outcome)
        )
        connection.execute(
            insert(AuditRow).values(
                time=now,
                actor=owner.actor,
                owner=owner.key,
                order_id=shown.order_id,
                action=shown.kind,
                proposal_id=proposal_id,
                change=shown.model_dump(mode="json"),
            )
        )
        if shown.order_id:
            raise_version(connection, Kind.ORDERS)
        return done

    def _work_out(
        self, connection: Connection, owner: Owner, request: Request, now: datetime
    ) -> tuple[OrderRecord | None, Change | Refusal]:
        """The order that is meant, and what `request` would change now."""
        record = address = None
        cart: tuple[CartLine, ...] = ()
        if isinstance(request, CartRequest):
            cart = _cart(connection, owner, now)
        elif isinstance(request, ChangeDefaultAddress):
            if owner.order_id:
                return None, _refused(Reason.NOT_SIGNED_IN)
            address = default_address(connection, owner.customer_id)
        else:
            record = _named(connection, owner, request.order, lock=True)
        situation = Situation(
            policy=self._policy,
            now=now,
            today=self._today(now),
            product=lambda product_id: _product(connection, product_id),
            record=record,
            default_address=address,
            cart=cart,
            by_person=owner.is_person,
        )
        return record, change_for(request, situation)

    def _today(self, now: datetime) -> date:
        return now.astimezone(self._zone).date()


def _wait_for_turn(connection: Connection, owner: Owner) -> None:
    """Changes of one owner run one after the other; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(owner.key, 0))))


def _named(connection: Connection, owner: Owner, order: str, lock: bool = False) -> OrderRecord | None:
    if not owner.customer_id:
        return None
    found = named_record(connection, owner.customer_id, order, lock)
    if found is None or not owner.order_id:
        return found
    return _as_proved(found) if found.order.id == owner.order_id else None


def _as_proved(record: OrderRecord) -> OrderRecord:
    """The order for who has proved it alone: payment methods of the account that it was not paid with are not theirs to see."""
    used = {payment.method_id for payment in record.payments}
    return replace(record, methods=tuple(method for method in record.methods if method.id in used))


def _product(connection: Connection, product_id: str) -> Product | None:
    if not storable(product_id):
        return None
    query = select(table_of(ProductRow)).where(ProductRow.id == product_id)
    row = connection.execute(query).mappings().first()
    return None if row is None else product_of(row)


def _cart(connection: Connection, owner: Owner, now: datetime) -> tuple[CartLine, ...]:
    query = (
        select(CartLineRow.quantity.label("in_cart"), table_of(ProductRow))
        .join(ProductRow, ProductRow.id == CartLineRow.product_id)
        .where(CartLineRow.owner == owner.key)
        .order_by(CartLineRow.added, CartLineRow.product_id)
    )
    return tuple(cart_line(product_of(row), row["in_cart"], now) for row in connection.execute(query).mappings())


def _replace_open(connection: Connection, owner: Owner) -> str:
    """Cancel the owner's open proposal; its id, "" if there was none."""
    is_open = (ProposalRow.owner == owner.key) & (ProposalRow.state == _OPEN)
    found = connection.scalar(select(ProposalRow.id).where(is_open))
    if found is not None:
        connection.execute(update(ProposalRow).where(is_open).values(state=Reason.REPLACED.value))
    return found or ""


def _keep(connection: Connection, owner: Owner, request: Request, proposal: Proposal) -> None:
    connection.execute(
        insert(ProposalRow).values(
            id=proposal.id,
            owner=owner.key,
            order_id=proposal.change.order_id,
            request=request.model_dump(mode="json"),
            change=proposal.change.model_dump(mode="json"),
            made=proposal.made,
            expires=proposal.expires,
            state=_OPEN,
        )
    )


def _kept(connection: Connection, owner: Owner, proposal_id: str) -> RowMapping | None:
    if not storable(proposal_id):
        return None
    owned = (ProposalRow.owner == owner.key) & (ProposalRow.id == proposal_id)
    return connection.execute(select(table_of(ProposalRow)).where(owned).with_for_update()).mappings().first()


def _used_for(connection: Connection, owner: Owner, key: str) -> Done | None:
    """What was done with this key of this owner."""
    used = (ProposalRow.owner == owner.key) & (ProposalRow.idempotency_key == key)
    outcome = connection.scalar(select(ProposalRow.outcome).where(used))
    return None if outcome is None else Done.model_validate(outcome).model_copy(update={"repeated": True})


def _end(connection: Connection, proposal_id: str, reason: Reason) -> Refusal:
    """Close a proposal for `reason`; it can never run."""
    connection.execute(update(ProposalRow).where(ProposalRow.id == proposal_id).values(state=reason.value))
    return _refused(reason)


def _refused(reason: Reason) -> Refusal:
    return Refusal(reason=reason, text=_WHY[reason])
