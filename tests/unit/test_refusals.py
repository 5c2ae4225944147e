"""The log names the address that was refused, and no more lines than minutes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from assistant.logs import configure_logs
from tests.unit.web import make_app
from ui.refusals import Refusals

ADDRESS = "203.0.113.145"


def refused(text: str) -> list[tuple[str, str]]:
    """(reason, client) of each line on a refusal."""
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    return [(line["reason"], line["client"]) for line in lines if line["event"] == "refused"]


@pytest.mark.parametrize("path", ["/api/chat", "/v1/chat/completions"])
def test_a_forged_token_is_logged_with_its_address_once(
    tmp_path: Path, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs("INFO")
    client = TestClient(make_app(tmp_path), client=(ADDRESS, 1))
    body = {"message": "hi", "messages": [{"role": "user", "content": "hi"}]}
    for _ in range(5):
        assert client.post(path, json=body, headers={"Authorization": "Bearer a.b.c"}).status_code == 401
    said = capsys.readouterr().err
    assert refused(said) == [("token_refused", ADDRESS)]
    assert "a.b.c" not in said


def test_whoever_sends_too_much_is_logged_and_others_are_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs("INFO")
    app = make_app(tmp_path, rate_limit="2/minute")
    loud, quiet = TestClient(app, client=(ADDRESS, 1)), TestClient(app, client=("203.0.113.10", 1))
    codes = [loud.post("/api/chat", json={"message": "hi"}).status_code for _ in range(6)]
    assert codes == [200] * 2 + [429] * 4
    assert quiet.post("/api/chat", json={"message": "hi"}).status_code == 200
    assert refused(capsys.readouterr().err) == [("rate_limited", ADDRESS)]


def test_the_chat_page_is_logged_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("INFO")
    client = TestClient(make_app(tmp_path), client=(ADDRESS, 1))
    start = next(dep["id"] for dep in client.get("/chat/config").json()["dependencies"] if dep["api_name"] == "_start")
    body = {"data": ["", "a.b.c", ""], "fn_index": start, "session_hash": "abc"}
    assert "could not sign you in" in client.post("/chat/gradio_api/run/predict", json=body).text
    assert refused(capsys.readouterr().err) == [("token_refused", ADDRESS)]


def message_body(client: TestClient, token: str = "") -> dict[str, object]:
    """A message of the chat page."""
    listeners = client.get("/chat/config").json()["dependencies"]
    answer = next(each["id"] for each in listeners if each["api_name"] == "_answer")
    return {"data": ["tents", [], "", token, ""], "fn_index": answer, "session_hash": "abc"}


def test_a_forged_token_of_a_chat_message_is_logged_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("INFO")
    with TestClient(make_app(tmp_path), client=(ADDRESS, 1)) as client:
        for _ in range(3):
            client.post("/chat/gradio_api/queue/join", json=message_body(client, "a.b.c"))
            told = client.get("/chat/gradio_api/queue/data?session_hash=abc").text
            assert "aisle-failure" in told
        assert client.post("/api/chat", json={"message": "hi"}, headers={"Authorization": "Bearer a.b.c"}).is_error
    said = capsys.readouterr().err
    assert refused(said) == [("token_refused", ADDRESS)]
    assert "a.b.c" not in said


def test_whoever_fills_the_queue_of_the_chat_is_logged_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("INFO")
    with TestClient(make_app(tmp_path, rate_limit="1/minute"), client=(ADDRESS, 1)) as client:
        body = message_body(client)
        codes = [
            client.post("/chat/gradio_api/queue/join", json=body | {"session_hash": f"s{number}"}).status_code
            for number in range(5)
        ]
    assert codes == [200] * 2 + [429] * 3
    assert refused(capsys.readouterr().err) == [("rate_limited", ADDRESS)]


def test_a_wrong_key_for_imports_and_a_wrong_password_of_staff_are_logged_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs("INFO")
    client = TestClient(make_app(tmp_path, import_key="k3y" * 16), client=(ADDRESS, 1))
    for _ in range(3):
        assert client.post("/api/import", content=b"", headers={"Authorization": "Bearer wrong"}).status_code == 401
        page = client.get("/staff/login").text
        form = {"account": "ada", "password": "wrong", "form_token": page.split('name="form_token" value="')[1][:64]}
        assert client.post("/staff/login", data=form).status_code == 401
    assert refused(capsys.readouterr().err) == [("key_refused", ADDRESS), ("sign_in_refused", ADDRESS)]


def test_each_reason_and_client_has_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("INFO")
    refusals = Refusals()
    for _ in range(3):
        for client in (ADDRESS, "192.168.1.20", "2001:db8::/64"):
            for reason in ("rate_limited", "token_refused"):
                refusals.note(client, reason)
    said = refused(capsys.readouterr().err)
    assert len(said) == len(set(said)) == 6
    assert {client for _, client in said} == {ADDRESS, "192.168.1.20", "2001:db8::/64"}


def test_what_is_no_address_is_masked_all_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("INFO")
    Refusals().note("+44 20 7946 0958", "rate_limited")
    assert "7946" not in capsys.readouterr().err
