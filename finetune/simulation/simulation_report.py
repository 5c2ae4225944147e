"""Simulation report: what a run over simulated customers found, with 95 % intervals."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from finetune.score import Score
from finetune.simulation.simulated_run import Row
from finetune.verification.finished_turn import FaultKind

_NO_FACT = frozenset({FaultKind.PROMISE.value, FaultKind.CONDITION.value, FaultKind.LIMIT.value})
_EXAMPLES = 12


def report(rows: Sequence[Row]) -> str:
    """The report as text: shares of turns with their intervals, timings, and examples of each fault."""
    return "\n".join(_lines(rows))


def _lines(rows: Sequence[Row]) -> Iterator[str]:
    replied = [row for row in rows if not row["error"]]
    shops = Counter(row["shop"] for row in rows)
    yield f"{len(rows):,} turns, {len({row['id'] for row in rows}):,} conversations: " + ", ".join(
        f"{s} {n}" for s, n in shops.items()
    )
    measures: tuple[tuple[str, Callable[[Row], bool]], ...] = (
        ("wrong facts", lambda row: any(fault["kind"] not in _NO_FACT for fault in row["faults"])),
        ("acts that did not run", lambda row: _has(row, FaultKind.PROMISE)),
        ("against an exact limit", lambda row: _has(row, FaultKind.LIMIT)),
        ("condition left out", lambda row: _has(row, FaultKind.CONDITION)),
        ("fallbacks", lambda row: bool(row["fallback"])),
        ("a sentence rejected on the way", lambda row: bool(row["rejected"])),
    )
    for name, holds in measures:
        yield f"{name:32} {_share(replied, holds)}"
        if name == "fallbacks":
            yield from (f"  {shop:30} {_share([r for r in replied if r['shop'] == shop], holds)}" for shop in shops)
    yield f"{'exceptions':32} {_share(rows, lambda row: bool(row['error']))}"
    yield f"{'different replies':32} {len({row['reply'] for row in replied}):,} of {len(replied):,}"
    yield from _timings(replied)
    yield from _examples(replied)


def _has(row: Row, kind: FaultKind) -> bool:
    return any(fault["kind"] == kind.value for fault in row["faults"])


def _share(rows: Sequence[Row], holds: Callable[[Row], bool]) -> str:
    found = sum(map(holds, rows))
    return f"{found} of {len(rows):,}, {Score(found, len(rows))}"


def _timings(rows: Sequence[Row]) -> Iterator[str]:
    for step in dict.fromkeys(name for row in rows for name in row["timings_ms"]):
        values = [row["timings_ms"][step] for row in rows if step in row["timings_ms"]]
        middle, late = np.percentile(values, [50, 95])
        yield f"{step:32} p50 {middle:,.0f} ms, p95 {late:,.0f} ms"


def _examples(rows: Sequence[Row]) -> Iterator[str]:
    kinds = Counter(fault["kind"] for row in rows for fault in row["faults"])
    for kind, count in kinds.most_common():
        yield f"\n{kind} ({count})"
        found = [(row, fault) for row in rows for fault in row["faults"] if fault["kind"] == kind]
        for row, fault in found[:_EXAMPLES]:
            yield f"  {row['id']} turn {row['place']}: {fault['said']!r} in {fault['sentence']!r}"


def drawn(rows: Sequence[Row], count: int, seed: int) -> Iterator[str]:
    """`count` turns drawn at random, for reading: what came before, message, evidence and reply."""
    replied = [row for row in rows if not row["error"]]
    for row in random.Random(seed).sample(replied, min(count, len(replied))):
        yield f"## {row['id']} turn {row['place']} ({row['goal']})"
        before = [each for each in rows if each["id"] == row["id"] and each["place"] < row["place"]]
        for each in before:
            yield f"C: {each['message']}\nA: {each.get('reply', '')}"
        yield from (f"   {line}" for line in row["brief"].splitlines())
        yield f"C: {row['message']}\nA: {row['reply']}{' [fallback]' if row['fallback'] else ''}\n"
