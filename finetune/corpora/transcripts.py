"""The corpus as transcripts for the language model: what was written by hand, rendered as serving renders it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from assistant.build import catalog_kinds
from assistant.dialogue.need import Need
from assistant.dialogue.product_numbers import ProductNumbers
from assistant.evidence.brief import Brief
from assistant.language_model.transcript import Part, TranscriptTurn, context_text, parts, system_text
from assistant.planning.plan import Plan
from assistant.planning.plan_text import plan_text
from finetune.corpora.conversation import WrittenConversation, WrittenTurn, read_conversations
from finetune.corpora.facts import turn_brief
from finetune.corpora.shop import CorpusShop
from retrieval.errors import FeedError


@dataclass(frozen=True, slots=True)
class CorpusTurn:
    """One written turn with everything that serving would know before it and work out for it."""

    written: WrittenTurn
    need_before: Need
    plan: Plan
    brief: Brief
    text: TranscriptTurn


@dataclass(frozen=True, slots=True)
class CorpusConversation:
    """One conversation, replayed."""

    shop: str
    written: WrittenConversation
    system: str
    context: str
    turns: tuple[CorpusTurn, ...]

    def transcript(self) -> list[Part]:
        """The parts that the language model reads and writes."""
        return list(parts(self.system, self.context, [turn.text for turn in self.turns]))


def corpus_conversations(folder: Path) -> Iterator[CorpusConversation]:
    """Every conversation of one shop. Raises FeedError for a faulty one; `aisle corpus check` says more."""
    shop = CorpusShop.load(folder)
    system = system_text(shop.card.name, catalog_kinds(shop.catalog))
    for path in sorted(folder.glob("conversations/*.yaml")):
        for written in read_conversations(path):
            if isinstance(written, str):
                raise FeedError(written, "Run: aisle corpus check")
            yield _replayed(shop, system, written)


def _replayed(shop: CorpusShop, system: str, written: WrittenConversation) -> CorpusConversation:
    numbers, need, turns = ProductNumbers(), Need(), []
    page = shop.catalog.products[written.page].title if written.page else ""
    if written.page:
        numbers = numbers.adding([(written.page, shop.briefing.group(written.page))])
    for turn in written.turns:
        plan = Plan(steps=turn.plan, need=turn.need if turn.need is not None else need)
        told = plan_text(plan, partial(_label, shop, numbers, turn.says), need)
        numbers = numbers.adding([(id, shop.briefing.group(id)) for id in turn.show])
        brief = turn_brief(shop, written, turn, numbers)
        turns.append(CorpusTurn(turn, need, plan, brief, TranscriptTurn(turn.says, told, brief.as_text(), turn.reply)))
        need = plan.need
    context = context_text(bool(written.customer), page)
    return CorpusConversation(shop.name, written, system, context, tuple(turns))


def _label(shop: CorpusShop, numbers: ProductNumbers, says: str, id: str) -> str:
    """What the planner calls a product: its number, else the customer's words that are in its title, else its title."""
    if number := numbers.number(shop.briefing.group(id)):
        return f"#{number}"
    title = shop.catalog.products[id].title
    in_title = set(re.findall(r"\w+", title.casefold()))
    said = [word for word in re.findall(r"[\w'-]+", says.casefold()) if word in in_title]
    return " ".join(said) or title.casefold()
