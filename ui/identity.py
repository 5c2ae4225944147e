"""Identity: who the customer is, told by the shop's server and never by text.

Two ways: a signed session cookie for pages that Aisle serves itself, and a short-lived token (JWT, HS256) that a
shop's own server signs with the shared secret, for a widget on another host, where browsers block its cookies.
"""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt

from retrieval.errors import AisleError, SettingsError

AUDIENCE = "aisle"
_VISIT_AUDIENCE = "aisle-visit"
_LEEWAY = timedelta(seconds=60)  # clocks of two servers differ
_ALGORITHM = "HS256"
_LONGEST = timedelta(hours=12)
_SHORTEST_SECRET, _FEWEST_CHARACTERS = 32, 8


class TokenRefused(AisleError):
    """A token is expired, was signed with another secret, or is not for Aisle."""


def load_secret(configured: str, home: Path) -> str:
    """The secret that signs cookies and tokens: `configured`, or one kept in `home`, made on first use.

    Raises SettingsError when `configured` is short enough to guess or `home` cannot be written.
    """
    if configured:
        if len(configured) < _SHORTEST_SECRET or len(set(configured)) < _FEWEST_CHARACTERS:
            raise SettingsError(
                f"AISLE_SECRET has {len(configured)} characters, {len(set(configured))} different ones: it can be guessed.",
                "Give it at least 32, such as the output of `openssl rand -hex 32`, or leave it empty.",
            )
        return configured
    path = home / "secret"
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        _keep_secret(path)
    except OSError as error:
        raise SettingsError(f"The secret cannot be kept at {path}: {error.strerror}.", "Set AISLE_SECRET.") from error
    kept = path.read_bytes().decode("ascii", "ignore").strip()
    if len(kept) < _SHORTEST_SECRET:
        raise SettingsError(
            f"The secret kept at {path} is damaged.", "Delete the file; signed-in customers sign in again."
        )
    return kept


def make_token(customer_id: str, secret: str, lifetime: timedelta = timedelta(minutes=15)) -> str:
    """Return a token that signs `customer_id` in for `lifetime`."""
    return _signed(customer_id, AUDIENCE, secret, lifetime)


def visit_token(token: str, secret: str, lifetime: timedelta) -> str:
    """Return a token for a visit of `lifetime`, in exchange for the shop's short-lived one.

    A visit's own token comes back as it is: a visit ends when it was said to, however often it is renewed. Raises
    TokenRefused like `read_token`.
    """
    claims = _claims(token, secret)
    return token if claims["aud"] == _VISIT_AUDIENCE else _signed(claims["sub"], _VISIT_AUDIENCE, secret, lifetime)


def read_token(token: str, secret: str) -> str:
    """Return the customer id of `token`. Raises TokenRefused unless it is signed, current, for Aisle and not long-lived."""
    return str(_claims(token, secret)["sub"])


def looks_like_a_token(value: str) -> bool:
    """True if a bearer value has the form of a token, which is then held to be one."""
    return value.count(".") == 2


def _signed(customer_id: str, audience: str, secret: str, lifetime: timedelta) -> str:
    now = datetime.now(UTC)
    claims = {"sub": customer_id, "aud": audience, "iat": now, "exp": now + lifetime}
    return jwt.encode(claims, secret, algorithm=_ALGORITHM)


def _claims(token: str, secret: str) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            secret,
            algorithms=[_ALGORITHM],
            audience=[AUDIENCE, _VISIT_AUDIENCE],
            leeway=_LEEWAY,
            options={"require": ["sub", "aud", "exp"]},
        )
    except jwt.InvalidTokenError as error:
        raise TokenRefused(f"The token was refused: {error}.", "Ask the shop's server for a fresh one.") from error
    if claims["exp"] > (datetime.now(UTC) + _LONGEST + _LEEWAY).timestamp():
        raise TokenRefused("The token was refused: it lives longer than 12 hours.", "Give it a nearer `exp`.")
    return claims


def _keep_secret(path: Path) -> None:
    """Make a secret at `path` unless there is one. It appears whole or not at all, also if two servers start at once."""
    if path.exists():
        return
    draft = path.with_name(f"secret.{secrets.token_hex(4)}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
