"""Grammar: reads one message with the vocabulary of one catalogue, in the light of what was shown before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from assistant.conversation.conversation import State
from assistant.understanding.grammar import references
from assistant.understanding.grammar.amounts import Amounts
from assistant.understanding.grammar.comparatives import Comparative, bound, comparative
from assistant.understanding.grammar.coverage import Coverage
from assistant.understanding.grammar.dropping import Dropping, gives_up
from assistant.understanding.grammar.english import is_word
from assistant.understanding.grammar.lexicon import Lexicon
from assistant.understanding.grammar.measures import measured_attributes
from assistant.understanding.grammar.mentions import Mention, Mentions
from assistant.understanding.grammar.names import Names
from assistant.understanding.grammar.offers import offers
from assistant.understanding.grammar.order_number import OrderNumber, order_number
from assistant.understanding.grammar.ordering import Order, Ordering
from assistant.understanding.grammar.properties import Properties
from assistant.understanding.grammar.quantity import Quantity, quantity
from assistant.understanding.grammar.query import need, query, sought
from assistant.understanding.grammar.reading import Reading
from assistant.understanding.grammar.references import Kind, Pointing
from assistant.understanding.grammar.text import Span, Text, stem
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.filter import Condition, Filter, Operator
from retrieval.index.document import words

_REACH = 20
"""Characters behind "doesn't have to be" within which a value is given up."""
_USE = re.compile(r"s? for (?:an? |my |our |the |his |her |their )?(?P<use>[a-z]{3,})\b")
_DEMONSTRATIVE = re.compile(r"\b(?:the|that|this)\b")
_ONE = re.compile(r"\b(?:the|that|this)\b.*\bones?\b")
_Found = TypeVar("_Found", OrderNumber | None, Comparative | None, Order | None, Quantity | None)


class Grammar:
    """Everything that can be read with one catalogue's vocabulary. Immutable, safe to share between threads."""

    def __init__(self, catalog: Catalog) -> None:
        facets = catalog.facets
        self.catalog = catalog
        self.coverage = Coverage(catalog)
        self.lexicon = Lexicon.of(catalog)
        self._attributes = measured_attributes(facets)
        self._amounts = Amounts(self._attributes, self.lexicon.names_type, facets.currency)
        self._ordering = Ordering(self._attributes)
        self._mentions = Mentions(self.lexicon, self.coverage)
        self._names = Names(catalog, self.lexicon)
        self._properties = Properties(facets.attributes)
        self._dropping = Dropping(facets.attributes)
        is_word("")  # loads the English words

    def read(self, text: Text, state: State, *, is_gift: bool = False) -> Reading:
        """Everything that `text` says, given what was shown before it; `is_gift` leaves out for whom it is.

        The surest signs are read first, and what is read is hidden from the next.
        """
        rest, before = _Rest(text), _kinds(state.request.filter if state.request else Filter())
        number = rest.hide(order_number(rest.text, self.lexicon.titles, announced_only=True))
        kinds = _conditions(self._types(self._mentions.read(rest.text)))
        amounts = self._amounts.read(rest.text, lambda name: self.coverage.has(name, kinds or before))
        rest.without(amount.span for amount in amounts)
        number = number or rest.hide(order_number(rest.text, self.lexicon.titles))
        given_up = self._dropping.read(rest.text)
        rest.without(given_up.spans)
        pointing = self._pointed(rest, kinds, state)
        compared, order = self._ranked(rest)
        reduced = offers(rest.text)
        rest.without(offer.span for offer in reduced)
        mentions = self._mentions.read(rest.text, before)
        pointing = pointing or self._described(text, mentions, state)
        released = _given_up(text, mentions)
        rest.without(mention.span for mention in released)
        mentions = tuple(mention for mention in mentions if mention not in released)
        strays = [mention for mention in mentions if self._strays(mention, text)]
        mentions = tuple(mention for mention in mentions if mention not in strays)
        types = self._types(mentions)
        wanted = [m for m in mentions if m not in types and not _is_in_name(m, pointing)]
        measured = (condition for amount in amounts for condition in amount.conditions)
        reading = Reading(
            conditions=(*measured, *(offer.condition for offer in reduced), *merged(wanted)),
            types=merged(types),
            dropped=tuple(dict.fromkeys((*given_up.fields, *(mention.field for mention in released)))),
            pointing=pointing,
            comparative=compared,
            order_id=number.id if number else "",
            has_foreign_money=any(amount.is_foreign for amount in amounts),
            words=sum(token.is_word for token in text.tokens),
        )
        reading = _ordered(reading, order)
        rest.without(mention.span for mention in mentions if mention not in types)
        return self._worded(self._asked(reading, text, state), rest, types, strays, is_gift)

    def mended(self, text: str) -> str:
        """`text` with mistyped words of the catalogue mended, for the head to read."""
        for token in reversed(Text(text).tokens):
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

    @staticmethod
    def _types(mentions: Iterable[Mention]) -> list[Mention]:
        return [mention for mention in mentions if mention.field == "product_type" and not mention.negated]

    def _strays(self, mention: Mention, text: Text) -> bool:
        """Whether a kind is named by half its name, and is not for the use that is named: "a bag for my laptop"."""
        use = _USE.match(text.lower, mention.span[1])
        if mention.field != "product_type" or mention.whole or mention.negated or use is None:
            return False
        word = words(use["use"])[0]
        return self.coverage.speaks_of(word) and not self.coverage.speaks_of(word, [mention.condition])

    def _pointed(self, rest: _Rest, kinds: Sequence[Condition], state: State) -> Pointing | None:
        """Products pointed at by rank, place, name or pronoun, the surest first; names stay to be read as words."""
        text, shown = rest.text, state.shown
        pointing = references.by_rank(text, shown, self.catalog) or references.by_order(text, shown)
        pointing = pointing or self._names.read(text, shown, kinds) or references.by_pronoun(text, state)
        if pointing and pointing.kind not in (Kind.NAME, Kind.EXTREME):
            rest.without(pointing.spans)
        return pointing

    def _described(self, text: Text, mentions: Sequence[Mention], state: State) -> Pointing | None:
        """ "The green one", "the Kestrel", "the gold one": products shown, by what is said of them."""
        if not mentions:
            return references.by_title_word(text, state.shown, self.catalog)
        is_brand = any(mention.field == "brand" for mention in mentions) and _DEMONSTRATIVE.search(text.lower)
        if not is_brand and not _ONE.search(text.lower):
            return None
        return references.by_facets(mentions, state.shown, self.catalog)

    def _ranked(self, rest: _Rest) -> tuple[Comparative | None, Order | None]:
        """A comparison and an order; words of the one are not read as the other."""
        compared, order = comparative(rest.text), self._ordering.read(rest.text)
        if order and compared and _overlap(order.span, [compared.span]):
            order = None
        rest.hide(compared)
        rest.hide(order)
        return compared, order

    def _asked(self, reading: Reading, text: Text, state: State) -> Reading:
        """`reading` with the property asked about, the words of names left aside."""
        pointing = reading.pointing
        ids = reading.product_ids or ((state.focus,) if state.focus else state.shown)
        products = [self.catalog.products[id] for id in ids if id in self.catalog.products]
        own = tuple(name for product in products for name in product.attributes)
        is_name = pointing is not None and pointing.kind is Kind.NAME
        about = self._properties.read(text.without(pointing.spans) if pointing and is_name else text, own)
        return replace(reading, about=about, about_own=about in own)

    def _worded(
        self, reading: Reading, rest: _Rest, types: Sequence[Mention], strays: Sequence[Mention], is_gift: bool
    ) -> Reading:
        """`reading` with the quantity, and with the words that are left to search for, those of kinds in any case."""
        pieces = rest.hide(quantity(rest.text))
        left = sought(rest.text)
        fields = frozenset(stem(word) for condition in reading.conditions for word in condition.field.split("_"))
        named = query(
            left, self.lexicon.correct, [mention.span for mention in (*types, *strays)], fields, is_gift=is_gift
        )
        is_need = len(named.split()) > 1 and not types and not is_gift
        known = sum(stem(word) in self.lexicon.words or stem(word) in self.lexicon.titles for word in named.split())
        return replace(
            reading, quantity=pieces.count if pieces else None, query=need(left) if is_need else named, known=known
        )


def merged(mentions: Iterable[Mention]) -> tuple[Condition, ...]:
    """Mentions as conditions, "grey or black" as one."""
    conditions: list[Condition] = []
    for new in _conditions(mentions):
        same = next((c for c in conditions if (c.field, c.operator) == (new.field, new.operator)), None)
        if same is None:
            conditions.append(new)
        else:
            values = tuple(dict.fromkeys((*same.values, *new.values)))
            conditions[conditions.index(same)] = replace(same, values=values)
    return tuple(conditions)


class _Rest:
    """What is left of a text to read."""

    def __init__(self, text: Text) -> None:
        self.text = text

    def without(self, spans: Iterable[Span]) -> None:
        """Hides `spans`."""
        self.text = self.text.without(spans)

    def hide(self, found: _Found) -> _Found:
        """Hides where `found` stands, and hands it on."""
        if found is not None:
            self.without([found.span])
        return found


def _conditions(mentions: Iterable[Mention]) -> tuple[Condition, ...]:
    return tuple(mention.condition for mention in mentions)


def _kinds(kept: Filter) -> tuple[Condition, ...]:
    return tuple(c for c in kept.conditions if c.field == "product_type" and c.operator is Operator.IN)


def _ordered(reading: Reading, order: Order | None) -> Reading:
    return replace(reading, sort=order.sort, sort_field=order.field) if order else reading


def _given_up(text: Text, mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    """ "It doesn't have to be red" gives the colour up: the mentions behind it."""
    span = gives_up(text)
    return tuple(m for m in mentions if 0 <= m.span[0] - span[1] < _REACH) if span else ()


def _is_in_name(mention: Mention, pointing: Pointing | None) -> bool:
    """Whether the words of a mention belong to a product's name, and demand nothing."""
    return pointing is not None and pointing.kind is Kind.NAME and _overlap(mention.span, pointing.spans)


def _overlap(span: Span, others: Iterable[Span]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)
