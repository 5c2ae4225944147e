"""Contrast: that a contest compares what it says, and that a model learns from it which reply belongs where."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from finetune.batches import always
from finetune.example import reply_example
from finetune.tuning.base_model import BaseModel, open_base
from finetune.tuning.checkpoint import Checkpoints, learning
from finetune.tuning.contrast import SIZE, Answered, Contest, contest_loss, draw_contests
from finetune.tuning.methods import with_adapter
from finetune.tuning.processes import Processes
from finetune.tuning.recipe import Method, Recipe
from finetune.tuning.tuning import Tuning

pytestmark = pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing. is deprecated:FutureWarning")
RECIPE = Recipe(max_steps=12, batch_tokens=200, parts=2, evaluations=2, learning_rate=1e-2, rank=4)


def ids(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int64)


ANSWERED = [
    Answered("a", ids(11, 12, 13, 14, 15), ids(21, 22)),
    Answered("b", ids(16, 12), ids(23, 24, 25, 26)),
    Answered("c", ids(17, 18, 13), ids(27)),
    Answered("d", ids(19, 11, 12, 16), ids(21, 28, 29)),
]


def test_the_loss_is_that_of_every_reply_read_alone_behind_every_prompt(base: BaseModel) -> None:
    def log(prompt: np.ndarray, reply: np.ndarray) -> float:
        whole = torch.from_numpy(np.concatenate([prompt, reply]))[None]
        logs = base.model(input_ids=whole).logits[0, len(prompt) - 1 : -1].log_softmax(-1)
        return float(logs[torch.arange(len(reply)), torch.from_numpy(reply)].sum())

    with torch.no_grad():
        rows = torch.tensor([[log(row.prompt, column.reply) for column in ANSWERED] for row in ANSWERED])
        found = float(contest_loss(base.model, Contest(tuple(ANSWERED))))
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


def tuned(folder: Path, recipe: Recipe, checkpoints: Checkpoints | None = None, most: int = 0) -> tuple[Tuning, float]:
    """A run on contests, broken off after `most` steps where that is given, and the contest's loss behind it."""
    model = with_adapter(open_base(str(folder)), recipe)
    examples = [reply_example(each.prompt.tolist(), [*each.reply.tolist(), 3]) for each in ANSWERED]
    run = Tuning(model, always(examples), examples[:2], recipe, Processes.join(), checkpoints, ANSWERED)

    def watch(noted: object) -> None:
        if most and run.course.step == most:
            raise KeyboardInterrupt

    run.run(watch)
    with torch.no_grad():
        return run, float(contest_loss(model.get_base_model(), Contest(tuple(ANSWERED))))


def test_whose_a_reply_is_can_be_learnt(folders: dict[str, Path]) -> None:
    chance = float(np.log(len(ANSWERED)))
    _, learnt = tuned(folders["embedded"], RECIPE)
    _, without = tuned(folders["embedded"], replace(RECIPE, contrast=0.0))
    assert learnt < without
    assert learnt < 0.7 * chance


def test_a_run_with_contests_goes_on_as_if_it_had_never_stopped(folders: dict[str, Path], tmp_path: Path) -> None:
    whole, _ = tuned(folders["embedded"], RECIPE)
    with pytest.raises(KeyboardInterrupt):
        tuned(folders["embedded"], RECIPE, Checkpoints(tmp_path, {}), most=7)
    again, _ = tuned(folders["embedded"], RECIPE, Checkpoints(tmp_path, {}))
    assert again.course.losses == whole.course.losses
    pairs = zip(learning(again._model).values(), learning(whole._model).values(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)


@pytest.mark.parametrize("recipe", [Recipe(method=Method.PREFIX), Recipe(checkpointing=True), Recipe(contrast=0.0)])
def test_no_contests_where_they_cannot_be_held(recipe: Recipe) -> None:
    assert not recipe.contests
