"""Errors on the web: one JSON shape and one status code for each kind. Nothing internal is told to a stranger."""

from __future__ import annotations

from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.responses import JSONResponse

from assistant.access.attempts import TooManyAttempts
from assistant.access.keys import KeyRefused, ScopeMissing
from assistant.access.order_identity import CodeRefused
from assistant.desk.rewording import RewordingRefused
from assistant.desk.state import MoveRefused
from retrieval.errors import AisleError, ConversationNotFound
from ui.identity import TokenRefused
from ui.protection import TooFast
from ui.proxies import client_of
from ui.refusals import Refusals
from ui.replies import SORRY, ReplyFailed, TooBusy

_log = structlog.get_logger(__name__)
STATUSES: dict[type[AisleError], tuple[int, str]] = {
    ConversationNotFound: (404, "conversation_not_found"),
    TokenRefused: (401, "token_refused"),
    KeyRefused: (401, "key_refused"),
    ScopeMissing: (403, "scope_missing"),
    CodeRefused: (403, "code_refused"),
    TooManyAttempts: (429, "too_many_attempts"),
    TooFast: (429, "rate_limited"),
    TooBusy: (503, "busy"),
    ReplyFailed: (500, "reply_failed"),
    MoveRefused: (409, "move_refused"),
    RewordingRefused: (422, "rewording_refused"),
}


class ErrorBody(BaseModel):
    """What went wrong: `code` for programs, `type` the same for OpenAI's clients, `message` fit to be shown."""

    code: str
    type: str
    message: str


class ErrorJson(BaseModel):
    """The answer to a request that failed."""

    error: ErrorBody


def error_response(description: str) -> dict[str, Any]:
    """An error for OpenAPI."""
    return {"model": ErrorJson, "description": description}


ERROR_RESPONSES: dict[int | str, dict[str, Any]] = {
    status: error_response(description)
    for status, description in {
        400: "The body is not JSON in UTF-8, is nested too deep, or holds a number of more than 4,300 digits.",
        401: "The bearer token or API key is expired, revoked or forged, or a key is needed.",
        403: "The API key is for something else.",
        404: "No conversation of this customer has that id.",
        409: "Who answers in the conversation does not allow that now.",
        413: "The request is larger than a message may be.",
        422: "The body is not JSON of the documented shape.",
        429: "Too many messages from this client; `Retry-After` says when to try again.",
        500: "The reply could not be made; the log says why.",
        503: "The assistant is busy or could not be opened.",
    }.items()
}
"""The errors of the routes that take a message, for OpenAPI."""

_CODES = {
    400: "invalid_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
}


def error_json(error: AisleError) -> dict[str, dict[str, str]]:
    """What a client is told of `error`: errors that are an operator's business become one polite sentence."""
    _, code = STATUSES.get(type(error), (503, "unavailable"))
    return body_of(code, customer_text(error))


def customer_text(error: AisleError) -> str:
    """What a customer may read of `error`."""
    return error.message if type(error) in STATUSES else SORRY


def answer_errors(app: FastAPI, refusals: Refusals) -> None:
    """Makes `app` answer Aisle's errors and malformed requests in the one shape, and log who is refused."""

    @app.exception_handler(AisleError)
    async def aisle_error(request: Request, error: AisleError) -> JSONResponse:
        status, code = STATUSES.get(type(error), (503, "unavailable"))
        if code == "unavailable":
            _log.error("request_failed", path=request.url.path, error=error.message, hint=error.hint)
        if status in (401, 403, 429):
            refusals.note(client_of(request), code)
        wait = int(error.wait.total_seconds()) + 1 if isinstance(error, TooManyAttempts) else 60
        headers = {"Retry-After": str(wait)} if status == 429 else {"Retry-After": "5"} if status == 503 else None
        return JSONResponse(error_json(error), status, headers)

    @app.exception_handler(StarletteHTTPException)
    async def refused(request: Request, error: StarletteHTTPException) -> JSONResponse:
        return JSONResponse(
            body_of(_CODES.get(error.status_code, "refused"), error.detail), error.status_code, error.headers
        )

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        message = f"The request cannot be read: {first['msg']} ({where}). See /openapi.json."
        return JSONResponse(body_of("invalid_request", message), 422)


def body_of(code: str, message: str) -> dict[str, dict[str, str]]:
    """Return the one JSON shape of an error."""
    return {"error": {"code": code, "type": code, "message": message}}
