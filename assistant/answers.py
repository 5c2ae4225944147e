"""Answers: the FAQ or policy that answers each question of a message, where the shop's pages hold one."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from assistant.conversation.conversation import State
from assistant.evidence.wording import stems
from assistant.intents import ABOUT_PRODUCT, SERVICE, IntentName
from assistant.request import Request
from retrieval.faq import Faq
from retrieval.search import FaqHit, Search

ORDER_READING: frozenset[IntentName] = frozenset(
    {IntentName.TRACK_ORDER, IntentName.ORDER_HISTORY, IntentName.ORDER_ITEMS}
)
"""Intents that orders answer, not FAQs."""

_GIVEN = 0.2
_BY_NAME = frozenset({IntentName.CONTACT_CUSTOMER_SERVICE, IntentName.CONTACT_HUMAN_AGENT})
_NAMED, _NAMED_FIRST, _NAMED_ANY = 0.15, 0.12, 0.05
_UNPLACED = ABOUT_PRODUCT - {IntentName.COMPARE, IntentName.SIMILAR, IntentName.CART_ADD, IntentName.CART_REMOVE}
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
_FEW_WORDS = 4
_WHOLE = re.compile(r"(?:so |and |ok,? )?(?:where|who|how|when|are|is|do|does|can|could)\b", re.IGNORECASE)
"""Begins a question that stands alone, however short."""
_CLAUSE_END = re.compile(r"[.?!;]+\s|,?\s+(?:and|also|plus|then)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Cosine from which a FAQ answers: `tagged` for one whose record names the intent, `other` for any other.

    "Any other question on the shop" names no FAQ, whatever the record says.

    `unasked` is for messages that understanding held to be no matter of the shop, or of a product that is not there;
    `goods` for one that asks whether the shop has something, which shares words with any page on what it has.
    """

    tagged: float = 0.1
    other: float = 0.5
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
            hit = self._answer(texts, name, frozenset(other.faq.id for other in hits.values()))
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

    def _answer(self, texts: tuple[str, ...], intent: str, given: Collection[str]) -> FaqHit | None:
        """The best FAQ for one intent; one that answers another question of the message (`given`) is less likely it."""
        hits = [hit for text in texts for hit in self._search.faqs(text, 5, (intent,) if intent else ())]
        fitting = [hit for hit in hits if hit.score >= self._threshold(hit, intent)]
        asked = stems(" ".join((*texts, intent.replace("_", " "))))
        return max(
            fitting,
            key=lambda hit: (
                hit.score + _favour(hit.faq, intent) - _beside(hit.faq, asked) - _GIVEN * (hit.faq.id in given)
            ),
            default=None,
        )

    def _threshold(self, hit: FaqHit, intent: str) -> float:
        if not intent:
            return self._thresholds.unasked
        tells = intent in hit.faq.intents and intent != IntentName.POLICY_QUESTION  # that one names any matter
        return self._thresholds.tagged if tells else self._thresholds.other


def _asked(request: Request) -> list[str]:
    """The matters of a request that a FAQ may answer, by intent; "" for what is no such matter, and may be one."""
    wanted: list[str] = [intent.name for intent in request.intents if intent.name in SERVICE - ORDER_READING - _BY_NAME]
    beyond = request.wants(IntentName.OUT_OF_SCOPE, IntentName.NOT_UNDERSTOOD)
    is_unplaced = request.wants(*_UNPLACED) and not request.query and not _POINTS.search(request.message)
    if beyond or is_unplaced:
        wanted.append("")
    if request.wants(IntentName.AVAILABILITY) and _WHEN_BACK.search(request.message):
        wanted.append(IntentName.AVAILABILITY)
    return wanted


def _favour(faq: Faq, intent: str) -> float:
    """What a record gains by naming the intent: more where it names it first, as what it is mainly about.

    "Any other question on the shop" tells little, for most records name it.
    """
    if intent == IntentName.POLICY_QUESTION:
        return _NAMED_ANY * (intent in faq.intents)
    return _NAMED * (intent in faq.intents) + _NAMED_FIRST * (faq.intents[:1] == (intent,))


def _beside(faq: Faq, asked: frozenset[str]) -> float:
    """How far the title speaks of more than was asked: "sale items" where only returning was."""
    return min(0.05 * len(stems(faq.title) - asked), 0.15)


def _parts(message: str) -> tuple[str, ...]:
    """The message and its clauses, so that each of two questions finds its own answer."""
    clauses = [part.strip() for part in _CLAUSE_END.split(message) if len(part.split()) > 1]
    return tuple(dict.fromkeys([*clauses, message]))
