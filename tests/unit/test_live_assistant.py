"""The assistant of a running server, over the small shop: records, index and database are real, the language model is scripted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant.actions.order import OrderStatus
from assistant.actions.orders import Orders
from assistant.live.live_assistant import LiveAssistant
from assistant.opening import open_live_assistant
from assistant.reply import Reply
from assistant.settings import Settings
from retrieval.catalog.money import Money
from retrieval.store.database import open_database
from retrieval.store.records import Records
from tests.unit.scripted_model import ruled_model
from tests.unit.small_home import MAYA, ORDER, make_home
from tests.unit.small_shop import PRODUCTS, product
from tests.unit.web import make_app
from ui.opening import OpeningAssistant

WREN = next(each for each in PRODUCTS if each.id == "wren")
PRICE, STATUS, UKULELE = "how much is the Wren Tent?", "where is my order?", "do you have a ukulele?"
PLANS = {PRICE: "details [Wren Tent]: price", STATUS: "order status", UKULELE: "find ukuleles"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return make_home(tmp_path_factory.mktemp("shop"), adapter="scripted")


@pytest.fixture(scope="module")
def assistant(settings: Settings) -> Iterator[LiveAssistant]:
    with ruled_model(PLANS):
        opened = open_live_assistant(settings)
        yield opened
        opened.close()


@pytest.fixture
def records(settings: Settings) -> Records:
    return Records(open_database(settings.resolved_database_url))


def ask(assistant: LiveAssistant, message: str, customer_id: str | None = None) -> Reply:
    *_, reply = assistant.reply(message, None, customer_id)
    assert isinstance(reply, Reply)
    return reply


def within_ten_seconds(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline, "not within 10 seconds"
        time.sleep(0.1)


def test_a_price_that_changes_is_told(assistant: LiveAssistant, records: Records) -> None:
    assert "$269" in ask(assistant, PRICE).text
    records.upsert_products([replace(WREN, price=Money(Decimal(281)))])
    within_ten_seconds(lambda: assistant.data.version == records.version().number)
    text = ask(assistant, PRICE).text
    assert "$281" in text
    assert "$269" not in text


def test_an_order_that_changes_is_told_at_once(assistant: LiveAssistant, settings: Settings) -> None:
    assert "on its way" in ask(assistant, STATUS, MAYA.id).text
    orders = Orders(open_database(settings.resolved_database_url))
    orders.upsert([replace(ORDER, status=OrderStatus.DELAYED)])
    assert "delayed" in ask(assistant, STATUS, MAYA.id).text


def test_a_new_product_is_found(assistant: LiveAssistant, records: Records) -> None:
    records.upsert_products(
        [product("ukulele", "Larch Ukulele", "99", "Music > Ukuleles", description="Four strings.")]
    )
    within_ten_seconds(lambda: "ukulele" in assistant.catalog.products and assistant.data.is_indexed)
    assert ask(assistant, UKULELE).brief.products == ("ukulele",)


def test_the_language_model_is_not_opened_again(assistant: LiveAssistant, records: Records) -> None:
    version = assistant.data.version
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("assistant.opening.Engine.open", lambda *given, **named: pytest.fail("opened again"))
        records.upsert_products([replace(WREN, price=Money(Decimal(300)))])
        within_ten_seconds(lambda: assistant.data.version > version)
        assert "$300" in ask(assistant, PRICE).text


def test_health_names_the_version_that_is_served(assistant: LiveAssistant, records: Records, tmp_path: Path) -> None:
    opening = OpeningAssistant(lambda: assistant)
    client = TestClient(make_app(tmp_path, opening))  # type: ignore[arg-type]
    assert "data_version" not in client.get("/healthz").json()
    opening.start()
    assert opening.catalog.products
    records.upsert_products([replace(WREN, price=Money(Decimal(310)))])
    within_ten_seconds(lambda: client.get("/healthz").json()["data_version"] == records.version().number)
    assert client.get("/healthz").json()["search_index"] in ("current", "building")
    assert "$310" in client.get("/products/wren").text
