"""References: which of the products shown "the second one", "it", "both" or "the green one" are."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.conversation.conversation import State
from assistant.understanding.grammar.english import FUNCTION_WORDS
from assistant.understanding.grammar.lexicon import title_stems
from assistant.understanding.grammar.mentions import Mention
from assistant.understanding.grammar.text import Span, Text, stems
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.product import Product

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
    r"|(?<=\w )that (?!one\b|product\b|item\b)[a-z]+"
)
_OTHER = re.compile(r"\bthe other(?: one)?\b(?! (?:day|colou?rs?|sizes?))")
_RANKS: tuple[tuple[frozenset[str], Callable[[Product], float]], ...] = (
    (
        frozenset({"cheaper", "cheapest", "less expensive", "least expensive"}),
        lambda product: float(product.current_price.amount),
    ),
    (
        frozenset({"more expensive", "most expensive", "pricier", "priciest", "dearer"}),
        lambda product: -float(product.current_price.amount),
    ),
    (frozenset({"better rated", "best rated", "highest rated", "top rated"}), lambda product: -(product.rating or 0)),
    (frozenset({"most popular"}), lambda product: -product.rating_count),
)
_COMPARATIVES = frozenset(
    {"cheaper", "less expensive", "more expensive", "pricier", "dearer", "better rated", "better-rated"}
)
_RELATIVE = re.compile(
    rf"\bthe (?P<word>{'|'.join(sorted(word.replace(' ', '[- ]') for words, _ in _RANKS for word in words))})"
    r"(?: one|(?P<among> of (?:these|those|them|the two|the three|the 2|the 3)))\b"
)
_CALLED = re.compile(r"\b(?:the|that|this) (?P<words>[\w'-]+(?: [\w'-]+)?) ones?\b")


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
    key = next(key for words, key in _RANKS if match["word"].replace("-", " ") in words)
    is_extreme = match["word"] not in _COMPARATIVES and match["among"] is None
    return Pointing((min(products, key=key).id,), Kind.EXTREME if is_extreme else Kind.ORDINAL, (match.span(),))


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


def by_facets(mentions: Sequence[Mention], shown: Sequence[str], catalog: Catalog) -> Pointing | None:
    """ "The green one", "the Kestrel one": the only products among those shown that carry what is named."""
    positive = [mention for mention in mentions if not mention.negated]
    if not positive:
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
