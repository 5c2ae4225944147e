"""HttpBackend: orders that live in the shop's own system, asked over HTTP with JSON. docs/orders.md describes the interface.

Every answer is checked: an order of another customer, or a change that was not asked for, is an error and never shown.
"""

from __future__ import annotations

import ipaddress
import time
from typing import Any, Self, TypeVar
from urllib.parse import quote, urlsplit

import httpx2
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from assistant.actions.backend import BackendError
from assistant.actions.order_record import OrderRecord
from assistant.actions.owner import Owner
from assistant.actions.proposal import Done, Proposal
from assistant.actions.refusal import Reason, Refusal
from assistant.actions.requests import Request

_TIMEOUT = httpx2.Timeout(10.0, connect=3.0)
_ATTEMPTS = 3
_FIRST_PAUSE = 0.2  # seconds; doubled after each attempt
_TRY_AGAIN = frozenset({429, 502, 503, 504})


Model = TypeVar("Model", bound=BaseModel)


class _Orders(BaseModel):
    orders: tuple[OrderRecord, ...]


class _Answer(BaseModel):
    """Exactly one of the three."""

    model_config = ConfigDict(extra="forbid")

    proposal: Proposal | None = None
    done: Done | None = None
    refusal: Refusal | None = None

    @model_validator(mode="after")
    def _is_one(self) -> _Answer:
        if sum(part is not None for part in (self.proposal, self.done, self.refusal)) != 1:
            raise ValueError("an answer has one of proposal, done and refusal")
        return self


class HttpBackend:
    """An OrderBackend behind a URL. Safe to share between threads.

    A request that gets no answer is sent again; the idempotency key lets the server run a proposal once all the same.
    """

    def __init__(self, client: httpx2.Client) -> None:
        self._client = client

    @classmethod
    def open(cls, url: str, token: str) -> Self:
        """A backend at `url`, which gets `token` as a bearer token.

        Raises BackendError without a token, and for a URL that would send it over the network unencrypted.
        """
        parts = urlsplit(url)
        if not token:
            raise BackendError("There is no token for the shop's order system.", "Set AISLE_ORDERS_TOKEN.")
        if parts.scheme != "https" and not (parts.scheme == "http" and _is_this_machine(parts.hostname or "")):
            raise BackendError(
                f"The order system at {url} would get its token unencrypted.", "Give AISLE_ORDERS_URL an https address."
            )
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        return cls(httpx2.Client(base_url=url, headers=headers, timeout=_TIMEOUT))

    def close(self) -> None:
        """Close the connections; the backend is of no use afterwards."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def find(self, owner: Owner, order: str = "", limit: int = 20) -> tuple[OrderRecord, ...]:
        """See `OrderBackend.find`. Raises BackendError."""
        if not owner.customer_id:
            return ()
        params = {**_owner(owner), "order": order, "limit": str(limit)}
        found = self._ask(_Orders, "GET", "orders", params=params).orders
        for record in found:
            foreign = record.order.customer_id != owner.customer_id
            if foreign or owner.order_id not in ("", record.order.id):
                raise _nonsense("it answered with an order of somebody else")
        return found[:limit]

    def propose(self, owner: Owner, request: Request) -> Proposal | Refusal:
        """See `OrderBackend.propose`. Raises BackendError."""
        if not owner.customer_id:
            return _signed_out()
        body = {"owner": _owner(owner), "request": request.model_dump(mode="json")}
        answer = self._ask(_Answer, "POST", "proposals", json=body)
        if answer.proposal is None:
            return _refusal(answer)
        if answer.proposal.change.kind != request.kind:
            raise _nonsense(f"it answered {request.kind} with {answer.proposal.change.kind}")
        return answer.proposal

    def execute(self, owner: Owner, proposal_id: str, key: str) -> Done | Refusal:
        """See `OrderBackend.execute`. Raises BackendError; the same key may then be tried again later."""
        if not owner.customer_id:
            return _signed_out()
        path = f"proposals/{quote(proposal_id, safe='')}/execute"
        headers = {"Idempotency-Key": quote(key)}
        answer = self._ask(_Answer, "POST", path, json={"owner": _owner(owner)}, headers=headers)
        if answer.done is None:
            return _refusal(answer)
        if answer.done.proposal_id != proposal_id:
            raise _nonsense(f"it was told to run {proposal_id} and ran {answer.done.proposal_id}")
        return answer.done

    def withdraw(self, owner: Owner, proposal_id: str) -> None:
        """See `OrderBackend.withdraw`. Raises BackendError."""
        if owner.customer_id:
            self._send("POST", f"proposals/{quote(proposal_id, safe='')}/withdraw", json={"owner": _owner(owner)})

    def _ask(self, model: type[Model], method: str, path: str, **content: Any) -> Model:
        response = self._send(method, path, **content)
        try:
            return model.model_validate_json(response.content)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(map(str, first["loc"]))
            raise _nonsense(f"{method} {path} answered {place or 'something'} that is wrong: {first['msg']}") from error

    def _send(self, method: str, path: str, **content: Any) -> httpx2.Response:
        pause, reason = _FIRST_PAUSE, ""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                response = self._client.request(method, path, **content)
            except httpx2.HTTPError as error:
                reason = f"{type(error).__name__} {error}".strip()
            else:
                if response.is_success:
                    return response
                reason = f"it answered with status {response.status_code}"
                if response.status_code not in _TRY_AGAIN:
                    break
            if attempt < _ATTEMPTS:
                time.sleep(pause)
                pause *= 2
        hint = "Check AISLE_ORDERS_URL and AISLE_ORDERS_TOKEN, and that the system runs."
        raise BackendError(f"The shop's order system did not do {method} {path}: {reason}.", hint)


def _owner(owner: Owner) -> dict[str, str]:
    return {"customer_id": owner.customer_id, "order_id": owner.order_id, "actor": owner.actor}


def _signed_out() -> Refusal:
    return Refusal(
        reason=Reason.NOT_SIGNED_IN, text="Orders and accounts are shown and changed once you have signed in."
    )


def _refusal(answer: _Answer) -> Refusal:
    if answer.refusal is None:
        raise _nonsense("it answered neither what was asked nor a refusal")
    return answer.refusal


def _nonsense(what: str) -> BackendError:
    return BackendError(f"The shop's order system makes no sense: {what}.", "docs/orders.md says what it must answer.")


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
