"""details, compare and choose: questions about products that were named or shown, answered from their records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.dialogue.need import Need
from assistant.evidence.brief import BriefLine, Note
from assistant.evidence.sums import Sum, difference, total
from assistant.planning.grammar.text import stems
from assistant.planning.grammar.words import words
from assistant.planning.plan import Choose, Compare, Details, Find
from assistant.planning.question_form import asked_field, asked_fields, asks_for_value
from assistant.planning.request_form import (
    asks_in_words,
    asks_to_describe,
    asks_total,
    count_asked,
    speaks_of_people,
    tells_need,
    without_lead_in,
)
from assistant.reading.lines import Line, LineKind
from assistant.reading.verdict import Verdict
from assistant.tools.answering import answering_record, product_meant
from assistant.tools.basket import named_basket
from assistant.tools.body_fit import fitting_size
from assistant.tools.policy import SURELY_ANSWERS, page_findings
from assistant.tools.reading import (
    ProductReading,
    attribute_line,
    caveat,
    deciding,
    guess,
    is_option,
    read_record,
    read_records,
)
from assistant.tools.tool import Asked, Bench, Findings, Task
from assistant.tools.variants import earlier_options, meant_products, said_options
from retrieval.catalog.options import Options
from retrieval.catalog.product import Product

_LINES_OF_ONE, _LINES_OF_EACH = 2, 1
_LINES_READ = 6
"""Lines of a product that are read for a question about it: those nearest to it."""
_OF_OPTIONS = frozenset(
    {"come", "got", "size", "color", "available", "version", "wear", "take", "usually", "normally", "stock"}
)
"""Words that ask for a color or size and say no more: "does it come in a large", "I usually wear 9"."""
_OF_FIT = frozenset({"size", "fit", "big", "small", "large", "long", "short"})
"""Words that ask whether a size is right."""
_MUST_ANSWER = 0.9
"""What a page must reach to answer a question about the thing itself ("is it washable"), which the shop's rules seldom do."""
_MOST_DIFFERENCES = 3
_PLACES = words("places")
_NUMBER = re.compile(r"(?<![\w.$€£])\d{1,3}(?:\.\d)?(?![\w.%])")


def details(step: Details, task: Task, bench: Bench) -> Findings:
    """The lines that answer a question about each product, else those of a page of the shop that do; none if it is not stated."""
    of = (product_meant(step.of[0], task, bench),) if len(step.of) == 1 else step.of
    products = [_in_size(product, task, bench) for product in meant_products(of, task, bench)]
    ids = tuple(product.id for product in products)
    if notes := _option_notes(products, task, bench):
        return Findings(products=ids, notes=notes)
    if asks_total(task.message) or _goes_on_adding(task):
        basket = named_basket(task, bench)
        came_up = {*task.thread.shown, *task.thread.numbers.latest, task.thread.page}
        if basket and {*came_up, *(each.id for each, _ in basket)}.isdisjoint(ids):
            basket = None  # names and numbers of something else than what was just found
        if basket is not None and sum(count for _, count in basket) < 2:
            basket = [(each, count_asked(task.message)) for each in products]
        if basket and (len(basket) > 1 or basket[0][1] > 1):
            several = any(count > 1 for _, count in basket)
            spent = Sum("total of several" if several else "total", str(total(basket, task.moment)))
            return Findings(products=tuple(product.id for product, _ in basket), sums=(spent,))
    if asks_to_describe(task.message) and len(products) == 1:
        return Findings(products=ids, lines=tuple(_described(products[0], bench)))
    if field := asked_field(step.question):  # prices, stock and options are told of the product itself
        said = _reviews(products[0], bench) if field == "rating" and len(products) == 1 else ()
        is_foreign = field == "price" and (
            bench.constraints.names_other_currency(task.message)
            or bench.constraints.has_foreign_limit(Need(), task.message)
        )
        notes = (Note.OTHER_CURRENCY,) if is_foreign else tuple(_within(products, step.question, task, bench))
        return Findings(products=ids, lines=said, notes=notes)
    most = _LINES_OF_ONE if len(products) == 1 else _LINES_OF_EACH
    record = answering_record(ids[0], step.question, task, bench) if len(ids) == 1 else ""
    if record in bench.catalog.products and record not in ids:
        products = meant_products((record,), task, bench)
        ids = tuple(product.id for product in products)
    words = (step.question, task.message)
    lines: list[BriefLine] = []
    nearest: list[BriefLine] = []
    for product in products if record not in bench.catalog.faqs else ():
        read = read_record(bench, product.id, task.asked(*words), _LINES_READ)
        if len(bench.catalog.variants(product)) > 1:  # its color and size are told of all its variants together
            read = tuple(each for each in read if not is_option(each.near.line))
        lines += deciding(read, most)
        nearest += guess(read)
    named = f"{step.question} {products[0].title}" if products else step.question  # pages speak of knives, not of "it"
    least = SURELY_ANSWERS if speaks_of_people(task.message) or record in bench.catalog.faqs else _MUST_ANSWER
    lines = lines or list(page_findings(Asked((named, *words[1:]), task.heard), bench, least))
    guessed = nearest[:1] if not task.is_part else []
    return Findings(products=ids, lines=tuple(lines or guessed), notes=() if lines else (Note.NOT_STATED,))


def _described(product: Product, bench: Bench) -> Iterator[BriefLine]:
    """The first sentences of a description, then the first properties."""
    lines = bench.lines_of(product.id)
    for kind, most in ((LineKind.DESCRIPTION, 2), (LineKind.ATTRIBUTE, 2)):
        yield from (BriefLine(Verdict.SUPPORTS, line) for line in [each for each in lines if each.kind is kind][:most])


def _reviews(product: Product, bench: Bench) -> tuple[BriefLine, ...]:
    """What customers say, the kindest review and the least kind one."""
    ordered = sorted(
        zip(product.reviews, _review_lines(product, bench), strict=False), key=lambda each: -each[0].rating
    )
    ends = ordered[:1] + (ordered[-1:] if len(ordered) > 1 else [])
    return tuple(BriefLine(Verdict.LIMITS, line) for _, line in ends)


def _review_lines(product: Product, bench: Bench) -> list[Line]:
    return [line for line in bench.lines_of(product.id) if line.kind is LineKind.REVIEW]


def _goes_on_adding(task: Task) -> bool:
    """Whether the reply before was a total: "and three of the mugs?"."""
    return not asks_in_words(task.message) and any(" total" in turn.brief for turn in task.thread.turns[-1:])


def compare(step: Compare, task: Task, bench: Bench) -> Findings:
    """What differs between products and matters to the customer: the lines on `on`, else attributes that differ."""
    products = meant_products(step.of, task, bench)
    question = task.question(step.on)
    is_price = "price" in bench.constraints.compared(task.message)
    lines = list(_compared(products, task, bench))
    if step.on and not lines and not is_price:
        read = (read_record(bench, product.id, Asked((step.on, question)), _LINES_READ) for product in products)
        lines = [line for each in read for line in deciding(each, 1)]
    lines = lines or ([] if is_price else list(_differing(products, bench)))
    sums = (Sum("difference", str(difference(products[0], products[1], task.moment))),) if len(products) == 2 else ()
    return Findings(products=tuple(product.id for product in products), lines=tuple(lines), sums=sums)


def choose(step: Choose, task: Task, bench: Bench) -> Findings:
    """One pick, its reason from the record, and the runner-up: the need decides, then ratings."""
    question = task.question(task.message if bench.constraints.says_more(task.message) else "")
    wanted = bench.constraints.of(Find(), task.need, task.message)
    products = meant_products(step.of, task, bench)
    fitting = [each for each in products if wanted.accepts(each, each.offer_at(task.moment))]
    read = read_records(bench, fitting or products, Asked((question,)), _LINES_READ)

    def merit(each: ProductReading) -> tuple[float, float]:
        fit = each.support - each.contradiction - (0.0 if each.product.offer_at(task.moment).is_available else 1.0)
        return round(fit, 1), each.product.rating or 0.0

    ranked = sorted(read, key=merit, reverse=True)
    for_it = [[line for line in each.lines if line.speaks_for] for each in ranked[:2]]
    lines = [told for lines in for_it for told in deciding(lines, _LINES_OF_EACH)]
    lines += [line for each in ranked[:1] for line in caveat(bench, each, Asked((question,)))]
    return Findings(products=tuple(each.product.id for each in ranked[:3]), lines=tuple(lines))


def _option_notes(products: list[Product], task: Task, bench: Bench) -> tuple[Note, ...]:
    """Whether the products come in the colors and sizes that the message names; none if it names none, or asks more than that.

    Options named earlier in the conversation that still hold are included.
    """
    variants = [variant for product in products for variant in bench.catalog.variants(product)]
    options = said_options(task.message, variants, bench)
    if {"colors", "sizes"} & set(asked_fields(task.message)):  # "which colors in 9" asks for a list
        return ()
    if asks_for_value(task.message) and not fitting_size(task.message, variants):  # "how long is the small one"
        return ()
    names = {word for product in products for word in stems(product.title)}
    more = set(bench.constraints.unread(without_lead_in(task.message)).split()) - _OF_OPTIONS - names - _PLACES
    if not variants:
        return ()
    if fitting_size(task.message, variants) and (tells_need(task.message) or more & _OF_FIT):
        return (Note.SIZE_FOR_HEIGHT,)
    more -= {stem for word in bench.constraints.sizes(task.message, variants).words for stem in stems(word)}
    if number := _size_in(task.message, variants):
        more -= set(stems(number))
        options = replace(options, size=options.size or (number,))
    if more:
        return ()
    has: list[Note] = []
    earlier = earlier_options(products[0], task, bench)
    for field, values, yes, no in (
        ("color", options.color, Note.HAS_COLOR, Note.NO_SUCH_COLOR),
        ("size", options.size, Note.HAS_SIZE, Note.NO_SUCH_SIZE),
    ):
        named = {value.casefold() for value in values}
        if named and not any(str(getattr(variant, field)).casefold() in named for variant in variants):
            return (no,)
        before = {value.casefold() for value in getattr(earlier, field)}
        if named or str(getattr(products[0], field)).casefold() in before:
            has.append(yes)
    if options.color and options.size and not options.had_together(variants):
        return (Note.HAS_COLOR, Note.NO_SUCH_SIZE)
    return tuple(has) if options != Options() else ()


def _within(products: Sequence[Product], question: str, task: Task, bench: Bench) -> Iterator[Note]:
    """Which options a list of the others is asked within: "which colors in M" asks for those of size M, also if M was said before.

    None if what has that size has no color at all.
    """
    if len(products) != 1:
        return
    (product,) = products
    variants = bench.catalog.variants(product)
    said = said_options(task.message, variants, bench)
    within = said.over(earlier_options(product, task, bench)).had_by([product])
    asked = asked_fields(question)
    if "colors" in asked and within.size and any(each.color for each in variants if each.size == product.size):
        yield Note.WITHIN_SIZE
    if "sizes" in asked and within.color and any(each.size for each in variants if each.color == product.color):
        yield Note.WITHIN_COLOR


def _in_size(product: Product, task: Task, bench: Bench) -> Product:
    """The variant of a product in the size that the message names by a bare number: "and in 12?"."""
    variants = bench.catalog.variants(product)
    number = _size_in(task.message, variants)
    fitting = [each for each in variants if each.size == number] if number and product.size != number else []
    return next((each for each in fitting if each.color == product.color), next(iter(fitting), product))


def _size_in(message: str, variants: Sequence[Product]) -> str:
    """The number in a message where sizes are numbers, "9.5", or ""."""
    sizes = {variant.size for variant in variants if variant.size}
    if not sizes or not all(_NUMBER.fullmatch(size) for size in sizes):
        return ""
    found = _NUMBER.findall(message)
    return str(found[0]) if len(found) == 1 else ""


def _compared(products: list[Product], task: Task, bench: Bench) -> Iterator[BriefLine]:
    """The attribute that a comparison in the message is about ("which is lighter"), of each product; nothing if one lacks it."""
    for name in bench.constraints.compared(task.message):
        lines = [line for product in products if (line := attribute_line(product, name, bench))]
        if len(lines) == len(products):
            yield from (BriefLine(Verdict.SUPPORTS, line) for line in lines)
            return


def _differing(products: list[Product], bench: Bench) -> Iterator[BriefLine]:
    """Attribute lines of what all products state and differ in, product by product."""
    shared = [name for name in products[0].facts if all(name in p.attributes for p in products)] if products else []
    telling = [name for name in shared if len({p.attributes[name] for p in products}) > 1][:_MOST_DIFFERENCES]
    for product in products:
        for name in telling:
            if line := attribute_line(product, name, bench):
                yield BriefLine(Verdict.SUPPORTS, line)
