"""Staff pages: sign-in, sign-out and password of the people who work at the desk, and the door to what is theirs alone.

A route for staff takes `member: Annotated[StaffMember, Depends(staff_member)]`; a mounted app, such as Gradio's, is wrapped in
`StaffGate`, and `staff_member(request)` names who asks inside it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import anyio.to_thread
from anyio import CapacityLimiter
from fastapi import APIRouter, Depends, FastAPI, Form, HTTPException, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.access.attempts import TooManyAttempts
from assistant.access.passwords import SHORTEST, WeakPassword
from assistant.access.staff import LIFE, SignInRefused, StaffAccounts, StaffMember
from assistant.settings import Settings
from retrieval.errors import AisleError
from ui.cards import safe_url
from ui.errors import body_of
from ui.protection import is_from_own_page
from ui.proxies import client_of, root_of
from ui.refusals import Refusals
from ui.strings import ENGLISH, strings_of

COOKIE = "aisle_staff"
_MEMBER = "aisle.staff"
_TEMPLATES = Path(__file__).parent / "templates"
_SIGN_INS_AT_ONCE = 2  # each one keeps a core busy for some 20 ms
_LONGEST_FIELD = 1000
_LOCAL = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,500}")
_Field = Annotated[str, Form(max_length=_LONGEST_FIELD)]


class NotSignedIn(AisleError):
    """A request for a page of staff comes from somebody who is not signed in as staff."""


def staff_member(request: Request) -> StaffMember:
    """Who of the staff sent `request`; a dependency of FastAPI. Raises NotSignedIn, which leads a browser to the sign-in page.

    Reads the database, except inside a StaffGate.
    """
    known: StaffMember | None = request.scope.get(_MEMBER)
    member = known or _accounts(request).member(request.cookies.get(COOKIE, ""))
    if member is None:
        raise NotSignedIn("Sign in as a member of staff.")
    return member


def staff_admin(request: Request) -> StaffMember:
    """Like `staff_member`, for admins alone: an agent gets 403."""
    member = staff_member(request)
    if not member.is_admin:
        raise HTTPException(403, "This is for admins.")
    return member


class StaffGate:
    """Lets staff alone reach the app that it wraps, and takes requests that change something from this site's pages alone.

    Every request is checked, so that a disabled account is out at once; an open event stream lasts until it ends.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request of a member on, who is then known without another look."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        try:
            scope[_MEMBER] = await run_in_threadpool(staff_member, request)
        except NotSignedIn:
            await _to_sign_in(request)(scope, receive, send)
            return
        if request.method not in ("GET", "HEAD") and not is_from_own_page(request):
            refused = JSONResponse(body_of("forbidden", "This can be done on the shop's own pages alone."), 403)
            await refused(scope, receive, send)
            return
        await self._app(scope, receive, send)


def add_staff(
    app: FastAPI, accounts: Callable[[], StaffAccounts], settings: Settings, secret: str, refusals: Refusals
) -> None:
    """Add the staff pages to `app`. `accounts` opens the accounts on first use; `secret` signs the forms."""
    app.state.staff_accounts = accounts
    app.include_router(_router(_Forms(settings, secret), refusals))

    @app.exception_handler(NotSignedIn)
    async def not_signed_in(request: Request, error: NotSignedIn) -> Response:
        return _to_sign_in(request)


class _Forms:
    """The staff's pages as HTML. A form carries a token that only the page with this browser's cookie can have."""

    def __init__(self, settings: Settings, secret: str) -> None:
        self._settings = settings
        self._secret = secret.encode()
        self._templates = Environment(
            loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
            lstrip_blocks=True,
        )  # fmt: skip

    def token(self, cookie: str) -> str:
        """The token of the forms that are shown to the browser with `cookie`."""
        return hmac.new(self._secret, b"staff form " + cookie.encode(), hashlib.sha256).hexdigest()

    def fits(self, request: Request, token: str) -> bool:
        """True if a form was sent from this site's page, by the browser that it was shown to."""
        cookie = request.cookies.get(COOKIE, "")
        return (
            bool(cookie)
            and is_from_own_page(request)
            and hmac.compare_digest(self.token(cookie).encode(), token.encode())
        )

    def render(self, template: str, request: Request, cookie: str, status: int = 200, **values: Any) -> HTMLResponse:
        """One page, with the shop's look."""
        root, shop = root_of(request), self._settings
        page = self._templates.get_template(template).render(
            shop=shop,
            name=shop.shop_name or strings_of(ENGLISH)("title"),
            root=root,
            logo=f"{root}/logo" if shop.logo_file else safe_url(shop.logo),
            form_token=self.token(cookie),
            **values,
        )
        return HTMLResponse(page, status)

    def sign_in(
        self, request: Request, target: str, status: int = 200, said: str = "", account: str = ""
    ) -> HTMLResponse:
        """The sign-in page, with what went wrong the last time in `said`."""
        cookie = request.cookies.get(COOKIE) or secrets.token_urlsafe(32)
        page = self.render(
            "staff_login.html", request, cookie, status, said=said, account=account, target=target, member=None
        )
        _keep(page, request, cookie)
        return page


def _router(forms: _Forms, refusals: Refusals) -> APIRouter:
    router = APIRouter(prefix="/staff", include_in_schema=False)
    limiter = CapacityLimiter(_SIGN_INS_AT_ONCE)

    @router.get("/login")
    def login(request: Request, next: str = "") -> Response:
        if _accounts(request).member(request.cookies.get(COOKIE, "")) is not None:
            return RedirectResponse(_local(next, request), 303)
        return forms.sign_in(request, next)

    @router.post("/login")
    async def sign_in(
        request: Request, account: _Field = "", password: _Field = "", form_token: _Field = "", target: _Field = ""
    ) -> Response:
        if not forms.fits(request, form_token):
            return forms.sign_in(request, target, 403, "This page was open for too long. Please sign in again.")
        client, accounts = client_of(request), _accounts(request)
        try:
            cookie = await anyio.to_thread.run_sync(accounts.sign_in, account, password, client, limiter=limiter)
        except SignInRefused as error:
            refusals.note(client, "sign_in_refused")
            return forms.sign_in(request, target, 401, error.message, account)
        except TooManyAttempts as error:
            refusals.note(client, "too_many_attempts")
            page = forms.sign_in(request, target, 429, error.message, account)
            page.headers["Retry-After"] = str(int(error.wait.total_seconds()) + 1)
            return page
        await run_in_threadpool(accounts.sign_out, request.cookies[COOKIE])  # of an earlier sign-in here
        done = RedirectResponse(_local(target, request), 303)
        _keep(done, request, cookie)
        return done

    @router.post("/logout")
    def sign_out(request: Request, form_token: _Field = "") -> Response:
        if forms.fits(request, form_token):
            _accounts(request).sign_out(request.cookies.get(COOKIE, ""))
        left = RedirectResponse(f"{root_of(request)}/staff/login", 303)
        left.delete_cookie(COOKIE, path=root_of(request) or "/")
        return left

    @router.get("")
    def account_page(request: Request, member: Annotated[StaffMember, Depends(staff_member)]) -> Response:
        return _account(forms, request, member)

    @router.post("/password")
    async def password(
        request: Request,
        member: Annotated[StaffMember, Depends(staff_member)],
        old: _Field = "",
        new: _Field = "",
        form_token: _Field = "",
    ) -> Response:
        if not forms.fits(request, form_token):
            return _account(forms, request, member, 403, "This page was open for too long. Please try again.")
        change, client = _accounts(request).change_password, client_of(request)
        try:
            await anyio.to_thread.run_sync(change, member, old, new, client, limiter=limiter)
        except SignInRefused:
            refusals.note(client, "sign_in_refused")
            return _account(forms, request, member, 401, "The present password does not fit.")
        except TooManyAttempts as error:
            refusals.note(client, "too_many_attempts")
            return _account(forms, request, member, 429, error.message)
        except WeakPassword as error:
            return _account(forms, request, member, 422, f"{error.message} {error.hint}")
        return forms.sign_in(request, "", said="The password is changed. Please sign in with the new one.")

    return router


def _account(forms: _Forms, request: Request, member: StaffMember, status: int = 200, said: str = "") -> HTMLResponse:
    desk = f"{root_of(request)}/desk/" if _has_desk(request) else ""
    cookie = request.cookies[COOKIE]
    return forms.render(
        "staff_account.html", request, cookie, status, member=member, said=said, desk=desk, shortest=SHORTEST
    )


def _accounts(request: Request) -> StaffAccounts:
    accounts: StaffAccounts = request.app.state.staff_accounts()
    return accounts


def _to_sign_in(request: Request) -> Response:
    """To the sign-in page for somebody who opens a page, 401 for what a page's script asks."""
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        target = quote(request.url.path, safe="/")
        return RedirectResponse(f"{root_of(request)}/staff/login?next={target}", 303)
    return JSONResponse(body_of("staff_sign_in", "Sign in as a member of staff."), 401)


def _local(target: str, request: Request) -> str:
    """`target` if it is a page of this site, which no sign-in page may lead away from; else the desk or the account."""
    root = root_of(request)
    if _LOCAL.fullmatch(target) and target.startswith(f"{root}/") and not target.startswith(f"{root}/staff/"):
        return target
    return f"{root}/desk/" if _has_desk(request) else f"{root}/staff"


def _has_desk(request: Request) -> bool:
    return any(getattr(route, "path", "").startswith("/desk") for route in request.app.routes)


def _keep(response: Response, request: Request, cookie: str) -> None:
    """Secure is added to every cookie behind HTTPS (`ui/protection.py`)."""
    response.set_cookie(
        COOKIE, cookie, max_age=int(LIFE.total_seconds()), path=root_of(request) or "/", httponly=True, samesite="lax"
    )
