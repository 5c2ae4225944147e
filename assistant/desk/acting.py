"""Acting: an agent changes a customer's order, by the same functions and policy as the chat, with the agent as the actor in the audit.

The customer is the one of the conversation, and the agent must have it. A change is shown first and runs after the agent's yes, once.
"""

from __future__ import annotations

from dataclasses import dataclass

from assistant.actions.actions import Actions
from assistant.actions.order_record import OrderRecord
from assistant.actions.owner import Owner
from assistant.actions.proposal import Done, Proposal
from assistant.actions.refusal import Refusal
from assistant.actions.requests import OrderRequest
from assistant.conversation.store import Store
from assistant.desk.case import Agent, Case
from assistant.desk.desk import Desk
from assistant.desk.state import MoveRefused, State
from retrieval.errors import ConversationNotFound

KINDS = ("cancel", "change_address", "change_items", "change_payment", "return", "exchange", "return_label")
"""What an agent can do with an order, as requests call it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One kind of change of an order, and why it cannot be made now; "" if it can."""

    kind: str
    why_not: str


@dataclass(frozen=True, slots=True)
class Acting:
    """What agents do with orders. Every method raises AisleError if the database or the shop's own order system fails."""

    desk: Desk
    store: Store
    actions: Actions

    def owner(self, case: Case, agent: Agent) -> Owner | None:
        """The customer of the conversation, or who has proved one order in it; None for any other visitor."""
        if case.customer_id:
            return Owner(customer_id=case.customer_id).through(agent.id)
        proved = self.store.proved_order(case.conversation_id)
        return None if proved is None else proved.through(agent.id)

    def choices(self, record: OrderRecord) -> tuple[Choice, ...]:
        """Every kind of change, with the policy's reason against it if there is one."""
        found = ((kind, self.actions.why_not(kind, record, by_person=True)) for kind in KINDS)
        possible = tuple(Choice(kind, refusal.text if refusal else "") for kind, refusal in found)
        return tuple(each for each in possible if each.kind != "return_label" or record.returns)

    def record(self, conversation_id: str, agent: Agent, order: str) -> OrderRecord:
        """The customer's order. Raises MoveRefused unless this agent has the conversation, and ConversationNotFound."""
        found = self.actions.find(self._mine(conversation_id, agent), order) if order else ()
        if not found:
            raise ConversationNotFound(f"The customer of this conversation has no order {order!r}.")
        return found[0]

    def propose(self, conversation_id: str, agent: Agent, request: OrderRequest) -> Proposal | Refusal:
        """The exact change, to be shown to the agent; it takes the place of an open one of this customer.

        Raises MoveRefused unless this agent has the conversation.
        """
        return self.actions.propose(self._mine(conversation_id, agent), request)

    def confirm(self, conversation_id: str, agent: Agent, proposal_id: str) -> Done | Refusal:
        """Run the change that was shown, once, and keep a note of it in the conversation.

        Raises MoveRefused unless this agent has the conversation.
        """
        done = self.actions.execute(self._mine(conversation_id, agent), proposal_id)
        if isinstance(done, Done) and not done.repeated:
            self.desk.note(conversation_id, agent, " ".join(done.lines()))
        return done

    def withdraw(self, conversation_id: str, agent: Agent, proposal_id: str) -> Done | None:
        """The agent said no. What it did, if it ran before. Raises MoveRefused unless this agent has the conversation."""
        return self.actions.withdraw(self._mine(conversation_id, agent), proposal_id)

    def _mine(self, conversation_id: str, agent: Agent) -> Owner:
        case = self.desk.case(conversation_id)
        if case is None:
            raise ConversationNotFound(f"No conversation {conversation_id!r} was handed over.")
        if case.state is not State.WITH_AGENT or case.agent is None or case.agent.id != agent.id:
            raise MoveRefused("You do not have this conversation.", "Take it first.")
        owner = self.owner(case, agent)
        if owner is None:
            raise MoveRefused(
                "A visitor who has proved no order has none.", "Ask them to sign in, or to prove the order."
            )
        return owner
