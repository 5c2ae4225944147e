"""API keys on SQLite and PostgreSQL, over HTTP, and from the command line."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from starlette.testclient import TestClient
from typer.testing import CliRunner

from assistant.access.keys import ApiKeys, KeyNotChanged, KeyRefused, Scope, ScopeMissing
from assistant.access.tables import ApiKeyRow
from assistant.cli import build_app
from retrieval.store.database import open_database, reading
from tests.fake_assistant import FakeAssistant
from tests.unit.web import SECRET, make_app
from ui.identity import make_token

START = datetime(2026, 11, 29, 12, tzinfo=UTC)
FEED = b'{"id": "T-1", "title": "Larkfield 2 tent", "price": "149 USD"}\n'


@pytest.fixture
def moments() -> list[datetime]:
    """The last one is now."""
    return [START]


@pytest.fixture
def keys(engine: Engine, moments: list[datetime]) -> ApiKeys:
    return ApiKeys(engine, lambda: moments[-1])


def test_a_key_opens_its_scopes_and_the_database_does_not_hold_it(keys: ApiKeys, engine: Engine) -> None:
    key = keys.create("the shop's app", {Scope.CHAT})
    assert re.fullmatch(r"aisle_[a-z2-9]{8}_[\w-]{43}", key)
    assert keys.check(key, Scope.CHAT).name == "the shop's app"
    with pytest.raises(ScopeMissing, match="chat, not import"):
        keys.check(key, Scope.IMPORT)
    with reading(engine) as connection:
        stored = str(connection.execute(select(ApiKeyRow)).all()) + str(keys.all())
    secret = key.split("_", 2)[2]  # the secret itself may hold underscores
    assert len(secret) == 43
    assert secret not in stored
    assert key not in stored


def test_nothing_but_the_key_is_the_key(keys: ApiKeys) -> None:
    key, other = (keys.create(name, {Scope.CHAT}) for name in ("one", "two"))
    swapped = f"{key[:15]}{other[15:]}"
    flipped = key[:-5] + ("A" if key[-5] != "A" else "B") + key[-4:]
    for wrong in ("", "aisle_", key[:-1], f"{key} ", key.upper(), swapped, flipped, "aisle_\x00", key[:15]):
        with pytest.raises(KeyRefused):
            keys.check(wrong, Scope.CHAT)


def test_a_key_ends_when_it_is_revoked_or_expires(keys: ApiKeys, moments: list[datetime]) -> None:
    forever, week = keys.create("a", {Scope.CHAT}), keys.create("b", {Scope.CHAT}, timedelta(days=7))
    moments.append(START + timedelta(days=6, hours=23))
    assert keys.check(week, Scope.CHAT)
    moments.append(START + timedelta(days=7))
    with pytest.raises(KeyRefused, match="expired"):
        keys.check(week, Scope.CHAT)
    assert keys.check(forever, Scope.CHAT)
    keys.revoke(forever)
    with pytest.raises(KeyRefused, match="revoked"):
        keys.check(forever, Scope.CHAT)
    assert [key.name for key in keys.all() if key.revoked] == ["a"]
    with pytest.raises(KeyNotChanged, match="nothere"):
        keys.revoke("nothere\x00")


def test_the_last_use_is_kept_to_the_hour(keys: ApiKeys, moments: list[datetime]) -> None:
    key = keys.create("a", {Scope.CHAT})
    assert keys.all()[0].used is None
    used = []
    for minutes in (0, 59, 61):
        moments.append(START + timedelta(minutes=minutes))
        keys.check(key, Scope.CHAT)
        used.append(keys.all()[0].used)
    assert used == [START, START, START + timedelta(minutes=61)]


@pytest.mark.parametrize(
    ("name", "scopes"), [("", {Scope.CHAT}), ("x" * 81, {Scope.CHAT}), ("a", set()), ("a\nb", {Scope.CHAT})]
)
def test_what_cannot_be_a_key_is_refused(keys: ApiKeys, name: str, scopes: set[Scope]) -> None:
    with pytest.raises(KeyNotChanged):
        keys.create(name, scopes)


def bearer(value: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {value}"}


def made(home: Path, *scopes: Scope) -> str:
    return ApiKeys(open_database(f"sqlite:///{home / 'aisle.db'}")).create("test", set(scopes))


COMPLETION = {"messages": [{"role": "user", "content": "hi"}]}


def statuses(client: TestClient, value: str) -> list[int]:
    """Of a message to each interface and of an import, with `value` as bearer."""
    headers = bearer(value) if value else {}
    return [
        client.post("/api/chat", json={"message": "hi"}, headers=headers).status_code,
        client.post("/v1/chat/completions", json=COMPLETION, headers=headers).status_code,
        client.get("/v1/models", headers=headers).status_code,
        client.post("/api/import", content=FEED, headers=headers).status_code,
    ]


def test_without_the_setting_keys_are_optional_but_a_wrong_one_is_refused(tmp_path: Path) -> None:
    client = TestClient(make_app(tmp_path))
    assert statuses(client, "") == [200, 200, 200, 403]
    assert statuses(client, "any") == [200, 200, 200, 403]
    assert statuses(client, made(tmp_path, Scope.CHAT)) == [200, 200, 200, 403]
    assert statuses(client, made(tmp_path, Scope.IMPORT)) == [403, 403, 403, 200]
    assert statuses(client, "aisle_wrong") == [401, 401, 401, 401]
    refused = client.post("/api/chat", json={"message": "hi"}, headers=bearer("aisle_wrong")).json()
    assert refused["error"]["code"] == "key_refused"


def test_where_keys_are_required_a_message_needs_one_or_a_customers_token(tmp_path: Path) -> None:
    client = TestClient(make_app(tmp_path, FakeAssistant(), api_keys="required", import_key="k" * 40))
    assert statuses(client, "") == [401, 401, 401, 401]
    assert statuses(client, "any") == [401, 401, 401, 401]
    assert statuses(client, made(tmp_path, Scope.CHAT, Scope.IMPORT)) == [200] * 4
    assert statuses(client, make_token("C-1", SECRET))[:3] == [200] * 3
    assert statuses(client, make_token("C-1", "another secret of enough length......."))[:2] == [401] * 2
    assert statuses(client, "k" * 40)[3] == 200
    for open_path in ("/", "/chat/", "/healthz", "/widget.js", "/api/embedding"):
        assert client.get(open_path).status_code == 200, open_path


def test_a_key_is_one_client_for_the_rate_limit_wherever_it_comes_from(tmp_path: Path) -> None:
    app = make_app(tmp_path, rate_limit="2/minute")
    key, other = made(tmp_path, Scope.CHAT), made(tmp_path, Scope.CHAT)

    def ask(client: str, value: str) -> int:
        asked = TestClient(app, client=(client, 5000))
        return asked.post("/api/chat", json={"message": "hi"}, headers=bearer(value)).status_code

    assert [ask(f"198.51.100.{number}", key) for number in range(3)] == [200, 200, 429]
    assert [ask("198.51.100.1", other), ask("198.51.100.1", "any")] == [200, 200]


def test_the_commands_make_list_and_revoke_keys(tmp_path: Path) -> None:
    def run(*arguments: str) -> str:
        done = CliRunner().invoke(build_app(), ["keys", *arguments, "--home", str(tmp_path)])
        return done.stdout if done.exit_code == 0 else f"failed {done.exception}"

    assert "no keys" in run("list")
    key = run("create", "web shop", "--scope", "chat", "--scope", "import", "--days", "30").strip()
    keys = ApiKeys(open_database(f"sqlite:///{tmp_path / 'aisle.db'}"))
    assert keys.check(key, Scope.IMPORT)
    line = run("list").strip().split("\t")
    assert (line[1], line[2]) == ("web shop", "chat,import")
    assert line[5].startswith("expires")
    assert key not in run("list")
    assert "Revoked" in run("revoke", line[0])
    with pytest.raises(KeyRefused):
        keys.check(key, Scope.CHAT)
    assert run("create", "x", "--scope", "everything").startswith("failed")
    assert run("create", "x").startswith("failed")
    assert run("revoke", "nothere").startswith("failed")
