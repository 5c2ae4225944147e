"""policy: a question about the shop, answered by the lines of its pages, with every condition that limits the answer."""

from __future__ import annotations

from itertools import zip_longest

from assistant.evidence.brief import BriefLine, Note
from assistant.planning.plan import Policy
from assistant.reading.lines import Line
from assistant.reading.reader import Reading
from assistant.reading.verdict import Verdict
from assistant.tools.reading import DECIDES, told
from assistant.tools.tool import Bench, Findings, Task

_PAGES, _MOST_PAGES = 4, 5
_ANSWERS, _CONDITIONS = 2, 1
_ANSWERING = (Verdict.SUPPORTS, Verdict.CONTRADICTS)
"""What answers is told first, as good replies do; what limits it comes after."""
_LIMITS = 0.35
"""Probability from which a line of the answering page counts as a condition; lower than for answers, because leaving out a
condition is worse than quoting one too many."""


def policy(step: Policy, task: Task, bench: Bench) -> Findings:
    """The lines that answer, then the conditions on the same pages; "not stated" if no page answers."""
    lines = page_findings(step.question, bench, task.message)
    return Findings(lines=lines, notes=() if lines else (Note.NOT_STATED,))


def page_findings(question: str, bench: Bench, message: str = "") -> tuple[BriefLine, ...]:
    """What the shop's pages say on a question; () if nothing. Pages are found by the question and by the `message` itself."""
    found = [bench.search.faqs(text, _PAGES) for text in dict.fromkeys((question, message)) if text]
    pages = list(dict.fromkeys(hit.faq.id for hits in zip_longest(*found) for hit in hits if hit))[:_MOST_PAGES]
    lines: list[Line] = [line for page in pages for line in bench.lines_of(page)]
    readings = bench.reader.read(question, lines) if lines else []
    sure = [reading for reading in readings if reading.weight >= DECIDES]
    if not sure:
        return ()
    best = sorted(sure, key=lambda reading: -_answers(reading, pages))[:_ANSWERS]
    answering = {best[0].line.record}
    chosen = {
        reading.line: reading
        for reading in best
        if reading.line.record in answering or _answers(reading, pages) > DECIDES
    }
    limits = [
        reading
        for reading in readings
        if reading.line.record in answering
        and reading.probability(Verdict.LIMITS) >= _LIMITS
        and reading.line not in chosen
    ]
    for reading in sorted(limits, key=lambda reading: -reading.probability(Verdict.LIMITS))[:_CONDITIONS]:
        chosen[reading.line] = reading
    ordered = sorted(
        chosen.values(), key=lambda reading: (-reading.probability(*_ANSWERING), lines.index(reading.line))
    )
    return tuple(map(told, ordered))


def _answers(reading: Reading, pages: list[str]) -> float:
    """How surely a line answers; the page that the search ranks first has a small advantage."""
    return reading.weight - 0.04 * pages.index(reading.line.record)
