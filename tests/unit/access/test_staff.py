"""Staff accounts on SQLite and PostgreSQL: who gets in, for how long, and what a guesser learns."""

from __future__ import annotations

import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select, update
from typer.testing import CliRunner

from assistant.access import passwords
from assistant.access.attempts import Attempts, Limit, TooManyAttempts
from assistant.access.passwords import WeakPassword, check_strength, hash_password, is_outdated, verify
from assistant.access.staff import IDLE, LIFE, Role, SignInRefused, StaffAccounts, StaffError, StaffMember
from assistant.access.tables import StaffRow, StaffSessionRow
from assistant.cli import build_app
from retrieval.store.database import open_database, reading, writing

PASSWORD, OTHER = "four plain words here", "other plain words there"
HERE = "203.0.113.5"
ADA = StaffMember("ada", "Ada", Role.AGENT)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 29, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def staff(engine: Engine, clock: Clock) -> StaffAccounts:
    accounts = StaffAccounts(engine, clock)
    accounts.add("Ada ", "Ada", Role.AGENT, PASSWORD)
    return accounts


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hash of every password that is checked."""
    checked: list[str] = []

    class Counting:
        def verify(self, password_hash: str, password: bytes) -> bool:
            checked.append(password_hash)
            return real.verify(password_hash, password)

        def __getattr__(self, name: str) -> object:
            return getattr(real, name)

    real = passwords._HASHER
    monkeypatch.setattr(passwords, "_HASHER", Counting())
    return checked


def test_name_and_password_open_a_session_which_the_database_does_not_hold(
    staff: StaffAccounts, engine: Engine
) -> None:
    cookie = staff.sign_in("ADA", PASSWORD, HERE)
    assert staff.member(cookie) == ADA
    assert (ADA.actor, ADA.is_admin) == ("agent:ada", False)
    with reading(engine) as connection:
        stored = [str(connection.execute(select(row)).all()) for row in (StaffRow, StaffSessionRow)]
    assert "$argon2id$" in stored[0]
    assert not any(secret in text for secret in (cookie, PASSWORD) for text in stored)


def test_every_sign_in_has_a_cookie_of_its_own(staff: StaffAccounts) -> None:
    first, second = (staff.sign_in("ada", PASSWORD, HERE) for _ in range(2))
    staff.sign_out(first)
    assert (staff.member(first), staff.member(second)) == (None, ADA)


@pytest.mark.parametrize("cookie", ["", "x", "ada", "\x00", "0" * 64])
def test_no_other_cookie_is_anybody(staff: StaffAccounts, cookie: str) -> None:
    staff.sign_in("ada", PASSWORD, HERE)
    assert staff.member(cookie) is None


def test_a_session_ends_after_an_hour_without_a_request_and_after_a_day_of_work(
    staff: StaffAccounts, clock: Clock
) -> None:
    idle, busy = staff.sign_in("ada", PASSWORD, HERE), staff.sign_in("ada", PASSWORD, HERE)
    started = clock.now
    while clock.now - started + timedelta(minutes=50) <= LIFE:
        clock.wait(minutes=50)
        assert staff.member(busy) == ADA
    assert staff.member(idle) is None
    assert [account.sessions for account in staff.accounts()] == [1]
    clock.wait(minutes=50)
    assert clock.now - started > LIFE
    assert staff.member(busy) is None
    fresh = staff.sign_in("ada", PASSWORD, HERE)
    clock.now += IDLE + timedelta(seconds=1)
    assert staff.member(fresh) is None


def test_disabling_ends_every_session_and_a_reset_takes_a_new_password(staff: StaffAccounts) -> None:
    cookies = [staff.sign_in("ada", PASSWORD, HERE) for _ in range(2)]
    staff.disable("ada")
    assert [staff.member(cookie) for cookie in cookies] == [None, None]
    with pytest.raises(SignInRefused):
        staff.sign_in("ada", PASSWORD, HERE)
    staff.reset("ada", OTHER)
    with pytest.raises(SignInRefused):
        staff.sign_in("ada", PASSWORD, HERE)
    assert staff.member(staff.sign_in("ada", OTHER, HERE)) == ADA


def test_a_changed_password_signs_out_everywhere_and_needs_the_present_one(staff: StaffAccounts) -> None:
    cookie = staff.sign_in("ada", PASSWORD, HERE)
    with pytest.raises(SignInRefused):
        staff.change_password(ADA, OTHER, OTHER, HERE)
    assert staff.member(cookie) == ADA
    staff.change_password(ADA, PASSWORD, OTHER, HERE)
    assert staff.member(cookie) is None
    assert staff.sign_in("ada", OTHER, HERE)


def test_a_guesser_learns_nothing_about_accounts(staff: StaffAccounts, hashes: list[str]) -> None:
    staff.add("bob", "Bob", Role.AGENT, OTHER)
    staff.disable("bob")
    said = set()
    for number, (name, password) in enumerate([("ada", OTHER), ("nobody", OTHER), ("bob", OTHER), ("a\x00", OTHER)]):
        with pytest.raises(SignInRefused) as refused:
            staff.sign_in(name, password, f"198.51.100.{number}")
        said.add(str(refused.value))
    assert len(said) == 1
    assert len(hashes) == 4  # one costly check each, whether there is such an account
    assert len({hash.rsplit("$", 2)[0] for hash in hashes}) == 1  # at the same cost


@pytest.mark.parametrize("name", ["ada", "nobody"])
def test_guessing_is_stopped_for_an_account_from_one_client(staff: StaffAccounts, name: str, hashes: list[str]) -> None:
    for _ in range(10):
        with pytest.raises(SignInRefused):
            staff.sign_in(name, OTHER, HERE)
    hashes.clear()
    with pytest.raises(TooManyAttempts, match="15 minutes"):
        staff.sign_in(name, PASSWORD, HERE)
    assert hashes == []
    if name == "ada":  # who sits elsewhere is not locked out
        assert staff.sign_in(name, PASSWORD, "198.51.100.1")


def test_guessing_many_accounts_is_stopped_for_a_client(staff: StaffAccounts, clock: Clock) -> None:
    for number in range(30):
        with pytest.raises(SignInRefused):
            staff.sign_in(f"somebody-{number}", OTHER, HERE)
    with pytest.raises(TooManyAttempts):
        staff.sign_in("ada", PASSWORD, HERE)
    clock.wait(minutes=15, seconds=1)
    assert staff.sign_in("ada", PASSWORD, HERE)


def test_guessing_from_many_clients_is_stopped_for_an_account_until_a_reset(engine: Engine, clock: Clock) -> None:
    attempts = Attempts(engine, clock)
    limit = Limit("all", "3/hour")
    for client in range(3):
        attempts.take([(limit, "ada"), (Limit("one", "2/hour"), f"{client}")])
    with pytest.raises(TooManyAttempts) as stopped:
        attempts.take([(limit, "ada")])
    assert stopped.value.wait == timedelta(hours=1)
    attempts.take([(limit, "bob")])
    attempts.forget([(limit, "ada")])
    attempts.take([(limit, "ada")])


def test_attempts_at_once_are_all_counted(engine: Engine) -> None:
    limit = Limit("at once", "10/hour")

    def passes(_: int) -> bool:
        try:
            Attempts(engine).take([(limit, "ada")])
        except TooManyAttempts:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(passes, range(40))) == 10


@pytest.mark.parametrize(
    "password",
    ["", "short", "ada is my own name", "aaaabbbbaaaabbbb", "x" * 201],
    ids=["empty", "short", "name", "few", "long"],
)
def test_a_weak_password_is_refused(staff: StaffAccounts, password: str) -> None:
    with pytest.raises(WeakPassword):
        staff.reset("ada", password)
    assert staff.sign_in("ada", PASSWORD, HERE)


@pytest.mark.parametrize("name", ["", "a", "a b", "ada;", "-ada", "ａda", "a" * 65, "a\x00b"])
def test_what_is_no_name_is_refused(staff: StaffAccounts, name: str) -> None:
    with pytest.raises(StaffError):
        staff.add(name, "", Role.AGENT, PASSWORD)


def test_a_name_is_taken_once_and_an_unknown_one_is_named(staff: StaffAccounts) -> None:
    with pytest.raises(StaffError, match="already"):
        staff.add("ADA", "", Role.ADMIN, OTHER)
    with pytest.raises(StaffError, match="nobody"):
        staff.disable("nobody")
    with pytest.raises(StaffError, match="name"):
        staff.add("eve", "Eve\u202eda", Role.AGENT, PASSWORD)


@settings(max_examples=10)
@example("a\u0308", "ä")
@given(st.text(max_size=40), st.text(max_size=40))
def test_a_hash_fits_its_password_alone(password: str, other: str) -> None:
    same = unicodedata.normalize("NFC", password) == unicodedata.normalize("NFC", other)
    stored = hash_password(password)
    assert verify(password, stored)
    assert verify(other, stored) is same
    assert not verify(password, None)
    assert not verify(password, "no hash")


def test_a_hash_of_another_cost_is_made_anew_at_sign_in(staff: StaffAccounts, engine: Engine) -> None:
    from argon2 import PasswordHasher

    cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    assert is_outdated(cheap)
    with writing(engine) as connection:
        connection.execute(update(StaffRow).values(password_hash=cheap))
    staff.sign_in("ada", PASSWORD, HERE)
    with reading(engine) as connection:
        assert not is_outdated(connection.scalar(select(StaffRow.password_hash)) or "")
    assert staff.sign_in("ada", PASSWORD, HERE)


def test_strength_counts_characters_of_every_script() -> None:
    check_strength("пароль из слов", "ada")


def run(home: Path, *arguments: str, typed: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(build_app(), ["staff", *arguments, "--home", str(home)], input=typed)
    return done.exit_code, done.output + str(done.exception or "")


def test_the_commands_make_list_disable_and_reset_accounts(tmp_path: Path) -> None:
    assert "no accounts" in run(tmp_path, "list")[1]
    assert run(tmp_path, "add", "ada", "--title", "Ada", "--role", "admin", typed=f"{PASSWORD}\n")[0] == 0
    code, said = run(tmp_path, "add", "bob", "--generate")
    generated = said.strip().rsplit(" ", 1)[1]
    assert code == 0
    accounts = StaffAccounts(open_database(f"sqlite:///{tmp_path / 'aisle.db'}"))
    member = accounts.member(accounts.sign_in("ada", PASSWORD, HERE))
    assert member is not None
    assert member.is_admin
    assert accounts.sign_in("bob", generated, HERE)
    assert run(tmp_path, "disable", "bob")[0] == 0
    assert "disabled since" in run(tmp_path, "list")[1]
    assert run(tmp_path, "reset", "bob", typed=f"{OTHER}\n")[0] == 0
    assert accounts.sign_in("bob", OTHER, HERE)
    assert [line.split("\t")[:3] for line in run(tmp_path, "list")[1].splitlines()] == [
        ["ada", "Ada", "admin"], ["bob", "bob", "agent"],
    ]  # fmt: skip
    for wrong in (["reset", "nobody"], ["add", "eve", "--role", "owner"], ["add", "eve"]):
        code, said = run(tmp_path, *wrong, typed="short\n")
        assert code != 0
        assert PASSWORD not in said
