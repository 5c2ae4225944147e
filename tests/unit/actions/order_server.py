"""A shop's own order system for the tests: a real HTTP server with the interface that docs/orders.md describes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import TypeAdapter

from assistant.actions.database_backend import DatabaseBackend
from assistant.actions.order_record import OrderRecord
from assistant.actions.owner import Owner
from assistant.actions.proposal import Done, Proposal
from assistant.actions.refusal import Refusal
from assistant.actions.requests import REQUEST

TOKEN = "the shop's token"
_RECORDS = TypeAdapter(tuple[OrderRecord, ...])


@dataclass
class OrderServer:
    """A server in front of a backend. `lost` answers are worked on and then lost, `instead` is answered instead."""

    backend: DatabaseBackend
    url: str = ""
    lost: int = 0
    statuses: list[int] = field(default_factory=list)
    instead: Any = None
    calls: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


def _owner(values: Any) -> Owner:
    return Owner(customer_id=values["customer_id"], order_id=values["order_id"], actor=values["actor"])


def _named(found: Proposal | Done | Refusal) -> dict[str, Any]:
    return {type(found).__name__.lower(): found.model_dump(mode="json")}


def _app(server: OrderServer) -> FastAPI:
    app = FastAPI()

    @app.middleware("http")
    async def check(request: Request, call_next: Any) -> Response:
        server.calls.append(f"{request.method} {request.url.path}")
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return JSONResponse({"detail": "no"}, 401)
        if server.statuses:
            return JSONResponse({"detail": "later"}, server.statuses.pop(0))
        answer: Response = await call_next(request)
        if server.lost:
            server.lost -= 1
            return JSONResponse({"detail": "lost"}, 503)
        return JSONResponse(server.instead) if server.instead is not None else answer

    @app.get("/api/orders")
    def orders(request: Request) -> Any:
        given = request.query_params
        found = server.backend.find(_owner(given), given["order"], int(given["limit"]))
        return {"orders": _RECORDS.dump_python(found, mode="json")}

    @app.post("/api/proposals")
    async def propose(request: Request) -> Any:
        body = await request.json()
        return _named(server.backend.propose(_owner(body["owner"]), REQUEST.validate_python(body["request"])))

    @app.post("/api/proposals/{proposal_id}/execute")
    async def execute(proposal_id: str, request: Request) -> Any:
        key = unquote(request.headers["idempotency-key"])
        server.keys.append(key)
        return _named(server.backend.execute(_owner((await request.json())["owner"]), proposal_id, key))

    @app.post("/api/proposals/{proposal_id}/withdraw")
    async def withdraw(proposal_id: str, request: Request) -> Any:
        server.backend.withdraw(_owner((await request.json())["owner"]), proposal_id)
        return {}

    return app


@contextmanager
def serving(backend: DatabaseBackend) -> Iterator[OrderServer]:
    """The server on a free port of this machine, in a thread."""
    server = OrderServer(backend)
    config = uvicorn.Config(_app(server), host="127.0.0.1", port=0, log_level="critical", lifespan="off")
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    port = running.servers[0].sockets[0].getsockname()[1]
    server.url = f"http://127.0.0.1:{port}/api/"
    try:
        yield server
    finally:
        running.should_exit = True
        thread.join()
