"""The claims checker: what good replies say passes, what no evidence bears does not."""

from __future__ import annotations

from functools import lru_cache

import pytest

from assistant.checking.claims import ClaimsChecker, ViolationKind
from assistant.evidence.brief import Brief, BriefLine
from assistant.evidence.evidence import Fact, FactKind
from assistant.reading.lines import Line, LineKind
from assistant.reading.verdict import Verdict
from assistant.writing.sentence_writer import sentences
from finetune.corpora.everyday import everyday_stems
from finetune.corpora.shop import CorpusShop, held_out, shop_folders
from finetune.corpora.transcripts import CorpusConversation, corpus_conversations
from tests.unit.corpus import CORPUS, northwire

HELD_OUT = held_out(CORPUS)


@lru_cache(1)
def everyday() -> frozenset[str]:
    folders = [folder for folder in shop_folders(CORPUS) if folder.name not in HELD_OUT]
    return everyday_stems(conversation for folder in folders for conversation in corpus_conversations(folder))


def checker(shop: CorpusShop) -> ClaimsChecker:
    return ClaimsChecker(shop.catalog, everyday())


def rejected(shop: CorpusShop, conversations: list[CorpusConversation]) -> tuple[int, int]:
    """Turns with a violation, and turns."""
    checks, wrong, turns = checker(shop), 0, 0
    for conversation in conversations:
        heard = ""
        for turn in conversation.turns:
            heard = f"{heard} {turn.text.message} {turn.plan.need.as_text()} {turn.text.plan}"
            said = sentences(iter([turn.text.reply]))
            wrong += any(
                checks.violations(each, turn.brief, heard, is_first=not place) for place, each in enumerate(said)
            )
            turns += 1
    return wrong, turns


def test_most_good_replies_of_a_shop_that_nothing_was_learned_from_pass() -> None:
    name = "spoke-and-mile"
    assert name in HELD_OUT
    wrong, turns = rejected(CorpusShop.load(CORPUS / name), list(corpus_conversations(CORPUS / name)))
    assert turns > 300
    assert wrong / turns < 0.25  # whole replies of several sentences; a sentence lost costs a plain phrase


BRIEF = Brief(
    products=("drift",), numbers=(1,),
    lines=(BriefLine(Verdict.CONTRADICTS, Line("drift", LineKind.DESCRIPTION, "Drift", "They are not made for swimming.")),),
)  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("It is {p9.price}.", ViolationKind.REFERENCE),
        ("It runs for 30 hours.", ViolationKind.NUMBER),
        ("It lasts twelve years.", ViolationKind.NUMBER),
        ("Write to help@shop.example.", ViolationKind.SIGN),
        ("It costs $5.", ViolationKind.SIGN),
        ("I've cancelled your order.", ViolationKind.PROMISE),
        ("We will refund you tomorrow.", ViolationKind.PROMISE),
        ("You'll get a voucher.", ViolationKind.PROMISE),
        ("It is in stock.", ViolationKind.STOCK),
        ("I'm sorry, {shop.email}.", ViolationKind.CONTACT),
        ("Take the Stillroom Pro Headphones.", ViolationKind.NAME),
        ("It is rechargeable.", ViolationKind.PROPERTY),
        ("Yes, they are made for swimming.", ViolationKind.POLARITY),
    ],
)
def test_what_nothing_bears_is_found(sentence: str, kind: ViolationKind) -> None:
    found = checker(northwire()).violations(sentence, BRIEF, "can i swim with them", is_first=True)
    assert kind in {violation.kind for violation in found}


def test_the_line_of_one_product_is_not_said_of_another() -> None:
    lines = (BriefLine(Verdict.SUPPORTS, Line("b", LineKind.ATTRIBUTE, "B", "Weight: 2 kg", "2 kg")),)
    names = {f"{slot}.name": Fact(f"{slot}.name", FactKind.NAME, slot) for slot in ("p1", "p2")}
    value = {"l1.value": Fact("l1.value", FactKind.TEXT, "2 kg", "", "b")}
    brief = Brief(products=("a", "b"), numbers=(1, 2), lines=lines, facts={**names, **value})
    checks = checker(northwire())
    wrong = checks.violations("The {p1.name} takes {l1.value}.", brief, "", is_first=False)
    assert [violation.kind for violation in wrong] == [ViolationKind.PAIRING]
    for right in ("The {p2.name} takes {l1.value}.", "It takes {l1.value}.", "{p1.name} or {p2.name} at {l1.value}."):
        assert checks.violations(right, brief, "", is_first=False) == []


@pytest.mark.parametrize(
    "sentence", ["No, they are not made for swimming.", "For your 10 km run, better not.", "I'd leave them at home."]
)
def test_what_the_brief_or_the_customer_bears_passes(sentence: str) -> None:
    heard = "can i swim or do a 10 km run with them, or leave them home"
    assert checker(northwire()).violations(sentence, BRIEF, heard, is_first=True) == []


TWO = Brief(
    products=("alder", "wren"), numbers=(1, 2),
    lines=(
        BriefLine(Verdict.SUPPORTS, Line("alder", LineKind.ATTRIBUTE, "Alder", "Weight: 2.1 kg", "2.1 kg")),
        BriefLine(Verdict.SUPPORTS, Line("wren", LineKind.ATTRIBUTE, "Wren", "Weight: 1.2 kg", "1.2 kg")),
    ),
    facts={
        key: Fact(key, FactKind.TEXT, "x", "", record)
        for slot, record in (("p1", "product:alder"), ("p2", "product:wren"))
        for key in (f"{slot}.name", f"{slot}.price")
    }
    | {
        "l1.value": Fact("l1.value", FactKind.TEXT, "2.1 kg", "", "alder"),
        "l2.value": Fact("l2.value", FactKind.TEXT, "1.2 kg", "", "wren"),
    },
)  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "is_right"),
    [
        ("The {p1.name} at {p1.price} weighs {l1.value}.", True),
        ("The {p1.name} weighs {l1.value}, and the {p2.name} {l2.value}.", True),
        ("The {p1.name} weighs {l1.value} against {l2.value}.", True),
        ("It is {l2.value} for the {p2.name} and {l1.value} for the {p1.name}.", True),
        ("The {p1.name} weighs {l2.value}.", False),
        ("The {p1.name} is {p2.price}.", False),
        ("The {p1.name} weighs {l2.value}, while the {p2.name} weighs {l1.value}.", False),
    ],
)
def test_values_are_said_of_the_product_that_they_belong_to(sentence: str, is_right: bool) -> None:
    found = checker(northwire()).violations(sentence, TWO, "how heavy are they", is_first=True)
    assert (not any(each.kind is ViolationKind.PAIRING for each in found)) == is_right
