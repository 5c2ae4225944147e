"""Faq: one question the shop answers, or one policy, in the shop's own words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Faq:
    """`answer` is Markdown; `intents` names the service intents that it answers."""

    id: str
    title: str
    answer: str
    intents: tuple[str, ...] = ()
    link: str = ""
