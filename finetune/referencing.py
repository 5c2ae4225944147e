"""Referencing: turns values in people's replies into references, "for order 171-88" into "for order {o1.id}".

The same value keeps its reference throughout a dialogue where its kind has a name of its own (an order number, the
customer's name); dates, amounts and numbers are counted afresh in each reply.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from assistant.language_model.prompt import PromptFact
from assistant.reference import REFERENCE_PATTERN, spell
from finetune.dialogue import Dialogue, Exchange

_NUMBER_WORD = r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|sixty)"
_UNIT = r"(?:(?:business|working|calendar)\s+)?(?:seconds?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?)"
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)"
_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"

_STORE = re.compile(r"\{\{\s*store\s*\}\}|\{store\}", re.I)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*")
_LINK = re.compile(r"\b(?:https?://|www\.)\S+", re.I)
_MONEY = re.compile(
    r"(?:(?:Rs\.?|INR|USD|EUR|GBP|[₹$€£])\s*\d[\d,]*(?:\.\d+)?(?:/-)?|\b\d[\d,]*(?:\.\d+)?(?:/-|\s*(?:rupees|dollars|pounds|euros|credits|Rs\b|INR|GBP|USD|[₹$€£])))",
    re.I,
)
_TIME = re.compile(
    rf"\b(?:{_NUMBER_WORD}\s*(?:-|–|to|or|and)\s*{_NUMBER_WORD}|{_NUMBER_WORD}|an|a few|a couple of)[\s-]*(?:to\s+)?{_UNIT}\b"
    rf"|\b\d{{1,2}}(?::\d\d)?\s*(?:a\.?m\b\.?|p\.?m\b\.?|o'clock)|\b\d{{1,2}}:\d\d\b"
    rf"|\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?\b|\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}\b(?:,?\s+\d{{4}})?"
    rf"|\b\d{{1,4}}[/.-]\d{{1,2}}[/.-]\d{{1,4}}\b|\b\d{{1,2}}(?:st|nd|rd|th)\b"
    rf"|\b(?:(?:this|next|coming)\s+)?{_DAY}\b|\b(?:tomorrow|tonight|within the hour|by end of day|by the end of the day)\b",
    re.I,
)
_ORDER = re.compile(r"#?\s?\b[A-Z]{0,4}-?\d{2,}(?:-\d{3,}){1,3}\b|#\s?\w*\d\w*(?:-\w+)*|\b[A-Z]{2,4}-?\d{5,}\b")
_PHONE = re.compile(r"\b\d{5}[\s-]\d{5}\b|(?:\+\d{1,3}[\s-]?)?\b\d{3,5}[\s-]?\d{3}[\s-]?\d{3,4}\b|\b1-?800[\w-]+")
_TITLED = re.compile(r"\b(?:Mr|Ms|Mrs|Miss|Dr)\b\.?(?:\s*/\s*M(?:r|s|rs)\.?)?\s+[A-Z][\w']+(?:\s[A-Z][\w']+)?")
_QUOTED = re.compile(r"(?<!\w)['\"‘“]([A-Z][^'\"’”{}]{2,60})['\"’”](?!\w)")
_MODEL = re.compile(r"\b(?:[A-Z][\w&+'-]*\s+)+(?:[A-Za-z-]*\d[\w\"-]*)(?:\s+(?:[A-Z][\w-]*|[A-Za-z-]*\d[\w-]*))*")
_CODE = re.compile(r"\b(?=[A-Z0-9-]*\d)(?=[A-Z0-9-]*[A-Z])[A-Z0-9-]{5,}\b")
_ANY_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?%?")
_INTRODUCTION = re.compile(
    r"(?:\b(?:my name is|my name's|name is|name's|name:|this is|i am|i'm|im)\s+)([A-Z][a-z]+(?:\s[A-Z][a-z]+)?)|^([A-Z][a-z]+\s[A-Z][a-z]+)\b[.,!]?"
)
_NOT_NAMES = frozenset(["The", "This", "That", "Please", "Very", "Not", "Still", "Now", "Just", "Really", "Order", "Thank", "Thanks", "Good", "Hello", "Hi", "Yes", "No", "Ok", "So", "And", "But"])  # fmt: skip


@dataclass
class Referencing:
    """References given out in one dialogue; call `reply` for its replies in order."""

    orders: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def message(self, text: str) -> None:
        """Takes in a customer's message: a name given there is the customer's."""
        for match in _INTRODUCTION.finditer(text):
            words = (match[1] or match[2]).split()
            if not _NOT_NAMES.intersection(words):
                self.names.update([" ".join(words), *words])

    def reply(self, text: str) -> str:
        """`text` with its values as references; it holds no digit, link or address afterwards."""
        text = _STORE.sub(spell("shop.name"), text)
        text = _EMAIL.sub(spell("customer.email"), text)
        text = _LINK.sub(spell("code.1"), text)
        text = self._names(text)
        text = _QUOTED.sub(spell("item.name"), text)
        text = _MONEY.sub(_counted("money", 2), text)
        text = _TIME.sub(_counted("time", 2), text)
        text = _ORDER.sub(self._order, text)
        text = _PHONE.sub(spell("customer.phone"), text)
        text = _MODEL.sub(spell("item.name"), text)
        text = _CODE.sub(spell("code.1"), text)
        return _outside_references(text, lambda part: _ANY_NUMBER.sub(_counted("number", 2), part))

    def _names(self, text: str) -> str:
        text = _TITLED.sub(spell("customer.name"), text)
        for name in sorted(self.names, key=len, reverse=True):
            text = re.sub(rf"\b{re.escape(name)}\b", spell("customer.name"), text)
        return text

    def _order(self, match: re.Match[str]) -> str:
        digits = re.sub(r"\W", "", match[0])
        slot = self.orders.setdefault(digits, f"o{min(len(self.orders) + 1, 3)}.id")
        lead = " " if match[0].startswith(" ") else ""
        return lead + spell(slot)


def referenced(dialogue: Dialogue) -> Dialogue:
    """`dialogue` with every reply's values as references; messages stay as the customers wrote them."""
    state, exchanges = Referencing(), []
    for exchange in dialogue.exchanges:
        state.message(exchange.message)
        exchanges.append(Exchange(exchange.message, state.reply(exchange.reply)))
    return Dialogue(dialogue.source, tuple(exchanges))


def facts_of(reply: str) -> tuple[PromptFact, ...]:
    """The facts a reply uses, each once, in order of first use."""
    keys = dict.fromkeys(REFERENCE_PATTERN.findall(reply))
    return tuple(PromptFact(key, "") for key in keys)


def _counted(kind: str, limit: int) -> Callable[[re.Match[str]], str]:
    """Gives each distinct value the next number of its kind; beyond `limit` the last is used again."""
    seen: dict[str, str] = {}

    def reference(match: re.Match[str]) -> str:
        value = match[0].lower()
        return seen.setdefault(value, spell(f"{kind}.{min(len(seen) + 1, limit)}"))

    return reference


def _outside_references(text: str, change: Callable[[str], str]) -> str:
    parts = re.split(r"(\{[a-z][a-z0-9_]*\.[a-z0-9_]+\})", text)
    return "".join(part if index % 2 else change(part) for index, part in enumerate(parts))
