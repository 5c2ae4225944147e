"""What a beginning goes on with does what the turn still has to do, and is all that is learnt of it."""

from __future__ import annotations

import random

import pytest
from transformers import AutoTokenizer

from assistant.act import Act
from assistant.language_model.prompt import Prompt, PromptFact, PromptTurn
from assistant.reference import REFERENCE_PATTERN
from assistant.writing.performing import performs
from finetune.simulator import Simulator
from finetune.tuning.base_model import BaseModel, open_base
from finetune.tuning.continuation import Continuations
from finetune.tuning.examples_file import StoredExample
from tests.unit.tiny_models import TINY

BEGUN = "I understand how annoying that is."
ASKED = PromptTurn(
    "where is my order?!", (Act.SIGN_IN, Act.ANSWERED), (PromptFact("a1.text", ""), PromptFact("a1.title", ""))
)


def item(*unsaid: Act, turn: PromptTurn = ASKED) -> StoredExample:
    return StoredExample("t", Prompt("", (turn,)), BEGUN, False, unsaid)


@pytest.fixture(scope="module", params=["embedded", "qwen2"])
def base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> BaseModel:
    return open_base(str(TINY[request.param](tmp_path_factory.mktemp("tiny") / request.param)))


@pytest.fixture(scope="module")
def continuations(base: BaseModel) -> Continuations:
    return Continuations(Simulator.load(), base.encode)


@pytest.mark.parametrize("seed", range(20))
def test_only_what_follows_is_learnt(continuations: Continuations, base: BaseModel, seed: int) -> None:
    made = continuations.example(item(Act.SIGN_IN, Act.ANSWERED), random.Random(seed))
    assert made is not None
    tokenizer = AutoTokenizer.from_pretrained(base.name)
    learnt = tokenizer.decode(made.ids[made.weights > 0])
    whole = tokenizer.decode(made.ids)
    assert BEGUN in whole
    assert BEGUN not in learnt
    assert performs(learnt, Act.SIGN_IN)
    assert "a1.text" in REFERENCE_PATTERN.findall(learnt)
    assert made.weights[-1] == 1.0  # the end as well
    assert (made.weights > 0).argmax() + (made.weights > 0).sum() == len(made.ids)


def test_facts_that_no_phrase_fits_are_left_alone(continuations: Continuations) -> None:
    bare = PromptTurn("how much is it?", (Act.TOLD_PRICE,), ())
    assert continuations.example(item(Act.TOLD_PRICE, turn=bare), random.Random(1)) is None
