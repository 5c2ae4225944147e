"""The look of the chat: from settings, and from what a page says of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from assistant.settings import SOURCE_ROOT, Settings
from tests.unit.web import make_app
from ui.look import Look, widget_script

SHOP = Look.of(Settings(_env_file=None, shop_name="Oak", greeting="Hi!", color="#123456", theme="dark"))


def test_a_page_wins_for_what_it_says_and_no_more() -> None:
    given = {"title": "Ask Elm", "questions": " New? | |Sale?|a|b|c|d", "language": "de", "color": "red", "token": "x"}
    look = SHOP.on_page(json.dumps(given))
    assert (look.title, look.language, look.greeting) == ("Ask Elm", "de", "Hi!")
    assert look.questions == ("New?", "Sale?", "a", "b")
    assert (look.color, look.theme) == ("#123456", "dark")


@given(st.one_of(st.text(), st.recursive(st.none() | st.text() | st.integers(), lambda x: st.lists(x) | st.dictionaries(st.sampled_from(["title", "questions", "logo"]), x)).map(json.dumps)))  # fmt: skip
def test_nothing_that_a_page_sends_breaks_the_look(said: str) -> None:
    look = SHOP.on_page(said)
    assert look.title
    assert len(look.title) <= 80
    assert all(isinstance(text, str) for text in look.questions)


def test_the_script_carries_the_shops_look() -> None:
    script = widget_script(Look.of(Settings(_env_file=None, shop_name='Oak "</script>', position="left")))
    line = next(line for line in script.split("\n") if "shop = {" in line)
    carried, _ = json.JSONDecoder().raw_decode(line[line.index("shop = ") + 7 :])
    assert carried["title"] == 'Oak "</script>'
    assert carried["position"] == "left"
    assert "</script>" not in line
    assert set(carried["texts"]) >= {"en", "de"}


def start(client: TestClient, page: dict[str, str]) -> str:
    config = client.get("/chat/config").json()
    number = next(each["id"] for each in config["dependencies"] if each["api_name"] == "_start")
    body = {"data": ["", "", json.dumps(page)], "fn_index": number, "session_hash": "abc"}
    return client.post("/chat/gradio_api/run/predict", json=body).text


def test_the_chat_speaks_the_language_of_its_page(tmp_path: Path) -> None:
    client = TestClient(make_app(tmp_path, shop_name="Oak"))
    assert "Hello, I am the assistant of Oak." in start(client, {})
    german = start(client, {"language": "de", "title": "Frag Oak", "questions": "What is new?"})
    for text in ("Hallo, ich bin der Assistent von Oak.", "Ihre Nachricht", "Frag Oak", "What is new?", "kein Mensch"):
        assert text in german
    assert "Where is my order?" not in german


def test_a_shop_without_a_name_is_no_other_shop(tmp_path: Path) -> None:
    answer = start(TestClient(make_app(tmp_path)), {})
    assert "this shop&#x27;s assistant" in answer
    assert "Shopping assistant" in answer


@pytest.mark.parametrize(
    "logo", ["javascript:alert(1)", "data:text/html,x", '"><script>alert(1)</script>', "//x.example/a"]
)
def test_a_pages_logo_is_an_address_or_nothing(tmp_path: Path, logo: str) -> None:
    markup = json.loads(start(TestClient(make_app(tmp_path)), {"logo": logo}))["data"][0]
    text = str(markup)
    assert "<script" not in text
    assert "javascript:" not in text
    assert "data:" not in text
    assert "//x.example" not in text


def test_the_logo_of_the_shop_is_served_as_a_picture(tmp_path: Path) -> None:
    picture = (SOURCE_ROOT / "data" / "shop" / "logo.svg").read_bytes()
    (tmp_path / "oak.svg").write_bytes(picture)
    client = TestClient(make_app(tmp_path, logo="oak.svg"))
    for path in ("/logo", "/favicon.ico"):
        assert client.get(path).content == picture
        assert client.get(path).headers["content-type"] == "image/svg+xml"
    assert "../logo" in start(client, {})
    plain = TestClient(make_app(tmp_path / "other"))
    assert plain.get("/logo").content != picture
    assert "aisle-mark" in start(plain, {})
