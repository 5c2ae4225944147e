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

from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response, StreamingResponse

from assistant.reply import Reply, ReplyEvent, Sentence
from assistant.reply_json import ReplyJson
from retrieval.errors import AisleError
from ui import sse
from ui.api_keys import KeyDesk
from ui.disconnect import while_connected
from ui.errors import ERROR_RESPONSES, error_json, error_response
from ui.reception import Reception
from ui.replies import SORRY, ReplyFailed

MODEL = "aisle"
_MODEL_CARD = {"id": MODEL, "object": "model", "created": 0, "owned_by": "aisle"}
_EXAMPLE = """data: {"object": "chat.completion.chunk", "choices": [{"delta": {"role": "assistant", "content": "Here is a desk lamp. "}}]}

data: {"object": "chat.completion.chunk", "choices": [{"delta": {}, "finish_reason": "stop"}], "aisle": {"reply": "Here is a desk lamp."}}

data: [DONE]
"""
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The completion, or its chunks as server-sent events with `stream`. The extra field `aisle` is a ReplyJson.",
        "content": {
            "application/json": {"schema": {"type": "object"}},
            "text/event-stream": {"schema": {"type": "string"}, "example": _EXAMPLE},
        },
    },
    **ERROR_RESPONSES,
}
_MOST_EARLIER = 8
_LONGEST_EARLIER = (
    4000  # characters of all earlier messages together: reading them again must cost no more than a few messages
)


class TextPart(BaseModel):
    """A part of a message; only text is read."""

    type: str | None = "text"
    text: str | None = ""


class ChatMessage(BaseModel):
    """One message of the history. System and developer messages are ignored: the shop's policy is set by its owner."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[TextPart] | None = None

    @property
    def text(self) -> str:
        """The content as plain text."""
        if isinstance(self.content, list):
            return "\n".join(
                part.text for part in self.content if part.text and part.type in ("text", "input_text", None)
            )
        return self.content or ""


class StreamOptions(BaseModel):
    """What a stream holds besides the reply."""

    model_config = ConfigDict(extra="ignore")

    include_usage: bool | None = None


class CompletionRequest(BaseModel):
    """What Aisle reads of the protocol; sampling options and tools are accepted and have no effect.

    Clients send `null` for what they leave out, so every field but `messages` may be null.
    """

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [
                {"model": MODEL, "messages": [{"role": "user", "content": "Do you have a lamp that can be dimmed?"}]}
            ]
        },
    )

    model: str | None = MODEL
    messages: list[ChatMessage] = Field(min_length=1)
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    metadata: dict[str, Any] | None = Field(
        None, description='`{"conversation_id": "…"}` continues that conversation; the history is then not read.'
    )

    @property
    def conversation_id(self) -> str | None:
        """The conversation to continue. Clients keep notes of their own in `metadata`, of any type."""
        value = (self.metadata or {}).get("conversation_id")
        return value if isinstance(value, str) and value else None

    @property
    def asks_for_usage(self) -> bool:
        """Whether the last chunk of the stream counts tokens."""
        return bool(self.stream_options and self.stream_options.include_usage)


def openai_router(reception: Reception, keys: KeyDesk) -> APIRouter:
    """The routes, bound to `reception`; `keys` says who may use them."""
    router = APIRouter(
        prefix="/v1",
        tags=["openai"],
        dependencies=[Depends(keys.chat)],
        responses={status: ERROR_RESPONSES[status] for status in (401, 403, 503)},
    )

    @router.get("/models/", include_in_schema=False)
    @router.get("/models")
    def models() -> dict[str, Any]:
        """List the one model there is."""
        return {"object": "list", "data": [_MODEL_CARD]}

    @router.get(
        "/models/{model}",
        responses={404: error_response("There is no such model."), "default": error_response("Any other error.")},
    )
    def model_card(model: str) -> dict[str, Any]:
        """Describe the model."""
        if model != MODEL:
            raise HTTPException(404, f"There is no model {model!r}. The one model is {MODEL!r}.")
        return _MODEL_CARD

    @router.post("/chat/completions", response_model=None, response_class=JSONResponse, responses=_RESPONSES)
    async def completions(body: CompletionRequest, request: Request) -> Response:
        """Answers the last user message. The reply's products, sources and facts are in the extra field `aisle`."""
        visitor = reception.visitor(request)
        earlier, message = _split(body.messages)
        events = await reception.events("openai", message, body.conversation_id, visitor, earlier)
        if body.stream:
            first = await anext(events)
            chunks = _chunks(first, events, _words(*earlier, message) if body.asks_for_usage else None)
            return StreamingResponse(chunks, media_type=sse.MEDIA_TYPE, headers=sse.HEADERS)
        reply = await while_connected(request, _last(events))
        if reply is None:
            return Response(status_code=499)  # nobody reads it; nginx's code for a client that has left
        return JSONResponse(_completion(reply, _words(*earlier, message)))

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


async def _last(events: AsyncGenerator[ReplyEvent]) -> Reply:
    last: ReplyEvent | None = None
    async with aclosing(events):
        async for event in events:
            last = event
    if not isinstance(last, Reply):
        raise ReplyFailed(SORRY)
    return last


async def _chunks(
    first: ReplyEvent, events: AsyncGenerator[ReplyEvent], prompt_words: int | None
) -> AsyncIterator[str]:
    """Yield the chunks of a stream. With `prompt_words` the last one, without choices, has the usage."""
    name, created = _new_id(), int(time.time())
    usage: dict[str, Any] = {} if prompt_words is None else {"usage": None}

    def chunk(choices: list[dict[str, Any]], **extra: Any) -> str:
        body = {"id": name, "object": "chat.completion.chunk", "created": created, "model": MODEL, "choices": choices}
        return sse.event(json.dumps(body | usage | extra))

    def choice(delta: dict[str, Any], finish: str | None = None) -> list[dict[str, Any]]:
        return [{"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}]

    async with aclosing(events):
        yield chunk(choice({"role": "assistant", "content": first.text if isinstance(first, Sentence) else ""}))
        try:
            async for event in events:
                if isinstance(event, Sentence):
                    yield chunk(choice({"content": event.text}))
                elif isinstance(event, Reply):
                    yield chunk(choice({}, "stop"), aisle=ReplyJson.of(event).model_dump(mode="json"))
                    if prompt_words is not None:
                        yield chunk([], usage=_usage(prompt_words, event))
        except AisleError as error:
            yield sse.event(json.dumps(error_json(error)))
    yield sse.event("[DONE]")


def _completion(reply: Reply, prompt_words: int) -> dict[str, Any]:
    message = {"role": "assistant", "content": reply.text, "refusal": None}
    return {
        "id": _new_id(),
        "object": "chat.completion",
        "created": int(time.time()),
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
        "usage": _usage(prompt_words, reply),
        "aisle": ReplyJson.of(reply).model_dump(mode="json"),
    }


def _usage(prompt_words: int, reply: Reply) -> dict[str, int]:
    """Return the usage in words: the same count for any model behind Aisle, whose tokens nobody is billed for."""
    completion = _words(reply.text)
    return {
        "prompt_tokens": prompt_words,
        "completion_tokens": completion,
        "total_tokens": prompt_words + completion,
    }


def _words(*texts: str) -> int:
    return sum(len(text.split()) for text in texts)


def _new_id() -> str:
    return f"chatcmpl-{uuid.uuid4().hex}"
