"""The web app: the shop's page with the widget, the chat, and the interfaces for programs, in one FastAPI app.

`aisle serve` runs it; `create_app` takes any assistant, open or still opening.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Self, TypeVar

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when Gradio is imported, which otherwise calls its makers

import gradio as gr
from fastapi import FastAPI
from sqlalchemy import Engine, make_url
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Lifespan

from assistant.access.attempts import DatabaseStorage
from assistant.access.keys import ApiKeys
from assistant.access.mail import open_mail
from assistant.access.order_identity import OrderIdentity
from assistant.access.staff import StaffAccounts
from assistant.conversation.resolution import Resolutions
from assistant.desk.suggesting import Suggesting
from assistant.desk.webhook import Webhook
from assistant.personal.retention import Retention, keep_daily
from assistant.rehearsal.room import RehearsalRoom
from assistant.settings import Settings
from assistant.shop_file import LOGO_TYPES
from retrieval.errors import SettingsError
from retrieval.store.database import open_database
from ui.api_keys import KeyDesk
from ui.chat import ChatPage
from ui.chat_api import chat_router
from ui.chat_guard import ChatGuard
from ui.desk.acting import acting_router
from ui.desk.rehearsal import rehearsal_router
from ui.desk.reports import open_mask, reports_router
from ui.desk.rewording import rewording_router
from ui.desk.routes import desk_router, open_desk_pages, open_suggesting
from ui.embedding_api import embedding_router
from ui.errors import answer_errors, body_of
from ui.feedback_api import feedback_router
from ui.health import health_router
from ui.identity import load_secret
from ui.import_api import IMPORT_PATH, LARGEST_FEED, import_router
from ui.look import Look, chat_look, widget_script
from ui.metrics import Metrics
from ui.openai_api import openai_router
from ui.opening import Answering
from ui.order_identity_api import code_mail, order_identity_router
from ui.peers import Peers, Seat
from ui.people_api import people_router
from ui.protection import BodyLimits, Limiter, RateLimit, SecurityHeaders, SharedRateLimit
from ui.proxies import Proxies, PublicAddress, trusted_networks
from ui.reception import VISIT, Reception
from ui.refusals import Refusals
from ui.sign_in import sign_in_router
from ui.staff import add_staff
from ui.staffed import Staffed, open_staffed
from ui.storefront import storefront_router
from ui.strings import strings_of

STATIC = Path(__file__).parent / "static"
_LARGEST_BODY = 1_000_000
_SDK_HEADERS = (
    "openai-organization", "openai-project", "openai-beta", "idempotency-key",
    *(
        f"x-stainless-{name}"
        for name in (
            "arch", "async", "custom-poll-interval", "helper-method", "lang", "os", "package-version", "poll-helper",
            "raw-response", "read-timeout", "retry-count", "runtime", "runtime-version", "timeout",
        )
    ),
)  # fmt: skip
"""What the OpenAI SDKs send from a browser besides the usual headers."""
_Made = TypeVar("_Made")


def create_app(
    assistant: Answering, settings: Settings, demo_customers: Mapping[str, str] | None = None, seat: Seat | None = None
) -> FastAPI:
    """The app for `assistant`. On its page anybody may sign in as one of `demo_customers`, never real ones: each
    id with a few words on what there is to try. `seat` is this worker's among several, None for one process.
    Raises SettingsError when the secret, the rate limit, an allowed origin, a proxy or the public address cannot work.
    """
    database = cache(lambda: open_database(settings.resolved_database_url))
    origins, customers = _origins(settings.allowed_origins), demo_customers or {}
    secret = load_secret(settings.secret.get_secret_value(), settings.home)
    keys = KeyDesk(lambda: ApiKeys(database()), required=settings.api_keys == "required")
    counts = _shared_counts(settings, database)
    limiter, metrics = _limiters(settings, counts), Metrics()
    people = _People.open(assistant, settings, database, counts)
    staffed, noticed = (people.staffed, people.noticed) if people is not None else (None, None)
    refusals = Refusals()
    reception = Reception(assistant, metrics, limiter("messages", 1), secret, refusals, staffed, noticed)
    peers = Peers(seat) if seat is not None else None
    opened_late = ExitStack()
    identity = _order_identity(settings, database, secret, opened_late)

    app = _empty_app(settings, _lifespan(settings, database, reception, people, opened_late, seat, peers))
    _add_middleware(app, origins, secret, settings)
    answer_errors(app, refusals)
    app.include_router(chat_router(reception, keys))
    app.include_router(feedback_router(reception, cache(lambda: Resolutions(database())), limiter("ratings", 1)))
    app.include_router(openai_router(reception, keys))
    app.include_router(order_identity_router(reception, identity))
    app.include_router(embedding_router(origins))
    if people is not None:
        app.include_router(people_router(reception, people.staffed, limiter("people", 4)))
        _add_desk(app, people, assistant, settings, database())
    app.include_router(health_router(assistant, metrics))
    app.include_router(import_router(settings, keys, refusals))
    app.include_router(sign_in_router(customers))
    app.include_router(storefront_router(assistant, settings, customers))
    add_staff(app, lambda: StaffAccounts(database()), settings, secret, refusals)
    _add_files(app, settings)
    sends_codes = bool(settings.mail_url.get_secret_value()) or bool(customers)
    finds_orders = sends_codes and not settings.orders_url
    _in_a_loop(lambda: _add_chat(app, reception, settings, finds_orders, limiter("chat", 2), refusals, peers))
    return app


@dataclass(frozen=True, slots=True)
class _People:
    """The desk of a shop whose policy has people, and what happens when a conversation has news for them."""

    staffed: Staffed
    suggesting: Suggesting
    webhook: Webhook | None

    @classmethod
    def open(
        cls, assistant: Answering, settings: Settings, database: Callable[[], Engine], counts: DatabaseStorage | None
    ) -> Self | None:
        """The people of the shop; None if its policy names none. Raises SettingsError and StoreError."""
        staffed = open_staffed(settings, database)
        if staffed is None:
            return None
        suggesting = open_suggesting(staffed.desk, settings, database(), assistant)
        return cls(staffed, suggesting, Webhook.open(settings, staffed.desk, counts))

    def noticed(self, conversation_id: str) -> None:
        """Draft replies, and call the shop if the conversation has begun to wait."""
        self.suggesting.noticed(conversation_id)
        if self.webhook is not None:
            self.webhook.noticed(conversation_id)

    def catch_up(self) -> None:
        """Call the shop for whatever waits already."""
        if self.webhook is not None:
            self.webhook.catch_up()

    def close(self) -> None:
        """Draft and call no more."""
        self.suggesting.close()
        if self.webhook is not None:
            self.webhook.close()


def _order_identity(
    settings: Settings, database: Callable[[], Engine], secret: str, opened_late: ExitStack
) -> Callable[[], OrderIdentity]:
    """Proofs of orders, opened on first use, and closed with `opened_late`."""
    mail, write = open_mail(settings), code_mail(settings.shop_name, strings_of(settings.language))
    return cache(lambda: opened_late.enter_context(closing(OrderIdentity(database(), mail, write, secret))))


def _empty_app(settings: Settings, lifespan: Lifespan[FastAPI]) -> FastAPI:
    return FastAPI(
        title=f"Aisle at {settings.shop_name}" if settings.shop_name else "Aisle",
        description="A shopping assistant: the model chooses the words, the shop's records write the facts.",
        version=version("aisle"),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )


def _add_desk(app: FastAPI, people: _People, assistant: Answering, settings: Settings, engine: Engine) -> None:
    """The agents' desk, and the team lead's pages next to it."""
    pages = open_desk_pages(people.staffed.desk, settings, engine)
    mask = cache(lambda: open_mask(settings, engine))
    app.include_router(desk_router(pages, people.staffed.changes, people.suggesting))
    app.include_router(acting_router(pages, pages.view.acting, lambda: assistant.catalog))
    app.include_router(rewording_router(pages, assistant))
    app.include_router(reports_router(pages, engine, settings, mask))
    app.include_router(rehearsal_router(pages, engine, settings, mask, RehearsalRoom(settings)))


def _add_middleware(app: FastAPI, origins: Sequence[str], secret: str, settings: Settings) -> None:
    """Added last runs first. CORS must be on this parent app: without it Gradio allows every origin."""
    trusted, public = trusted_networks(settings.trusted_proxies), PublicAddress.parse(settings.public_url)
    app.add_middleware(
        SessionMiddleware,
        secret_key=secret,
        session_cookie="aisle_session",
        max_age=int(VISIT.total_seconds()),
        same_site="lax",
    )
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_methods=["GET", "POST"],
        allow_headers=["authorization", "content-type", *_SDK_HEADERS],
    )
    too_large = JSONResponse(body_of("too_large", "The request is larger than it may be."), 413)
    app.add_middleware(BodyLimits, usual=_LARGEST_BODY, larger={IMPORT_PATH: LARGEST_FEED}, refusal=too_large)
    app.add_middleware(SecurityHeaders, embedders=origins)
    app.add_middleware(Proxies, trusted=trusted, public=public)


def _add_files(app: FastAPI, settings: Settings) -> None:
    """The widget's script, the logo, and pictures in `images` next to the shop file, if there are any."""
    script, logo = widget_script(Look.of(settings)), settings.logo_file
    pictures = settings.resolved_shop_file.parent / "images"

    @app.get("/widget.js", include_in_schema=False)
    def widget() -> Response:
        return Response(script, media_type="text/javascript", headers={"Cache-Control": "max-age=300"})

    @app.get("/favicon.ico", include_in_schema=False)
    @app.get("/logo", include_in_schema=False)
    def picture() -> Response:
        if logo is not None and logo.is_file():
            kind = LOGO_TYPES.get(logo.suffix.lower(), "application/octet-stream")
            return FileResponse(logo, media_type=kind, headers={"Cache-Control": "max-age=300"})
        return FileResponse(STATIC / "mark.svg", media_type="image/svg+xml")

    app.mount("/static", StaticFiles(directory=STATIC))
    if pictures.is_dir():
        app.mount("/shop/images", StaticFiles(directory=pictures))


def _shared_counts(settings: Settings, database: Callable[[], Engine]) -> DatabaseStorage | None:
    """Where several processes count together; None if the database is one process's own."""
    is_shared = make_url(settings.resolved_database_url).get_backend_name() == "postgresql"
    return DatabaseStorage(database()) if is_shared else None


def _limiters(settings: Settings, counts: DatabaseStorage | None) -> Callable[[str, int], Limiter]:
    """Makes limits by their name, each so many times AISLE_RATE_LIMIT, counted by all processes in `counts` or by this one."""
    if counts is None:
        return lambda name, times: RateLimit(settings.rate_limit, times)
    return lambda name, times: SharedRateLimit(name, settings.rate_limit, counts, times)


def _add_chat(
    app: FastAPI,
    reception: Reception,
    settings: Settings,
    finds_orders: bool,
    limit: Limiter,
    refusals: Refusals,
    peers: Peers | None,
) -> None:
    """`finds_orders` offers visitors to prove an order: the shop can send codes, and keeps its orders here."""
    look = Look.of(settings)
    blocks = ChatPage(reception, look).build()
    scripts = '<script src="../static/kept.js"></script>'
    scripts += f'<script src="../static/chat.js" data-look="{escape(chat_look(look))}"></script>'
    if finds_orders:
        scripts += '<script src="../static/find.js"></script>'
    gr.mount_gradio_app(
        app,
        blocks,
        path="/chat",
        show_error=False,
        ssr_mode=False,
        footer_links=[],
        max_file_size="1kb",
        enable_monitoring=False,
        run_history=False,
        theme=gr.themes.Base(
            font=["Source Sans Pro", "system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]
        ),
        css_paths=[STATIC / "cards.css", STATIC / "chat.css"],
        head=f'<script src="../static/pictures.js"></script>{scripts}',
    )
    mount = next(route for route in app.routes if isinstance(route, Mount) and route.path == "/chat")
    inputs = {
        number: [getattr(block, "data_model", None) for block in listener.inputs]
        for number, listener in blocks.fns.items()
        if listener.fn is not None
    }
    mount.app = ChatGuard(mount.app, blocks._queue, inputs, limit, refusals, peers)


def _in_a_loop(make: Callable[[], _Made]) -> _Made:
    """What `make` makes, inside an event loop: without a running one Gradio opens several and never closes them."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:

        async def made() -> _Made:
            return make()

        return asyncio.run(made())
    return make()


def _lifespan(
    settings: Settings,
    database: Callable[[], Engine],
    reception: Reception,
    people: _People | None,
    opened_late: ExitStack,
    seat: Seat | None,
    peers: Peers | None,
) -> Lifespan[FastAPI]:
    """What begins and ends with the app. Of several workers the first alone deletes what is too old."""
    stopped, retention = threading.Event(), Retention.of(settings)

    def start() -> None:
        if retention.is_limited and (seat is None or seat.is_first):
            threading.Thread(target=keep_daily, args=(retention, database, stopped), daemon=True).start()
        if people is not None and (seat is None or seat.catches_up):
            people.catch_up()

    def close() -> None:
        stopped.set()
        reception.close()
        if people is not None:
            people.close()
        opened_late.close()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        start()
        if peers is None:
            yield
        else:
            chat = next(route.app for route in app.routes if isinstance(route, Mount) and route.path == "/chat")
            async with peers.listening(chat):
                yield
        close()

    return lifespan


def _origins(allowed: Sequence[str]) -> list[str]:
    for origin in allowed:
        scheme, _, host = origin.partition("://")
        if scheme not in ("http", "https") or not host or any(sign in host for sign in "/*;, '\""):
            raise SettingsError(
                f"AISLE_ALLOWED_ORIGINS names {origin!r}, which is no origin.",
                'Write scheme and host alone, such as ["https://shop.example"].',
            )
    return list(allowed)
