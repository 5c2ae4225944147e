"""Which page of the shop the chat is on, as that page says."""

from __future__ import annotations

import json

import pytest
from starlette.testclient import TestClient

from tests.fake_assistant import PRODUCTS, FakeAssistant
from tests.unit.web import make_app
from ui.page import ShopPage

CATALOG = FakeAssistant().catalog


def page(**said: object) -> ShopPage:
    return ShopPage.of(json.dumps(said))


@pytest.mark.parametrize("given", ["", "{", "[]", "1", "null", '{"product": 1, "cart": ["T-1"]}', "[" * 100_000])
def test_what_is_malformed_says_nothing(given: str):
    assert ShopPage.of(given) == ShopPage()


def test_a_page_says_product_category_and_cart():
    said = page(product=" T-1 ", category="Camping > Tents", cart="T-1| K-1||")
    assert said == ShopPage("T-1", "Camping > Tents", ("T-1", "K-1"))


def test_a_page_cannot_say_more_than_fits():
    said = page(product="x" * 1000, cart="|".join(map(str, range(1000))))
    assert len(said.product) == 200
    assert len(said.cart) == 50


def test_questions_are_about_what_the_page_shows():
    assert page(product="T-1").questions(CATALOG)[0] == "What do customers say about it?"
    assert page(product="T-3").questions(CATALOG)[0] == "What should I know before I buy it?"  # nobody has rated it
    assert page(category="Camping > TENTS").questions(CATALOG)[0] == "Help me choose tents"
    assert page(cart="K-1|none|K-1").questions(CATALOG) == (
        f"What should I know before I buy the {PRODUCTS[3].title}?",
    )


@pytest.mark.parametrize("said", [{}, {"product": "none"}, {"category": "Boats"}, {"category": ""}, {"cart": "none"}])
def test_a_page_that_the_records_do_not_know_has_no_questions(said: dict[str, str]):
    assert page(**said).questions(CATALOG) == ()


def test_product_and_category_pages_say_what_they_are(tmp_path):
    for demo in (("C-1",), ()):
        client = TestClient(make_app(tmp_path, demo=demo))
        assert 'data-product="K-1"' in client.get("/products/K-1").text
        assert 'data-category="Kettles"' in client.get("/?kind=Kettles").text
        assert "data-product" not in client.get("/").text


def test_programs_say_the_page_too(tmp_path):
    fake = FakeAssistant()
    client = TestClient(make_app(tmp_path, fake))
    client.post("/api/chat", json={"message": "how heavy is this?", "page": "T-1"})
    assert fake.page == "T-1"
    client.post("/api/chat", json={"message": "and this?"})
    assert fake.page == ""


def test_programs_say_which_conversation_a_new_one_follows(tmp_path):
    fake = FakeAssistant()
    client = TestClient(make_app(tmp_path, fake))
    client.post("/api/chat", json={"message": "what's in my cart?", "after": "c-1"})
    assert fake.after == "c-1"
    client.post("/api/chat", json={"message": "hello"})
    assert fake.after == ""
