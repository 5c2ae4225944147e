"""Contrast: that a contest compares what it says, and that a model learns from it which reply belongs where."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from finetune.example import reply_example
from finetune.tuning.checkpoint import Checkpoints, learning
from finetune.tuning.contrast import SIZE, Answered, Contest, contest_loss, draw_contests
from finetune.tuning.processes import Processes
from finetune.tuning.recipe import Precision, Recipe
from finetune.tuning.tuning import Tuning
from tests.unit.learning import fresh
from tests.unit.tiny_conversation import tiny_base

RECIPE = Recipe(
    max_steps=12, batch_tokens=200, parts=2, evaluations=2, learning_rate=1e-2, rank=4, contrast=1.0, precision=Precision.FP32,
)  # fmt: skip


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_base(tmp_path_factory.mktemp("models") / "tiny")


def ids(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int64)


ANSWERED = [
    Answered("a", ids(11, 12, 13, 14, 15), ids(21, 22)),
    Answered("b", ids(16, 12), ids(23, 24, 25, 26)),
    Answered("c", ids(17, 18, 13), ids(27)),
    Answered("d", ids(19, 11, 12, 16), ids(21, 28, 29)),
]


def test_the_loss_is_that_of_every_reply_read_alone_behind_every_prompt(base: Path) -> None:
    model = fresh(base, RECIPE, exact=True)[0].get_base_model()

    def log(prompt: np.ndarray, reply: np.ndarray) -> float:
        whole = torch.from_numpy(np.concatenate([prompt, reply]))[None]
        logs = model(input_ids=whole).logits[0, len(prompt) - 1 : -1].log_softmax(-1)
        return float(logs[torch.arange(len(reply)), torch.from_numpy(reply)].sum())

    with torch.no_grad():
        rows = torch.tensor([[log(row.prompt, column.reply) for column in ANSWERED] for row in ANSWERED])
        found = float(contest_loss(model, Contest(tuple(ANSWERED))))
    assert found == pytest.approx(float(-rows.T.log_softmax(-1).diagonal().mean()), abs=1e-5)


@given(
    st.lists(st.tuples(st.integers(1, 40), st.lists(st.integers(1, 5), min_size=1, max_size=3)), max_size=60),
    st.integers(1, 3),
    st.text(max_size=3),
)
def test_a_contest_is_of_different_replies_of_different_conversations(
    pairs: list[tuple[int, list[int]]], count: int, seed: str
) -> None:
    answered = [Answered(str(transcript), ids(1, 2), ids(*reply)) for transcript, reply in pairs]
    contests = draw_contests(answered, count, seed)
    assert len(contests) <= count
    assert all(2 <= len(contest.answered) <= SIZE for contest in contests)
    drawn = [each for contest in contests for each in contest.answered]
    assert len({each.transcript for each in drawn}) == len(drawn)
    assert len({each.reply.tobytes() for each in drawn}) == len(drawn)
    assert [len(each.reply) for each in drawn] == sorted((len(each.reply) for each in drawn), reverse=True)
    again = draw_contests(answered, count, seed)
    assert [id(each) for contest in again for each in contest.answered] == [id(each) for each in drawn]


def test_replies_of_one_conversation_make_no_contest() -> None:
    assert draw_contests([Answered("a", ids(1, 2), ids(number)) for number in range(9)], 2, "") == []
    assert draw_contests([], 2, "") == []


def tuned(
    base: Path, recipe: Recipe = RECIPE, checkpoints: Checkpoints | None = None, last: int = 0
) -> tuple[Any, Tuning]:
    """A run on contests, broken off after the `last` step where that is given."""
    model, _ = fresh(base, recipe, exact=True)
    examples = [reply_example(each.prompt.tolist(), [*each.reply.tolist(), 3]) for each in ANSWERED]
    run = Tuning(model, lambda number: examples, examples[:2], recipe, Processes.join(), checkpoints, ANSWERED)

    def watch(noted: object) -> None:
        if last and run.course.step == last:
            raise KeyboardInterrupt

    run.run(watch)
    return model, run


def contest_of(model: Any) -> float:
    with torch.no_grad():
        return float(contest_loss(model.get_base_model(), Contest(tuple(ANSWERED))))


def test_whose_a_reply_is_can_be_learned(base: Path) -> None:
    learned, without = (contest_of(tuned(base, recipe)[0]) for recipe in (RECIPE, replace(RECIPE, contrast=0.0)))
    assert learned < without
    assert learned < 0.7 * float(np.log(len(ANSWERED)))


def test_a_run_with_contests_goes_on_as_if_it_had_never_stopped(base: Path, tmp_path: Path) -> None:
    model, whole = tuned(base)
    with pytest.raises(KeyboardInterrupt):
        tuned(base, RECIPE, Checkpoints(tmp_path, {}), last=7)
    resumed, again = tuned(base, RECIPE, Checkpoints(tmp_path, {}))
    assert again.course.losses == whole.course.losses
    pairs = zip(learning(resumed).values(), learning(model).values(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)
