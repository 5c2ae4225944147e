"""The chat's first words: the signed-in customer by first name, and the open order that is theirs, in every language."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from assistant.actions.awaited import AwaitedOrder
from assistant.actions.backend import BackendError
from assistant.actions.order import OrderStatus
from assistant.actions.orders import Orders
from assistant.settings import Settings
from retrieval.catalog.customer import Customer
from retrieval.store.records import Records
from tests.fake_assistant import FakeAssistant
from tests.unit.actions.order_desk import NOON, order
from tests.unit.order_chat import OrderChat
from tests.unit.test_chat_guard import API, listener
from tests.unit.web import SECRET, make_app
from ui import greeting
from ui.app import create_app
from ui.chat import _part
from ui.greeting import Greeted, Greeter
from ui.identity import make_token
from ui.look import Look
from ui.strings import languages, strings_of

TODAY = NOON.date()
FRIDAY = date(2026, 11, 27)
LOOK = Look.of(Settings(_env_file=None, shop_name="Oak"))


def start(client: TestClient, token: str = "", page: str = "") -> tuple[str, list[str], str]:
    """What a page that opens the chat is shown: the greeting's words, the chips, and everything that was sent."""
    body = {"data": ["", token, page], "fn_index": listener(client, "_start")["id"], "session_hash": "abc"}
    answer = client.post(f"{API}/run/predict", json=body).json()["data"]
    chips = [each["value"] for each in answer[-4:] if each.get("visible")]
    return _part(answer[1][0]["content"])[0], chips, json.dumps(answer, ensure_ascii=False)


@contextmanager
def shop(home: Path, **settings: object) -> Iterator[tuple[TestClient, OrderChat]]:
    """The small shop on the web: Ada waits for A-1, A-2 and A-4, Bo for B-1 and B-3."""
    chat = OrderChat(home)
    late = order("B-3", OrderStatus.SHIPPED, "C-2", expected=FRIDAY)
    Orders(chat.engine).upsert([order("A-2", OrderStatus.SHIPPED, expected=FRIDAY), late])
    Records(chat.engine).upsert_customers([Customer("C-3", "Cleo Marsh", "cleo@example.com")])
    given = Settings(_env_file=None, home=home, secret=SECRET, shop_name="Oak", **settings)  # type: ignore[arg-type]
    with TestClient(create_app(chat.assistant, given)) as client:
        yield client, chat


def test_a_signed_in_customer_is_greeted_with_the_own_order_alone(tmp_path: Path) -> None:
    with shop(tmp_path) as (client, _):
        for customer, name, mine, others in (("C-1", "Ada", "A-2", "B-"), ("C-2", "Bo", "B-3", "A-")):
            words, chips, everything = start(client, make_token(customer, SECRET))
            assert f"Hello {name}. Your order {mine} is on its way and should arrive on Friday, November 27." in words
            assert chips[0] == f"Where is order {mine}?"
            assert others not in everything
        words, chips, _ = start(client, make_token("C-3", SECRET))
        assert "Hello Cleo, I am the assistant of Oak." in words
        assert not any("Where is order" in chip for chip in chips)


@pytest.mark.parametrize(
    "token",
    ["", "no token", make_token("C-1", "another secret of thirty-two letters"), make_token("C-1", SECRET, timedelta(hours=-1))],
    ids=["none", "text", "forged", "expired"],
)  # fmt: skip
@pytest.mark.parametrize("page", ["", '{"customer": "C-1", "name": "Ada", "token": "C-1", "order": "A-2"}'])
def test_nobody_else_hears_of_a_customer_or_an_order(
    tmp_path: Path, token: str, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with shop(tmp_path) as (client, chat):
        monkeypatch.setattr(chat.assistant, "awaited_order", lambda customer_id: pytest.fail("an order was looked for"))
        words, _, everything = start(client, token, page)
    assert "Hello, I am the assistant of Oak" in words
    assert not any(secret in everything.replace(json.dumps(page), "") for secret in ("Ada", "A-1", "A-2", "Bo", "B-3"))


def test_the_order_that_is_expected_first_is_named_and_closed_ones_never(tmp_path: Path) -> None:
    chat = OrderChat(tmp_path)
    orders = Orders(chat.engine)

    def named() -> AwaitedOrder | None:
        return chat.assistant.awaited_order("C-1")

    orders.upsert(
        [
            order("A-4", OrderStatus.SHIPPED, expected=FRIDAY),
            order("A-2", OrderStatus.SHIPPED, expected=date(2026, 11, 19)),
        ]
    )
    assert named() == AwaitedOrder("A-2", OrderStatus.SHIPPED, date(2026, 11, 19), is_late=True)
    orders.upsert([order("A-2", OrderStatus.DELIVERED, delivered=TODAY)])
    assert named() == AwaitedOrder("A-4", OrderStatus.SHIPPED, FRIDAY, is_late=False)
    orders.upsert([order("A-4", OrderStatus.CANCELLED)])
    assert named() == AwaitedOrder("A-1", OrderStatus.PROCESSING, None, is_late=False)
    orders.upsert([order("A-1", OrderStatus.RETURNED)])
    assert named() is None
    assert chat.assistant.awaited_order("C-99") is None


SAID = {
    "en": "Hello Ada. Your order A-1042 is on its way and should arrive on Friday, November 27. What can I do for you?",
    "de": "Hallo Ada. Ihre Bestellung A-1042 ist unterwegs und soll am Freitag, den 27. November ankommen. Ich verstehe bisher nur Englisch. Was kann ich für Sie tun?",
    "fr": "Bonjour Ada. Votre commande A-1042 est en route et devrait arriver le vendredi 27 novembre. Je ne comprends que l'anglais pour le moment. Que puis-je faire pour vous ?",
    "es": "Hola, Ada. Su pedido A-1042 está en camino y debería llegar el viernes 27 de noviembre. Por ahora solo entiendo inglés. ¿En qué puedo ayudarle?",
    "it": "Ciao Ada. Il suo ordine A-1042 è in viaggio e dovrebbe arrivare venerdì 27 novembre. Per ora capisco solo l'inglese. Come posso aiutarla?",
}


@pytest.mark.parametrize("language", languages())
def test_it_is_said_in_every_language(language: str) -> None:
    strings = strings_of(language)
    expected = AwaitedOrder("A-1042", OrderStatus.SHIPPED, FRIDAY, is_late=False)
    assert Greeted("Ada", expected).words(LOOK, "Oak", strings) == SAID[language]
    days = [
        Greeted("", AwaitedOrder("A-1", OrderStatus.SHIPPED, date(2026, 1, 1) + timedelta(at), False)).words(
            LOOK, "Oak", strings
        )
        for at in range(365)
    ]
    assert len(set(days)) == 365


def test_the_first_of_a_month_is_an_ordinal_where_it_is_said_so() -> None:
    first = Greeted("Ada", AwaitedOrder("A-1", OrderStatus.SHIPPED, date(2026, 12, 1), is_late=False))
    assert "le mardi 1er décembre" in first.words(LOOK, "Oak", strings_of("fr"))
    assert "on Tuesday, December 1." in first.words(LOOK, "Oak", strings_of("en"))


@pytest.mark.parametrize(
    ("status", "expected", "is_late", "said"),
    [
        (OrderStatus.PROCESSING, None, False, "Your order A-1 is being prepared."),
        (OrderStatus.PROCESSING, FRIDAY, False, "Your order A-1 is being prepared and should arrive on Friday, November 27."),
        (OrderStatus.PROCESSING, FRIDAY, True, "Your order A-1 is still being prepared; it was expected on Friday, November 27."),
        (OrderStatus.SHIPPED, None, False, "Your order A-1 is on its way."),
        (OrderStatus.SHIPPED, FRIDAY, True, "Your order A-1 is on its way; it was expected on Friday, November 27."),
        (OrderStatus.DELAYED, FRIDAY, True, "I am sorry, your order A-1 is delayed."),
        (OrderStatus.DELAYED, FRIDAY, False, "I am sorry, your order A-1 is delayed."),
    ],
)  # fmt: skip
def test_a_day_that_has_passed_is_not_promised_again(
    status: OrderStatus, expected: date | None, is_late: bool, said: str
) -> None:
    greeted = Greeted("Ada", AwaitedOrder("A-1", status, expected, is_late))
    assert greeted.words(LOOK, "Oak", strings_of("en")) == f"Hello Ada. {said} What can I do for you?"


def test_the_shops_own_greeting_stays_and_the_order_follows(tmp_path: Path) -> None:
    with shop(tmp_path, greeting="Ahoy!", first_questions=["Do you ship to Malta?"]) as (client, _):
        words, chips, _ = start(client, make_token("C-1", SECRET))
        assert "Ahoy! Your order A-2 is on its way" in words
        assert chips == ["Where is order A-2?", "Do you ship to Malta?"]
        assert "Ahoy!" in start(client)[0]


@pytest.mark.parametrize("name", ["", "  "])
def test_a_customer_without_a_name_is_greeted_like_a_visitor(name: str) -> None:
    assert Customer("C-1", name, "").first_name == ""
    assert (
        Greeted().words(LOOK, "Oak", strings_of("en")) == "Hello, I am the assistant of Oak. What are you looking for?"
    )


def test_a_name_is_text_and_no_markup(tmp_path: Path) -> None:
    fake = FakeAssistant()
    fake.awaited["C-1"] = AwaitedOrder("<b>{day}</b>", OrderStatus.SHIPPED, None, is_late=False)
    with TestClient(make_app(tmp_path, fake)) as client:
        words, _, _ = start(client, make_token("C-1", SECRET))
    assert "&lt;b&gt;{day}" in words
    assert "<b>" not in words


class Slow(FakeAssistant):
    """The shop's own order system does not answer."""

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__()
        self.answers = threading.Event()
        self.error = error

    def awaited_order(self, customer_id: str) -> AwaitedOrder | None:
        if self.error:
            raise self.error
        self.answers.wait(30)
        return None

    def close(self) -> None:
        self.answers.set()


@pytest.mark.parametrize("error", [BackendError("It is down."), None])
def test_the_greeting_does_not_wait_for_an_order_system_that_fails(
    error: Exception | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(greeting, "_PATIENCE", 0.05)
    with closing(Slow(error)) as slow:
        assert Greeter(slow).greeted("C-1") == Greeted("Ada")
        assert not slow.answers.is_set()
