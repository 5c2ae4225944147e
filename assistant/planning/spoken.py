"""Spoken: what a message can be about, read by code: the products that came up or are named, the kind, the order, the search before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

from assistant.dialogue.need import Need
from assistant.dialogue.thread import Thread
from assistant.planning.grammar.company import company
from assistant.planning.grammar.grammar import Grammar
from assistant.planning.grammar.negation import is_negated, is_owned
from assistant.planning.grammar.reading import Reading
from assistant.planning.grammar.text import Text, clean, stems
from assistant.planning.grammar.words import words
from assistant.planning.plan import Ask, Bundle, Choose, Compare, Details, Find, Policy, Step
from assistant.planning.plan_text import parse_plan
from assistant.planning.question_form import asks_whether_reduced
from assistant.planning.request_form import (
    LONGEST,
    asks_difference,
    asks_for_goods,
    asks_for_like,
    asks_for_like_named,
    asks_in_words,
    asks_total,
    asks_which_of_those,
    chooses_among_those,
    compares_again,
    goes_on,
    opens_with_use,
    orders_ahead,
    part_of,
    points,
    tells_need,
    tells_use,
    without_count,
    without_lead_in,
)
from assistant.planning.thing_form import thing_asked
from retrieval.catalog.filter import Condition, Operator, Sort
from retrieval.catalog.product import Product

_ORDINALS = {"first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3}
_FEW, _MOST_CHOSEN_FROM, _MOST_COMPARED = 3, 6, 4
_BETWEEN_KINDS = 3
"""Words between two kinds that are asked for together: "blankets and some cushions"."""
_LONGEST_KIND = 3
"""Words of the name of a kind."""
_OPENS = 4
"""Words at the start of a message among which the kind it turns to stands."""
_ONES = frozenset({"one", "ones"})
_IT = frozenset({"it", "them", "this", "that", "these", "those"})
_NUMBER = re.compile(r"#(\d+)")
_COUNTS = {"two": 2, "2": 2, "three": 3, "3": 3}
_FIRST_FEW = re.compile(rf"\bfirst (?P<count>{'|'.join(_COUNTS)})\b")
_OF_SHOWN = (Details, Compare, Choose, Find)
_NEGATORS, _PLACES, _THEM, _ASKING = words("negators"), words("places"), words("them"), words("asking for goods")
_SORTS = {
    Sort.PRICE_LOW: "cheapest", Sort.PRICE_HIGH: "dearest", Sort.RATING: "best_rated", Sort.POPULARITY: "popular",
}  # fmt: skip


class Spoken:
    """One message in the light of the conversation before it."""

    def __init__(self, grammar: Grammar, thread: Thread, message: str) -> None:
        self._text = Text.of(grammar.mended(clean(message)))
        self._reading = grammar.read(self._text)
        self._names, self._thread, self._message = grammar.names, thread, message
        self._products = grammar.catalog.products
        counted = Text.of(grammar.mended(clean(without_count(message))))
        naming = grammar.names.read(counted, thread.shown, self._reading.types)
        self._grammar = grammar
        self._named = naming.product_ids if naming else self._spoken_of or self._only_of_kind
        self._nearest = None if asks_for_goods(message) else grammar.names.nearest(self._text)
        self._groups = {*thread.numbers.groups, *map(grammar.names.group_of, self._named)}
        self._words = {token.word for token in self._text.tokens}
        self._stems = {token.stem for token in self._text.tokens}

    @property
    def _spoken_of(self) -> tuple[str, ...]:
        """The product that a message speaks of as "the hiking socks", where it alone is called so; () if it does not."""
        tokens = self._text.tokens
        starts = [place + 1 for place, token in enumerate(tokens) if token.word == "the"]
        phrases = (" ".join(token.word for token in tokens[at : at + length]) for at in starts for length in (3, 2))
        return next(((only,) for phrase in phrases if (only := self._names.only(phrase))), ())

    @property
    def _only_of_kind(self) -> tuple[str, ...]:
        """The product that a message speaks of as "the kettle" where the shop has no other kettle; () if it does not.

        What the record of a product in view speaks of is a part of that: "the bag" of a ukulele that comes with one.
        """
        tokens = [token for token in self._text.tokens if token.is_word]
        starts = [place + 1 for place, token in enumerate(tokens) if token.word == "the"] if self._reading.types else []
        for start in starts:
            for end in range(min(start + _LONGEST_KIND, len(tokens)), start, -1):
                phrase = " ".join(token.word for token in tokens[start:end])
                reading = self._grammar.read(Text(phrase))
                if not reading.types or reading.rest or reading.conditions:
                    continue
                of_kind = [
                    id for id, each in self._products.items() if all(kind.accepts(each) for kind in reading.types)
                ]
                is_one = len({*map(self._names.group_of, of_kind)}) == 1
                return (of_kind[0],) if is_one and tokens[end - 1].stem not in self._words_in_view else ()
        return ()

    @property
    def _words_in_view(self) -> set[str]:
        """The words of the records in view."""
        seen = [self._products[id] for id in (*self._thread.shown, self._thread.page) if id in self._products]
        return {word for each in seen for word in (*_words_of(each), *stems(each.description))}

    @cached_property
    def goods_asked(self) -> tuple[str, ...]:
        """The product that the message asks whether the shop has, by words of its title and nothing else: "do you have order pads?".

        A title can hold a word of service (basket, invoice, tracking); here the title counts.
        """
        if not asks_for_goods(self._message):
            return ()
        words = [token.word for token in self._text.tokens if token.is_word and token.word not in _ASKING]
        titled = self._names.titled(" ".join(words))
        return (titled,) if titled else ()

    @property
    def question_of_offer(self) -> str:
        """What a message about the offer of a product that it names asks of its record, "" if nothing: can it be ordered before it is
        there, does it cost less than an amount in another currency.
        """
        if not self._named:
            return ""
        if orders_ahead(self._message):
            return f"{self.said} in stock"
        return f"{self.said} price" if self._reading.has_foreign_money else ""

    @property
    def option_asked_of(self) -> tuple[str, ...]:
        """The product in view if the message asks for a color or size of it and nothing else: "do you have it in XL"; () if not."""
        fields = {condition.field for condition in self._reading.conditions}
        is_of_options = bool(fields) and fields <= {"color", "size"} and not self._reading.rest
        return self.in_view if is_of_options and not self.kind and points(self._message) else ()

    @property
    def reduced_in_view(self) -> tuple[str, ...]:
        """The product in view, if its record has a sale; () if it has none."""
        return tuple(id for id in self.in_view if id in self._products and self._is_ever_reduced(id))

    def _is_ever_reduced(self, id: str) -> bool:
        variants = self._grammar.catalog.variants(self._products[id])
        return any(each.sale_price is not None for each in variants)

    @property
    def named(self) -> tuple[str, ...]:
        """The products that the message names."""
        return self._named

    @property
    def in_view(self) -> tuple[str, ...]:
        """The product whose page was just opened, else the one named before, else the first in view, else the one whose page is open."""
        return (*self._opened, *self._named_before, *self._thread.shown, *filter(None, [self._thread.page]))[:1]

    @cached_property
    def _named_before(self) -> tuple[str, ...]:
        """The product that the message before named, if a page answered it: "is the stove allowed on planes", then "how do I clean it"."""
        last = self._thread.turns[-1] if self._thread.turns else None
        if last is None or not last.plan.startswith("policy"):
            return ()
        naming = self._names.read(Text.of(self._grammar.mended(clean(last.message))), self._thread.shown)
        return naming.product_ids[:1] if naming else ()

    @property
    def similar_to(self) -> str:
        """The product that the message asks for others like, named, placed in the list or in view; "" if it asks for none."""
        if not asks_for_like(self._message):
            return ""
        seen = () if asks_for_like_named(self._message) else self.in_view
        return next((id for id in (*self._named[:1], *self._placed, *seen) if id in self._products), "")

    @property
    def said(self) -> str:
        """The message as an argument of a step."""
        return " ".join(self._message.split())[:LONGEST]

    @property
    def kind(self) -> str:
        """The kind of product that the message names, as a plan writes it, or ""; both of "cushions and blankets"."""
        return " and ".join(self._kinds_together) or kind_named(self._reading)

    @cached_property
    def unknown_thing(self) -> str:
        """What the message asks for by its grammar where it names no kind of this shop: "a pepper mill" after towels; "" if nothing.

        What the records in view speak of is a part or property of them: "a lid?" of a pot that has one.
        """
        if self.kind or self._named or self._reading.comparative:
            return ""
        thing = thing_asked(self._message)
        return thing if thing and stems(thing)[-1] not in self._words_in_view else ""

    @cached_property
    def turns_to_another_kind(self) -> bool:
        """Whether the message looks for another kind of thing than the search before: "and do you have hats" after tents."""
        last, now = self.last_search.kind if self.last_search else "", self.kind or self.unknown_thing
        return bool(last and now) and stems(now)[-1] != stems(last)[-1]

    @property
    def kind_in_view(self) -> str:
        """The kind of the first product in view, as a plan writes it, or ""."""
        return next((self.kind_of(id) for id in self._thread.shown if id in self._products), "")

    def kind_of(self, id: str) -> str:
        """The kind of a product of the catalog, as a plan writes it, or ""."""
        return next((kind.casefold() for kind in self._products[id].category_path[-1:]), "")

    @cached_property
    def _kinds_together(self) -> tuple[str, ...]:
        """Kinds that are asked for side by side, joined by "and", "or" or a comma."""
        tokens = self._text.tokens
        values = [value.casefold() for each in self._reading.types for value in each.values]
        ends = {stems(value)[-1]: value for value in values}
        places = [(place, ends[token.stem]) for place, token in enumerate(tokens) if token.stem in ends]
        for (at, first), (then, second) in pairwise(places):
            between = [token.word for token in tokens[at + 1 : then]]
            if first != second and between[:1] in (["and"], ["or"], [","], ["&"]) and len(between) <= _BETWEEN_KINDS:
                return first, second
        return ()

    @property
    def rules_out(self) -> bool:
        """Whether the message has a word of negation."""
        return not self._words.isdisjoint(_NEGATORS)

    def says_more_than(self, text: str) -> bool:
        """Whether the message has a word that means something, is no limit, and does not stand in `text`."""
        return not {word for word in self._reading.rest if word.isalpha()} <= set(stems(text))

    @property
    def names_money(self) -> bool:
        """Whether the message names an amount of money."""
        return self._reading.has_foreign_money or bool(_limits_of_price(self._reading))

    @cached_property
    def budget(self) -> str:
        """The words of the message that limit the price, "under 20 quid"; "" if none do."""
        limits = _limits_of_price(self._reading)
        if not limits:
            return ""
        text, tokens = self._text.lower, self._text.tokens

        def limits_the_same(said: str) -> bool:
            return _limits_of_price(self._grammar.read(Text(said))) == limits

        later = (text[token.start :] for token in reversed(tokens))
        said = next(filter(limits_the_same, later), text)
        shorter = (said[: token.end - len(text) or None] for token in tokens if token.end > len(text) - len(said))
        return next(filter(limits_the_same, shorter), said)

    @property
    def sort(self) -> str:
        """The order that the message asks for, as a plan writes it, or ""."""
        if any(condition.field == "discount" for condition in self._reading.conditions):
            return "on_sale"
        if self._reading.sort in (Sort.HIGHEST, Sort.LOWEST):
            return f"{'most' if self._reading.sort is Sort.HIGHEST else 'least'} {self._reading.sort_field}"
        return _SORTS.get(self._reading.sort, "")

    @property
    def most_of_shown(self) -> bool:
        """Whether the message asks for the first of those in view by some order: "which of these is the lightest"."""
        return bool(self.sort and self._thread.shown[1:]) and chooses_among_those(self._message)

    @cached_property
    def last_search(self) -> Find | None:
        """The latest search of the conversation."""
        lines = (line for turn in reversed(self._thread.turns) for line in turn.plan.splitlines())
        found = next((line for line in lines if line.startswith("find ")), "")
        steps = parse_plan(found, lambda label: None, Need()).steps if found else ()
        return next((step for step in steps if isinstance(step, Find)), None)

    @cached_property
    def ruled_out(self) -> tuple[str, ...]:
        """Words of products that the message rules out and that are no color, brand or material of the catalog: "not down"."""
        tokens = self._text.tokens
        return tuple(
            token.word
            for place, token in enumerate(tokens)
            if self._names.is_in_titles((token.stem,)) and is_negated(tokens, place, place + 1, ())
        )

    @property
    def names_goods(self) -> bool:
        """Whether the message names a product, a kind, a limit or an order."""
        return bool(self._named or self.kind or self.sort or self._reading.conditions)

    @cached_property
    def search(self) -> Find | None:
        """The search that the message is if code reads all of it: kinds, limits and orders, and no word more; else None.

        "Cheapest first" and "under 80" go on with the search before; "is it in stock" and "in black?" ask about what was shown.
        """
        last = self.last_search
        ranks = bool(self.sort or self._reading.comparative)
        is_about_shown = points(self._message) and not (ranks and self._words & _ONES)
        if self._reading.rest or self._named or is_about_shown or not self._is_search(last):
            return None
        goes_on = last is not None and not self.kind
        limits = self.said if self._reading.conditions or ranks else ""
        want = "; ".join(filter(None, [last.want if last and goes_on else "", limits]))[:LONGEST]
        return Find(kind=self.kind or (last.kind if last and goes_on else ""), want=want, sort=self.sort)

    def _is_search(self, last: Find | None) -> bool:
        """Whether limits, kinds and orders alone ask for a search rather than for a property of a product in view."""
        fields = {condition.field for condition in self._reading.conditions}
        is_list_fresh = bool(self._thread.turns) and self._thread.turns[-1].plan.startswith("find ")
        if self.kind or fields - {"availability", "discount", "color", "size"} or self._reading.comparative:
            return bool(self.kind or fields or last)
        if self.sort:
            return self.sort != "on_sale" or not (self._thread.shown and asks_whether_reduced(self._message))
        return is_list_fresh and bool(fields & {"color", "size"})

    def whom(self, planned: str) -> str:
        """Whom the thing is for: as planned, else as the message says, else as said before if the message still speaks of them.

        A budget is nobody's age: "my wife, maybe 60 dollars".
        """
        meant = company(self._text)
        is_other = meant.whom and meant.is_child is not None and meant.whom not in stems(planned)
        if (
            planned
            and not is_other
            and not any(str(each.number) in planned.split() for each in self._reading.conditions)
        ):
            return planned
        if meant.count:
            return f"{meant.count} people"
        if meant.whom and meant.is_child is not None:
            return meant.whom
        is_same = not self._words.isdisjoint(_THEM) or not self.kind
        return self._thread.need.whom if is_same else ""

    def step_by_code(self) -> Step:
        """What to do about a message that no plan fits: ask about what it names, look for it, or ask the pages."""
        if self._named:
            return Details(of=self._named, question=self.said)
        if not self.names_goods and asks_in_words(self._message):
            return Policy(question=self.said)
        return Find(kind=self.kind, want=self.said, sort=self.sort)

    def names(self, kind: str) -> bool:
        """Whether the message has every word of `kind`."""
        return self._stems.issuperset(stems(kind))

    def has_already(self, kind: str) -> bool:
        """Whether the message says that somebody has such a thing: "he already has binoculars"."""
        last = stems(kind)[-1:]
        tokens = self._text.tokens
        return any((token.stem,) == last and is_owned(tokens, place) for place, token in enumerate(tokens))

    def about(self, step: Step) -> Step:
        """The step about products that came up or are named; one that is about others becomes the step that fits what was said.

        A question about what the plan finds stands.
        """
        if isinstance(step, Details) and not step.of:
            return step
        if asks_difference(self._message) and isinstance(step, _OF_SHOWN) and len(self._side_by_side) > 1:
            return Compare(of=self._side_by_side)
        if isinstance(step, Find) and self._spoken_of and not asks_for_goods(self._message):
            return Details(of=self._spoken_of, question=self.said)
        if isinstance(step, Find) and self._asks_for_a_variant:
            return Details(of=self._named, question=self.said)
        if isinstance(step, Find) and not self.kind and compares_again(self._message) and len(self._compared) > 1:
            return Compare(of=self._compared, on=self.said)
        if asks_total(self._message) and isinstance(step, (Compare, Choose)):
            step = Details(of=step.of, question=self.said)
        if asks_total(self._message) and isinstance(step, (Find, Bundle)) and not self.kind and self._thread.shown:
            step = Details(of=self._numbered(step) or self._thread.shown[:1], question=self.said)
        if isinstance(step, Compare) and self._was_compared(step) and self._reading.comparative is None:
            step = Choose(of=step.of)  # "which is better for two tall people": the same table again would not say
        if self.most_of_shown and isinstance(step, (Details, Choose, Find)):
            return Find(sort=self.sort)
        if isinstance(step, Find) and asks_which_of_those(self._message) and self._thread.shown[1:]:
            return Choose(of=tuple(self._thread.shown[:_MOST_CHOSEN_FROM]))
        if isinstance(step, Find) and asks_difference(self._message) and len(self._few_of_kind) > 1:
            return Compare(of=self._few_of_kind)
        if isinstance(step, Find) and _NUMBER.search(step.kind):
            step = Details(of=self._numbered(step) or ("",), question=self.said)
        if not isinstance(step, (Details, Compare, Choose)):
            return step
        is_one_of_several = isinstance(step, Details) and bool(part_of(self._message, step.question))
        said = step.question if isinstance(step, Details) and is_one_of_several else self.said
        if not self._named and not is_one_of_several and (search := self._search(step)):
            return search
        known = tuple(id for id in step.of if id in self._products and self._has_come_up(id))
        if isinstance(step, Details) and self._named and not self._share_a_group(self._named, known):
            return Details(of=self._named, question=said)  # the model stays with what was spoken of before
        if isinstance(step, Choose) and not self._named and self._thread.shown[1:]:
            known = self._shown_if_others(known)  # "which one would you take" is asked of the list in view
        if isinstance(step, Choose) and len(known) == 1:  # there is nothing to choose between
            return Details(of=known, question=self.said)
        if isinstance(step, Details):
            known = self._placed or self._opened or self._first_unless_told_apart(known)
        if len(known) >= (2 if isinstance(step, Compare) else 1):
            return step.model_copy(update={"of": known})
        if self._named:
            return Details(of=self._named, question=said)
        if self.sort:
            return Find(sort=self.sort)
        if self.kind:
            return Find(kind=self.kind, want=said)
        if self.in_view:
            return Details(of=self.in_view, question=said)
        return Ask(about="which_product") if points(self._message) else Policy(question=said)

    @property
    def _asks_for_a_variant(self) -> bool:
        """Whether the message names one product and a color or size of it: "do you have the Squall jacket in yellow, size M"."""
        is_one = len({*map(self._names.group_of, self._named)}) == 1
        return is_one and any(condition.field in ("color", "size") for condition in self._reading.conditions)

    def _numbered(self, step: Find | Bundle) -> tuple[str, ...]:
        """The products that a search calls by their numbers."""
        kinds = step.kind if isinstance(step, Find) else " ".join(step.kinds)
        named = (self._thread.numbers.product(int(number)) for number in _NUMBER.findall(kinds))
        return tuple(filter(None, named))

    @cached_property
    def _few_of_kind(self) -> tuple[str, ...]:
        """One product of each group of the kind that the message names, if the shop has two or three: "the two fire pits"."""
        types = self._reading.types
        found: dict[str, str] = {}
        for id, product in self._products.items() if types else ():
            if all(kind.accepts(product) for kind in types):
                found.setdefault(self._names.group_of(id), id)
        return tuple(found.values()) if len(found) <= _FEW else ()

    @property
    def _compared(self) -> tuple[str, ...]:
        """The products that the reply before compared, or those that it found if the message compares: "which is lighter"."""
        last = self._thread.turns[-1].plan if self._thread.turns else ""
        is_of_found = last.startswith("find ") and self._reading.comparative is not None
        return tuple(self._thread.shown[:_MOST_COMPARED]) if last.startswith("compare ") or is_of_found else ()

    def _was_compared(self, step: Compare) -> bool:
        """Whether the reply before compared these products, and the message asks for more than to see that again."""
        is_again = set(self._compared) == set(step.of) and not asks_difference(self._message)
        return is_again and bool(self._reading.rest)

    def _shown_if_others(self, known: tuple[str, ...]) -> tuple[str, ...]:
        """The list in view if any of `known` is not of it."""
        shown = tuple(self._thread.shown[:_MOST_CHOSEN_FROM])
        groups = {self._names.group_of(id) for id in shown}
        return known if {self._names.group_of(id) for id in known} <= groups else shown

    def _share_a_group(self, some: Sequence[str], others: Sequence[str]) -> bool:
        """Whether any product is among both, in whatever variant."""
        return not {*map(self._names.group_of, some)}.isdisjoint(map(self._names.group_of, others))

    def _has_come_up(self, id: str) -> bool:
        return self._names.group_of(id) in self._groups or id == self._nearest

    @property
    def _placed(self) -> tuple[str, ...]:
        """The product of the list in view whose place the message names ("the second one"); () if it names none or several."""
        places = [_ORDINALS[token.word] for token in self._text.tokens if token.word in _ORDINALS]
        shown = self._thread.shown
        return shown[places[0] : places[0] + 1] if len(places) == 1 and places[0] < len(shown) else ()

    @property
    def _side_by_side(self) -> tuple[str, ...]:
        """The products that the message sets side by side: by their places in the list, by name, or one by name and the one in view."""
        places = [_ORDINALS[token.word] for token in self._text.tokens if token.word in _ORDINALS]
        if counted := _FIRST_FEW.search(self._text.lower):
            places = list(range(_COUNTS[counted["count"]]))
        if len(places) > 1:
            return tuple(self._thread.shown[place] for place in places if place < len(self._thread.shown))
        naming = self._names.read(self._text, self._thread.shown)  # of any kind: "the Dovecote and the travel mug"
        named = {self._names.group_of(id): id for id in (naming.product_ids if naming else self._named)}
        if len(named) == 1 and points(self._message):
            named = {**{self._names.group_of(id): id for id in self.in_view}, **named}
        return tuple(named.values())

    @property
    def _opened(self) -> tuple[str, ...]:
        """The product whose page was opened after the last reply: the next question is about it, unless it names another."""
        is_meant = self._thread.is_page_new and not self._named and self._thread.page in self._products
        return (self._thread.page,) if is_meant else ()

    def _first_unless_told_apart(self, of: tuple[str, ...]) -> tuple[str, ...]:
        """The first product of a list just shown, unless the message tells which other one it is about."""
        shown = self._thread.shown
        is_fresh = bool(self._thread.turns) and self._thread.turns[-1].plan.startswith("find ")
        if not is_fresh or len(of) != 1 or of[0] not in shown[1:] or not self._words.isdisjoint(_PLACES):
            return of
        own, first = (set(_words_of(self._products[id])) for id in (of[0], shown[0]) if id in self._products)
        return of if (own - first) & self._stems else shown[:1]

    def _search(self, step: Step) -> Find | None:
        """The search that a message wants which was planned as a question about products in view; None if it wants none."""
        types = self._reading.types
        in_view = [each for each in self._in_view(step) if any(kind.accepts(each) for kind in types)]
        if types and asks_for_goods(self._message) and not (in_view and isinstance(step, Details)):
            return Find(kind=self.kind, want=self.said)
        if types and isinstance(step, Details) and not in_view and (not asks_in_words(self._message) or self._turns_to):
            return Find(kind=self.kind, want=self.said)  # "and shoes to go with it", "and the sunscreen, is it greasy"
        last = self.last_search
        if not isinstance(step, Details) or last is None:
            return None
        if self._words & _IT and not self.kind and asks_in_words(self._message):
            return None  # "is there any nut oil in it"
        if not self.kind and asks_for_goods(self._message) and not goes_on(self._message):
            return Find(want=self.said)  # "anything to grind the beans" is no kettle
        is_for_somebody = tells_use(self._message) and (
            bool(company(self._text).whom) or (opens_with_use(self._message) and not self._words & _IT)
        )
        if is_for_somebody or tells_need(self._message) or asks_for_goods(self._message):
            if kind := self.kind or last.kind:
                return Find(kind=kind, want=self.said)
            return Find(want="; ".join(filter(None, [last.want, self.said]))[:LONGEST])
        return None

    @property
    def _turns_to(self) -> bool:
        """Whether the message turns to a kind by naming it first: "and the sunscreen, does it leave marks"."""
        words = stems(without_lead_in(self._message))
        return words[:1] == ("the",) and stems(self.kind)[-1] in words[1:_OPENS]

    def _in_view(self, step: Step) -> list[Product]:
        ids = step.of if isinstance(step, (Details, Compare, Choose)) else ()
        return [self._products[id] for id in (*ids, *self._thread.shown) if id in self._products]


def kind_named(reading: Reading) -> str:
    """The first kind of product that was read, of "a rug for under the table" the rug, as a plan writes it; "" if none was.

    A word for several kinds is none of them: "jackets" are rain jackets and fleece jackets.
    """
    values = [value.casefold() for each in reading.types if each.operator is Operator.IN for value in each.values]
    heads = {value.split()[-1] for value in values}
    is_one_word_of_several = len(values) > 1 and len(heads) == 1
    return heads.pop() if is_one_word_of_several else values[0] if values else ""


def _limits_of_price(reading: Reading) -> tuple[Condition, ...]:
    return tuple(each for each in reading.conditions if each.field == "price")


def _words_of(product: Product) -> Sequence[str]:
    """What tells a product from others of a list: its title, color, material and attributes."""
    return stems(
        " ".join([product.title, product.color, product.material, product.brand, *product.attributes.values()])
    )
