"""Manners: the runs of three words in which a model has learned to speak of each act and its facts.

A small model now and then says of one act what belongs to another ("I can't do that for you in this chat" to a greeting),
or loses its way in the middle of a sentence. The phrasings that it learned from show what is said of an act, and how; a
sentence with a run of words that no reply of these acts ever had is strange, and is written again. Facts count with their
hints, so that boots "are" in stock and nobody is sorry for it. Large models need no such rule and have no such file.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

from assistant.act import Act
from assistant.evidence.planning import LISTING_ACTS
from assistant.language_model.prompt import PromptTurn
from assistant.writing.checking.sentences import streamed

MANNERS_FILE = "manners.json"

_WORD = re.compile(r"\{[a-z0-9_.]+\}|[A-Za-z]+(?:['’-][A-Za-z]+)*|[^\sA-Za-z]")
_SURE = 1000
"""How much more a turn of a single act tells than one of several."""
_LISTS = LISTING_ACTS - {Act.FOUND_ONE}
_SHARED_FROM = 3
_SLOT = re.compile(r"(?<=^\{[a-z])\d(?=\.)")


class Manners:
    """For each run of three words the acts of whose replies it is part.

    `beside` are runs that occur only where a reply covers several acts ("as for your other question").
    """

    def __init__(self, runs: Mapping[str, frozenset[Act]], beside: Mapping[str, frozenset[Act]]) -> None:
        self._runs = runs
        self._beside = beside

    @classmethod
    def of(cls, turns: Iterable[PromptTurn], fewest: int = 1) -> Self:
        """What is said in the replies of `turns`, at least `fewest` times."""
        seen: dict[str, Counter[tuple[Act, ...]]] = {}
        joint: dict[str, Counter[tuple[Act, ...]]] = {}
        for turn in turns:
            hints = {fact.key: fact.hint for fact in turn.facts}
            for sentence in streamed([turn.reply]):
                for run in _runs(sentence, hints):
                    (seen if len(turn.acts) == 1 else joint).setdefault(run, Counter())[turn.acts] += 1
        times = Counter({run: counts.total() for run, counts in seen.items()})
        times.update({run: counts.total() for run, counts in joint.items()})
        alone = {run: _shared(_covering(counts)) for run, counts in seen.items() if times[run] >= fewest}
        unexplained = {
            run: _without(counts, alone.get(run, frozenset())) for run, counts in joint.items() if times[run] >= fewest
        }
        beside = {run: _shared(_covering(counts)) for run, counts in unexplained.items() if counts}
        return cls(alone, beside)

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """The manners of the model in `folder`; None for a model without. Raises ValueError for a damaged file."""
        path = folder / MANNERS_FILE
        if not path.is_file():
            return None
        stored = json.loads(path.read_text(encoding="utf-8"))
        acts = [Act(name) for name in stored["acts"]]
        return cls(*(_unpacked(stored[name], acts) for name in ("alone", "beside")))

    def joined(self, other: Self) -> Self:
        """What is said in either way: a model's own manners and those that its adapter learned."""
        return type(self)(_either(self._runs, other._runs), _either(self._beside, other._beside))

    def write(self, folder: Path) -> None:
        """Writes them beside the model's weights: the runs, grouped by the set of acts that share them."""
        acts = list(Act)
        stored = {
            "acts": [act.value for act in acts],
            "alone": _packed(self._runs, acts),
            "beside": _packed(self._beside, acts),
        }
        text = json.dumps(stored, ensure_ascii=False, separators=(",", ":")).replace("]],[[", "]],\n[[")
        (folder / MANNERS_FILE).write_text(text + "\n", encoding="utf-8")

    def strange(self, sentence: str, acts: Iterable[Act], hints: Mapping[str, str]) -> Iterator[str]:
        """The runs of `sentence` that no reply of `acts` had; `hints` are those of the facts, by key."""
        wanted = frozenset(acts)
        for run in _runs(sentence, hints):
            known = self._runs.get(run, frozenset())
            if len(wanted) > 1:
                known = known | self._beside.get(run, frozenset())
            if wanted.isdisjoint(known):
                yield run


def _either(one: Mapping[str, frozenset[Act]], other: Mapping[str, frozenset[Act]]) -> dict[str, frozenset[Act]]:
    nobody: frozenset[Act] = frozenset()
    return {run: one.get(run, nobody) | other.get(run, nobody) for run in (*one, *other)}


def _packed(runs: Mapping[str, frozenset[Act]], acts: Sequence[Act]) -> list[list[list[int] | list[str]]]:
    """Runs grouped by the acts that share them: pairs of the acts' numbers and the runs."""
    groups: dict[tuple[int, ...], list[str]] = {}
    for run, used in runs.items():
        groups.setdefault(tuple(sorted(acts.index(act) for act in used)), []).append(run)
    return [[list(numbers), sorted(group)] for numbers, group in sorted(groups.items())]


def _unpacked(stored: Sequence[tuple[list[int], list[str]]], acts: Sequence[Act]) -> dict[str, frozenset[Act]]:
    groups = ((frozenset(acts[number] for number in numbers), runs) for numbers, runs in stored)
    return {run: used for used, runs in groups for run in runs}


def _shared(acts: frozenset[Act]) -> frozenset[Act]:
    """`acts`, and every act that shows a list where several of those do: they share their ways of listing."""
    return acts | _LISTS if len(acts & _LISTS) >= _SHARED_FROM else acts


def _without(counts: Mapping[tuple[Act, ...], int], known: frozenset[Act]) -> dict[tuple[Act, ...], int]:
    """Those of `counts` that no act of `known` accounts for."""
    return {acts: count for acts, count in counts.items() if known.isdisjoint(acts)}


def _covering(counts: Mapping[tuple[Act, ...], int]) -> frozenset[Act]:
    """The fewest acts, the most frequent first, one of which is in every turn: a turn of two acts tells not which it was."""
    waiting, chosen = dict(counts), set()
    while waiting:
        weights: Counter[Act] = Counter()
        for acts, count in waiting.items():
            weights.update(dict.fromkeys(acts, count if len(acts) > 1 else count * _SURE))
        act = min(weights, key=lambda act: (-weights[act], act.value))
        chosen.add(act)
        waiting = {acts: count for acts, count in waiting.items() if act not in acts}
    return frozenset(chosen)


def _runs(sentence: str, hints: Mapping[str, str]) -> list[str]:
    """Every three words in a row, with "^" before the first word and "$" behind the last."""
    padded = ["^", "^", *(_normal(word, hints) for word in _WORD.findall(sentence.strip())), "$"]
    return [" ".join(padded[place : place + 3]) for place in range(len(padded) - 2)]


def _normal(word: str, hints: Mapping[str, str]) -> str:
    """A word in lower case; a reference without its slot and with its hint: "{p.name=plural}" goes with "are"."""
    if not word.startswith("{"):
        return word.lower().replace("’", "'")
    hint = hints.get(word[1:-1], "")
    key = _SLOT.sub("", word)
    return f"{key[:-1]}={hint}}}" if hint else key
