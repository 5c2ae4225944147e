"""Tracing: a person's sentence with its facts as references, "The Alder is $189" as "The {p1.name} is {p1.price}".

Values are found by the spellings of the facts of a brief, the longest first. Where several facts have one value, that of the product
or order is meant which was named last. A sentence that says what a line of the brief says becomes the reference to that line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.checking.claims import REFERENCE, stems
from assistant.evidence.brief import KEYS, LINE_SLOTS, Brief
from assistant.evidence.evidence import Fact, FactKind
from assistant.planning.grammar.english import FUNCTION_WORDS
from assistant.reading.lines import LineKind
from assistant.reference import spell
from finetune.tracing.numerals import as_digits
from finetune.tracing.spellings import spellings

_SAME, _SAME_WITH_NUMBER = 0.75, 0.5
"""Share of a sentence's telling words that stand in a line, from which it says what the line says. A number is told by the line
alone, so that fewer of the other words have to be its own."""
_FEWEST = 3
"""Telling words below which a sentence says too little to be a line in other words."""
_PLAIN_FIELDS = (".kind", ".feature")
"""Fields that a reply spells in its own words."""
_LATE = (".brand", ".color", ".colors", ".size", ".sizes", ".material", "shop.name", "shop.hours")
"""Fields that are meant only where no other fact has the same value."""
_SHORTEST = 3
"""Letters of a value without a digit from which it is told apart from any other word."""
_UNTELLING = frozenset({"yes", "no", "none", "new", "one", "all", "any"})
_FUNCTION_STEMS = stems(" ".join(FUNCTION_WORDS))
_NUMBERS = re.compile(r"\d+(?:[.,]\d+)*")
_SIGN = re.compile(r"#\s?(?=\{o\d\.id\})")
_OWN_STOP = re.compile(r"(\{l\d\})\.")


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    keys: tuple[str, ...]


class Tracing:
    """Traces sentences to the facts of one brief; make one for each turn."""

    def __init__(self, brief: Brief) -> None:
        told = zip(LINE_SLOTS, brief.lines, strict=False)
        quotable = (slot for slot, each in told if each.line.kind in (LineKind.POLICY, LineKind.DESCRIPTION))
        self._lines = [brief.facts[slot] for slot in quotable if slot in brief.facts]
        self._patterns = list(
            _patterns([fact for fact in brief.facts.values() if fact.key in KEYS and _is_traced(fact)])
        )

    def traced(self, sentence: str, before: str = "") -> str:
        """`sentence` with references for what can be traced; `before` is the reply so far, traced already."""
        line = self._line(sentence)
        if line is not None:
            return spell(line.key)
        pieces, place, said = [], 0, before
        for item in _apart(self._found(sentence)):
            key = _meant(item.keys, said)
            pieces += [sentence[place : item.start], spell(key)]
            said += pieces[-2] + pieces[-1]
            place = item.end
        return _tidied("".join([*pieces, sentence[place:]]))

    def _found(self, sentence: str) -> Iterator[_Found]:
        for pattern, keys in self._patterns:
            for match in pattern.finditer(sentence):
                yield _Found(match.start(), match.end(), keys)

    def _line(self, sentence: str) -> Fact | None:
        """The line that `sentence` is, in whole or in part, or that says the same in other words."""
        bare = sentence.strip().rstrip(".").casefold()
        for fact in self._lines:
            if bare in fact.text.casefold() and len(sentence.split()) >= _FEWEST:
                return fact
        said = _telling(sentence)
        if len(said) < _FEWEST or sentence.rstrip().endswith("?"):
            return None
        numbers = set(_NUMBERS.findall(as_digits(sentence)))
        wanted = _SAME_WITH_NUMBER if numbers else _SAME
        for fact in self._lines:
            same = len(said & _telling(fact.text)) >= wanted * len(said)
            if same and numbers <= set(_NUMBERS.findall(as_digits(fact.text))):
                return fact
        return None


def _telling(text: str) -> frozenset[str]:
    return stems(as_digits(REFERENCE.sub(" ", text))) - _FUNCTION_STEMS


def _is_traced(fact: Fact) -> bool:
    """Whether a reply refers to this fact inside a sentence. Whole attribute lines are referred to by their values."""
    if fact.key.endswith(_PLAIN_FIELDS) or (fact.key in LINE_SLOTS and re.match(r"[\w ]+: ", fact.text)):
        return False
    if fact.kind is not FactKind.TEXT or any(map(str.isdigit, fact.text)):
        return True
    return len(fact.text) >= _SHORTEST and fact.text.casefold() not in _UNTELLING


def _patterns(facts: Sequence[Fact]) -> Iterator[tuple[re.Pattern[str], tuple[str, ...]]]:
    """Each spelling with the keys of the facts that it may mean, those first that are meant before others."""
    keys: dict[str, list[str]] = {}
    names = [fact.text for fact in facts if fact.kind is FactKind.NAME and fact.key.endswith(".name")]
    for fact in sorted(facts, key=lambda fact: fact.key.endswith(_LATE)):
        for spelling in spellings(fact):
            keys.setdefault(spelling, []).append(fact.key)
    for spelling, meant in keys.items():
        pattern = re.compile(spelling, re.IGNORECASE)
        if not _is_ambiguous(pattern, meant, names):
            yield pattern, tuple(meant)


def _is_ambiguous(pattern: re.Pattern[str], keys: Sequence[str], names: Sequence[str]) -> bool:
    """Whether a part of a name is part of other products' names too: "the Alder" among an Alder 2 and an Alder 3."""
    if not any(key.endswith(".name") and key[0] == "p" for key in keys):
        return False
    return len({name for name in names if pattern.match(name)}) > 1


def _apart(found: Iterator[_Found]) -> list[_Found]:
    """Those that do not overlap, the longest first, in the order of the sentence."""
    taken: list[_Found] = []
    for item in sorted(found, key=lambda item: (item.start - item.end, item.start)):
        if all(item.end <= other.start or item.start >= other.end for other in taken):
            taken.append(item)
    return sorted(taken, key=lambda item: item.start)


def _meant(keys: Sequence[str], said: str) -> str:
    """The key among `keys` whose slot was named last; the first where none was."""
    slots = [key.partition(".")[0] for key in REFERENCE.findall(said)]
    for slot in reversed(slots):
        for key in keys:
            if key.partition(".")[0] == slot:
                return key
    return keys[0]


def _tidied(text: str) -> str:
    """Without the sign or the full stop that a reference brings by itself."""
    return _OWN_STOP.sub(r"\1", _SIGN.sub("", text))
