"""Rank every item for every user of a sequence file, next to what a shop would otherwise use.

`aisle evaluate sequences`. Hyperparameters, epochs and the weights of the head are chosen on the validation items alone;
the test items are ranked once, by what was chosen. No model trains on the validation items; as a user's history they
are read when the test is ranked, as in SASRec (Kang and McAuley 2018).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finetune.ranking_metrics import Mean
from finetune.recommending.ranking import Ranks, gains, mean_gain, means
from finetune.recommending.sequence_search import Note, Search, Settings, Trial
from finetune.recommending.sequences import Items, Sequences, Split

BASELINES = ("popularity", "item-kNN", "ALS")

_FEW = 5  # an item with at most so many events in training is rare


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


def evaluate(sequences: Sequences, settings: Settings, note: Note = lambda _: None) -> Report:
    """Choose on the validation items, then rank the test items. `note` gets a line for each step."""
    import torch

    torch.set_num_threads(settings.threads)
    split = Split.validation(sequences)
    with_history = settings.with_history
    if with_history is None:
        with_history = any(len(set(items.tolist())) < len(items) for items in split.known)
    search = Search(split, len(sequences.names), with_history, settings, note)
    search.fit_baselines()
    search.fit_encoders()
    head = search.head()
    test, results = Split.test(sequences), {}
    for model in (*search.best.values(), head):
        results[model.trial.way] = Result(model.trial, Ranks.of(model.scores, test))
        note(f"{model.trial.way}: ranked the test items")
    return Report(sequences, settings, with_history, results, search.trials)


def _part(places: Items, chosen: NDArray[np.bool_]) -> dict[str, Any] | None:
    if not chosen.any():
        return None
    mean = Mean.of(gains(places[chosen]).tolist())
    return {"value": mean.value, "interval": [mean.low, mean.high], "users": mean.cases}


def _interval(mean: Mean) -> str:
    return f"{mean.value:.4f} ({mean.low:.4f} to {mean.high:.4f})"
