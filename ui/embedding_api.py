"""`GET /api/embedding`: whether a page may show the chat.

A browser that refuses to frame the chat says so in its console alone. The widget asks here, to say it in its panel too.
"""

from __future__ import annotations

from collections.abc import Collection

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel


class Embedding(BaseModel):
    """Whether the page that asks may show the chat."""

    allowed: bool


def embedding_router(origins: Collection[str]) -> APIRouter:
    """The route. A page of the same host sends no `Origin` and is always allowed."""
    router = APIRouter(include_in_schema=False)

    @router.get("/api/embedding")
    def embedding(response: Response, origin: str = Header("")) -> Embedding:
        response.headers["Access-Control-Allow-Origin"] = "*"  # every page may know it about itself
        response.headers["Cache-Control"] = "no-store"
        return Embedding(allowed=not origin or origin in origins)

    return router
