"""Why: what a reply was made from, kept with its turn for the people who look at it later."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from assistant.evidence.brief import Brief
from assistant.planning.plan import Plan, written_step


class ReadLine(BaseModel):
    """A line of a record that the reader judged, and its verdict on what was asked."""

    model_config = ConfigDict(frozen=True)

    record: str
    title: str
    text: str
    verdict: str


class Why(BaseModel):
    """The plan with the arguments of its tools, the need, what was found, the lines read, and the reply with its references."""

    model_config = ConfigDict(frozen=True)

    plan: tuple[dict[str, dict[str, Any]], ...] = ()
    need: str = ""
    products: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    lines: tuple[ReadLine, ...] = ()
    notes: tuple[str, ...] = ()
    written: str = ""

    @classmethod
    def of(cls, plan: Plan, brief: Brief, written: str) -> Self:
        """What was behind a reply that was `written` with references."""
        return cls(
            plan=tuple(written_step(step) for step in plan.steps),
            need=plan.need.as_text(),
            products=brief.products,
            orders=brief.orders,
            lines=tuple(
                ReadLine(
                    record=told.line.record, title=told.line.title, text=told.line.text, verdict=told.verdict.value
                )
                for told in brief.lines
            ),
            notes=tuple(note.value for note in brief.notes),
            written=written,
        )
