"""Tuning: what counts, what moves, what stays, and that a run gives the same however it came about."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from assistant.adapters.adapter import Adapter
from assistant.adapters.fitting import check_fits
from finetune.batches import pad, parts_of, steps
from finetune.example import Example, merged, reply_example
from finetune.optimizing import cosine, weighted_loss
from finetune.tuning.adapter_folder import write_adapter
from finetune.tuning.checkpoint import Checkpoints, Course, learning
from finetune.tuning.losses import loss_for, whole_loss
from finetune.tuning.processes import Processes
from finetune.tuning.recipe import Precision, Recipe
from finetune.tuning.tuning import Noted, Tuning, mean_loss, run_length
from retrieval.errors import FeedError, ModelError, SettingsError
from tests.unit.learning import fresh, verdict_example
from tests.unit.tiny_conversation import tiny_base

RECIPE = Recipe(max_steps=6, batch_tokens=120, parts=2, evaluations=3, learning_rate=1e-2, rank=4, patience=99)
EXACT = replace(RECIPE, precision=Precision.FP32)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_base(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def exact(base: Path) -> tuple[Any, list[Example]]:
    model, examples = fresh(base, EXACT, exact=True)
    return model.get_base_model(), [*examples, verdict_example()]


def tuned(
    base: Path, recipe: Recipe = RECIPE, checkpoints: Checkpoints | None = None, last: int = 0
) -> tuple[Any, Course]:
    """A run on the tiny model; one with a `last` step is broken off there as by a kill."""
    model, examples = fresh(base, recipe)
    run = Tuning(model, lambda number: examples, examples[:2], recipe, Processes.join(), checkpoints)

    def watch(noted: Noted) -> None:
        if last and noted.step == last:
            raise KeyboardInterrupt

    return model, run.run(watch)


def summed(model: Any, examples: Sequence[Example]) -> float:
    """The loss of the examples, each read alone."""
    with torch.no_grad():
        return sum(float(weighted_loss(model, pad([example]))) for example in examples)


def test_a_padded_batch_leaks_nothing_from_one_example_to_another(exact: tuple[Any, list[Example]]) -> None:
    model, examples = exact
    with torch.no_grad():
        for loss in (weighted_loss, whole_loss):
            assert float(loss(model, pad(examples))) == pytest.approx(summed(model, examples), rel=1e-5)


def test_what_is_learned_of_a_line_is_its_verdict_and_not_its_next_token(exact: tuple[Any, list[Example]]) -> None:
    model, (*_, example) = exact
    (place,) = np.flatnonzero(example.weights)
    with torch.no_grad():
        logs = model(input_ids=torch.from_numpy(example.ids)[None]).logits[0, place - 1].log_softmax(-1)
    assert example.targets is not None
    assert summed(model, [example]) == pytest.approx(-float(logs[example.targets[place]]), rel=1e-5)
    assert summed(model, [example]) != pytest.approx(-float(logs[example.ids[place]]), rel=1e-2)


def test_a_reply_read_once_with_its_history_is_learned_as_if_it_stood_alone(exact: tuple[Any, list[Example]]) -> None:
    model, _ = exact
    talk = list(range(20, 60))
    alone = [reply_example(talk[:end], talk[end : end + 6]) for end in (5, 17, 30)]
    together = merged(alone)
    assert len(together) == 1
    assert summed(model, together) == pytest.approx(summed(model, alone), rel=1e-5)


def test_a_model_that_scales_its_logits_takes_the_whole_way(base: Path) -> None:
    model = fresh(base, EXACT, exact=True)[0].get_base_model()
    assert loss_for(model, 400) is weighted_loss
    plain = model.forward

    def halved(*given: Any, **named: Any) -> Any:
        output = plain(*given, **named)
        output.logits = output.logits / 2
        return output

    model.forward = halved
    assert loss_for(model, 400) is whole_loss


def test_padding_is_short_where_examples_of_like_length_go_together() -> None:
    chance = random.Random(3)
    sizes = [int(chance.lognormvariate(4.6, 0.5)) + 8 for _ in range(2000)]
    made = [Example(np.ones(size, np.int64), np.ones(size, np.float32)) for size in sizes]
    parts = [pad(part) for step in steps(iter(made), 4096, chance) for part in parts_of(step, 4)]
    assert sum(part.tokens for part in parts) < 1.1 * sum(sizes)


@given(
    sizes=st.lists(st.integers(2, 60), min_size=1, max_size=900), tokens=st.integers(60, 400), seed=st.integers(0, 9)
)
def test_a_pass_reads_each_example_once_in_steps_of_the_size_that_was_asked_for(
    sizes: list[int], tokens: int, seed: int
) -> None:
    made = [Example(np.full(size, number), np.ones(size, np.float32)) for number, size in enumerate(sizes)]
    cut = list(steps(iter(made), tokens, random.Random(seed)))
    assert sorted(int(example.ids[0]) for step in cut for example in step) == list(range(len(sizes)))
    assert all(len(step) * max(len(example.ids) for example in step) <= tokens for step in cut)


@given(parts=st.integers(1, 9), count=st.integers(1, 30))
def test_the_parts_of_a_step_hold_each_example_once(parts: int, count: int) -> None:
    made = [Example(np.full(3, number), np.ones(3, np.float32)) for number in range(count)]
    dealt = [int(example.ids[0]) for part in parts_of(made, parts) for example in part]
    assert sorted(dealt) == list(range(count))


@given(st.floats(0, 1), st.floats(0.01, 0.5))
def test_the_learning_rate_rises_then_falls_and_never_rests(progress: float, warm_up: float) -> None:
    assert 0.01 <= cosine(progress, warm_up) <= 1
    assert cosine(warm_up, warm_up) == 1
    assert cosine(1, warm_up) == pytest.approx(0.05)
    if warm_up <= progress <= 0.9:
        assert cosine(progress, warm_up) > cosine(progress + 0.1, warm_up)


def test_a_short_run_reads_a_few_replies_often_and_a_long_one_its_passes() -> None:
    made = [Example(np.ones(60, np.int64), np.ones(60, np.float32))] * 1000
    assert run_length(made[:4], replace(RECIPE, max_steps=None)) == 150
    assert run_length(made, replace(RECIPE, max_steps=None, passes=2.0)) == 1000
    assert run_length(made, RECIPE) == 6


def test_the_adapter_moves_and_the_base_stays(base: Path, tmp_path: Path) -> None:
    model, examples = fresh(base, RECIPE)
    frozen = {name: value.clone() for name, value in model.named_parameters() if not value.requires_grad}
    before = {name: value.detach().clone() for name, value in learning(model).items()}
    run = Tuning(model, lambda number: examples, examples, replace(RECIPE, max_steps=20), Processes.join())
    course = run.run()
    assert course.best[1] < course.held_out[0] - 0.3
    assert course.tokens > 20 * 60
    assert all(torch.equal(value, frozen[name]) for name, value in model.named_parameters() if name in frozen)
    still = {name for name, value in learning(model).items() if torch.equal(value, before[name])}
    assert all("lora_A" in name for name in still)
    model.peft_config["default"].base_model_name_or_path = base.name
    write_adapter(model, tmp_path)
    check_fits(Adapter.read(tmp_path), str(base))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["adapter_config.json", "adapter_model.safetensors"]
    assert mean_loss(model, examples, RECIPE, Processes.join()) == pytest.approx(course.best[1], rel=1e-3)


def test_a_run_that_was_killed_goes_on_to_the_same_result(base: Path, tmp_path: Path) -> None:
    model, course = tuned(base)
    checkpoints = Checkpoints(tmp_path / "checkpoints", RECIPE.as_json())
    with pytest.raises(KeyboardInterrupt):
        tuned(base, RECIPE, checkpoints, last=3)
    again, resumed = tuned(base, RECIPE, checkpoints)
    assert (resumed.losses, resumed.held_out) == (course.losses, course.held_out)
    for name, value in learning(model).items():
        assert torch.equal(value, learning(again)[name])
    assert [path.name for path in (tmp_path / "checkpoints").iterdir()] == ["step-6"]


def test_a_checkpoint_of_another_run_is_not_taken_for_this_one(base: Path, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        tuned(base, RECIPE, Checkpoints(tmp_path, RECIPE.as_json()), last=3)
    with pytest.raises(ModelError, match=r"other seed.*\n.*--output"):
        Checkpoints(tmp_path, replace(RECIPE, seed=2).as_json()).load()
    (next(tmp_path.glob("step-*")) / "state.safetensors").write_bytes(b"half")
    with pytest.raises(ModelError, match=r"damaged.*\n.*Delete"):
        Checkpoints(tmp_path, RECIPE.as_json()).load()


def test_a_run_ends_early_and_keeps_what_did_best(base: Path) -> None:
    recipe = replace(RECIPE, max_steps=40, evaluations=40, patience=2, learning_rate=1.0)
    model, course = tuned(base, recipe)
    assert course.step < 40
    assert course.evaluations_since_best == 2
    held_out = fresh(base, recipe)[1][:2]
    assert mean_loss(model, held_out, recipe, Processes.join()) == pytest.approx(course.best[1], rel=1e-3)


WRONG: list[dict[str, Any]] = [
    {"rank": 0}, {"rehearsal": 1.0}, {"max_steps": 0}, {"learning_rate": 0.0}, {"batch_tokens": 0}, {"parts": 0},
    {"evaluations": 0}, {"contrast": -1.0}, {"strength": 0.0}, {"strength": 1.5},
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_recipe_that_cannot_work_names_the_value(wrong: dict[str, Any]) -> None:
    ((name, value),) = wrong.items()
    with pytest.raises(SettingsError, match=rf"{name} is {value}[\s\S]*--help"):
        Recipe(**wrong)


def test_nothing_to_learn_from_is_said_before_a_run(base: Path) -> None:
    model, examples = fresh(base, RECIPE)
    with pytest.raises(FeedError, match=r"no reply to learn from[\s\S]*--dry-run"):
        Tuning(model, lambda number: [], examples, RECIPE, Processes.join())
    masked = [Example(example.ids, np.zeros_like(example.weights)) for example in examples]
    with pytest.raises(FeedError, match=r"to measure progress on is masked[\s\S]*longer context"):
        Tuning(model, lambda number: examples, masked, RECIPE, Processes.join())
