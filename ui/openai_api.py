"""POST /v1/chat/completions: the OpenAI protocol, for clients that already speak it.

Reference: https://platform.openai.com/docs/api-reference/chat. Such clients send the whole history with each
message and no conversation id. Aisle needs the state of earlier turns ("the second one"): it reads the customer's messages
of the history again and starts a conversation behind them. A conversation is never looked up by its text, which anybody
may repeat; a client that wants to continue one sends its id, which nobody can guess.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response, StreamingResponse

from assistant.reply import Reply, ReplyEvent, Sentence
from assistant.reply_json import ReplyJson
from retrieval.errors import AisleError
from ui import sse
from ui.errors import error_json
from ui.reception import Reception
from ui.replies import SORRY, ReplyFailed

MODEL = "aisle"
_MOST_EARLIER = 8
_LONGEST_EARLIER = (
    4000  # characters of all earlier messages together: reading them again must cost no more than a few messages
)


class TextPart(BaseModel):
    """A part of a message; only text is read."""

    type: str = "text"
    text: str = ""


class ChatMessage(BaseModel):
    """One message of the history. System and developer messages are ignored: the shop's policy is set by its owner."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[TextPart] | None = None

    @property
    def text(self) -> str:
        """The content as plain text."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class CompletionRequest(BaseModel):
    """What Aisle reads of the protocol; sampling options and tools are accepted and have no effect."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={"examples": [{"model": MODEL, "messages": [{"role": "user", "content": "a tent for two"}]}]},
    )

    model: str = MODEL
    messages: list[ChatMessage] = Field(min_length=1)
    stream: bool = False
    metadata: dict[str, str] | None = Field(
        None, description='`{"conversation_id": "…"}` continues that conversation; the history is then not read.'
    )


def openai_router(reception: Reception) -> APIRouter:
    """The routes, bound to `reception`."""
    router = APIRouter(prefix="/v1", tags=["openai"])

    @router.get("/models")
    def models() -> dict[str, Any]:
        """The one model there is."""
        return {"object": "list", "data": [{"id": MODEL, "object": "model", "created": 0, "owned_by": "aisle"}]}

    @router.post("/chat/completions", response_model=None)
    async def completions(body: CompletionRequest, request: Request) -> Response:
        """Answers the last user message. The reply's products, sources and facts are in the extra field `aisle`."""
        visitor = reception.visitor(request)
        earlier, message = _split(body.messages)
        conversation_id = (body.metadata or {}).get("conversation_id")
        events = reception.events("openai", message, conversation_id, visitor, earlier)
        first = await anext(events)
        if body.stream:
            return StreamingResponse(_chunks(first, events), media_type=sse.MEDIA_TYPE, headers=sse.HEADERS)
        return JSONResponse(_completion(await _last(first, events)))

    return router


def _split(messages: Sequence[ChatMessage]) -> tuple[list[str], str]:
    """Return the customer's latest earlier messages, oldest first, and the last one."""
    said = [message.text for message in messages if message.role == "user"] or [""]
    earlier: list[str] = []
    left = _LONGEST_EARLIER
    for text in reversed(said[-_MOST_EARLIER - 1 : -1]):
        left -= len(text)
        if left < 0:
            break
        earlier.insert(0, text)
    return earlier, said[-1]


async def _last(first: ReplyEvent, events: AsyncGenerator[ReplyEvent]) -> Reply:
    last = first
    async with aclosing(events):
        async for event in events:
            last = event
    if not isinstance(last, Reply):
        raise ReplyFailed(SORRY)
    return last


async def _chunks(first: ReplyEvent, events: AsyncGenerator[ReplyEvent]) -> AsyncIterator[str]:
    name, created = _new_id(), int(time.time())

    def chunk(delta: dict[str, Any], finish: str | None = None, **extra: Any) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        body = {"id": name, "object": "chat.completion.chunk", "created": created, "model": MODEL, "choices": [choice]}
        return sse.event(json.dumps(body | extra))

    async with aclosing(events):
        yield chunk({"role": "assistant", "content": first.text if isinstance(first, Sentence) else ""})
        try:
            async for event in events:
                if isinstance(event, Sentence):
                    yield chunk({"content": event.text})
                elif isinstance(event, Reply):
                    yield chunk({}, "stop", aisle=ReplyJson.of(event).model_dump())
        except AisleError as error:
            yield sse.event(json.dumps(error_json(error)))
    yield sse.event("[DONE]")


def _completion(reply: Reply) -> dict[str, Any]:
    message = {"role": "assistant", "content": reply.text, "refusal": None}
    return {
        "id": _new_id(),
        "object": "chat.completion",
        "created": int(time.time()),
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
        "aisle": ReplyJson.of(reply).model_dump(),
    }


def _new_id() -> str:
    return f"chatcmpl-{uuid.uuid4().hex}"
