"""ChangeResult: what came of a message about a change of an order or the cart, and the facts that a reply may use of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.actions.change import CartLine
from assistant.actions.change_text import cart_text
from assistant.actions.policy import Section
from assistant.actions.proposal import Card, Done, Proposal
from assistant.actions.refusal import Reason, Refusal
from assistant.dialogue.waiting import Choice, Detail, Kind, Later, Waiting
from assistant.evidence.evidence import Fact, FactKind
from assistant.evidence.wording import in_words
from retrieval.feeds.strangers import as_name, with_article

_LONGEST_RULE = 60
"""Words of a section of the policy that are cited; the rest of a longer one is left to its page."""
_OF_GOODS = frozenset({Detail.ITEM, Detail.HOW, Detail.VARIANT, Detail.COLOR, Detail.SIZE, Detail.PRODUCT})
"""Details whose choices are named as the records of products name them."""


class State(StrEnum):
    """How far a change has come."""

    ASKED = "asked"
    """A detail is missing, and the customer is asked for it."""
    PROPOSED = "proposed"
    """It was shown and waits for a yes."""
    DONE = "done"
    """It ran."""
    REFUSED = "refused"
    """It cannot be."""
    DROPPED = "dropped"
    """The customer does not want it."""
    REMINDED = "reminded"
    """It still waits for a yes."""
    CART = "cart"
    """The cart was looked at."""


@dataclass(frozen=True, slots=True)
class Link:
    """An address that a reply offers: to check out, or to print a label."""

    kind: str
    url: str


@dataclass(frozen=True, slots=True)
class ChangeResult:
    """What became of one change in one turn. `waiting` is what the conversation waits for then.

    `section` is the part of the policy that a refusal rests on, `closed` the heading of an earlier proposal that this message
    cancelled, and `closed_for` why. `cart` is what was looked at. `later` is what the customer wants in the cart too: one
    product is added at a time. `is_instead_of_return` is true for a cancellation that is proposed because the order cannot go back yet.
    """

    state: State
    kind: Kind | None = None
    order: str = ""
    detail: Detail | None = None
    choices: tuple[Choice, ...] = ()
    proposal: Proposal | None = None
    done: Done | None = None
    refusal: Refusal | None = None
    section: Section | None = None
    cart: tuple[CartLine, ...] | None = None
    links: tuple[Link, ...] = ()
    waiting: Waiting | None = None
    product: str = ""
    later: tuple[Later, ...] = ()
    is_instead_of_return: bool = False

    @property
    def card(self) -> Card | None:
        """The proposal for the screen."""
        return self.proposal.card() if self.proposal else None


@dataclass(frozen=True, slots=True)
class Closed:
    """An earlier proposal that this message has ended: its `heading`, and why; `done` if it had run before."""

    heading: str
    reason: Reason
    done: Done | None = None


def change_facts(result: ChangeResult | None, closed: Closed | None) -> Iterator[Fact]:
    """Every value of a change that a reply may refer to. Only code writes these references."""
    if closed is not None:
        yield Fact("c.closed", FactKind.TEXT, _lowered(closed.heading), closed.reason.value, "proposal")
        if closed.done is not None:
            yield Fact("c.was_done", FactKind.TEXT, closed.done.lines()[0], "done", "proposal")
    if result is None:
        return
    record = f"order:{result.order}" if result.order else "cart"
    if result.order:
        yield Fact("c.order", FactKind.CODE, result.order, "", record)
    if result.product:
        yield Fact("c.product", FactKind.NAME, as_name(result.product), "", "product")
    if result.choices:
        texts = [as_name(each.text) if result.detail in _OF_GOODS else each.text for each in result.choices]
        yield Fact("c.choices", FactKind.TEXT, _listed(texts), "", record)
    if result.later:
        yield Fact(
            "c.later",
            FactKind.TEXT,
            in_words([later_text(each, as_name(each.name)) for each in result.later]),
            "",
            record,
        )
    lines = result.proposal.lines() if result.proposal else result.done.lines() if result.done else ()
    source = f"proposal:{result.proposal.id}" if result.proposal else record
    for number, line in enumerate(lines, 1):
        text = _lowered(line) if number == 1 and result.proposal else line
        yield Fact(f"c{number}", FactKind.TEXT, text, "", source)
    if result.state is State.REMINDED and result.waiting:
        source, heading = f"proposal:{result.waiting.proposal}", result.waiting.heading
        yield Fact("c1", FactKind.TEXT, _lowered(heading), "", source)
        if rest := result.waiting.shown.removeprefix(heading).strip():
            yield Fact("c2", FactKind.TEXT, rest, "", source)
    if result.refusal is not None:
        yield Fact("c.why", FactKind.TEXT, result.refusal.text, result.refusal.reason.value, record)
    if result.section is not None:
        yield Fact("c.rule", FactKind.TEXT, rule_text(result.section), "", f"policy:{result.section.title}")
    if result.cart:
        yield Fact("c1", FactKind.TEXT, cart_text(result.cart), "", "cart")


def later_text(later: Later, name: str) -> str:
    """What is left to add, as a sentence names it: "the Hand Trowel", "2 of the Hand Trowel", "A Garden in 12 Weekends"."""
    called = with_article(name)
    return f"{later.count} of {called}" if later.count > 1 else called


def _listed(choices: Sequence[str]) -> str:
    """Choices as the end of a question; those with commas of their own are set apart by semicolons."""
    if len(choices) > 1 and any("," in choice for choice in choices):
        return f"{'; '.join(choices[:-1])}; or {choices[-1]}"
    return in_words(choices, "or")


def rule_text(section: Section) -> str:
    """A section of the policy on one line; of a long one the first sentences."""
    sentences = " ".join(section.text.replace('"', "'").split()).replace(". ", ".\n").split("\n")
    kept: list[str] = []
    for sentence in sentences:
        if kept and len(" ".join([*kept, sentence]).split()) > _LONGEST_RULE:
            break
        kept.append(sentence)
    return " ".join(kept)


def _lowered(heading: str) -> str:
    return heading[:1].lower() + heading[1:]
