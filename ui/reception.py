"""Reception: what all faces share. It knows who asks, how often they may, and starts their replies."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import timedelta

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from assistant.dialogue.waiting import Press
from assistant.reply import ReplyEvent
from ui.api_keys import api_key_of, bearer_of
from ui.identity import TokenRefused, looks_like_a_token, read_token, visit_token
from ui.metrics import Metrics
from ui.opening import Answering
from ui.protection import Limiter, TooFast
from ui.proxies import client_of
from ui.refusals import Refusals
from ui.replies import Replies
from ui.staffed import Staffed
from ui.visitor import Visitor

SESSION_CUSTOMER = "customer_id"
VISIT = timedelta(hours=8)
_SHOW_PEOPLE = frozenset({"chat", "api"})
"""Faces on which a person's messages can be read."""


class Reception:
    """Turns a web request into a visitor, and a visitor's message into a reply."""

    def __init__(
        self,
        assistant: Answering,
        metrics: Metrics,
        limit: Limiter,
        secret: str,
        refusals: Refusals,
        staffed: Staffed | None = None,
        noticed: Callable[[str], None] | None = None,
    ) -> None:
        """`staffed` is the desk of a shop with people behind the assistant, `noticed` is called when a case has news for it."""
        self.assistant = assistant
        self.staffed = staffed
        self._attended = {
            hands_over: staffed.attend(assistant, noticed or (lambda _: None), hands_over) if staffed else assistant
            for hands_over in (True, False)
        }
        self.metrics = metrics
        self._replies = Replies(assistant, metrics)
        self._limit = limit
        self._secret = secret
        self._refusals = refusals

    def visitor(self, request: Request, token: str = "") -> Visitor:
        """Who sent `request`: by `token` or a bearer token that is one of ours, else by the session cookie.

        Raises TokenRefused for a token that is expired or forged. A bearer value that is no such token at all, such as
        the API key that OpenAI clients insist on, is a visitor without a name. Limits count a key of ours as one client.
        """
        key = api_key_of(request)
        client = f"key {key.id}" if key else client_of(request)
        given = token or bearer_of(request)
        if looks_like_a_token(given):
            try:
                return Visitor(client, read_token(given, self._secret))
            except TokenRefused:
                self.metrics.token_refused()
                self._refusals.note(client_of(request), "token_refused")
                raise
        customer_id = request.scope.get("session", {}).get(SESSION_CUSTOMER)
        return Visitor(client, customer_id)

    def welcome(self, token: str, client: str = "") -> str:
        """Return a token that lasts as long as a visit for the shop's short-lived one of `client`; "" if that is absent or refused."""
        try:
            return visit_token(token, self._secret, VISIT) if token else ""
        except TokenRefused:
            self.metrics.token_refused()
            self._refusals.note(client, "token_refused")
            return ""

    async def events(
        self,
        face: str,
        message: str,
        conversation_id: str | None,
        visitor: Visitor,
        earlier: Sequence[str] = (),
        page: str = "",
        press: Press | None = None,
        after: str = "",
    ) -> AsyncGenerator[ReplyEvent]:
        """Return the events of the reply to `message`, which counts once, however many `earlier` messages it has.

        `page` is the id of the product whose page is open; an id that the shop does not have is ignored. `press` is the button of
        a card that sent the message. `after` is the id of the conversation that a new one follows; a visitor's cart in it carries over.

        Raises TooFast before it returns; see `Replies.events` for the rest.
        """
        try:
            await run_in_threadpool(self._limit.take, visitor.client)  # the count may be in the database
        except TooFast:
            self.metrics.refused(face, "rate_limited")
            if face == "chat":  # the error of every other face is answered and logged by `ui/errors.py`
                self._refusals.note(visitor.client, "rate_limited")
            raise
        ask = self._attended[face in _SHOW_PEOPLE].reply
        return self._replies.events(face, message, conversation_id or None, visitor, earlier, page, press, ask, after)

    def close(self) -> None:
        """Takes no more messages."""
        self._replies.close()
