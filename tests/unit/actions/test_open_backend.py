"""Which backend and which policy the settings name, and that a wrong one is refused when Aisle starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from assistant.actions.backend import BackendError
from assistant.actions.database_backend import DatabaseBackend
from assistant.actions.http_backend import HttpBackend
from assistant.actions.open_backend import open_backend
from assistant.actions.order import OrderStatus
from assistant.actions.policy_file import load_policy
from assistant.sample_shop import sample_settings
from assistant.settings import load_settings
from assistant.setup_check import missing
from retrieval.errors import SettingsError


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No .env of the developer is read."""
    monkeypatch.chdir(tmp_path)


def test_orders_are_in_the_database_unless_the_shop_has_a_system(engine: Engine, tmp_path: Path) -> None:
    assert isinstance(open_backend(load_settings(home=tmp_path), engine), DatabaseBackend)
    own = load_settings(home=tmp_path, orders_url="https://shop.example/api/", orders_token="t")
    found = open_backend(own, engine)
    assert isinstance(found, HttpBackend)
    found.close()
    with pytest.raises(BackendError, match="no token"):
        open_backend(load_settings(home=tmp_path, orders_url="https://shop.example/"), engine)


def test_the_token_is_never_shown(tmp_path: Path) -> None:
    assert "s3cret" not in repr(load_settings(home=tmp_path, orders_token="s3cret"))


def test_the_policy_is_the_one_in_the_home_or_the_one_named(tmp_path: Path) -> None:
    assert load_policy(load_settings(home=tmp_path)).rules.cancel.when == ()
    (tmp_path / "policy.md").write_text("---\ncancel:\n  when: [processing]\nreturn:\n  when: [delivered]\n---\n")
    policy = load_policy(load_settings(home=tmp_path, currency="EUR"))
    assert (policy.rules.cancel.when, policy.rules.return_.days, policy.currency) == (
        (OrderStatus.PROCESSING,),
        30,
        "EUR",
    )
    named = tmp_path / "ours.md"
    named.write_text("---\nreturn:\n  days: 14\n---\n")
    assert load_policy(load_settings(home=tmp_path, policy=named)).rules.return_.days == 14
    with pytest.raises(SettingsError, match=r"line 3: return\.days is 14, and the shop's return_days is 21"):
        load_policy(load_settings(home=tmp_path, policy=named, return_days=21))
    with pytest.raises(SettingsError, match="cannot be read"):
        load_policy(load_settings(home=tmp_path, policy=tmp_path / "absent.md"))


def test_a_wrong_policy_is_refused_before_aisle_listens(tmp_path: Path) -> None:
    (tmp_path / "policy.md").write_text("---\ncancel:\n  when: [soon]\n---\n")
    with pytest.raises(SettingsError, match=r"policy\.md, line 3: cancel\.when\.1 has the value 'soon'"):
        list(missing(load_settings(home=tmp_path)))


def test_the_sample_shop_has_its_own_policy(tmp_path: Path) -> None:
    policy = load_policy(sample_settings(home=tmp_path))
    assert policy.rules.cancel.when == (OrderStatus.PROCESSING,)
    assert policy.section("Returns") is not None
