"""Tables of orders and of what belongs to them: addresses, payment methods, parcels, money, returns, carts, changes."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from retrieval.store.columns import ExactDecimal, UtcTime
from retrieval.store.database import Base
from retrieval.store.tables import CustomerRow


class AddressRow(Base):
    """One address of a customer. Rows are never changed, so an order keeps the address that it was sent to."""

    __tablename__ = "addresses"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey(CustomerRow.id), index=True)
    name: Mapped[str] = mapped_column(Text)
    line1: Mapped[str] = mapped_column(Text)
    line2: Mapped[str] = mapped_column(Text)
    city: Mapped[str] = mapped_column(Text)
    region: Mapped[str] = mapped_column(Text)
    postal_code: Mapped[str] = mapped_column(Text)
    country: Mapped[str] = mapped_column(Text)
    is_default: Mapped[bool]


class PaymentMethodRow(Base):
    """How a customer pays, as a label. Numbers of cards and accounts are never stored. Gift cards have a balance."""

    __tablename__ = "payment_methods"

    customer_id: Mapped[str] = mapped_column(ForeignKey(CustomerRow.id), primary_key=True)
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text)
    balance: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    currency: Mapped[str] = mapped_column(Text)


class OrderRow(Base):
    """One Order without its lines and parcels. `key` is the id as it is compared: letters and digits, in lower case.

    `version` rises with every change, so that a proposal made before one is noticed. `feed` is a hash of the order as it
    was last imported: a file that says nothing new does not undo what was changed here since.
    """

    __tablename__ = "orders"
    __table_args__ = (Index(None, "customer_id", "placed"),)

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, index=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey(CustomerRow.id))
    status: Mapped[str] = mapped_column(Text)
    placed: Mapped[datetime] = mapped_column(UtcTime)
    currency: Mapped[str] = mapped_column(Text)
    shipping: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    total: Mapped[Decimal] = mapped_column(ExactDecimal)
    address_id: Mapped[str | None] = mapped_column(ForeignKey(AddressRow.id))
    cancel_reason: Mapped[str] = mapped_column(Text)
    item_changes: Mapped[int]
    version: Mapped[int]
    feed: Mapped[str] = mapped_column(Text)


class OrderLineRow(Base):
    """One OrderLine; `number` counts from 1 in the order of the order."""

    __tablename__ = "order_lines"

    order_id: Mapped[str] = mapped_column(ForeignKey(OrderRow.id, ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    product_id: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    quantity: Mapped[int]
    unit_price: Mapped[Decimal] = mapped_column(ExactDecimal)


class ShipmentRow(Base):
    """One parcel of an order: who brings it, when it is expected, and when it arrived."""

    __tablename__ = "shipments"

    order_id: Mapped[str] = mapped_column(ForeignKey(OrderRow.id, ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    carrier: Mapped[str] = mapped_column(Text)
    tracking: Mapped[str] = mapped_column(Text)
    expected: Mapped[date | None]
    delivered: Mapped[date | None]


class ReturnRow(Base):
    """Goods of an order that come back, for money or for other goods. `kind` is return or exchange."""

    __tablename__ = "returns"

    order_id: Mapped[str] = mapped_column(ForeignKey(OrderRow.id, ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    method_id: Mapped[str] = mapped_column(Text)
    difference: Mapped[Decimal] = mapped_column(ExactDecimal)
    requested: Mapped[datetime] = mapped_column(UtcTime)
    label_made: Mapped[datetime | None] = mapped_column(UtcTime)


class ReturnLineRow(Base):
    """`quantity` of one order line that comes back; the `new_` columns name what is sent instead, in an exchange."""

    __tablename__ = "return_lines"
    __table_args__ = (
        ForeignKeyConstraint(["order_id", "return_number"], ["returns.order_id", "returns.number"], ondelete="CASCADE"),
    )

    order_id: Mapped[str] = mapped_column(Text, primary_key=True)
    return_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line: Mapped[int]
    product_id: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    quantity: Mapped[int]
    unit_price: Mapped[Decimal] = mapped_column(ExactDecimal)
    new_product_id: Mapped[str] = mapped_column(Text)
    new_title: Mapped[str] = mapped_column(Text)
    new_unit_price: Mapped[Decimal | None] = mapped_column(ExactDecimal)


class PaymentRow(Base):
    """Money that a customer gave for an order or owes for it; `state` is paid, due, or waits for goods to come back."""

    __tablename__ = "payments"

    order_id: Mapped[str] = mapped_column(ForeignKey(OrderRow.id, ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    method_id: Mapped[str] = mapped_column(Text)
    amount: Mapped[Decimal] = mapped_column(ExactDecimal)
    state: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    time: Mapped[datetime] = mapped_column(UtcTime)


class RefundRow(Base):
    """Money that goes back to a customer; `paid` is the day on which it did, None before."""

    __tablename__ = "refunds"

    order_id: Mapped[str] = mapped_column(ForeignKey(OrderRow.id, ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    method_id: Mapped[str] = mapped_column(Text)
    amount: Mapped[Decimal] = mapped_column(ExactDecimal)
    state: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    time: Mapped[datetime] = mapped_column(UtcTime)
    paid: Mapped[date | None]


class CartLineRow(Base):
    """`quantity` of a product in the cart of `owner`, a customer or a visitor; see `assistant.actions.owner`."""

    __tablename__ = "cart_lines"

    owner: Mapped[str] = mapped_column(Text, primary_key=True)
    product_id: Mapped[str] = mapped_column(Text, primary_key=True)
    quantity: Mapped[int]
    added: Mapped[datetime] = mapped_column(UtcTime)


class ProposalRow(Base):
    """One Proposal and what became of it. `outcome` is what its execution answered, for the same key asked again."""

    __tablename__ = "proposals"
    __table_args__ = (UniqueConstraint("owner", "idempotency_key"), Index(None, "owner", "state"))

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    owner: Mapped[str] = mapped_column(Text)
    order_id: Mapped[str] = mapped_column(Text)
    request: Mapped[dict[str, object]] = mapped_column(JSON)
    change: Mapped[dict[str, object]] = mapped_column(JSON)
    made: Mapped[datetime] = mapped_column(UtcTime)
    expires: Mapped[datetime] = mapped_column(UtcTime)
    state: Mapped[str] = mapped_column(Text)
    idempotency_key: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))


class AuditRow(Base):
    """One executed change, written in its transaction and never altered: who, when, for whom, and the exact change."""

    __tablename__ = "order_audit"

    number: Mapped[int] = mapped_column(primary_key=True)
    time: Mapped[datetime] = mapped_column(UtcTime)
    actor: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(Text)
    order_id: Mapped[str] = mapped_column(Text, index=True)
    action: Mapped[str] = mapped_column(Text)
    proposal_id: Mapped[str] = mapped_column(Text, unique=True)
    change: Mapped[dict[str, object]] = mapped_column(JSON)
