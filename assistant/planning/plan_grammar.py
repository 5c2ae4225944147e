"""Plan grammar: which tokens may come next while the language model writes a plan.

Every line begins with one of a closed set of heads. "talk greet" is complete as it stands; "policy: " is followed by free text up
to the end of the line. So a plan always names known tools, and parsing it can only fail on the products it names.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import get_args, get_type_hints

from assistant.planning.plan import MOST_STEPS, Ask, Cart, Change, HandOver, Order, Step, Talk
from assistant.planning.plan_text import NEED

_OPEN_HEADS = (
    "find ",
    "details #",
    "details [",
    "compare #",
    "compare [",
    "choose #",
    "choose [",
    "bundle ",
    "policy: ",
    NEED,
)


def _choices(step: type[Step], name: str) -> tuple[str, ...]:
    choices: tuple[str, ...] = get_args(get_type_hints(step)[name])
    return choices


def heads() -> dict[str, bool]:
    """Every way a line can begin, and whether free text may follow it."""
    closed = [
        f"{step.tool} {value}"
        for step, name in ((Ask, "about"), (Talk, "about"), (HandOver, "reason"))
        for value in _choices(step, name)
    ]
    opened = [f"{step.tool} {value}" for step in (Order, Change, Cart) for value in _choices(step, "what")]
    return {**dict.fromkeys(closed, False), **dict.fromkeys((*opened, *_OPEN_HEADS), True)}


@dataclass
class _Node:
    next: dict[int, _Node] = field(default_factory=dict)
    ends: bool = False
    is_open: bool = False


class PlanGrammar:
    """The grammar for one tokenizer. `tokens` encodes text; `newline` and `end` are the tokens that close a line and a plan."""

    def __init__(self, tokens: Callable[[str], list[int]], newline: int, end: int) -> None:
        self._newline, self._end = newline, end
        self._root, self._need = _Node(), _Node()
        self._of_tool: dict[str, _Node] = defaultdict(_Node)
        for head, is_open in heads().items():
            also = self._need if head == NEED else self._of_tool[re.split(r"[ :]", head)[0]]
            for root in (self._root, also):
                self._add(root, tokens(head.rstrip()), is_open)
        self._signs = {tokens("details #")[-1], tokens("details #1 #")[-1]}
        self._digits = {digit: tokens(f"details #{digit}")[-1] for digit in range(1, 10)}

    def allowed(self, written: Sequence[int], products: int, tool: str = "") -> Collection[int] | None:
        """The tokens that may follow `written`, or None for any; `products` is how many have a number in the conversation.

        With `tool` the first step is one of that tool.
        """
        lines = _split(written, self._newline)
        node = self._need if len(lines) > MOST_STEPS else self._root
        if tool and len(lines) == 1:
            node = self._of_tool[tool]
        if lines[-1] and lines[-1][-1] in self._signs:
            return [token for digit, token in self._digits.items() if digit <= products]
        for token in lines[-1]:
            if token not in node.next:
                return None if node.is_open else (self._newline, self._end)
            node = node.next[token]
        if node.is_open and node.ends:
            return None
        ending = (self._newline, self._end) if node.ends else ()
        following = node.next if products else node.next.keys() - self._signs
        return (*following, *ending)

    @staticmethod
    def _add(root: _Node, ids: Sequence[int], is_open: bool) -> None:
        node = root
        for token in ids:
            node = node.next.setdefault(token, _Node())
        node.ends, node.is_open = True, is_open


def _split(written: Sequence[int], newline: int) -> list[list[int]]:
    lines: list[list[int]] = [[]]
    for token in written:
        if token == newline:
            lines.append([])
        else:
            lines[-1].append(token)
    return lines
