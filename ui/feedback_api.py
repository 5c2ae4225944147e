"""`POST /api/feedback` and `/api/satisfaction`: what a customer thinks of a reply, and whether what they came for is solved."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from assistant.conversation.rating import LONGEST_REASON, Thumb
from assistant.conversation.resolution import Resolutions
from ui.errors import ERROR_RESPONSES
from ui.protection import Limiter
from ui.reception import Reception


class FeedbackRequest(BaseModel):
    """A rating of one reply; it takes the place of an earlier one."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"conversation_id": "0b6f6f1c2b0d4d7e9d1f", "turn": 2, "rating": "up"}]}
    )

    conversation_id: str = Field(max_length=200)
    turn: int = Field(ge=1, le=1_000_000, description="`turn` of the reply.")
    rating: Thumb | None = Field(description="`up`, `down`, or null to take the rating back.")
    reason: str = Field("", description=f"In the customer's own words; {LONGEST_REASON} characters are kept.")


class SatisfactionRequest(BaseModel):
    """The answer to the one question at the end; it takes the place of an earlier one."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"conversation_id": "0b6f6f1c2b0d4d7e9d1f", "question": 7, "solved": True}]}
    )

    conversation_id: str = Field(max_length=200)
    question: int = Field(ge=1, le=2**31 - 1, description="`question` of the reply or of the messages.")
    solved: bool = Field(description="Whether the customer got what they needed.")


def feedback_router(reception: Reception, resolutions: Callable[[], Resolutions], limit: Limiter) -> APIRouter:
    """The routes, bound to `reception`; `limit` is of their own, so that ratings use up no messages."""
    router = APIRouter(tags=["chat"])

    @router.post("/api/feedback", status_code=204, responses=ERROR_RESPONSES)
    def feedback(body: FeedbackRequest, request: Request) -> Response:
        """Keeps what a customer thinks of a reply. The customer is known as in `POST /api/chat`."""
        visitor = reception.visitor(request)
        limit.take(visitor.client)
        reception.assistant.rate(body.conversation_id, visitor.customer_id, body.turn, body.rating, body.reason)
        return Response(status_code=204)

    @router.post("/api/satisfaction", status_code=204, responses=ERROR_RESPONSES)
    def satisfaction(body: SatisfactionRequest, request: Request) -> Response:
        """Keeps whether what a customer came for is solved. The customer is known as in `POST /api/chat`."""
        visitor = reception.visitor(request)
        limit.take(visitor.client)
        conversation = reception.assistant.conversation(body.conversation_id, visitor.customer_id)
        resolutions().answer(conversation.id, body.question, body.solved)
        return Response(status_code=204)

    return router
