"""Trains a model of ratings on a shop's own, and keeps it in a folder: `aisle train ratings`.

model.safetensors   factors of users and of items, one for each draw, in 16 bits
names.json          whose they are
README.md           card with the comparison that chose the model
config.json         written last: a folder without it is incomplete
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from finetune.recommending.rating_evaluation import FITS, Note, Report, Result, compare
from finetune.recommending.rating_models import BayesianFactors, Draws, Factors, RatingModel, Scale
from finetune.recommending.ratings import Numbers, Ratings, Values
from retrieval.errors import ModelError

FORMAT = 1
_CONFIG, _NAMES, _WEIGHTS = "config.json", "names.json", "model.safetensors"
_RETRAIN = "Copy the folder again, or run: aisle train ratings FILE --output DIR"

_CARD = """---
library_name: numpy
pipeline_tag: tabular-regression
tags: [recommendation, rating-prediction, matrix-factorization]
---

# Predicted ratings

{way} of {ratings:,} ratings by {users:,} users for {items:,} items, on a scale from {low:g} to {high:g}.
Choices: {choices}; seed {seed}.

It was chosen on a random tenth of the ratings, and learned from all of them afterwards:

{table}

An interval is of 95 %, by the bootstrap over ratings. The correction of errors that `aisle evaluate ratings` adds is left out: it reads
ratings given around the same time, later ones too, which nobody has of a rating to come.

## Limits

A user or item without ratings has no factors, and gets the mean and the bias of the other side. `names.json` holds the ids of
users and items as they stand in the file: personal data where ids are of people. A rating to come is harder to predict than a random one;
`aisle evaluate ratings LATER --model DIR` says by how much.

**Again.** `aisle train ratings FILE --output DIR --seed {seed}`
"""


@dataclass(frozen=True, slots=True)
class SavedRatings:
    """A trained model with the ids that its rows stand for."""

    way: str
    model: BayesianFactors
    user_names: tuple[str, ...]
    item_names: tuple[str, ...]

    @classmethod
    def of(cls, way: str, model: RatingModel, ratings: Ratings) -> SavedRatings:
        """A fitted model of `ratings`; factors without draws are one draw."""
        if isinstance(model, Factors):
            model = BayesianFactors(
                model.scale, model.users[None].astype(np.float32), model.items[None].astype(np.float32)
            )
        if not isinstance(model, BayesianFactors):
            raise TypeError(f"{type(model).__name__} has no factors to keep")
        return cls(way, model, ratings.user_names, ratings.item_names)

    def predict(self, ratings: Ratings) -> Values:
        """Expected ratings of the pairs of `ratings`, whose ids may be unknown here."""
        users = _places(self.user_names, ratings.user_names)[ratings.users]
        items = _places(self.item_names, ratings.item_names)[ratings.items]
        model = BayesianFactors(self.model.scale, _with_unknown(self.model.users), _with_unknown(self.model.items))
        return model.predict(users, items)

    def known(self, ratings: Ratings) -> tuple[int, int]:
        """How many of the ids of users and of items in `ratings` have factors."""
        return (
            len(set(self.user_names) & set(ratings.user_names)),
            len(set(self.item_names) & set(ratings.item_names)),
        )

    def save(self, folder: Path, card: str) -> None:
        """Write the folder, the manifest last."""
        from safetensors.numpy import save

        folder.mkdir(parents=True, exist_ok=True)
        (folder / _CONFIG).unlink(missing_ok=True)
        scale = self.model.scale
        weights = save({side: getattr(self.model, side).astype(np.float16) for side in ("users", "items")})
        names = json.dumps({"users": self.user_names, "items": self.item_names}, ensure_ascii=False).encode()
        (folder / _WEIGHTS).write_bytes(weights)
        (folder / _NAMES).write_bytes(names)
        (folder / "README.md").write_text(card, encoding="utf-8")
        config = {
            "format": FORMAT,
            "model": "rating_factors",
            "way": self.way,
            "scale": [scale.low, scale.high, scale.mean],
            "sha256": {_WEIGHTS: _digest(weights), _NAMES: _digest(names)},
        }
        (folder / _CONFIG).write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> SavedRatings:
        """Read a folder that `save` wrote. Raises ModelError if it is incomplete, changed or of another format."""
        from safetensors.numpy import load

        try:
            config = json.loads((folder / _CONFIG).read_text(encoding="utf-8"))
            if config["format"] != FORMAT:
                raise ModelError(f"{folder} holds format {config['format']}, not {FORMAT}", _RETRAIN)
            files = {name: (folder / name).read_bytes() for name in (_WEIGHTS, _NAMES)}
            for name, content in files.items():
                if _digest(content) != config["sha256"][name]:
                    raise ModelError(f"{folder / name} is not the file that {_CONFIG} names", _RETRAIN)
            weights, names = load(files[_WEIGHTS]), json.loads(files[_NAMES])
            users, items = (weights[side].astype(np.float32) for side in ("users", "items"))
            model = BayesianFactors(Scale(*config["scale"]), users, items)
            return cls(config["way"], model, tuple(names["users"]), tuple(names["items"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(f"the model of ratings in {folder} cannot be loaded: {error}", _RETRAIN) from error


def train(ratings: Ratings, folder: Path, seed: int = 1, note: Note = lambda _: None) -> Report:
    """Compare the ways on a random tenth, fit the best one to all of `ratings`, and save it in `folder`."""
    report = compare(ratings, seed, note)
    way = min(report.results, key=lambda each: report.results[each].rmse)
    choice = report.results[way].hyperparameters
    note(f"{way}: learning from all ratings")
    saved = SavedRatings.of(way, FITS[way](ratings, **choice, seed=seed), ratings)
    scale = saved.model.scale
    card = _CARD.format(
        way=way, ratings=len(ratings), users=len(ratings.user_names), items=len(ratings.item_names), low=scale.low,
        high=scale.high, seed=seed, table=report,
        choices=", ".join(f"{name} {value}" for name, value in choice.items()) or "none",
    )  # fmt: skip
    saved.save(folder, card)
    return report


def judge(saved: SavedRatings, ratings: Ratings, note: Note = lambda _: None) -> Report:
    """How far a saved model is off on all of `ratings`, next to the mean that it learned."""
    scale = saved.model.scale
    errors = {
        "global mean": scale.mean - ratings.values,
        saved.way: saved.predict(ratings) - ratings.values,
    }
    users, items = saved.known(ratings)
    note(
        f"the model has factors of {users:,} of {len(ratings.user_names):,} users and of {items:,} of "
        f"{len(ratings.item_names):,} items"
    )
    return Report(ratings, len(ratings), None, {way: Result({}, gaps**2, 0.0) for way, gaps in errors.items()})


def _places(known: Sequence[str], wanted: Sequence[str]) -> Numbers:
    """The row of each of `wanted` in `known`, or the row behind the last for one that is not there."""
    rows = {name: row for row, name in enumerate(known)}
    return np.array([rows.get(name, len(known)) for name in wanted], np.int64)


def _with_unknown(draws: Draws) -> Draws:
    """The draws with a row of zeros behind the last."""
    return np.concatenate((draws, np.zeros_like(draws[:, :1])), axis=1)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
