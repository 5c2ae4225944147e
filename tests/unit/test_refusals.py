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
