"""What a customer's page needs while a person answers: the messages, a stream of changes, and the way back to Aisle."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from assistant.conversation.conversation import Conversation
from assistant.desk.case import EntryKind
from assistant.desk.desk import visible
from assistant.desk.state import Move, State
from ui import sse
from ui.errors import ERROR_RESPONSES
from ui.protection import Limiter
from ui.reception import Reception
from ui.staffed import Staffed


class PersonMessage(BaseModel):
    """A message of the customer, a person or Aisle, or an event such as `take`; `name` is the person's."""

    id: int
    kind: EntryKind
    name: str
    text: str
    time: datetime


class PersonMessages(BaseModel):
    """Who answers, and everything that was written since the first hand-over."""

    state: State
    name: str
    messages: list[PersonMessage]
    question: int | None = None
    """Set once a person has closed the conversation: ask whether it is solved, and `POST /api/satisfaction`."""


_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A `changed` event whenever the messages or the state have changed.",
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": "event: changed\ndata: {}\n\n"}},
    },
    **ERROR_RESPONSES,
}


def people_router(reception: Reception, staffed: Staffed, limit: Limiter) -> APIRouter:
    """The routes. The customer is known as in `POST /api/chat`; `limit` is of its own."""
    router = APIRouter(prefix="/api/conversations", tags=["people"])

    def check(conversation_id: str, request: Request) -> Conversation:
        visitor = reception.visitor(request)
        limit.take(visitor.client)
        return reception.assistant.conversation(conversation_id, visitor.customer_id)

    @router.get("/{conversation_id}/messages", responses=ERROR_RESPONSES)
    def messages(conversation_id: str, request: Request) -> PersonMessages:
        """Reads what people and the customer wrote to each other."""
        question = check(conversation_id, request).question
        case = staffed.desk.case(conversation_id)
        if case is None:
            return PersonMessages(state=State.ASSISTANT, name="", messages=[])
        return PersonMessages(
            state=case.state,
            name=case.agent.name if case.agent else "",
            messages=[
                PersonMessage(id=each.id, kind=each.kind, name=each.author, text=each.text, time=each.time)
                for each in visible(staffed.desk.entries(conversation_id))
            ],
            question=question,
        )

    @router.get("/{conversation_id}/events", responses=_STREAM, response_class=StreamingResponse)
    async def events(conversation_id: str, request: Request) -> StreamingResponse:
        """Streams that something has changed, for as long as the page is open."""
        await run_in_threadpool(check, conversation_id, request)
        return StreamingResponse(_stream(staffed, conversation_id), media_type=sse.MEDIA_TYPE, headers=sse.HEADERS)

    @router.post("/{conversation_id}/resume", status_code=204, responses=ERROR_RESPONSES)
    def resume(conversation_id: str, request: Request) -> Response:
        """Leaves the queue: Aisle answers again. Refused once a person has taken the conversation."""
        check(conversation_id, request)
        staffed.desk.move(conversation_id, Move.RESUME)
        return Response(status_code=204)

    return router


async def _stream(staffed: Staffed, conversation_id: str) -> AsyncIterator[str]:
    yield sse.event("{}", "changed")  # whatever happened before the page listened
    async for changed in staffed.changes.of(conversation_id):
        yield sse.event("{}", "changed") if changed else ": quiet\n\n"
