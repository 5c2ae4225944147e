"""The state machine of orders under random use by three people, and thousands of attempts on somebody else's orders."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, event, func, select, update

from assistant.actions.database_backend import DatabaseBackend
from assistant.actions.order import OrderStatus
from assistant.actions.order_record import MoneyState, Payment, Refund
from assistant.actions.orders import Orders
from assistant.actions.owner import Owner
from assistant.actions.proposal import Done, Proposal
from assistant.actions.refusal import Reason, Refusal
from assistant.actions.requests import (
    AddToCart,
    Cancel,
    ChangeAddress,
    ChangeItems,
    ChangePayment,
    Exchange,
    Pieces,
    RemoveFromCart,
    Request,
    Return,
    ReturnLabel,
    Swap,
)
from assistant.order_tables import (
    AddressRow,
    AuditRow,
    CartLineRow,
    OrderLineRow,
    OrderRow,
    PaymentMethodRow,
    PaymentRow,
    RefundRow,
    ReturnRow,
)
from retrieval.store.database import open_database, reading, table_of, writing
from retrieval.store.tables import ProductRow
from tests.unit.actions.order_desk import ADA, BO, HOME, ORDERS, WORK, Clock, desk, fill, order, policy, usd

VISITOR = Owner(visitor_id="v-1")
BY_CODE = Owner(customer_id="C-1", order_id="A-1")
PEOPLE = (ADA, BO, VISITOR, BY_CODE)
METHODS = ("", "card-1", "gift-1", "nothing")

owners = st.sampled_from([ADA, ADA, *PEOPLE])
orders = st.sampled_from(["A-1", "A-3", "A-4", "B-1", "B-2"])
products = st.sampled_from(["shirt-red", "mug", "shirt-blue", "socks"])
methods = st.sampled_from(METHODS)
pieces = st.builds(Pieces, product_id=st.sampled_from(["mug", "shirt-red"]), quantity=st.integers(1, 3))
swaps = st.one_of(
    st.builds(Swap, product_id=st.just("shirt-red"), new_product_id=st.sampled_from(["shirt-blue", "shirt-green"])),
    st.builds(Swap, product_id=products, quantity=st.integers(1, 2), new_product_id=products | st.just("")),
)
requests = st.one_of(
    st.builds(Cancel, order=orders, reason=st.sampled_from(["", "fraud", "bored"])),
    st.builds(ChangeAddress, order=orders, address=st.sampled_from([HOME, WORK])),
    st.builds(
        ChangeItems, order=orders, swaps=st.lists(swaps, max_size=2).map(tuple),
        added=st.lists(pieces, max_size=1).map(tuple), payment_method=methods,
    ),
    st.builds(ChangePayment, order=orders, payment_method=st.sampled_from(METHODS[1:])),
    st.builds(Return, order=orders, items=st.lists(pieces, max_size=2).map(tuple), refund_to=methods),
    st.builds(Exchange, order=orders, swaps=st.lists(swaps, max_size=2).map(tuple), payment_method=methods),
    st.builds(ReturnLabel, order=orders),
    st.builds(AddToCart, product_id=products, quantity=st.integers(1, 3)),
    st.builds(RemoveFromCart, product_id=products),
)  # fmt: skip

gift_requests = st.one_of(
    st.builds(
        ChangeItems, order=st.sampled_from(["A-1", "A-4"]), payment_method=st.just("gift-1"),
        added=st.builds(Pieces, product_id=st.just("mug"), quantity=st.integers(1, 4)).map(lambda added: (added,)),
    ),
    st.builds(ChangePayment, order=st.sampled_from(["A-1", "A-4"]), payment_method=st.sampled_from(["gift-1", "card-1"])),
    st.builds(
        Return, order=st.just("A-3"), refund_to=st.just("gift-1"),
        items=st.builds(Pieces, product_id=st.sampled_from(["mug", "shirt-red"])).map(lambda item: (item,)),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """A proposal, who saw it, and what they asked."""

    proposal: Proposal
    owner: Owner
    request: Request


class OrderMachine(RuleBasedStateMachine):
    """Three people propose, confirm, wait and change their minds, while prices and the shop's file change."""

    template: Path

    shown = Bundle("shown")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="aisle-machine-"))
        self.engine = hurried(open_database(f"sqlite:///{shutil.copy(self.template, self.folder / 'aisle.db')}"))
        self.clock = Clock()
        self.backend = DatabaseBackend(self.engine, policy(self.folder), self.clock)
        self.runs: dict[str, int] = {}
        self.open: dict[str, Proposal] = {}
        self.keys = 0

    def teardown(self) -> None:
        self.engine.dispose()
        shutil.rmtree(self.folder)

    @rule(target=shown, owner=owners, request=requests)
    def propose(self, owner: Owner, request: Request) -> Shown | MultipleResults[Shown]:
        before, replaced = contents(self.engine), self.open.pop(owner.key, None)
        found = self.backend.propose(owner, request)
        assert contents(self.engine) == before, "a proposal changed something"
        assert found.cancels == (replaced.id if replaced else "")
        if isinstance(found, Refusal):
            return multiple()
        if found.change.order_id:
            assert customer_of(found.change.order_id) == owner.customer_id
            assert owner.order_id in ("", found.change.order_id)
        assert all(found.lines())
        self.open[owner.key] = found
        return Shown(found, owner, request)

    @rule(seen=shown, same_key=st.booleans())
    def confirm(self, seen: Shown, same_key: bool) -> None:
        """Confirm what was once shown, with a new key or the last one."""
        self.keys += not same_key
        self._confirm(seen.proposal, seen.owner)

    @rule(seen=shown, by=owners)
    def confirm_what_somebody_saw(self, seen: Shown, by: Owner) -> None:
        self.keys += 1
        self._confirm(seen.proposal, by)

    @rule(owner=owners, request=requests)
    def change(self, owner: Owner, request: Request) -> None:
        """Propose and confirm with nothing in between: that always runs."""
        seen = self.propose(owner, request)
        if isinstance(seen, Shown):
            self.keys += 1
            self._confirm(seen.proposal, owner)
            assert seen.proposal.id in self.runs

    @rule(request=gift_requests)
    def change_with_the_gift_card(self, request: Request) -> None:
        self.change(ADA, request)

    @rule(owner=owners, request=requests, status=st.sampled_from(OrderStatus), refunded=st.booleans())
    def change_of_an_order_that_the_shop_changes_too(
        self, owner: Owner, request: Request, status: OrderStatus, refunded: bool
    ) -> None:
        """What the shop's file changes between proposal and yes keeps the proposal from running."""
        seen = self.propose(owner, request)
        if isinstance(seen, Shown) and seen.proposal.change.order_id:
            before = contents(self.engine)
            self.import_order(seen.proposal.change.order_id, status, refunded)
            has_changed = contents(self.engine) != before
            self.keys += 1
            self._confirm(seen.proposal, owner)
            assert (seen.proposal.id in self.runs) != has_changed

    def _confirm(self, proposal: Proposal, by: Owner) -> None:
        before, is_open = contents(self.engine), self.open.get(by.key) == proposal
        found = self.backend.execute(by, proposal.id, f"key {self.keys}")
        if isinstance(found, Refusal) or found.repeated:
            assert contents(self.engine) == before, "something changed without a yes"
            if is_open and isinstance(found, Refusal) and found.reason is not Reason.KEY_USED:
                self.open.pop(by.key)
            return
        assert is_open, "a proposal ran that was replaced, withdrawn, or somebody else's"
        assert self.clock.now < proposal.expires
        assert found.change == proposal.change, "not what was shown"
        self.open.pop(by.key)
        self.runs[proposal.id] = self.runs.get(proposal.id, 0) + 1
        changed = {identity for identity, rows in contents(self.engine).items() if before[identity] != rows}
        assert changed <= {proposal.change.order_id}, "another order changed"

    @rule(seen=shown, by=owners)
    def withdraw(self, seen: Shown, by: Owner) -> None:
        self.backend.withdraw(by, seen.proposal.id)
        if self.open.get(by.key) == seen.proposal:
            self.open.pop(by.key)

    @rule(minutes=st.sampled_from([1, 4, 11]))
    def wait(self, minutes: int) -> None:
        self.clock.wait(minutes=minutes)

    @rule(product=products, price=st.sampled_from(["8.00", "20.00", "31.00"]))
    def reprice(self, product: str, price: str) -> None:
        with writing(self.engine) as connection:
            connection.execute(update(ProductRow).where(ProductRow.id == product).values(price=Decimal(price)))

    @rule(identity=orders, status=st.sampled_from(OrderStatus), refunded=st.booleans())
    def import_order(self, identity: str, status: OrderStatus, refunded: bool) -> None:
        known = next(each for each in ORDERS if each.id == identity)
        more: dict[str, Any] = {"refunded": date(2026, 11, 19)} if refunded else {}
        Orders(self.engine).upsert([order(identity, status, known.customer_id, payment=known.payment, **more)])

    @invariant()
    def a_proposal_runs_at_most_once(self) -> None:
        assert all(count == 1 for count in self.runs.values())
        with reading(self.engine) as connection:
            assert connection.scalar(select(func.count()).select_from(AuditRow)) == len(self.runs)

    @invariant()
    def money_is_kept(self) -> None:
        """Refunds never exceed what was paid; what left a gift card paid for something, and what came to it was a refund."""
        moved = Decimal(0)
        for found in self.backend.find(ADA, limit=100):
            back = sum((refund.amount.amount for refund in found.refunds), Decimal(0))
            assert back <= found.paid
            assert found.left == found.paid - back
            assert all(move.amount.amount >= 0 for move in (*found.refunds, *found.payments))
            assert all(line.quantity > 0 for line in found.order.lines)
            moved += gift(found.refunds) - gift(found.payments)
            card = found.method("gift-1")
        assert card is not None
        assert card.balance == usd(str(Decimal("30.00") + moved))
        assert card.balance.amount >= 0


def hurried(engine: Engine) -> Engine:
    """A SQLite engine that does not wait for the disk."""
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    engine.dispose()
    return engine


def gift(moves: Iterable[Payment | Refund]) -> Decimal:
    """What moved with the gift card since the first import."""
    counted = (move for move in moves if move.method_id == "gift-1" and move.reason != "order")
    return sum((move.amount.amount for move in counted if move.state is MoneyState.DONE), Decimal(0))


def customer_of(identity: str) -> str:
    """Whose order it is."""
    return next(each.customer_id for each in ORDERS if each.id == identity)


def contents(engine: Engine) -> dict[str, list[Any]]:
    """All rows of each order."""
    found: dict[str, list[Any]] = {}
    with reading(engine) as connection:
        for row in connection.execute(select(table_of(OrderRow)).order_by(OrderRow.id)):
            found[row.id] = [row]
        for table in (OrderLineRow, PaymentRow, RefundRow, ReturnRow):
            rows = table_of(table)
            for row in connection.execute(select(rows).order_by(*rows.primary_key)):
                found[row.order_id].append(row)
    return found


def test_orders_hold_under_random_use(sqlite_template: Path, tmp_path: Path) -> None:
    OrderMachine.template = Path(shutil.copy(sqlite_template, tmp_path / "filled.db"))
    engine = open_database(f"sqlite:///{OrderMachine.template}")
    fill(engine)
    engine.dispose()
    often = settings(max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(OrderMachine, settings=often)


ATTEMPTS = 5_000
STRANGERS = (BO, Owner(visitor_id="v-1"), Owner(visitor_id="C-1"), Owner(customer_id="C-1 "), Owner(customer_id="c-1"),
             Owner(customer_id="C-%"), Owner(customer_id="C-2", order_id="A-1"), Owner(customer_id="' OR '1'='1"),
             BY_CODE)  # fmt: skip
SPELLINGS = (
    "A-4",
    "a4",
    "#A-4",
    "4",
    "A-3",
    "A%",
    "_-4",
    "' OR 1=1 --",
    "A-4\x00",
    "C-1",
    "A-4; DELETE FROM orders",
    "Ａ-4",
)


def attempt(backend: DatabaseBackend, stranger: Owner, target: Proposal, chance: random.Random) -> bool:
    """One attempt on an order of C-1 that is not theirs; true if anything of it was seen or changed."""
    name = chance.choice(SPELLINGS)
    match chance.randrange(6):
        case 0:
            return any(each.order.customer_id == "C-1" for each in backend.find(stranger, name))
        case 1:
            return any(each.order.id != stranger.order_id for each in backend.find(stranger)) and stranger is not BO
        case 2:
            found = backend.execute(stranger, target.id, chance.choice(["k", target.id, f"{chance.random()}"]))
            return isinstance(found, Done)
        case 3:
            backend.withdraw(stranger, target.id)
            return False
        case 4:
            return bool(backend.cart(stranger))
    request: Request = chance.choice(
        [
            Cancel(order=name),
            ChangeAddress(order=name, address=WORK),
            ChangePayment(order=name, payment_method="gift-1"),
            Return(order=name, items=(Pieces(product_id="mug"),), refund_to="gift-1"),
            ChangeItems(order=name, swaps=(Swap(product_id="mug"),)),
        ]
    )
    proposal = backend.propose(stranger, request)
    if isinstance(proposal, Proposal):
        return isinstance(backend.execute(stranger, proposal.id, proposal.id), Done)
    return False


def test_no_attempt_on_somebody_elses_orders_succeeds(engine: Engine, tmp_path: Path) -> None:
    backend = desk(engine, policy(tmp_path), Clock())
    bought = backend.propose(ADA, AddToCart(product_id="mug"))
    assert isinstance(bought, Proposal)
    backend.execute(ADA, bought.id, "k")
    target = backend.propose(ADA, Cancel(order="A-4"))
    assert isinstance(target, Proposal)
    before, chance = everything(engine), random.Random(1)
    count = ATTEMPTS if engine.dialect.name == "sqlite" else ATTEMPTS // 10
    succeeded = [number for number in range(count) if attempt(backend, chance.choice(STRANGERS), target, chance)]
    assert succeeded == []
    assert everything(engine) == before
    assert isinstance(backend.execute(ADA, target.id, "k2"), Done)


def everything(engine: Engine) -> list[Any]:
    """All rows that say something of orders, money, addresses and what was done."""
    tables = (
        OrderRow,
        OrderLineRow,
        PaymentRow,
        RefundRow,
        ReturnRow,
        AddressRow,
        PaymentMethodRow,
        AuditRow,
        CartLineRow,
    )
    with reading(engine) as connection:
        return [
            row
            for table in map(table_of, tables)
            for row in connection.execute(select(table).order_by(*table.primary_key))
        ]


def test_many_confirmations_at_once_run_once(engine: Engine, tmp_path: Path) -> None:
    backend = desk(engine, policy(tmp_path), Clock())
    proposal = backend.propose(ADA, Cancel(order="A-4"))
    assert isinstance(proposal, Proposal)
    with ThreadPoolExecutor(8) as pool:
        keys = [f"key {number // 2}" for number in range(8)]
        answers = list(pool.map(lambda key: backend.execute(ADA, proposal.id, key), keys))
    ran = [answer for answer in answers if isinstance(answer, Done) and not answer.repeated]
    assert len(ran) == 1
    (found,) = backend.find(ADA, "A-4")
    gift_card = found.method("gift-1")
    assert gift_card is not None
    assert gift_card.balance == usd("89.00")
