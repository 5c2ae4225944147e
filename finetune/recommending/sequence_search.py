"""Fit every way of ranking the next item, and keep what ranks the validation items best.

Simple ways first, then encoders while there is time, then a weighted sum of them all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import Any

import numpy as np

from finetune.recommending.baselines import Als, Ease, ItemKnn, Popularity
from finetune.recommending.blend import Blend
from finetune.recommending.ranking import Ranks, Scores, mean_gain
from finetune.recommending.sasrec import Epoch, Loss, Recipe, SasRec, fit
from finetune.recommending.sequences import Split

Note = Callable[[str], None]

_CELLS = 100_000_000  # scores per way that are held while the weights of the head are chosen: 400 MB
_ENSEMBLE = 3  # encoders in the head
_LARGEST_EASE = 20_000  # items; its matrix is dense, 1.6 GB here

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
    minutes: float = 45.0  # for all fitting together; when they are up, training ends with its best epoch
    threads: int = 1
    with_history: bool | None = None  # whether items of the history are ranked; None: if users repeat items in training
    recipes: Mapping[str, tuple[Recipe, ...]] = field(default_factory=lambda: RECIPES)


RECIPES: Mapping[str, tuple[Recipe, ...]] = {
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
    "SASRec, BCE": (
        Recipe(loss=Loss.BCE, from_neighbors=False),
        Recipe(loss=Loss.BCE, from_neighbors=False, dropout=0.2),
    ),
}
"""Candidates of each way, the main way and the likeliest candidate first, for they are trained while there is time.

Sampled softmax and BCE are the published ways, which start at random; the other is ours.
"""

_SLOWEST = 1.5  # a further candidate takes at most so many times as long as the first of its way, if seldom more


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


class Search:
    """Fits models, judges them on the validation items, and keeps the best of each way."""

    def __init__(self, split: Split, items: int, with_history: bool, settings: Settings, note: Note) -> None:
        self.best: dict[str, Model] = {}
        self.trials: list[Trial] = []
        self._encoders: list[Model] = []
        self._start = time.monotonic()
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
        """Train the first recipe of each way to its end, in turn, and the others if there is time for them.

        The main way has all of the time that the simple ways left, the next one what is left then, so the clock cuts the last first.
        """
        if max(map(len, self._split.known)) < 2:
            self._note("no user has two items in training: no encoder can learn what follows")
            return
        recipes, end = self._settings.recipes, self._start + 60 * self._settings.minutes
        took = {way: self._train(way, listed[0], end) for way, listed in recipes.items()}
        for turn in range(1, max(map(len, recipes.values()), default=0)):
            for way, listed in recipes.items():
                if turn >= len(listed):
                    continue
                if time.monotonic() + _SLOWEST * took[way] > end:
                    self._note(f"{way}: no time for {_differences(listed[turn])}")
                    continue
                self._train(way, listed[turn], end)

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

    def _train(self, way: str, recipe: Recipe, end: float) -> float:
        """Train one recipe and judge it; returns its seconds."""
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
        return trial.seconds

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


def _scores_of(model: Any, recency: float) -> Scores:
    scores: Scores = replace(model, recency=recency).scores
    return scores


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
