"""ReplyView: the brief of one turn as a renderer asks for it: subjects, lines with their products, wordings."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from assistant.evidence.brief import LINE_SLOTS, ORDER_SLOTS, PRODUCT_SLOTS
from assistant.evidence.evidence import Fact
from assistant.evidence.group_facts import FROM
from assistant.evidence.hints import PLURAL
from assistant.evidence.lexicon import words
from assistant.evidence.line_forms import line_forms
from assistant.evidence.wording import stems
from assistant.planning.grammar.english import FUNCTION_WORDS
from assistant.planning.plan import Details, Find, Step
from assistant.planning.question_form import asks_yes_no
from assistant.reading.lines import Line, LineKind
from assistant.reading.verdict import Verdict
from assistant.writing.attribute_clauses import Clause, Subject, attribute_clause
from assistant.writing.phrases import Phrases, capitalized, listed
from assistant.writing.sentence_writer import ReplyTask

_OWN_FIELDS = {"material": "material", "color": "color", "brand": "brand"}
"""Attributes whose value has a wording of its own among a product's facts."""
_NEGATIVE = re.compile(r"\b(?:not|no|never|nothing|none|neither|nor|without|cannot|only)\b|n't\b", re.IGNORECASE)
_DENIES = re.compile(r"\b(?:not|no|never|nothing|none|neither|nor|without|cannot)\b|n't\b", re.IGNORECASE)
"""What makes a sentence of a description a no; "only a soft thud is heard" is none."""
_STRICT = re.compile(r"\b(?:must|until|unless|always)\b", re.IGNORECASE)
_SAME_STEM = 4
"""First letters by which two words of one meaning are known: "pay" and "payment", "refund" and "refunded"."""
_EMPTY = frozenset(stem for word in FUNCTION_WORDS for stem in stems(word))
_SAME, _SAME_ON_PAGES = 0.7, 1.0
"""Share of a line's telling words in another one from which it says nothing new; rules for two countries differ in one word."""


@dataclass(frozen=True, slots=True)
class Told:
    """A line that a reply may speak of: its slot, what it means, the slot of its product, if any, and the plan's steps it answers.

    With `is_guess` the line may not answer.
    """

    slot: str
    verdict: Verdict
    line: Line
    owner: str = ""
    steps: tuple[int, ...] = ()
    is_guess: bool = False

    @property
    def is_review(self) -> bool:
        """Whether a customer says it."""
        return self.line.kind is LineKind.REVIEW


@dataclass(frozen=True)
class ReplyView:
    """What one reply is rendered from; each `wording` is another way to say the same."""

    task: ReplyTask
    wording: int = 0
    phrases: Phrases = field(init=False)

    def __post_init__(self) -> None:
        turns = self.task.thread.turns
        seed = zlib.crc32(self.task.message.encode()) + len(turns) + self.wording
        object.__setattr__(self, "phrases", Phrases(seed, turns[-1].reply if turns else ""))

    @cached_property
    def products(self) -> tuple[str, ...]:
        """Slots of the products, best first."""
        return PRODUCT_SLOTS[: len(self.task.brief.products)]

    @cached_property
    def orders(self) -> tuple[str, ...]:
        """Slots of the orders."""
        return ORDER_SLOTS[: len(self.task.brief.orders)]

    @cached_property
    def lines(self) -> tuple[Told, ...]:
        """Every line that decides something."""
        owners = dict(zip(self.task.brief.products, self.products, strict=False))
        brief = zip(LINE_SLOTS, self.task.brief.lines, strict=False)
        told = (
            Told(slot, each.verdict, each.line, owners.get(each.line.record, ""), each.steps, each.is_guess)
            for slot, each in brief
        )
        return tuple(each for each in told if each.slot in self.task.brief.facts)

    @cached_property
    def page_lines(self) -> tuple[Told, ...]:
        """Lines of the shop's pages."""
        return tuple(told for told in self.lines if told.line.kind is LineKind.POLICY)

    def lines_of(self, *slots: str) -> list[Told]:
        """Lines of these products, those that say the same as one before left out."""
        return distinct([told for told in self.lines if told.owner in slots])

    def lines_for(self, step: Step, *slots: str) -> list[Told]:
        """Lines of these products for one step of a plan, without those that only another of its searches and questions has brought."""
        lines, steps = self.lines_of(*slots), self.task.planned.plan.steps
        if step not in steps or sum(isinstance(each, (Details, Find)) for each in steps) < 2:
            return lines
        place = steps.index(step)
        return [told for told in lines if place in told.steps or not told.steps]

    def fact(self, key: str) -> Fact | None:
        """The fact behind a reference, or None."""
        return self.task.brief.facts.get(key)

    def text(self, key: str) -> str:
        """The value behind a reference as it stands in the brief, or ""."""
        fact = self.fact(key)
        return fact.text if fact else ""

    def name(self, slot: str) -> str:
        """How a sentence names a product, with its color or size where two variants of it are spoken of."""
        for other in self.products:
            if other != slot and self.text(f"{other}.name") == self.text(f"{slot}.name"):
                for part in ("color", "size"):
                    if self.text(f"{slot}.{part}") != self.text(f"{other}.{part}") and self.fact(f"{slot}.{part}"):
                        return f"the {{{slot}.name}} in {{{slot}.{part}}}"
        return f"the {{{slot}.name}}"

    def is_plural(self, slot: str) -> bool:
        """Whether the product's name takes "are"."""
        fact = self.fact(f"{slot}.name")
        return fact is not None and fact.hint == PLURAL

    def named(self, slot: str) -> Subject:
        """The product as a subject by its name."""
        return Subject(self.name(slot), self.is_plural(slot))

    def pronoun(self, slot: str) -> Subject:
        """The product as "it" or "they"."""
        is_plural = self.is_plural(slot)
        return Subject("they" if is_plural else "it", is_plural)

    def priced(self, slot: str) -> str:
        """The product with its price: "the {p1.name} at {p1.price}", and what it was before a sale."""
        reduced = f" (was {{{slot}.old_price}})" if self.is_reduced(slot) else ""
        return f"{self.name(slot)} at {{{slot}.price}}{reduced}"

    def is_reduced(self, slot: str) -> bool:
        """Whether the whole product is on sale, not one of several variants."""
        price = self.fact(f"{slot}.price")
        return self.fact(f"{slot}.old_price") is not None and price is not None and price.variant is None

    def is_from(self, slot: str) -> bool:
        """Whether the price is the lowest of several."""
        return self.text(f"{slot}.price").startswith(FROM)

    def clause(self, told: Told, subject: Subject) -> Clause:
        """A line as a clause that goes on after a colon."""
        if told.is_review:
            return Clause(f'one customer wrote, "{{{told.slot}.quote}}"')
        if told.line.kind is LineKind.ATTRIBUTE:
            own = _OWN_FIELDS.get(told.line.text.partition(":")[0].casefold(), "")
            key = f"{told.owner}.{own}" if own and told.owner else ""
            return attribute_clause(told.line.text, told.slot, subject, key if self.fact(key) else "")
        return Clause(f"{{{told.slot}.clause}}")

    def sentence(self, told: Told, subject: Subject) -> str:
        """A line as a sentence of its own about the subject, which a quoted line names itself."""
        if told.is_review:
            return self.phrases("more.review", quote=f"{{{told.slot}.quote}}")
        if told.line.kind is LineKind.ATTRIBUTE:
            return ended(capitalized(self.clause(told, subject).text))
        quote = f"{{{told.slot}.quote}}"
        if told.line.kind is LineKind.POLICY:
            return quote
        if subject.is_named and len(self.products) > 1:
            return self.phrases("more.from_page_of", product=subject.it, quote=quote)
        return quote if self.goes_on(told) else self.phrases("more.from_page", quote=quote)

    def goes_on(self, told: Told) -> bool:
        """Whether a quoted line is a sentence that can follow others, and no bare noun phrase."""
        first = self.text(f"{told.slot}.clause").casefold().split(maxsplit=1)[:1]
        return bool(first) and first[0].strip(",") in words("sentence_openers")

    def answer(self, question: str, told: list[Told]) -> bool | None:
        """Whether the lines answer a yes/no question with yes (True) or no (False); None where a fact alone is safer."""
        verdicts = {each.verdict for each in told}
        if not told or told[0].is_review or not asks_yes_no(self.task.message, question):
            return None
        first = told[0]
        says = self.clause(first, Subject("it")).answer
        is_attribute = first.line.kind is LineKind.ATTRIBUTE
        if first.verdict is Verdict.SUPPORTS and Verdict.CONTRADICTS not in verdicts:
            if first.line.kind is LineKind.POLICY and not self._names_all(question, first.line):
                return None
            return True if says or (says is None and (is_attribute or not _NEGATIVE.search(first.line.text))) else None
        text = first.line.text
        if first.verdict is Verdict.CONTRADICTS and Verdict.SUPPORTS not in verdicts:
            is_rule = first.line.kind is LineKind.POLICY and (_NEGATIVE.search(text) or _STRICT.search(text))
            is_no = is_attribute or is_rule or _DENIES.search(text)
            return False if says is False or (says is None and is_no) else None
        return None

    def _names_all(self, question: str, line: Line) -> bool:
        """Whether a line of a page, or its title, names all that is asked; a list of what is possible is no yes to what it lacks."""
        asked = stems(question) & stems(self.task.message) or stems(question)
        told = stems(f"{line.title} {line.text}")
        return all(any(word[:_SAME_STEM] == other[:_SAME_STEM] for other in told) for word in asked - _EMPTY)

    def answered(self, answer: bool, told: Told, subject: Subject) -> list[str]:
        """The yes or no with the line that bears it."""
        word = "Yes" if answer else "No"
        clause = self.clause(told, subject).text
        if told.line.kind is LineKind.ATTRIBUTE:
            return [ended(f"{word}, {clause}")]
        is_headed = self.text(f"{told.slot}.quote") != line_forms(told.line)["quote"]
        if not is_headed and self.text(f"{told.slot}.clause")[:1].islower() and self.goes_on(told):
            return [ended(f"{word}, {clause}")]
        return [f"{word}.", f"{{{told.slot}.quote}}"]

    def contact(self) -> str:
        """How to reach the shop: "{shop.email} or {shop.phone}", or ""."""
        known = [f"{{{key}}}" for key in ("shop.email", "shop.phone") if self.fact(key)]
        return " or ".join(known)

    def list_priced(self, slots: Sequence[str]) -> str:
        """Several products with their prices as a list."""
        return listed([f"{self.name(slot)} at {{{slot}.price}}" for slot in slots])


def ended(text: str) -> str:
    """`text` with a full stop, unless a quotation has brought its own."""
    return text if text.endswith((".", "!", "?", '.quote}"', ".quote}")) else f"{text}."


def distinct(lines: list[Told]) -> list[Told]:
    """Lines without those that say what one before them says."""
    kept: list[Told] = []
    for told in lines:
        own = stems(told.line.text)
        share = _SAME_ON_PAGES if told.line.kind is LineKind.POLICY else _SAME
        if not any(own and len(own & stems(other.line.text)) >= share * len(own) for other in kept):
            kept.append(told)
    return kept
