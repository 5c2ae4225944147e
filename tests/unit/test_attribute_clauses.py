"""Attribute clauses: names and values of any shop as plain English."""

from __future__ import annotations

import re

import pytest

from assistant.reading.lines import LineKind, product_lines
from assistant.writing.attribute_clauses import Subject, attribute_clause
from finetune.corpora.shop import CorpusShop, shop_folders
from tests.unit.corpus import CORPUS


def said(text: str, subject: Subject = Subject("it")) -> str:
    value = text.partition(": ")[2]
    note = re.sub(r"^(?:yes|no)\b[,;:]?\s*", "", value)
    return attribute_clause(text, "l1", subject).text.replace("{l1.value}", value).replace("{l1.note}", note)


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("Weight: 2.1 kg", "it weighs 2.1 kg"),
        ("Pregnancy: suitable", "it is suitable for pregnancy"),
        ("Induction hobs: not suitable", "it is not suitable for induction hobs"),
        ("Battery: 20 days", "its battery lasts 20 days"),
        ("Batteries: 2 AAA", "it runs on 2 AAA"),
        ("Voltage: 18 V", "its voltage is 18 V"),
        ("Brakes: disc brakes", "its brakes are disc brakes"),
        ("Pockets: 4", "it has 4 pockets"),
        ("Pockets: 1", "it has 1 pocket"),
        ("Serves: 4 people", "it serves 4 people"),
        ("Made for: kids", "it is made for kids"),
        ("Cups per bag: 160 cups", "it has 160 cups per bag"),
        ("Protein per serving: 24 g", "it has 24 g of protein per serving"),
        ("Waterproof: yes", "it is waterproof"),
        ("Dishwasher safe: no", "it isn't dishwasher safe"),
        ("Dishwasher safe: yes, top rack", "it is dishwasher safe (top rack)"),
        ("Child seat suitable: yes", "it is suitable for a child seat"),
        ("Lid: yes", "it has a lid"),
        ("Whistle: no", "it has no whistle"),
        ("Night vision: yes", "it has night vision"),
        ("Floats: no", "it doesn't float"),
        ("Crushes ice: no", "it doesn't crush ice"),
        ("Needs phone: yes", "it needs a phone"),
        ("Batteries included: no", "no batteries are included"),
        ("Can be engraved: no", "it can't be engraved"),
        ("For cats: no", "it isn't meant for cats"),
        ("Smell: none", "it has no smell"),
        ("Waterproof: rain only", 'under "waterproof", the page says "rain only"'),
        ("Comfort down to: -8 °C", "the page says: comfort down to -8 °C"),
        ("Bpa free: yes", "it is BPA free"),
        ("Max load: 130 kg", "its maximum load is 130 kg"),
    ],
)
def test_an_attribute_becomes_a_clause(text: str, clause: str) -> None:
    assert said(text) == clause


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("Weight: 2.1 kg", "the {p1.name} weigh 2.1 kg"),
        ("Voltage: 18 V", "the voltage of the {p1.name} is 18 V"),
        ("Floats: yes", "the {p1.name} float"),
        ("Reel included: no", "with the {p1.name}, no reel is included"),
    ],
)
def test_a_product_of_several_pieces_agrees_with_its_verb(text: str, clause: str) -> None:
    assert said(text, Subject("the {p1.name}", is_plural=True)) == clause


def test_every_attribute_of_the_corpus_is_said_with_its_product_and_value() -> None:
    lines = {
        line.text: line
        for folder in shop_folders(CORPUS)
        for product in CorpusShop.load(folder).catalog.products.values()
        for line in product_lines(product)
        if line.kind is LineKind.ATTRIBUTE
    }
    assert len(lines) > 3000
    for text, line in lines.items():
        clause = attribute_clause(text, "l1", Subject("the {p1.name}"))
        is_bare = line.value.casefold() in ("yes", "no", "none")
        assert is_bare or "{l1." in clause.text, (text, clause)
        assert "{p1.name}" in clause.text, (text, clause)
        assert "<" not in clause.text
        assert not re.search(r"\b(\w+) \1\b", clause.text.replace("{l1.value}", "")), (text, clause)
        assert (clause.answer is None) == (line.value.split()[0].casefold().strip(",;:") not in ("yes", "no")), text
