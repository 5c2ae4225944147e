"""Goods: what a sentence spells out about products: stock, comparisons, offers, names and properties.

Each is right where a fact says it, or where the records of the products spoken of do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Self

from assistant.act import Act
from assistant.evidence.evidence import Evidence, Fact
from assistant.evidence.hints import HIGH, IN_STOCK, LATER, LOW_STOCK, MANY, ONE, OUT_OF_STOCK, SEVERAL, YES
from assistant.evidence.lexicon import phrases, words
from assistant.reference import PRODUCT_SLOTS, REFERENCE_PATTERN
from assistant.writing.checking.clauses import Clause, Mode
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.product import Product

_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_CAPITAL = re.compile(r"(?<=[\w,;)}'’] )[A-Z][\w'’-]*|(?<=\()[A-Z][a-z][\w'’-]*|\b\w*[a-z][A-Z]\w*")
_ASKS_YES_OR_NO = re.compile(
    r"(?:^|[,.!?;] ?|\b(?:and|but|so) )(?:can|could|do|does|did|is|are|will|would|may|am|has|have)\b"
    r"(?! (?:you|u) (?:please )?(?:tell|explain|help|show|give|say|send|let))",
    re.IGNORECASE,
)
_TOLD = frozenset({Act.TOLD_STOCK, Act.TOLD_PRICE, Act.TOLD_RATING, Act.TOLD_OPTIONS, Act.DESCRIBED})
_ANSWERS_FROM_RECORDS = frozenset({Act.ANSWERED, Act.DESCRIBED, Act.DETAIL_MISSING, Act.NO_ANSWER})


class Goods:
    """Knows the words of one catalogue. Without one it knows only the words that every shop shares."""

    def __init__(self, vocabulary: frozenset[str] = frozenset()) -> None:
        self._vocabulary = vocabulary - words("ordinary")

    @classmethod
    def of(cls, catalog: Catalog) -> Self:
        """Brands, titles, kinds, colours, materials and the words of attributes, in lower case."""
        facets = catalog.facets
        named = [*facets.brands, *facets.product_types, *facets.colors, *facets.materials]
        named += [product.title for product in catalog.products.values()]
        for name, values in facets.attributes.items():
            has = [value for value in values if value.lower() in ("yes", "true")]
            named += [name.replace("_", " ")] if has else [value for value in values if len(_WORD.findall(value)) > 1]
        spoken = (" ".join(_WORD.findall(text.lower())) for text in named)
        return cls(frozenset(word for word in spoken if len(word) > 2))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        known = sorted(self._vocabulary | words("properties"), key=len, reverse=True)
        return re.compile(rf"\b(?:{'|'.join(map(re.escape, known))})\b") if known else re.compile(r"(?!)")

    def claims(
        self, sentence: str, parts: Sequence[Clause], evidence: Evidence, customer_words: str, before: str = ""
    ) -> Iterator[tuple[str, str]]:
        """Pairs of a violation's kind and the words that make it."""
        for clause in parts:
            if clause.mode is Mode.STATEMENT and not _is_offer(clause):
                yield from (("stock", said) for said in _stock(clause, evidence))
                yield from (("comparison", said) for said in _comparisons(clause, evidence))
                yield from (("offer", said) for said in _offers(clause, evidence))
                yield from (("amount", said) for said in _counts(clause, evidence))
        yield from (("name", said) for said in self._names(sentence, evidence, customer_words))
        if not before:
            yield from (("answer", said) for said in _answers(parts, evidence, customer_words))

    def _names(self, sentence: str, evidence: Evidence, customer_words: str) -> Iterator[str]:
        bare = REFERENCE_PATTERN.sub("}", sentence)
        told = _told(sentence, evidence)
        for found in _CAPITAL.finditer(bare):
            name = found.group().rstrip("'’").removesuffix("'s").removesuffix("’s")
            if name not in words("capitals") and name.lower() not in told:
                yield name
        low, asked = bare.lower(), customer_words.lower()
        for match in self._pattern.finditer(low):
            word = match.group()
            echoed = re.search(rf"\b{re.escape(word)}", asked) and not _is_predicated(low, match.start())
            if not echoed and word not in told and word.rstrip("s") not in told:
                yield word


def _told(sentence: str, evidence: Evidence) -> str:
    """Everything that facts, and the records of the products that the sentence speaks of, say; in lower case."""
    spoken = _spoken_of(sentence, evidence)
    records = [text for product in spoken for text in _record(product)]
    return " ".join([*(fact.text for fact in evidence.facts), *records]).lower()


def _record(product: Product) -> Iterator[str]:
    yield from (product.title, product.brand, product.product_type, product.color, product.size, product.material)
    for name, value in product.attributes.items():
        if value.lower() not in ("no", "false", "none"):
            yield f"{name.replace('_', ' ')} {value}"


def _spoken_of(sentence: str, evidence: Evidence) -> list[Product]:
    """The products whose references stand in the sentence, or else the first."""
    slots = {key.partition(".")[0] for key in REFERENCE_PATTERN.findall(sentence)}
    shown = dict(zip(PRODUCT_SLOTS, (candidate.product for candidate in evidence.candidates), strict=False))
    return [product for slot, product in shown.items() if slot in slots] or list(shown.values())[:1]


def _is_predicated(low: str, start: int) -> bool:
    """Whether the word at `start` is said of something: "is waterproof", "made of leather", "in red"."""
    before = low[:start].split()[-3:]
    if {"whether", "about", "for", "mention", "if", "on"} & set(before):
        return False
    return bool(before) and ("}" in before or not words("predicating").isdisjoint(before))


def _is_offer(clause: Clause) -> bool:
    """Whether the clause only offers, as in "I can show you cheaper ones": it claims nothing yet."""
    said = f" {' '.join(clause.words)} "
    return any(f" {phrase} " in said for phrase in phrases("offering"))


def _stock(clause: Clause, evidence: Evidence) -> Iterator[str]:
    if clause.keys & {"shop.hours", "shop.email", "shop.phone"} or any(
        k.endswith((".colors", ".sizes")) for k in clause.keys
    ):
        return
    said = f" {' '.join(clause.words)} "
    states = _stock_hints(clause, evidence)
    for name, hints in (("stock_out", {OUT_OF_STOCK}), ("stock_low", {LOW_STOCK}), ("stock_in", {IN_STOCK, LOW_STOCK})):
        for phrase in phrases(name):
            if f" {phrase} " not in said:
                continue
            negated = name == "stock_in" and any(
                f" {word} " in said.split(f" {phrase} ")[0][-14:] + " " for word in ("not", "no")
            )
            allowed = {OUT_OF_STOCK} if negated else hints
            if not states or not states <= allowed:
                yield phrase
            return


def _slots(clause: Clause) -> set[str]:
    return {key.partition(".")[0] for key in clause.keys}


def _stock_hints(clause: Clause, evidence: Evidence) -> set[str]:
    """How the products that the clause speaks of stand, or all of them."""
    known = {fact.key.partition(".")[0]: fact.hint for fact in evidence.facts if fact.key.endswith(".stock")}
    for slot, candidate in zip(PRODUCT_SLOTS, evidence.candidates, strict=False):
        known.setdefault(slot, IN_STOCK if candidate.product.is_available else OUT_OF_STOCK)
    if not _TOLD.isdisjoint(evidence.acts):
        known = {slot: hint for slot, hint in known.items() if slot == "p1" or slot in _slots(clause)}
    chosen = {slot: hint for slot, hint in known.items() if slot in _slots(clause)} or known
    return {IN_STOCK if hint == LATER else hint for hint in chosen.values()}


def _comparisons(clause: Clause, evidence: Evidence) -> Iterator[str]:
    facts = {fact.key: fact for fact in evidence.facts}
    said = f" {' '.join(clause.words)} "
    for phrase in phrases("comparisons"):
        if f" {phrase} " in said and not _is_borne_out(phrase, clause, facts, evidence):
            yield phrase
            return


def _is_borne_out(phrase: str, clause: Clause, facts: dict[str, Fact], evidence: Evidence) -> bool:
    if phrase in ("newest", "latest") and any(fact.key.startswith("o1.") for fact in evidence.facts):
        return True
    if phrase in phrases("popular"):
        popular = Act.RECOMMENDED_POPULAR in evidence.acts
        return popular or any(f.key.endswith(".reason") for f in evidence.facts) or "popular" in _filters(facts)
    if phrase in phrases("well_rated"):
        slots = {key.partition(".")[0] for key in clause.keys}
        hints = {
            f.hint
            for f in evidence.facts
            if f.key.endswith(".rating") and (not slots or f.key.partition(".")[0] in slots)
        }
        return hints == {HIGH}
    wanted = "compare.better_rated" if "rated" in phrase or "rating" in phrase else "compare.cheaper"
    if phrase in phrases("superlatives"):
        return phrase.split()[0] in _filters(facts)
    if wanted not in facts:
        return False
    return _names_the_right_one(phrase, clause, facts, facts[wanted].record)


def _names_the_right_one(phrase: str, clause: Clause, facts: dict[str, Fact], record: str) -> bool:
    """Whether the subject of the comparison is the product that the record of the comparison names."""
    place = clause.words.index(phrase.split()[0])
    subjects = [
        facts[t.key].record
        for t in clause.tokens[:place]
        if t.key in facts and facts[t.key].record.startswith("product:")
    ]
    right = not subjects or subjects[-1] == record
    return right is not (phrase in phrases("dearer"))


def _filters(facts: dict[str, Fact]) -> str:
    return facts["search.filters"].text if "search.filters" in facts else ""


def _counts(clause: Clause, evidence: Evidence) -> Iterator[str]:
    """Counts in words that are wrong: "the only match" where there are several, "a few" where there is one."""
    hint = next((fact.hint for fact in evidence.facts if fact.key == "search.count"), "")
    said = f" {' '.join(clause.words)} "
    several = hint in (SEVERAL, MANY) and Act.FOUND_ONE not in evidence.acts
    wrong = phrases("counting_one") if several else phrases("counting_more") if hint == ONE else ()
    yield from (phrase for phrase in wrong if f" {phrase} " in said)


def _offers(clause: Clause, evidence: Evidence) -> Iterator[str]:
    said = f" {' '.join(clause.words)} "
    reduced = any(fact.key.endswith((".saving", ".old_price")) for fact in evidence.facts)
    told = " ".join(fact.text for fact in evidence.facts if fact.key.startswith("search.")).lower()
    for phrase in phrases("offers"):
        if f" {phrase} " in said and not (reduced and phrase in phrases("reductions")) and phrase not in told:
            yield phrase


def _answers(parts: Sequence[Clause], evidence: Evidence, customer_words: str) -> Iterator[str]:
    """A "yes" before what the record says, where the question is a yes-or-no one and the record opens with neither."""
    if evidence.acts[0] not in _ANSWERS_FROM_RECORDS or not _ASKS_YES_OR_NO.search(customer_words) or not parts:
        return
    hints = {fact.hint for fact in evidence.facts if fact.key.endswith((".text", ".detail"))}
    first = f"{' '.join(parts[0].words)} "
    for phrase in phrases("saying_yes"):
        if first.startswith(f"{phrase} ") and YES not in hints:
            yield phrase
            return
    if first.startswith("no ") and len(parts[0].words) == 1 and "no" not in hints:
        yield "no"
