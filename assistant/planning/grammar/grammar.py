"""Grammar: reads the hard limits of a text with the vocabulary of one catalog."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from assistant.planning.grammar.amounts import Amounts
from assistant.planning.grammar.company import Company, company, is_person, room_for
from assistant.planning.grammar.comparatives import Comparative, bound, comparative
from assistant.planning.grammar.coverage import Coverage
from assistant.planning.grammar.english import FUNCTION_WORDS, is_word
from assistant.planning.grammar.lexicon import Lexicon
from assistant.planning.grammar.measures import MeasuredAttribute, measured_attributes
from assistant.planning.grammar.mentions import Mention, Mentions
from assistant.planning.grammar.names import Names, Naming
from assistant.planning.grammar.offers import offers
from assistant.planning.grammar.order_number import OrderNumber, order_number
from assistant.planning.grammar.ordering import Order, Ordering
from assistant.planning.grammar.reading import Reading
from assistant.planning.grammar.temperature import DIMENSION, Temperature, temperature
from assistant.planning.grammar.text import Span, Text
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.filter import Condition, Filter, Operator
from retrieval.index.document import words

_USE = re.compile(r"s? for (?:an? |my |our |the |his |her |their )?(?P<use>[a-z]{3,})\b")
_Found = TypeVar("_Found", OrderNumber | None, Comparative | None, Order | None, Temperature | None)


class Grammar:
    """Everything that can be read with one catalog's vocabulary. Immutable, safe to share between threads."""

    def __init__(self, catalog: Catalog) -> None:
        facets = catalog.facets
        self.catalog = catalog
        self.coverage = Coverage(catalog)
        self.lexicon = Lexicon.of(catalog)
        self.names = Names(catalog, self.lexicon)
        self._attributes = measured_attributes(facets)
        self.currency = facets.currency
        self._amounts = Amounts(self._attributes, self.lexicon.names_type, facets.currency)
        self._ordering = Ordering(self._attributes)
        self._mentions = Mentions(self.lexicon, self.coverage)
        is_word("")  # loads the English words

    def read(self, text: Text, sought: Iterable[Condition] = ()) -> Reading:
        """Every limit and order that `text` states of a kind it names, else of the kinds `sought`.

        The surest signs are read first, and what is read is hidden from the next.
        """
        rest = _Rest(text)
        number = rest.hide(order_number(rest.text, self.lexicon.titles, announced_only=True))
        kinds = _conditions(self._types(self._mentions.read(rest.text))) or tuple(sought)
        meant = company(rest.text)
        rest.without(meant.spans)
        cold = temperature(rest.text)
        degrees = cold.condition(self._having(DIMENSION, kinds)) if cold and kinds else None
        rest.hide(cold if degrees else None)
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
            conditions=(
                *self._for_whom(meant, kinds),
                *([degrees] if degrees else []),
                *measured,
                *(offer.condition for offer in reduced),
                *merged(wanted),
            ),
            types=merged(types),
            comparative=compared,
            order_id=number.id if number else "",
            has_foreign_money=any(amount.is_foreign for amount in amounts),
            rest=_unread(rest.text),
        )
        return replace(reading, sort=order.sort, sort_field=order.field) if order else reading

    def modifier(self, text: Text) -> str:
        """The stem of the word right before the kind that is named, if it is no limit itself: "electric" of "an electric kettle"."""
        mentions = self._mentions.read(text)
        kinds = self._types(mentions)
        if not kinds:
            return ""
        before = next((token for token in reversed(text.tokens) if token.end <= kinds[0].span[0]), None)
        if before is None or not before.word.isalpha() or kinds[0].span[0] - before.end != 1:
            return ""
        is_limit = any(mention.span[0] <= before.start < mention.span[1] for mention in mentions)
        is_telling = FUNCTION_WORDS.isdisjoint({before.word, before.stem}) and not is_person(before.stem)
        return before.stem if is_telling and not is_limit else ""

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

    def _for_whom(self, meant: Company, kinds: Sequence[Condition]) -> Iterator[Condition]:
        """What the people whom a thing is for ask of it: room for all, and things for children or for adults."""
        room = next((each for each in self._having("people", kinds) if self._is_usual(each, kinds)), None)
        if meant.count and kinds and room and any(measure.size >= meant.count for measure in room.values.values()):
            yield room_for(meant.count, room.name)
        yield from (each for each in meant.conditions if self.coverage.allows([*kinds, each]))

    def _is_usual(self, attribute: MeasuredAttribute, kinds: Sequence[Condition]) -> bool:
        """Whether most products of `kinds` have the attribute: tents have room for people, stoves have none."""
        having = self.coverage.count([*kinds, Condition(attribute.name, Operator.IN, tuple(attribute.values))])
        return 2 * having > self.coverage.count(kinds)

    def _having(self, dimension: str, kinds: Sequence[Condition]) -> tuple[MeasuredAttribute, ...]:
        """The attributes of a dimension that products of `kinds` have."""
        return tuple(
            each
            for each in self._attributes.get(dimension, ())
            if self.coverage.allows([*kinds, Condition(each.name, Operator.IN, tuple(each.values))])
        )

    @staticmethod
    def _types(mentions: Iterable[Mention]) -> list[Mention]:
        return [mention for mention in mentions if mention.field == "product_type" and not mention.negated]

    def _strays(self, mention: Mention, text: Text) -> bool:
        """Whether a kind is named by half its name, and is not for the use that is named: "a bag for my laptop"."""
        if mention.field != "product_type" or mention.whole or mention.negated:
            return False
        if self._is_of_another_trade(mention, text):
            return True
        use = _USE.match(text.lower, mention.span[1])
        if use is None:
            return False
        word = words(use["use"])[0]
        return self.coverage.speaks_of(word) and not self.coverage.speaks_of(word, [mention.condition])

    def _is_of_another_trade(self, mention: Mention, text: Text) -> bool:
        """Whether the word before half a name makes it another thing, which no record speaks of: "paddle boards"."""
        before = next((token for token in reversed(text.tokens) if token.end <= mention.span[0]), None)
        if before is None or not before.word.isalpha() or mention.span[0] - before.end != 1:
            return False
        if text.lower[: before.start].endswith("-"):  # "leather-free boots"
            return False
        telling = FUNCTION_WORDS.isdisjoint({before.word, before.stem}) and not is_person(before.stem)
        return (
            telling
            and is_word(before.word)
            and before.stem not in self.lexicon.words
            and not self.coverage.speaks_of(words(before.word)[0])
        )

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
    return tuple(
        token.stem
        for token in telling
        if FUNCTION_WORDS.isdisjoint({token.word, token.stem}) and not is_person(token.stem)
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


def _is_in_name(mention: Mention, naming: Naming | None) -> bool:
    """Whether the words of a mention belong to a product's name, and demand nothing."""
    return naming is not None and _overlap(mention.span, naming.spans)


def _overlap(span: Span, others: Iterable[Span]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)
