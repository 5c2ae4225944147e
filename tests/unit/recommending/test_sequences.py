"""Sequence files, the leave-one-out split, full ranking, and the models that rank."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from assistant.cli import build_app
from finetune.recommending.baselines import Als, Ease, ItemKnn, Popularity
from finetune.recommending.blend import Blend
from finetune.recommending.ranking import Ranks, gains
from finetune.recommending.sasrec import Loss, Recipe, SasRec, fit, full_softmax, neighbor_vectors, sampled_softmax
from finetune.recommending.sequence_evaluation import evaluate
from finetune.recommending.sequence_search import Model, Settings, Trial
from finetune.recommending.sequences import Sequences, Split, matrix
from retrieval.errors import FeedError


def cycles(users=60, items=12):
    """Each user walks round the same circle of items from another start: the next item is certain."""
    return Sequences.of([[f"i{(user + step) % items}" for step in range(5 + user % 7)] for user in range(users)])


def numbered(*rows):
    return tuple(np.array(row, np.int64) for row in rows)


def split_of(known, answers):
    return Split(numbered(*known), np.array(answers))


def constant(rows):
    return lambda histories: np.array(rows, np.float32)[: len(histories)]


def test_the_last_item_tests_the_one_before_validates_and_the_others_train(tmp_path):
    file = tmp_path / "shop.txt"
    file.write_text("u1 a b c d\nu2 d a b\nu3 a b\n")
    sequences = Sequences.read(file)
    validation, test = Split.validation(sequences), Split.test(sequences)
    names = sequences.names
    assert [[names[item] for item in known] for known in validation.known] == [["a", "b"], ["d"]]
    assert [names[item] for item in validation.answers] == ["c", "a"]
    assert [[names[item] for item in known] for known in test.known] == [["a", "b", "c"], ["d", "a"]]
    assert [names[item] for item in test.answers] == ["d", "b"]
    assert sequences.too_short == 1


def test_events_of_a_csv_are_put_in_order_of_time(tmp_path):
    file = tmp_path / "events.csv"
    file.write_text("user,item,time\nu,b,2011-02-01 10:00\nu,a,2011-01-05\nu,c,2011-02-01 10:01\n")
    assert Sequences.read(file).names == ("a", "b", "c")
    file.write_text("time,user,item\n300,u,b\n20,u,a\n1000.5,u,c\n")
    assert Sequences.read(file).names == ("a", "b", "c")


def test_broken_rows_are_named(tmp_path):
    file = tmp_path / "shop.txt"
    file.write_text("u1 a b c\nu2\nu1 d e f\n")
    with pytest.raises(FeedError, match=r"2 rows cannot be read\nline 2: user 'u2' has no items\nline 3: user 'u1'"):
        Sequences.read(file)
    file.write_text("user,item,time\nu,a,yesterday\nu,b,1\n,c,2\n")
    with pytest.raises(FeedError, match=r"2 rows.*\nline 2: .*'yesterday'\nline 4: user ''"):
        Sequences.read(file)
    file.write_text("u1 a b\n")
    with pytest.raises(FeedError, match="no user has 3 items or more"):
        Sequences.read(file)
    with pytest.raises(FeedError, match="absent"):
        Sequences.read(tmp_path / "absent.txt")


def test_ranks_count_ties_against_the_right_item_and_may_leave_the_history_out():
    scores = constant([[5, 4, 3, 3, 1], [1, 1, 1, 1, 1], [9, 8, 7, 6, 5]])
    ranks = Ranks.of(scores, split_of([[0], [0, 1, 1], [0, 2]], [2, 4, 2]))
    assert ranks.among_all.tolist() == [4, 5, 3]
    assert ranks.among_new.tolist() == [3, 3, 5]  # the third answer is in its history: it comes last


def test_ranks_are_the_same_in_several_parts():
    dice = np.random.default_rng(0)
    scores = dice.random((1200, 7), np.float32)
    rows = iter(range(1200))
    answers = dice.integers(0, 7, 1200)
    known = [[(answer + 1) % 7] for answer in answers]
    ranks = Ranks.of(lambda some: scores[[next(rows) for _ in some]], split_of(known, answers))
    above = (scores > scores[np.arange(1200), answers][:, None]).sum(axis=1)
    had = scores[np.arange(1200), [history[0] for history in known]] > scores[np.arange(1200), answers]
    assert ranks.among_all.tolist() == (above + 1).tolist()
    assert ranks.among_new.tolist() == (above + 1 - had).tolist()


def test_ndcg_of_popularity_by_hand():
    sequences = Sequences.of([["a", "b", "x", "c"], ["a", "b", "x", "a"], ["a", "c", "x", "b"]])  # a 3, b 2, c 1, x 0
    split = Split.validation(sequences)
    popularity = Popularity.fit(split.known, len(sequences.names))
    ranks = Ranks.of(popularity.scores, Split.test(sequences))
    assert ranks.among_all.tolist() == [3, 1, 2]
    assert gains(ranks.among_all) == pytest.approx([0.5, 1.0, 0.63093], abs=1e-5)
    assert gains(np.array([10, 11])).tolist() == pytest.approx([1 / np.log2(11), 0])


def test_a_matrix_holds_recency_of_the_newest_event():
    found = matrix(numbered([2, 0, 1], [1]), 3, recency=0.5).toarray()
    assert found.tolist() == [[0.5, 1.0, 0.25], [0.0, 1.0, 0.0]]


def test_neighbors_are_cosines_and_only_the_nearest():
    known = numbered([0, 1], [0, 1], [0, 2], [3])
    model = ItemKnn.fit(known, 4, neighbors=1, shrink=0.0, power=0.5)
    assert model.similarity.toarray()[0].tolist() == pytest.approx([0, 2 / 6**0.5, 0, 0])
    scores = model.scores(numbered([1], [3]))
    assert scores[0].tolist() == pytest.approx([2 / 6**0.5, 0, 0, 0])
    assert not scores[1].any()


@pytest.mark.parametrize(
    "fitted",
    [
        lambda known, items: ItemKnn.fit(known, items, 10, 0.0, 0.5),
        lambda known, items: Als.fit(known, items, 2, 10.0, 0.1, seed=1),
        lambda known, items: Ease.fit(known, items, 1.0),
    ],
)
def test_checkerboard_data_is_ranked_perfectly(fitted):
    """Users buy even items or odd items alone; the one they miss of their color must come first."""
    rows = [[item for item in range(user % 2, 12, 2) if item != 2 * (user % 6) + user % 2] for user in range(60)]
    model = fitted(numbered(*rows), 12)
    missed = [2 * (user % 6) + user % 2 for user in range(60)]
    ranks = Ranks.of(model.scores, split_of(rows, missed))
    assert (ranks.among_new == 1).mean() == 1.0


def test_als_folds_a_user_in_by_its_normal_equations():
    known = numbered([0, 1], [0, 1, 2], [2, 3], [3])
    model = Als.fit(known, 4, 3, 5.0, 0.5, seed=1)
    weights = np.array([5.0, 1, 5.0, 1])  # confidence of every item, had or not
    wanted = np.array([1.0, 0, 1.0, 0])
    left = (model.factors.T * weights) @ model.factors + 0.5 * np.eye(3)
    user = np.linalg.solve(left, (model.factors.T * weights) @ wanted)
    assert model.scores(numbered([0, 2]))[0] == pytest.approx(model.factors @ user, abs=1e-4)


@pytest.mark.parametrize("from_neighbors", [False, True])
@pytest.mark.parametrize("loss", list(Loss))
def test_the_encoder_learns_the_next_item_of_a_cycle(loss, from_neighbors):
    sequences = cycles(90)
    recipe = Recipe(
        loss=loss, width=16, dropout=0.0, batch=16, rate=1e-2, negatives=6, epochs=30, from_neighbors=from_neighbors
    )
    model = fit(Split.validation(sequences).known, len(sequences.names), recipe, seed=1).model
    places = Ranks.of(model.scores, Split.test(sequences)).among_all
    lengths = np.array([len(items) for items in sequences.histories])
    assert (places[lengths <= 9] == 1).all()
    assert (places <= 3).all()  # longer histories end at places that training never saw


def test_items_that_go_together_start_near_each_other():
    rows = [[4 * group + (user + step) % 4 for step in range(3)] for user in range(12) for group in range(3)]
    vectors = neighbor_vectors(numbered(*rows), 12, 8, seed=1)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    together = np.arange(12)[:, None] // 4 == np.arange(12)[None, :] // 4
    cosines = unit @ unit.T
    assert cosines[together].min() > 0.9
    assert abs(cosines[~together]).max() < 0.1
    assert vectors.std() == pytest.approx(0.06, rel=0.3)


def test_the_full_softmax_has_the_loss_and_gradients_of_cross_entropy():
    torch.manual_seed(3)
    right = torch.randint(0, 50, (600,))
    ours = [torch.randn(600, 8, requires_grad=True), torch.randn(50, 8, requires_grad=True)]
    theirs = [tensor.detach().clone().requires_grad_() for tensor in ours]
    loss = full_softmax(*ours, right)
    wanted = torch.nn.functional.cross_entropy(theirs[0] @ theirs[1].T, right)
    (3 * loss).backward()
    (3 * wanted).backward()
    assert loss.item() == pytest.approx(wanted.item(), rel=1e-5)
    for mine, other in zip(ours, theirs, strict=True):
        assert torch.allclose(mine.grad, other.grad, atol=1e-6)


def test_the_sampled_softmax_over_all_items_is_the_full_one():
    torch.manual_seed(3)
    hidden, outputs, right = torch.randn(20, 8), torch.randn(50, 8), torch.randint(0, 50, (20,))
    sampled = sampled_softmax(hidden, outputs, right, torch.arange(50))
    assert sampled.item() == pytest.approx(full_softmax(hidden, outputs, right).item(), abs=0.05)


def test_a_state_depends_on_no_later_item_and_on_no_padding():
    torch.manual_seed(1)
    model = SasRec(9, Recipe(width=8, length=4)).eval()
    history = np.array([1, 5, 3])
    alone = model.states([history])
    together = model.states([history, np.array([2, 2, 2, 2]), np.array([], np.int64), history])
    assert torch.allclose(alone[0], together[0], atol=1e-5)
    assert torch.allclose(alone[0], together[3], atol=1e-5)
    rows = torch.from_numpy(history + 1)[None]
    changed = torch.cat((rows, torch.tensor([[7]])), dim=1)
    assert torch.allclose(model(rows)[0], model(changed)[0, :3], atol=1e-5)
    assert torch.allclose(model.states([np.array([8, 8, 1, 5, 3, 0])]), model.states([np.array([1, 5, 3, 0])]))


def test_training_is_deterministic_by_seed_and_keeps_the_best_epoch():
    sequences = cycles(30)
    known = Split.validation(sequences).known
    recipe = Recipe(width=8, epochs=4, batch=8, patience=2)
    first, second = (fit(known, 12, recipe, seed=5).model.scores(known) for _ in range(2))
    assert np.array_equal(first, second)
    values = iter([0.1, 0.3, 0.2, 0.25, 0.9])
    fitted = fit(known, 12, Recipe(width=8, batch=8, patience=2, least_steps=0), 5, lambda _: next(values))
    assert (fitted.best.number, fitted.epochs, fitted.is_cut) == (2, 4, False)
    again = fit(known, 12, Recipe(width=8, epochs=2, batch=8), 5)
    assert np.array_equal(fitted.model.scores(known), again.model.scores(known))


def test_training_does_not_end_on_the_plateau_of_its_first_steps():
    known = Split.validation(cycles(30)).known
    values = iter([0.2, 0.1, 0.1, 0.1, 0.1, 0.4, *[0.3] * 20])
    recipe = Recipe(width=8, batch=8, patience=2, least_steps=22)  # four steps in an epoch
    fitted = fit(known, 12, recipe, 5, lambda _: next(values))
    assert (fitted.best.number, fitted.epochs) == (6, 8)


def test_training_ends_when_the_time_is_up():
    fitted = fit(Split.validation(cycles(20)).known, 12, Recipe(width=8, epochs=50), 5, lambda _: 0.5, end=0.0)
    assert (fitted.epochs, fitted.is_cut) == (1, True)


def test_the_clock_cuts_the_main_way_last_and_starts_nothing_that_cannot_end(monkeypatch):
    """A clock that only training moves: each recipe takes the minutes that its dropout names."""
    now, trained = 0.0, []

    def timed(histories, items, recipe, seed, validate, note, end):
        nonlocal now
        trained.append((recipe.dropout, now < end))
        now += 60 * recipe.dropout
        return fit(histories, items, replace(recipe, epochs=1, width=8, dropout=0.0), seed)

    recipes = {
        "main": (Recipe(dropout=0.5), Recipe(dropout=0.1)),
        "slow": (Recipe(dropout=0.9), Recipe(dropout=0.2)),
        "last": (Recipe(dropout=0.3), Recipe(dropout=0.3)),
    }
    monkeypatch.setattr("finetune.recommending.sequence_search.time.monotonic", lambda: now)
    monkeypatch.setattr("finetune.recommending.sequence_search.fit", timed)
    evaluate(cycles(20), Settings(minutes=1.3, recipes=recipes))
    assert trained == [(0.5, True), (0.9, True), (0.3, False)]
    now, trained = 0.0, []
    evaluate(cycles(20), Settings(minutes=2.5, recipes=recipes))
    assert trained == [(0.5, True), (0.9, True), (0.3, True), (0.1, True), (0.3, True)]

    def slow_baselines(search):
        nonlocal now
        now += 60
        search.best["popularity"] = Model(Trial("popularity", {}, 0.0, 60.0), constant(np.zeros((60, 12))))

    monkeypatch.setattr("finetune.recommending.sequence_search.Search.fit_baselines", slow_baselines)
    now, trained = 0.0, []
    evaluate(cycles(20), Settings(minutes=2.3, recipes=recipes))
    assert trained == [(0.5, True), (0.9, True), (0.3, False)]


def test_a_blend_takes_the_parts_that_help_and_never_ranks_worse_than_the_best():
    right = np.array([[3.0, 1, 2, 0], [0, 3, 1, 2]], np.float32)
    wrong = -right
    split = split_of([[3], [0]], [0, 1])
    blend = Blend.fit([constant(wrong), constant(right)], split, with_history=True)
    assert blend.weights[1] == 1.0
    assert Ranks.of(blend.scores, split).among_all.tolist() == [1, 1]


def test_repeats_decide_whether_the_history_is_ranked():
    settings = Settings(minutes=0, recipes={})
    rows = [["a", "b", "c", "d"], ["b", "c", "a", "d"], ["c", "a", "b", "d"]] * 5
    assert not evaluate(Sequences.of(rows), settings).with_history
    assert evaluate(Sequences.of([*rows, ["a", "a", "b", "c"]]), settings).with_history
    assert not evaluate(
        Sequences.of([*rows, ["a", "a", "b", "c"]]), Settings(recipes={}, with_history=False)
    ).with_history


def test_users_with_one_item_to_train_on_leave_the_simple_ways():
    report = evaluate(Sequences.of([["a", "b", "c"], ["b", "c", "a"], ["a", "c", "b"]] * 4), Settings(minutes=1))
    assert set(report.results) == {"popularity", "item-kNN", "ALS", "EASE", "head"}
    assert "| head |" in str(report)


def test_the_command_prints_every_way_and_its_choices(tmp_path):
    file = tmp_path / "shop.txt"
    rows = [" ".join([f"u{user}", *(f"i{(user + step) % 12}" for step in range(8))]) for user in range(48)]
    file.write_text("\n".join(rows))
    result = CliRunner().invoke(
        build_app(), ["evaluate", "sequences", str(file), "--json", "--minutes", "0", "--threads", "1"]
    )
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert set(told["ways"]) == {
        "popularity", "item-kNN", "ALS", "EASE",
        "SASRec, BCE", "SASRec, sampled softmax", "SASRec, softmax from neighbors", "head",
    }  # fmt: skip
    assert told["history"] == "left out"
    for way in told["ways"].values():
        low, high = way["ndcg@10_interval"]
        assert low <= way["ndcg@10"] <= high
        assert 0 <= way["ndcg@10"] <= way["hr@10"] <= 1
    assert told["ways"]["SASRec, BCE"]["cut_by_the_clock"]
    best = max(trial["validation_ndcg@10"] for trial in told["trials"] if trial["way"] == "item-kNN")
    assert told["ways"]["item-kNN"]["validation_ndcg@10"] == best
    assert told["ways"]["head"]["ndcg@10"] >= told["ways"]["popularity"]["ndcg@10"]
    assert "epoch 1" in result.stderr
