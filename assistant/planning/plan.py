"""Plan: one to three steps from a closed set of tools, each with typed arguments.

A step is written as a mapping with one key, the name of its tool: `{"find": {"kind": "tents", "want": "warm"}}`. The same form
is used in the corpus, by the planner and for language models that plan with a JSON schema. Models of that kind read the docstrings
and descriptions here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.dialogue.need import Need

MOST_STEPS = 3
_ORDER = Field(default="", description='the order number, or "" for the one meant by the conversation')
_QUESTION = Field(description="the whole question, understood without the conversation")
_PRODUCTS = 'products by their numbers, "#1", or by the customer\'s words for one without a number'


class Step(BaseModel):
    """One call of a tool. `tool` is the tool's name; the fields are its arguments."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    tool: ClassVar[str]


class Find(Step):
    """Search the catalog."""

    tool = "find"
    kind: str = Field(default="", description='what thing, as the shop would call it, or "" for any')
    want: str = Field(default="", description='what it must be or do, a short phrase of the customer\'s, or ""')
    sort: str = Field(
        default="",
        pattern=r"^(?:|cheapest|dearest|best_rated|popular|newest|on_sale|(?:most|least) [a-z][a-z0-9_]*)$",
        description='"", cheapest, dearest, best_rated, popular, newest, on_sale, or most or least and an attribute: "least weight"',
    )


class Details(Step):
    """Answer a question about one or more products from their records."""

    tool = "details"
    of: tuple[str, ...] = Field(default=(), max_length=6, description=f"{_PRODUCTS}; none for what the plan finds")
    question: str = _QUESTION


class Compare(Step):
    """Set two to four products side by side."""

    tool = "compare"
    of: tuple[str, ...] = Field(min_length=2, max_length=4, description=_PRODUCTS)
    on: str = Field(default="", description='what matters to the customer, or ""')


class Choose(Step):
    """Pick one among products that were named or shown."""

    tool = "choose"
    of: tuple[str, ...] = Field(min_length=1, max_length=6, description=_PRODUCTS)


class Bundle(Step):
    """Several kinds of product that go together within one budget."""

    tool = "bundle"
    kinds: tuple[str, ...] = Field(min_length=1, max_length=6, description="what things, as the shop would call them")


class Policy(Step):
    """Answer a question about the shop from its pages: delivery, returns, rules, age limits, services, contacts, account."""

    tool = "policy"
    question: str = _QUESTION


class Order(Step):
    """Read the customer's orders."""

    tool = "order"
    what: Literal["status", "items", "history", "refund", "invoice"]
    order: str = _ORDER


class Change(Step):
    """Change an order. Only proposes; nothing runs without the customer's yes."""

    tool = "change"
    what: Literal["cancel", "address", "items", "payment", "return", "exchange"]
    order: str = _ORDER


class Cart(Step):
    """See or change the cart."""

    tool = "cart"
    what: Literal["add", "remove", "change", "view", "checkout"]
    of: tuple[str, ...] = Field(default=(), description=f"{_PRODUCTS}; none to see the cart or check out")
    quantity: int | None = Field(default=None, ge=1, description="how many, if the customer says so")


class Ask(Step):
    """Ask the customer one question."""

    tool = "ask"
    about: Literal["use", "budget", "size", "who", "kind", "color", "which_product", "which_order", "problem"]


class HandOver(Step):
    """Point to a person."""

    tool = "hand_over"
    reason: Literal["asked", "upset", "cannot_help", "rule"]


class Talk(Step):
    """Small talk, and everything that is not the shop's business."""

    tool = "talk"
    about: Literal[
        "greet", "bye", "thanks", "praise", "how_are_you", "who_are_you", "capabilities", "ok", "off_topic", "insult",
        "other_language", "unclear", "joke", "injection",
    ]  # fmt: skip


STEPS: Mapping[str, type[Step]] = {
    step.tool: step
    for step in (Find, Details, Compare, Choose, Bundle, Policy, Order, Change, Cart, Ask, HandOver, Talk)
}
"""Every kind of step by the name of its tool."""


class Plan(BaseModel):
    """What to do about one message, and the need after it."""

    model_config = ConfigDict(frozen=True)

    steps: tuple[Step, ...] = Field(min_length=1, max_length=MOST_STEPS)
    need: Need = Need()


def step_of(written: Mapping[str, Any]) -> Step:
    """Read one step from its one-key mapping. Raises ValueError that names what is wrong."""
    if len(written) != 1:
        raise ValueError(f"a step has one key, the name of its tool, not {sorted(written)}")
    (tool, arguments), *_ = written.items()
    if tool not in STEPS:
        raise ValueError(f"unknown tool {tool!r}; use one of {', '.join(STEPS)}")
    try:
        return STEPS[tool].model_validate(arguments or {})
    except ValidationError as error:
        raise ValueError(f"{tool}: {faults(error)}") from error


def written_step(step: Step) -> dict[str, dict[str, Any]]:
    """The one-key mapping of a step, arguments that are empty left out."""
    return {step.tool: {name: value for name, value in step.model_dump(mode="json").items() if value}}


def faults(error: ValidationError) -> str:
    """What pydantic found wrong, on one line: where, and what."""
    return "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
