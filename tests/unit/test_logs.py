"""Logs say what happened, not to whom: values are masked, tracebacks are without local variables."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import pytest
import structlog

from assistant.logs import configure_logs
from assistant.privacy.kind import STRUCTURED, Kind
from tests.simulation.planting import Planted, Planting


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def logged(capsys: pytest.CaptureFixture[str], **values: object) -> dict[str, object]:
    configure_logs("INFO")
    structlog.get_logger().info("turn", **values)
    line: dict[str, object] = json.loads(capsys.readouterr().err)
    return line


def test_values_are_masked_however_deep_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    line = logged(capsys, error="no such user ines@example.org", query={"to": ["+44 20 7946 0958"]})
    assert line["error"] == "no such user {customer.email}"
    assert line["query"] == {"to": ["{customer.phone}"]}


@pytest.mark.parametrize(
    "said",
    [
        "The database sqlite:////srv/aisle/aisle.db cannot be used: unable to open database file.",
        "The database sqlite:///aisle.db cannot be used.",
        "The database postgresql://db:5432/shop cannot be reached.",
        "The feed webdav://feeds.shop.example/products.xml could not be fetched.",
    ],
)
def test_an_operator_reads_which_address_failed(capsys: pytest.CaptureFixture[str], said: str) -> None:
    assert logged(capsys, error=said)["error"] == said


def test_what_is_not_personal_stays(capsys: pytest.CaptureFixture[str]) -> None:
    values = {
        "conversation": "550e8400-e29b-41d4-a716-446655440000",
        "digest": "9f86d081884c7d659a2feaa0c55ad015",
        "milliseconds": 12.5,
        "path": "/api/chat",
        "model": "all-MiniLM-L6-v2",
    }
    line = logged(capsys, **values)
    assert {name: line[name] for name in values} == values
    assert str(line["timestamp"]).startswith("20")


@pytest.mark.parametrize("is_terminal", [False, True])
def test_a_traceback_shows_no_local_variables(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, is_terminal: bool
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: is_terminal)
    configure_logs("INFO")
    message = "a secret that a customer wrote"
    try:
        raise ValueError(f"cannot reach {'ines'}@example.org in {len(message)}")
    except ValueError as error:
        structlog.get_logger().error("turn_failed", exc_info=error)
    text = capsys.readouterr().err
    assert "ValueError" in text
    assert "{customer.email}" in text
    assert message not in text
    assert "ines@" not in text


def test_no_planted_item_with_a_form_of_its_own_reaches_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    planting = Planting(3, ["fine"])
    configure_logs("INFO")
    log = structlog.get_logger()
    for transcript in planting.transcripts(200):
        log.info("turn", messages=[message.text for message in transcript.messages])
    text = capsys.readouterr().err.replace("\\n", "\n")
    items: list[Planted] = [item for held in planting.planted.values() for item in held]
    assert {item.kind for item in items} == set(Kind)
    assert [item.value for item in items if item.kind in STRUCTURED and item.value in text] == []
