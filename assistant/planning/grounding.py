"""Grounding: a plan speaks of what the conversation speaks of.

A small model sometimes plans a word that nobody said: another kind of product, a budget, a color. Code puts the customer's own words
in the place of such arguments, so that tools search and read for what was asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.dialogue.need import Need
from assistant.dialogue.thread import Thread
from assistant.planning.grammar.english import FUNCTION_WORDS
from assistant.planning.grammar.grammar import Grammar
from assistant.planning.grammar.text import Text, clean
from assistant.planning.plan import Bundle, Change, Compare, Details, Find, Order, Plan, Policy, Step
from retrieval.catalog.filter import Operator

LONGEST = 200
"""Characters of a message that stand in for an argument."""
_SAME = 4
"""First letters by which two longer words count as forms of one: "heavy" and "heaviest", "ship" and "shipping"."""
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Grounding:
    """Grounds plans with one catalog's vocabulary, which also mends typing errors in what customers write."""

    grammar: Grammar

    def of(self, plan: Plan, thread: Thread, message: str) -> Plan:
        """The plan with each argument that nobody bears replaced by the customer's words, or left out."""
        heard = _Heard(
            [self.grammar.mended(clean(text)) for text in (message, *(turn.message for turn in thread.turns))]
            + [turn.brief for turn in thread.turns]
            + [thread.need.as_text()]
        )
        said = " ".join(message.split())[:LONGEST]
        steps = tuple(self._step(step, heard, said) for step in plan.steps)
        return Plan(steps=tuple(dict.fromkeys(steps)), need=_need(plan.need, heard))

    def _step(self, step: Step, heard: _Heard, said: str) -> Step:
        match step:
            case Details(question=question) | Policy(question=question) if not heard.bears(question):
                return step.model_copy(update={"question": said})
            case Compare(on=on) if not heard.bears(on):
                return step.model_copy(update={"on": ""})
            case Find():
                return self._find(step, heard, said)
            case Bundle(kinds=kinds):
                known = tuple(kind for kind in kinds if heard.bears(kind) or self._names_type(kind))
                if len(known) < 2:
                    return self._find(Find(kind=known[0] if known else "", want=said), heard, said)
                return step.model_copy(update={"kinds": known})
            case Order(order=order) | Change(order=order) if order and not heard.bears(order):
                return step.model_copy(update={"order": ""})
        return step

    def _find(self, step: Find, heard: _Heard, said: str) -> Find:
        """A kind that is named in the message counts before one that the plan made up."""
        kind, want = step.kind, step.want
        if kind and not (heard.bears(kind) and self._names_type(kind)):
            named = self._types(said)
            if named:
                kind = named
            elif not heard.bears(kind):
                kind, want = "", said
        if want and not heard.bears(want):
            want = said
        return step.model_copy(update={"kind": kind, "want": want})

    def _types(self, text: str) -> str:
        """The kinds of product that `text` names, as a plan writes them."""
        reading = self.grammar.read(Text(clean(self.grammar.mended(text))))
        values = [value for c in reading.types if c.operator is Operator.IN for value in c.values]
        return values[-1].casefold() if values else ""

    def _names_type(self, kind: str) -> bool:
        return bool(self._types(kind))


class _Heard:
    """The words of a conversation so far."""

    def __init__(self, texts: Iterable[str]) -> None:
        words = {token.stem for text in texts for token in Text(clean(text)).tokens if token.is_word}
        self._words = words
        self._beginnings = {word[:_SAME] for word in words if len(word) >= _SAME}

    def bears(self, text: str) -> bool:
        """Whether every word of `text` that means something was heard, in any form."""
        return all(
            token.word in FUNCTION_WORDS or self._has(token.stem) for token in Text(clean(text)).tokens if token.is_word
        )

    def _has(self, word: str) -> bool:
        if word in self._words:
            return True
        return len(word) >= _SAME and not _DIGITS.search(word) and word[:_SAME] in self._beginnings


def _need(need: Need, heard: _Heard) -> Need:
    """The need without the parts that nobody bears."""
    kept = {name: value if heard.bears(value) else "" for name, value in _texts(need)}
    lists = {
        "want": tuple(each for each in need.want if heard.bears(each)),
        "avoid": tuple(each for each in need.avoid if heard.bears(each)),
    }
    return need.model_copy(update={**kept, **lists})


def _texts(need: Need) -> Iterable[tuple[str, str]]:
    return ((name, getattr(need, name)) for name in ("whom", "use", "budget", "size", "color", "brand"))
