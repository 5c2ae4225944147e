"""Staff: accounts of the people who work at the desk, and their sign-in sessions.

    staff = StaffAccounts(engine)
    staff.add("ada", "Ada", Role.AGENT, password)
    cookie = staff.sign_in("ada", password, client="203.0.113.5")
    staff.member(cookie)        # StaffMember(name='ada', …), or None

A session is a random value in a cookie; the database holds its hash alone. It ends 12 hours after sign-in, after an hour
without a request, at sign-out, and when the account is disabled or its password changes.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, delete, insert, select, update

from assistant.access.attempts import Attempts, Limit
from assistant.access.passwords import check_strength, hash_password, is_outdated, verify
from assistant.access.tables import StaffRow, StaffSessionRow
from assistant.actions.owner import AGENT
from retrieval.clock import utc_now
from retrieval.errors import AisleError
from retrieval.store.database import reading, storable, table_of, writing

LIFE, IDLE = timedelta(hours=12), timedelta(hours=1)
"""How long a session lasts in all, and without a request."""

_SEEN = timedelta(minutes=1)  # a live page asks every second; its session is written once a minute
_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,63}")
_LONGEST_TITLE = 60
_HERE = Limit("staff sign-in", "10/15minutes")
_CLIENT = Limit("staff sign-in from client", "30/15minutes")
_ACCOUNT = Limit("staff sign-in to account", "100/hour")


class Role(StrEnum):
    """What a member of staff may do. An admin may do what an agent may, and change how the shop answers."""

    AGENT = "agent"
    ADMIN = "admin"


class StaffError(AisleError):
    """An account cannot be made or changed."""


class SignInRefused(AisleError):
    """Name and password do not fit, or the account is disabled; which of them is not said."""


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A signed-in member of staff. `title` is what customers see, `actor` what the audit of orders names."""

    name: str
    title: str
    role: Role

    @property
    def actor(self) -> str:
        """`Owner.actor` for what this person does."""
        return f"{AGENT}{self.name}"

    @property
    def is_admin(self) -> bool:
        """True if the role is admin."""
        return self.role is Role.ADMIN


@dataclass(frozen=True, slots=True)
class Account:
    """One account as `aisle staff list` shows it; `sessions` counts the browsers that are signed in."""

    member: StaffMember
    created: datetime
    disabled: datetime | None
    sessions: int


class StaffAccounts:
    """All accounts of one database. Every method raises StoreError where the database fails."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime] = utc_now) -> None:
        self._engine = engine
        self._clock = clock
        self._attempts = Attempts(engine, clock)

    def add(self, name: str, title: str, role: Role, password: str) -> StaffMember:
        """Make an account. Raises StaffError for a name that is taken or is none, WeakPassword for the password."""
        name = name.strip().lower()
        title = title.strip() or name
        if not _NAME.fullmatch(name):
            raise StaffError(
                f"{name!r} cannot be an account's name.",
                "Take 2 to 64 letters of a to z, digits, or . _ - + @, such as ada or ada@shop.example.",
            )
        if len(title) > _LONGEST_TITLE or not storable(title) or not title.isprintable():
            raise StaffError(f"{title!r} cannot be shown as a name.", f"Take up to {_LONGEST_TITLE} plain characters.")
        check_strength(password, name)
        values = {"name": name, "title": title, "role": role.value, "password_hash": hash_password(password),
                  "created": self._clock(), "disabled": None}  # fmt: skip
        with writing(self._engine) as connection:
            if _row(connection, name, lock=True) is not None:
                raise StaffError(
                    f"There is an account {name!r} already.", f"Change it with `aisle staff reset {name}`."
                )
            connection.execute(insert(StaffRow).values(values))
        return StaffMember(name, title, role)

    def reset(self, name: str, password: str) -> None:
        """Give an account a new password, enable it, sign it out everywhere and forget its failed attempts."""
        name = name.strip().lower()
        check_strength(password, name)
        self._change(name, {"password_hash": hash_password(password), "disabled": None})
        self._attempts.forget([(_ACCOUNT, name)])

    def disable(self, name: str) -> None:
        """Let an account sign in no more, and sign it out everywhere. `reset` enables it again."""
        self._change(name.strip().lower(), {"disabled": self._clock()})

    def accounts(self) -> list[Account]:
        """Every account by name."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(table_of(StaffRow)).order_by(StaffRow.name)).mappings().all()
            sessions = connection.execute(select(table_of(StaffSessionRow))).mappings().all()
        now = self._clock()
        open_now = [row["staff"] for row in sessions if not _is_over(row, now)]
        return [Account(_member(row), row["created"], row["disabled"], open_now.count(row["name"])) for row in rows]

    def sign_in(self, name: str, password: str, client: str) -> str:
        """The cookie of a new session.

        Raises SignInRefused, after the same work whether the account exists, and TooManyAttempts: 10 in 15 minutes for an
        account from one client, 30 from a client, 100 an hour for an account.
        """
        name = name.strip().lower()[:64]
        here = (_HERE, f"{name} {client}")
        self._attempts.take([here, (_CLIENT, client), (_ACCOUNT, name)])
        with reading(self._engine) as connection:
            row = _row(connection, name)
        fits = verify(password, row["password_hash"] if row is not None else None)
        if not fits or row is None or row["disabled"] is not None:
            raise SignInRefused("Name and password do not fit.", "Check both; an admin can give you a new password.")
        better = hash_password(password) if is_outdated(row["password_hash"]) else row["password_hash"]
        cookie, now = secrets.token_urlsafe(32), self._clock()
        with writing(self._engine) as connection:
            current = _row(connection, name, lock=True)
            if current is None or current["disabled"] or current["password_hash"] != row["password_hash"]:
                raise SignInRefused("The account has just been changed.", "Sign in again.")
            connection.execute(update(StaffRow).where(StaffRow.name == name).values(password_hash=better))
            over = (StaffSessionRow.started < now - LIFE) | (StaffSessionRow.seen < now - IDLE)
            connection.execute(delete(StaffSessionRow).where(over))
            connection.execute(insert(StaffSessionRow).values(key=_key(cookie), staff=name, started=now, seen=now))
        self._attempts.forget([here])
        return cookie

    def member(self, cookie: str) -> StaffMember | None:
        """Who the session of `cookie` belongs to; None if it is over or there is none."""
        now = self._clock()
        query = select(table_of(StaffSessionRow).c.started, StaffSessionRow.seen, table_of(StaffRow)).join(StaffRow)
        with reading(self._engine) as connection:
            row = connection.execute(query.where(StaffSessionRow.key == _key(cookie))).mappings().first()
        if row is None or row["disabled"] is not None or _is_over(row, now):
            return None
        if now - row["seen"] > _SEEN:
            with writing(self._engine) as connection:
                connection.execute(update(StaffSessionRow).where(StaffSessionRow.key == _key(cookie)).values(seen=now))
        return _member(row)

    def sign_out(self, cookie: str) -> None:
        """End the session of `cookie`."""
        with writing(self._engine) as connection:
            connection.execute(delete(StaffSessionRow).where(StaffSessionRow.key == _key(cookie)))

    def change_password(self, member: StaffMember, old: str, new: str, client: str) -> None:
        """Give `member` a new password and sign them out everywhere.

        Raises SignInRefused if `old` is not the present one, WeakPassword for `new`, TooManyAttempts.
        """
        check_strength(new, member.name)
        self.sign_out(self.sign_in(member.name, old, client))
        self._change(member.name, {"password_hash": hash_password(new)})

    def _change(self, name: str, values: dict[str, Any]) -> None:
        with writing(self._engine) as connection:
            if not connection.execute(update(StaffRow).where(StaffRow.name == name).values(values)).rowcount:
                raise StaffError(f"There is no account {name!r}.", "`aisle staff list` shows all of them.")
            connection.execute(delete(StaffSessionRow).where(StaffSessionRow.staff == name))


def _row(connection: Connection, name: str, lock: bool = False) -> RowMapping | None:
    if not storable(name):
        return None
    query = select(table_of(StaffRow)).where(StaffRow.name == name)
    return connection.execute(query.with_for_update() if lock else query).mappings().first()


def _member(row: RowMapping) -> StaffMember:
    return StaffMember(row["name"], row["title"], Role(row["role"]))


def _is_over(row: RowMapping, now: datetime) -> bool:
    return bool(now - row["started"] > LIFE or now - row["seen"] > IDLE)


def _key(cookie: str) -> str:
    return hashlib.sha256(cookie.encode("utf-8", "surrogatepass")).hexdigest()
