"""POST /api/chat: one message in, the reply as server-sent events out."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import StreamingResponse

from assistant.dialogue.waiting import Press
from assistant.reply import Cards, ReplyEvent, Sentence
from assistant.reply_json import ReplyJson
from retrieval.errors import AisleError
from ui import sse
from ui.api_keys import KeyDesk
from ui.errors import ERROR_RESPONSES, error_json
from ui.reception import Reception


class ChatRequest(BaseModel):
    """A customer's message; `conversation_id` continues the conversation of an earlier reply."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"message": "a warm sleeping bag under $150"},
                {"message": "the second one in blue?", "conversation_id": "0b6f6f1c2b0d4d7e9d1f"},
                {
                    "message": "Confirm",
                    "conversation_id": "0b6f6f1c2b0d4d7e9d1f",
                    "press": {"do": "confirm", "id": "k3v9Wb1sQm2x"},
                },
            ]
        }
    )

    message: str = Field(description="Plain text in the customer's own words.")
    conversation_id: str | None = Field(None, description="Absent in the first message of a conversation.")
    page: str = Field(
        "", description="Id of the product whose page is open; one that the shop does not have is ignored."
    )
    after: str = Field(
        "",
        description="Id of the conversation that a new one follows: a visitor's cart in it carries over, or moves to the signed-in customer's. "
        "Ignored next to `conversation_id`, and if there is none with this id.",
    )
    press: Press | None = Field(
        None,
        description="A button in the place of words: `confirm` or `cancel` with the id of a proposal, or `add_to_cart` with that of a "
        "product. `message` is then what the conversation shows.",
    )


_EXAMPLE = """event: cards
data: {"products": [{"id": "4711", "title": "Desk lamp", "price": 49.0, "currency": "USD"}]}

event: sentence
data: {"text": "The desk lamp can be dimmed."}

event: done
data: {"reply": "The desk lamp can be dimmed.", "plan": [{"find": {"kind": "lamps"}}], "conversation_id": "0b6f6f1c"}
"""
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": (
            "`cards` where there are products, then `sentence` by sentence, then `done` with the whole reply "
            "(schema ReplyJson). An `error` event ends a reply that failed on its way."
        ),
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": _EXAMPLE}},
    },
    **ERROR_RESPONSES,
}


def chat_router(reception: Reception, keys: KeyDesk) -> APIRouter:
    """The route, bound to `reception`; `keys` says who may use it."""
    router = APIRouter(tags=["chat"])

    @router.post("/api/chat", responses=_RESPONSES, response_class=StreamingResponse, dependencies=[Depends(keys.chat)])
    async def chat(body: ChatRequest, request: Request) -> StreamingResponse:
        """Answers one message.

        A signed-in customer is known by the session cookie or by `Authorization: Bearer` with a token that the shop's
        server signed; without either, the customer is a visitor.
        """
        events = await reception.events(
            "api",
            body.message,
            body.conversation_id,
            reception.visitor(request),
            page=body.page,
            press=body.press,
            after=body.after,
        )
        first = await anext(events)  # an error before the first event becomes a status code
        return StreamingResponse(_stream(first, events), media_type=sse.MEDIA_TYPE, headers=sse.HEADERS)

    @router.get("/api/reply-schema", include_in_schema=False)
    def reply_schema() -> dict[str, Any]:
        """JSON schema of the `done` event."""
        return ReplyJson.model_json_schema()

    return router


async def _stream(first: ReplyEvent, events: AsyncGenerator[ReplyEvent]) -> AsyncIterator[str]:
    async with aclosing(events):
        yield _event(first)
        try:
            async for event in events:
                yield _event(event)
        except AisleError as error:
            yield sse.event(json.dumps(error_json(error)), "error")


def _event(event: ReplyEvent) -> str:
    if isinstance(event, Cards):
        products = [card.model_dump(mode="json") for card in event.cards]
        return sse.event(json.dumps({"products": products}), "cards")
    if isinstance(event, Sentence):
        return sse.event(json.dumps({"text": event.text}), "sentence")
    return sse.event(ReplyJson.of(event).model_dump_json(), "done")
