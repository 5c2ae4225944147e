"""The home of a running shop, over the small catalogue, with one customer who is waiting for a parcel."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from assistant.actions.order import Order, OrderLine, OrderStatus
from assistant.actions.orders import Orders
from assistant.opening import build_index
from assistant.settings import Settings
from retrieval.catalog.customer import Customer
from retrieval.catalog.money import Money
from retrieval.store.database import open_database
from retrieval.store.records import Records
from tests.unit.small_shop import FAQS, PRODUCTS

MAYA = Customer("C-1", "Maya Okafor", "maya@post.example")
SAM = Customer("C-2", "Sam Whitlock", "sam@post.example")
ORDER = Order(
    "FF-21087", "C-1", OrderStatus.SHIPPED, datetime(2026, 11, 2, tzinfo=UTC),
    (OrderLine("wren", "Wren Tent", 1, Money(Decimal(269))),), Money(Decimal(269)), expected=date(2026, 11, 27), carrier="Parcelway",
)  # fmt: skip


def make_home(home: Path, **settings: object) -> Settings:
    """Imports and indexes the shop into `home`; the settings that open it."""
    chosen = Settings(_env_file=None, home=home, **settings)  # type: ignore[arg-type]
    engine = open_database(chosen.resolved_database_url)
    records = Records(engine)
    records.upsert_products(PRODUCTS)
    records.upsert_faqs(FAQS)
    records.upsert_customers([MAYA, SAM])
    Orders(engine).upsert([ORDER])
    engine.dispose()
    build_index(chosen)
    return chosen
