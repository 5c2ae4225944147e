"""Claims: what a written sentence says that nothing in its brief bears.

Values behind references are the shop's own records and true. Everything the model spells itself is held against the brief, the
customer's own words, and the everyday words of good replies. It errs toward a violation: a good sentence lost costs a plain phrase, a
false one said costs the shop.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from assistant.adapters.adapter import COPY_AGAIN
from assistant.evidence.brief import PRODUCT_SLOTS, Brief
from assistant.planning.grammar.english import FUNCTION_WORDS
from assistant.reading.lines import LineKind, product_lines
from assistant.reading.verdict import Verdict
from retrieval.catalog.catalog import Catalog
from retrieval.errors import AdapterError

EVERYDAY_FILE = "everyday_words.txt"
"""The file of an adapter folder with the stems that good replies use without evidence."""
REFERENCE = re.compile(r"\{([a-z][a-z0-9]*(?:\.[a-z_]+)?)\}")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_DIGITS = re.compile(r"\d+(?:[.,:]\d+)*")
_SIGNS = re.compile(r"[$€£¥₹%]|https?:|www\.|\S@\S")
PROMISE = re.compile(
    r"\bI(?:'ve| have|'ll| will| just)\b"
    r"(?! (?:be (?:here|happy|glad)|look forward|need|take it you|show|gladly|start with|keep it|no|nothing|to)\b)"
    r"|\bwe(?:'ll| will) (?:refund|replace|send|cancel|credit|call|ship|reserve|get back)\b"
    r"|\b(?:has|have) been (?:cancel|refund|chang|updat|add|reserv)"
    r"|\byou(?:'ll| will) (?:get|receive|be refunded|hear)\b",
    re.IGNORECASE,
)
"""Acts and promises in the assistant's own words; what a policy promises is quoted instead."""
_ACTS = {
    "cancel": ("cancelled", "canceled"),
    "change_address": ("changed",),
    "change_default_address": ("changed",),
    "change_items": ("changed",),
    "change_payment": ("changed",),
    "return": ("recorded",),
    "exchange": ("recorded",),
    "return_label": ("made",),
    "add_to_cart": ("added", "put"),
    "set_in_cart": ("changed",),
    "remove_from_cart": ("removed", "taken"),
}
"""What the assistant may say that it has done, by the kind of change that ran."""
_STOCK = re.compile(
    r"\b(?:in stock|sold out|out of stock|available to (?:order|pre-order|back-order))\b", re.IGNORECASE
)
_NUMBERS = frozenset(
    [
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "fifteen",
        "twenty",
        "thirty",
        "forty",
        "fifty",
        "sixty",
        "hundred",
        "thousand",
    ]
)
"""Number words that a fact has to bear; smaller ones, halves and doubles are also ways of speaking."""
_YES = re.compile(r"^\s*(?:yes|sure|certainly|absolutely|of course)\b", re.IGNORECASE)
_NO = re.compile(r"^\s*(?:no\b(?! problem| worries)|unfortunately not|i'm afraid not|sorry, no)", re.IGNORECASE)
_BOTH = re.compile(r"\bboth\b", re.IGNORECASE)
_OF_THE_NEXT = re.compile(r"[^,;:.]{0,24}\b(?:for|of|in|with|on) (?:the )?")
_CONTRAST = re.compile(r"\b(?:against|instead of|versus|than) (?:the |its )?$")
_AS_A_NAME = re.compile(r"(?:[\w']+ ){0,4}[\w']+, \{shop\.(?:email|phone|hours)\}[.!]?")
"""A contact of the shop in the place where a customer's name belongs: "I'm sorry, {shop.email}."."""
_ENDINGS = ("ing", "ies", "ied", "ed", "es", "s", "er", "est", "ly", "e")


class ViolationKind(StrEnum):
    """What is wrong with a sentence."""

    REFERENCE = "reference"  # a reference that this brief does not have
    NUMBER = "number"  # a number that no fact and no customer word bears
    SIGN = "sign"  # money, a percentage, a link or an address spelled out
    NAME = "name"  # a product or brand spelled out
    PROMISE = "promise"  # an act or promise that nothing bears
    STOCK = "stock"  # availability spelled out
    PROPERTY = "property"  # a word of the shop's attributes that no line of this brief has
    PAIRING = "pairing"  # the line of one product said of another
    CONTACT = "contact"  # a contact of the shop spoken to as if it were the customer
    POLARITY = "polarity"  # yes without support, or no without contradiction


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing wrong with a sentence, and the words that say it."""

    kind: ViolationKind
    said: str


def everyday_words(adapter: Path) -> frozenset[str]:
    """The everyday stems of the adapter in this folder. Raises AdapterError if the file is missing."""
    path = adapter / EVERYDAY_FILE
    try:
        return frozenset(path.read_text(encoding="utf-8").split())
    except (OSError, UnicodeDecodeError) as error:
        raise AdapterError(f"{path} cannot be read: {error}", COPY_AGAIN) from error


class ClaimsChecker:
    """Checks the sentences of one shop's replies. `everyday` are the stems that good replies use without evidence."""

    def __init__(self, catalog: Catalog, everyday: frozenset[str]) -> None:
        self._everyday = everyday
        products = catalog.products.values()
        lines = (line for product in products for line in product_lines(product) if line.kind is LineKind.ATTRIBUTE)
        self._properties = frozenset(stem for line in lines for stem in stems(line.text))
        self._names = sorted({name for p in products for name in (p.title, p.brand) if len(name) > 2})

    def violations(self, sentence: str, brief: Brief, heard: str, is_first: bool) -> list[Violation]:
        """Everything wrong with `sentence`, written with references. `heard` is what the customer has said and the need so far."""
        return list(self._violations(sentence, brief, heard, is_first))

    def is_borne(self, sentence: str, brief: Brief, heard: str) -> bool:
        """Whether a sentence of unknown origin says nothing of its own: every word is everyday, or a record's or the customer's.

        The words of a sentence that neither asks nor refers to a fact must all be everyday: put in the customer's words it would
        still be a claim. Such a sentence must not say yes or no either.
        """
        bare = REFERENCE.sub(" ", sentence)
        is_held = REFERENCE.search(sentence) or sentence.rstrip().endswith("?")
        if not is_held and (_YES.search(sentence) or _NO.search(sentence)):
            return False
        return not self.unknown_words(bare, f"{heard} {brief.as_text()}" if is_held else "")

    def unknown_words(self, sentence: str, heard: str) -> list[str]:
        """Words of a sentence that are neither everyday words nor among those of `heard`."""
        borne = self._everyday | stems(heard)
        words = _WORD.findall(REFERENCE.sub(" ", sentence).lower())
        return [word for word in words if stem(word) not in borne and word not in FUNCTION_WORDS]

    def _violations(self, sentence: str, brief: Brief, heard: str, is_first: bool) -> Iterator[Violation]:
        yield from (
            Violation(ViolationKind.REFERENCE, key) for key in REFERENCE.findall(sentence) if key not in brief.facts
        )
        bare = REFERENCE.sub(" ", sentence)
        known = set(_DIGITS.findall(heard))
        yield from (Violation(ViolationKind.NUMBER, n) for n in _DIGITS.findall(bare) if n not in known)
        yield from (Violation(ViolationKind.SIGN, found[0]) for found in _SIGNS.finditer(bare))
        yield from (
            Violation(ViolationKind.PROMISE, found[0])
            for found in PROMISE.finditer(bare)
            if not _says_what_ran(bare[found.start() :], brief)
        )
        told = f"{heard} {' '.join(line.line.text for line in brief.lines)}"
        if (found := _STOCK.search(bare)) and found[0].casefold() not in told.casefold():
            yield Violation(ViolationKind.STOCK, found[0])
        if _AS_A_NAME.fullmatch(sentence):
            yield Violation(ViolationKind.CONTACT, sentence)
        yield from self._spelled_names(bare, heard)
        yield from _misplaced(sentence, brief)
        fields = " ".join(key.partition(".")[2] for key in REFERENCE.findall(sentence))
        yield from self._unborne(bare, brief, f"{told} {fields}")  # who writes {p1.rating} may say "rated"
        if is_first:
            yield from _polarity(sentence, brief)

    def _spelled_names(self, bare: str, heard: str) -> Iterator[Violation]:
        said = heard.casefold()
        for name in self._names:
            if name in bare and name.casefold() not in said and re.search(rf"\b{re.escape(name)}\b", bare):
                yield Violation(ViolationKind.NAME, name)

    def _unborne(self, bare: str, brief: Brief, told: str) -> Iterator[Violation]:
        borne = stems(f"{told} {brief.as_text()}") | self._everyday
        for word in _WORD.findall(bare.lower()):
            if stem(word) in borne or word in FUNCTION_WORDS:
                continue
            if word in _NUMBERS:
                yield Violation(ViolationKind.NUMBER, word)
            elif len(word) > 2 and stem(word) in self._properties:
                yield Violation(ViolationKind.PROPERTY, word)


def _says_what_ran(claim: str, brief: Brief) -> bool:
    """Whether `claim`, which begins with "I have", names the act that this turn has made; none is named where nothing ran."""
    acts = _ACTS.get(brief.ran, ())
    return bool(acts) and bool(re.match(rf"I(?:'ve| have) (?:now )?(?:{'|'.join(acts)})\b", claim, re.IGNORECASE))


def stem(word: str) -> str:
    """A word without its commonest endings: "waterproofed" and "waterproof" are the same."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def stems(text: str) -> frozenset[str]:
    """The stems of the words of `text`."""
    return frozenset(stem(word) for word in _WORD.findall(text.lower()))


def _misplaced(sentence: str, brief: Brief) -> Iterator[Violation]:
    """Values and lines of one product that the sentence gives to another: to the one named last before them.

    "{l2.value} for the {p2.name}" and "against {l2.value}" are said of another product, and "both" of two.
    """
    slots = dict(zip(PRODUCT_SLOTS, brief.products, strict=False))
    references = list(REFERENCE.finditer(sentence))
    named = [
        (found.span(), slots[slot])
        for found in references
        if found[1].endswith(".name") and (slot := found[1].partition(".")[0]) in slots
    ]
    if not named or _BOTH.search(sentence):
        return
    for found in references:
        owner = _owner(found[1], slots, brief)
        before = [product for (_, end), product in named if end <= found.start()]
        after = [(start, product) for (start, _), product in named if start >= found.end()]
        spoken_of = [before[-1] if before else after[0][1]] if before or after else []
        if after and _OF_THE_NEXT.fullmatch(sentence[found.end() : after[0][0]]):
            spoken_of.append(after[0][1])
        is_contrast = _CONTRAST.search(sentence[: found.start()])
        if owner is not None and owner not in spoken_of and not is_contrast:
            yield Violation(ViolationKind.PAIRING, found[1])


def _owner(key: str, slots: Mapping[str, str], brief: Brief) -> str | None:
    """The product that a reference belongs to, or None if it belongs to none of the brief's."""
    slot, _, field = key.partition(".")
    if slot in slots:
        return None if field == "name" else slots[slot]
    fact = brief.facts.get(key) if key.startswith("l") else None
    return fact.record if fact and fact.record in slots.values() else None


def _polarity(sentence: str, brief: Brief) -> Iterator[Violation]:
    verdicts = {line.verdict for line in brief.lines}
    if not verdicts:
        return
    if _YES.search(sentence) and not verdicts & {Verdict.SUPPORTS, Verdict.LIMITS}:
        yield Violation(ViolationKind.POLARITY, "yes")
    if _NO.search(sentence) and not verdicts & {Verdict.CONTRADICTS, Verdict.LIMITS}:
        yield Violation(ViolationKind.POLARITY, "no")
