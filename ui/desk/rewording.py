"""Rewording at the desk: the agent's text as it could be put, for the agent to take or leave. Nothing is sent or stored."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

from assistant.desk.case import Agent
from assistant.desk.desk import LONGEST_MESSAGE
from assistant.desk.rewording import Rewording, Wish
from ui.desk.routes import DeskPages, acting_agent
from ui.desk.view import Opened
from ui.opening import Answering
from ui.staff import staff_member


class Reworded(BaseModel):
    """A text of the agent, and how it is to change."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=LONGEST_MESSAGE)
    wish: Wish


def rewording_router(pages: DeskPages, assistant: Answering) -> APIRouter:
    """The routes `wishes` and `reword` of a conversation at the desk."""
    router = APIRouter(prefix="/desk/c/{conversation_id}", include_in_schema=False)

    @router.get("/wishes")
    def wishes(conversation_id: str, request: Request) -> JSONResponse:
        staff_member(request)
        return JSONResponse([wish.value for wish in Rewording(assistant.serving).wishes])

    @router.post("/reword")
    def reword(conversation_id: str, body: Reworded, request: Request) -> JSONResponse:
        agent = acting_agent(request)
        names = tuple(_names(pages.view.opened(conversation_id, agent), agent))
        text = Rewording(assistant.serving, names).reword(body.text, body.wish, threading.Event())
        return JSONResponse({"text": text})

    return router


def _names(opened: Opened, agent: Agent) -> Iterator[str]:
    """People and orders of the conversation."""
    yield agent.name
    if opened.side.customer is not None:
        yield from (opened.side.customer.name, opened.side.customer.first_name)
    yield from (record.order.id for record in opened.side.orders)
