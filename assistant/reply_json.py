"""ReplyJson: a reply as programs read it, the same shape from `aisle chat --json` and from the HTTP interfaces."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from assistant.desk.state import State
from assistant.planning.plan import written_step
from assistant.reply import Reply
from assistant.shown import Card, Proposed, ShownLink, Source, StatedFact


class AnswererJson(BaseModel):
    """Who answers: `waiting` for a person, `with_agent`, or Aisle again. `name` is that of the person who has the conversation."""

    model_config = ConfigDict(frozen=True)

    state: State
    name: str = ""


class ReplyJson(BaseModel):
    """A finished reply."""

    model_config = ConfigDict(frozen=True)

    reply: str = Field(description="The whole text.")
    plan: list[dict[str, Any]] = Field(
        default=[],
        description="What Aisle did, step by step: the tool's name with its arguments.",
        examples=[[{"find": {"kind": "tents", "want": "for a storm"}}]],
    )
    need: str = Field(default="", description="What the customer is after, as understood so far.")
    products: list[Card] = []
    sources: list[Source] = []
    facts: list[StatedFact] = Field(default=[], description="The facts that the text uses.")
    chips: list[str] = Field(default=[], description="Natural next questions; each is a whole message.")
    proposal: Proposed | None = Field(
        default=None, description="A change that waits for a yes; `POST /api/chat` with `press` confirms or cancels it."
    )
    done: str = Field(default="", description="The kind of the change that this turn has made, such as `cancel`.")
    links: list[ShownLink] = Field(default=[], description="Where the customer can go on: `checkout` or `label`.")
    fallback: bool = Field(description="Whether a plain phrase stood in for a sentence that failed the check.")
    conversation_id: str
    turn: int = Field(default=0, description="Number of this turn in its conversation, from 1; a rating names it.")
    answerer: AnswererJson | None = Field(
        default=None, description="Set once the conversation was handed over to a person."
    )
    question: int | None = Field(
        default=None,
        description="Set when the customer takes leave: ask once whether it is solved, and `POST /api/satisfaction`.",
    )
    timings_ms: dict[str, float] = {}
    model: str = ""

    @classmethod
    def of(cls, reply: Reply) -> Self:
        """`reply` as programs read it."""
        return cls(
            reply=reply.text,
            plan=[written_step(step) for step in reply.plan.steps],
            need=reply.plan.need.as_text(),
            products=list(reply.shown.cards),
            sources=list(reply.shown.sources),
            facts=list(reply.shown.facts),
            chips=list(reply.shown.chips),
            proposal=reply.shown.proposal,
            done=reply.shown.done,
            links=list(reply.shown.links),
            fallback=reply.fallback,
            conversation_id=reply.conversation_id,
            turn=reply.turn,
            answerer=AnswererJson(state=reply.answerer.state, name=reply.answerer.name) if reply.answerer else None,
            question=reply.question,
            timings_ms=dict(reply.timings_ms),
            model=reply.model,
        )
