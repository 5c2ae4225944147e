"""Planner: what to do about a message, decided by the language model in the light of the conversation."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import structlog

from assistant.dialogue.thread import Thread
from assistant.evidence.brief import KEYS
from assistant.language_model.decoding import Decoding
from assistant.language_model.engine import Choice
from assistant.language_model.speaker import Speaker
from assistant.language_model.transcript import END, PLAN, START, TranscriptTurn, prompt_ids
from assistant.planning.grammar.names import Names
from assistant.planning.grammar.text import Text, clean
from assistant.planning.grounding import Grounding
from assistant.planning.language import is_other_language
from assistant.planning.plan import STEPS, Compare, Details, Find, Plan, Policy, Step, Talk
from assistant.planning.plan_grammar import PlanGrammar
from assistant.planning.plan_text import parse_plan, plan_text
from assistant.planning.product_finder import product_finder
from assistant.planning.request_form import (
    LONGEST,
    asks_for_goods,
    asks_in_words,
    compares,
    is_wish_for_goods,
    requests_in,
)
from assistant.planning.route import NOTHING_NEAR, Near, Route, Router
from assistant.reference import spell

_log = structlog.get_logger(__name__)
_LONGEST = 72
"""Tokens of a plan; the longest of the corpus has 60."""
_NAMED = re.compile(r"\[(?P<name>[^\]]+)\][^:\n]*(?:: (?P<question>[^\n]+))?")
_TOOL = re.compile(r"^\w+", re.MULTILINE)
_GREEDY = Decoding(max_tokens=_LONGEST, temperature=0.0)


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, its text as the model wrote it, and whether code had to step in because none could be read.

    `by_default` says that the embedded model planned because two plans of the chosen one were invalid.
    """

    plan: Plan
    text: str
    is_fallback: bool = False
    by_default: bool = False


class Planner(Protocol):
    """Anything that plans."""

    def plan(self, system: str, context: str, thread: Thread, message: str, cancelled: threading.Event) -> Planned:
        """The plan for `message`.

        Raises WritingError if the model fails, and SearchIndexError if the shop's pages cannot be searched.
        """
        ...


class LanguageModelPlanner:
    """Plans with the embedded language model; decoding is held to the plan grammar, arguments to what was said.

    If the `router` is sure of a tool that the plan lacks, the plan is written again and begins with that tool. `near` tells the router how
    near the records are to a message, `found` which products a wish may bring. A question to the shop alone is planned without the language
    model.
    """

    def __init__(
        self,
        speaker: Speaker,
        names: Names,
        grounding: Grounding | None = None,
        router: Router | None = None,
        near: Near = lambda thread, message: NOTHING_NEAR,
        found: Callable[[str], tuple[str, ...]] = lambda wish: (),
    ) -> None:
        self._speaker = speaker
        self._grounding = grounding
        self._router = router
        self._near = near
        self._found = found
        self._names = names
        self._grammar = PlanGrammar(speaker.tokens, speaker.newline, speaker.end)
        references = [token for key in KEYS for token in speaker.tokens(spell(key))]
        self._no_references = speaker.banning([*references, *speaker.tokens(START)])

    def plan(self, system: str, context: str, thread: Thread, message: str, cancelled: threading.Event) -> Planned:
        """See `Planner.plan`."""
        if is_other_language(message):
            return Planned(Plan(steps=(Talk(about="other_language"),), need=thread.need), "talk other_language")
        asked = dict(self._routes(context, thread, requests_in(message)))
        route = self._route(context, thread, message)
        is_fallback = False
        if all(map(_asks_shop, [route, *asked.values()])) and len(message) < LONGEST:
            plan = Plan(steps=(Policy(question=" ".join(message.split())),), need=thread.need)
        else:
            plan, is_fallback = self._planned(system, context, thread, message, route.tool, cancelled)
        if self._grounding is not None:
            tools = {request: each.tool for request, each in asked.items()}
            plan = self._grounding.of(plan, thread, message, tools)
        return Planned(plan, plan_text(plan, self._label(thread), thread.need), is_fallback)

    def _routes(self, context: str, thread: Thread, requests: Sequence[str]) -> Iterator[tuple[str, Route]]:
        """The tool that each part of a message surely wants, understood as if the parts before it had been answered.

        "Can I plug headphones in" is a question to the shop by itself, and one about an amplifier behind "I need an amp, not too loud".
        """
        before: tuple[str, str] | None = None
        for request in requests:
            if before is not None:
                shown = self._found(before[0]) if before[1] == Find.tool else ()
                turn = TranscriptTurn(*before, "", "")
                thread = replace(thread, turns=(*thread.turns, turn), shown=shown or thread.shown)
            route = self._route(context, thread, request)
            if not route.tool and is_wish_for_goods(request):
                route = Route(Find.tool)
            before = request, route.tool
            yield request, route

    def _route(self, context: str, thread: Thread, message: str) -> Route:
        """The tool that a message, or one part of it, surely wants."""
        if self._router is None:
            return Route()
        return self._router.route(context, thread, message, self._near(thread, message))

    def _planned(
        self, system: str, context: str, thread: Thread, message: str, tool: str, cancelled: threading.Event
    ) -> tuple[Plan, bool]:
        """The plan that the language model writes, with `tool` in it, and whether code had to step in."""
        turns = [*thread.turns, TranscriptTurn(message)]
        ids = prompt_ids(system, context, turns, self._speaker.tokens, PLAN, self._speaker.context - _LONGEST)
        text = self._written(ids, thread, "", cancelled)
        if tool and tool not in _tools(text):
            text = self._written(ids, thread, tool, cancelled)
        try:
            return parse_plan(text, product_finder(self._names, thread, message), thread.need), False
        except ValueError:  # what it says repeats the customer's words, which no log may hold
            _log.info("plan_not_readable", tools=[tool for tool in _tools(text) if tool in STEPS])
            return Plan(steps=(self._step_without(text, thread, message),), need=thread.need), True

    def _written(self, ids: list[int], thread: Thread, tool: str, cancelled: threading.Event) -> str:
        """The plan that the model writes; with `tool` one that begins with it."""
        products = len(thread.numbers.groups)

        def allowed(written: Sequence[int]) -> Choice:
            """What the grammar allows; references have no place in free text."""
            choice = self._grammar.allowed(written, products, tool)
            return self._no_references if choice is None else choice

        written = list(self._speaker.generate(ids, _GREEDY, allowed, cancelled))
        return self._speaker.text(written).removesuffix(END).strip()

    def _step_without(self, text: str, thread: Thread, message: str) -> Step:
        """The step to take if the plan cannot be read.

        It asks about the products that the message names; else it searches for what the plan names, or asks the pages.
        """
        naming = self._names.read(Text(clean(message)), thread.shown)
        if naming and len(naming.product_ids) > 1 and compares(message):
            return Compare(of=naming.product_ids)
        if naming and not asks_for_goods(message):
            return Details(of=naming.product_ids, question=" ".join(message.split())[:LONGEST])
        named = _NAMED.search(text)
        if named is None or not (self._is_kind(named["name"]) or asks_for_goods(message) or not asks_in_words(message)):
            return Policy(question=" ".join(message.split())[:LONGEST])
        return Find(kind=named["name"], want=named["question"] or " ".join(message.split())[:LONGEST])

    def _is_kind(self, name: str) -> bool:
        return self._grounding is not None and bool(self._grounding.grammar.read(Text(clean(name))).types)

    def _label(self, thread: Thread) -> Callable[[str], str]:
        """What a product is called in the text of a plan: its number, else its title."""

        def label(id: str) -> str:
            number = thread.numbers.number(self._names.group_of(id))
            return f"#{number}" if number else self._names.title_of(id)

        return label


def _asks_shop(route: Route) -> bool:
    """Whether a message is a question to the shop and nothing else, whose plan needs no language model."""
    return route.is_alone and route.tool == Policy.tool


def _tools(text: str) -> list[str]:
    """The tools that a plan names, in their order."""
    return _TOOL.findall(text)
