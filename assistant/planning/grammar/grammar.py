"""Grammar: reads the hard limits of a text with the vocabulary of one catalog."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from assistant.planning.grammar.amounts import Amounts
from assistant.planning.grammar.comparatives import Comparative, bound, comparative
from assistant.planning.grammar.coverage import Coverage
from assistant.planning.grammar.english import FUNCTION_WORDS, is_word
from assistant.planning.grammar.lexicon import Lexicon
from assistant.planning.grammar.measures import measured_attributes
from assistant.planning.grammar.mentions import Mention, Mentions
from assistant.planning.grammar.names import Names, Naming
from assistant.planning.grammar.offers import offers
from assistant.planning.grammar.order_number import OrderNumber, order_number
from assistant.planning.grammar.ordering import Order, Ordering
from assistant.planning.grammar.reading import Reading
from assistant.planning.grammar.text import Span, Text
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.filter import Condition, Filter
from retrieval.index.document import words

_USE = re.compile(r"s? for (?:an? |my |our |the |his |her |their )?(?P<use>[a-z]{3,})\b")
_Found = TypeVar("_Found", OrderNumber | None, Comparative | None, Order | None)


class Grammar:
    """Everything that can be read with one catalog's vocabulary. Immutable, safe to share between threads."""

    def __init__(self, catalog: Catalog) -> None:
        facets = catalog.facets
        self.catalog = catalog
        self.coverage = Coverage(catalog)
        self.lexicon = Lexicon.of(catalog)
        self.names = Names(catalog, self.lexicon)
        self._attributes = measured_attributes(facets)
        self._amounts = Amounts(self._attributes, self.lexicon.names_type, facets.currency)
        self._ordering = Ordering(self._attributes)
        self._mentions = Mentions(self.lexicon, self.coverage)
        is_word("")  # loads the English words

    def read(self, text: Text) -> Reading:
        """Every limit and order that `text` states.

        The surest signs are read first, and what is read is hidden from the next.
        """
        rest = _Rest(text)
        number = rest.hide(order_number(rest.text, self.lexicon.titles, announced_only=True))
        kinds = _conditions(self._types(self._mentions.read(rest.text)))
        amounts = self._amounts.read(rest.text, lambda name: self.coverage.has(name, kinds))
        rest.without(amount.span for amount in amounts)
        number = number or rest.hide(order_number(rest.text, self.lexicon.titles))
        naming = self.names.read(rest.text, kinds=kinds)
        compared, order = self._ranked(rest)
        reduced = offers(rest.text)
        rest.without(offer.span for offer in reduced)
        mentions = self._mentions.read(rest.text)
        mentions = tuple(mention for mention in mentions if not self._strays(mention, text))
        types = self._types(mentions)
        wanted = [mention for mention in mentions if mention not in types and not _is_in_name(mention, naming)]
        measured = (condition for amount in amounts for condition in amount.conditions)
        rest.without(mention.span for mention in mentions)
        rest.without(naming.spans if naming else ())
        reading = Reading(
            conditions=(*measured, *(offer.condition for offer in reduced), *merged(wanted)),
            types=merged(types),
            comparative=compared,
            order_id=number.id if number else "",
            has_foreign_money=any(amount.is_foreign for amount in amounts),
            rest=_unread(rest.text),
        )
        return replace(reading, sort=order.sort, sort_field=order.field) if order else reading

    def mended(self, text: str) -> str:
        """`text` with mistyped words of the catalog mended."""
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

    def _ranked(self, rest: _Rest) -> tuple[Comparative | None, Order | None]:
        """A comparison and an order; words of the one are not read as the other."""
        compared, order = comparative(rest.text), self._ordering.read(rest.text)
        if order and compared and _overlap(order.span, [compared.span]):
            order = None
        rest.hide(compared)
        rest.hide(order)
        return compared, order


def _unread(text: Text) -> tuple[str, ...]:
    """The stems of the words that mean something; "right now" means no more than "now"."""
    words = [token for token in text.tokens if token.is_word]
    pairs = zip(words, [*words[1:], None], strict=False)
    telling = [token for token, after in pairs if not (token.word == "right" and after and after.word == "now")]
    return tuple(token.stem for token in telling if FUNCTION_WORDS.isdisjoint({token.word, token.stem}))


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


def _is_in_name(mention: Mention, naming: Naming | None) -> bool:
    """Whether the words of a mention belong to a product's name, and demand nothing."""
    return naming is not None and _overlap(mention.span, naming.spans)


def _overlap(span: Span, others: Iterable[Span]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)
