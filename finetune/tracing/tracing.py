"""Tracing: a person's sentence with its facts as references, "The Alder is $189" as "The {p1.name} is {p1.price}".

Values are found by the spellings of the turn's facts, the longest first. Where several facts have one value, that of the
product or order is meant which was named last. A sentence that says in other words what a passage of the records says
("you have a month to send it back") becomes the reference to the passage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.evidence.evidence import Evidence, Fact, FactKind
from assistant.evidence.wording import sentences, stems
from assistant.reference import ANSWER_SLOTS, REFERENCE_PATTERN, spell
from finetune.tracing.numerals import as_digits
from finetune.tracing.spellings import spellings, verbatim

_PASSAGES = frozenset(f"{slot}.text" for slot in ANSWER_SLOTS)
_SAME = 0.5
"""Share of a sentence's telling words that stand in a passage, from which it says what the passage says."""
_FEWEST = 3
"""Telling words below which a sentence says too little to be a passage in other words."""
_COUNTED_BY = frozenset({"search.kind", "search.query"})
_LATE = ("compare.", "item.", "a1.title", "a2.title", "ask.", "search.query", "shop.offers")
"""References that are taken only where no other has the same value."""
_NUMBERS = re.compile(r"\d+(?:[.,]\d+)*")
_SIGN = re.compile(r"#\s?(?=\{o\d\.id\})")
_OWN_STOP = re.compile(r"(\{(?:a\d\.text|p\d\.quote)\})\.")
_DETAIL = re.compile(r"[^:]+: (?P<value>.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    keys: tuple[str, ...]


class Tracing:
    """Traces sentences to the facts of one turn; make one for each turn."""

    def __init__(self, evidence: Evidence) -> None:
        self._facts = evidence.facts
        self._passages = [fact for fact in evidence.facts if fact.key in _PASSAGES]
        self._patterns = list(_patterns(evidence.facts))

    def traced(self, sentence: str, before: str = "") -> str:
        """`sentence` with references for what can be traced; `before` is the reply so far, traced already."""
        passage = self._passage(sentence)
        if passage is not None:
            return spell(passage.key)
        detail = self._detail(sentence)
        if detail is not None:
            return f"{spell(detail.key)}."
        found = _apart(self._found(sentence))
        pieces, place, said = [], 0, before
        for item in found:
            key = _meant(item.keys, said)
            pieces += [sentence[place : item.start], spell(key)]
            said += pieces[-2] + pieces[-1]
            place = item.end
        return _tidied("".join([*pieces, sentence[place:]]))

    def _detail(self, sentence: str) -> Fact | None:
        """The property of the record that `sentence` tells and little else: "It weighs 2.1 kg" is "Weight: 2.1 kg"."""
        for fact in self._facts:
            named = _DETAIL.fullmatch(fact.text) if fact.key.endswith(".detail") else None
            value = named and re.search(verbatim(named["value"]), sentence, re.IGNORECASE)
            if value and len(stems(sentence[: value.start()] + " " + sentence[value.end() :])) <= _FEWEST:
                return fact
        return None

    def _found(self, sentence: str) -> Iterator[_Found]:
        for pattern, keys in self._patterns:
            for match in pattern.finditer(sentence):
                yield _Found(match.start(), match.end(), keys)

    def _passage(self, sentence: str) -> Fact | None:
        """The passage that `sentence` is, in whole or in part, or that says the same in other words."""
        for fact in self._passages:
            if sentence.strip() in fact.text and len(sentence.split()) >= _FEWEST:
                return fact
        said = stems(REFERENCE_PATTERN.sub(" ", sentence))
        if len(said) < _FEWEST or sentence.rstrip().endswith("?"):
            return None
        numbers = set(_NUMBERS.findall(as_digits(sentence)))
        for fact in self._passages:
            told = max((stems(fact.text), *map(stems, sentences(fact.text))), key=lambda part: len(part & said))
            if len(said & told) >= _SAME * len(said) and numbers <= set(_NUMBERS.findall(as_digits(fact.text))):
                return fact
        return None


def _patterns(facts: Sequence[Fact]) -> Iterator[tuple[re.Pattern[str], tuple[str, ...]]]:
    """Each spelling with the keys of the facts that it may mean, those first that are meant before others."""
    keys: dict[str, list[str]] = {}
    kinds = tuple(fact.text for fact in facts if fact.key in _COUNTED_BY)
    names = [fact.text for fact in facts if fact.kind is FactKind.NAME and fact.key.endswith(".name")]
    for fact in sorted(facts, key=lambda fact: fact.key.startswith(_LATE)):
        for spelling in spellings(fact, kinds):
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
    slots = [key.partition(".")[0] for key in REFERENCE_PATTERN.findall(said)]
    for slot in reversed(slots):
        for key in keys:
            if key.partition(".")[0] == slot:
                return key
    return keys[0]


def _tidied(text: str) -> str:
    """Without the sign or the full stop that a reference brings by itself."""
    return _OWN_STOP.sub(r"\1", _SIGN.sub("", text))
