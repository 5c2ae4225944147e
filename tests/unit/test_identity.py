"""Tokens and the secret: nobody is signed in who should not be."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest

from retrieval.errors import SettingsError
from tests.fake_assistant import FakeAssistant
from ui.identity import AUDIENCE, TokenRefused, load_secret, make_token, read_token
from ui.metrics import Metrics
from ui.protection import RateLimit
from ui.reception import Reception

SECRET = "k" * 40
SOON = datetime.now(UTC) + timedelta(minutes=5)


def test_a_token_names_its_customer():
    assert read_token(make_token("C-7", SECRET), SECRET) == "C-7"


@pytest.mark.parametrize(
    "token",
    [
        make_token("C-7", "another secret of enough length......."),
        make_token("C-7", SECRET, timedelta(seconds=-1)),
        make_token("C-7", SECRET, timedelta(days=30)),
        jwt.encode({"sub": "C-7", "aud": "elsewhere", "exp": SOON}, SECRET, algorithm="HS256"),
        jwt.encode({"sub": "C-7", "aud": AUDIENCE}, SECRET, algorithm="HS256"),
        jwt.encode({"sub": "C-7", "aud": AUDIENCE, "exp": SOON}, "", algorithm="none"),
        "not.a.token",
        "",
    ],
    ids=["forged", "expired", "everlasting", "other audience", "no end", "unsigned", "nonsense", "empty"],
)
def test_what_is_no_current_token_of_ours_is_refused(token):
    with pytest.raises(TokenRefused):
        read_token(token, SECRET)


def test_the_secret_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path):
    home = tmp_path / "home"
    first = load_secret("", home)
    assert load_secret("", home) == first
    assert len(first) >= 32
    assert stat.S_IMODE((home / "secret").stat().st_mode) == 0o600


def test_two_homes_have_two_secrets(tmp_path: Path):
    assert load_secret("", tmp_path / "a") != load_secret("", tmp_path / "b")


def test_a_short_or_damaged_secret_is_refused(tmp_path: Path):
    with pytest.raises(SettingsError, match="AISLE_SECRET"):
        load_secret("short", tmp_path)
    (tmp_path / "secret").write_text("")
    with pytest.raises(SettingsError, match="damaged"):
        load_secret("", tmp_path)


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="file"):
        load_secret("", tmp_path / "file" / "home")


def test_a_shops_short_token_is_good_for_a_visit(tmp_path: Path):
    reception = Reception(FakeAssistant(), Metrics(), RateLimit("1/minute"), SECRET)
    visit = reception.welcome(make_token("C-7", SECRET, timedelta(minutes=1)))
    assert read_token(visit, SECRET) == "C-7"
    assert jwt.decode(visit, options={"verify_signature": False})["exp"] > (SOON + timedelta(hours=7)).timestamp()
    assert reception.welcome(make_token("C-7", SECRET, timedelta(seconds=-1))) == ""
    assert reception.welcome("") == ""
    reception.close()
