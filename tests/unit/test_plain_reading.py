"""What attribute lines say by their words alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.reading.lines import Line, LineKind
from assistant.reading.verdict import Verdict
from assistant.tools.plain_reading import plain_verdict
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
