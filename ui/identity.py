"""Identity: who the customer is, told by the shop's server and never by text.

Two ways: a signed session cookie for pages that Aisle serves itself, and a short-lived token (JWT, HS256) that a
shop's own server signs with the shared secret, for a widget on another host, where browsers block its cookies.
"""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt

from retrieval.errors import AisleError, SettingsError

AUDIENCE = "aisle"
_ALGORITHM = "HS256"
_LONGEST = timedelta(hours=12)
_SHORTEST_SECRET = 32


class TokenRefused(AisleError):
    """A token is expired, was signed with another secret, or is not for Aisle."""


def load_secret(configured: str, home: Path) -> str:
    """The secret that signs cookies and tokens: `configured`, or one kept in `home`, made on first use.

    Raises SettingsError when `configured` is short enough to guess or `home` cannot be written.
    """
    if configured:
        if len(configured) < _SHORTEST_SECRET:
            raise SettingsError(
                f"AISLE_SECRET has {len(configured)} characters, too few to be safe.",
                "Give it at least 32, such as the output of `openssl rand -hex 32`, or leave it empty.",
            )
        return configured
    path = home / "secret"
    try:
        home.mkdir(parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    except OSError as error:
        raise SettingsError(f"The secret cannot be kept at {path}: {error.strerror}.", "Set AISLE_SECRET.") from error
    kept = path.read_text().strip()
    if len(kept) < _SHORTEST_SECRET:
        raise SettingsError(
            f"The secret kept at {path} is damaged.", "Delete the file; signed-in customers sign in again."
        )
    return kept


def make_token(customer_id: str, secret: str, lifetime: timedelta = timedelta(minutes=15)) -> str:
    """A token that signs `customer_id` in for `lifetime`."""
    now = datetime.now(UTC)
    claims = {"sub": customer_id, "aud": AUDIENCE, "iat": now, "exp": now + lifetime}
    return jwt.encode(claims, secret, algorithm=_ALGORITHM)


def read_token(token: str, secret: str) -> str:
    """The customer id of `token`. Raises TokenRefused unless it is signed, current, for Aisle and not long-lived."""
    try:
        claims = jwt.decode(
            token, secret, algorithms=[_ALGORITHM], audience=AUDIENCE, options={"require": ["sub", "aud", "exp"]}
        )
    except jwt.InvalidTokenError as error:
        raise TokenRefused(f"The token was refused: {error}.", "Ask the shop's server for a fresh one.") from error
    if claims["exp"] > (datetime.now(UTC) + _LONGEST).timestamp():
        raise TokenRefused("The token was refused: it lives longer than 12 hours.", "Give it a nearer `exp`.")
    return str(claims["sub"])
