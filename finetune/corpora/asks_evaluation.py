"""Whether short messages reach the record that answers them, on the asks of the held-out shops, with the live planner and tools.

    aisle evaluate asks

Each message stands alone, or on the page of the product that its entry names. Pages: the line that answers, or at least its page, is among the lines told.
Details: the line is, that of a variant too. Searches: a product that fits comes first, or is among the first three. Not sold: no product is
shown. Nobody chose these messages by what Aisle does with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.dialogue.need import Need
from assistant.dialogue.thread import Thread
from assistant.evidence.brief import Brief
from assistant.planning.plan import Details, Find, Plan, Policy
from assistant.planning.plan_text import plan_text
from assistant.turn import Dialogue
from finetune.corpora.asks import WrittenAsk, sound_asks
from finetune.corpora.shop import CorpusShop
from finetune.ranking_metrics import Mean

_SEEN = 3
"""Products that a customer looks at first."""


class Reach(StrEnum):
    """What is asked of the brief of a message."""

    PAGE = "right page"
    PAGE_LINE = "right line of a page"
    DETAIL = "right line of a product"
    FIRST = "a product that fits is first"
    AMONG_THREE = "a product that fits is among three"
    NOT_SOLD = "not sold, nothing shown"
    TOOL = "right tool"


@dataclass(frozen=True, slots=True)
class AnsweredAsk:
    """A message of the held-out shops, what its entry says of it, and the plan and brief that it got."""

    shop: str
    message: str
    ask: WrittenAsk
    plan: Plan
    brief: Brief
    reached: Mapping[Reach, bool]

    def as_json(self) -> dict[str, object]:
        """What a reader of many of them wants to see."""
        return {
            "shop": self.shop,
            "message": self.message,
            "ask": self.ask.model_dump(exclude={"says"}),
            "plan": plan_text(self.plan, lambda id: id, Need()),
            "products": list(self.brief.products),
            "lines": [f"{each.line.record}: {each.line.text}" for each in self.brief.lines],
            "notes": [str(note) for note in self.brief.notes],
            "reached": {str(reach): is_it for reach, is_it in self.reached.items()},
        }


def answered_asks(
    shop: CorpusShop, dialogue: Dialogue, asks: Iterable[WrittenAsk] | None = None
) -> Iterator[AnsweredAsk]:
    """Every message of a shop's asks, or of `asks`, with what came of it. Raises FeedError, ValueError and what a turn raises."""
    for ask in sound_asks(shop) if asks is None else asks:
        line = ask.answer(shop)
        page = next(iter(ask.after), "")
        if line is not None and line.record in shop.catalog.products:
            page = line.record
        thread = Thread().opened_on(page, shop.briefing.group(page)) if page else Thread()
        for message in ask.says:
            prepared = dialogue.prepare(message, thread)
            plan, brief = prepared.planned.plan, prepared.brief
            yield AnsweredAsk(shop.name, message, ask, plan, brief, _reached(ask, plan, brief, shop))


def scores(answered: Sequence[AnsweredAsk]) -> Mapping[Reach, Mean]:
    """The share of the messages that reach each thing asked of them."""
    return {
        reach: Mean.of([each.reached[reach] for each in answered if reach in each.reached])
        for reach in Reach
        if any(reach in each.reached for each in answered)
    }


def _reached(ask: WrittenAsk, plan: Plan, brief: Brief, shop: CorpusShop) -> Mapping[Reach, bool]:
    group: Callable[[str], str] = shop.briefing.group
    tool = plan.steps[0].tool
    line = ask.answer(shop)
    if line is None:
        if not ask.show:
            return {Reach.NOT_SOLD: not brief.products, Reach.TOOL: tool == Find.tool}
        fitting = {group(id) for id in ask.show}
        shown = [group(id) for id in brief.products]
        return {
            Reach.FIRST: bool(set(shown[:1]) & fitting),
            Reach.AMONG_THREE: bool(set(shown[:_SEEN]) & fitting),
            Reach.TOOL: tool == Find.tool,
        }
    told = [each.line for each in brief.lines]
    if line.record in shop.catalog.products:
        said = {(group(each.record), each.text) for each in told if each.record in shop.catalog.products}
        return {Reach.DETAIL: (group(line.record), line.text) in said, Reach.TOOL: tool == Details.tool}
    return {
        Reach.PAGE: line.record in {each.record for each in told},
        Reach.PAGE_LINE: line in told,
        Reach.TOOL: tool == Policy.tool,
    }
