"""Rating files, their split, and the models that predict ratings."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from assistant.cli import build_app
from finetune.recommending import rating_evaluation
from finetune.recommending.rating_models import factorize, mean_only, sample
from finetune.recommending.rating_residuals import Corrected
from finetune.recommending.ratings import Ratings, split
from retrieval.errors import FeedError


def made(users=60, items=50, share=0.5, noise=0.0, width=0, seed=0, factor=1.0):
    """Ratings from known biases and factors, and the table of what everybody would give."""
    dice = np.random.default_rng(seed)
    table = 3 + dice.normal(0, 0.5, (users, 1)) + dice.normal(0, 0.5, (1, items))
    if width:
        table = table + factor * dice.normal(size=(users, width)) @ dice.normal(size=(width, items)) / width**0.5
    seen = dice.random((users, items)) < share
    rows = [
        (f"u{user}", f"i{item}", float(table[user, item] + noise * dice.normal()), float(user * 1000 + item))
        for user, item in zip(*np.nonzero(seen), strict=True)
    ]
    return Ratings.of(rows), table


def rmse(model, table, ratings):
    users = np.array([int(name[1:]) for name in ratings.user_names])
    items = np.array([int(name[1:]) for name in ratings.item_names])
    places = [each.ravel() for each in np.meshgrid(np.arange(len(users)), np.arange(len(items)), indexing="ij")]
    wanted = table[users[places[0]], items[places[1]]]
    wanted = np.clip(wanted, ratings.values.min(), ratings.values.max())
    return float(np.sqrt(np.mean((model.predict(*places) - wanted) ** 2)))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("u.data", "1\t10\t4\t100\n2\t10\t3\t200\n"),
        ("ratings.dat", "1::10::4::100\n2::10::3::200\n"),
        ("ratings.csv", "userId,movieId,rating,timestamp\n1,10,4.0,100\n2,10,3,200\n"),
        ("shop.csv", "time,rating,customer_id,product_id\n1970-01-01 00:01:40,4,1,10\n1970-01-01T00:03:20Z,3,2,10\n"),
        ("semicolon.csv", "\ufeffuser;item;rating;time\n1;10;4;100\n\n2;10;3;200\n"),
        ("plain.csv", "1,10,4,100\n2,10,3,200\n"),
    ],
)
def test_layouts_are_recognized(tmp_path, name, text):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    ratings = Ratings.read(file)
    assert (ratings.user_names, ratings.item_names, ratings.rejected) == (("1", "2"), ("10",), ())
    assert (ratings.values.tolist(), ratings.times.tolist()) == ([4, 3], [100, 200])


def test_time_may_be_absent(tmp_path):
    file = tmp_path / "ratings.csv"
    file.write_text("user,item,rating\na,x,2\nb,x,5\n")
    assert Ratings.read(file).times.tolist() == [0, 0]


def test_each_broken_row_is_named_and_left_out(tmp_path):
    file = tmp_path / "ratings.csv"
    file.write_text(
        "user,item,rating,time\na,x,5,1\n,x,3,1\na,,3,1\na,y,good,1\na,z,nan,1\nb,x,2,soon\nb,y\na,x,1,9\nb,z,4,7\n"
        "b,z,2,3\n"
    )
    ratings = Ratings.read(file)
    assert ratings.values.tolist() == [1, 4]
    numbers = [int(row.split(":")[0].removeprefix("line ")) for row in ratings.rejected]
    assert numbers == [3, 4, 5, 6, 7, 8, 2, 11]
    assert "user is missing" in ratings.rejected[0]
    assert "'good' is not a number" in ratings.rejected[2]
    assert "'soon'" in ratings.rejected[4]
    assert "user 'a' rated item 'x' again" in ratings.rejected[6]


def test_files_without_ratings_are_refused(tmp_path):
    file = tmp_path / "ratings.csv"
    for text in ("", "name,price\nx,3\n", "user,item,rating\na,b,c\n"):
        file.write_text(text)
        with pytest.raises(FeedError):
            Ratings.read(file)
    with pytest.raises(FeedError):
        Ratings.read(tmp_path / "absent.csv")


def test_the_split_is_random_by_seed_and_loses_nothing():
    ratings, _ = made()
    rest, judged = split(ratings, 0.1, seed=1)
    assert len(judged) == round(0.1 * len(ratings))
    pairs = [set(zip(part.users.tolist(), part.items.tolist(), strict=True)) for part in (rest, judged)]
    assert not pairs[0] & pairs[1]
    assert len(pairs[0] | pairs[1]) == len(ratings)
    assert np.array_equal(split(ratings, 0.1, seed=1)[1].users, judged.users)
    assert not np.array_equal(split(ratings, 0.1, seed=2)[1].items, judged.items)


def test_known_biases_are_recovered():
    ratings, table = made()
    assert rmse(mean_only(ratings), table, ratings) > 0.5
    assert rmse(factorize(ratings, 0, 0.0, 0.01), table, ratings) < 0.02
    assert rmse(sample(ratings, 2, draws=40, burn_in=20), table, ratings) < 0.1


def test_known_factors_are_recovered():
    ratings, table = made(width=2, noise=0.1)
    biases = rmse(factorize(ratings, 0, 0.0, 1.0), table, ratings)
    assert biases > 0.6
    assert rmse(factorize(ratings, 2, 0.01, 0.1, rounds=40), table, ratings) < 0.3
    assert rmse(sample(ratings, 4, draws=60, burn_in=40), table, ratings) < 0.2


def test_one_user_is_solved_by_the_normal_equations_of_the_classic_formula():
    ratings, _ = made(users=12, items=9, width=2, noise=0.2)
    model = factorize(ratings, 2, 0.05, 0.5, rounds=600)
    mine = ratings.users == 3
    inputs = np.column_stack((model.items[ratings.items[mine]][:, :2], np.ones(mine.sum())))
    wanted = ratings.values[mine] - model.scale.mean - model.items[ratings.items[mine], 2]
    penalty = np.diag(0.05 * mine.sum() + np.array([0, 0, 0.5]))
    assert np.linalg.solve(inputs.T @ inputs + penalty, inputs.T @ wanted) == pytest.approx(model.users[3], abs=1e-3)


def test_users_and_items_without_ratings_get_a_prediction():
    ratings, _ = made(users=20, items=15)
    known = ratings.part((ratings.users != 4) & (ratings.items != 2))
    for model in (factorize(known, 3, 0.05, 1.0), sample(known, 3, draws=20, burn_in=10)):
        found = model.predict(np.array([4, 4, 0]), np.array([2, 1, 2]))
        assert np.isfinite(found).all()
        assert ((known.values.min() <= found) & (found <= known.values.max())).all()


def test_sampling_is_deterministic_by_seed():
    ratings, _ = made(users=20, items=15)
    users, items = ratings.users, ratings.items
    first, second, other = (
        sample(ratings, 3, draws=10, burn_in=5, seed=seed).predict(users, items) for seed in (1, 1, 2)
    )
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


def moody(seed=0):
    """Ratings in evenings of eight, each with a mood that no model of users and items sees."""
    dice = np.random.default_rng(seed)
    rows = []
    for user in range(80):
        for evening in range(6):
            mood = dice.choice((-1.0, 1.0))
            for place, item in enumerate(dice.permutation(60)[:8]):
                rows.append((f"u{user}", f"i{item}", 3 + mood + 0.2 * dice.normal(), evening * 1e6 + place))
    return Ratings.of(list({row[:2]: row for row in rows}.values()))


def test_errors_near_in_time_correct_a_prediction():
    rest, judged = split(moody(), 0.2, seed=1)
    best = Corrected.fit(rest, lambda some: sample(some, 2, draws=20, burn_in=10), seed=1)

    def off(predicted):
        return float(np.sqrt(np.mean((predicted - judged.values) ** 2)))

    assert off(best.model.predict(judged.users, judged.items)) > 0.9
    assert off(best.predict(judged)) < 0.7


def test_a_correction_without_anything_to_correct_does_no_harm():
    ratings, _ = made(noise=0.5)
    rest, judged = split(ratings, 0.2, seed=1)
    best = Corrected.fit(rest, lambda some: sample(some, 2, draws=20, burn_in=10), seed=1)
    plain, corrected = (
        np.sqrt(np.mean((found - judged.values) ** 2))
        for found in (best.model.predict(judged.users, judged.items), best.predict(judged))
    )
    assert corrected < 1.03 * plain


def test_the_values_of_the_rows_to_predict_are_never_read():
    rest, judged = split(moody(), 0.2, seed=1)
    best = Corrected.fit(rest, lambda some: sample(some, 2, draws=10, burn_in=5), seed=1)
    blank = Ratings(
        judged.users, judged.items, judged.values * np.nan, judged.times, judged.user_names, judged.item_names
    )
    assert np.array_equal(best.predict(judged), best.predict(blank))


def test_the_command_prints_every_way_and_reports_broken_rows(tmp_path, monkeypatch):
    monkeypatch.setitem(rating_evaluation._CHOICES, "Bayesian factorization", [{"width": 2}])
    ratings, _ = made(users=25, items=20, width=1, noise=0.3)
    file = tmp_path / "ratings.csv"
    rows = [
        f"{ratings.user_names[user]},{ratings.item_names[item]},{value:.2f},{moment:.0f}"
        for user, item, value, moment in zip(ratings.users, ratings.items, ratings.values, ratings.times, strict=True)
    ]
    file.write_text("\n".join(("user,item,rating,time", *rows, "u1,i1,many,3")))
    result = CliRunner().invoke(build_app(), ["evaluate", "ratings", str(file), "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["ratings"] == len(ratings)
    assert told["judged"] == round(0.1 * len(ratings))
    assert told["rejected"]["count"] == 1
    assert "'many' is not a number" in result.stderr
    errors = {way: told["ways"][way]["rmse"] for way in told["ways"]}
    assert list(errors) == [
        "global mean", "biases", "matrix factorization",
        "Bayesian factorization", "Bayesian factorization, errors corrected",
    ]  # fmt: skip
    assert errors["biases"] < errors["global mean"]
    for way in told["ways"].values():
        low, high = way["rmse_interval"]
        assert low <= way["rmse"] <= high
