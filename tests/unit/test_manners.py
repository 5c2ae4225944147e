"""Manners: what a model may say of an act is what the phrasings say of it."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import pytest

from assistant.act import Act
from assistant.evidence.hints import IN_STOCK, OUT_OF_STOCK
from assistant.language_model.prompt import PromptFact, PromptTurn
from assistant.writing.checking.sentences import streamed
from assistant.writing.manners import MANNERS_FILE, Manners
from finetune.simulator import Simulator

BASE = Path(__file__).parents[2] / "data" / "models" / "base"
STOCK = (PromptFact("p2.stock", "in stock", IN_STOCK),)
TURNS = (
    PromptTurn("hi", (Act.GREET,), (), "Hello there! What can I find?"),
    PromptTurn("in stock?", (Act.TOLD_STOCK,), STOCK, "Yes, it is {p2.stock}."),
    PromptTurn("hi, in stock?", (Act.GREET, Act.TOLD_STOCK), STOCK, "Hello there! As for stock, it is {p2.stock}."),
)
MANNERS = Manners.of(TURNS)


@pytest.mark.parametrize(
    ("sentence", "acts", "hint", "is_strange"),
    [
        ("Hello there!", (Act.GREET,), IN_STOCK, False),
        ("Hello there!", (Act.TOLD_STOCK,), IN_STOCK, True),  # of another act
        ("Hello find!", (Act.GREET,), IN_STOCK, True),  # no such run
        ("Yes, it is {p1.stock}.", (Act.TOLD_STOCK,), IN_STOCK, False),  # in any slot
        ("Yes, it is {p1.stock}.", (Act.TOLD_STOCK,), OUT_OF_STOCK, True),  # in another mood
        ("As for stock, it is {p1.stock}.", (Act.GREET, Act.TOLD_STOCK), IN_STOCK, False),
        ("As for stock, it is {p1.stock}.", (Act.TOLD_STOCK,), IN_STOCK, True),  # only beside another act
    ],
)
def test_strange_is_what_no_reply_of_the_acts_had(
    sentence: str, acts: tuple[Act, ...], hint: str, is_strange: bool
) -> None:
    assert bool(list(MANNERS.strange(sentence, acts, {"p1.stock": hint}))) is is_strange


def test_files_keep_them(tmp_path: Path) -> None:
    MANNERS.write(tmp_path)
    read = Manners.read(tmp_path)
    assert read is not None
    copy = tmp_path / "copy"
    copy.mkdir()
    read.write(copy)
    assert (copy / MANNERS_FILE).read_text() == (tmp_path / MANNERS_FILE).read_text()


def test_a_model_without_them_has_none(tmp_path: Path) -> None:
    assert Manners.read(tmp_path) is None


def test_a_damaged_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / MANNERS_FILE).write_text(json.dumps({"acts": ["no_such_act"]}))
    with pytest.raises(ValueError, match="no_such_act"):
        Manners.read(tmp_path)


def test_the_shipped_manners_know_the_phrasings() -> None:
    """After the phrasings were edited, `aisle train contexts` brings the two together again."""
    manners = Manners.read(BASE)
    assert manners is not None
    strange = count = 0
    for turn in islice((turn for talk in Simulator.load().conversations(2) for turn in talk), 600):
        for sentence in streamed([turn.reply]):
            count += 1
            strange += any(manners.strange(sentence, turn.acts, {fact.key: fact.hint for fact in turn.facts}))
    assert strange < 0.01 * count


def test_an_adapters_manners_join_those_of_its_base() -> None:
    base = Manners.of([PromptTurn("hi", (Act.GREET,), (), "Hello there.")])
    learned = Manners.of([PromptTurn("bye", (Act.GOODBYE,), (), "Cheers and take care.")])
    both = base.joined(learned)
    assert not list(both.strange("Hello there.", [Act.GREET], {}))
    assert not list(both.strange("Cheers and take care.", [Act.GOODBYE], {}))
    assert list(both.strange("Cheers and take care.", [Act.GREET], {}))


def test_what_is_said_too_seldom_is_no_manner() -> None:
    often, once = PromptTurn("hi", (Act.GREET,), (), "Hello there."), PromptTurn("hi", (Act.GREET,), (), "Hello, sir.")
    both = PromptTurn("hi", (Act.GREET, Act.WELCOME), (), "Hello there.")
    manners = Manners.of([often, often, both, once], fewest=3)
    assert not list(manners.strange("Hello there.", [Act.GREET], {}))
    assert list(manners.strange("Hello, sir.", [Act.GREET], {}))
    assert not list(Manners.of([often, once]).strange("Hello, sir.", [Act.GREET], {}))
