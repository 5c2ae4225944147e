"""Rank every item for every user of a sequence file, next to what a shop would otherwise use.

`aisle evaluate sequences`. Hyperparameters, epochs and the weights of the head are chosen on the validation items alone;
the test items are ranked once, by what was chosen. No model trains on the validation items; as a user's history they
are read when the test is ranked, as in SASRec (Kang and McAuley 2018).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finetune.ranking_metrics import Mean
from finetune.recommending.baselines import Als, Ease, ItemKnn, Popularity
from finetune.recommending.ranking import USERS, Ranks, Scores, gains, mean_gain, means
from finetune.recommending.sasrec import Epoch, Floats, Loss, Recipe, SasRec, fit
from finetune.recommending.sequences import Items, Sequences, Split

Note = Callable[[str], None]

_CELLS = 100_000_000  # scores per way that are held while the weights of the head are chosen: 400 MB
_WEIGHTS = (0.0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
_ROUNDS = 3
_ENSEMBLE = 3  # encoders in the head
_LARGEST_EASE = 20_000  # items; its matrix is dense, 1.6 GB here
_FEW = 5  # an item with at most so many events in training is rare

_NEIGHBORS: tuple[Mapping[str, Any], ...] = tuple(
    {"neighbors": neighbors, "shrink": shrink, "power": power}
    for neighbors in (100, 1000)
    for shrink in (0.0, 5.0)
    for power in (0.3, 0.5)
)
_FACTORS: tuple[Mapping[str, Any], ...] = tuple(
    {"width": width, "confidence": confidence, "regularization": regularization}
    for width, confidence, regularization in ((64, 10.0, 10.0), (128, 3.0, 3.0), (128, 40.0, 10.0))
)
_REGULARIZATIONS = (100.0, 400.0)  # of EASE
_RECENCIES = (0.4, 0.6, 0.8, 1.0)  # weight of an item of the history for each newer one


@dataclass(frozen=True, slots=True)
class Settings:
    """How long and with what to search."""

    seed: int = 1
    minutes: float = 40.0  # for all encoders together; when they are up, training ends with its best epoch
    threads: int = 1
    with_history: bool | None = None  # whether items of the history are ranked; None: if users repeat items in training
    recipes: Mapping[str, tuple[Recipe, ...]] = field(default_factory=lambda: RECIPES)


RECIPES: Mapping[str, tuple[Recipe, ...]] = {
    "SASRec, BCE": (
        Recipe(loss=Loss.BCE, from_neighbors=False),
        Recipe(loss=Loss.BCE, from_neighbors=False, dropout=0.2),
    ),
    "SASRec, sampled softmax": (
        Recipe(loss=Loss.SAMPLED, from_neighbors=False),
        Recipe(loss=Loss.SAMPLED, from_neighbors=False, negatives=2048),
    ),
    "SASRec, softmax from neighbors": (
        Recipe(),
        Recipe(width=128),
        Recipe(blocks=2),
        Recipe(dropout=0.3),
        Recipe(loss=Loss.SAMPLED, negatives=2048),
    ),
}
"""Candidates of each way, the likeliest first, for they are trained while there is time.

The first two ways are the published ones, which start at random; the third is ours.
"""

_SHARES = {"SASRec, BCE": 0.15, "SASRec, sampled softmax": 0.25, "SASRec, softmax from neighbors": 0.6}


@dataclass(frozen=True, slots=True)
class Trial:
    """One choice of hyperparameters, judged on the validation items."""

    way: str
    hyperparameters: Mapping[str, Any]
    validation: float  # NDCG@10
    seconds: float
    is_cut: bool = False  # the time was up before the validation stopped improving

    def json(self) -> dict[str, Any]:
        """The trial without its way."""
        return {
            "hyperparameters": dict(self.hyperparameters),
            "validation_ndcg@10": self.validation,
            "seconds": round(self.seconds, 1),
            **({"cut_by_the_clock": True} if self.is_cut else {}),
        }


@dataclass(frozen=True, slots=True)
class Model:
    """What a trial fitted."""

    trial: Trial
    scores: Scores


@dataclass(frozen=True, slots=True)
class Result:
    """The best trial of one way, and its ranks of the test items."""

    trial: Trial
    ranks: Ranks


@dataclass(frozen=True, slots=True)
class Report:
    """All ways on one file."""

    sequences: Sequences
    settings: Settings
    with_history: bool
    results: Mapping[str, Result]
    trials: Sequence[Trial]

    def json(self) -> dict[str, Any]:
        """Everything, for programs."""
        count = len(self.sequences.histories)
        return {
            "users": count,
            "users_too_short": self.sequences.too_short,
            "items": len(self.sequences.names),
            "events": self.sequences.events,
            "protocol": "leave one out, all items ranked, ties against the right item",
            "history": "ranked" if self.with_history else "left out",
            "seed": self.settings.seed,
            "minutes": self.settings.minutes,
            "ways": {way: self._way(result) for way, result in self.results.items()},
            "head_over_best_baseline": self._gain(),
            "trials": [{"way": trial.way, **trial.json()} for trial in self.trials],
        }

    def __str__(self) -> str:
        head = (
            f"{len(self.sequences.histories):,} users, {len(self.sequences.names):,} items, {self.sequences.events:,} events; "
            f"items of the history are {'ranked too' if self.with_history else 'left out'}; seed {self.settings.seed}",
            "",
            "| way | NDCG@10 | HR@10 | validation NDCG@10 |",
            "|---|---|---|---|",
        )
        rows = []
        for way, result in self.results.items():
            gain, rate = means(result.ranks.places(self.with_history))
            rows.append(f"| {way} | {_interval(gain)} | {_interval(rate)} | {result.trial.validation:.4f} |")
        return "\n".join((*head, *rows))

    def _way(self, result: Result) -> dict[str, Any]:
        places = result.ranks.places(self.with_history)
        gain, rate = means(places)
        repeated, rare = self._groups()
        return {
            "ndcg@10": gain.value,
            "ndcg@10_interval": [gain.low, gain.high],
            "hr@10": rate.value,
            "hr@10_interval": [rate.low, rate.high],
            "ndcg@10_history_ranked": mean_gain(result.ranks.among_all),
            "ndcg@10_history_left_out": mean_gain(result.ranks.among_new),
            "ndcg@10_repeated_items": _part(places, repeated),
            "ndcg@10_new_items": _part(places, ~repeated),
            f"ndcg@10_items_with_at_most_{_FEW}_events": _part(places, rare),
            **result.trial.json(),
        }

    def _groups(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Users whose test item is in their history, and users whose test item is rare in training."""
        histories = self.sequences.histories
        repeated = np.array([items[-1] in items[:-1] for items in histories])
        counts = np.bincount(np.concatenate([items[:-2] for items in histories]), minlength=len(self.sequences.names))
        return repeated, counts[[items[-1] for items in histories]] <= _FEW

    def _gain(self) -> dict[str, Any]:
        """Paired difference of NDCG@10 between the head and the best baseline, by the bootstrap over users."""
        baselines = {way: result for way, result in self.results.items() if way in BASELINES}
        best = max(baselines, key=lambda way: baselines[way].trial.validation)
        theirs = gains(baselines[best].ranks.places(self.with_history))
        ours = gains(self.results["head"].ranks.places(self.with_history))
        gap = Mean.of((ours - theirs).tolist())
        ratio = float(ours.mean() / theirs.mean()) if theirs.any() else None
        return {"baseline": best, "difference": gap.value, "interval": [gap.low, gap.high], "ratio": ratio}


BASELINES = ("popularity", "item-kNN", "ALS")


def evaluate(sequences: Sequences, settings: Settings, note: Note = lambda _: None) -> Report:
    """Choose on the validation items, then rank the test items. `note` gets a line for each step."""
    import torch

    torch.set_num_threads(settings.threads)
    split = Split.validation(sequences)
    with_history = settings.with_history
    if with_history is None:
        with_history = any(len(set(items.tolist())) < len(items) for items in split.known)
    search = _Search(split, len(sequences.names), with_history, settings, note)
    search.fit_baselines()
    search.fit_encoders()
    head = search.head()
    test, results = Split.test(sequences), {}
    for model in (*search.best.values(), head):
        results[model.trial.way] = Result(model.trial, Ranks.of(model.scores, test))
        note(f"{model.trial.way}: ranked the test items")
    return Report(sequences, settings, with_history, results, search.trials)


class _Search:
    """Fits models, judges them on the validation items, and keeps the best of each way."""

    def __init__(self, split: Split, items: int, with_history: bool, settings: Settings, note: Note) -> None:
        self.best: dict[str, Model] = {}
        self.trials: list[Trial] = []
        self._encoders: list[Model] = []
        self._split = split
        self._items = items
        self._with_history = with_history
        self._settings = settings
        self._note = note

    def fit_baselines(self) -> None:
        """Every choice of the ways without an encoder."""
        known, items, settings = self._split.known, self._items, self._settings
        self._try("popularity", {}, lambda: Popularity.fit(known, items).scores)
        for choice in _NEIGHBORS:
            self._try_recencies("item-kNN", choice, partial(ItemKnn.fit, known, items, **choice))
        for choice in _FACTORS:
            fit_factors = partial(Als.fit, known, items, **choice, seed=settings.seed, threads=settings.threads)
            self._try_recencies("ALS", choice, fit_factors)
        for regularization in _REGULARIZATIONS if items <= _LARGEST_EASE else ():
            fit_weights = partial(Ease.fit, known, items, regularization)
            self._try_recencies("EASE", {"regularization": regularization}, fit_weights)

    def fit_encoders(self) -> None:
        """Train recipes while there is time; the first of each way always has an epoch."""
        end = time.monotonic()
        if max(map(len, self._split.known)) < 2:
            self._note("no user has two items in training: no encoder can learn what follows")
            return
        for way, recipes in self._settings.recipes.items():
            end += 60 * self._settings.minutes * _SHARES[way]  # what one way leaves, the next has
            for number, recipe in enumerate(recipes):
                if number and time.monotonic() > end:
                    self._note(f"{way}: no time for {_differences(recipe)}")
                    continue
                self._train(way, recipe, end)

    def head(self) -> Model:
        """A sum of standardized scores of the best of each way and the best encoders, by weights chosen in turn."""
        start = time.monotonic()
        encoders = sorted(self._encoders, key=lambda model: -model.trial.validation)[:_ENSEMBLE]
        others = [model for way, model in self.best.items() if way not in self._settings.recipes]
        parts = [*encoders, *others]
        users = np.random.default_rng(self._settings.seed).permutation(len(self._split.answers))
        users = users[: max(1, _CELLS // self._items)]
        some = Split(tuple(self._split.known[user] for user in users), self._split.answers[users])
        blend = Blend.fit([model.scores for model in parts], some, self._with_history)
        named = {
            f"{number}. {model.trial.way} {_brief(model.trial)}".strip(): weight
            for number, (model, weight) in enumerate(zip(parts, blend.weights, strict=True), start=1)
        }
        value = mean_gain(Ranks.of(blend.scores, self._split).places(self._with_history))
        trial = Trial("head", {"weights": named}, value, time.monotonic() - start)
        self._note(f"head: validation NDCG@10 {value:.4f}, {named}")
        return Model(trial, blend.scores)

    def _train(self, way: str, recipe: Recipe, end: float) -> None:
        start, text = time.monotonic(), _differences(recipe)

        def show(epoch: Epoch) -> None:
            self._note(
                f"{way} {text}: epoch {epoch.number}, loss {epoch.loss:.3f}, "
                f"validation NDCG@10 {epoch.validation:.4f}, {epoch.seconds:.0f} s"
            )

        fitted = fit(self._split.known, self._items, recipe, self._settings.seed, self._judge_model, show, end)
        choice = {each.name: getattr(recipe, each.name) for each in fields(recipe)} | {"best_epoch": fitted.best.number}
        trial = Trial(way, choice, fitted.best.validation, time.monotonic() - start, fitted.is_cut)
        self._encoders.append(Model(trial, fitted.model.scores))
        self._keep(Model(trial, fitted.model.scores))

    def _judge_model(self, model: SasRec) -> float:
        return self._judge(model.scores)

    def _judge(self, scores: Scores) -> float:
        return mean_gain(Ranks.of(scores, self._split).places(self._with_history))

    def _try_recencies(self, way: str, choice: Mapping[str, Any], fit_model: Callable[[], Any]) -> None:
        """Fit once: how much newer items count is a matter of the history alone."""
        model = fit_model()
        for recency in _RECENCIES:
            self._try(way, {**choice, "recency": recency}, partial(_scores_of, model, recency))

    def _try(self, way: str, choice: Mapping[str, Any], fit_scores: Callable[[], Scores]) -> None:
        start = time.monotonic()
        scores = fit_scores()
        value = self._judge(scores)
        self._note(f"{way} {_listed(choice)}: validation NDCG@10 {value:.4f}")
        self._keep(Model(Trial(way, choice, value, time.monotonic() - start), scores))

    def _keep(self, model: Model) -> None:
        self.trials.append(model.trial)
        way = model.trial.way
        if way not in self.best or model.trial.validation > self.best[way].trial.validation:
            self.best[way] = model


@dataclass(frozen=True, slots=True)
class Blend:
    """A weighted sum of scores, each standardized over the items of a user."""

    parts: Sequence[Scores]
    weights: tuple[float, ...]

    @classmethod
    def fit(cls, parts: Sequence[Scores], split: Split, with_history: bool) -> Blend:
        """Start from the best part; change one weight at a time to what ranks the answers of `split` best."""
        held = [_standardized(part(split.known)) for part in parts]
        alone = [_gain_of(scores, split, with_history) for scores in held]
        best = int(np.argmax(alone))
        weights, value, total = [0.0] * len(parts), alone[best], held[best].copy()
        weights[best] = 1.0
        for _ in range(_ROUNDS):
            before = value
            for place, scores in enumerate(held):
                rest = total - weights[place] * scores
                tried = {}
                for weight in _WEIGHTS:
                    if any(weights[:place] + weights[place + 1 :]) or weight:
                        tried[weight] = _gain_of(rest + np.float32(weight) * scores, split, with_history)
                chosen = max(tried, key=lambda weight: tried[weight])
                if tried[chosen] > value:
                    weights[place], value = chosen, tried[chosen]
                total = rest + np.float32(weights[place]) * scores
            if value == before:
                break
        return cls(tuple(parts), tuple(weights))

    def scores(self, histories: Sequence[Items]) -> Floats:
        """Shape (users, items)."""
        used = [(part, weight) for part, weight in zip(self.parts, self.weights, strict=True) if weight]
        found: Floats = sum(np.float32(weight) * _standardized(part(histories)) for part, weight in used)  # type: ignore[assignment]
        return found


def _scores_of(model: Any, recency: float) -> Scores:
    scores: Scores = replace(model, recency=recency).scores
    return scores


def _standardized(scores: Floats) -> Floats:
    centered = scores - scores.mean(axis=1, keepdims=True)
    found: Floats = centered / np.maximum(centered.std(axis=1, keepdims=True), np.float32(1e-9))
    return found


def _gain_of(scores: Floats, split: Split, with_history: bool) -> float:
    starts = iter(range(0, len(scores), USERS))

    def next_rows(histories: Sequence[Items]) -> Floats:
        start = next(starts)
        return scores[start : start + len(histories)]

    return mean_gain(Ranks.of(next_rows, split).places(with_history))


def _part(places: Items, chosen: NDArray[np.bool_]) -> dict[str, Any] | None:
    if not chosen.any():
        return None
    mean = Mean.of(gains(places[chosen]).tolist())
    return {"value": mean.value, "interval": [mean.low, mean.high], "users": mean.cases}


def _interval(mean: Mean) -> str:
    return f"{mean.value:.4f} ({mean.low:.4f} to {mean.high:.4f})"


def _listed(choice: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in choice.items())


def _differences(recipe: Recipe) -> str:
    """What a recipe has other than the usual one."""
    usual = Recipe(loss=recipe.loss)
    return _listed(
        {
            each.name: getattr(recipe, each.name)
            for each in fields(recipe)
            if getattr(recipe, each.name) != getattr(usual, each.name)
        }
    )


def _brief(trial: Trial) -> str:
    known = {each.name for each in fields(Recipe)}
    if not known <= trial.hyperparameters.keys():
        return ""
    return _differences(Recipe(**{name: trial.hyperparameters[name] for name in known}))
