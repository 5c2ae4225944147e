"""API keys: what a program may do, given to it by the shop.

A key is `aisle_`, an id and a secret of 32 random bytes. The database holds the SHA-256 of the whole key: for a secret that
nobody can guess a slow hash gains nothing. Keys are shown once, when they are made.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Engine, RowMapping, insert, select, update

from assistant.access.tables import ApiKeyRow
from retrieval.clock import utc_now
from retrieval.errors import AisleError
from retrieval.store.database import reading, storable, table_of, writing

PREFIX = "aisle_"
"""How every key begins, so that one in a log or a repository is found, and none is taken for a customer's token."""

_KEY = re.compile(rf"{PREFIX}([a-z0-9]{{8}})_[A-Za-z0-9_-]{{43}}")
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_USED = timedelta(hours=1)
_LONGEST_NAME = 80


class Scope(StrEnum):
    """What a key is for: messages of customers (`/api/chat`, `/v1`), or feeds (`/api/import`)."""

    CHAT = "chat"
    IMPORT = "import"


class KeyRefused(AisleError):
    """An API key is missing, unknown, expired or revoked."""


class ScopeMissing(AisleError):
    """An API key is good, but for something else."""


class KeyNotChanged(AisleError):
    """A key cannot be made or revoked."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """One key without its secret. `used` is when it was last used, to the hour; `expires` None never."""

    id: str
    name: str
    scopes: frozenset[Scope]
    created: datetime
    expires: datetime | None
    revoked: datetime | None
    used: datetime | None


class ApiKeys:
    """All keys of one database. Every method raises StoreError where the database fails."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime] = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def create(self, name: str, scopes: Collection[Scope], life: timedelta | None = None) -> str:
        """A new key, which cannot be shown again. Raises KeyNotChanged for a name or scopes that are none."""
        if not name.strip() or len(name) > _LONGEST_NAME or not storable(name) or not name.isprintable():
            raise KeyNotChanged(
                f"{name!r} cannot name a key.", f"Say in up to {_LONGEST_NAME} characters what it is for."
            )
        if not scopes:
            raise KeyNotChanged("A key without scopes opens nothing.", f"Scopes are {', '.join(Scope)}.")
        id_, now = "".join(secrets.choice(_ALPHABET) for _ in range(8)), self._clock()
        key = f"{PREFIX}{id_}_{secrets.token_urlsafe(32)}"
        values = {"id": id_, "name": name.strip(), "scopes": sorted(scopes), "hash": _digest(key), "created": now,
                  "expires": now + life if life else None, "revoked": None, "used": None}  # fmt: skip
        with writing(self._engine) as connection:
            connection.execute(insert(ApiKeyRow).values(values))
        return key

    def check(self, key: str, scope: Scope) -> ApiKey:
        """The key, if it is good for `scope`. Raises KeyRefused and ScopeMissing."""
        found = _KEY.fullmatch(key)
        row: RowMapping | None = None
        if found:
            with reading(self._engine) as connection:
                query = select(table_of(ApiKeyRow)).where(ApiKeyRow.id == found[1])
                row = connection.execute(query).mappings().first()
        now = self._clock()
        if row is None or not hmac.compare_digest(row["hash"], _digest(key)):
            raise KeyRefused("The API key is not known.", "Make one with `aisle keys create`.")
        if row["revoked"] is not None or (row["expires"] is not None and row["expires"] <= now):
            raise KeyRefused("The API key is revoked or expired.", "Make a new one with `aisle keys create`.")
        if scope not in row["scopes"]:
            raise ScopeMissing(f"The API key is not for this: its scopes are {', '.join(row['scopes'])}, not {scope}.")
        if row["used"] is None or now - row["used"] > _USED:
            with writing(self._engine) as connection:
                connection.execute(update(ApiKeyRow).where(ApiKeyRow.id == row["id"]).values(used=now))
        return _key_of(row)

    def revoke(self, id_: str) -> ApiKey:
        """Refuse a key from now on, by its id or the key itself. Raises KeyNotChanged for an unknown one."""
        given = found[1] if (found := _KEY.fullmatch(id_)) else id_
        with writing(self._engine) as connection:
            query = select(table_of(ApiKeyRow)).where(ApiKeyRow.id == given)
            row = connection.execute(query).mappings().first() if storable(given) else None
            if row is None:
                raise KeyNotChanged(f"There is no key {given!r}.", "`aisle keys list` shows all of them.")
            if row["revoked"] is None:
                connection.execute(update(ApiKeyRow).where(ApiKeyRow.id == given).values(revoked=self._clock()))
        return _key_of(row)

    def all(self) -> list[ApiKey]:
        """Every key, the latest first."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(table_of(ApiKeyRow)).order_by(ApiKeyRow.created.desc())).mappings()
            return [_key_of(row) for row in rows]


def _key_of(row: RowMapping) -> ApiKey:
    scopes = frozenset(map(Scope, row["scopes"]))
    return ApiKey(row["id"], row["name"], scopes, row["created"], row["expires"], row["revoked"], row["used"])


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
