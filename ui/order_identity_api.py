"""POST /api/orders/code and /api/orders/proof: a visitor proves that one order is theirs, without an account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field

from assistant.access.mail import Mail
from assistant.access.order_identity import CODE_LIFE, OrderIdentity
from ui.errors import ERROR_RESPONSES, error_response
from ui.reception import Reception
from ui.strings import Strings

_ID = Field(max_length=200, description="The conversation that is to speak of the order.")


class CodeRequest(BaseModel):
    """Number and address of an order."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"order": "A-1042", "email": "ines@example.org", "conversation_id": "0b6f6f1c2b0d"}]
        }
    )

    order: str = Field(max_length=100, description="The order's number, in any spelling.")
    email: str = Field(max_length=254, description="The e-mail address on the order.")
    conversation_id: str = Field(
        "", max_length=200, description="A visitor's conversation; without one a new one begins."
    )


class CodeSent(BaseModel):
    """The same answer whether the order exists."""

    conversation_id: str


class ProofRequest(BaseModel):
    """The code from the mail."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"conversation_id": "0b6f6f1c2b0d", "code": "4711 0815"}]}
    )

    conversation_id: str = _ID
    code: str = Field(max_length=40)


class Proof(BaseModel):
    """The order that the conversation may speak of for two hours."""

    order_id: str


_RESPONSES: dict[int | str, dict[str, Any]] = {
    **{status: ERROR_RESPONSES[status] for status in (400, 401, 404, 413, 422, 429, 503)},
    409: error_response("The customer is signed in, and needs no code."),
}


def order_identity_router(reception: Reception, identity: Callable[[], OrderIdentity]) -> APIRouter:
    """The routes, bound to `reception`, which knows who is signed in; `identity` opens the database on first use."""
    router = APIRouter(prefix="/api/orders", tags=["orders"])

    def visitor(request: Request) -> str:
        """The client of a visitor."""
        found = reception.visitor(request)
        if found.customer_id:
            raise HTTPException(409, "You are signed in: ask for your orders in the chat.")
        return found.client

    @router.post("/code", status_code=202, responses=_RESPONSES)
    def code(body: CodeRequest, request: Request) -> CodeSent:
        """Send a code to the address, if it is the one on the order; it is good for ten minutes."""
        id_ = identity().request(body.conversation_id, body.order, body.email, visitor(request))
        return CodeSent(conversation_id=id_)

    @router.post("/proof", responses=_RESPONSES | {403: error_response("The code does not fit, or is no longer good.")})
    def proof(body: ProofRequest, request: Request) -> Proof:
        """Take the code: the conversation may now speak of this one order, and change it as the shop's policy allows."""
        return Proof(order_id=identity().prove(body.conversation_id, body.code, visitor(request)))

    return router


def code_mail(shop_name: str, strings: Strings) -> Callable[[str, str, str], Mail]:
    """What writes the mail with a code, in the language of the chat."""
    minutes, shop = int(CODE_LIFE.total_seconds()) // 60, shop_name or strings("title")

    def mail(to: str, order: str, code: str) -> Mail:
        values = {"shop": shop, "order": order, "code": code, "minutes": minutes}
        return Mail(to, strings("code_subject", **values), strings("code_mail", **values))

    return mail
