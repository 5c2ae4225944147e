"""A model of ratings that is trained, kept in a folder, and judged on ratings that came later."""

import json
import re

import numpy as np
import pytest
from typer.testing import CliRunner

from assistant.cli import build_app
from finetune.recommending import rating_evaluation
from finetune.recommending.rating_models import factorize, mean_only, sample
from finetune.recommending.rating_training import SavedRatings, judge, train
from finetune.recommending.ratings import Ratings, split
from retrieval.errors import ModelError
from tests.unit.recommending.test_ratings import made


@pytest.fixture
def quick(monkeypatch):
    """Few choices and few draws."""
    monkeypatch.setattr(
        rating_evaluation,
        "_CHOICES",
        {
            "global mean": [{}],
            "biases": [{"width": 0, "penalty": 0.0, "of_biases": 1.0}],
            "Bayesian factorization": [{"width": 2, "draws": 30, "burn_in": 20}],
        },
    )


def kept(folder, model, ratings):
    SavedRatings.of("any way", model, ratings).save(folder, "a card")
    return SavedRatings.load(folder)


@pytest.mark.parametrize(
    "fitted",
    [
        mean_only,
        lambda ratings: factorize(ratings, 3, 0.05, 1.0),
        lambda ratings: sample(ratings, 3, draws=20, burn_in=10),
    ],
)
def test_a_kept_model_predicts_what_it_did(tmp_path, fitted):
    ratings, _ = made(users=20, items=15, width=1, noise=0.2)
    model = fitted(ratings)
    found = kept(tmp_path, model, ratings).predict(ratings)
    assert found == pytest.approx(model.predict(ratings.users, ratings.items), abs=0.01)


def test_ids_decide_and_not_the_order_in_which_a_file_has_them(tmp_path):
    ratings, _ = made(users=20, items=15)
    saved = kept(tmp_path, factorize(ratings, 2, 0.05, 1.0), ratings)
    names = ratings.user_names, ratings.item_names
    rows = [
        (names[0][user], names[1][item], value, 0.0)
        for user, item, value in zip(ratings.users, ratings.items, ratings.values, strict=True)
    ]
    turned = Ratings.of(rows[::-1])
    assert turned.user_names != ratings.user_names
    assert saved.predict(turned)[::-1] == pytest.approx(saved.predict(ratings))


def test_who_is_unknown_gets_the_bias_of_the_item_and_the_mean(tmp_path):
    ratings, _ = made(users=20, items=15)
    model = factorize(ratings, 0, 0.0, 1.0)
    found = kept(tmp_path, model, ratings).predict(
        Ratings.of([("nobody", "i3", 1.0, 0.0), ("nobody", "nothing", 1.0, 0.0)])
    )
    bias = model.items[ratings.item_names.index("i3"), -1]
    assert found == pytest.approx([model.scale.mean + bias, model.scale.mean], abs=0.01)


def test_a_folder_that_is_incomplete_or_changed_is_refused(tmp_path):
    ratings, _ = made(users=20, items=15)
    kept(tmp_path, mean_only(ratings), ratings)
    names, config = tmp_path / "names.json", tmp_path / "config.json"
    whole, manifest = names.read_text(), config.read_text()
    names.write_text(whole.replace("u1", "u9"))
    with pytest.raises(ModelError, match=r"names.json is not the file"):
        SavedRatings.load(tmp_path)
    names.write_text(whole)
    config.write_text(manifest.replace('"format": 1', '"format": 9'))
    with pytest.raises(ModelError, match="format 9"):
        SavedRatings.load(tmp_path)
    config.unlink()
    with pytest.raises(ModelError, match=r"aisle train ratings"):
        SavedRatings.load(tmp_path)


def test_what_is_judged_best_is_kept_and_its_card_has_the_comparison(tmp_path, quick):
    ratings, _ = made(width=2, noise=0.1)
    report = train(ratings, tmp_path / "factors", seed=3)
    saved = SavedRatings.load(tmp_path / "factors")
    assert saved.way == "Bayesian factorization"
    assert saved.model.users.shape[1:] == (len(ratings.user_names), 3)
    card = (tmp_path / "factors" / "README.md").read_text()
    assert f"{report.results[saved.way].rmse:.4f}" in card
    assert not re.search(r"\{\w+\}", card)
    dice = np.random.default_rng(0)
    noise = Ratings.of([(f"u{user}", f"i{item}", float(dice.normal()), 0.0) for user in range(30) for item in range(9)])
    train(noise, tmp_path / "mean", seed=3)
    assert SavedRatings.load(tmp_path / "mean").way in ("global mean", "biases")


def test_a_later_file_judges_a_kept_model(tmp_path):
    ratings, _ = made(width=2, noise=0.1)
    earlier, later = split(ratings, 0.3, seed=1)
    saved = kept(tmp_path, factorize(earlier, 2, 0.01, 0.1, rounds=40), earlier)
    lines = []
    results = judge(saved, later, lines.append).results
    assert results["any way"].rmse < 0.6 * results["global mean"].rmse
    assert lines == ["the model has factors of 60 of 60 users and of 50 of 50 items"]


def test_the_commands_train_a_model_and_judge_it(tmp_path, quick):
    ratings, _ = made(users=25, items=20, width=1, noise=0.3)
    file, folder = tmp_path / "ratings.csv", tmp_path / "model"
    rows = zip(ratings.users, ratings.items, ratings.values, strict=True)
    file.write_text("user,item,rating\n" + "".join(f"u{user},i{item},{value:.2f}\n" for user, item, value in rows))
    run = CliRunner().invoke
    trained = run(build_app(), ["train", "ratings", str(file), "--output", str(folder)])
    assert trained.exit_code == 0, trained.output
    assert "| Bayesian factorization |" in trained.stdout
    judged = run(build_app(), ["evaluate", "ratings", str(file), "--model", str(folder), "--json"])
    assert judged.exit_code == 0, judged.output
    told = json.loads(judged.stdout)
    assert told["judged"] == told["ratings"] == len(ratings)
    assert list(told["ways"]) == ["global mean", SavedRatings.load(folder).way]
    absent = run(build_app(), ["evaluate", "ratings", str(file), "--model", str(tmp_path / "absent")])
    assert isinstance(absent.exception, ModelError)
