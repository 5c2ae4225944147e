"""What attribute lines say by their words alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.reading.lines import Line, LineKind
from assistant.reading.verdict import Verdict
from assistant.tools.plain_reading import age_verdict, plain_verdict
from finetune.corpora.pairs import reading_pairs
from finetune.corpora.shop import shop_folders

CORPUS = Path("data/conversations")


def line(text: str, title: str = "Ember Duo Camp Stove") -> Line:
    return Line("x", LineKind.ATTRIBUTE, title, text, text.partition(": ")[2])


@pytest.mark.parametrize(
    ("question", "text", "verdict"),
    [
        ("does the Ember Duo need gas?", "Fuel: gas bottle", Verdict.SUPPORTS),
        ("does it come with gas", "Fuel: gas cartridge", None),
        ("can I machine wash it", "Care: Machine wash 30 °C", Verdict.SUPPORTS),
        ("is it dishwasher safe", "Dishwasher safe: no", Verdict.CONTRADICTS),
        ("is it waterproof", "Waterproof: yes", Verdict.SUPPORTS),
        ("is it ok for 6 people?", "Capacity: 5 people", Verdict.CONTRADICTS),
        ("will five of us fit in", "Capacity: 5 people", Verdict.SUPPORTS),
        ("is it warm enough for minus 8", "Comfort temperature: 0 °C", Verdict.CONTRADICTS),
        ("is it warm enough at 5 °C", "Comfort temperature: 0 °C", Verdict.SUPPORTS),
        ("is it not waterproof?", "Waterproof: yes", None),
        ("what does it run on", "Fuel: gas bottle", None),
        ("can I wash it", "Care: Hand wash only", None),
        ("is it safe for a balcony", "Fuel: gas bottle", None),
    ],
)
def test_words_alone_say_yes_or_no(question: str, text: str, verdict: Verdict | None) -> None:
    assert plain_verdict(question, line(text)) is verdict


def test_only_attributes_are_read_plainly() -> None:
    assert plain_verdict("is it warm", Line("x", LineKind.REVIEW, "Bag", "Review, 5 of 5 stars: warm")) is None


def test_nine_in_ten_of_its_verdicts_are_those_of_the_corpus() -> None:
    judged = [
        (found, pair.verdict)
        for folder in shop_folders(CORPUS)
        for pair in reading_pairs(folder)
        if (found := plain_verdict(pair.question, pair.line))
    ]
    assert len(judged) > 60
    assert sum(found is verdict for found, verdict in judged) >= 0.9 * len(judged)


@pytest.mark.parametrize(
    ("question", "rule", "verdict"),
    [
        (
            "im 16 can i buy the hatchet",
            "Knives and hatchets are sold to adults aged 18 and over.",
            Verdict.CONTRADICTS,
        ),
        ("I'm 19, can I get a hatchet", "You must be 18 or older to buy knives and hatchets.", Verdict.SUPPORTS),
        ("can my dad buy a hatchet for a 16 year old", "You must be 18 or older to buy hatchets.", None),
        ("im 16 can i use a voucher", "You must be 18 or older to buy hatchets.", None),
        ("can i buy hatchets", "You must be 18 or older to buy hatchets.", None),
        ("im 16 can i buy a card", "Cards come in any amount from 15 to 300 EUR.", None),
        ("i'm 17 cm short of a long hatchet", "You must be 18 or older to buy hatchets.", None),
    ],
)
def test_a_rule_on_age_is_read_by_its_numbers(question: str, rule: str, verdict: Verdict | None) -> None:
    assert age_verdict(question, Line("x", LineKind.POLICY, "Rules", rule)) is verdict


def test_no_rule_on_age_of_the_corpus_is_read_the_wrong_way_round() -> None:
    judged = [
        (found, pair.verdict)
        for folder in shop_folders(CORPUS)
        for pair in reading_pairs(folder)
        if pair.line.kind is LineKind.POLICY and (found := age_verdict(pair.question, pair.line))
    ]
    wrong = {(Verdict.SUPPORTS, Verdict.CONTRADICTS), (Verdict.CONTRADICTS, Verdict.SUPPORTS)}
    assert len(judged) > 20
    assert not wrong & set(judged)
    assert sum(found is verdict for found, verdict in judged) >= 0.85 * len(judged)
