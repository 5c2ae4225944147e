"""Health and metrics: what a load balancer and an operator ask."""

from __future__ import annotations

import ipaddress
from typing import Literal, Self

from fastapi import APIRouter, HTTPException, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from assistant.live.live_assistant import LiveAssistant
from ui.errors import error_response
from ui.metrics import Metrics
from ui.opening import Answering, OpeningAssistant, Readiness
from ui.proxies import is_direct


class Health(BaseModel):
    """`status` is "starting" while models load, then "ready", or "failed" with the log saying why.

    "failing" means that the database has just refused a reply, as it does on a full disk: the log says why.
    `model` names the language model and the adapter that write the next reply, such as "base+2026-11".
    `data_version` rises with every import that changes anything; replies are made from the records of this version.
    `search_index` is "current", or "building" while new texts are found by their words alone.
    """

    status: Readiness
    model: str = ""
    data_version: int | None = None
    search_index: Literal["current", "building"] | None = None

    @classmethod
    def of(cls, status: Readiness, assistant: Answering) -> Self:
        """The health of `assistant`."""
        data = assistant.data if isinstance(assistant, OpeningAssistant | LiveAssistant) else None
        if data is None:
            return cls(status=status, model=assistant.model)
        index: Literal["current", "building"] = "current" if data.is_indexed else "building"
        return cls(status=status, model=assistant.model, data_version=data.version, search_index=index)


def health_router(assistant: Answering, metrics: Metrics) -> APIRouter:
    """`/healthz` and `/metrics`."""
    router = APIRouter(tags=["operations"])

    @router.get(
        "/healthz",
        response_model_exclude_none=True,
        responses={503: {"model": Health, "description": "Not ready yet, or failed."}},
    )
    def healthz(response: Response) -> Health:
        """200 when replies can be made, 503 before, after a failure to start, and for a minute after a failed store."""
        readiness = assistant.readiness if isinstance(assistant, OpeningAssistant) else Readiness.READY
        if readiness is Readiness.READY and metrics.is_failing:
            readiness = Readiness.FAILING
        if readiness is not Readiness.READY:
            response.status_code = 503
        return Health.of(readiness, assistant)

    @router.get("/metrics", response_class=Response, responses={404: error_response("Asked from outside.")})
    def prometheus(request: Request) -> Response:
        """Counters and latencies in the Prometheus text format, without personal data.

        Only for clients of this machine and private networks, and not through a proxy.
        """
        if not (is_direct(request) and _is_near(request)):
            raise HTTPException(404, "Not Found")
        return Response(metrics.render(), media_type=CONTENT_TYPE_LATEST)

    return router


def _is_near(request: Request) -> bool:
    """True if the client is on this machine or in a private network."""
    try:
        return request.client is None or ipaddress.ip_address(request.client.host).is_private
    except ValueError:
        return True  # a Unix socket or a test
