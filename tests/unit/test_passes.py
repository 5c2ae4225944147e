"""Passes: that only the shop's own replies are learnt again and again, and what is shown beside them is drawn anew."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant.act import Act
from assistant.evidence.evidence import Evidence
from assistant.language_model.prompt import Prompt, PromptTurn
from assistant.settings import SOURCE_ROOT
from finetune.example import CONTEXT, Example
from finetune.replayed import Replayed
from finetune.split import Split
from finetune.tuning.base_model import BaseModel, open_base
from finetune.tuning.examples import held_examples, training_passes
from finetune.tuning.examples_file import write_examples
from finetune.tuning.recipe import Recipe


@pytest.fixture(scope="module")
def embedded() -> BaseModel:
    return open_base(str(SOURCE_ROOT / "data" / "models" / "base"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    prompt = Prompt("", (PromptTurn("where is my order?!", (Act.APOLOGIZE, Act.SIGN_IN), ()),))
    items = tuple(
        Replayed(f"t{number}", 0, prompt, Evidence(prompt.turns[0].acts), f"I am sorry{'!' * number}", "…", unsaid=(Act.SIGN_IN,))
        for number in range(6)
    )  # fmt: skip
    write_examples(Split(items, (), ()), tmp_path)
    return tmp_path


def ids(examples: Sequence[Example]) -> set[bytes]:
    return {example.ids.tobytes() for example in examples}


def test_what_is_not_the_shops_own_is_drawn_anew(folder: Path, embedded: BaseModel) -> None:
    passes = training_passes(folder, embedded, Recipe(rehearsal=0.9, seed=1))
    own, first, second = ids(held_examples(folder, "train", embedded)), ids(passes(0)), ids(passes(1))
    assert own <= first & second
    assert len(first - second) > len(first - own) / 2 > 0
    again = training_passes(folder, embedded, Recipe(rehearsal=0.9, seed=1))
    assert ids(again(1)) == second
    assert ids(training_passes(folder, embedded, Recipe(rehearsal=0.9, seed=2))(1)) != second


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_rehearsal_has_its_share_of_the_tokens(folder: Path, embedded: BaseModel, share: float) -> None:
    without = sum(len(example.ids) for example in training_passes(folder, embedded, Recipe(rehearsal=0.0))(0))
    whole = sum(len(example.ids) for example in training_passes(folder, embedded, Recipe(rehearsal=share))(0))
    own = sum(len(example.ids) for example in held_examples(folder, "train", embedded))
    assert 0 <= (whole - without) - own * share / (1 - share) < CONTEXT
