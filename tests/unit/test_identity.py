"""Tokens and the secret: nobody is signed in who should not be."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest

from retrieval.errors import SettingsError
from tests.fake_assistant import FakeAssistant
from ui.identity import AUDIENCE, TokenRefused, load_secret, make_token, read_token, visit_token
from ui.metrics import Metrics
from ui.protection import RateLimit
from ui.reception import Reception
from ui.refusals import Refusals

SECRET = "fedcba9876543210" * 3
SOON = datetime.now(UTC) + timedelta(hours=4)


def test_a_token_names_its_customer():
    assert read_token(make_token("C-7", SECRET), SECRET) == "C-7"


@pytest.mark.parametrize(
    "token",
    [
        make_token("C-7", "another secret of enough length......."),
        make_token("C-7", SECRET, timedelta(minutes=-2)),
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
    reception = Reception(FakeAssistant(), Metrics(), RateLimit("1/minute"), SECRET, Refusals())
    visit = reception.welcome(make_token("C-7", SECRET, timedelta(minutes=1)))
    assert read_token(visit, SECRET) == "C-7"
    assert jwt.decode(visit, options={"verify_signature": False})["exp"] > (SOON + timedelta(hours=3)).timestamp()
    assert reception.welcome(make_token("C-7", SECRET, timedelta(minutes=-2))) == ""
    assert reception.welcome("") == ""
    reception.close()


@pytest.mark.parametrize("claim", ["iat", "nbf"])
def test_clocks_may_differ_by_a_minute(claim: str):
    def token(seconds: int) -> str:
        claims = {"sub": "C-7", "aud": AUDIENCE, "exp": SOON, claim: datetime.now(UTC) + timedelta(seconds=seconds)}
        return jwt.encode(claims, SECRET, algorithm="HS256")

    assert read_token(token(40), SECRET) == "C-7"
    with pytest.raises(TokenRefused):
        read_token(token(300), SECRET)


def test_a_visit_cannot_be_renewed(tmp_path: Path):
    visit = visit_token(make_token("C-7", SECRET), SECRET, timedelta(minutes=5))
    again = visit_token(visit, SECRET, timedelta(hours=8))
    assert again == visit
    assert read_token(again, SECRET) == "C-7"
    ended = visit_token(make_token("C-7", SECRET), SECRET, timedelta(minutes=-5))
    with pytest.raises(TokenRefused):
        visit_token(ended, SECRET, timedelta(hours=8))


@pytest.mark.parametrize("secret", ["s" * 40, " " * 40, "ab" * 20])
def test_a_secret_of_few_characters_is_refused(tmp_path: Path, secret: str):
    with pytest.raises(SettingsError, match="AISLE_SECRET"):
        load_secret(secret, tmp_path)


def test_a_secret_file_of_other_bytes_is_named(tmp_path: Path):
    (tmp_path / "secret").write_bytes(b"\xff\xfe" * 40)
    with pytest.raises(SettingsError, match="damaged"):
        load_secret("", tmp_path)


def test_servers_that_start_at_once_share_one_whole_secret(tmp_path: Path):
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: load_secret("", tmp_path), range(8)))
    assert len(found) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]
