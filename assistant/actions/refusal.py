"""Refusal: why something is not done, by name and in words that a reply can use."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Reason(StrEnum):
    """Why a request has no proposal, or a proposal is not executed."""

    NOT_SIGNED_IN = "not_signed_in"
    NO_SUCH_ORDER = "no_such_order"
    NOT_OFFERED = "not_offered"
    WRONG_STATE = "wrong_state"
    CLOSED = "closed"
    ALREADY_CHANGED = "already_changed"
    REASON_NEEDED = "reason_needed"
    NEEDS_PERSON = "needs_person"
    WINDOW_OVER = "window_over"
    ALREADY_COMING_BACK = "already_coming_back"
    NEVER_RETURNED = "never_returned"
    NO_SUCH_ITEM = "no_such_item"
    NO_SUCH_PRODUCT = "no_such_product"
    OTHER_PRODUCT = "other_product"
    OUT_OF_STOCK = "out_of_stock"
    TOO_MANY = "too_many"
    NO_SUCH_PAYMENT = "no_such_payment"
    SAME_PAYMENT = "same_payment"
    BALANCE_TOO_LOW = "balance_too_low"
    REFUND_ELSEWHERE = "refund_elsewhere"
    ADDRESS_INCOMPLETE = "address_incomplete"
    NOTHING_CHANGES = "nothing_changes"
    NOTHING_LEFT = "nothing_left"
    NO_RETURN = "no_return"
    NO_SUCH_PROPOSAL = "no_such_proposal"
    EXPIRED = "expired"
    STALE = "stale"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    ALREADY_DONE = "already_done"
    KEY_USED = "key_used"


class Refusal(BaseModel):
    """`reason` by name, `text` as one sentence, and the `section` of the policy that says so, if one does.

    `cancels` is the id of the open proposal that this request cancelled, because it came in between.
    """

    model_config = ConfigDict(frozen=True)

    reason: Reason
    text: str
    section: str = ""
    cancels: str = ""
