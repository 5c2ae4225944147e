"""policy: a question about the shop, answered by the lines of its pages, with every condition that limits the answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from assistant.evidence.brief import BriefLine, Note
from assistant.evidence.line_forms import own_answer
from assistant.planning.plan import Policy
from assistant.planning.request_form import points
from assistant.reading.lines import Line
from assistant.reading.reader import Reading
from assistant.reading.verdict import Verdict
from assistant.tools.answering import nearest_pages, searched_pages
from assistant.tools.plain_reading import age_verdict
from assistant.tools.reading import told
from assistant.tools.says_something import says_something
from assistant.tools.tool import Asked, Bench, Findings, Task
from retrieval.catalog.filter import Filter

_ANSWERS, SURELY_ANSWERS = 0.6, 0.7
"""Nearness of the best page, and how much nearer it is than the median page, together: from here on a page is taken to answer; the second
for a page that is asked though the plan was about products, since few such questions are answered there."""
_HEARD = 0.06
"""How much more that must be where the listener was asked, who always points somewhere."""
_MAY_ANSWER = 0.49
"""The same sum, from which a page is told as the nearest one though it may not answer."""
_PRODUCTS = 3
"""Products that are looked at where no page answers."""
_LEAD_OF_A_LINE, _NEAR_A_LINE = 0.2, 0.45
"""Lead and nearness of a product's line that answers what no page does; higher than for a product that the customer named."""
_SHORT_LINES, _SHORT_WORDS = 3, 60
"""A page of so few lines and words is told whole: its owner wrote it as one answer."""
_MOST_LINES, _BESIDE = 2, 0.12
"""Lines of an answer from a longer page, and how much less near to the question than the nearest the second may be."""
_FIRST = 0.05
"""What it counts to open a page: that line answers the question of its title."""
TOLD_BEFORE = 0.06
"""How much nearer a page counts that the reply before told from. Of 156 questions in held-out conversations that go on from a page, 73 % find the right
page with it, 67 % without; 59 % stay with the page (`aisle evaluate finder`)."""
_LIMITS = 0.6
"""Probability from which a line of the answering page counts as a condition that is told with the answer."""
_PAGE_NEARER = 0.05
"""How much nearer than any product a page must be heard to be what was asked. Without it 7 % of the searches of held-out shops are heard as
questions to the shop, and 86 % of those questions (`aisle evaluate finder`)."""


def policy(step: Policy, task: Task, bench: Bench) -> Findings:
    """The lines that answer, then a condition on the same page; "not stated" if no page answers."""
    asked = task.asked(step.question)
    lines = page_findings(asked, bench)
    if (
        not lines
        and not (task.is_part and points(task.message))
        and (found := _of_a_product(step.question, task, bench))
    ):
        return found
    if lines:
        return Findings(lines=lines)
    guessed = () if task.is_part else page_findings(asked, bench, _MAY_ANSWER)
    return Findings(lines=tuple(replace(each, is_guess=True) for each in guessed), notes=(Note.NOT_STATED,))


def _of_a_product(question: str, task: Task, bench: Bench) -> Findings | None:
    """What the record of a product says on a question that no page answers: "what size is the hole of the bird house"; None if nothing."""
    found = bench.search.products(question, Filter(), _PRODUCTS, task.customer_id, moment=task.moment).candidates
    near = [line for each in found for line in bench.nearest_lines(each.product.id, Asked((question, task.message)), 1)]
    best = max(near, key=lambda line: line.lead, default=None)
    if best is None or best.lead < _LEAD_OF_A_LINE or best.nearness < _NEAR_A_LINE:
        return None
    reading = bench.reader.read(question, [best.line])[0]
    return Findings(products=(best.line.record,), lines=(told(reading),))


def page_findings(asked: Asked, bench: Bench, least: float = _ANSWERS) -> tuple[BriefLine, ...]:
    """What the shop's pages say on what is asked; () if no page is near enough."""
    near = nearest_pages(searched_pages(asked.words, bench), asked, bench)
    nearness = {page: line.nearness for page, line in near.items() if _telling(page, bench)}
    known = next((page for text in asked.words if (page := bench.known.page(text)) and _telling(page, bench)), None)
    if known:
        return _by_owner(_answer(known, asked, bench))
    merit = {
        page: near + (TOLD_BEFORE if was_told(bench.catalog.faqs[page].title, asked.told) else 0.0)
        for page, near in nearness.items()
    }
    best = max(merit, key=lambda page: merit[page], default="")
    if not best or 2 * nearness[best] - float(np.median(list(nearness.values()))) < least + (
        0.0 if asked.heard is None else _HEARD
    ):
        return ()
    return _answer(bench.sections.named(best, " ".join(asked.words)), asked, bench)


def was_told(title: str, brief: str) -> bool:
    """Whether a brief has a line of the page with this title."""
    return f" {title}: " in brief


def page_heard(products: Iterable[str], task: Task, bench: Bench) -> tuple[BriefLine, ...]:
    """What a page says, if it is heard nearer than any of `products`: a question to the shop that was planned as a search, "my bottle leaks"."""
    if (heard := task.heard) is None:
        return ()
    asked = Asked((), heard)
    pages = nearest_pages(searched_pages((task.message,), bench), asked, bench)
    things = (line.nearness for each in products for line in bench.nearest_lines(each, asked, 1))
    page = max((line.nearness for line in pages.values()), default=0.0)
    return page_findings(task.asked(task.message), bench) if page > max(things, default=0.0) + _PAGE_NEARER else ()


def _by_age(reading: Reading, questions: Sequence[str]) -> Reading:
    """The reading, or a certain one where the line is a rule on age and a question names one."""
    verdict = next(filter(None, (age_verdict(question, reading.line) for question in questions)), None)
    return Reading.certain(reading.line, verdict) if verdict else reading


def _by_owner(lines: Sequence[BriefLine]) -> tuple[BriefLine, ...]:
    """The lines of a page whose own question was asked: the yes or no that its owner wrote counts for more than what was read."""
    verdicts = {True: Verdict.SUPPORTS, False: Verdict.CONTRADICTS}
    answers = [own_answer(each.line) for each in lines]
    return tuple(
        each if answer is None else replace(each, verdict=verdicts[answer])
        for each, answer in zip(lines, answers, strict=True)
    )


def _telling(record: str, bench: Bench) -> list[Line]:
    """The lines of a page that can answer, in its order."""
    return [line for line in bench.lines_of(record) if says_something(line.text)]


def _answer(record: str, asked: Asked, bench: Bench) -> tuple[BriefLine, ...]:
    """The lines of a page that answer, in its order, then one that limits them; () if none of its lines says anything."""
    near = bench.nearest_lines(record, asked, len(bench.lines_of(record)))
    order = _telling(record, bench)
    if not order:
        return ()
    readings = {reading.line: _by_age(reading, asked.words) for reading in bench.reader.read(asked.question, order)}
    if len(order) <= _SHORT_LINES and sum(len(line.text.split()) for line in order) <= _SHORT_WORDS:
        return tuple(told(readings[line]) for line in order)
    merit = {
        each.line: each.nearness + (_FIRST if each.line == order[0] else 0.0) for each in near if each.line in readings
    }
    best = max(merit.values())
    chosen = sorted((line for line in merit if merit[line] >= best - _BESIDE), key=lambda line: -merit[line])[
        :_MOST_LINES
    ]

    def limits(line: Line) -> float:
        return readings[line].probability(Verdict.LIMITS)

    conditions = sorted((line for line in order if line not in chosen and limits(line) >= _LIMITS), key=limits)[-1:]
    return tuple(told(readings[line]) for line in [*sorted(chosen, key=order.index), *conditions])
