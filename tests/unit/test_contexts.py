"""Contexts: a reference stands only where the phrasings have put its kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.language_model.contexts import CONTEXTS_FILE, Contexts, context, kind_of
from assistant.language_model.model_files import read_model
from assistant.reference import REFERENCE_PATTERN
from finetune.grounded import learned_contexts
from retrieval.errors import ModelError

BASE = Path(__file__).resolve().parents[2] / "data" / "models" / "base"


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("", "^ ^"),
        ("The ", "^ the"),
        ("It costs ", "it costs"),
        ("Sure. The ", "^ the"),
        ("The {p2.name} is ", "p.name is"),
        ("I found {search.count} ", "found search.count"),
        ("Well, it’s ", ", it's"),
    ],
)
def test_a_context_is_the_last_two_words_of_the_sentence(before: str, expected: str) -> None:
    assert context(before) == expected


def test_slots_of_one_kind_share_their_contexts() -> None:
    contexts = Contexts.of(["The {p1.name} is {p1.price}."])
    assert kind_of("p6.price") == "p.price"
    assert contexts.allow("The {p3.name} is ", "p3.price")
    assert not contexts.allow("The {p3.name} weighs ", "p3.price")
    assert not contexts.allow("The {p3.name} is ", "p3.rating")


def test_writing_and_reading_keeps_every_context(tmp_path: Path) -> None:
    contexts = learned_contexts(seed=3, turns=200)
    contexts.write(tmp_path)
    read = Contexts.read(tmp_path)
    assert read is not None
    read.write(tmp_path / "..")
    assert (tmp_path / ".." / CONTEXTS_FILE).read_text() == (tmp_path / CONTEXTS_FILE).read_text()


def test_damaged_contexts_are_a_model_error(tmp_path: Path) -> None:
    for path in BASE.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes()) if path.is_file() else None
    (tmp_path / CONTEXTS_FILE).write_text("{")
    with pytest.raises(ModelError, match=CONTEXTS_FILE):
        read_model(tmp_path)


def test_the_shipped_contexts_know_the_phrasings() -> None:
    """At most one use in a thousand of fresh simulated replies is unknown to the shipped file."""
    from finetune.simulator import Simulator

    contexts = Contexts.read(BASE)
    assert contexts is not None
    uses = misses = 0
    for conversation in Simulator.load().conversations(seed=987):
        for turn in conversation:
            for found in REFERENCE_PATTERN.finditer(turn.reply):
                uses += 1
                misses += not contexts.allow(turn.reply[: found.start()], found.group(1))
        if uses > 3000:
            break
    assert misses <= uses / 1000


def test_an_adapters_contexts_join_those_of_its_base() -> None:
    both = Contexts.of(["It costs {p1.price}."]).joined(Contexts.of(["Just {p1.price} today.", "Ask {shop.name}."]))
    assert both.allow("It costs ", "p2.price")
    assert both.allow("Just ", "p1.price")
    assert both.allow("Ask ", "shop.name")
    assert not both.allow("It costs ", "shop.name")
