"""POST /api/import: a feed in, what became of each row out. Only for the shop's own programs, who have a key."""

from __future__ import annotations

import hmac
import tempfile
import threading
from functools import cache
from pathlib import Path
from typing import Any, Literal

import structlog
from fastapi import APIRouter, HTTPException, Query, Request, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from assistant.settings import Settings
from assistant.shop_import import ShopImport
from retrieval.errors import FeedError, SettingsError
from retrieval.feeds.report import RowError, RowWarning
from retrieval.feeds.unpacked import LARGEST, FeedTooLarge, check_unpacked
from retrieval.store.database import open_database
from retrieval.store.versions import Kind
from ui.api_keys import KeyDesk, bearer_of
from ui.errors import ErrorJson, error_response
from ui.proxies import client_of
from ui.refusals import Refusals

IMPORT_PATH = "/api/import"
LARGEST_FEED = 32_000_000
"""Bytes of a request's body. Feeds may be packed with gzip."""

_LARGEST_UNPACKED = LARGEST
_SHORTEST_KEY = 32
_MOST_FAULTS = 500
_MOST_UNKNOWN = 100
_log = structlog.get_logger(__name__)


class Fault(BaseModel):
    """One fault of a feed. `line` counts from 1 and is 0 where the fault is in the whole feed; "mended" rows are imported."""

    kind: Literal["bad", "mended"]
    line: int
    field: str
    reason: str


class ImportJson(BaseModel):
    """What became of an import. `stored` says whether its good rows are in the database, `complete` whether all rows were good.

    `left_out` counts rows that are not for customers, by reason, and `hidden` names the stored records that were removed for such
    a row, each with the reason. `refused` says why nothing was stored although rows could be read, "" otherwise.
    `unknown_products` counts the events of products that the shop does not have, the hundred ids with most of them. `faults` are the first 500 of
    `bad_rows` and `mended`. `/healthz` names `data_version` as soon as replies are made from this import.
    """

    kind: Kind
    stored: bool
    complete: bool
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    bad_rows: int
    mended: int
    left_out: dict[str, int]
    hidden: dict[str, str]
    refused: str
    unknown_products: dict[str, int]
    faults: list[Fault]
    data_version: int


_RESPONSES: dict[int | str, dict[str, Any]] = {
    401: error_response("The key is missing or wrong."),
    403: error_response("The key is not for imports; or none was sent, and AISLE_IMPORT_KEY is not set."),
    409: {"model": ImportJson, "description": "The feed seems broken; nothing was stored. `force=true` stores it."},
    413: error_response("The feed is too large."),
    422: {"model": ImportJson | ErrorJson, "description": "No row of the feed could be read, or a parameter is none."},
    503: error_response("Another import is running; `Retry-After` says when to try again."),
}
_BODY = {"requestBody": {"required": True, "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}}


def import_router(settings: Settings, keys: KeyDesk, refusals: Refusals) -> APIRouter:
    """The route. Raises SettingsError for a key that can be guessed."""
    key = settings.import_key.get_secret_value().encode()
    if key and len(key) < _SHORTEST_KEY:
        raise SettingsError(
            f"AISLE_IMPORT_KEY has {len(key)} characters: it can be guessed.",
            "Give it at least 32, such as the output of `openssl rand -hex 32`, or leave it empty.",
        )
    router, running = APIRouter(tags=["operations"]), threading.Lock()

    @cache
    def shop() -> ShopImport:
        return ShopImport(open_database(settings.resolved_database_url), settings.currency, settings.zone)

    @router.post(IMPORT_PATH, responses=_RESPONSES, openapi_extra=_BODY)
    async def import_feed(
        request: Request,
        response: Response,
        kind: Kind = Kind.PRODUCTS,
        replace: bool = Query(False, description="Also remove products or FAQs that are not in the feed."),
        force: bool = Query(False, description="Import a feed that seems broken or has lost half of its records."),
    ) -> ImportJson:
        """Import one feed of any format that `aisle import` reads; the format is recognized. The good rows are stored."""
        if not await run_in_threadpool(keys.check_import, request):
            _check_key(request, key, refusals)
        if not running.acquire(blocking=False):
            raise HTTPException(503, "Another import is running.", {"Retry-After": "10"})
        try:
            with tempfile.TemporaryDirectory(prefix="aisle-import-") as folder:
                feed = Path(folder) / "feed"
                with feed.open("wb") as file:
                    async for block in request.stream():
                        file.write(block)
                found = await run_in_threadpool(lambda: _imported(shop(), kind, feed, replace, careful=not force))
        finally:
            running.release()
        if found.refused:
            response.status_code = 409
        elif not found.stored:
            response.status_code = 422
        return found

    return router


def _check_key(request: Request, key: bytes, refusals: Refusals) -> None:
    """Raises HTTPException unless the request carries AISLE_IMPORT_KEY. Nothing of the body is read before."""
    if not key:
        raise HTTPException(403, "Imports over HTTP need a key of `aisle keys create`, or AISLE_IMPORT_KEY.")
    if not hmac.compare_digest(bearer_of(request).encode(), key):
        refusals.note(client_of(request), "key_refused")
        raise HTTPException(401, "The import key is missing or wrong.", {"WWW-Authenticate": "Bearer"})


def _imported(shop: ShopImport, kind: Kind, feed: Path, replace: bool, careful: bool) -> ImportJson:
    """Import the file `feed`. Raises StoreError, and HTTPException for one that unpacks to too much."""
    try:
        check_unpacked(feed, _LARGEST_UNPACKED)
    except FeedTooLarge as error:
        raise HTTPException(413, error.message) from error
    faults: list[Fault] = []

    def report(fault: RowError | RowWarning | FeedError) -> None:
        if len(faults) < _MOST_FAULTS:
            faults.append(_fault(fault, feed))

    result = shop.run(kind, [feed], replace=replace, careful=careful, report=report)
    reading, outcome = result.reading, result.outcome
    counts = {} if outcome is None else outcome.counts
    _log.info("imported", kind=kind.value, version=result.version, refused=result.refusal, **counts)
    return ImportJson(
        kind=kind,
        stored=outcome is not None,
        complete=reading.is_complete,
        **counts,
        bad_rows=reading.bad_rows,
        mended=reading.mended,
        left_out={reason: len(rows) for reason, rows in reading.left_out.items()},
        hidden={} if outcome is None else dict(outcome.hidden),
        refused=result.refusal,
        unknown_products=dict(result.unknown.most_common(_MOST_UNKNOWN)),
        faults=faults,
        data_version=result.version,
    )


def _fault(fault: RowError | RowWarning | FeedError, feed: Path) -> Fault:
    if isinstance(fault, FeedError):
        reason = " ".join(filter(None, (fault.message, fault.hint)))
        return Fault(kind="bad", line=0, field="", reason=reason.replace(str(feed), feed.name))
    kind: Literal["bad", "mended"] = "mended" if isinstance(fault, RowWarning) else "bad"
    return Fault(kind=kind, line=fault.line, field=fault.field, reason=fault.reason.replace(str(feed), feed.name))
