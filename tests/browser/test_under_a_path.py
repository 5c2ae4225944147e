"""Aisle behind a proxy, under a path of the shop's own host."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, expect
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import HTMLResponse, StreamingResponse
from starlette.routing import Route

from tests.browser.visit import Visit
from tests.fake_assistant import FakeAssistant
from tests.unit.web import make_app, served
from ui.cli import listen

pytestmark = pytest.mark.browser
PAGE = '<!doctype html><title>Oak</title><link rel="icon" href="data:,"><h1>Oak</h1><script src="/aisle/widget.js"></script>'
_HOPS = ("content-length", "transfer-encoding", "connection", "content-encoding")


def proxy(target: str, headers: dict[str, str]) -> Starlette:
    """A shop's server that passes /aisle/… on without the prefix."""
    client = httpx2.AsyncClient(timeout=None)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with client:
            yield

    async def forward(request: Request) -> StreamingResponse:
        path = request.url.path.removeprefix("/aisle") or "/"
        kept = {
            name: value for name, value in request.headers.items() if name not in ("content-length", "accept-encoding")
        }
        sent = client.build_request(
            request.method,
            target + path,
            params=request.query_params,
            headers=kept | headers,
            content=await request.body(),
        )
        answer = await client.send(sent, stream=True)
        passed = {name: value for name, value in answer.headers.items() if name not in _HOPS}
        return StreamingResponse(
            answer.aiter_bytes(), answer.status_code, passed, background=BackgroundTask(answer.aclose)
        )

    async def shop(request: Request) -> HTMLResponse:
        return HTMLResponse(PAGE)

    return Starlette(
        routes=[
            Route("/", shop),
            Route("/favicon.ico", shop),
            Route("/aisle{path:path}", forward, methods=["GET", "POST", "OPTIONS"]),
        ],
        lifespan=lifespan,
    )


@pytest.fixture(params=["named by the proxy", "set by the shop"])
def shop_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    listener = listen("127.0.0.1", 0)
    public = f"http://127.0.0.1:{listener.getsockname()[1]}"
    is_named = request.param == "named by the proxy"
    headers = {"x-forwarded-prefix": "/aisle", "x-forwarded-proto": "http"} if is_named else {"host": "internal:7860"}
    app = make_app(tmp_path, FakeAssistant(), public_url="" if is_named else f"{public}/aisle")
    with served(app) as target, served(proxy(target, headers), listener):
        yield public


def test_the_chat_opens_and_answers_under_a_path(browser: Browser, shop_url: str) -> None:
    context = browser.new_context()
    visit = Visit(context.new_page(), shop_url)
    missing: list[str] = []
    visit.page.on("response", lambda answer: missing.append(answer.url) if answer.status >= 400 else None)
    visit.open()
    visit.say("tents")
    expect(visit.log).to_contain_text("The Larkfield 2 tent is $149.00.")
    link = visit.log.get_by_role("link", name="Harrow dome")
    assert link.get_attribute("href") == "/aisle/products/T-3"
    visit.page.goto(f"{shop_url}/aisle/chat/")
    expect(visit.page.get_by_label("Your message")).to_be_visible()
    visit.page.goto(f"{shop_url}/aisle/products/K-1")
    expect(visit.page.get_by_role("heading", name="Moorland kettle")).to_be_visible()
    context.close()
    assert missing == []
    assert visit.errors == []
