"""Orders at the desk: a form for each kind of change, the proposal that it leads to, and the agent's yes or no.

Every answer is a fragment for the window over the desk, rendered on the server with every text escaped.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import HTMLResponse, JSONResponse

from assistant.actions.change_text import done_sentence
from assistant.actions.order_record import OrderRecord
from assistant.actions.proposal import Proposal
from assistant.actions.refusal import Refusal
from assistant.actions.requests import OrderRequest
from assistant.desk.acting import KINDS, Acting
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.product import Product
from ui.desk.routes import DeskPages, acting_agent, agent_of

_TITLES = {
    "cancel": "Cancel",
    "change_address": "Other address",
    "change_items": "Other items",
    "change_payment": "Other payment",
    "return": "Return",
    "exchange": "Exchange",
    "return_label": "Return label",
}


class Wanted(BaseModel):
    """What the agent wants to change of an order."""

    model_config = ConfigDict(extra="forbid")

    request: OrderRequest = Field(discriminator="kind")


class Answered(BaseModel):
    """The agent's answer to the change that was shown."""

    model_config = ConfigDict(extra="forbid")

    proposal: str = Field(min_length=1, max_length=200, pattern=r"^[^\x00]+$")  # no column can hold NUL
    answer: Literal["yes", "no"]


def acting_router(pages: DeskPages, acting: Acting, catalog: Callable[[], Catalog]) -> APIRouter:
    """The routes; `catalog` has the variants that an item can be exchanged for."""
    router = APIRouter(prefix="/desk/c/{conversation_id}", include_in_schema=False)

    @router.get("/act/{kind}")
    def form(conversation_id: str, kind: str, order: str, request: Request) -> HTMLResponse:
        agent = agent_of(request)
        if kind not in KINDS:
            raise HTTPException(404, f"An order cannot be changed by {kind!r}.")
        record = acting.record(conversation_id, agent, order)
        return HTMLResponse(
            pages.render(
                "act.html", request, agent, kind=kind, title=_TITLES[kind], record=record,
                reasons=_reasons(acting, kind), variants=_variants(record, catalog()),
            )
        )  # fmt: skip

    @router.post("/propose")
    def propose(conversation_id: str, body: Wanted, request: Request) -> HTMLResponse:
        agent = acting_agent(request)
        found = acting.propose(conversation_id, agent, body.request)
        card = found.card() if isinstance(found, Proposal) else None
        refusal = found.text if isinstance(found, Refusal) else ""
        return HTMLResponse(pages.render("proposal.html", request, agent, card=card, refusal=refusal))

    @router.post("/answer")
    def answer(conversation_id: str, body: Answered, request: Request) -> JSONResponse:
        agent = acting_agent(request)
        act = acting.confirm if body.answer == "yes" else acting.withdraw
        done = act(conversation_id, agent, body.proposal)
        if isinstance(done, Refusal):
            shown = pages.render("proposal.html", request, agent, card=None, refusal=done.text)
            return JSONResponse({"act": shown, "said": "", "parts": {}})
        parts = pages.parts(request, agent, pages.view.opened(conversation_id, agent))
        said = done_sentence(done.change) if done is not None else ""
        return JSONResponse({"act": "", "said": said, "parts": parts})

    return router


def _reasons(acting: Acting, kind: str) -> tuple[str, ...]:
    """The reasons that the policy knows, those for people among them."""
    policy = acting.actions.policy
    if policy is None or kind not in ("cancel", "return", "exchange"):
        return ()
    rules = policy.rules
    rule = rules.cancel if kind == "cancel" else rules.return_ if kind == "return" else rules.exchange
    return (*rule.reasons, *rule.person_for)


def _variants(record: OrderRecord, catalog: Catalog) -> dict[str, tuple[Product, ...]]:
    """The variants of each product of the order that the shop still knows."""
    known = (catalog.products.get(line.product_id) for line in record.order.lines)
    return {product.id: catalog.variants(product) for product in known if product is not None}
