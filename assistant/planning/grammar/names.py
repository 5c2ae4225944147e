"""Names: products called by their titles ("the Alder tent"), in whatever words of the title a customer keeps."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from math import log

from assistant.planning.grammar.english import FUNCTION_WORDS, is_ordinary
from assistant.planning.grammar.lexicon import Lexicon, title_stems
from assistant.planning.grammar.text import Span, Text, Token, stems
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.filter import Condition
from retrieval.catalog.product import Product

_NO_BRACKETS = str.maketrans("[]", "()")
_MOST_NAMED = 3
_MOST_ALIKE = 2
_MOST_SEARCHED = 200
_IN_FULL, _ENOUGH = 0.85, 0.6
"""Shares of a title, by the weight of its words, that name the product whatever else is said, and at all."""


@dataclass(frozen=True, slots=True)
class Naming:
    """Products named in a text, in the order named, and where."""

    product_ids: tuple[str, ...]
    spans: tuple[Span, ...]


class Names:
    """Finds products of one catalogue by their titles; variants of a group have one name."""

    def __init__(self, catalog: Catalog, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._members: dict[str, list[Product]] = defaultdict(list)
        for product in catalog.products.values():
            self._members[product.item_group_id or product.id].append(product)
        self._group_of = {product.id: group for group, members in self._members.items() for product in members}
        self._kind_words = {
            word for product in catalog.products.values() for word in stems(" ".join(product.category_path))
        }
        self._titles: dict[str, tuple[str, ...]] = {}
        self._by_word: dict[str, set[str]] = defaultdict(set)
        self._by_kind: dict[str, set[str]] = defaultdict(set)
        for group, members in self._members.items():
            words = dict.fromkeys(word for word in title_stems(members[0]) if word not in FUNCTION_WORDS)
            self._titles[group] = tuple(words)
            for word in words:
                self._by_word[word].add(group)
            for word in stems(" ".join(members[0].category_path[-1:])):
                self._by_kind[word].add(group)

    def group_of(self, id: str) -> str:
        """The key of the group that the product with this id belongs to."""
        return self._group_of[id]

    def title_of(self, id: str) -> str:
        """The title of the product with this id, without the signs that end a label in a plan."""
        return next(p.title for p in self._members[self._group_of[id]] if p.id == id).translate(_NO_BRACKETS)

    def called(self, words: Iterable[str]) -> list[Product]:
        """One product of each group with one of these stems in its title or in the name of its kind; most stems first, at most 200."""
        own = {word: self._by_word.get(word, set()) | self._by_kind.get(word, set()) for word in words}
        counts = Counter(group for word in sorted(own) for group in sorted(own[word]))
        return [self._members[group][0] for group, _ in counts.most_common(_MOST_SEARCHED)]

    def is_telling(self, word: str) -> bool:
        """Whether this stem can tell a product by itself: no ordinary word, no facet's, and in few titles."""
        return word in self._by_word and self._is_telling(word)

    def read(self, text: Text, shown: Sequence[str] = (), kinds: Sequence[Condition] = ()) -> Naming | None:
        """The products that `text` names, in the order named: of each group the one that is shown, or its first.

        Only products that meet one of `kinds`, the product types named, if there are any. Two that the words fit equally
        are both meant; more are none, unless they are shown.
        """
        tokens = [token for token in text.tokens if token.is_word and token.stem in self._by_word]
        said = {token.stem for token in tokens}
        strengths = self._strengths(said, kinds)
        preferred = {self._group_of[id] for id in shown if id in self._group_of}
        named: list[str] = []
        used: set[str] = set()
        while strengths and len(named) < _MOST_NAMED:
            strongest = max(strengths.values())
            alike = [group for group, strength in strengths.items() if strength > strongest - 1e-9]
            alike = [group for group in alike if group in preferred] or alike
            if len(alike) <= _MOST_ALIKE:
                named += [group for group in alike if self._is_named(group, said, preferred, len(alike))]
            used |= {word for group in alike for word in self._titles[group] if word in said}
            strengths = {
                group: strength for group, strength in strengths.items() if (said - used) & set(self._titles[group])
            }
        return self._naming(named[:_MOST_NAMED], tokens, shown) if named else None

    def is_in_titles(self, phrase: Sequence[str], kinds: Sequence[Condition] = ()) -> bool:
        """Whether the title of some product, of `kinds` if any are given, has all these stems."""
        groups = set.intersection(*(self._by_word.get(word, set()) for word in phrase)) if phrase else set()
        return any(all(kind.accepts(self._members[group][0]) for kind in kinds) for group in groups)

    def only(self, phrase: str) -> str | None:
        """The product that alone has every word of `phrase` in its title: "hiking socks", where one of the socks is called so."""
        words = [word for word in stems(phrase) if word not in FUNCTION_WORDS]
        groups = set.intersection(*(self._by_word.get(word, set()) for word in words)) if len(words) > 1 else set()
        return self._members[groups.pop()][0].id if len(groups) == 1 else None

    def titled(self, phrase: str) -> str | None:
        """The product whose title alone is `phrase` or ends with it, in two words or more: "tracking collars" is the GPS tracking collar."""
        said = stems(phrase)
        known = [self._by_word[word] for word in said if word in self._by_word]
        near = set.intersection(*known) if known and len(said) > 1 else set()
        called = [group for group in near if title_stems(self._members[group][0])[-len(said) :] == tuple(said)]
        return self._members[called[0]][0].id if len(called) == 1 else None

    def nearest(self, phrase: Text) -> str | None:
        """The product whose title has most of the words of `phrase`, by their weight; None if it has not half of them.

        For a phrase that is known to name one product, in words that may be those of a material: "merino top". Words of kinds alone
        ("hiking boots") name none.
        """
        said = {token.stem for token in phrase.tokens if token.is_word and token.stem in self._by_word}
        groups = {group for word in said for group in self._by_word[word]}
        weights = {
            group: self._weight(word for word in self._titles[group] if word in said) for group in sorted(groups)
        }
        best = max(weights, key=lambda group: weights[group], default="")
        is_named = best and not said.intersection(self._titles[best]) <= self._kind_words
        return self._members[best][0].id if is_named and 2 * weights[best] >= self._weight(said) else None

    def _strengths(self, said: Collection[str], kinds: Sequence[Condition]) -> dict[str, float]:
        """Groups with a telling word among those said, and the weight of all their words that are."""
        groups = {group for word in said if self._is_telling(word) for group in self._by_word[word]}
        groups |= self._spelled_out(said)
        fitting = (group for group in groups if self._fits(group, said, kinds))
        return {group: self._weight(word for word in self._titles[group] if word in said) for group in sorted(fitting)}

    def _spelled_out(self, said: Collection[str]) -> set[str]:
        """Groups whose whole title of two words or more is said, unless it names no more than a kind ("rain jacket")."""
        rare = (word for word in said if len(self._by_word[word]) <= _MOST_SEARCHED)
        near = {group for word in rare for group in self._by_word[word]}
        whole = (group for group in near if len(self._titles[group]) > 1 and set(self._titles[group]) <= set(said))
        return {group for group in whole if not self._lexicon.words.issuperset(self._titles[group])}

    def _fits(self, group: str, said: Collection[str], kinds: Sequence[Condition]) -> bool:
        """Whether a group is of a kind that is named, or is itself named almost in full."""
        title = self._titles[group]
        in_full = self._weight(word for word in title if word in said) >= _IN_FULL * self._weight(title)
        return in_full or not kinds or any(kind.accepts(self._members[group][0]) for kind in kinds)

    def _is_named(self, group: str, said: Collection[str], preferred: Collection[str], alike: int) -> bool:
        """Whether enough of a title is said: most of it, two words of it, or a word that only the titles `alike` have."""
        words = [word for word in self._titles[group] if word in said]
        alone = any(len(self._by_word[word]) <= alike for word in self._telling(group, said))
        return (
            group in preferred
            or alone
            or len(words) > 1
            or self._weight(words) >= _ENOUGH * self._weight(self._titles[group])
        )

    def _telling(self, group: str, said: Collection[str]) -> list[str]:
        return [word for word in self._titles[group] if word in said and self._is_telling(word)]

    def _is_telling(self, word: str) -> bool:
        """Whether a word can tell a product: no facet's word, no ordinary one, in few titles."""
        rare = len(self._by_word[word]) <= max(8, len(self._titles) // 20)
        return (
            rare and len(word) > 2 and not word.isdigit() and word not in self._lexicon.words and not is_ordinary(word)
        )

    def _weight(self, words: Iterable[str]) -> float:
        """Rare words weigh more, as in inverse document frequency."""
        return sum(log(1 + len(self._titles) / len(self._by_word[word])) for word in words)

    def _naming(self, named: list[str], tokens: Sequence[Token], shown: Sequence[str]) -> Naming:
        places = {token.stem: token.start for token in reversed(tokens)}
        ordered = sorted(named, key=lambda group: max(places[word] for word in self._titles[group] if word in places))
        words = {word for group in named for word in self._titles[group]}
        spans = tuple((token.start, token.end) for token in tokens if token.stem in words)
        return Naming(tuple(self._member(group, shown) for group in ordered), spans)

    def _member(self, group: str, shown: Sequence[str]) -> str:
        ids = [product.id for product in self._members[group]]
        return next((id for id in shown if id in ids), ids[0])
