"""Beside: what stands next to a reply, made from its plan and brief."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from assistant.checking.claims import REFERENCE
from assistant.chips import Chips
from assistant.evidence.brief import LINE_SLOTS, Brief, Note
from assistant.planning.plan import Plan
from assistant.reading.lines import LineKind
from assistant.reading.verdict import Verdict
from assistant.shown import Card, Proposed, Shown, ShownLink, Source, StatedFact
from retrieval.catalog.candidate import Reason, ReasonKind
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.faq import Faq

_MOST_SOURCES = 3


@dataclass(frozen=True, slots=True)
class Beside:
    """Makes cards, sources and chips for one shop."""

    catalog: Catalog
    chips: Chips

    def cards(self, brief: Brief, moment: datetime) -> tuple[Card, ...]:
        """One card for each product of the brief, with the offer of `moment` and the line that speaks for it."""
        products = [self.catalog.products[id] for id in brief.products]
        return tuple(Card.of(each, self.catalog, moment, self._reasons(brief, each.id)) for each in products)

    def shown(self, message: str, plan: Plan, brief: Brief, written: str, moment: datetime) -> Shown:
        """Everything beside the reply that was `written`, with references."""
        used = set(REFERENCE.findall(written))
        change = brief.change
        rule = (Source.of_policy(change.section),) if change and change.section and "c.rule" in used else ()
        return Shown(
            cards=self.cards(brief, moment),
            sources=(*rule, *(Source.of(page) for page in self._sources(brief, used))),
            chips=self.chips.after(message, plan, brief),
            facts=tuple(StatedFact.of(fact) for key, fact in brief.facts.items() if key in used),
            proposal=Proposed.of(change.proposal) if change and change.proposal else None,
            done=brief.ran,
            links=tuple(ShownLink(kind=link.kind, url=link.url) for link in change.links) if change else (),
            find_order=Note.SIGNED_OUT in brief.notes,
        )

    def _sources(self, brief: Brief, used: set[str]) -> list[Faq]:
        """The pages whose lines the reply quotes; if it quotes none, those that it was written from."""
        told = list(zip(LINE_SLOTS, brief.lines, strict=False))
        slots = {key.partition(".")[0] for key in used}
        quoted = [line for slot, line in told if slot in slots] or [line for _, line in told]
        ids = dict.fromkeys(each.line.record for each in quoted if each.line.kind is LineKind.POLICY)
        return [self.catalog.faqs[id] for id in ids if id in self.catalog.faqs][:_MOST_SOURCES]

    @staticmethod
    def _reasons(brief: Brief, id: str) -> Iterator[Reason]:
        for told in brief.lines:
            if told.line.record == id and told.verdict is Verdict.SUPPORTS:
                yield Reason(ReasonKind.MATCHES_REQUEST, told.line.text, 1.0)
