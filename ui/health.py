"""Health and metrics: what a load balancer and an operator ask."""

from __future__ import annotations

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from ui.metrics import Metrics
from ui.opening import Answering, OpeningAssistant, Readiness


class Health(BaseModel):
    """`status` is "starting" while models load, then "ready", or "failed" with the log saying why.

    `model` names the language model and the adapter that write the next reply, such as "base+2026-11".
    """

    status: Readiness
    model: str = ""


def health_router(assistant: Answering, metrics: Metrics) -> APIRouter:
    """`/healthz` and `/metrics`."""
    router = APIRouter(tags=["operations"])

    @router.get("/healthz", responses={503: {"model": Health, "description": "Not ready yet, or failed."}})
    def healthz(response: Response) -> Health:
        """200 when replies can be made, 503 before and after a failure to start."""
        readiness = assistant.readiness if isinstance(assistant, OpeningAssistant) else Readiness.READY
        if readiness is not Readiness.READY:
            response.status_code = 503
        return Health(status=readiness, model=assistant.model)

    @router.get("/metrics", response_class=Response)
    def prometheus() -> Response:
        """Counters and latencies in the Prometheus text format, without personal data."""
        return Response(metrics.render(), media_type=CONTENT_TYPE_LATEST)

    return router
