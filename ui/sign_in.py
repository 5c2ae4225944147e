"""Sign-in on the sample shop's page: a visitor picks one of the invented customers, a signed cookie keeps it.

A real shop has its own accounts and gives the widget a token instead (docs/widget.md).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from starlette.responses import RedirectResponse

from ui.protection import is_from_own_page
from ui.proxies import root_of
from ui.reception import SESSION_CUSTOMER


def sign_in_router(demo_customers: Collection[str]) -> APIRouter:
    """POST /session signs one of `demo_customers` in, or out where the id is empty; without any it is absent."""
    router = APIRouter(include_in_schema=False)
    if not demo_customers:
        return router

    @router.post("/session")
    def sign_in(request: Request, customer_id: Annotated[str, Form()] = "") -> RedirectResponse:
        if not is_from_own_page(request):
            raise HTTPException(403, "Sign in on the shop's own page.")
        request.session.clear()
        if customer_id:
            if customer_id not in demo_customers:
                raise HTTPException(404, "There is no such demo customer.")
            request.session[SESSION_CUSTOMER] = customer_id
        return RedirectResponse(f"{root_of(request)}/", status_code=303)

    return router
