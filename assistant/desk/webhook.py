"""Webhook: calls an address of the shop when a conversation begins to wait for a person, signed and retried.

    POST AISLE_DESK_WEBHOOK
    Aisle-Signature: t=1764450000,v1=9f2c…        HMAC-SHA256 of "t.body" with AISLE_DESK_WEBHOOK_SECRET

    {"event": "conversation.waiting", "id": "5f0c…-1", "reason": "asked", "mood": "calm", "by_email": false, "signed_in": true,
     "waiting_since": "2026-11-29T20:15:00+00:00", "desk": "https://shop.example/aisle/desk"}

Each hand-over is called at least once: whatever still waits is called again after a restart, with the same `id`. The conversation's own id
is not sent, for it would open a visitor's conversation.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Self
from urllib.parse import urlsplit

import httpx2 as httpx
import structlog
from limits.storage import Storage

from assistant.desk.case import Case
from assistant.desk.desk import Desk
from assistant.desk.state import State
from assistant.settings import Settings
from retrieval.errors import AisleError, SettingsError

SIGNATURE = "Aisle-Signature"
_WAITS = (2.0, 10.0, 60.0, 300.0)
"""Seconds before each further try; most receivers that restart are back within six minutes."""
_CONNECT, _ANSWER = 3.0, 10.0
_CLAIM_SECONDS = 7 * 86_400
"""How long a claim is kept: longer than a customer who still waits writes on."""
_SHORTEST_SECRET = 32
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_log = structlog.get_logger(__name__)


class Webhook:
    """Calls `url` in a thread of its own. Safe to share between threads."""

    def __init__(
        self,
        desk: Desk,
        url: str,
        secret: str,
        page: str = "",
        waits: Sequence[float] = _WAITS,
        clock: Callable[[], float] = time.time,
        claims: Storage | None = None,
    ) -> None:
        """`claims` counts hand-overs for several processes, so that one of them calls; None if there is one process."""
        self._desk, self._url, self._secret, self._page = desk, url, secret.encode(), page
        self._waits, self._clock, self._claims = waits, clock, claims
        self._called: set[str] = set()
        self._lock, self._stopped = threading.Lock(), threading.Event()
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="webhook")
        self._client = httpx.Client(timeout=httpx.Timeout(_ANSWER, connect=_CONNECT), follow_redirects=False)

    @classmethod
    def open(cls, settings: Settings, desk: Desk, claims: Storage | None = None) -> Self | None:
        """The webhook of the settings, None without one. Raises SettingsError for an address or secret that cannot be used."""
        url, secret = settings.desk_webhook, settings.desk_webhook_secret.get_secret_value()
        if not url:
            return None
        parts = urlsplit(url)
        is_private = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _THIS_MACHINE)
        if not is_private or not parts.hostname:
            raise SettingsError(
                f"AISLE_DESK_WEBHOOK is {url!r}.", "Give it an https address; http is for this machine alone."
            )
        if len(secret) < _SHORTEST_SECRET:
            raise SettingsError(
                f"AISLE_DESK_WEBHOOK_SECRET has {len(secret)} characters: it can be guessed.",
                "Give it at least 32, such as the output of `openssl rand -hex 32`.",
            )
        public = settings.public_url.rstrip("/")
        return cls(desk, url, secret, f"{public}/desk" if public else "", claims=claims)

    def noticed(self, conversation_id: str) -> None:
        """Call soon if this conversation waits and its hand-over was not called yet."""
        if not self._stopped.is_set():
            self._pool.submit(self._run, conversation_id)

    def catch_up(self) -> None:
        """Call for everything that waits, as after a restart, whichever process was to call. Raises StoreError."""
        for case in self._desk.open_cases():
            self._pool.submit(self._run, case.conversation_id, True)

    def close(self) -> None:
        """Stop; what was not delivered is called after the next start."""
        self._stopped.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._client.close()

    def _run(self, conversation_id: str, anew: bool = False) -> None:
        try:
            case = self._desk.case(conversation_id)
            if case is None or case.state is not State.WAITING:
                return
            identity = _identity(case)
            if not self._is_due(identity, anew):
                return
        except AisleError as error:
            _log.warning("webhook_not_called", error=type(error).__name__)
            return
        if not self._delivered(json.dumps(self._told(case, identity)).encode()):
            _log.error("webhook_given_up", id=identity)

    def _is_due(self, identity: str, anew: bool) -> bool:
        """True once for each hand-over in this process, and but for `anew` in all of them."""
        with self._lock:
            if identity in self._called:
                return False
            is_first = self._claims is None or self._claims.incr(f"webhook {identity}", _CLAIM_SECONDS) == 1
            self._called.add(identity)
        return is_first or anew

    def _delivered(self, body: bytes) -> bool:
        for wait in (0.0, *self._waits):
            if self._stopped.wait(wait):
                return False
            try:
                answer = self._client.post(self._url, content=body, headers=self._headers(body))
                if answer.is_success:
                    return True
                _log.warning("webhook_refused", status=answer.status_code)
            except httpx.HTTPError as error:
                _log.warning("webhook_not_reached", error=type(error).__name__)
        return False

    def _headers(self, body: bytes) -> dict[str, str]:
        moment = int(self._clock())
        return {"Content-Type": "application/json", SIGNATURE: f"t={moment},v1={signature(self._secret, moment, body)}"}

    def _told(self, case: Case, identity: str) -> dict[str, object]:
        return {
            "event": "conversation.waiting", "id": identity, "reason": case.cause.value, "mood": case.mood.value,
            "by_email": case.by_email, "signed_in": bool(case.customer_id), "waiting_since": case.waiting_since.isoformat(),
            "desk": self._page,
        }  # fmt: skip


def signature(secret: bytes, moment: int, body: bytes) -> str:
    """What `v1` is for a body that was signed at `moment`, in seconds since 1970."""
    return hmac.new(secret, f"{moment}.".encode() + body, hashlib.sha256).hexdigest()


def _identity(case: Case) -> str:
    """Names one hand-over of one conversation, and cannot be read back."""
    return f"{hashlib.blake2b(case.conversation_id.encode(), digest_size=12).hexdigest()}-{case.handed_over}"
