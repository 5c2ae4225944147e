"""References: which of the products shown "the second one", "it", "both" or "the green one" are, and products by name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import log

from assistant.conversation import State
from assistant.grammar.english import FUNCTION_WORDS, is_ordinary
from assistant.grammar.lexicon import Lexicon, title_stems
from assistant.grammar.mentions import Mention
from assistant.grammar.text import Span, Text, stems
from retrieval.catalog import Catalog
from retrieval.filter import Condition
from retrieval.product import Product

_ORDINALS = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5,
    "sixth": 6, "6th": 6, "last": -1, "final": -1, "bottom": -1, "top": 1, "middle": 0,
}  # fmt: skip
_ORDINAL = "|".join(_ORDINALS)
_NOUN = r"(?: (?:one|ones|option|product|item|result|choice|card|of (?:those|these|them)|from the (?:list|top)))?"
_NOT_ORDINAL_AFTER = (
    r"(?! (?:time|order|class|name|floor|hand|step|week|month|year|night|day|purchase|thing|"
    r"parcel|package|delivery|question|address|account|aid|person|page))"
)
_ONE = re.compile(
    rf"(?:\b(?:the|that|this|your|and|or|vs\.?|versus|about) (?:very )?|"
    rf"^)(?P<ordinal>{_ORDINAL}){_NOUN}{_NOT_ORDINAL_AFTER}(?![\w-])"
    rf"|\b(?P<named>{_ORDINAL}) (?:ones?|option|product|item|result|choice|card)\b|\b(?P<figure>1st|2nd|3rd|"
    rf"[4-6]th)\b{_NOT_ORDINAL_AFTER}"
)
_SEVERAL = re.compile(
    r"\b(?:the )?(?P<end>first|last|top) (?P<count>\d|two|three|four)(?: ones| products| "
    r"items)?(?!\w)(?! (?:days|weeks|months|years|hours|orders))"
)
_NUMBERED = re.compile(r"\b(?:number|no\.?|nr\.?|option|item|product|#)\s?(?P<number>[1-6])(?![\w.,]*\d)(?!\w)")
_PAIR = re.compile(
    r"\b(?P<first>[1-6]) (?:and|or|vs\.?|versus|with|to|against) (?:the |number "
    r")?(?P<second>[1-6])\b(?! (?:stars|people|days|years|persons))"
)
_BOTH = re.compile(
    r"\b(?:both|(?:these|those|the|of them|which of the) (?P<count>2|two|3|three)|these|those|"
    r"them|they|all of (?:them|these)|each of (?:them|these)|either|which of (?:these|those|them))\b"
)
_IT = re.compile(
    r"\b(?:it|its|it's|this one|that one|this|that|this (?:product|item)|that (?:product|item)|the "
    r"same(?: one)?|one like this)\b"
)
_NOT_IT = re.compile(
    r"\b(?:is|was|would be|'s) (?:it|that)(?: for (?:today|now)| all)|\bthat(?:'s| is) (?:all|"
    r"it|too|fine|ok|great|good|right|wrong|not|very|so|nice|why|what)|\bhow(?:'s| is) it going|\bforget (?:it|"
    r"that|about it)|\b(?:by|like|so|than|after|before) that\b|\bthat (?:is|are|has|have|can|will|would|does|i|"
    r"you|we|they|fits?|works?)\b|\bit(?:'s| is| was) (?:for|my|too|a|an|her|his|about|not|been|ok|fine|"
    r"raining)\b|\bthis (?:week|month|year|weekend|time|summer|winter|shop|store|site|chat|morning|evening)\b|"
    r"\bthat (?:time|day|week)\b|\bmake it\b"
)
_OTHER = re.compile(r"\bthe other(?: one)?\b(?! (?:day|colou?rs?|sizes?))")
_RELATIVE = re.compile(
    r"\bthe (?P<word>cheaper|cheapest|less expensive|more expensive|most expensive|pricier|"
    r"priciest|dearer|better[- ]rated|best[- ]rated|highest[- ]rated|top[- ]rated|most popular)(?: one| of "
    r"(?:these|those|them|the two|the three|the 2|the 3))\b"
)
_FACETED = re.compile(r"\b(?:the|that|this) (?:[\w&'-]+ ){0,3}ones?\b|\bones?\b")
_CALLED = re.compile(r"\b(?:the|that|this) (?P<words>[\w'-]+(?: [\w'-]+)?) ones?\b")
_ENOUGH_NAME = 0.6


class Kind(StrEnum):
    """How products were pointed at."""

    ORDINAL = "ordinal"
    EXTREME = "extreme"  # "the cheapest one": of those shown, or of all there are
    PRONOUN = "pronoun"
    FACETS = "facets"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Pointing:
    """Products pointed at, how, and where that was read."""

    product_ids: tuple[str, ...]
    kind: Kind
    spans: tuple[Span, ...]


def by_order(text: Text, shown: Sequence[str]) -> Pointing | None:
    """ "The second one", "number 3", "the first two", "1 and 3": by place among the products shown."""
    if not shown:
        return None
    several = _SEVERAL.search(text.lower)
    if several:
        count = min({"two": 2, "three": 3, "four": 4}.get(several["count"]) or int(several["count"]), len(shown))
        chosen = shown[-count:] if several["end"] == "last" else shown[:count]
        return Pointing(tuple(chosen), Kind.ORDINAL, (several.span(),))
    places: list[tuple[Span, int]] = [
        (match.span(), _ORDINALS[match["ordinal"] or match["named"] or match["figure"]])
        for match in _ONE.finditer(text.lower)
    ]
    places += [(match.span(), int(match["number"])) for match in _NUMBERED.finditer(text.lower)]
    pair = _PAIR.search(text.lower)
    if pair:
        places += [(pair.span(), int(pair["first"])), (pair.span(), int(pair["second"]))]
    places.sort(key=lambda place: place[0])
    ids = [id for _, place in places if (id := _at(shown, place))]
    return Pointing(tuple(dict.fromkeys(ids)), Kind.ORDINAL, tuple(span for span, _ in places)) if ids else None


def by_rank(text: Text, shown: Sequence[str], catalog: Catalog) -> Pointing | None:
    """ "The cheaper one", "the best rated of these": by a comparison among the products shown."""
    match = _RELATIVE.search(text.lower)
    products = [catalog.products[id] for id in shown if id in catalog.products]
    if match is None or not products:
        return None
    word = match["word"].replace("-", " ")
    keys: dict[str, Callable[[Product], float]] = {
        "rated": lambda product: -(product.rating or 0),
        "popular": lambda product: -product.rating_count,
        "expensive": lambda product: -float(product.current_price.amount),
    }
    key = next((key for name, key in keys.items() if name in word and "less" not in word), None)
    if key is None:
        high = word in ("pricier", "priciest", "dearer")
        key = keys["expensive"] if high else lambda product: float(product.current_price.amount)
    kind = (
        Kind.EXTREME
        if match["word"].endswith(("est", "ed", "ar")) and "of" not in match.group().split()
        else Kind.ORDINAL
    )
    kind = (
        Kind.ORDINAL
        if word == "better rated"
        else Kind.EXTREME
        if "most" in word and "of" not in match.group().split()
        else kind
    )
    return Pointing((min(products, key=key).id,), kind, (match.span(),))


def by_pronoun(text: Text, state: State) -> Pointing | None:
    """ "It", "these two", "both", "the other one"; nothing where several products could be meant."""
    shown = state.shown
    other = _OTHER.search(text.lower)
    if other and state.focus and len(shown) == 2:
        ids = tuple(id for id in shown if id != state.focus)
        return Pointing(ids, Kind.PRONOUN, (other.span(),))
    both = _BOTH.search(text.lower)
    if both and state.focus and both.group() in ("they", "them"):
        return Pointing((state.focus,), Kind.PRONOUN, (both.span(),))
    if both and shown:
        count = {"2": 2, "two": 2, "3": 3, "three": 3}.get(
            both["count"] or "", 2 if "both" in both.group() else len(shown)
        )
        return Pointing(tuple(shown[:count]), Kind.PRONOUN, (both.span(),))
    it = next((match for match in _IT.finditer(text.lower) if not _is_idle(text.lower, match)), None)
    if it is None:
        return None
    ids = (state.focus,) if state.focus else shown if len(shown) == 1 else ()
    return Pointing(ids, Kind.PRONOUN, (it.span(),))


def by_facets(text: Text, mentions: Sequence[Mention], shown: Sequence[str], catalog: Catalog) -> Pointing | None:
    """ "The green one", "the Kestrel one": the only products among those shown that carry what is named."""
    positive = [mention for mention in mentions if not mention.negated]
    match = re.search(r"\b(?:the|that|this)\b[^.?!,]*\bones?\b|\bthe\b", text.lower)
    if not shown or not positive or match is None:
        return None
    products = [catalog.products[id] for id in shown if id in catalog.products]
    fitting = [p for p in products if all(_carries(p, mention, catalog) for mention in positive)]
    if not fitting or len(fitting) == len(products) > 1:
        return None
    return Pointing(tuple(product.id for product in fitting), Kind.FACETS, ())


def by_title_word(text: Text, shown: Sequence[str], catalog: Catalog) -> Pointing | None:
    """ "The gold one", where no facet knows gold: those shown, but not all of them, that have the word in their titles."""
    match = _CALLED.search(text.lower)
    if match is None:
        return None
    wanted = set(stems(match["words"])) - FUNCTION_WORDS
    products = [catalog.products[id] for id in shown if id in catalog.products]
    fitting = [product.id for product in products if wanted and wanted <= set(title_stems(product))]
    if not fitting or len(fitting) == len(products):
        return None
    return Pointing(tuple(fitting), Kind.FACETS, (match.span(),))


class Names:
    """Finds products by their titles."""

    def __init__(self, catalog: Catalog, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._titles: dict[str, tuple[str, ...]] = {}
        self._groups: dict[str, list[str]] = defaultdict(list)
        self._first: dict[str, Product] = {}
        for product in catalog.products.values():
            group = product.item_group_id or product.id
            self._titles.setdefault(
                group, tuple(dict.fromkeys(word for word in title_stems(product) if word not in FUNCTION_WORDS))
            )
            self._groups[group].append(product.id)
            self._first.setdefault(group, product)
        self._by_word: dict[str, set[str]] = defaultdict(set)
        for group, words in self._titles.items():
            for word in words:
                self._by_word[word].add(group)

    def read(self, text: Text, shown: Sequence[str] = (), kinds: Sequence[Condition] = ()) -> Pointing | None:
        """The products whose names `text` says, one of each item group (one that is shown, where there is one).

        Only products that meet one of `kinds`, the product types named, if there are any.
        """
        tokens = [token for token in text.tokens if token.is_word]
        words = {token.stem: token for token in tokens if token.stem in self._by_word}
        if not any(self._is_distinctive(word) for word in words):
            return None
        scores: dict[str, float] = defaultdict(float)
        for word in words:
            for group in self._by_word[word]:
                if not kinds or any(kind.accepts(self._first[group]) for kind in kinds):
                    scores[group] += self._weight(word)
        named = self._best(scores, set(words), shown)
        if not named:
            return None
        spans = tuple(
            (token.start, token.end) for token in tokens
            if any(token.stem in self._titles[group] for group in named)
        )  # fmt: skip
        places = {token.stem: token.start for token in reversed(tokens)}
        named.sort(key=lambda group: min(places[word] for word in self._titles[group] if word in places))
        return Pointing(tuple(self._pick(group, shown) for group in named), Kind.NAME, spans)

    def _best(self, scores: Mapping[str, float], words: set[str], shown: Sequence[str]) -> list[str]:
        """Item groups whose names are said: each must be told apart by a distinctive word of its own."""
        named: list[str] = []
        used: set[str] = set()
        shown_groups = {group for group in self._groups if any(id in shown for id in self._groups[group])}
        for group in sorted(
            scores, key=lambda group: (-scores[group], group not in shown_groups, len(self._titles[group]), group)
        ):
            said = [word for word in self._titles[group] if word in words]
            distinctive = [word for word in said if self._is_distinctive(word)]
            if not distinctive or (
                used.intersection(distinctive) and not (named and scores[group] == scores[named[0]])
            ):
                continue
            total = sum(self._weight(word) for word in self._titles[group])
            rivals = [other for other in scores if other != group and scores[other] >= scores[group] - 1e-9]
            rivals = [other for other in rivals if set(distinctive) & set(self._titles[other])]
            if len(rivals) > 1 and group not in shown_groups:
                continue
            if (
                scores[group] >= _ENOUGH_NAME * total
                or len(said) > 1
                or group in shown_groups
                or len(self._by_word[distinctive[0]]) == 1
            ):
                named.append(group)
                used.update(said)
        return named[:3]

    def _is_distinctive(self, word: str) -> bool:
        """Whether a word can tell a product: no facet's word, no ordinary one, in few titles."""
        return (
            len(word) > 2 and not word.isdigit() and not is_ordinary(word) and word not in self._lexicon.words
            and len(self._by_word[word]) <= max(8, len(self._titles) // 20)
        )  # fmt: skip

    def _weight(self, word: str) -> float:
        return log(1 + len(self._titles) / len(self._by_word[word]))

    def _pick(self, group: str, shown: Sequence[str]) -> str:
        ids = self._groups[group]
        return next((id for id in shown if id in ids), ids[0])


def _at(shown: Sequence[str], place: int) -> str:
    if place == -1:
        return shown[-1]
    if place == 0:
        return shown[len(shown) // 2]
    return shown[place - 1] if place <= len(shown) else ""


def _is_idle(lower: str, match: re.Match[str]) -> bool:
    """Whether "it" or "that" points at nothing ("that's all", "it's for my dad")."""
    return any(idle.start() <= match.start() < idle.end() for idle in _NOT_IT.finditer(lower))


def _carries(product: Product, mention: Mention, catalog: Catalog) -> bool:
    return (
        any(mention.condition.accepts(variant) for variant in catalog.variants(product))
        if mention.field in ("color", "size")
        else mention.condition.accepts(product)
    )
