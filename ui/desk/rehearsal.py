"""Rehearsal at the desk, for admins: the script, a change of the shop, what the change makes of the script, and its publication."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog
from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Engine
from starlette.responses import HTMLResponse, JSONResponse

from assistant.access.staff import StaffMember
from assistant.adapters.registry import Registry
from assistant.desk.case import Agent
from assistant.privacy.masker import Mask
from assistant.rehearsal.room import Draft, RehearsalRoom
from assistant.rehearsal.script import picked, recent, script_text
from assistant.settings import Settings
from retrieval.errors import AisleError
from ui.desk.routes import DeskPages, refuse_other_sites
from ui.staff import staff_admin

_log = structlog.get_logger(__name__)
_PICKABLE = 30


class Written(BaseModel):
    """What stands on the page."""

    model_config = ConfigDict(extra="forbid")

    script: str = Field(max_length=200_000)
    draft: Draft


class Picked(BaseModel):
    """A real conversation that becomes part of the script."""

    model_config = ConfigDict(extra="forbid")

    conversation: str = Field(max_length=200)
    name: str = Field(min_length=1, max_length=200)


class Publication(BaseModel):
    """The change to publish as the page has it, and why although its rehearsal failed; "" if it passed."""

    model_config = ConfigDict(extra="forbid")

    draft: Draft
    reason: str = Field("", max_length=1000)


class Stage:
    """Runs one rehearsal in the background."""

    def __init__(self, room: RehearsalRoom) -> None:
        self._room = room
        self._running: threading.Thread | None = None

    @property
    def is_running(self) -> bool:
        """Whether a rehearsal is not done yet, of this process or another."""
        return (self._running is not None and self._running.is_alive()) or self._room.is_running

    def start(self) -> None:
        """Begin, unless one is running."""
        if not self.is_running:
            self._room.note_trouble("")
            self._running = threading.Thread(target=self._run, name="rehearsal", daemon=True)
            self._running.start()

    def _run(self) -> None:
        try:
            self._room.run()
        except AisleError as error:
            self._room.note_trouble(f"{error.message} {error.hint}".strip())
        except Exception:
            self._room.note_trouble("The rehearsal ended with a fault; the log has it.")
            _log.exception("rehearsal_failed")


def rehearsal_router(
    pages: DeskPages, engine: Engine, settings: Settings, mask: Callable[[], Mask], room: RehearsalRoom
) -> APIRouter:
    """The page `/desk/rehearsal` and what its buttons do."""
    router = APIRouter(prefix="/desk/rehearsal", include_in_schema=False)
    stage = Stage(room)

    def lead(request: Request) -> StaffMember:
        member = staff_admin(request)
        refuse_other_sites(request)
        return member

    def outcome(request: Request, member: StaffMember, said: str = "") -> JSONResponse:
        is_running = stage.is_running
        done = None if is_running else room.last()
        shown = pages.render(
            "rehearsed.html", request, Agent(member.name, member.title), done=done, is_running=is_running,
            trouble=room.trouble, said=said,
        )  # fmt: skip
        return JSONResponse({"running": is_running, "outcome": shown})

    def refused(error: AisleError) -> HTTPException:
        return HTTPException(422, f"{error.message} {error.hint}".strip())

    @router.get("")
    def page(request: Request) -> HTMLResponse:
        member = staff_admin(request)
        shown = pages.render(
            "rehearsal.html", request, Agent(member.name, member.title), script=room.text, draft=room.draft(),
            adapters=_adapters(settings), recent=recent(engine, mask(), _PICKABLE),
        )  # fmt: skip
        return HTMLResponse(shown, headers={"Cache-Control": "no-store"})

    @router.get("/outcome")
    def state(request: Request) -> JSONResponse:
        return outcome(request, staff_admin(request))

    @router.post("/run")
    def run(body: Written, request: Request) -> JSONResponse:
        member = lead(request)
        try:
            room.save_script(body.script)
            room.save_draft(body.draft)
        except AisleError as error:
            raise refused(error) from error
        stage.start()
        return outcome(request, member)

    @router.post("/pick")
    def pick(body: Picked, request: Request) -> JSONResponse:
        lead(request)
        return JSONResponse({"text": script_text([picked(engine, mask(), body.conversation, body.name)])})

    @router.post("/publish")
    def publish(body: Publication, request: Request) -> JSONResponse:
        member = lead(request)
        try:
            done = room.publish_draft(body.draft, member.name, body.reason)
        except AisleError as error:
            raise refused(error) from error
        return outcome(request, member, " ".join(done))

    return router


def _adapters(settings: Settings) -> list[str]:
    """Names that can be tried; none where a model server has its own."""
    try:
        return [
            entry.name for entry in Registry.of(settings).entries() if entry.adapter is not None and not entry.serves
        ]
    except AisleError:
        return []
