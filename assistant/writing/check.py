"""Check: whether a written sentence says anything that neither a fact nor an act of this turn says.

    sentence with references ─▶ clauses ─▶ promises · spelled facts · goods · references ─▶ violations

It reads what the model spelled out; what stands behind a reference is the shop's own record and is true. It errs
towards a violation: a right sentence lost costs a plain phrase, a wrong one said costs the shop.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from assistant.evidence.evidence import Evidence
from assistant.writing.checking.clauses import clauses
from assistant.writing.checking.form import malformed
from assistant.writing.checking.goods import Goods
from assistant.writing.checking.promises import promises
from assistant.writing.checking.references import misplaced, unknown
from assistant.writing.checking.spelled import amounts, contacts, times
from assistant.writing.checking.support import is_supported
from assistant.writing.manners import Manners
from retrieval.catalog.catalog import Catalog


class ViolationKind(StrEnum):
    """What is wrong with a sentence."""

    REFERENCE = "reference"  # a reference that this turn does not have
    PAIRING = "pairing"  # the fact of one product said of another, or against its sense
    AMOUNT = "amount"  # a number, price or percentage spelled out
    TIME = "time"  # a date, duration or deadline spelled out
    CONTACT = "contact"  # a link, an e-mail address, a telephone number
    STOCK = "stock"  # availability spelled out
    COMPARISON = "comparison"  # "cheapest", "best rated"
    OFFER = "offer"  # "free", "on sale"
    NAME = "name"  # a name, or a word of the catalogue, spelled out
    PROMISE = "promise"  # an act, an outcome or a permission that nothing bears out
    MANNER = "manner"  # words that the model never learned to say of these acts
    FORM = "form"  # quotation marks or brackets left open, a word said twice
    ANSWER = "answer"  # "yes" or "no" to a question that the record answers


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing wrong with a sentence, and the words that say it."""

    kind: ViolationKind
    said: str


class Check:
    """Checks the sentences of one shop's replies; `goods` knows the words of its catalogue.

    `manners` are those of a model that keeps to what it learned; None for a model that needs no such rule.
    """

    def __init__(self, goods: Goods, manners: Manners | None = None) -> None:
        self._goods = goods
        self._manners = manners

    @classmethod
    def of(cls, catalog: Catalog, manners: Manners | None = None) -> Self:
        """The check for replies about this catalogue."""
        return cls(Goods.of(catalog), manners)

    def about(self, goods: Goods) -> Check:
        """The same check for a catalog with these words."""
        return Check(goods, self._manners)

    def violations(
        self, sentence: str, evidence: Evidence, customer_words: str = "", before: str = ""
    ) -> tuple[Violation, ...]:
        """Everything wrong with `sentence`, written with references.

        `customer_words` is the message that it answers, `before` the sentences already accepted.
        """
        return tuple(dict.fromkeys(self._found(sentence, evidence, customer_words, before)))

    def _found(self, sentence: str, evidence: Evidence, customer_words: str, before: str) -> Iterator[Violation]:
        parts = clauses(sentence)
        yield from (Violation(ViolationKind.REFERENCE, said) for said in unknown(sentence, evidence))
        yield from (Violation(ViolationKind.PAIRING, said) for said in misplaced(sentence, evidence, before))
        yield from (Violation(ViolationKind.AMOUNT, said) for said in amounts(sentence, evidence))
        yield from (Violation(ViolationKind.TIME, said) for said in times(sentence, evidence))
        yield from (Violation(ViolationKind.CONTACT, said) for said in contacts(sentence))
        yield from (Violation(ViolationKind.FORM, said) for said in malformed(sentence, evidence, before))
        if self._manners is not None:
            hints = {fact.key: fact.hint for fact in evidence.facts}
            strange = self._manners.strange(sentence, evidence.acts, hints)
            yield from (Violation(ViolationKind.MANNER, said) for said in strange)
        for clause in parts:
            for promise in promises(clause):
                if not is_supported(promise, evidence):
                    yield Violation(ViolationKind.PROMISE, promise.said)
        for kind, said in self._goods.claims(sentence, parts, evidence, customer_words, before):
            yield Violation(ViolationKind(kind), said)


def check(
    sentence: str, evidence: Evidence, customer_words: str = "", before: str = "", goods: Goods | None = None
) -> tuple[Violation, ...]:
    """`Check.violations` without a catalogue: for training text, and wherever no shop is at hand."""
    return Check(goods or Goods()).violations(sentence, evidence, customer_words, before)
