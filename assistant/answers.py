"""Answers: the FAQ or policy that answers each question of a message, where the shop's pages hold one."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from assistant.conversation.conversation import State
from assistant.evidence.wording import stems
from assistant.intents import ABOUT_PRODUCT, SERVICE, IntentName
from assistant.request import Request
from retrieval.catalog.faq import Faq
from retrieval.search.search import FaqHit, Search

ORDER_READING: frozenset[IntentName] = frozenset(
    {IntentName.TRACK_ORDER, IntentName.ORDER_HISTORY, IntentName.ORDER_ITEMS}
)
"""Intents that orders answer, not FAQs."""

_GIVEN = 0.2
_BY_NAME = frozenset({IntentName.CONTACT_CUSTOMER_SERVICE, IntentName.CONTACT_HUMAN_AGENT})
_MOST_HITS = 10
_NAMED, _ALSO, _SPECIAL, _SHARED_WORDS = 0.4, 0.7, 0.15, 0.1
"""What counts beside the cosine, chosen on the first half of `data/shop/questions.yaml`."""
_UNPLACED = ABOUT_PRODUCT - {IntentName.COMPARE, IntentName.SIMILAR, IntentName.CART_ADD, IntentName.CART_REMOVE}
_ON_PAGES = SERVICE - ORDER_READING - _BY_NAME
ON_SHELVES = frozenset(
    {
        IntentName.FIND_PRODUCT,
        IntentName.REFINE,
        IntentName.BROWSE,
        IntentName.GIFT,
        IntentName.SIMILAR,
        IntentName.ON_SALE,
    }
)
"""Intents that the shelves answer, and the pages where a message sounds of service: "do you have gift cards?"."""
_POINTS = re.compile(r"\b(?:it|its|them|they|that|this|those|these|ones?|first|second)\b", re.IGNORECASE)
_WHEN_BACK = re.compile(r"\b(?:back|restock\w*|again|when)\b", re.IGNORECASE)
_GOES_BACK = re.compile(
    r"\b(?:it|its|that|this|there|those|these|them|they)\b|^(?:and|but|or|also|what about|how about|what if|even if|if)\b",
    re.IGNORECASE,
)
_IN_OTHER_WORDS = (
    (
        re.compile(
            r"\b(?:never|not|hasn'?t|didn'?t|isn'?t) (?:yet )?(?:come|came|arrived?|here|received|turned up|delivered)\b",
            re.I,
        ),
        "My parcel has not arrived.",
    ),
    (
        re.compile(
            r"\b(?:wrong size|too (?:small|big|large|tight|loose|long|short)|(?:does|do)(?:n'?t| not) fit)\b", re.I
        ),
        "Can I exchange it for another size?",
    ),
    (re.compile(r"\bwhere (?:are|r) (?:you|u)\b", re.IGNORECASE), "Where are your stores?"),
)
"""What is said in ways of which a title has no word, as a title has it."""
_HOW = re.compile(r"(?:hi|hey|hello|and|so|ok|but|also|[,. ])*how (?:do|should|can|could|must|often)\b", re.IGNORECASE)
_HOW_COUNTS = 0.35
"""How far a question of how to do a thing is one of service."""
_FEW_WORDS = 4
_WHOLE = re.compile(r"(?:so |and |ok,? )?(?:where|who|how|when|are|is|do|does|can|could)\b", re.IGNORECASE)
"""Begins a question that stands alone, however short."""
_CLAUSE_END = re.compile(r"[.?!;]+\s|,?\s+(?:and|also|plus|then)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Cosine from which a FAQ answers: `tagged` for one whose record names the intent, `other` for any other.

    "Any other question on the shop" names no FAQ, whatever the record says.

    `shelves`, less how far the words sound of service, is for messages that name goods and may be no search: "how do I
    wash a down jacket?". `unasked` is for messages that understanding held to be no matter of the shop, or of a product
    that is not there;
    `goods` for one that asks whether the shop has something, which shares words with any page on what it has.
    """

    tagged: float = 0.25
    other: float = 0.45
    shelves: float = 0.8
    unasked: float = 0.55
    goods: float = 0.45


class Answers:
    """Finds answers among one shop's FAQs."""

    def __init__(self, search: Search, thresholds: Thresholds = Thresholds()) -> None:
        self._search = search
        self._thresholds = thresholds

    def find(self, request: Request, state: State) -> dict[str, FaqHit]:
        """The best FAQ by service intent; by "" for a message beyond the shop that one fits closely all the same."""
        texts = _parts(request.message) if len(request.intents) > 1 else (request.message,)
        is_fragment = len(request.message.split()) <= _FEW_WORDS and not _WHOLE.match(request.message)
        if state.question and (is_fragment or _GOES_BACK.search(request.message)):
            texts = (*texts, f"{state.question} {request.message}")
        texts = (*texts, *(said for pattern, said in _IN_OTHER_WORDS if pattern.search(texts[-1])))
        hits: dict[str, FaqHit] = {}
        for name in _asked(request):
            hit = self._answer(texts, name, request, frozenset(other.faq.id for other in hits.values()))
            if hit is not None:
                hits[name] = hit
        if request.wants(IntentName.BROWSE):
            hits |= self._on_goods(request, IntentName.BROWSE)
        return hits

    def about_goods(self, request: Request) -> dict[str, FaqHit]:
        """The FAQ on something that is no product of the shop: "do you have a repair service?"."""
        return self._on_goods(request, next(intent.name for intent in request.intents))

    def _on_goods(self, request: Request, name: str) -> dict[str, FaqHit]:
        """The FAQ whose title speaks of what the request looks for."""
        asked = stems(request.query)
        if not asked:
            return {}
        hits = self._search.faqs(request.message, 5)
        fitting = [hit for hit in hits if hit.score >= self._thresholds.goods and asked & stems(hit.faq.title)]
        best = max(fitting, key=lambda hit: (len(asked & stems(hit.faq.title)), hit.score), default=None)
        return {name: best} if best else {}

    def _answer(self, texts: tuple[str, ...], intent: str, request: Request, given: Collection[str]) -> FaqHit | None:
        """The best FAQ for one intent; one that answers another question of the message (`given`) is less likely it."""
        chances = {leaning.name: leaning.confidence for leaning in request.leanings}
        if intent in SERVICE:
            chances[intent] = 1.0
        hits = [hit for text in texts for hit in self._search.faqs(text, _MOST_HITS, tuple(chances))]
        fitting = [hit for hit in hits if hit.score >= self._threshold(hit, intent, request)]
        return max(
            fitting,
            key=lambda hit: (
                hit.score
                + _SHARED_WORDS * hit.words
                + _NAMED * _named(hit.faq, chances)
                - _SPECIAL * _special(hit, chances)
                - _GIVEN * (hit.faq.id in given)
            ),
            default=None,
        )

    def _threshold(self, hit: FaqHit, intent: str, request: Request) -> float:
        if intent in SERVICE:
            tells = intent in hit.faq.intents and intent != IntentName.POLICY_QUESTION  # that one names any matter
            return self._thresholds.tagged if tells else self._thresholds.other
        if intent == IntentName.AVAILABILITY and intent in hit.faq.intents:
            return self._thresholds.other
        if intent:
            return max(self._thresholds.other, self._thresholds.shelves - _service(request))
        return self._thresholds.unasked


def _asked(request: Request) -> list[str]:
    """The matters of a request that a FAQ may answer, by intent; "" for what is no such matter, and may be one."""
    names = [intent.name for intent in request.intents]
    wanted = [name for name in names if name in _ON_PAGES]
    if not wanted:
        wanted += [name for name in names if name in ON_SHELVES and name != IntentName.BROWSE]
    beyond = request.wants(IntentName.OUT_OF_SCOPE, IntentName.NOT_UNDERSTOOD)
    is_unplaced = request.wants(*_UNPLACED) and not request.query and not _POINTS.search(request.message)
    if beyond or is_unplaced:
        wanted.append("")
    if request.wants(IntentName.AVAILABILITY) and _WHEN_BACK.search(request.message):
        wanted.append(IntentName.AVAILABILITY)
    return wanted


def _service(request: Request) -> float:
    """How far the words alone speak of the shop's service, though a thing that it sells is named among them."""
    sounds = sum(leaning.confidence for leaning in request.leanings if leaning.name in _ON_PAGES)
    return sounds + _HOW_COUNTS * bool(_HOW.match(request.message))


def _named(faq: Faq, chances: Mapping[str, float]) -> float:
    """How far a record names what the message sounds like; what it names first it is mainly about.

    "Any other question on the shop" tells nothing, for most records name it.
    """
    telling = [name for name in faq.intents if name != IntentName.POLICY_QUESTION]
    return sum(chances.get(name, 0.0) * (1.0 if name == faq.intents[0] else _ALSO) for name in telling)


def _special(hit: FaqHit, chances: Mapping[str, float]) -> float:
    """How far a record that is about certain goods as well (returns of sale items) is too special for the message."""
    is_special = any(name in ON_SHELVES and name not in chances for name in hit.faq.intents)
    return (1.0 - hit.words) * is_special


def _parts(message: str) -> tuple[str, ...]:
    """The message and its clauses, so that each of two questions finds its own answer."""
    clauses = [part.strip() for part in _CLAUSE_END.split(message) if len(part.split()) > 1]
    return tuple(dict.fromkeys([*clauses, message]))
