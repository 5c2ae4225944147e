"""find: products that meet a need, read line by line before they are recommended."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from assistant.evidence.brief import BriefLine, Note
from assistant.planning.grammar.text import stems
from assistant.planning.grammar.words import words
from assistant.planning.plan import Find
from assistant.planning.request_form import asks_for_like, asks_for_others, asks_in_words, chooses_among_those
from assistant.planning.spoken import Spoken
from assistant.reading.verdict import Verdict
from assistant.tools.body_fit import body_verdict
from assistant.tools.plain_reading import age_verdict, names_age
from assistant.tools.policy import SURELY_ANSWERS, page_findings, page_heard
from assistant.tools.reading import DECIDES, ProductReading, attribute_line, caveat, is_option, read_records, told
from assistant.tools.tool import Asked, Bench, Findings, Task
from assistant.tools.variants import group_of
from retrieval.catalog.candidate import Candidate
from retrieval.catalog.filter import Condition, Filter, Operator, Sort
from retrieval.catalog.measure import Measure
from retrieval.catalog.product import Product

SHOWN, SHOWN_FOR_A_NEED = 4, 3
"""Products of a plain list, and of an answer to a need: good shop assistants put a few before a customer, not a shelf."""
_LINES_READ = 4
"""Lines of each candidate that are read: those nearest to the need."""
_READ = 6
"""Candidates whose lines are read; more cost a customer time and seldom change the first three."""
_COUNTED = 60
"""Products on sale that are looked at, so that the reply counts those that it does not name."""
_HEARD = 24
"""Products that are looked at because they are near to what is wished for, whatever the plan calls it."""
_READ_FROM_A_WORD = ("product_type", "color", "age_group")
_IN_PASSING = 0.1
"""How much nearer, line and whole together, a product beyond such limits is where the word was said in passing."""
_PLACE = 0.3
"""What each place in the order of nearness counts beside the reader's verdict, which is a probability."""
_SOLD, _SOLD_BY_ANOTHER_NAME = 0.42, 0.5
"""Nearness of a product from which it is shown though the search for what was planned finds nothing, and though the shop has no kind of that name."""
_UNLIKE_NAMED = 0.8
"""Merit of the first product, as below, under which nothing is shown to a customer who named a thing that the shop has under no name."""
_UNLIKE, _HARDLY_ALIKE = 0.55, 0.75
"""Merit of the first product, its nearness and its cosine with the wish, below which it is not shown, or only as what comes nearest, where the
message names no kind that the shop has."""
_BESIDE = 0.05
"""How much less near than the first a product of another kind may be; one that is farther seldom fits, one of the same kind often does."""
_NEAR = 0.3
"""Cosine of a wish and the nearest line of all candidates below which nothing like it is there."""
_LINES_OF_FIRST, _LINES_OF_NEXT = 2, 1
_IDEAS = words("asking for ideas")
_BETWEEN = re.compile(r"\s*(?:,|\band\b|\bor\b)\s*")
_GIVEN_UP = ("color", "size", "brand", "rating", "discount", "age_group")
"""Limits that are given up, one after another, if nothing meets all of them; money, and what was ruled out, never are."""


def find(step: Find, task: Task, bench: Bench) -> Findings:
    """Search, read and rank. A product that contradicts the need comes last, and only if little else is left."""
    is_likened = asks_for_like(step.want)
    if is_likened and (liked := Spoken(bench.constraints.grammar, task.thread, step.want).similar_to):
        return _others_like(liked, task, bench)
    wanted = bench.constraints.of(step, task.need, task.message, task.thread.shown)
    is_for_ideas = bool(step.want and not step.kind) and bench.constraints.asks_for_ideas(
        "; ".join([step.want, task.need.whom, task.need.use, *task.need.want])
    )
    if is_for_ideas:
        step = step.model_copy(update={"want": ""})
    if step.sort and task.thread.shown and chooses_among_those(task.message):
        wanted = wanted.adding([Condition("id", Operator.IN, task.thread.shown)])
    if asks_for_others(task.message) or is_for_ideas:
        wanted = wanted.adding([Condition("id", Operator.NOT_IN, bench.constraints.with_variants(task.thread.shown))])
    notes: tuple[Note, ...] = (
        (Note.FOREIGN_LIMIT,) if bench.constraints.has_foreign_limit(task.need, task.message) else ()
    )
    is_open = not step.kind and not wanted.conditions  # a kind, a color or a budget is said of goods
    searched, count, is_relaxed, wanted = _search(step, wanted, task, bench)
    if _is_measured(wanted) and not any(wanted.sort_field in each.product.attributes for each in searched):
        by_relevance = replace(wanted, sort=Sort.RELEVANCE, sort_field="")  # "keeps hot longest" is no length of mugs
        searched, count, is_relaxed, wanted = _search(step, by_relevance, task, bench)
    question = "" if is_for_ideas else _question(step, task, bench)
    candidates = searched[: _READ if question else None]
    if wanted.sort is Sort.RELEVANCE and (question or not searched):  # else code reads all that was said
        candidates, wanted, merit = _heard(step, searched, wanted, task, bench)
        notes += (Note.HARDLY_ALIKE,) if merit < _HARDLY_ALIKE else ()
    if not candidates:
        pages = page_findings(task.asked(task.message), bench, SURELY_ANSWERS) if asks_in_words(task.message) else ()
        pages = pages if _speaks_of(pages, step.kind, bench) else ()
        return Findings(lines=pages, notes=() if pages else (Note.NOTHING_FOUND,))
    notes += (Note.LIMIT_NOT_MET,) if is_relaxed else ()
    notes += (Note.OTHER_KIND,) if _is_other_kind(step.kind, task, candidates, bench) else ()
    candidates = _without(task.need.avoid, candidates) or candidates
    candidates = tuple(_fitting(candidates, task, bench)) or candidates
    if wanted.sort is Sort.RELEVANCE:
        if is_open and (answer := page_heard((each.product.id for each in candidates), task, bench)):
            return Findings(lines=answer)
        candidates = _of_narrower_kind(candidates, bench.constraints.modifier(task.message))
    if wanted.sort is Sort.RELEVANCE and not any(each.field == "age_group" for each in wanted.conditions):
        candidates = _childrens_last(candidates)
        candidates = tuple(sorted(candidates, key=lambda each: not each.product.offer_at(task.moment).is_available))
    candidates = _smallest_room_first(candidates, wanted)
    notes += () if bench.search.is_ranked(candidates[0].product.id, wanted.sort) else (Note.NO_FIGURES,)
    planned = {each.product.id for each in searched}
    if not question and wanted.sort is Sort.RELEVANCE:
        candidates = tuple(each for each in candidates if _is_alike(each.product, candidates[0].product, planned))
    if not question or _is_measured(wanted):
        listed = [candidate.product for candidate in candidates[:SHOWN]]
        sorted_by = (*_sorted_by(listed, wanted, bench), *_age_rules(listed[0], task, bench))
        is_whole = step.sort == "on_sale" and not is_relaxed
        more = count - (len(searched) - len(candidates)) - len(listed) if is_whole else 0
        ids = tuple(product.id for product in listed)
        return Findings(products=ids, lines=sorted_by, notes=notes, total=count, more=max(0, more))
    asked = Asked((question,))
    read = read_records(bench, [candidate.product for candidate in candidates], asked, _LINES_READ)
    kept = read if wanted.sort is not Sort.RELEVANCE else _ranked(read, task.moment, wanted)
    if not step.kind and not any(line.near.nearness >= _NEAR for each in read for line in each.lines):
        return Findings(notes=(Note.NOTHING_FOUND,))
    first, *others = _distinct(kept)
    if not step.kind and first.support < DECIDES:  # nothing speaks for any: a few ideas, and no reasons made up
        ideas = [each.product for each in (first, *others)][:SHOWN_FOR_A_NEED]
        return Findings(products=tuple(product.id for product in ideas), notes=notes, total=count)
    others = [each for each in others if _is_alike(each.product, first.product, planned if step.kind else ())]
    fitting = [first, *(each for each in others if each.support >= DECIDES > each.contradiction)]
    chosen, caveats = _uncontradicted_first(fitting[:SHOWN_FOR_A_NEED], asked, bench)
    lines = [*_sorted_by([each.product for each in chosen], wanted, bench), *_telling(chosen)]
    lines += [*caveats, *_age_rules(chosen[0].product, task, bench)]
    ids = tuple(each.product.id for each in chosen)
    return Findings(products=ids, lines=tuple(lines), notes=notes, total=count)


def _others_like(liked: str, task: Task, bench: Bench) -> Findings:
    """Products like one that was named or is in view, within the limits of the message: "anything similar for less"."""
    limits = bench.constraints.of(Find(), task.need, task.message, (liked,))
    found = bench.search.similar(liked, limits, _READ, task.customer_id, task.moment)
    is_childs = bool(bench.catalog.products[liked].age_group)
    candidates = found.candidates if is_childs else _childrens_last(found.candidates)
    available = sorted(candidates, key=lambda each: not each.product.offer_at(task.moment).is_available)
    ids = tuple(each.product.id for each in available[:SHOWN])
    return Findings(products=ids, notes=() if ids else (Note.NOTHING_FOUND,), total=found.total)


def _is_other_kind(kind: str, task: Task, candidates: Sequence[Candidate], bench: Bench) -> bool:
    """Whether the customer named a kind of thing that none of `candidates` is: no rain jacket is a life jacket.

    The thing itself counts under any name that the shop knows it by; what tells its kind must stand in a record.
    """
    if not _names_thing(kind, task.message):
        return False
    records = [
        set(
            stems(
                " ".join(
                    [
                        each.product.product_type,
                        *(line.text for line in bench.lines_of(each.product.id)),
                        each.product.title,
                    ]
                )
            )
        )
        for each in candidates
    ]
    return not any(
        bench.search.has_by_name(thing) and any(set(stems(thing)[:-1]) <= record for record in records)
        for thing in _things(kind)
    )


def _names_thing(kind: str, message: str) -> bool:
    """Whether the customer named a kind of thing in these words; a present or an idea is none."""
    named = stems(kind)
    return bool(named) and named[-1] not in _IDEAS and set(named) <= set(stems(message))


def _loosened(wanted: Filter) -> Filter:
    """The filter without the limits that are read from single words, which may have been said of something else.

    A size never is, and what was ruled out stays so.
    """
    kept = (c for c in wanted.conditions if c.field not in _READ_FROM_A_WORD or c.operator is Operator.NOT_IN)
    return replace(wanted, conditions=tuple(kept))


def _heard(
    step: Find, searched: Sequence[Candidate], wanted: Filter, task: Task, bench: Bench
) -> tuple[tuple[Candidate, ...], Filter, float]:
    """The first of the products that meet the limits, those `searched` and others near to the message, by their lines and as wholes.

    A plan names what is wanted as the shop seldom calls it, and then the search finds nothing, or something else. Words that were said in
    passing make no limits: a bike for two kids and the groceries is no kids' bike, and whose fingers go white wants no white gloves. The filter
    is the one that they meet. Last comes the merit of the first, 1 where the shop has the kind that was named.
    """
    if (heard := task.heard) is None or (wish := task.wish) is None or not (step.kind or step.want):
        return tuple(searched[:_READ]), wanted, 1.0

    def near_to(limits: Filter) -> dict[str, Candidate]:
        nearest = bench.search.nearest_to(wish, limits, _HEARD, task.moment)
        by_group = {group_of(each.product): each for each in (*nearest, *searched)}
        return {each.product.id: each for each in by_group.values()}

    loosened = _loosened(wanted)
    within, beyond, asked = near_to(wanted), near_to(loosened), Asked((), heard)
    both = within | beyond
    nearness = {id: max((line.nearness for line in bench.nearest_lines(id, asked, 1)), default=0.0) for id in both}
    merit = {id: nearness[id] + fit for id, fit in zip(both, bench.search.nearness_to(wish, both), strict=True)}
    best = max((merit[id] for id in within), default=0.0)
    near, met = (within, wanted) if max(merit.values(), default=0.0) < best + _IN_PASSING else (beyond, loosened)
    has_kind = not step.kind or any(map(bench.search.has_kind, _things(step.kind)))
    least = _SOLD_BY_ANOTHER_NAME if not has_kind else 0.0 if searched else _SOLD
    best_of_near = max((merit[id] for id in near), default=0.0)
    likeness = 1.0 if step.kind else best_of_near
    is_named = not has_kind and _names_thing(step.kind, task.message)
    is_unlike = likeness < _UNLIKE or (is_named and best_of_near < _UNLIKE_NAMED)
    if not near or max(nearness[id] for id in near) < least or is_unlike:
        return (), wanted, 1.0
    first, *others = sorted(near, key=lambda id: merit[id], reverse=True)[:_READ]
    kind, least_near = _kind(near[first].product), nearness[first] - _BESIDE
    beside = (id for id in others if nearness[id] >= least_near or _kind(near[id].product) == kind)
    return tuple(near[id] for id in (first, *beside)), met, likeness


def _of_narrower_kind(candidates: Sequence[Candidate], modifier: str) -> tuple[Candidate, ...]:
    """Those whose record has the word before their kind, if any has: a whistling kettle is no answer to "an electric kettle"."""

    def bears(product: Product) -> bool:
        attributes = (f"{name.replace('_', ' ')} {value}" for name, value in product.attributes.items())
        return modifier in stems(" ".join([product.title, product.product_type, product.description, *attributes]))

    borne = tuple(each for each in candidates if modifier and bears(each.product))
    return borne or tuple(candidates)


def _speaks_of(pages: Sequence[BriefLine], kind: str, bench: Bench) -> bool:
    """Whether the page of these lines names the kind of thing that the shop has none of: gift cards, and not bikes."""
    texts = (f"{line.title} {line.text}" for told in pages[:1] for line in bench.lines_of(told.line.record))
    return set(stems(kind)) <= set(stems(" ".join(texts)))


def _question(step: Find, task: Task, bench: Bench) -> str:
    """What the reader is asked about each candidate; "" if code holds the search to all that was said."""
    need = bench.constraints.left_open(task.need).as_text()
    if not bench.constraints.says_more(step.want):
        return f"{step.kind}: {need}" if need else ""
    return "; ".join(filter(None, [f"{step.kind}: {step.want}", need]))


def _search(step: Find, wanted: Filter, task: Task, bench: Bench) -> tuple[tuple[Candidate, ...], int, bool, Filter]:
    """Candidates for a step, how many there are, whether a limit that was said had to be given up, and the filter that was used.

    Where nothing is warm, light or large enough, what comes nearest is first.
    """
    limit = _COUNTED if step.sort == "on_sale" else _READ
    query = step.kind if _is_measured(wanted) else " ".join(filter(None, [step.kind, step.want]))
    if not query and wanted.sort is Sort.RELEVANCE and not wanted.conditions:
        found = bench.search.recommend(task.customer_id, wanted, _READ, task.moment)
        return found.candidates, found.total, False, wanted
    kinds = tuple(c for c in wanted.conditions if c.field == "product_type")
    if not kinds and step.kind and not any(map(bench.search.has_kind, _things(step.kind))):
        return (), 0, False, wanted
    texts = tuple(dict.fromkeys((query, *_fewer_words(step, bench), *([""] if kinds else []))))
    measured = tuple(
        c.field for c in wanted.conditions if c.number is not None and c.field not in ("price", *_GIVEN_UP)
    )
    given_up_in_turn = (*_GIVEN_UP, *measured)
    for given_up in (given_up_in_turn[:count] for count in range(len(given_up_in_turn) + 1)):
        lost = [each for each in wanted.conditions if _goes(each, given_up)]
        kept = _nearest_first(replace(wanted, conditions=tuple(c for c in wanted.conditions if c not in lost)), lost)
        for text in texts if kept.sort is wanted.sort else (step.kind,):
            found = bench.search.products(text, kept, limit, task.customer_id, moment=task.moment)
            if found.candidates:
                is_missed = any(_is_missed(each, found.candidates, task) for each in lost)
                return found.candidates, found.total, is_missed, kept
    if (
        not step.kind and not kinds
    ):  # "something nice for my living room" names no thing, so what is near in meaning is a start
        return bench.search.nearest(query, wanted, _READ, task.moment), _READ, False, wanted
    return (), 0, False, wanted


def _nearest_first(kept: Filter, lost: Sequence[Condition]) -> Filter:
    """The filter sorted by what comes nearest to a bound on a measure that was given up."""
    bound = next((each for each in lost if each.number is not None and each.field not in _GIVEN_UP), None)
    if bound is None or kept.sort is not Sort.RELEVANCE:
        return kept
    sort = Sort.LOWEST if bound.operator is Operator.AT_MOST else Sort.HIGHEST
    return replace(kept, sort=sort, sort_field=bound.field)


def _smallest_room_first(candidates: Sequence[Candidate], wanted: Filter) -> tuple[Candidate, ...]:
    """A tent for four is a tent for four before it is one for six."""
    rooms = [each.field for each in wanted.conditions if each.unit == "people" and each.operator is Operator.AT_LEAST]
    if not rooms or wanted.sort is not Sort.RELEVANCE:
        return tuple(candidates)

    def room(each: Candidate) -> Decimal:
        measure = Measure.parse(each.product.attributes.get(rooms[0], ""))
        return measure.size if measure else Decimal(0)

    return tuple(sorted(candidates, key=room))


def _childrens_last(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Who says nothing of a child seldom means its things; in a shop for children all are."""
    theirs = [each for each in candidates if each.product.age_group]
    if 2 * len(theirs) > len(candidates):
        return tuple(candidates)
    return (*(each for each in candidates if not each.product.age_group), *theirs)


def _things(kind: str) -> list[str]:
    """The things that a kind names: "kayaks or paddle boards"."""
    return [thing for thing in _BETWEEN.split(kind) if thing]


def _is_missed(limit: Condition, found: Sequence[Candidate], task: Task) -> bool:
    """Whether a limit that was given up is missed: "my neck goes red" asks for no red balm, nor "small" for size S of what has no sizes."""
    if limit.field == "color":
        return any(each.product.color for each in found)
    if limit.field != "size":
        return True
    said = set(stems(f"{task.message} {task.need.size}"))
    return any(set(stems(value)) <= said for value in limit.values)


def _fewer_words(step: Find, bench: Bench) -> tuple[str, ...]:
    """A wish without the words that no record has ("something nice for my"); "" if limits are all that is left of it."""
    return () if step.kind else (bench.constraints.unread(step.want),)


def _is_measured(wanted: Filter) -> bool:
    """Whether products are wanted in the order of an attribute: "the lightest"."""
    return wanted.sort in (Sort.HIGHEST, Sort.LOWEST)


def _sorted_by(products: Sequence[Product], wanted: Filter, bench: Bench) -> Iterator[BriefLine]:
    """The attribute lines by which a list is sorted: "the lightest" is told with its weight."""
    if not _is_measured(wanted):
        return
    for product in products[:SHOWN_FOR_A_NEED]:
        if line := attribute_line(product, wanted.sort_field, bench):
            yield BriefLine(Verdict.SUPPORTS, line)


def _distinct(read: Sequence[ProductReading]) -> list[ProductReading]:
    """The best of each group of variants."""
    first: dict[str, ProductReading] = {}
    for each in read:
        first.setdefault(group_of(each.product), each)
    return list(first.values())


def _without(avoid: Sequence[str], candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The candidates whose records do not name what is to be avoided: no down jacket for "not down"."""
    unwanted = [set(stems(each)) for each in avoid]

    def names(product: Product) -> bool:
        own = set(
            stems(" ".join([product.title, product.product_type, product.material, *product.attributes.values()]))
        )
        return any(words and words <= own for words in unwanted)

    return tuple(each for each in candidates if not names(each.product))


def _fitting(candidates: Sequence[Candidate], task: Task, bench: Bench) -> Iterator[Candidate]:
    """The candidates within whose limits is the person of whom the customer told height or weight, each in the variant that fits."""
    said = f"{task.message}; {task.need.as_text()}"

    def fits(product: Product) -> bool:
        return not any(body_verdict(said, line) is Verdict.CONTRADICTS for line in bench.lines_of(product.id))

    for each in candidates:
        variants = (each.product, *bench.catalog.variants(each.product))
        if fitting := next((product for product in variants if fits(product)), None):
            yield replace(each, product=fitting)


def _age_rules(product: Product, task: Task, bench: Bench) -> tuple[BriefLine, ...]:
    """The rule of the shop that keeps a product from somebody of the age that the message tells; () if there is none."""
    if not names_age(task.message):
        return ()
    asked = f"{task.message} {product.title} {' '.join(product.category_path[-1:])}"
    lines = (line for page in bench.catalog.faqs for line in bench.lines_of(page))
    rule = next((line for line in lines if age_verdict(asked, line) is Verdict.CONTRADICTS), None)
    return (BriefLine(Verdict.CONTRADICTS, rule),) if rule else ()


def _kind(product: Product) -> str:
    return product.category_path[-1] if product.category_path else ""


def _is_alike(product: Product, first: Product, planned: Collection[str]) -> bool:
    """Whether a product may stand beside the first: one of those that the search for what was planned found, or of the same kind."""
    return product.id in planned or _kind(product) == _kind(first)


def _goes(condition: Condition, given_up: tuple[str, ...]) -> bool:
    return condition.field in given_up and condition.operator is not Operator.NOT_IN


def _ranked(read: list[ProductReading], moment: datetime, wanted: Filter) -> list[ProductReading]:
    """Best first: what the reader says counts most, then availability, then the order of the search.

    Children's things come last if nobody spoke of a child.
    """
    is_for_anybody = not any(each.field == "age_group" for each in wanted.conditions)
    places = {each.product.id: place for place, each in enumerate(read)}

    def merit(each: ProductReading) -> float:
        sold_out = 0.0 if each.product.offer_at(moment).is_available else 0.6
        childrens = 0.6 if is_for_anybody and each.product.age_group else 0.0
        return each.support - each.contradiction - sold_out - childrens - _PLACE * places[each.product.id]

    return sorted(read, key=merit, reverse=True)


def _uncontradicted_first(
    fitting: list[ProductReading], asked: Asked, bench: Bench
) -> tuple[list[ProductReading], tuple[BriefLine, ...]]:
    """The products with the first one in front that no line of its record contradicts, if there is one, and what to know of it."""
    of_first: tuple[BriefLine, ...] = ()
    for place, each in enumerate(fitting):
        found = caveat(bench, each, asked)
        if not any(line.verdict is Verdict.CONTRADICTS for line in found):
            return [each, *fitting[:place], *fitting[place + 1 :]], found
        of_first = of_first or found
    return fitting, of_first


def _telling(chosen: list[ProductReading]) -> Iterator[BriefLine]:
    """The lines a reply may rest on: why the first fits, and one for each of the next, or what speaks against it."""
    for place, each in enumerate(chosen):
        lines = [line for line in each.lines if not is_option(line.near.line)]
        for_it = sorted((line for line in lines if line.speaks_for), key=lambda line: -line.merit)
        most = _LINES_OF_NEXT if place else _LINES_OF_FIRST
        yield from (BriefLine(Verdict.SUPPORTS, line.near.line) for line in for_it[:most])
        if place:
            yield from [told(line.reading) for line in lines if line.is_caveat][:1]
