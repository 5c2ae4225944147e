"""Product replies: what is said of products that were searched for, asked about, compared, chosen or put together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from assistant.evidence.brief import SUM_SLOTS, Note
from assistant.evidence.wording import names, stems
from assistant.planning.grammar.comparatives import comparative
from assistant.planning.grammar.text import Text
from assistant.planning.grammar.words import words
from assistant.planning.plan import Bundle, Choose, Compare, Details, Find
from assistant.planning.question_form import (
    asked_field,
    asked_fields,
    asks_whether_reduced,
    asks_whether_sold,
    asks_yes_no,
)
from assistant.planning.request_form import asks_total, chooses_among_those, tells_need
from assistant.reading.lines import LineKind
from assistant.reading.verdict import Verdict
from assistant.writing.attribute_clauses import Subject, is_verb, spoken_name, with_indefinite
from assistant.writing.phrases import capitalized, listed, table
from assistant.writing.reply_view import ReplyView, Told, distinct, ended
from retrieval.catalog.filter import Operator
from retrieval.catalog.measure import Measure
from retrieval.folding import folded

_IN_STOCK = "in stock"
_WITHIN = {
    "colors": (Note.WITHIN_SIZE, "size", "size_colors"),
    "sizes": (Note.WITHIN_COLOR, "color", "color_sizes"),
}
"""For each list of options the note that it was asked within another one, that one, and the fact that holds the list."""
_GONE = ("sold out", "no longer")
_LONGEST_USE = 7
"""Words of a use or a person that a reply repeats."""
_OF_THE_CUSTOMER = {
    "my": "your",
    "our": "your",
    "me": "you",
    "myself": "yourself",
    "i": "you",
    "we": "you",
    "us": "you",
    "mine": "yours",
}
_BEGINS = frozenset(["a", "an", "the", "your", "this", "that", "two", "three", "four", "five", "six", "seven", "eight"])
"""With what a phrase begins that can follow "for": "a dark flat", and not "balcony"."""
_SOMEBODY = frozenset({"you", "yourself", "somebody", "someone", "gift"})
_ASIDE = re.compile(r"\s*\([^)]*\)")
_MONEY = re.compile(r"\d[\d,]*(?:\.\d+)?")
_RULES_OUT = re.compile(r"\b(?:no|not|without|except|free)\b|n['’]t\b")
_ASKING = stems(" ".join(words("asking for goods")))
"""Words that only ask whether the shop has a thing."""
_NEGATION = re.compile(r"\b(?:is|are|does|do)n't\b")
_COMPANY = re.compile(r"\d+ people")
_ASKS_PRICE = re.compile(r"[$€£¥]|\d")


def find_reply(step: Find, slots: Sequence[str], view: ReplyView) -> Iterator[str]:
    """One pick with its reason and what speaks against it, then the next; or a plain list."""
    if not slots:
        if Note.NOTHING_FOUND in view.task.brief.notes:
            name = "nothing_of_kind" if step.want else "no_kind"
            yield view.phrases(f"find.{name}", kind=step.kind) if step.kind else view.phrases("find.nothing")
        return
    lines = view.lines_for(step, *slots)
    on_sale = [slot for slot in slots if view.fact(f"{slot}.old_price")]
    if Note.OTHER_KIND in view.task.brief.notes:
        yield view.phrases("find.other_kind", kind=with_indefinite(step.kind))
    elif Note.LIMIT_NOT_MET in view.task.brief.notes:
        yield view.phrases("find.limit_not_met")
    elif Note.HARDLY_ALIKE in view.task.brief.notes:
        yield view.phrases("find.hardly_alike")
    if step.sort == "on_sale" and not on_sale:
        yield view.phrases("find.not_on_sale", products=view.list_priced(slots[:3]))
        for slot in slots[:3]:
            yield from _stock_note(slot, view, view.name(slot) if len(slots) > 1 else "")
    elif step.sort == "on_sale":
        yield view.phrases("find.on_sale", products=_reduced(on_sale, view))
    elif step.sort and Note.NO_FIGURES in view.task.brief.notes:
        yield view.phrases(f"find.no_figures.{step.sort}")
        yield view.phrases("find.listing", products=view.list_priced(slots[:3]))
    elif step.sort and (
        " " not in step.sort or _sort_line(step.sort, lines)
    ):  # nothing is the lightest by a weight that no record has
        yield from _sorted(step, slots, lines, view)
    elif not lines and (view.task.planned.plan.need.is_empty or len(slots) > 2):
        is_yes = _is_yes(step, slots[0], view) and not view.lines
        yield view.phrases(f"find.{'yes_listing' if is_yes else 'listing'}", products=view.list_priced(slots[:3]))
        for slot in slots[:3]:
            yield from _stock_note(slot, view, view.name(slot) if len(slots) > 1 else "")
    else:
        yield from _picked(step, slots, lines, view)
    if Note.SIZE_FOR_HEIGHT in view.task.brief.notes:
        yield _size_for_height(slots[0], view)


def _is_yes(step: Find, slot: str, view: ReplyView) -> bool:
    """Whether the message asks if the shop has such a thing and nothing more, and the product is one by its name, kind and lines."""
    message = view.task.message
    if not step.kind or not asks_whether_sold(message) or _RULES_OUT.search(message.casefold()):
        return False
    own = stems(f"{view.text(f'{slot}.name')} {view.text(f'{slot}.kind')}")
    told = own | stems(" ".join(told.line.text for told in view.lines_of(slot)))
    return stems(step.kind) <= own and stems(message) - _ASKING <= told


def _picked(step: Find, slots: Sequence[str], lines: list[Told], view: ReplyView) -> Iterator[str]:
    first, *others = slots
    own = [told for told in lines if told.owner == first]
    against = [told for told in own if told.verdict is Verdict.CONTRADICTS]
    limits = [told for told in own if told.verdict is Verdict.LIMITS]
    reason, more = _reason([told for told in own if told.verdict is Verdict.SUPPORTS])
    product, use = view.priced(first), _for_use(view)
    subject = view.pronoun(first)
    if reason is None and against:
        yield ended(view.phrases("find.against", product=product, reason=view.clause(against.pop(0), subject).text))
    elif reason is None:
        yield view.phrases(f"find.bare{'_for_use' if use else ''}", product=product, use=use)
    else:
        kind = "yes_pick" if _is_yes(step, first, view) else "pick_for_use" if use else "pick"
        yield ended(view.phrases(f"find.{kind}", product=product, use=use, reason=view.clause(reason, subject).text))
        if more is not None:
            yield view.sentence(more, subject)
    has_quote = any(told is not None and told.is_review for told in (reason, more))
    caveats = [told for told in distinct([*limits, *against]) if not (told.is_review and has_quote)]
    yield from (_caveat(told, subject, view) for told in caveats[:1])
    yield from _stock_note(first, view)
    others = [slot for slot in others if view.text(f"{slot}.name") != view.text(f"{first}.name")]
    for slot in others[:1]:
        yield _runner_up("find", slot, [told for told in lines if told.owner == slot], view)


def _reason(supports: list[Told]) -> tuple[Told | None, Told | None]:
    """The line that says best why, and one more to add; a customer's word comes second."""
    ordered = sorted(supports, key=lambda told: told.is_review)
    first, second, *_ = [*ordered, None, None]
    return first, second if second is None or not first or not first.is_review else None


def _runner_up(step: str, slot: str, lines: list[Told], view: ReplyView) -> str:
    supports = sorted((told for told in lines if told.verdict is Verdict.SUPPORTS), key=lambda told: told.is_review)
    against = [told for told in lines if told.verdict is not Verdict.SUPPORTS]
    kind, told = "bare_runner_up", None
    if supports:
        kind, told = "runner_up", supports[0]
    elif against:
        kind, told = "against_runner_up", against[0]
    reason = view.clause(told, view.pronoun(slot)).text if told else ""
    return ended(view.phrases(f"{step}.{kind}", product=view.priced(slot), reason=reason))


def _caveat(told: Told, subject: Subject, view: ReplyView) -> str:
    return ended(view.phrases("more.caveat", reason=view.clause(told, subject).text))


def _stock_note(slot: str, view: ReplyView, name: str = "") -> Iterator[str]:
    """How a product stands in stock if the variant shown is not simply in stock; `name` in the place of "it"."""
    own = _own_stock(slot, view)
    if own and not own.startswith(_IN_STOCK):
        subject = view.pronoun(slot)
        yield view.phrases("more.stock", subject.is_plural, it=name or subject.it, stock=f"{{{slot}.stock}}")


def _reduced(slots: Sequence[str], view: ReplyView) -> str:
    more = ["{more}"] if view.fact("more") else []
    return listed([*(f"{view.name(slot)} at {{{slot}.price}} (was {{{slot}.old_price}})" for slot in slots[:4]), *more])


def _sorted(step: Find, slots: Sequence[str], lines: list[Told], view: ReplyView) -> Iterator[str]:
    most = _superlative(step.sort)
    kind = view.fact(f"{slots[0]}.kind")
    is_so_called = kind is not None and bool({*stems(kind.text)} & {*stems(step.kind)})  # gloves are no "cheapest tool"
    if kind is not None and is_so_called and not kind.hint and not most.startswith("one "):
        most = f"{most} {{{slots[0]}.kind}}"
    if (company := view.task.planned.plan.need.whom) and _COMPANY.fullmatch(company) and not most.startswith("one "):
        most = f"{most} for {company}"  # a cheaper tent for fewer people is left out
    for place, slot in enumerate(slots[:2]):
        own = [told for told in lines if told.owner == slot]
        subject = view.pronoun(slot)
        key = _sort_line(step.sort, own)
        reason, _ = _reason([told for told in own if told.verdict is Verdict.SUPPORTS and told is not key])
        clauses = [view.clause(told, subject).text for told in (key, reason) if told is not None]
        if step.sort == "best_rated" and view.fact(f"{slot}.rating"):
            clauses = [f"{subject.it} {'are' if subject.is_plural else 'is'} rated {{{slot}.rating}}"]
        of_shown = "sorted_of_shown" if chooses_among_those(view.task.message) else "sorted"
        name = "sorted_next" if place else "sorted_one" if most.startswith("one ") else of_shown
        yield ended(
            view.phrases(
                f"find.{name}{'_with' if clauses else ''}",
                most=most,
                product=view.priced(slot),
                reason=", and ".join(clauses[:2]),
            )
        )
        if not place:
            yield from _stock_note(slot, view)


def _superlative(sort: str) -> str:
    way, _, attribute = sort.partition(" ")
    found = table("superlatives")[way]
    if not attribute:
        return str(found)
    name = attribute.replace("_", " ")
    return str(found.get(attribute) or found["verb" if is_verb(name) else "other"].replace("<name>", spoken_name(name)))


def _sort_line(sort: str, own: list[Told]) -> Told | None:
    start = f"{sort.partition(' ')[2].replace('_', ' ')}:"
    return next((told for told in own if start != ":" and told.line.text.casefold().startswith(start)), None)


def _for_use(view: ReplyView) -> str:
    """What the customer has just said it is for, in words that a reply can repeat, or ""."""
    need, said = view.task.planned.plan.need, set(re.findall(r"\w+", view.task.message.casefold()))
    for text in (_ASIDE.sub("", need.use), _ASIDE.sub("", need.whom)):
        spoken = [_OF_THE_CUSTOMER.get(word, word) for word in text.split()]
        own = [word for word in re.findall(r"\w+", text.casefold()) if len(word) > 3]
        is_telling = text and not _SOMEBODY.issuperset(spoken) and len(spoken) <= _LONGEST_USE
        is_phrase = spoken and (spoken[0].endswith("ing") or spoken[0] in _BEGINS or spoken[-1].endswith("s"))
        if is_telling and is_phrase and own and all(word in said for word in own):
            return " ".join(spoken)
    return ""


def details_reply(step: Details, slots: Sequence[str], view: ReplyView) -> Iterator[str]:
    """The answer to a question about products, from their lines or from the fields of their records."""
    lines = view.lines_for(step, *slots)
    field = asked_field(step.question)
    if not slots:
        yield from _not_stated("", view)
        return
    is_alone = sum(isinstance(other, Details) for other in view.task.planned.plan.steps) < 2
    if (is_alone or not lines) and (option := _option_answer(slots[0], view)):
        yield option
        return
    is_counted = is_alone or asks_total(step.question)
    if is_counted and (worked_out := view.fact("s1")) and worked_out.hint.startswith("total"):
        yield from _field_sentences("price", step.question, view.products if step.of else slots, view)
        yield from sum_sentences(view)
        return
    if field and not _bears(field, lines):
        options = [other for other in asked_fields(step.question) if other in ("colors", "sizes") and other != field]
        told = [told for each in (*options, field) for told in _field_sentences(each, step.question, slots, view)]
        if told:
            yield from told
            yield from sum_sentences(view)
            first, second, *_ = [*(each for each in lines if each.is_review), None, None]
            if first is not None:
                yield view.sentence(first, view.pronoun(first.owner))
            if second is not None:
                yield view.phrases("more.another_review", quote=f"{{{second.slot}.quote}}")
            return
    if not lines:
        if is_counted and (sums := list(sum_sentences(view))):
            yield from sums
        else:
            yield from _not_stated(slots[0], view)
        return
    if all(told.is_guess for told in lines):
        reason = view.clause(lines[0], view.pronoun(lines[0].owner)).text
        yield ended(view.phrases("details.nearest", product=view.name(lines[0].owner), reason=reason))
        return
    owners = list(dict.fromkeys(told.owner for told in lines))
    for place, owner in enumerate(owners):
        own = [told for told in lines if told.owner == owner]
        is_known = len(owners) == 1 and view.task.thread.shown[:1] == view.task.brief.products[:1]
        yield from _answered(step.question if not place and len(owners) == 1 else "", owner, own, is_known, view)
    yield from sum_sentences(view)


def _option_answer(slot: str, view: ReplyView) -> str:
    """The answer to "do you have it in navy", from the colors and sizes of the record; "" if none was asked for."""
    notes, subject = view.task.brief.notes, view.named(slot)
    if Note.SIZE_FOR_HEIGHT in notes:
        return _size_for_height(slot, view)
    if Note.HAS_COLOR in notes and Note.NO_SUCH_SIZE in notes and len(view.products) == 1:
        return view.phrases("details.no_pair", subject.is_plural, it=subject.it)
    for field, has, lacks in (
        ("color", Note.HAS_COLOR, Note.NO_SUCH_COLOR),
        ("size", Note.HAS_SIZE, Note.NO_SUCH_SIZE),
    ):
        values = {name: f"{{{slot}.{name}}}" for name in (field, f"{field}s", "stock") if view.fact(f"{slot}.{name}")}
        values["it"] = subject.it
        values["price"] = _at_price(slot, view)
        if has in notes and lacks in notes and folded(view.text(f"{slot}.{field}")) not in folded(view.task.message):
            notes = tuple(note for note in notes if note is not has)  # another product of this turn comes in it
        if has in notes and {field, "stock"} <= values.keys():
            other = "size" if field == "color" else "color"
            is_said = (Note.HAS_COLOR if other == "color" else Note.HAS_SIZE) in notes
            if view.fact(f"{slot}.{other}") and (is_said or names(view.task.message, view.text(f"{slot}.{other}"))):
                values[other] = f"{{{slot}.{other}}}"
            if _own_stock(slot, view).startswith(_GONE):
                return _gone(slot, values, view, is_plural=subject.is_plural)
            if other in values:
                return view.phrases("details.has_both", subject.is_plural, **values)
            if field == "size" and _differs_by_color(slot, view):
                values["color"] = f"{{{slot}.color}}"
                return view.phrases("details.has_size_in", subject.is_plural, **values)
            return view.phrases(f"details.has_{field}", subject.is_plural, **values)
        if lacks in notes:
            name = next((name for name in (f"{field}s", field) if name in values), "")
            values["known"] = values.get(name, "")
            return view.phrases(f"details.no_{field}" if name else "details.no_option", subject.is_plural, **values)
    return ""


def _gone(slot: str, values: Mapping[str, str], view: ReplyView, *, is_plural: bool) -> str:
    """What is said of a variant that there is and that cannot be had: no "yes" comes before it, and "no" where the stock was asked."""
    size = f"size {values['size']}" if "size" in values else ""
    option = " in ".join(filter(None, [values.get("color", ""), size]))
    asked = asked_fields(view.task.message)
    if "price" in asked and view.fact(f"{slot}.price"):
        return view.phrases("details.gone_priced", is_plural, option=option, cost=_cost(slot, view), **values)
    is_asked = "stock" in asked or asks_whether_sold(view.task.message)
    return view.phrases(f"details.gone{'_asked' if is_asked else ''}", is_plural, option=option, **values)


def _size_for_height(slot: str, view: ReplyView) -> str:
    """The size of children's clothes for the height that the message tells, with the stock of the one that is shown."""
    if not view.fact(f"{slot}.size") or not view.fact(f"{slot}.stock"):
        return ""
    values = {name: f"{{{slot}.{name}}}" for name in ("size", "color", "stock") if view.fact(f"{slot}.{name}")}
    name = "size_for_height" if "color" in values else "size_for_height_only"
    return view.phrases(f"details.{name}", **values, price=_at_price(slot, view))


def _at_price(slot: str, view: ReplyView) -> str:
    """The price of a variant that can be had, as it follows its stock, and what it was: " at {p1.price} (was {p1.old_price})"."""
    can_be_had = _own_stock(slot, view).startswith((_IN_STOCK, "nearly"))
    return f" at {_cost(slot, view)}" if can_be_had and view.fact(f"{slot}.price") else ""


def _cost(slot: str, view: ReplyView) -> str:
    """What a variant costs, and what it did before a sale."""
    return f"{{{slot}.price}}" + (f" (was {{{slot}.old_price}})" if view.fact(f"{slot}.old_price") else "")


def _own_stock(slot: str, view: ReplyView) -> str:
    """How the variant shown stands in stock, whatever is said of its group."""
    stock = view.fact(f"{slot}.stock")
    return "" if stock is None else stock.variant.text if stock.variant else stock.text


def _differs_by_color(slot: str, view: ReplyView) -> bool:
    """Whether the variants that may be meant do not all stand like the one shown, which has a color."""
    stock = view.fact(f"{slot}.stock")
    return stock is not None and stock.variant is not None and view.fact(f"{slot}.color") is not None


def field_reply(step: Details, slots: Sequence[str], view: ReplyView) -> list[str]:
    """What the fields of the records say on a question about price, stock and the like; nothing on any other question."""
    field = asked_field(step.question)
    return list(_field_sentences(field, step.question, slots, view)) if field else []


def _answered(question: str, slot: str, own: list[Told], is_known: bool, view: ReplyView) -> Iterator[str]:
    """The lines of one product as an answer: the first with its yes or no, then what it adds, then what to know."""
    first, *others = own
    answer = view.answer(question, own)
    subject = view.pronoun(slot) if is_known else view.named(slot)
    if answer is not None:
        yield from view.answered(answer, first, subject)
    elif first.verdict is Verdict.CONTRADICTS and tells_need(view.task.message):
        yield ended(view.phrases("details.against", it=subject.it, reason=view.clause(first, view.pronoun(slot)).text))
    else:
        yield view.sentence(first, subject)
    has_quote = first.is_review
    for told in others[:2]:
        if told.is_review and has_quote:
            continue
        has_quote = has_quote or told.is_review
        is_caveat = told.verdict is not first.verdict and told.verdict is not Verdict.LIMITS
        if is_caveat and not told.is_review:
            yield _caveat(told, view.pronoun(slot), view)
        else:
            yield view.sentence(told, view.pronoun(slot))


def _bears(field: str, lines: list[Told]) -> bool:
    """Whether lines answer the question about a field of the record better than the field does."""
    if field in ("stock", "quantity", "restock"):
        return any(told.line.kind is LineKind.ATTRIBUTE and "ship" in told.line.text.casefold() for told in lines)
    if field == "price":
        return any(_ASKS_PRICE.search(told.line.text) and not told.is_review for told in lines)
    if field in ("colors", "sizes"):
        own = {"color", "size", "sizes", "colors"}
        return any(told.line.text.partition(":")[0].casefold() not in own for told in lines)
    return any(not told.is_review for told in lines)


def _within(slot: str, field: str, view: ReplyView) -> str:
    """The colors to be had in the size that was named, or the sizes in the color; "" if the list was not asked within one."""
    note, other, key = _WITHIN[field]
    if note not in view.task.brief.notes or not view.fact(f"{slot}.{other}"):
        return ""
    subject, name = view.named(slot), f"details.{field}_within"
    values = {"it": subject.it, other: f"{{{slot}.{other}}}", "values": f"{{{slot}.{key}}}"}
    return view.phrases(name if view.fact(f"{slot}.{key}") else f"{name}_none", subject.is_plural, **values)


def _sale_ends(slots: Sequence[str], view: ReplyView) -> Iterator[str]:
    """When the sale of each product ends. If none of them is on sale, only the first is mentioned."""
    reduced = [slot for slot in slots if view.fact(f"{slot}.old_price")]
    for slot in reduced or slots[:1]:
        subject = view.named(slot)
        values = {
            name: f"{{{slot}.{name}}}" for name in ("price", "old_price", "sale_end") if view.fact(f"{slot}.{name}")
        }
        name = "sale_end" if "sale_end" in values else "sale_end_open" if slot in reduced else "sale_end_none"
        if "price" in values:
            yield view.phrases(f"details.{name}", subject.is_plural, it=subject.it, **values)


def _field_sentences(field: str, question: str, slots: Sequence[str], view: ReplyView) -> Iterator[str]:
    if field == "sale_end":
        yield from _sale_ends(slots, view)
        return
    several = len({view.text(f"{slot}.{'price' if field == 'price' else 'stock'}") for slot in slots}) > 1
    for slot in slots[: 4 if several else 1]:
        subject = view.named(slot)
        values = {
            name: f"{{{slot}.{name}}}"
            for name in ("price", "old_price", "stock", "quantity", "rating", "reviews")
            if view.fact(f"{slot}.{name}")
        }
        name, values["it"] = field, subject.it
        if field in ("colors", "sizes"):
            if told := _within(slot, field, view):
                yield told
                continue
            one = field[:-1]
            key = field if view.fact(f"{slot}.{field}") else one
            if not view.fact(f"{slot}.{key}"):
                return
            values[field] = f"{{{slot}.{key}}}"
            name = field if field == "colors" or " and " in view.text(f"{slot}.{key}") else "one_size"
        elif field == "price":
            name = "price_reduced" if view.is_reduced(slot) else "price_from" if view.is_from(slot) else "price"
        elif field == "rating":
            name = "rating" if "reviews" in values else "rating_only"
        elif (field == "quantity" and "quantity" not in values) or (
            field == "restock"
            and (view.text(f"{slot}.stock").startswith(_IN_STOCK) or "ships" in view.text(f"{slot}.stock"))
        ):
            name = "stock"
        elif field == "quantity" and view.text(f"{slot}.quantity") == "1":
            name = "quantity_one"
        needed = {
            "price": "price",
            "price_reduced": "price",
            "price_from": "price",
            "rating": "rating",
            "rating_only": "rating",
        }
        if needed.get(name, "it") not in values or (name in ("stock", "restock") and "stock" not in values):
            return
        sentence = view.phrases(f"details.{name}", subject.is_plural, **values)
        if field == "price" and len(slots) == 1 and asks_whether_reduced(view.task.message):
            sentence = _sale_answer(slot, values, view)
        if field == "stock" and len(slots) == 1 and asks_yes_no(view.task.message, question) and not view.lines:
            sentence = _stock_answer(slot, sentence, view)
        yield sentence
        if field != "stock" and name in ("colors", "sizes") and _is_sold_out_in_part(slot, view):
            yield view.phrases(
                "details.stock", view.is_plural(slot), it=view.pronoun(slot).it, stock=f"{{{slot}.stock}}"
            )
        if name == "restock" and view.contact():
            yield view.phrases("policy.ask_us", contact=view.contact())


def _is_sold_out_in_part(slot: str, view: ReplyView) -> bool:
    """Whether some variants of the product are sold out and others are not: a list of sizes holds those that can be had."""
    stock = view.fact(f"{slot}.stock")
    return stock is not None and stock.variant is not None and "sold out in " in stock.text


def _sale_answer(slot: str, values: Mapping[str, str], view: ReplyView) -> str:
    """Yes or no to "is it on sale?", with the variant that is, if not all are."""
    is_plural, price = view.is_plural(slot), view.fact(f"{slot}.price")
    if view.is_reduced(slot):
        return view.phrases("details.on_sale", is_plural, **values)
    if "old_price" not in values:
        return view.phrases(f"details.not_on_sale{'_from' if view.is_from(slot) else ''}", is_plural, **values)
    name = price.variant.name if price is not None and price.variant is not None else ""
    color, size = view.text(f"{slot}.color"), view.text(f"{slot}.size")
    option = f"{{{slot}.color}}" if color and names(name, color) else f"size {{{slot}.size}}" if size else ""
    if not option:
        return view.phrases("details.on_sale", is_plural, **values)
    return view.phrases("details.on_sale_in", is_plural, **values, option=option)


def _stock_answer(slot: str, sentence: str, view: ReplyView) -> str:
    stock = view.text(f"{slot}.stock")
    if stock.startswith((_IN_STOCK, "nearly")):
        yes = "Yes, but" if stock.startswith("nearly") else "Yes,"
        return f"{yes} {sentence[:1].lower()}{sentence[1:]}"
    if stock.startswith("sold out"):
        return f"No, {sentence[:1].lower()}{sentence[1:]}"
    return sentence


def _not_stated(slot: str, view: ReplyView) -> Iterator[str]:
    if slot:
        yield view.phrases("details.silent", product=view.name(slot))
    if view.contact():
        yield view.phrases("policy.ask_us", contact=view.contact())
    elif not slot:
        yield view.phrases("policy.not_stated_alone")


def sum_sentences(view: ReplyView) -> Iterator[str]:
    """What code has worked out: totals, what is left of a budget, a difference."""
    for slot in SUM_SLOTS:
        fact = view.fact(slot)
        if fact is not None:
            name = fact.hint if fact.hint in table("sums") else "other"
            if name == "total" and len(view.products) == 1:
                name = "total_of_one"
            yield view.phrases(f"sums.{name}", sum=f"{{{slot}}}", about=f"{{{slot}.about}}")


def compare_reply(step: Compare, slots: Sequence[str], view: ReplyView) -> Iterator[str]:
    """What differs between products, property by property, then the difference in price."""
    lines = view.lines_of(*slots) if len(slots) < 2 else [told for told in view.lines if told.owner in slots]
    field = asked_field(step.on)
    if field in ("stock", "quantity", "price", "rating") and not lines:
        yield from _field_sentences(field, step.on, slots, view)
        yield from _price_difference(slots, view)
        return
    told: set[str] = set()
    for name in dict.fromkeys(_property(each) for each in lines if each.line.value):
        same = [each for each in lines if _property(each) == name]
        owners = list(dict.fromkeys(each.owner for each in same))
        if len(owners) < 2:
            continue
        told |= {each.slot for each in same}
        if len({each.line.value for each in same}) == 1:
            if spoken_name(name) == name:
                yield view.phrases("compare.same", name=name, value=f"{{{same[0].slot}.value}}")
            continue
        if len(owners) > 2:
            yield _among(name, [next(each for each in same if each.owner == owner) for owner in owners], view)
            continue
        pair = [next(each for each in same if each.owner == owner) for owner in owners[:2]]
        yield _verdict(pair, view) or _set_beside(pair, view)
    for slot in slots:
        rest = [each for each in lines if each.owner == slot and each.slot not in told]
        first, second, *_ = [*sorted(distinct(rest), key=lambda each: each.is_review), None, None]
        if first is not None:
            yield _said_of(first, slot, view)
        if second is not None:
            yield view.sentence(second, view.pronoun(slot))
    if not (lines and comparative(Text.of(view.task.message))):
        yield from _price_difference(slots, view)


def _verdict(pair: Sequence[Told], view: ReplyView) -> str:
    """Which of two the customer's own comparison is true of ("which is lighter?"), with both values; "" if they asked none."""
    text = Text.of(view.task.message)
    asked = comparative(text)
    measures = [Measure.parse(each.line.value) for each in pair]
    if asked is None or not any(field in _property(pair[0]).split() for field in asked.fields):
        return ""
    sizes = [
        measure.size for measure in measures if measure and measures[0] and measure.dimension == measures[0].dimension
    ]
    if len(sizes) < 2 or sizes[0] == sizes[1]:
        return ""
    is_first = (sizes[0] < sizes[1]) is (asked.operator is Operator.AT_MOST)
    winner, other = pair if is_first else reversed(pair)
    return view.phrases(
        "compare.verdict",
        view.is_plural(winner.owner),
        product=view.name(winner.owner),
        word=text.lower[slice(*asked.span)].removeprefix("too "),
        reason=view.clause(winner, view.pronoun(winner.owner)).text,
        other=f"{view.name(other.owner)} {{{other.slot}.value}}",
    )


def _among(name: str, lines: Sequence[Told], view: ReplyView) -> str:
    """One property of three or more products: "the weight is 2 kg for the A, 3 kg for the B and 4 kg for the C"."""
    values = [f"{{{each.slot}.value}} for {view.name(each.owner)}" for each in lines]
    return view.phrases("compare.among", name=spoken_name(name), values=listed(values))


def _set_beside(pair: Sequence[Told], view: ReplyView) -> str:
    """The same property of two products in one sentence, without saying its words twice."""
    first, second = (view.clause(each, view.named(each.owner)).text for each in pair)
    names = [view.name(each.owner) for each in pair]
    values = [f"{{{each.slot}.value}}" for each in pair]
    is_alike = first.replace(names[0], "").replace(values[0], "") == second.replace(names[1], "").replace(values[1], "")
    if (negation := _NEGATION.search(second)) and not _NEGATION.search(first) and second.startswith(names[1]):
        second = second[: negation.end()]
    elif is_alike and first.endswith(values[0]) and first.startswith(names[0]):
        return ended(view.phrases("compare.values", first=first, second=f"{names[1]} {values[1]}"))
    elif is_alike and first.endswith(values[0]) and f" of {names[0]} is " in first:
        second = f"that of {names[1]} is {values[1]}"
    return ended(view.phrases("compare.statements", first=first, second=second))


def _said_of(told: Told, slot: str, view: ReplyView) -> str:
    if told.line.kind is LineKind.ATTRIBUTE:
        return ended(capitalized(view.clause(told, view.named(slot)).text))
    return ended(f"The {view.name(slot)[4:]}: {view.clause(told, view.named(slot)).text}")


def _property(told: Told) -> str:
    return told.line.text.partition(":")[0].casefold()


def _price_difference(slots: Sequence[str], view: ReplyView) -> Iterator[str]:
    fact = view.fact("s1")
    if fact is None or fact.hint != "difference" or len(slots) < 2:
        if len(slots) >= 2 and not view.lines:
            first, second = slots[:2]
            if view.fact(f"{first}.price") and view.fact(f"{second}.price"):
                yield view.phrases(
                    "compare.prices", view.is_plural(first),
                    first=view.name(first), first_price=f"{{{first}.price}}",
                    second=view.name(second), second_price=f"{{{second}.price}}",
                )  # fmt: skip
        return
    prices = [_amount(view.text(f"{slot}.price")) for slot in slots[:2]]
    apart = _amount(fact.text)
    if apart == 0:
        yield view.phrases("compare.same_price")
    elif None not in prices and apart is not None and prices[0] is not None and prices[1] is not None:
        cheaper = slots[0] if prices[0] < prices[1] else slots[1]
        if abs(prices[0] - prices[1]) == apart:
            yield view.phrases("compare.cheaper", view.is_plural(cheaper), product=view.name(cheaper), sum="{s1}")
        else:
            yield view.phrases("compare.difference", sum="{s1}")


def _amount(text: str) -> Decimal | None:
    found = _MONEY.search(text)
    return Decimal(found[0].replace(",", "")) if found else None


def choose_reply(step: Choose, slots: Sequence[str], view: ReplyView) -> Iterator[str]:
    """One pick, one reason, one runner-up."""
    if not slots:
        return
    first, *others = slots
    lines = view.lines_of(*slots)
    own = [told for told in lines if told.owner == first]
    reason, more = _reason([told for told in own if told.verdict is Verdict.SUPPORTS])
    subject = view.pronoun(first)
    if reason is not None:
        yield ended(view.phrases("choose.pick", product=view.priced(first), reason=view.clause(reason, subject).text))
        if more is not None and more.is_review:
            yield view.sentence(more, subject)
    elif view.fact(f"{first}.rating"):
        yield view.phrases("choose.rated", product=view.priced(first), rating=f"{{{first}.rating}}")
    else:
        yield view.phrases("choose.bare", product=view.priced(first))
    against = [told for told in own if told.verdict is not Verdict.SUPPORTS]
    yield from (_caveat(told, subject, view) for told in against[:1])
    yield from _stock_note(first, view)
    for slot in others[:1]:
        yield _runner_up("choose", slot, [told for told in lines if told.owner == slot], view)


def bundle_reply(step: Bundle, slots: Sequence[str], view: ReplyView) -> Iterator[str]:
    """The products with their prices, what they come to, and how that stands to the budget."""
    if not slots:
        yield view.phrases("find.nothing")
        return
    yield view.phrases("bundle.set", products=view.list_priced(list(slots)))
    sums = {fact.hint: slot for slot in SUM_SLOTS if (fact := view.fact(slot))}
    is_over = Note.OVER_BUDGET in view.task.brief.notes
    if "total" in sums and len(slots) > 1:
        total, left = f"{{{sums['total']}}}", sums.get("left of budget")
        name = "over" if is_over else "total_left" if left else "total"
        yield view.phrases(f"bundle.{name}", sum=total, left=f"{{{left}}}")
    elif is_over:
        yield view.phrases("bundle.over_only")
    if "total with shipping" in sums:
        yield view.phrases("sums.total with shipping", sum=f"{{{sums['total with shipping']}}}")
    caveats = [told for told in view.lines_of(*slots) if told.verdict is not Verdict.SUPPORTS and not told.is_review]
    for told in caveats[:1]:
        yield ended(
            view.phrases(
                "bundle.caveat", product=view.name(told.owner), reason=view.clause(told, view.pronoun(told.owner)).text
            )
        )
