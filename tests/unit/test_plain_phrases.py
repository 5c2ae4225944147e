"""Plain phrases stand in when a written sentence fails, so each must be safe and fit whatever facts there are."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path

import pytest

from assistant.act import Act
from assistant.reference import REFERENCE_PATTERN
from assistant.writing.phrase_file import read_phrase_file
from assistant.writing.plain_phrases import PlainPhrases
from finetune.simulator import PHRASINGS, Simulator
from retrieval.errors import AisleError


@pytest.fixture(scope="module")
def plain() -> PlainPhrases:
    return PlainPhrases.load(PHRASINGS)


def test_the_phrase_with_most_of_the_facts_is_said(plain: PlainPhrases) -> None:
    assert (
        plain.sentence(Act.TOLD_PRICE, frozenset({"p1.name", "p1.price"}), 1)
        == "The price of the {p1.name} is {p1.price}."
    )
    assert plain.sentence(Act.TOLD_PRICE, frozenset(), 1) == "You can see the price on the product's page."
    assert plain.sentence(Act.ANSWERED, frozenset(), 1) is None


def test_every_simulated_turn_has_a_plain_phrase_for_each_act(plain: PlainPhrases) -> None:
    for talk in islice(Simulator.load().conversations(5), 2000):
        for turn in talk:
            keys = frozenset(fact.key for fact in turn.facts)
            for act in turn.acts:
                sentence = plain.sentence(act, keys, 3)
                assert sentence, (act, keys)
                assert set(REFERENCE_PATTERN.findall(sentence)) <= keys


@pytest.mark.parametrize("act", list(Act))
def test_plain_phrases_hold_no_number_and_no_promise(act: Act) -> None:
    for text in (line.text for line in read_phrase_file(PHRASINGS / f"{act.value}.md")["plain"]):
        bare = REFERENCE_PATTERN.sub("", text)
        assert not re.search(r"[\d$£€%(|)\[\]<>]|\bwill\b|'ll\b|\bfree\b|guarantee", bare, re.I), text
        assert text[0].isupper() or text.startswith("{"), text
        assert text.endswith((".", "?", ".text}")), text


def test_an_act_without_a_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(AisleError, match="found_products"):
        PlainPhrases.load(tmp_path)


def test_a_file_without_plain_phrases_is_reported(tmp_path: Path) -> None:
    for act in Act:
        (tmp_path / f"{act.value}.md").write_text("## reply\n- Hello.\n")
    with pytest.raises(AisleError, match="no plain phrase"):
        PlainPhrases.load(tmp_path)
