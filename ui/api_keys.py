"""API keys on the web: the dependency that lets a program in."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import HTTPConnection, Request

from assistant.access.keys import PREFIX, ApiKey, ApiKeys, KeyRefused, Scope
from ui.identity import looks_like_a_token

_KEY = "aisle.api_key"


class KeyDesk:
    """Checks the key of a request. `required` says whether those who have neither a key nor a customer's token are refused.

    `keys` opens the keys on first use: a shop that has none needs no database for it.
    """

    def __init__(self, keys: Callable[[], ApiKeys], required: bool) -> None:
        self._keys = keys
        self._required = required

    def chat(self, request: Request) -> None:
        """A dependency of the routes that take a customer's message. Raises KeyRefused and ScopeMissing.

        A customer's token is checked by the reception. Any other bearer value is nobody's key, as OpenAI clients send one
        in any case.
        """
        given = bearer_of(request)
        if given.startswith(PREFIX):
            request.scope[_KEY] = self._keys().check(given, Scope.CHAT)
        elif self._required and not looks_like_a_token(given):
            raise KeyRefused(
                "This needs an API key.", "Send `Authorization: Bearer` with a key of `aisle keys create`."
            )

    def check_import(self, request: Request) -> bool:
        """True if the request carries a key for imports; False if it carries none. Raises KeyRefused and ScopeMissing."""
        given = bearer_of(request)
        if given.startswith(PREFIX):
            self._keys().check(given, Scope.IMPORT)
            return True
        return False


def api_key_of(connection: HTTPConnection) -> ApiKey | None:
    """The key that `KeyDesk.chat` found good."""
    key: ApiKey | None = connection.scope.get(_KEY)
    return key


def bearer_of(connection: HTTPConnection) -> str:
    """The bearer value of a request; "" without one."""
    scheme, _, value = connection.headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""
