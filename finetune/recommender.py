"""Trains the recommendation head: `aisle train recommender`.

An example is one customer on one day: what they had done by then, and as right answers what they did in the next two
weeks, beside sampled products that they left alone. Half of the examples carry a request, words of one right answer
as a customer might type them, answered by the real search. The last two weeks are kept for judging and never learned
from.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import structlog
import torch
from torch import Tensor

from finetune.recommender_card import card
from finetune.recommender_data import Case, Shop, cases
from finetune.recommender_evaluation import Judgement, judge
from retrieval.catalog.filter import Filter
from retrieval.catalog.product import Product
from retrieval.index.index import Index
from retrieval.index.sentence_encoder import open_encoder
from retrieval.recommendation.product_features import TRAITS, USUAL_POPULARITY, Floats, Rows, Shelf
from retrieval.recommendation.profile import Profile
from retrieval.recommendation.ranking_head import RankingHead
from retrieval.recommendation.recommender import FORMAT, Question, Recommender, inputs_of
from retrieval.search.matcher import Matcher

_log = structlog.get_logger(__name__)

HELD_OUT = timedelta(days=14)
"""The last days of a shop's events judge; nothing is learned from them."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Every choice of the training run."""

    first_day: int = 45  # days of events before the first example
    step: int = 4  # days between the days that examples are taken from
    horizon: int = 14  # days in which right answers are looked for
    negatives: int = 100  # products left alone, per example
    wanted_weight: float = 8.0  # a cart, purchase or rating beside a view
    with_request: float = 0.5  # share of examples that carry a request
    forgetful: float = 0.15  # share of examples that keep at most three acts, so that newcomers are learned too
    cold: float = 0.1  # share of item groups that an example takes for new
    epochs: int = 5
    batch: int = 16
    rate: float = 0.02
    decay: float = 1e-3  # pull towards the initial guesses


@dataclass(frozen=True, slots=True)
class Example:
    """A question to the head, the places of its right answers in `question.rows`, and the weight of each."""

    question: Question
    right: tuple[int, ...]
    weights: tuple[float, ...]


def train_recommender(shop_folder: Path, output: Path, seed: int = 1) -> Judgement:
    """Trains on the shop in `shop_folder`, judges on its last two weeks, and writes weights and card to `output`."""
    shop, recipe = Shop.read(shop_folder), Recipe()
    encoder = open_encoder()
    index = Index.in_memory(shop.catalog, encoder)
    matcher = Matcher(index, encoder, tuple(shop.catalog.products.values()))
    examples = _Examples(shop, index, matcher, recipe, seed).all()
    start = time.perf_counter()
    head = fit(examples, recipe, seed)
    facts = {
        "seed": seed,
        "parameters": sum(parameter.numel() for parameter in head.parameters()),
        "examples": len(examples),
        "seconds": round(time.perf_counter() - start),
        "encoder": encoder.name,
    }
    judgement = judge(Recommender(head), shop, index.product_vectors, shop.end - HELD_OUT, seed)
    _write(output, head, card(recipe, judgement, **facts))
    return judgement


def evaluate_recommender(shop_folder: Path, model: Path, seed: int = 1) -> Judgement:
    """Judges the head in `model` on the last two weeks of the shop in `shop_folder`. Raises ModelError, FeedError."""
    recommender, shop = Recommender.load(model), Shop.read(shop_folder)
    index = Index.in_memory(shop.catalog, open_encoder())
    return judge(recommender, shop, index.product_vectors, shop.end - HELD_OUT, seed)


def fit(examples: Sequence[Example], recipe: Recipe, seed: int) -> RankingHead:
    """A head fitted to `examples` by Adam on the sampled softmax loss."""
    torch.manual_seed(seed)
    dice = np.random.default_rng(seed)
    head = RankingHead()
    guesses = [parameter.detach().clone() for parameter in head.parameters()]
    steps = recipe.epochs * (len(examples) // recipe.batch)
    optimizer = torch.optim.Adam(head.parameters(), lr=recipe.rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, max(1, steps))
    for epoch in range(recipe.epochs):
        order, losses = dice.permutation(len(examples)), []
        for start in range(0, len(order) - recipe.batch + 1, recipe.batch):
            batch = [examples[number] for number in order[start : start + recipe.batch]]
            loss = torch.stack([_loss(head, example) for example in batch]).mean()
            pull = sum(((p - guess) ** 2).sum() for p, guess in zip(head.parameters(), guesses, strict=True))
            optimizer.zero_grad()
            (loss + recipe.decay * pull).backward()
            optimizer.step()
            schedule.step()
            losses.append(float(loss.detach()))
        _log.info("recommender_epoch", epoch=epoch + 1, of=recipe.epochs, loss=round(float(np.mean(losses)), 4))
    return head


def _loss(head: RankingHead, example: Example) -> Tensor:
    """Mean negative log likelihood of each right answer against the wrong ones, by weight."""
    scores = head(inputs_of(example.question)).sum(dim=-1)[0]
    is_right = torch.zeros(len(scores), dtype=torch.bool)
    is_right[list(example.right)] = True
    wrong = torch.logsumexp(scores[~is_right], dim=0)
    right = scores[list(example.right)]
    weights = torch.tensor(example.weights)
    return ((torch.logaddexp(right, wrong) - right) * weights).sum() / weights.sum()


class _Examples:
    """Draws the examples of one shop."""

    def __init__(self, shop: Shop, index: Index, matcher: Matcher, recipe: Recipe, seed: int) -> None:
        self._shop = shop
        self._index = index
        self._matcher = matcher
        self._recipe = recipe
        self._dice = np.random.default_rng(seed)
        self._answers: dict[str, tuple[Rows, Floats]] = {}

    def all(self) -> list[Example]:
        """One example for each customer and day, up to the last day whose answers lie before the held-out weeks."""
        recipe, examples = self._recipe, list[Example]()
        day = self._shop.events[0].time + timedelta(days=recipe.first_day)
        while day <= self._shop.end - HELD_OUT - timedelta(days=recipe.horizon):
            events = self._shop.before(day).popularity()
            products = tuple(self._shop.catalog.products.values())
            shelf = Shelf.of(products, self._index.product_vectors, events, day)
            drawn = (self._example(shelf, case) for case in cases(self._shop, day, recipe.horizon))
            examples += [example for example in drawn if example is not None]
            day += timedelta(days=recipe.step)
        return examples

    def _example(self, shelf: Shelf, case: Case) -> Example | None:
        shelf, profile = self._chilled(shelf, case.profile)
        if self._dice.random() < self._recipe.forgetful:
            profile = Profile(profile.acts[: self._dice.integers(0, 4)])
        right = np.array([shelf.rows[product_id] for product_id in sorted(case.seen)], np.intp)
        groups = shelf.traits[right, TRAITS.index("group")]
        rows, request = np.arange(len(shelf.products)), None
        if self._dice.random() < self._recipe.with_request:
            rows, request = self._answer(self._query(shelf.products[int(self._dice.choice(right))]))
        is_wrong = ~np.isin(shelf.traits[rows, TRAITS.index("group")], groups)
        wrong = np.flatnonzero(is_wrong)
        wrong = self._dice.choice(wrong, min(len(wrong), self._recipe.negatives), replace=False)
        found = np.flatnonzero(np.isin(rows, right))
        if not len(found) or not len(wrong):
            return None
        kept = np.concatenate((found, wrong))
        weights = [
            self._recipe.wanted_weight if shelf.products[rows[place]].id in case.wanted else 1.0 for place in found
        ]
        question = Question(shelf, rows[kept], profile, None if request is None else request[kept])
        return Example(question, tuple(range(len(found))), tuple(weights))

    def _chilled(self, shelf: Shelf, profile: Profile) -> tuple[Shelf, Profile]:
        """The shop and the customer as if some item groups had only just come in, so that the head learns of newcomers.

        After DropoutNet (Volkovs, Yu and Poutanen 2017).
        """
        groups = shelf.traits[:, TRAITS.index("group")]
        cold = (self._dice.random(int(groups.max()) + 1) < self._recipe.cold)[groups]
        acts = tuple(act for act in profile.acts if not cold[shelf.rows[act.product_id]])
        popularity = np.where(cold, np.float32(USUAL_POPULARITY), shelf.popularity)
        return replace(shelf, popularity=popularity, fresh=np.maximum(shelf.fresh, cold)), Profile(acts)

    def _query(self, product: Product) -> str:
        """Words by which a customer might ask for `product`."""
        kind = product.category_path[-1].lower() if product.category_path else product.title
        details = [product.color.lower(), product.brand, product.material.lower(), *product.attributes.values(), ""]
        return f"{self._dice.choice(details)} {kind}".strip()

    def _answer(self, query: str) -> tuple[Rows, Floats]:
        if query not in self._answers:
            everything = np.arange(len(self._index.product_ids))
            self._answers[query] = self._matcher.match(query, everything, Filter())
        return self._answers[query]


def _write(output: Path, head: RankingHead, text: str) -> None:
    from safetensors.torch import save_file

    output.mkdir(parents=True, exist_ok=True)
    save_file(head.state_dict(), output / "model.safetensors")
    (output / "README.md").write_text(text, encoding="utf-8")
    config = {"format": FORMAT, "model": "ranking_head"}
    (output / "config.json").write_text(json.dumps(config) + "\n", encoding="utf-8")
