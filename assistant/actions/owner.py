"""Owner: on whose behalf something is asked. The server makes it from the session, never from the text of a message."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from retrieval.store.database import storable

AGENT = "agent:"
"""What the actor of an owner begins with if a person of the shop acts."""


@dataclass(frozen=True, slots=True)
class Owner:
    """A signed-in customer, or a visitor, who has a cart and no orders. `order_id` limits a customer to one order, which
    is what a one-time code proves. `actor` is who acts for them, for the audit: "customer", or "agent:" and a name.

    Raises ValueError if it is neither a customer nor a visitor, or both.
    """

    customer_id: str = ""
    visitor_id: str = ""
    order_id: str = ""
    actor: str = "customer"

    def __post_init__(self) -> None:
        if bool(self.customer_id) == bool(self.visitor_id):
            raise ValueError("an owner is a customer or a visitor, and not both")
        if self.visitor_id and self.order_id:
            raise ValueError("a visitor has no order")
        if not all(map(storable, (self.customer_id, self.visitor_id, self.order_id, self.actor))):
            raise ValueError("an owner's ids are plain text")

    @property
    def is_person(self) -> bool:
        """Whether an agent acts for the customer: agents may make changes that the policy reserves for people."""
        return self.actor.startswith(AGENT)

    def through(self, account: str) -> Owner:
        """The same owner, for whom the agent with this account acts."""
        return replace(self, actor=f"{AGENT}{account}")

    @property
    def key(self) -> str:
        """What carts and proposals are stored under. Two owners have the same key only if they are the same."""
        kind, identity = ("customer", self.customer_id) if self.customer_id else ("visitor", self.visitor_id)
        return json.dumps([kind, identity, self.order_id] if self.order_id else [kind, identity])
