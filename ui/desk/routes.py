"""The desk's routes. Pages and fragments are rendered on the server with every text escaped; `desk.js` puts fragments in place.

An agent is a member of staff who is signed in. Requests that change something carry JSON and come from this site.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import structlog
from fastapi import APIRouter, HTTPException, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse

from assistant.actions.actions import Actions
from assistant.conversation.store import Store
from assistant.desk.acting import Acting
from assistant.desk.canned import load_canned, open_places
from assistant.desk.case import Agent
from assistant.desk.desk import LONGEST_MESSAGE, Desk
from assistant.desk.drafts import Drafts
from assistant.desk.past_replies import PastReplies
from assistant.desk.state import Move, MoveRefused
from assistant.desk.suggesting import Suggesting
from assistant.settings import Settings
from retrieval.errors import AisleError
from retrieval.index.sentence_encoder import open_encoder
from retrieval.store.records import Records
from ui import sse
from ui.desk.view import DeskView, Opened
from ui.opening import Answering
from ui.protection import is_from_own_page
from ui.proxies import root_of
from ui.staff import NotSignedIn, staff_member
from ui.staffed import Changes

_log = structlog.get_logger(__name__)
_TEMPLATES = Path(__file__).parents[1] / "templates" / "desk"
_REASONS = ("Answered", "Order changed", "Passed to another team", "Customer left", "Spam")
"""What a case may be closed with by one key; the agent may write another."""


class Said(BaseModel):
    """A message to the customer."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=2 * LONGEST_MESSAGE)
    draft: int = Field(0, ge=0, le=2**31 - 1, description="The draft that it began as, 0 for none.")
    seconds: float = Field(0, ge=0, le=1_000_000, description="From the sight of the conversation to the message.")


class Refused(BaseModel):
    """A draft that the agent does not want, 0 for all."""

    model_config = ConfigDict(extra="forbid")

    draft: int = Field(0, ge=0, le=2**31 - 1)


class Moved(BaseModel):
    """What goes with a move: the reason of a close, who a transfer goes to."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field("", max_length=LONGEST_MESSAGE)
    to: str = Field("", max_length=200)


class DeskPages:
    """Renders the desk."""

    def __init__(self, view: DeskView, settings: Settings, canned: Mapping[str, str]) -> None:
        self.view = view
        self.canned = canned
        self._settings = settings
        self._templates = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["json"] = lambda value: json.dumps(value, ensure_ascii=False)

    def page(self, request: Request, agent: Agent, opened: Opened | None) -> HTMLResponse:
        """The whole desk, with one conversation or none."""
        return HTMLResponse(
            self.render(
                "desk.html",
                request,
                agent,
                opened=opened,
                drafts=opened.drafts if opened else (),
                queue=self.view.queue(agent),
                reasons=_REASONS,
                is_admin=staff_member(request).is_admin,
            ),
            headers={"Cache-Control": "no-store"},
        )

    def queue(self, request: Request, agent: Agent) -> str:
        """The list of open cases."""
        return self.render("queue.html", request, agent, queue=self.view.queue(agent))

    def parts(self, request: Request, agent: Agent, opened: Opened) -> dict[str, Any]:
        """The pieces of an open conversation that change."""
        names = ("head", "timeline", "side", "drafts")
        return {
            name: self.render(f"{name}.html", request, agent, opened=opened, drafts=opened.drafts) for name in names
        }

    def render(self, template: str, request: Request, agent: Agent, **values: Any) -> str:
        """A template of the desk as HTML, with every text escaped."""
        return self._templates.get_template(template).render(
            root=root_of(request),
            agent=agent,
            shop=self._settings.shop_name or "Aisle",
            color=self._settings.color,
            **values,
        )


def open_desk_pages(desk: Desk, settings: Settings, engine: Engine) -> DeskPages:
    """The desk's pages over the shop's database and order system. Raises SettingsError, BackendError and StoreError."""
    acting = Acting(desk, Store(engine), Actions.open(settings, engine))
    view = DeskView(desk, engine, settings, acting)
    return DeskPages(view, settings, load_canned(settings.home))


def open_suggesting(desk: Desk, settings: Settings, engine: Engine, assistant: Answering) -> Suggesting:
    """What drafts replies with the dialogue that serves, and with the past replies that were learned. Raises StoreError.

    Past replies are opened with the first draft; without them, or if they are damaged, the assistant's own drafts remain.
    """

    @cache
    def past() -> PastReplies | None:
        try:
            return PastReplies.open(settings.home, open_encoder(settings.encoder))
        except AisleError as error:
            _log.warning("no_past_replies", error=error.message, hint=error.hint)
            return None

    return Suggesting(desk, Drafts(engine), Store(engine), Records(engine), lambda: assistant.serving, past)


def agent_of(request: Request) -> Agent:
    """The member of staff who is signed in, as customers know them. Raises NotSignedIn."""
    member = staff_member(request)
    return Agent(member.name, member.title)


def acting_agent(request: Request) -> Agent:
    """Like `agent_of`, for a request that changes something: it must come from this site's pages, or gets 403."""
    agent = agent_of(request)
    refuse_other_sites(request)
    return agent


def refuse_other_sites(request: Request) -> None:
    """Refuse what a page of another site sends in the name of somebody who is signed in here. Raises HTTPException."""
    if not is_from_own_page(request):
        raise HTTPException(403, "Act at the desk itself.")


def desk_router(pages: DeskPages, changes: Changes, suggesting: Suggesting) -> APIRouter:
    """The routes under `/desk`: what agents see, what they write, how a conversation moves, and the news of all of them."""
    router = APIRouter(prefix="/desk", include_in_schema=False)
    _add_views(router, pages, suggesting)
    _add_messages(router, pages, suggesting.drafts)
    _add_moves(router, pages)
    _add_news(router, pages.view.desk, changes)
    return router


def _add_views(router: APIRouter, pages: DeskPages, suggesting: Suggesting) -> None:
    """The desk as a page, and its pieces for a page that is open."""
    desk, view = pages.view.desk, pages.view

    @router.get("")
    @router.get("/")
    @router.get("/c/{conversation_id}")
    def home(request: Request, conversation_id: str = "") -> Response:
        agent = agent_of(request)
        desk.be_present(agent)
        opened = view.opened(conversation_id, agent) if conversation_id else None
        if opened is not None and opened.is_open and not opened.drafts:
            suggesting.noticed(conversation_id)
        return pages.page(request, agent, opened)

    @router.get("/queue")
    def queue(request: Request) -> HTMLResponse:
        return HTMLResponse(pages.queue(request, agent_of(request)))

    @router.get("/c/{conversation_id}/parts")
    def parts(conversation_id: str, request: Request) -> JSONResponse:
        return _as_it_is(pages, request, agent_of(request), conversation_id)

    @router.get("/c/{conversation_id}/canned")
    def canned(conversation_id: str, request: Request) -> JSONResponse:
        agent = agent_of(request)
        opened = view.opened(conversation_id, agent)
        return JSONResponse(
            [{"name": name, "text": view.filled(text, opened, agent)} for name, text in pages.canned.items()]
        )

    @router.get("/agents")
    def agents(request: Request) -> JSONResponse:
        agent = agent_of(request)
        return JSONResponse([{"id": each.id, "name": each.name} for each in desk.present() if each.id != agent.id])


def _add_messages(router: APIRouter, pages: DeskPages, drafts: Drafts) -> None:
    """Messages to the customer, drafts that are not wanted, and notes."""
    desk = pages.view.desk

    @router.post("/c/{conversation_id}/say")
    def say(conversation_id: str, body: Said, request: Request) -> JSONResponse:
        agent = acting_agent(request)
        if missing := open_places(body.text):
            raise MoveRefused(f"{{{missing[0]}}} has no value yet.", "Write it yourself, or take it out.")
        desk.say(conversation_id, agent, body.text)
        drafts.sent(conversation_id, agent, body.text.strip(), body.draft, body.seconds)
        return _as_it_is(pages, request, agent, conversation_id)

    @router.post("/c/{conversation_id}/drafts/refuse")
    def refuse(conversation_id: str, body: Refused, request: Request) -> JSONResponse:
        agent = acting_agent(request)
        pages.view.opened(conversation_id, agent)  # raises if it was never handed over
        drafts.refuse(conversation_id, agent, body.draft)
        return _as_it_is(pages, request, agent, conversation_id)

    @router.post("/c/{conversation_id}/note")
    def note(conversation_id: str, body: Said, request: Request) -> JSONResponse:
        agent = acting_agent(request)
        desk.note(conversation_id, agent, body.text)
        return _as_it_is(pages, request, agent, conversation_id)


def _add_moves(router: APIRouter, pages: DeskPages) -> None:
    """Who answers from here on."""
    desk = pages.view.desk

    @router.post("/c/{conversation_id}/move/{move}")
    def move(conversation_id: str, move: Move, body: Moved, request: Request) -> JSONResponse:
        agent = acting_agent(request)
        if move not in (Move.TAKE, Move.TRANSFER, Move.RELEASE, Move.HAND_BACK, Move.CLOSE):
            raise MoveRefused("That is not for agents to do.")
        if move is Move.CLOSE and not body.reason.strip():
            raise MoveRefused("A conversation is closed with a reason.", "Say why.")
        to = next((each for each in desk.present() if each.id == body.to), None)
        desk.move(conversation_id, move, agent, to=to, said=body.reason.strip())
        return _as_it_is(pages, request, agent, conversation_id)


def _add_news(router: APIRouter, desk: Desk, changes: Changes) -> None:
    """The stream that an open page follows: which conversations have changed."""

    @router.get("/events")
    async def events(request: Request) -> StreamingResponse:
        await run_in_threadpool(still_here, request)
        return StreamingResponse(stream(request), media_type=sse.MEDIA_TYPE, headers=sse.HEADERS)

    def still_here(request: Request) -> None:
        """Count the agent as present. Raises NotSignedIn once the session has ended or the account is disabled."""
        desk.be_present(agent_of(request))

    async def stream(request: Request) -> AsyncIterator[str]:
        yield sse.event('""', "changed")
        async for changed in changes.of():
            if not changed:
                try:
                    await run_in_threadpool(still_here, request)
                except NotSignedIn:
                    return
            yield sse.event(json.dumps(changed), "changed") if changed else ": quiet\n\n"


def _as_it_is(pages: DeskPages, request: Request, agent: Agent, conversation_id: str) -> JSONResponse:
    """The pieces of a conversation as they are now."""
    return JSONResponse(pages.parts(request, agent, pages.view.opened(conversation_id, agent)))
