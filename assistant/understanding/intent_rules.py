"""Intent rules: the head's guess for one clause, corrected by what the grammar read and what was shown before.

A head sees words alone. Whether "in blue" refines a search, asks about a product or starts a new search is decided by
what there is to refine, so that is done here, in the open, one rule a function.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from assistant.conversation.conversation import State
from assistant.intents import ABOUT_PRODUCT, SEARCHES, SERVICE, TALK, IntentName
from assistant.understanding.grammar.english import is_word
from assistant.understanding.grammar.reading import Reading
from assistant.understanding.grammar.references import Kind
from assistant.understanding.intent_head import Guess
from assistant.understanding.refinement import holds
from retrieval.filter import Filter, Sort

_I = IntentName

_UNSURE, _CLEAR = 0.45, 0.8
"""Probabilities below which the head has no clear idea, and from which it does."""

_SOUNDS_LIKE_POLICY = frozenset({_I.POLICY_QUESTION, _I.DELIVERY_PERIOD, _I.CHECK_REFUND_POLICY, _I.SHIPPING_COST})
_CONTINUES = re.compile(r"(?:and|what about|how about|what of|same for|then)\b", re.IGNORECASE)
_QUESTION = re.compile(r"(?:how|what|is|are|does|tell|which|can|why)\b", re.IGNORECASE)
_COMPARES = re.compile(r"\bvs\b|\bor\b|differen|compar", re.IGNORECASE)
_GOES_ON = re.compile(r"(?:and|but|or|with|for|in|only|without|what about|how about) ", re.IGNORECASE)
_WHICH = re.compile(r"(?:and |so |ok,? )?(?:which|what)\b", re.IGNORECASE)
_HAS = re.compile(r"(?:do you (?:\w+ )?(?:have|sell|stock|carry)|have you|got any|show me|any)\b", re.IGNORECASE)
_LIKE = re.compile(r"\b(?:something|anything|one|ones|similar|more) like\b", re.IGNORECASE)
_CONTENTS = re.compile(r"\bin (?:it|that)\b|\bcontents?\b|\bitems\b", re.IGNORECASE)

_FEW_WORDS = 3
_HARDLY = 0.05
"""Below this, a text is hardly a matter of any shop."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: its text, the head's guesses (best first), what the grammar read, and the conversation before it."""

    text: str
    guesses: tuple[Guess, ...]
    reading: Reading
    state: State
    threshold: float

    @property
    def best(self) -> Guess:
        """The likeliest intent."""
        return self.guesses[0]

    @property
    def is_known(self) -> bool:
        """Whether the head takes the clause for a matter of the shop."""
        return self.best.known >= self.threshold and self.best.name != _I.OUT_OF_SCOPE

    @property
    def has_search(self) -> bool:
        """Whether there is an earlier search to go on with."""
        return self.state.request is not None

    @property
    def has_product(self) -> bool:
        """Whether it is clear which product is meant: pointed at, or the one last spoken of."""
        return bool(self.reading.product_ids or self.state.focus)

    @property
    def is_bare(self) -> bool:
        """Whether a demand is all that is said ("in blue", "under 50")."""
        return self.reading.demands and not self.reading.query and not self.reading.names_type


Rule = Callable[[Clause, str], str]
"""Given the clause and the intent so far, the intent."""


def intent_of(clause: Clause) -> tuple[str, float]:
    """Name and confidence of the clause's intent."""
    name = clause.best.name if clause.is_known else _I.OUT_OF_SCOPE
    for rule in _RULES:
        name = rule(clause, name)
    agreed = next((guess.probability for guess in clause.guesses if guess.name == name), 0.0)
    return name, round(max(agreed, 0.5 if name != clause.best.name else 0.0), 3)


def _number_alone(clause: Clause, name: str) -> str:
    """A message that is hardly more than an order number asks where the order is."""
    if clause.reading.order_id and (clause.reading.words <= 3 or name not in SERVICE):
        return name if name in SERVICE and clause.best.probability > 0.6 else _I.TRACK_ORDER
    return name


def _drops(clause: Clause, name: str) -> str:
    """Giving something up needs something to give up."""
    request = clause.state.request
    if clause.reading.dropped and request is not None and holds(request.filter, clause.reading.dropped):
        return _I.DROP_FILTER
    if name == _I.DROP_FILTER and not clause.reading.dropped:
        if clause.reading.demands and clause.has_search:
            return _I.REFINE
        return _I.FIND_PRODUCT if clause.reading.demands else _I.START_OVER if clause.has_search else _I.OUT_OF_SCOPE
    return name


def _unknown_but_sought(clause: Clause, name: str) -> str:
    """Rejected by the head, but it speaks of the catalogue: a search."""
    reading, best = clause.reading, clause.best
    if name != _I.OUT_OF_SCOPE or _is_instruction(clause.text):
        return name
    if clause.is_bare and clause.has_search:
        return _I.REFINE
    if reading.names_type and best.name in SEARCHES and best.probability >= _CLEAR and best.known >= _HARDLY:
        return _I.FIND_PRODUCT
    speaks_of_it = reading.query and reading.known >= 0.5 * len(reading.query.split())
    if reading.pointing and reading.pointing.kind is Kind.NAME:
        if best.name in ABOUT_PRODUCT and best.known >= _HARDLY:
            return best.name
        return _I.ASK_PRODUCT if _QUESTION.match(clause.text) else _I.FIND_PRODUCT
    if speaks_of_it and reading.words <= 8 and (best.known >= _HARDLY or reading.words <= 2):
        return _I.FIND_PRODUCT
    return _I.FIND_PRODUCT if reading.conditions and reading.words <= 6 else name


def _demands_after_courtesy(clause: Clause, name: str) -> str:
    """ "No, not orange" and "yes, in blue" are demands, however they begin."""
    is_talk = name in TALK and name not in (_I.OUT_OF_SCOPE, _I.OTHER_LANGUAGE)
    return _I.REFINE if is_talk and clause.is_bare and clause.has_search and clause.reading.conditions else name


def _states_a_limit(clause: Clause, name: str) -> str:
    """ "Around 20 dollars" sounds like a question about a price, but limits the search."""
    is_limit = any(condition.field == "price" for condition in clause.reading.conditions)
    return _I.REFINE if name == _I.PRICE and clause.is_bare and clause.has_search and is_limit else name


def _unsure_but_sought(clause: Clause, name: str) -> str:
    """A demand, or a kind of product with hardly a word around it, is a search, where the head has no clear idea."""
    bare_demand = clause.is_bare and clause.has_search and bool(clause.reading.conditions)
    if bare_demand and clause.reading.words <= _FEW_WORDS and name not in ABOUT_PRODUCT | SEARCHES:
        return _I.REFINE
    if clause.best.probability >= _UNSURE or clause.best.known < _HARDLY:
        return name
    if bare_demand:
        return _I.REFINE
    is_search = name in SEARCHES | ABOUT_PRODUCT
    return _I.FIND_PRODUCT if not is_search and clause.reading.names_type and clause.reading.words <= 6 else name


def _refines_or_finds(clause: Clause, name: str) -> str:
    """A new kind of product is a new search; a bare demand goes on with the one before it."""
    reading = clause.reading
    if name == _I.REFINE:
        if not clause.has_search:
            return _I.FIND_PRODUCT if reading.demands or reading.query else _I.RECOMMEND
        return _I.FIND_PRODUCT if is_new_kind(clause.reading, clause.state) else name
    if name == _I.FIND_PRODUCT and clause.has_search and clause.is_bare:
        return _I.REFINE
    several = len(reading.product_ids) != 1 or (reading.pointing is not None and reading.pointing.kind is Kind.EXTREME)
    ranks = reading.sort is not Sort.RELEVANCE and not reading.comparative and clause.has_search
    if ranks and several and (name == _I.COMPARE or (name in ABOUT_PRODUCT and _WHICH.match(clause.text))):
        return _I.REFINE  # "which of them is the cheapest?" orders what was found
    if name == _I.FIND_PRODUCT and clause.has_search and not reading.names_type and _GOES_ON.match(clause.text):
        return _I.REFINE  # "and for winter?"
    if name == _I.BEST_SELLERS and reading.sort not in (Sort.RELEVANCE, Sort.POPULARITY):
        return _I.FIND_PRODUCT
    if name == _I.MORE_RESULTS and is_new_kind(reading, clause.state):
        return _I.FIND_PRODUCT
    return name


def _asks_without_product(clause: Clause, name: str) -> str:
    """A question about "it" needs a product; one about a kind of product is a search."""
    reading = clause.reading
    if name not in ABOUT_PRODUCT or name in (_I.COMPARE, _I.CART_ADD, _I.CART_REMOVE) or reading.product_ids:
        return name
    if reading.names_type and not (reading.pointing and clause.state.focus):
        return name if name in (_I.SIMILAR,) and clause.state.focus else _I.FIND_PRODUCT
    if clause.is_bare and reading.sort is not Sort.RELEVANCE and clause.has_search and reading.pointing is None:
        return _I.REFINE  # "best rated" orders what was found
    if name == _I.SIMILAR and reading.comparative and not clause.state.focus and clause.has_search:
        return _I.REFINE  # "a cheaper alternative" to all that was shown
    picks = reading.sort is not Sort.RELEVANCE or any(c.field != "availability" for c in reading.conditions)
    if not clause.state.focus and clause.has_search and picks and name in (_I.AVAILABILITY, _I.OPTIONS, _I.ASK_PRODUCT):
        return _I.REFINE
    by_brand = any(condition.field == "brand" for condition in reading.conditions)
    return _I.FIND_PRODUCT if by_brand and reading.pointing is None else name  # "what do you have from Kestrel?"


def _sought_by_name(clause: Clause, name: str) -> str:
    """Looking for a product by its name is asking whether it is there; by its place among those shown, about it."""
    pointing = clause.reading.pointing
    by_place = pointing is not None and pointing.product_ids and pointing.kind in (Kind.ORDINAL, Kind.FACETS)
    if name not in (_I.FIND_PRODUCT, _I.REFINE) or not by_place or clause.reading.comparative:
        return name
    return _I.COMPARE if len(clause.reading.product_ids) > 1 and _COMPARES.search(clause.text) else _I.ASK_PRODUCT


def _continues_question(clause: Clause, name: str) -> str:
    """ "And the second one?" says nothing but which: what was asked of the one before, else in general."""
    reading, pointing = clause.reading, clause.reading.pointing
    if pointing is None or not pointing.product_ids or pointing.kind not in (Kind.ORDINAL, Kind.NAME, Kind.FACETS):
        return name
    several = len(pointing.product_ids) > 1
    only_points = not reading.query and not reading.about and reading.words <= 7 and pointing.kind is not Kind.NAME
    if only_points and not several and clause.state.asked and name == _I.ASK_PRODUCT and _CONTINUES.match(clause.text):
        return clause.state.asked
    unsure = only_points and clause.best.probability < _CLEAR and name in (_I.CART_ADD, _I.FIND_PRODUCT)
    if unsure or (name in TALK and reading.words <= 8):
        return _I.COMPARE if several else _I.ASK_PRODUCT
    return name


def _asks_for_goods(clause: Clause, name: str) -> str:
    """ "Do you have first aid kits?" sounds like a question of policy; "anything like the Alder tent" like a search."""
    reading = clause.reading
    wants_kind = reading.names_type and reading.pointing is None and not clause.state.focus
    if name in (_I.CART_ADD, _I.PLACE_ORDER) and wants_kind:
        return _I.FIND_PRODUCT  # "I want to buy 3 helmets"
    if name == _I.BROWSE and (reading.conditions or reading.names_type):
        return _I.FIND_PRODUCT
    if name == _I.POLICY_QUESTION and reading.names_type and (_HAS.match(clause.text) or reading.conditions):
        return _I.FIND_PRODUCT
    if name == _I.CART_ADD and clause.is_bare and clause.has_search and reading.conditions and not reading.product_ids:
        return _I.REFINE  # "the blue one", when none of those shown is blue
    is_likeness = reading.pointing is not None and reading.pointing.kind is Kind.NAME and _LIKE.search(clause.text)
    return _I.SIMILAR if name == _I.FIND_PRODUCT and is_likeness else name


def _asks_of_product(clause: Clause, name: str) -> str:
    """A question that sounds like one of policy, about a property that the product meant has on its record."""
    reading = clause.reading
    if name not in _SOUNDS_LIKE_POLICY or not reading.about_own or reading.pointing is None or not reading.product_ids:
        return name
    on_terms = any(word in reading.about for word in ("return", "shipping", "delivery"))
    return _I.ASK_PRODUCT if on_terms or name in (_I.POLICY_QUESTION, _I.DELIVERY_PERIOD) else name


def _asks_of_order(clause: Clause, name: str) -> str:
    """ "What is in it?" after an order was spoken of, and no product."""
    pointing, state = clause.reading.pointing, clause.state
    unclear = pointing is not None and not pointing.product_ids
    if name == _I.ASK_PRODUCT and state.order_id and unclear and _CONTENTS.search(clause.text):
        return _I.ORDER_ITEMS
    return name


def _asks_what_to_do(clause: Clause, name: str) -> str:
    """ "What can I do about that?" asks for help with the matter spoken of, not for what the assistant can do."""
    goes_back = re.search(r"\b(?:about|with) (?:it|that|this)\b", clause.text, re.IGNORECASE)
    return _I.REPORT_PROBLEM if name == _I.CAPABILITIES and goes_back and clause.state.question else name


def _offers(clause: Clause, name: str) -> str:
    """ "On sale" with a kind of product is a search among the reduced."""
    if name == _I.ON_SALE and clause.reading.product_ids:
        return _I.PRICE
    return name


def _legible(clause: Clause, name: str) -> str:
    """Nothing but noise is not understood rather than out of scope."""
    unsure = name == _I.OUT_OF_SCOPE or clause.best.probability < _CLEAR
    reading = clause.reading
    if unsure and not (reading.known or reading.order_id or reading.demands) and is_noise(clause.text):
        return _I.NOT_UNDERSTOOD
    return name


_RULES: tuple[Rule, ...] = (
    _number_alone, _drops, _unknown_but_sought, _demands_after_courtesy, _states_a_limit, _unsure_but_sought,
    _refines_or_finds, _asks_without_product, _sought_by_name, _asks_for_goods, _asks_of_product, _asks_of_order, _asks_what_to_do, _continues_question, _offers, _legible,
)  # fmt: skip


def is_new_kind(reading: Reading, state: State) -> bool:
    """Whether the reading wants another kind of product than the search before it."""
    if not reading.names_type:
        return False
    before = _type_values(state.request.filter) if state.request else frozenset()
    return not _type_values(Filter(reading.types)) <= before


def starts_afresh(name: str, reading: Reading, state: State) -> bool:
    """Whether an intent opens a search of its own rather than going on with the one before it."""
    if state.request is None or name not in SEARCHES | {_I.START_OVER}:
        return name in SEARCHES
    if name in (_I.REFINE, _I.DROP_FILTER, _I.MORE_RESULTS):
        return False
    return bool(reading.names_type or reading.query or name != _I.ON_SALE)


def is_noise(text: str) -> bool:
    """Whether no word of `text` is an English one."""
    words = re.findall(r"[a-z']+", text.lower())
    return not any(
        is_word(word) and (len(word) > 2 or word in ("hi", "ok", "no", "i", "a", "me", "my", "it")) for word in words
    )


def _is_instruction(text: str) -> bool:
    """Text that tells the assistant how to behave rather than what is wanted."""
    return bool(
        re.search(
            r"\b(?:ignore|disregard|forget) (?:all |any |your |the |previous |prior |above "
            r")*(?:instructions?|rules|prompts?)\b|\bsystem prompt\b|\byou are now\b|\bpretend (?:to be|you)\b",
            text.lower(),
        )
    )


def _type_values(filter: Filter) -> frozenset[str]:
    return frozenset(value for c in filter.conditions if c.field == "product_type" for value in c.values)
