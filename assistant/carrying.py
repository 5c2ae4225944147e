"""Carrying: what one turn leaves behind for the next message."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.act import Act
from assistant.actions.actions import ActionResult
from assistant.conversation.conversation import State
from assistant.evidence.evidence import Evidence
from assistant.evidence.planning import LISTING_ACTS, POINTED_ACTS, failed
from assistant.finding import Found
from assistant.intents import ABOUT_PRODUCT, SERVICE
from assistant.request import Request
from retrieval.catalog.filter import Sort

_LONGEST_QUESTION = 200
_GOES_BACK = re.compile(r"(?:and|but|or|also|what about|how about|what if|even if|if)\b", re.IGNORECASE)
"""Begins a question on the same matter, which stays what is spoken of."""
_EXTREME = re.compile(r"\b(?:\w+est|best|top|most)\b(?!.*\bfirst\b)", re.IGNORECASE)
"""Asks for one at the top of an order, which is then the one spoken of: "which is the cheapest?"."""


def carry(state: State, request: Request, found: Found, results: Sequence[ActionResult], evidence: Evidence) -> State:
    """The state after a turn. A search stays until the next one, whatever is asked in between."""
    acts = set(evidence.acts)
    carried = replace(
        state,
        misses=state.misses + 1 if failed(evidence.acts) else 0,
        order_id=_order_id(results) or request.order_id or state.order_id,
        asked=next((intent.name for intent in request.intents if intent.name in ABOUT_PRODUCT), ""),
        about=request.about,
        question=_question(state, request, found),
    )
    if found.searched and Act.NO_MORE not in acts:
        carried = _with_search(carried, request, found, evidence)
    if acts & POINTED_ACTS and evidence.candidates:
        ids = tuple(candidate.product.id for candidate in evidence.candidates)
        carried = replace(carried, focus=ids[0], shown=carried.shown if ids[0] in carried.shown else ids)
    return carried


def _question(state: State, request: Request, found: Found) -> str:
    """The matter of service that is being spoken of, until the talk turns to products."""
    if request.wants(*SERVICE):
        if state.question and _GOES_BACK.match(request.message):
            return state.question
        return request.message[:_LONGEST_QUESTION]
    return "" if found.searched or found.pointed else state.question


def _with_search(state: State, request: Request, found: Found, evidence: Evidence) -> State:
    """The state after a search: what was looked for without what had to be given up, and what is on the cards."""
    if found.is_lacking:
        return replace(state, request=None, shown=(), focus="", offset=0)
    ids = tuple(candidate.product.id for candidate in evidence.candidates)
    if Act.MORE_SHOWN in evidence.acts:
        return replace(state, shown=ids, focus="", offset=state.offset + len(found.candidates))
    listed = not LISTING_ACTS.isdisjoint(evidence.acts)
    ranked = bool(ids) and _EXTREME.search(request.message) is not None and request.filter.sort is not Sort.RELEVANCE
    return replace(
        state,
        request=replace(request, filter=found.kept),
        shown=ids if listed else state.shown,
        focus=(ids[0] if len(ids) == 1 or ranked else "") if listed else state.focus,
        offset=len(found.candidates),
    )


def _order_id(results: Sequence[ActionResult]) -> str:
    named = [result.orders[0].id for result in results if len(result.orders) == 1]
    return named[0] if named else ""
