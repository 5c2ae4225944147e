"""Tables of what the shop sells and says, of its customers, and of what they did."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import JSON, Text
from sqlalchemy.orm import Mapped, mapped_column

from retrieval.store.columns import ExactDecimal, UtcTime
from retrieval.store.database import Base


class ProductRow(Base):
    """One Product. `number` keeps the order of the feed, in which sizes run from S to XL."""

    __tablename__ = "products"

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(Text, unique=True)
    title: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(Text)
    image_link: Mapped[str] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(Text)
    price: Mapped[Decimal] = mapped_column(ExactDecimal)
    sale_price: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    availability: Mapped[str] = mapped_column(Text)
    quantity: Mapped[int | None]
    brand: Mapped[str] = mapped_column(Text)
    product_type: Mapped[str] = mapped_column(Text)
    item_group_id: Mapped[str] = mapped_column(Text)
    color: Mapped[str] = mapped_column(Text)
    size: Mapped[str] = mapped_column(Text)
    material: Mapped[str] = mapped_column(Text)
    gtin: Mapped[str] = mapped_column(Text)
    rating: Mapped[float | None]
    rating_count: Mapped[int]
    reviews: Mapped[list[dict[str, object]]] = mapped_column(JSON)
    attributes: Mapped[dict[str, str]] = mapped_column(JSON)
    sale_starts: Mapped[datetime | None] = mapped_column(UtcTime)
    sale_ends: Mapped[datetime | None] = mapped_column(UtcTime)
    availability_date: Mapped[datetime | None] = mapped_column(UtcTime)
    expiration_date: Mapped[datetime | None] = mapped_column(UtcTime)


class FaqRow(Base):
    """One Faq."""

    __tablename__ = "faqs"

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(Text, unique=True)
    title: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    intents: Mapped[list[str]] = mapped_column(JSON)
    link: Mapped[str] = mapped_column(Text)


class CustomerRow(Base):
    """One Customer."""

    __tablename__ = "customers"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(Text)


class VersionRow(Base):
    """How often the records of one kind were changed; see `retrieval.store.versions`."""

    __tablename__ = "data_versions"

    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[int]


class EventRow(Base):
    """One Event. What happened to whom and when is its identity, so that a log read twice counts once.

    It may name a product that has left the catalogue, or a visitor who is no customer: both still teach.
    """

    __tablename__ = "events"

    customer_id: Mapped[str] = mapped_column(Text, primary_key=True)
    time: Mapped[datetime] = mapped_column(UtcTime, primary_key=True, index=True)
    product_id: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    rating: Mapped[int | None]
