"""Each change: what is proposed, what is written, what is refused and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, update

from assistant.actions.address import Address
from assistant.actions.change import Direction
from assistant.actions.database_backend import DatabaseBackend
from assistant.actions.order import OrderLine, OrderStatus
from assistant.actions.order_record import MoneyState, OrderRecord
from assistant.actions.orders import Orders
from assistant.actions.owner import Owner
from assistant.actions.policy import Policy
from assistant.actions.proposal import Done, Proposal
from assistant.actions.reads import after_business_days, checkout_link, delivery_estimate, invoice, refund_status
from assistant.actions.refusal import Reason, Refusal
from assistant.actions.requests import (
    AddToCart,
    Cancel,
    ChangeAddress,
    ChangeDefaultAddress,
    ChangeItems,
    ChangePayment,
    Exchange,
    Pieces,
    RemoveFromCart,
    Request,
    Return,
    ReturnLabel,
    SetInCart,
    Swap,
)
from assistant.order_tables import AddressRow, AuditRow, ProposalRow
from retrieval.catalog.product import Availability
from retrieval.store.database import reading, writing
from retrieval.store.records import Records
from retrieval.store.tables import ProductRow
from tests.unit.actions.order_desk import ADA, BO, HOME, NOON, POLICY, WORK, Clock, desk, order, policy, usd


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def backend(engine: Engine, tmp_path: Path, clock: Clock) -> DatabaseBackend:
    return desk(engine, policy(tmp_path), clock)


def record(backend: DatabaseBackend, identity: str = "A-1", owner: Owner = ADA) -> OrderRecord:
    (found,) = backend.find(owner, identity)
    return found


def proposed(backend: DatabaseBackend, request: Request, owner: Owner = ADA) -> Proposal:
    found = backend.propose(owner, request)
    assert isinstance(found, Proposal), found
    return found


def done(backend: DatabaseBackend, request: Request, owner: Owner = ADA) -> Done:
    proposal = proposed(backend, request, owner)
    found = backend.execute(owner, proposal.id, f"key {proposal.id}")
    assert isinstance(found, Done), found
    return found


def refused(backend: DatabaseBackend, request: Request, owner: Owner = ADA) -> Reason:
    found = backend.propose(owner, request)
    assert isinstance(found, Refusal), found
    assert found.text.endswith(".")
    return found.reason


def balance(found: OrderRecord) -> Decimal:
    gift = found.method("gift-1")
    assert gift is not None
    assert gift.balance is not None
    return gift.balance.amount


def test_cancelling_refunds_what_was_paid_to_what_paid(backend: DatabaseBackend) -> None:
    proposal = proposed(backend, Cancel(order="a1", reason="changed my mind"))
    assert proposal.lines() == (
        "Cancel order A-1",
        "Reason: changed my mind.",
        "$59.00 goes back to Visa ending in 4242 in 5 to 7 business days.",
    )
    assert record(backend).order.status is OrderStatus.PROCESSING
    found = backend.execute(ADA, proposal.id, "yes")
    assert isinstance(found, Done)
    assert found.lines()[0] == "Order A-1 is cancelled."
    after = record(backend)
    assert (after.order.status, after.cancel_reason, after.left) == (OrderStatus.CANCELLED, "changed my mind", 0)
    (status,) = refund_status(after, Policy())
    assert (status.amount, status.state, status.arrives_by) == (usd("59.00"), MoneyState.DUE, date(2026, 12, 1))
    assert refused(backend, Cancel(order="A-1")) is Reason.WRONG_STATE


def test_a_gift_card_is_credited_at_once(backend: DatabaseBackend) -> None:
    assert balance(record(backend, "A-4")) == Decimal("30.00")
    assert "$59.00 goes back to Gift card at once." in done(backend, Cancel(order="A-4")).lines()
    after = record(backend, "A-4")
    assert balance(after) == Decimal("89.00")
    assert after.order.refunded == NOON.date()


def test_a_cancellation_fee_is_kept(engine: Engine, tmp_path: Path, clock: Clock) -> None:
    backend = desk(engine, policy(tmp_path, POLICY.replace("person_for: [fraud]", "fee: 4.95")), clock)
    lines = proposed(backend, Cancel(order="A-1")).lines()
    assert "$54.05 goes back to Visa ending in 4242 in 5 to 7 business days." in lines
    assert "A fee of $4.95 is kept." in lines
    done(backend, Cancel(order="A-1"))
    assert record(backend).left == Decimal("4.95")


def test_reasons_that_are_needed_or_need_a_person(engine: Engine, tmp_path: Path, clock: Clock) -> None:
    text = POLICY.replace("person_for: [fraud]", "person_for: [Fraud]\n  reasons: [no longer needed, mistake]")
    backend = desk(engine, policy(tmp_path, text), clock)
    assert refused(backend, Cancel(order="A-1")) is Reason.REASON_NEEDED
    assert refused(backend, Cancel(order="A-1", reason="bored")) is Reason.REASON_NEEDED
    assert refused(backend, Cancel(order="A-1", reason="fraud")) is Reason.NEEDS_PERSON
    assert (
        refused(backend, Return(order="A-3", items=(Pieces(product_id="mug"),), reason="Broken")) is Reason.NEEDS_PERSON
    )
    done(backend, Cancel(order="A-1", reason="Mistake"))


def test_a_refusal_names_the_section_of_the_policy(backend: DatabaseBackend) -> None:
    found = backend.propose(ADA, Cancel(order="A-2"))
    assert isinstance(found, Refusal)
    assert (found.reason, found.section) == (Reason.WRONG_STATE, "Cancelling")
    assert found.text == "Order A-2 is on its way, so it can no longer be cancelled."


def test_changing_the_address_of_an_order(backend: DatabaseBackend) -> None:
    proposal = proposed(backend, ChangeAddress(order="A-1", address=WORK))
    assert proposal.lines() == (
        "Send order A-1 to another address",
        "New address: 1 High Street, Floor 3, Leeds, LS1 1AA, UK.",
        "Until now: 12 Mill Lane, Bath, BA1 1AA, UK.",
        "No money moves.",
    )
    done(backend, ChangeAddress(order="A-1", address=WORK))
    assert record(backend).order.address == WORK
    assert record(backend, "A-2").order.address == HOME
    assert refused(backend, ChangeAddress(order="A-1", address=WORK)) is Reason.NOTHING_CHANGES
    assert refused(backend, ChangeAddress(order="A-2", address=WORK)) is Reason.WRONG_STATE
    blank = replace(WORK, city=" ", country="")
    assert refused(backend, ChangeAddress(order="A-1", address=blank)) is Reason.ADDRESS_INCOMPLETE


def test_changing_the_accounts_address_leaves_orders_alone(engine: Engine, backend: DatabaseBackend) -> None:
    def defaults() -> list[str]:
        with reading(engine) as connection:
            return list(connection.scalars(select(AddressRow.line1).where(AddressRow.is_default)))

    for address in (WORK, HOME):
        done(backend, ChangeDefaultAddress(address=address))
        assert defaults() == [address.line1]
        assert refused(backend, ChangeDefaultAddress(address=address)) is Reason.NOTHING_CHANGES
    assert record(backend).order.address == HOME


def test_swapping_for_a_dearer_variant_charges_the_difference(backend: DatabaseBackend) -> None:
    request = ChangeItems(order="A-1", swaps=(Swap(product_id="shirt-red", quantity=1, new_product_id="shirt-blue"),))
    assert proposed(backend, request).lines() == (
        "Change the items of order A-1",
        "Shirt, red ($20.00) becomes Shirt, blue ($26.00).",
        "$6.00 is charged to Visa ending in 4242.",
        "The order's total is then $65.00.",
    )
    done(backend, request)
    after = record(backend)
    assert after.order.lines[:3] == (
        OrderLine("shirt-red", "Shirt, red", 1, usd("20.00")),
        OrderLine("shirt-blue", "Shirt, blue", 1, usd("26.00")),
        OrderLine("mug", "Mug", 1, usd("10.00")),
    )
    assert (after.order.total, after.paid, after.item_changes) == (usd("65.00"), Decimal("65.00"), 1)


def test_taking_out_and_adding_items(backend: DatabaseBackend) -> None:
    request = ChangeItems(
        order="A-1",
        swaps=(Swap(product_id="mug"), Swap(product_id="shirt-red", quantity=2, new_product_id="shirt-green")),
        added=(Pieces(product_id="socks", quantity=2),),
        payment_method="gift-1",
    )
    lines = proposed(backend, request).lines()
    assert "$15.00 goes back to Gift card at once." in lines
    assert "2 × Socks ($5.00) is added." in lines
    done(backend, request)
    after = record(backend)
    assert [(line.product_id, line.quantity) for line in after.order.lines] == [
        ("shirt-green", 2), ("socks", 1), ("socks", 2)
    ]  # fmt: skip
    assert (after.order.total, balance(after)) == (usd("44.00"), Decimal("45.00"))


@pytest.mark.parametrize(
    ("swap", "reason"),
    [
        (Swap(product_id="shirt-red", quantity=3, new_product_id="shirt-blue"), Reason.NO_SUCH_ITEM),
        (Swap(product_id="shirt-blue", new_product_id="shirt-red"), Reason.NO_SUCH_ITEM),
        (Swap(product_id="mug", new_product_id="jug"), Reason.NO_SUCH_PRODUCT),
        (Swap(product_id="mug", new_product_id="yen"), Reason.NO_SUCH_PRODUCT),
        (Swap(product_id="shirt-red", new_product_id="shirt-grey"), Reason.OUT_OF_STOCK),
        (Swap(product_id="shirt-red", quantity=2, new_product_id="shirt-white"), Reason.OUT_OF_STOCK),
        (Swap(product_id="shirt-red", new_product_id="x\x00"), Reason.NO_SUCH_PRODUCT),
    ],
)
def test_swaps_that_cannot_be(backend: DatabaseBackend, swap: Swap, reason: Reason) -> None:
    assert refused(backend, ChangeItems(order="A-1", swaps=(swap,))) is reason


def test_item_changes_that_leave_nothing_or_say_nothing(backend: DatabaseBackend) -> None:
    assert refused(backend, ChangeItems(order="A-1")) is Reason.NOTHING_CHANGES
    everything = (Swap(product_id="shirt-red", quantity=2), Swap(product_id="mug"), Swap(product_id="socks"))
    assert refused(backend, ChangeItems(order="A-1", swaps=everything)) is Reason.NOTHING_LEFT


def test_only_options_once_and_then_closed(engine: Engine, tmp_path: Path, clock: Clock) -> None:
    text = POLICY.replace("only_options: false", "only_options: true\n  times: 1\n  final: true")
    backend = desk(engine, policy(tmp_path, text), clock)
    other = ChangeItems(order="A-1", swaps=(Swap(product_id="mug", new_product_id="socks"),))
    assert refused(backend, other) is Reason.OTHER_PRODUCT
    assert refused(backend, ChangeItems(order="A-1", swaps=(Swap(product_id="mug"),))) is Reason.NOT_OFFERED
    swap = ChangeItems(order="A-1", swaps=(Swap(product_id="shirt-red", new_product_id="shirt-blue"),))
    assert "Afterwards the order can no longer be changed or cancelled." in proposed(backend, swap).lines()
    done(backend, swap)
    for request in (swap, Cancel(order="A-1"), ChangeAddress(order="A-1", address=WORK)):
        assert refused(backend, request) is Reason.CLOSED


def test_changing_the_payment_method(backend: DatabaseBackend) -> None:
    assert refused(backend, ChangePayment(order="A-1", payment_method="gift-1")) is Reason.BALANCE_TOO_LOW
    assert refused(backend, ChangePayment(order="A-1", payment_method="card-1")) is Reason.SAME_PAYMENT
    assert refused(backend, ChangePayment(order="A-1", payment_method="gift-9")) is Reason.NO_SUCH_PAYMENT
    assert proposed(backend, ChangePayment(order="A-4", payment_method="card-1")).lines() == (
        "Pay for order A-4 with Visa ending in 4242",
        "$59.00 is charged to Visa ending in 4242.",
        "$59.00 goes back to Gift card at once.",
    )
    done(backend, ChangePayment(order="A-4", payment_method="card-1"))
    after = record(backend, "A-4")
    assert (after.left, balance(after)) == (Decimal("59.00"), Decimal("89.00"))
    assert after.net_by_method == {"gift-1": 0, "card-1": Decimal("59.00")}
    done(backend, ChangePayment(order="A-1", payment_method="gift-1"))
    assert balance(record(backend)) == Decimal("30.00")
    done(backend, Cancel(order="A-1"))
    assert balance(record(backend)) == Decimal("89.00")


def test_a_return_is_refunded_when_the_goods_are_back(backend: DatabaseBackend) -> None:
    request = Return(order="A-3", items=(Pieces(product_id="shirt-red"),), reason="too small")
    assert proposed(backend, request).lines() == (
        "Return from order A-3",
        "Shirt, red ($20.00) comes back.",
        "Reason: too small.",
        "$20.00 goes back to Visa ending in 4242 once the goods are back, in 5 to 7 business days.",
    )
    done(backend, request)
    after = record(backend, "A-3")
    assert after.order.status is OrderStatus.DELIVERED
    (given_back,) = after.returns
    assert (given_back.lines[0].quantity, given_back.state) == (1, "requested")
    assert (after.left, after.refunds[0].state) == (Decimal("39.00"), MoneyState.AFTER_RETURN)
    more = Return(order="A-3", items=(Pieces(product_id="shirt-red", quantity=2),))
    assert refused(backend, more) is Reason.NO_SUCH_ITEM
    done(backend, request)
    assert refused(backend, request) is Reason.NO_SUCH_ITEM


def test_shipping_is_refunded_with_the_last_item(engine: Engine, tmp_path: Path, clock: Clock) -> None:
    backend = desk(engine, policy(tmp_path, POLICY.replace("  never: [Underwear]\n", "")), clock)
    done(backend, Return(order="A-3", items=(Pieces(product_id="shirt-red", quantity=2),)))
    rest = (Pieces(product_id="mug"), Pieces(product_id="socks"))
    found = done(backend, Return(order="A-3", items=rest, refund_to="gift-1"))
    assert found.change.money[0].amount == usd("19.00")
    assert record(backend, "A-3").left == 0


def test_a_discounted_order_refunds_the_share_that_was_paid(engine: Engine, backend: DatabaseBackend) -> None:
    cheaper = order("A-5", OrderStatus.DELIVERED, total=usd("31.50"))  # half of 55.00, and 4.00 for shipping
    Orders(engine).upsert([cheaper])
    found = proposed(backend, Return(order="A-5", items=(Pieces(product_id="shirt-red", quantity=2),)))
    assert found.change.money[0].amount == usd("20.00")


def test_returns_that_cannot_be(engine: Engine, backend: DatabaseBackend, clock: Clock) -> None:
    def give_back(identity: str = "A-3", **more: object) -> Return:
        return Return.model_validate({"order": identity, "items": [{"product_id": "mug"}], **more})

    assert refused(backend, give_back("A-1")) is Reason.WRONG_STATE
    assert refused(backend, give_back(items=[])) is Reason.NOTHING_CHANGES
    assert refused(backend, give_back(items=[{"product_id": "socks"}])) is Reason.NEVER_RETURNED
    assert refused(backend, give_back(refund_to="card-9")) is Reason.NO_SUCH_PAYMENT
    Orders(engine).upsert([order("A-6", OrderStatus.DELIVERED, delivered=None)])
    assert refused(backend, give_back("A-6")) is Reason.NEEDS_PERSON
    clock.now = datetime(2026, 12, 10, 23, 59, tzinfo=UTC)
    proposed(backend, give_back())
    clock.now = datetime(2026, 12, 11, tzinfo=UTC)
    assert refused(backend, give_back()) is Reason.WINDOW_OVER


def test_a_refund_goes_only_where_the_policy_lets_it(engine: Engine, tmp_path: Path, clock: Clock) -> None:
    text = POLICY.replace("refund_to: [original, gift_card]", "refund_to: [original]")
    backend = desk(engine, policy(tmp_path, text), clock)
    items = (Pieces(product_id="mug"),)
    assert refused(backend, Return(order="A-3", items=items, refund_to="gift-1")) is Reason.REFUND_ELSEWHERE
    assert refused(backend, Return(order="A-3", items=items, refund_to="card-9")) is Reason.NO_SUCH_PAYMENT
    proposed(backend, Return(order="A-3", items=items, refund_to="card-1"))


def test_nothing_goes_back_of_an_order_that_was_refunded(engine: Engine, backend: DatabaseBackend) -> None:
    Orders(engine).upsert([order("A-3", OrderStatus.DELIVERED, refunded=NOON.date())])
    found = proposed(backend, Return(order="A-3", items=(Pieces(product_id="mug"),), refund_to="gift-1"))
    assert found.change.money == ()
    assert "No money moves." in found.lines()


def test_an_exchange_sends_another_variant_and_settles_on_return(backend: DatabaseBackend) -> None:
    request = Exchange(order="A-3", swaps=(Swap(product_id="shirt-red", new_product_id="shirt-blue"),))
    assert proposed(backend, request).lines() == (
        "Exchange from order A-3",
        "Shirt, red ($20.00) becomes Shirt, blue ($26.00).",
        "$6.00 is charged to Visa ending in 4242 once the goods are back.",
    )
    done(backend, request)
    after = record(backend, "A-3")
    assert after.returns[0].difference == 6
    assert after.returns[0].lines[0].new_product_id == "shirt-blue"
    assert after.left == Decimal("59.00")
    other = Exchange(order="A-3", swaps=(Swap(product_id="mug", new_product_id="socks"),))
    assert refused(backend, other) is Reason.OTHER_PRODUCT
    nothing = Exchange(order="A-3", swaps=(Swap(product_id="mug"),))
    assert refused(backend, nothing) is Reason.NOTHING_CHANGES


def test_one_return_or_exchange_for_an_order(engine: Engine, tmp_path: Path, clock: Clock) -> None:
    backend = desk(engine, policy(tmp_path, POLICY.replace("days: 30", "days: 30\n  one: true")), clock)
    done(backend, Return(order="A-3", items=(Pieces(product_id="mug"),)))
    swap = Exchange(order="A-3", swaps=(Swap(product_id="shirt-red", new_product_id="shirt-blue"),))
    assert refused(backend, swap) is Reason.ALREADY_COMING_BACK


def test_a_return_label(backend: DatabaseBackend) -> None:
    assert refused(backend, ReturnLabel(order="A-3")) is Reason.NO_RETURN
    done(backend, Return(order="A-3", items=(Pieces(product_id="mug"),)))
    found = done(backend, ReturnLabel(order="A-3"))
    label = found.change.label
    assert label is not None
    assert (label.sender, label.to) == (str(HOME), "Returns, 9 Dock Road, Hull, UK")
    assert label.link == "https://shop.example/label/A-3/1"
    assert record(backend, "A-3").returns[0].label_made == NOON


def test_the_cart(backend: DatabaseBackend) -> None:
    visitor = Owner(visitor_id="v-1")
    assert proposed(backend, AddToCart(product_id="mug", quantity=2), visitor).lines() == (
        "Add 2 × Mug ($10.00) to your cart",
        "Your cart then has 2 × Mug ($10.00); together $20.00.",
    )
    assert backend.cart(visitor) == ()
    done(backend, AddToCart(product_id="mug", quantity=2), visitor)
    done(backend, AddToCart(product_id="mug"), visitor)
    done(backend, AddToCart(product_id="shirt-red"), visitor)
    cart = backend.cart(visitor)
    assert [(line.product_id, line.quantity) for line in cart] == [("mug", 3), ("shirt-red", 1)]
    assert done(backend, SetInCart(product_id="mug", quantity=1), visitor).lines() == (
        "Your cart now has 1 × Mug ($10.00), 1 × Shirt, red ($20.00); together $30.00.",
    )
    done(backend, RemoveFromCart(product_id="shirt-red"), visitor)
    assert [line.product_id for line in backend.cart(visitor)] == ["mug"]
    assert backend.cart(ADA) == backend.cart(Owner(visitor_id="v-2")) == ()
    done(backend, RemoveFromCart(product_id="mug"), visitor)
    assert backend.cart(visitor) == ()


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (AddToCart(product_id="jug"), Reason.NO_SUCH_PRODUCT),
        (AddToCart(product_id="shirt-grey"), Reason.OUT_OF_STOCK),
        (AddToCart(product_id="shirt-white", quantity=2), Reason.OUT_OF_STOCK),
        (AddToCart(product_id="mug", quantity=11), Reason.TOO_MANY),
        (RemoveFromCart(product_id="mug"), Reason.NO_SUCH_ITEM),
    ],
)
def test_cart_changes_that_cannot_be(backend: DatabaseBackend, request_: Request, reason: Reason) -> None:
    assert refused(backend, request_) is reason


def test_the_check_out_link_names_the_cart(backend: DatabaseBackend, tmp_path: Path) -> None:
    done(backend, AddToCart(product_id="mug", quantity=2))
    done(backend, AddToCart(product_id="shirt-red"))
    rules = policy(tmp_path)
    assert checkout_link(backend.cart(ADA), rules) == "https://shop.example/cart/mug:2,shirt-red:1"
    assert checkout_link((), rules) == checkout_link(backend.cart(ADA), Policy()) == ""


def test_an_order_limited_owner_reaches_that_order_alone(backend: DatabaseBackend) -> None:
    one = Owner(customer_id="C-1", order_id="A-1")
    assert [each.order.id for each in backend.find(one)] == ["A-1"]
    assert backend.find(one, "A-2") == ()
    assert refused(backend, Cancel(order="A-4"), one) is Reason.NO_SUCH_ORDER
    assert refused(backend, ChangeDefaultAddress(address=WORK), one) is Reason.NOT_SIGNED_IN
    done(backend, Cancel(order="A-1"), one)


def test_a_visitor_has_no_orders(backend: DatabaseBackend) -> None:
    visitor = Owner(visitor_id="C-1")
    assert backend.find(visitor) == backend.find(visitor, "A-1") == ()
    assert refused(backend, Cancel(order="A-1"), visitor) is Reason.NOT_SIGNED_IN
    assert refused(backend, ChangeDefaultAddress(address=WORK), visitor) is Reason.NOT_SIGNED_IN


@pytest.mark.parametrize("values", [{}, {"customer_id": "C", "visitor_id": "v"}, {"visitor_id": "v", "order_id": "A"}])
def test_an_owner_is_one_person(values: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"owner|visitor"):
        Owner(**values)


def test_a_policy_that_names_nothing_changes_nothing(engine: Engine, clock: Clock) -> None:
    backend = desk(engine, Policy(), clock)
    items, swaps = (Pieces(product_id="mug"),), (Swap(product_id="mug", new_product_id="mug"),)
    for request in (
        Cancel(order="A-1"), ChangeAddress(order="A-1", address=WORK), ChangeDefaultAddress(address=WORK),
        ChangeItems(order="A-1", swaps=swaps), ChangePayment(order="A-1", payment_method="gift-1"),
        Return(order="A-3", items=items), Exchange(order="A-3", swaps=swaps), ReturnLabel(order="A-3"),
    ):  # fmt: skip
        assert refused(backend, request) is Reason.NOT_OFFERED
    done(backend, AddToCart(product_id="mug"))


def test_what_reads_say_of_an_order(backend: DatabaseBackend, engine: Engine) -> None:
    sent = order("A-7", OrderStatus.SHIPPED, expected=date(2026, 11, 18), carrier="Parcelway", tracking="PW7")
    Orders(engine).upsert([sent])
    found = record(backend, "A-7")
    estimate = delivery_estimate(found, NOON.date())
    assert estimate is not None
    assert (estimate.expected, estimate.days_late, estimate.tracking) == (date(2026, 11, 18), 2, "PW7")
    bill = invoice(found)
    assert [line.amount for line in bill.lines] == [usd("40.00"), usd("10.00"), usd("5.00")]
    assert (bill.total, bill.shipping, bill.discount, bill.to) == (usd("59.00"), usd("4.00"), None, HOME)
    assert after_business_days(date(2026, 11, 20), 1) == date(2026, 11, 23)
    assert after_business_days(date(2026, 11, 20), 0) == date(2026, 11, 20)


def test_a_yes_runs_once_and_the_same_key_gets_the_same_answer(engine: Engine, backend: DatabaseBackend) -> None:
    proposal = proposed(backend, Cancel(order="A-4"))
    first = backend.execute(ADA, proposal.id, "k")
    assert isinstance(first, Done)
    assert backend.execute(ADA, proposal.id, "k") == first.model_copy(update={"repeated": True})
    again = backend.execute(ADA, proposal.id, "another key")
    assert isinstance(again, Refusal)
    assert again.reason is Reason.ALREADY_DONE
    assert balance(record(backend, "A-4")) == Decimal("89.00")
    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(AuditRow)) == 1
        row = connection.execute(select(AuditRow.actor, AuditRow.action, AuditRow.order_id, AuditRow.time)).one()
    assert tuple(row) == ("customer", "cancel", "A-4", NOON)


def test_a_key_of_another_change_does_nothing(backend: DatabaseBackend) -> None:
    first = proposed(backend, AddToCart(product_id="mug"))
    backend.execute(ADA, first.id, "k")
    second = proposed(backend, Cancel(order="A-1"))
    found = backend.execute(ADA, second.id, "k")
    assert isinstance(found, Refusal)
    assert found.reason is Reason.KEY_USED
    assert record(backend).order.status is OrderStatus.PROCESSING


def test_an_agent_is_named_in_the_audit(engine: Engine, backend: DatabaseBackend) -> None:
    done(backend, Cancel(order="A-1"), Owner(customer_id="C-1", actor="agent:mia"))
    with reading(engine) as connection:
        assert connection.scalar(select(AuditRow.actor)) == "agent:mia"


def why(backend: DatabaseBackend, proposal: Proposal, owner: Owner = ADA, key: str = "k") -> Reason:
    found = backend.execute(owner, proposal.id, key)
    assert isinstance(found, Refusal), found
    return found.reason


def test_ten_minutes_cancel_a_proposal(backend: DatabaseBackend, clock: Clock) -> None:
    proposal = proposed(backend, Cancel(order="A-1"))
    clock.wait(minutes=10)
    assert why(backend, proposal) is Reason.EXPIRED
    clock.wait(minutes=-10)
    assert why(backend, proposal) is Reason.EXPIRED
    in_time = proposed(backend, Cancel(order="A-1"))
    clock.wait(minutes=9, seconds=59)
    assert isinstance(backend.execute(ADA, in_time.id, "k"), Done)


def test_another_request_in_between_cancels_a_proposal_and_says_so(backend: DatabaseBackend) -> None:
    first = proposed(backend, Cancel(order="A-1"))
    second = proposed(backend, AddToCart(product_id="mug"))
    assert second.cancels == first.id
    third = backend.propose(ADA, Cancel(order="A-2"))
    assert isinstance(third, Refusal)
    assert third.cancels == second.id
    assert why(backend, first) is why(backend, second) is Reason.REPLACED
    assert proposed(backend, Cancel(order="B-1"), BO).cancels == ""


def test_a_changed_mind_cancels_a_proposal(backend: DatabaseBackend) -> None:
    proposal = proposed(backend, Cancel(order="A-1"))
    backend.withdraw(BO, proposal.id)
    backend.withdraw(ADA, proposal.id)
    assert why(backend, proposal) is Reason.WITHDRAWN


def test_a_stale_order_cancels_a_proposal(engine: Engine, backend: DatabaseBackend) -> None:
    proposal = proposed(backend, Cancel(order="A-1"))
    Orders(engine).upsert([order("A-1", OrderStatus.SHIPPED)])
    assert why(backend, proposal) is Reason.STALE
    assert record(backend).order.status is OrderStatus.SHIPPED


def test_a_new_price_or_an_empty_shelf_cancels_a_proposal(engine: Engine, backend: DatabaseBackend) -> None:
    swap = ChangeItems(order="A-1", swaps=(Swap(product_id="shirt-red", new_product_id="shirt-blue"),))
    for change in ({"price": Decimal("27.00")}, {"availability": Availability.OUT_OF_STOCK.value}):
        proposal = proposed(backend, swap)
        with writing(engine) as connection:
            connection.execute(update(ProductRow).where(ProductRow.id == "shirt-blue").values(change))
        assert why(backend, proposal) is Reason.STALE
    assert record(backend).item_changes == 0


def test_an_emptied_gift_card_cancels_a_proposal(backend: DatabaseBackend) -> None:
    one = Owner(customer_id="C-1", order_id="A-4")  # proposals of the two owners do not replace each other
    more = (Pieces(product_id="mug", quantity=2),)
    first = proposed(backend, ChangeItems(order="A-4", added=more, payment_method="gift-1"), one)
    blue = (Swap(product_id="shirt-red", quantity=2, new_product_id="shirt-blue"),)
    done(backend, ChangeItems(order="A-1", swaps=blue, payment_method="gift-1"))
    assert why(backend, first, one) is Reason.STALE


def test_a_proposal_of_somebody_else_is_none(engine: Engine, backend: DatabaseBackend) -> None:
    proposal = proposed(backend, Cancel(order="A-1"))
    for stranger in (BO, Owner(visitor_id="C-1"), Owner(customer_id="C-1", order_id="A-1")):
        assert why(backend, proposal, stranger) is Reason.NO_SUCH_PROPOSAL
    assert why(backend, proposal.model_copy(update={"id": "\x00"})) is Reason.NO_SUCH_PROPOSAL
    with reading(engine) as connection:
        assert connection.scalar(select(ProposalRow.state)) == "open"


@pytest.mark.parametrize("key", ["", "x" * 201, "a\x00b"])
def test_a_key_that_cannot_be_kept_is_refused(backend: DatabaseBackend, key: str) -> None:
    proposal = proposed(backend, Cancel(order="A-1"))
    with pytest.raises(ValueError, match="idempotency key"):
        backend.execute(ADA, proposal.id, key)


def test_a_card_has_heading_changes_and_money(backend: DatabaseBackend) -> None:
    card = proposed(backend, ChangeAddress(order="A-1", address=WORK)).card()
    assert card.heading == "Send order A-1 to another address"
    assert card.changes[0] == "New address: 1 High Street, Floor 3, Leeds, LS1 1AA, UK."
    assert card.money == ("No money moves.",)
    assert card.expires == Clock().now.replace(minute=10)


def test_withdrawing_says_what_had_run_before(backend: DatabaseBackend) -> None:
    proposal = proposed(backend, Cancel(order="A-1"))
    assert backend.withdraw(ADA, proposal.id) is None
    ran = done(backend, Cancel(order="A-1"))
    assert backend.withdraw(ADA, ran.proposal_id) == ran
    assert backend.withdraw(BO, ran.proposal_id) is None


def test_a_visitors_cart_is_added_to_the_customers(backend: DatabaseBackend) -> None:
    visitor, other = Owner(visitor_id="v-1"), Owner(visitor_id="v-2")
    done(backend, AddToCart(product_id="mug", quantity=8), visitor)
    done(backend, AddToCart(product_id="socks"), visitor)
    done(backend, AddToCart(product_id="mug", quantity=5))
    done(backend, AddToCart(product_id="socks"), other)
    for _ in range(2):
        backend.move_cart(visitor, ADA)
        assert {line.product_id: line.quantity for line in backend.cart(ADA)} == {
            "mug": 10,
            "socks": 1,
        }  # 10 is the most
        assert backend.cart(visitor) == backend.cart(BO) == ()
    assert [line.product_id for line in backend.cart(other)] == ["socks"]


def test_products_of_the_cart_that_are_no_longer_sold_are_left_out(engine: Engine, backend: DatabaseBackend) -> None:
    done(backend, AddToCart(product_id="mug"))
    Records(engine).upsert_products([], replace=True)
    assert backend.cart(ADA) == ()


def test_an_order_paid_by_an_unnamed_method_is_refunded_to_it(engine: Engine, backend: DatabaseBackend) -> None:
    Orders(engine).upsert([order("A-8", OrderStatus.PROCESSING, payment=None)])
    (move,) = done(backend, Cancel(order="A-8")).change.money
    assert (move.direction, move.method_id, move.label) == (Direction.REFUND, "", "the payment method of the order")


def test_addresses_are_kept_once(engine: Engine, backend: DatabaseBackend) -> None:
    for address in (WORK, HOME, WORK):
        done(backend, ChangeAddress(order="A-1", address=address))
    with reading(engine) as connection:
        count = select(func.count()).select_from(AddressRow).where(AddressRow.customer_id == "C-1")
        assert connection.scalar(count) == 2
    assert str(Address("1 Elm", "Oslo", "0150", "Norway", name="Kim")) == "Kim, 1 Elm, Oslo, 0150, Norway"
