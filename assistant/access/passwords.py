"""Passwords: Argon2id hashes (RFC 9106), and what a password must be.

The cost is OWASP's recommendation for Argon2id (19 MiB, 2 passes, 1 lane): about 20 ms here, and a flood of sign-ins
does not use up the memory that the models need.
"""

from __future__ import annotations

import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from retrieval.errors import AisleError

SHORTEST, LONGEST = 12, 200
_FEWEST_CHARACTERS = 5
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = _HASHER.hash(secrets.token_hex(16))
"""A hash that no password fits: checking it takes as long as checking an account's."""


class WeakPassword(AisleError):
    """A password can be guessed."""


def check_strength(password: str, name: str) -> None:
    """Raise WeakPassword if `password` is too short or too plain for the account `name`."""
    hint = "Take a few words that nobody would put together."
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPassword(f"A password has {SHORTEST} to {LONGEST} characters; this one has {len(password)}.", hint)
    if len(set(password)) < _FEWEST_CHARACTERS:
        raise WeakPassword(f"The password has only {len(set(password))} different characters.", hint)
    if name.casefold() in password.casefold():
        raise WeakPassword(f"The password contains the account's name, {name!r}.", hint)


def hash_password(password: str) -> str:
    """The Argon2id hash of `password`, with its salt and cost in it."""
    return _HASHER.hash(_normal(password))


def verify(password: str, password_hash: str | None) -> bool:
    """True if `password` fits `password_hash`; None takes as long and fits nothing."""
    try:
        return _HASHER.verify(password_hash or _NOBODY, _normal(password)) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(password_hash: str) -> bool:
    """True if the hash was made at another cost than today's."""
    return _HASHER.check_needs_rehash(password_hash)


def _normal(password: str) -> bytes:
    """The same bytes from every keyboard; cut first, for normalizing costs the square of the length."""
    return unicodedata.normalize("NFC", password[:LONGEST]).encode("utf-8", "surrogatepass")
