"""Phrasings: the hand-written sentences of `data/phrasings`, and how one is drawn that fits the facts of a turn.

A phrase is a sentence with small variations written into it:

    {p1.price}              a fact; the phrase fits only a turn that has it
    (Sure|Of course|)       one of these, never one whose facts are missing; without "|" the parentheses are plain ones
    <p1:is|are>             "are" when the hint of {p1.name} is `plural` (also p2.., and `kind` for {p1.kind})
    [body]                  a phrase of that section, of this file or of `shared.md`
    [closer?]               the same, left out half of the time and when none fits

A condition `### when ...` is a list of facts that must exist ("p1.reason"), must not ("!p1.reason"), or must have one
of some hints ("p1.stock=in|low", or "p1.detail=" for none). Beside facts a condition may name what the simulator knows
of the turn: `turn.first` or `turn.later`, `act.X` for each act of the turn, and `then` when this is not the first act
that the reply speaks of.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

from assistant.evidence.hints import PLURAL
from assistant.writing.phrase_file import PhraseLine, read_phrase_file
from retrieval.errors import AisleError

Hints = Mapping[str, str]
"""Every fact of a turn with its hint ("" where it has none)."""

_TOKEN = re.compile(r"\{([^{}]+)\}|<([a-z0-9]+):([^<>|]*)\|([^<>|]*)>|\[([a-z_]+)(\??)\]|([(|)])")


@dataclass(frozen=True, slots=True)
class Reference:
    """{key}"""

    key: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """<p1:is|are>"""

    slot: str
    singular: str
    plural: str


@dataclass(frozen=True, slots=True)
class Part:
    """[section] or [section?]"""

    section: str
    optional: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """(this|that)"""

    options: tuple[tuple[Node, ...], ...]


Node = str | Reference | Agreement | Part | Choice


@dataclass(frozen=True)
class Phrase:
    """One phrase, parsed when it is first drawn."""

    line: PhraseLine
    origin: str

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """The phrase as a tree. Raises AisleError for unbalanced brackets."""
        return _parse(self.line.text, self.origin)

    @cached_property
    def conditions(self) -> tuple[tuple[str, bool, frozenset[str]], ...]:
        """(key, whether it must exist, hints of which one is needed) for each part of the condition."""
        return tuple(_condition(part.strip()) for part in self.line.condition.split(",") if part.strip())


class Phrasings:
    """Sections of phrases of one file, with those of `shared.md` behind them."""

    def __init__(self, sections: Mapping[str, tuple[Phrase, ...]]) -> None:
        self._sections = sections

    @classmethod
    def load(cls, path: Path, shared: Path | None = None) -> Self:
        """Reads `path` and, for sections it lacks, `shared`. Raises AisleError when a file is absent."""
        sections = _sections(shared) if shared else {}
        return cls(sections | _sections(path))

    def __contains__(self, section: str) -> bool:
        return section in self._sections

    @property
    def count(self) -> int:
        """Number of phrases."""
        return sum(len(phrases) for phrases in self._sections.values())

    def draw(self, section: str, hints: Hints, chance: random.Random) -> str | None:
        """A random phrase of `section` whose facts all exist, written out; None when none fits."""
        phrase = self._pick(section, hints, chance)
        return None if phrase is None else tidy(self._write(phrase.nodes, hints, chance))

    def _pick(self, section: str, hints: Hints, chance: random.Random) -> Phrase | None:
        try:
            phrases = self._sections[section]
        except KeyError as error:
            raise AisleError(
                f"no section {section!r} of phrases", f"Add '## {section}' to the file of the act."
            ) from error
        start = list(phrases)
        while start:
            phrase = start.pop(chance.randrange(len(start)))
            if _holds(phrase.conditions, hints) and self._fits(phrase.nodes, hints):
                return phrase
        return None

    def _fits(self, nodes: Sequence[Node], hints: Hints) -> bool:
        return all(self._node_fits(node, hints) for node in nodes)

    def _node_fits(self, node: Node, hints: Hints) -> bool:
        if isinstance(node, Reference):
            return node.key in hints
        if isinstance(node, Choice):
            return any(self._fits(option, hints) for option in node.options)
        if isinstance(node, Part) and not node.optional:
            return self._pick(node.section, hints, random.Random(0)) is not None
        return True

    def _write(self, nodes: Sequence[Node], hints: Hints, chance: random.Random) -> str:
        return "".join(self._write_node(node, hints, chance) for node in nodes)

    def _write_node(self, node: Node, hints: Hints, chance: random.Random) -> str:
        if isinstance(node, str):
            return node
        if isinstance(node, Reference):
            return f"{{{node.key}}}"
        if isinstance(node, Agreement):
            return node.plural if _is_plural(node.slot, hints) else node.singular
        if isinstance(node, Choice):
            fitting = [option for option in node.options if self._fits(option, hints)]
            return self._write(chance.choice(fitting), hints, chance)
        if node.optional and chance.random() < 0.5:
            return ""
        phrase = self._pick(node.section, hints, chance)
        return "" if phrase is None else self._write(phrase.nodes, hints, chance)


def tidy(text: str) -> str:
    """Single spaces, none before a comma or dot, and a capital at the start of each sentence."""
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r" +([,.?!;:])", r"\1", text)
    text = re.sub(r", ([A-Z])(?=[a-z]+[ ',])", _lower_after_comma, text)
    return re.sub(r"(^|[.?!] )([a-z])", lambda found: found[1] + found[2].upper(), text)


def _lower_after_comma(found: re.Match[str]) -> str:
    return f", {found[1].lower()}"


def _sections(path: Path) -> dict[str, tuple[Phrase, ...]]:
    return {
        name: tuple(Phrase(line, f"{path.name}, section {name}") for line in lines)
        for name, lines in read_phrase_file(path).items()
    }


def _condition(text: str) -> tuple[str, bool, frozenset[str]]:
    key, separator, hints = text.partition("=")
    wanted = frozenset(hints.split("|")) if separator else frozenset()
    return key.removeprefix("!"), not key.startswith("!"), wanted


def _holds(conditions: tuple[tuple[str, bool, frozenset[str]], ...], hints: Hints) -> bool:
    for key, present, wanted in conditions:
        matches = key in hints and (not wanted or hints[key] in wanted)
        if matches is not present:
            return False
    return True


def _is_plural(slot: str, hints: Hints) -> bool:
    key = {"kind": "p1.kind", "item": "item.name"}.get(slot, f"{slot}.name")
    return hints.get(key) == PLURAL


def _group(options: list[list[Node]]) -> list[Node]:
    """A choice; parentheses without "|" are meant as written."""
    if len(options) == 1:
        return ["(", *options[0], ")"]
    return [Choice(tuple(tuple(option) for option in options))]


def _parse(text: str, origin: str) -> tuple[Node, ...]:
    stack: list[list[list[Node]]] = [[[]]]
    place = 0
    for token in _TOKEN.finditer(text):
        if token.start() > place:
            stack[-1][-1].append(text[place : token.start()])
        place = token.end()
        mark = token[7]
        if mark == "(":
            stack.append([[]])
        elif mark == "|" and len(stack) > 1:
            stack[-1].append([])
        elif mark == ")" and len(stack) > 1:
            options = stack.pop()
            stack[-1][-1].extend(_group(options))
        elif mark:
            raise AisleError(f"{origin}: stray {mark!r} in {text!r}", "Balance the parentheses of the phrase.")
        elif token[1]:
            stack[-1][-1].append(Reference(token[1]))
        elif token[2]:
            stack[-1][-1].append(Agreement(token[2], token[3], token[4]))
        else:
            stack[-1][-1].append(Part(token[5], bool(token[6])))
    if len(stack) > 1:
        raise AisleError(f"{origin}: open parenthesis in {text!r}", "Balance the parentheses of the phrase.")
    if place < len(text):
        stack[-1][-1].append(text[place:])
    return tuple(stack[0][0])
