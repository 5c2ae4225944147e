"""Grammar: reads one message with the vocabulary of one catalogue, in the light of what was shown before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.conversation import State
from assistant.grammar import references
from assistant.grammar.amounts import Amounts
from assistant.grammar.comparatives import Comparative, bound, comparative
from assistant.grammar.coverage import Coverage
from assistant.grammar.dropping import Dropping, gives_up
from assistant.grammar.english import is_word
from assistant.grammar.lexicon import Lexicon, title_stems
from assistant.grammar.measures import measured_attributes
from assistant.grammar.mentions import Mention, Mentions
from assistant.grammar.names import Names
from assistant.grammar.order_number import order_number
from assistant.grammar.ordering import Ordering
from assistant.grammar.properties import Properties
from assistant.grammar.query import need, query
from assistant.grammar.references import Kind, Pointing
from assistant.grammar.text import Span, Text, stem
from retrieval.catalog import Catalog
from retrieval.filter import Condition, Filter, Operator, Sort

_ON_SALE = re.compile(
    r"\bon (?:sale|offer|special|discount)\b|\b(?:discounted|reduced|marked down|clearance|"
    r"sale items?|sale price[sd]?|(?:black friday|cyber monday)(?: deals?)?|deals?|bargains?)\b"
)
_IN_STOCK = re.compile(
    r"\b(?:only |just )?(?:the )?(?:ones? |those |things |items )?(?:that (?:is|are) |which "
    r"are )?(?:in stock|available (?:now|today|right now|immediately)|ready to ship|you (?:actually )?have in "
    r"stock)\b"
)
_QUANTITY = re.compile(
    r"\b(?P<count>[1-9]\d?)\s*(?:x\b|of (?:them|these|those|it|that|this|the)\b|pieces?\b|"
    r"pcs\b|items?\b|units?\b|more of\b|pairs?\b)|\b(?:add|take|buy|want|need|order|get|put|reserve|"
    r"have)\s+(?:me )?(?P<verb>[1-9]\d?)\b(?!\s*(?:%|-|stars?\b))"
)

_NOT_SOUGHT = re.compile(
    r"\bfor (?:my|our|his|her|their|a|the) (?:\w+ )?(?:wife|husband|mum|mom|mother|dad|father|friend|girlfriend|boyfriend|partner|sister|brother|"
    r"son|daughter|grand\w+|aunt|uncle|niece|nephew|cousin|boss|colleague|teacher|neighbou?r)s?\b"
    r"|\b(?:without|except|excluding|non|no|not)[ -](?:any |too |so |very )?[a-z]+\b"
)
"""Parts of a message that a search must not look for: for whom it is, and what is ruled out."""
_REACH = 20
"""Characters behind "doesn't have to be" within which a value is given up."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the grammar found in a piece of a message.

    `conditions` are new demands, `sort` and `sort_field` a wanted order; `dropped` fields are given up ("*" is all).
    `types` are the product types named. `pointing` says which products are meant, `comparative` that something is
    wanted other than those shown. `about` is the property asked of a product, `about_own` whether its record has it.
    `words` counts the words of the text, `known` those of the query that the catalogue has.
    """

    conditions: tuple[Condition, ...] = ()
    sort: Sort = Sort.RELEVANCE
    sort_field: str = ""
    dropped: tuple[str, ...] = ()
    types: tuple[Condition, ...] = ()
    pointing: Pointing | None = None
    comparative: Comparative | None = None
    about: str = ""
    about_own: bool = False
    order_id: str = ""
    quantity: int | None = None
    query: str = ""
    words: int = 0
    known: int = 0

    @property
    def product_ids(self) -> tuple[str, ...]:
        """The products pointed at."""
        return self.pointing.product_ids if self.pointing else ()

    @property
    def names_type(self) -> bool:
        """Whether a product type is wanted by name."""
        return any(condition.operator is Operator.IN for condition in self.types)

    @property
    def demands(self) -> bool:
        """Whether anything is said that a search can use."""
        return bool(self.conditions or self.types or self.sort is not Sort.RELEVANCE or self.comparative)


class Grammar:
    """Everything that can be read with one catalogue's vocabulary. Immutable, safe to share between threads."""

    def __init__(self, catalog: Catalog) -> None:
        facets = catalog.facets
        self.catalog = catalog
        self.coverage = Coverage(catalog)
        self.lexicon = Lexicon.of(catalog)
        self.titles = frozenset(word for product in catalog.products.values() for word in title_stems(product))
        self._attributes = measured_attributes(facets)
        self._amounts = Amounts(self._attributes)
        self._ordering = Ordering(self._attributes)
        self._mentions = Mentions(self.lexicon, self.coverage, self.titles)
        self._names = Names(catalog, self.lexicon)
        self._properties = Properties(facets.attributes)
        self._dropping = Dropping(facets.attributes)
        is_word("")  # loads the English words

    def read(self, text: Text, state: State, *, is_gift: bool = False) -> Reading:
        """Everything that `text` says, given what was shown before it."""
        carried = _types(state.request.filter if state.request else Filter())
        number = order_number(text, self.titles, announced_only=True)
        rest = text.without([number.span]) if number else text
        kinds = tuple(m.condition for m in self._mentions.read(rest) if m.field == "product_type" and not m.negated)
        amounts = self._amounts.read(rest, lambda name: self.coverage.has(name, kinds or carried))
        rest = rest.without(amount.span for amount in amounts)
        number = number or order_number(rest, self.titles)
        rest = rest.without([number.span]) if number else rest
        given_up = self._dropping.read(rest)
        rest = rest.without(given_up.spans)
        pointing, rest = self._pointed(rest, kinds, state)
        compared = comparative(rest)
        order = self._ordering.read(rest)
        if order and compared and _overlap(order.span, [compared.span]):
            order = None
        rest = rest.without([*([order.span] if order else []), *([compared.span] if compared else [])])
        offers, rest = _offers(rest)
        mentions = self._mentions.read(rest, carried)
        pointing = pointing or self._by_facets(text, mentions, state)
        if pointing is None and not mentions:
            pointing = references.by_title_word(text, state.shown, self.catalog)
        released = _given_up(text, mentions)
        rest = rest.without(mention.span for mention in released)
        mentions = tuple(mention for mention in mentions if mention not in released)
        named = [mention for mention in mentions if mention.field == "product_type" and not mention.negated]
        wanted = [mention for mention in mentions if mention not in named]
        if pointing is not None and pointing.kind is Kind.NAME:  # words of a name are no demands
            wanted = [mention for mention in wanted if not _overlap(mention.span, pointing.spans)]
        conditions = (*(c for amount in amounts for c in amount.conditions), *offers, *merged(wanted))
        quantity = _QUANTITY.search(rest.lower)
        left = rest.without([*(mention.span for mention in wanted), *([quantity.span()] if quantity else [])])
        left = left.without(match.span() for match in _NOT_SOUGHT.finditer(left.lower))
        own = self._own_attributes(pointing, state)
        unnamed = text.without(pointing.spans) if pointing is not None and pointing.kind is Kind.NAME else text
        about = self._properties.read(unnamed, own)
        words = query(left, self.lexicon.correct, [m.span for m in named], _said(conditions), is_gift=is_gift)
        return Reading(
            conditions=conditions,
            sort=order.sort if order else Sort.RELEVANCE,
            sort_field=order.field if order else "",
            dropped=tuple(dict.fromkeys((*given_up.fields, *(mention.field for mention in released)))),
            types=merged(named),
            pointing=pointing,
            comparative=compared,
            about=about,
            about_own=about in own,
            order_id=number.id if number else "",
            quantity=int(quantity["count"] or quantity["verb"]) if quantity else None,
            query=need(left) if len(words.split()) > 1 and not named and not is_gift else words,
            words=sum(token.is_word for token in text.tokens),
            known=sum(stem(word) in self.lexicon.words or stem(word) in self.titles for word in words.split()),
        )

    def mended(self, text: str) -> str:
        """`text` with mistyped words of the catalogue mended, for the head to read."""
        cleaned = Text(text)
        for token in reversed(cleaned.tokens):
            fixed = self.lexicon.correct(token.stem) if token.is_word else token.stem
            if fixed != token.stem:
                text = text[: token.start] + fixed + text[token.end :]
        return text

    def comparison(self, reading: Reading, products: Sequence[str], kept: Filter) -> Condition | None:
        """The bound that the reading's comparative means beside `products`, within what `kept` accepts."""
        baseline = [self.catalog.products[id] for id in products if id in self.catalog.products]
        if reading.comparative is None or not baseline:
            return None

        def can_be_met(condition: Condition) -> bool:
            whole = kept.adding([condition])
            return any(whole.accepts(product) for product in self.coverage.products(whole.conditions))

        return bound(reading.comparative, baseline, self._attributes, can_be_met)

    def _pointed(self, text: Text, kinds: Sequence[Condition], state: State) -> tuple[Pointing | None, Text]:
        """Products pointed at by place, rank, name or pronoun, the surest first."""
        shown = state.shown
        pointing = references.by_rank(text, shown, self.catalog) or references.by_order(text, shown)
        if pointing is None:
            pointing = self._names.read(text, shown, kinds)
            if pointing is not None:
                return pointing, text
            pointing = references.by_pronoun(text, state)
        hides = pointing is not None and pointing.kind is not Kind.EXTREME
        return pointing, text.without(pointing.spans) if pointing and hides else text

    def _by_facets(self, text: Text, mentions: Sequence[Mention], state: State) -> Pointing | None:
        if not re.search(r"\b(?:the|that|this)\b.*\bones?\b", text.lower) and not (
            re.search(r"\b(?:the|that|this)\b", text.lower) and any(m.field == "brand" for m in mentions)
        ):
            return None
        return references.by_facets(text, mentions, state.shown, self.catalog)

    def _own_attributes(self, pointing: Pointing | None, state: State) -> tuple[str, ...]:
        ids = (pointing.product_ids if pointing else ()) or ((state.focus,) if state.focus else state.shown)
        return tuple(name for id in ids if id in self.catalog.products for name in self.catalog.products[id].attributes)


def merged(mentions: Iterable[Mention]) -> tuple[Condition, ...]:
    """Mentions as conditions, "grey or black" as one; a product type within another stays beside it."""
    conditions: list[Condition] = []
    for mention in mentions:
        new = mention.condition
        same = next((c for c in conditions if (c.field, c.operator) == (new.field, new.operator)), None)
        if same is None:
            conditions.append(new)
        else:
            values = tuple(dict.fromkeys((*same.values, *new.values)))
            conditions[conditions.index(same)] = replace(same, values=values)
    return tuple(conditions)


def _types(kept: Filter) -> tuple[Condition, ...]:
    return tuple(c for c in kept.conditions if c.field == "product_type" and c.operator is Operator.IN)


def _offers(text: Text) -> tuple[tuple[Condition, ...], Text]:
    """ "On sale" and "in stock" as conditions."""
    conditions = []
    sale, stock = _ON_SALE.search(text.lower), _IN_STOCK.search(text.lower)
    if sale:
        conditions.append(Condition("discount", Operator.AT_LEAST, number=Decimal("0.01")))
    if stock:
        conditions.append(Condition("availability", Operator.IN, ("in_stock",)))
    return tuple(conditions), text.without(match.span() for match in (sale, stock) if match)


def _given_up(text: Text, mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    """ "It doesn't have to be red" gives the colour up: the mentions behind it."""
    span = gives_up(text)
    return tuple(m for m in mentions if 0 <= m.span[0] - span[1] < _REACH) if span else ()


def _overlap(span: Span, others: Iterable[Span]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def _said(conditions: Iterable[Condition]) -> frozenset[str]:
    """Stems of the names of the attributes that conditions are on."""
    return frozenset(stem(word) for c in conditions for word in c.field.split("_"))
