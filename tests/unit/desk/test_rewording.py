"""An agent's own words reworded: facts stay, nothing is added, and without a model that writes only slips are put right."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from assistant.assistant import Assistant, Serving
from assistant.desk.held_values import HeldText
from assistant.desk.rewording import Rewording, RewordingRefused, Wish
from assistant.desk.tidying import tidied
from assistant.language_model.chat_server import ChatServer
from assistant.settings import Settings
from finetune.corpora.conversation import read_conversations
from tests.unit.corpus import CORPUS
from tests.unit.desk.desk_home import cookie_of
from tests.unit.desk.test_desk_pages import STATUS, client, settings, staff, waiting  # noqa: F401
from tests.unit.desk.test_drafts import assistant  # noqa: F401
from tests.unit.scripted_server import Script, scripted_server

LONG = "Hello Maya, I am very sorry, your order FF-21087 with the Wren Tent will not arrive before Friday, so please wait a bit."


@pytest.fixture
def script() -> Iterator[Script]:
    with scripted_server(Script()) as played:
        yield played


@pytest.fixture
def serving(assistant: Assistant, script: Script) -> Serving:  # noqa: F811
    return replace(assistant.serving, chat=ChatServer.open(script.url))


def reworded(serving: Serving, text: str, wish: Wish = Wish.SHORTER) -> str:
    return Rewording(serving, ("Maya", "FF-21087")).reword(text, wish, threading.Event())


def test_the_model_never_sees_a_value_as_text_and_all_of_them_come_back(serving: Serving, script: Script) -> None:
    script.answers = ["Hello {f1}, sorry: order {f2} with the {f3} will not arrive before {f4}."]
    assert (
        reworded(serving, LONG) == "Hello Maya, sorry: order FF-21087 with the Wren Tent will not arrive before Friday."
    )
    asked = script.requests[0]["messages"][-1]["content"]
    assert asked.startswith("Hello {f1}, I am very sorry, your order {f2} with the {f3} will not arrive before {f4},")


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("Hello {f1}, sorry: order {f2} with the {f3} will arrive before {f4}.", "a yes, a no or a condition"),
        ("Hello {f1}, sorry: order {f2} will not arrive before {f4}.", '"Wren Tent" is missing'),
        ("Hello {f1}, order {f2} with the {f3} will not arrive before {f4}, {f4}.", '"Friday" is there more often'),
        ("Hello {f1}, order {f2} with the {f3} will not arrive before {f4} but Monday.", '"Monday" was added'),
        ("Hello {f1}, order {f2} with the {f3} will not arrive before {f4}, for $5.", '"$5" was added'),
        ("Hello {f1}, order {f2} with the {f3} will not arrive before {f4}. I'll refund it.", '"I\'ll" was added'),
        ("Hello {f1}, the waterproof {f3} in order {f2} will not arrive before {f4}.", '"waterproof" was added'),
        ("Hello {f1}, order {f2} with the {f3} will not arrive before {f4}, {p1.price}.", "was added"),
        (f"{LONG} ", "it is no shorter"),
        ("", "it is empty"),
    ],
)
def test_what_changes_a_fact_is_refused_and_asked_for_once_more(
    serving: Serving, script: Script, written: str, fault: str
) -> None:
    held = "Hello {f1}, sorry, order {f2} with the {f3} will not arrive before {f4}."
    script.answers = [written, held]
    assert reworded(serving, LONG).startswith("Hello Maya, sorry, order FF-21087")
    assert fault in script.requests[1]["messages"][-1]["content"]
    script.answers = [written, written]
    with pytest.raises(RewordingRefused, match="No rewording passed the check"):
        reworded(serving, LONG)


def test_a_person_may_promise_and_a_model_may_say_it_again(serving: Serving, script: Script) -> None:
    script.answers = ["Thank you for waiting, I'll call you on {f1}."]
    assert (
        reworded(serving, "i'll call you on Monday", Wish.FRIENDLIER)
        == "Thank you for waiting, I'll call you on Monday."
    )
    script.answers = ["The zipper is broken, sorry."]
    assert reworded(serving, "the zipper is brokn, sory", Wish.GRAMMAR) == "The zipper is broken, sorry."


def test_a_model_that_fails_leaves_the_text(serving: Serving, script: Script) -> None:
    script.ending = "is an error"
    with pytest.raises(RewordingRefused, match="does not answer"):
        reworded(serving, LONG)


def test_the_embedded_model_offers_only_what_rules_do(assistant: Assistant) -> None:  # noqa: F811
    assert Rewording(assistant.serving).wishes == (Wish.GRAMMAR,)
    with pytest.raises(RewordingRefused, match="cannot make a text shorter"):
        reworded(assistant.serving, LONG)
    text = "hello Maya ,i dont know why order FF-21087 isnt their yet . i recieved the the carrier's note"
    expected = "Hello Maya, I don't know why order FF-21087 isn't their yet. I received the carrier's note."
    assert reworded(assistant.serving, text, Wish.GRAMMAR) == expected


@pytest.mark.parametrize(
    ("slip", "right"),
    [
        ("we recieved you're parcel yesterday", "We received you're parcel yesterday."),
        ("an new one is definately on the way", "A new one is definitely on the way."),
        ("it is a used one , a hour old", "It is a used one, a hour old."),
        ("thats fine,thanks!see you", "That's fine, thanks! See you."),
        ("im sorry. i cant find it", "I'm sorry. I can't find it."),
        ("The Qorvex isn't here.", "The Qorvex isn't here."),
        (
            "write to care@elm.example or see https://elm.example/a.b",
            "Write to care@elm.example or see https://elm.example/a.b.",
        ),
        ("bye bye", "Bye bye."),
        (
            "some, e.g. the lamp, i.e. that one, are approx. as tall",
            "Some, e.g. the lamp, i.e. that one, are approx. as tall.",
        ),
        ("its ${order.id}", "Its ${order.id}."),
    ],
)
def test_slips_are_put_right_by_rule_and_the_rest_stays(slip: str, right: str) -> None:
    held = HeldText.of(slip, ())
    assert held.filled(tidied(held.written, ())) == right


def test_good_replies_are_left_as_they_are() -> None:
    """Written by people who took care: a rule that touches one of these is a false correction."""
    files = sorted(CORPUS.glob("*/conversations/*.yaml"))[::3]
    written = [each for path in files for each in read_conversations(path) if not isinstance(each, str)]
    replies = [turn.reply for each in written for turn in each.turns if turn.reply.endswith((".", "!", "?"))]
    changed = [(reply, new) for reply in replies if (new := tidied(reply, ())) != reply]
    assert len(replies) > 1000
    assert len(changed) <= len(replies) * 0.005, changed[:20]


@given(st.text(max_size=80))
def test_values_come_back_as_they_were(text: str) -> None:
    held = HeldText.of(text, ("Maya",))
    assert held.filled(held.written) == text.replace("<|", "< |")
    assert held.fault_in(held.written) == ""


def test_the_desk_shows_a_rewording_and_stores_nothing(client: TestClient, settings: Settings) -> None:  # noqa: F811
    conversation = waiting(client, STATUS, customer_id="C-1")
    headers = staff(cookie_of(client.app, "ines", "Ines"))  # type: ignore[arg-type]
    path = f"/desk/c/{conversation}"
    assert client.get(f"{path}/wishes").status_code == 401
    assert client.get(f"{path}/wishes", headers=headers).json() == ["grammar"]
    before = client.get(f"{path}/parts", headers=headers).json()["timeline"]
    body = {"text": "hello Maya ,order FF-21087 is late", "wish": "grammar"}
    assert (
        client.post(f"{path}/reword", json=body, headers=headers).json()["text"]
        == "Hello Maya, order FF-21087 is late."
    )
    away = {**headers, "sec-fetch-site": "cross-site", "origin": "https://elsewhere.example"}
    assert client.post(f"{path}/reword", json=body, headers=away).status_code == 403
    refused = client.post(f"{path}/reword", json={**body, "wish": "shorter"}, headers=headers)
    assert refused.status_code == 422
    assert "cannot make a text shorter" in refused.json()["error"]["message"]
    assert client.get(f"{path}/parts", headers=headers).json()["timeline"] == before
