"""The intent head: its arithmetic, its file, its rejection, and the recipe that fits it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.intents import IntentName
from assistant.understanding.intent_head import BUCKETS, SIGNS, IntentHead, Rejection, hashed_ngrams, softmax
from finetune.intent_examples import Examples
from finetune.intent_recipe import Recipe, calibrate, fit
from retrieval.errors import ModelError

MODEL = Path("data/models/intents")
QUICK = Recipe(networks=2, hidden=16, epochs=12, batch=16, ngram_weights=(0.0, 1.0), held_out=0.2)
WORDS = {"find": "show tent find buy", "pay": "card money pay price", "far": "moon star sky planet"}


def examples(count: int = 60, seed: int = 3) -> Examples:
    """Three labels, each with words and a direction of its own: what a head must tell apart."""
    chance = np.random.default_rng(seed)
    labels = [list(WORDS)[number % 3] for number in range(count)]
    texts = [" ".join(chance.choice(WORDS[label].split(), 3)) for label in labels]
    vectors = chance.normal(0, 0.3, (count, 8)).astype(np.float32)
    for row, label in enumerate(labels):
        vectors[row, list(WORDS).index(label)] += 2
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Examples(texts, vectors, labels, [str(number) for number in range(count)])


def test_the_recipe_tells_labels_apart_and_what_lies_outside() -> None:
    head = fit(examples(), 1, outside="far", encoder="words", recipe=QUICK)
    new = examples(seed=4)
    best = [guess[0] for guess in head.guess(new.texts, new.vectors)]
    known = [guess for guess, label in zip(best, new.labels, strict=True) if label != "far"]
    unknown = [guess for guess, label in zip(best, new.labels, strict=True) if label == "far"]
    assert [guess.name for guess in known] == [label for label in new.labels if label != "far"]
    assert min(guess.known for guess in known) > max(guess.known for guess in unknown)
    assert all(guess.name != "far" for guess in best)


def test_the_more_rejection_may_cost_the_more_it_rejects() -> None:
    found = [
        calibrate(examples(), 1, outside="far", recipe=replace(QUICK, rejection_cost=cost)).rejection
        for cost in (0.0, 0.2, 0.6)
    ]
    assert found[0].threshold < found[1].threshold < found[2].threshold
    assert found[0].weights == found[1].weights == found[2].weights


def test_rejection_costs_exactly_what_it_may_on_the_validation_part() -> None:
    validation, recipe = examples(seed=4), replace(QUICK, rejection_cost=0.1)
    calibration = calibrate(examples(), 1, outside="far", recipe=recipe, validation=validation)
    head = fit(examples(), 1, outside="far", recipe=recipe, calibration=calibration)
    known = validation.having(lambda label: label != "far")
    best = [guess[0] for guess in head.guess(known.texts, known.vectors)]
    assert [guess.name for guess in best] == list(known.labels)
    assert sum(guess.known < head.rejection.threshold - 1e-6 for guess in best) == 4 == 0.1 * len(known)


def test_a_head_takes_over() -> None:
    calibration = calibrate(examples(), 1, outside="far", recipe=QUICK)
    given = fit(examples(), 1, outside="far", recipe=QUICK, calibration=calibration)
    found = fit(examples(), 1, outside="far", recipe=QUICK)
    assert given.rejection == found.rejection == calibration.rejection
    assert all(np.array_equal(given.weights[name], found.weights[name]) for name in given.weights)


def test_every_known_label_has_its_prototypes_and_what_lies_outside_has_none() -> None:
    head, plain = (fit(examples(), 1, outside=outside, recipe=QUICK) for outside in ("far", ""))
    assert (head.weights["prototypes"].shape, plain.weights["prototypes"].shape) == ((12, 8), (18, 8))
    np.testing.assert_allclose(np.linalg.norm(head.weights["prototypes"], axis=1), 1, rtol=1e-5)


def test_a_label_of_few_texts_has_fewer_prototypes() -> None:
    few = examples(6)
    assert fit(few.beside(few), 1, recipe=QUICK).weights["prototypes"].shape == (6, 8)


def test_the_same_seed_gives_the_same_head() -> None:
    first, second = (fit(examples(), 1, recipe=QUICK) for _ in range(2))
    assert all(np.array_equal(first.weights[name], second.weights[name]) for name in first.weights)


def test_batches_equal_single_texts() -> None:
    head, new = fit(examples(), 1, recipe=QUICK), examples(seed=5)
    together = head.logits(new.texts, new.vectors)
    alone = np.concatenate([head.logits([text], new.vectors[row : row + 1]) for row, text in enumerate(new.texts)])
    np.testing.assert_allclose(together, alone, rtol=1e-4, atol=1e-4)


def test_a_saved_head_reads_back_alike(tmp_path: Path) -> None:
    head, new = fit(examples(), 1, outside="far", encoder="words", recipe=QUICK), examples(seed=5)
    head.save(tmp_path)
    again = IntentHead.open(tmp_path)
    assert (again.labels, again.outside, again.encoder) == (head.labels, "far", "words")
    assert again.rejection == pytest.approx(head.rejection) or again.rejection == head.rejection
    np.testing.assert_allclose(again.logits(new.texts, new.vectors), head.logits(new.texts, new.vectors), atol=0.05)


@pytest.mark.parametrize("damage", ["head.json", "head.safetensors", "cut", "labels", "prototypes", "syntax"])
def test_a_damaged_folder_is_named(tmp_path: Path, damage: str) -> None:
    head = fit(examples(), 1, recipe=QUICK)
    head.save(tmp_path)
    settings, weights = tmp_path / "head.json", tmp_path / "head.safetensors"
    if damage in ("head.json", "head.safetensors"):
        (tmp_path / damage).unlink()
    elif damage == "cut":
        weights.write_bytes(weights.read_bytes()[:1000])
    elif damage == "labels":
        settings.write_text(json.dumps({**json.loads(settings.read_text()), "labels": ["one"]}))
    elif damage == "prototypes":
        narrow = {**head.weights, "prototypes": head.weights["prototypes"][:, :7]}
        IntentHead(head.labels, narrow, head.rejection).save(tmp_path)
    else:
        settings.write_text("{")
    with pytest.raises(ModelError, match="aisle train intents"):
        IntentHead.open(tmp_path)


def test_the_shipped_head_knows_exactly_the_intents_that_words_can_tell() -> None:
    head = IntentHead.open(MODEL)
    by_rule = {IntentName.OTHER_LANGUAGE, IntentName.NOT_UNDERSTOOD}
    assert set(head.labels) == {name.value for name in IntentName if name not in by_rule}
    assert head.outside == IntentName.OUT_OF_SCOPE
    assert 0 < head.rejection.threshold < 1
    assert len(head.labels) >= 40


def test_without_rejection_everything_is_known() -> None:
    head = IntentHead(["a", "b"], _plain_weights(), Rejection.never())
    guess = head.guess(["x"], np.ones((1, 4), np.float32) / 2)[0][0]
    assert guess.known >= head.rejection.threshold


def _plain_weights() -> dict[str, np.ndarray]:
    return {
        "hidden.weight": np.zeros((3, 4)), "hidden.bias": np.zeros(3), "output.weight": np.zeros((2, 3)), "output.bias": np.zeros(2),
        "skip.weight": np.zeros((2, 4)), "ngrams.weight": np.zeros((BUCKETS, 2)), "idf": np.ones(BUCKETS), "prototypes": np.ones((2, 4)) / 2,
    }  # fmt: skip


def test_signs_can_be_worked_out_by_hand() -> None:
    head = IntentHead(["in", "also", "out"], {"prototypes": np.eye(3)[:2]}, Rejection.never(), outside="out")
    logits, vectors = np.array([[2.0, 0.0, 1.0]], np.float32), np.array([[0.6, 0.8, 0.0]], np.float32)
    best, energy, nearest, lead = head.signs(logits, vectors)[0]
    assert energy == pytest.approx(np.log(np.exp(2) + 1))
    assert best == pytest.approx(np.exp(2) / (np.exp(2) + 1))
    assert nearest == pytest.approx(0.8)
    assert lead == pytest.approx(1.0)
    assert head.signs(logits, vectors).shape == (1, SIGNS)


@given(st.text(max_size=500))
def test_any_text_has_buckets_in_range(text: str) -> None:
    buckets, counts = hashed_ngrams(text)
    assert len(buckets) == len(counts) == len(set(buckets.tolist()))
    assert ((buckets >= 0) & (buckets < BUCKETS)).all()
    assert (counts >= 1).all()


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=8))
def test_probabilities_add_up(logits: list[float]) -> None:
    assert softmax(np.array([logits], np.float32)).sum() == pytest.approx(1, abs=1e-5)
