"""Recommender: the recommendation head. Scores products for a request and a customer, and says truly why.

A reason stands for an input. Its contribution is the score less the score without that input, found by leaving the
input out and scoring again; what contributes nothing is never named.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from retrieval.catalog.candidate import Candidate, Reason, ReasonKind
from retrieval.catalog.customer import EventKind
from retrieval.catalog.product import Product
from retrieval.errors import ModelError
from retrieval.recommendation.product_features import TRAITS, USUAL_POPULARITY, Floats, Rows, Shelf
from retrieval.recommendation.profile import VISITOR, Act, Profile
from retrieval.recommendation.ranking_head import KINDS, Inputs, RankingHead

FORMAT = 1
_POPULAR, _WELL_RATED, _NEAR = 0.75, 4.2, 0.6
_LEAST = 1e-3  # a contribution below this is no reason


@dataclass(frozen=True, slots=True)
class Question:
    """What is ranked: `rows` of `shelf` for `profile`, with `request` (len(rows),) the relevance 0 to 1, or None."""

    shelf: Shelf
    rows: Rows
    profile: Profile = VISITOR
    request: Floats | None = None


class Recommender:
    """A trained head. Safe to share between threads."""

    def __init__(self, head: RankingHead) -> None:
        self._head = head.eval()

    @classmethod
    def untrained(cls) -> Recommender:
        """The head with its initial guesses."""
        return cls(RankingHead())

    @classmethod
    def load(cls, folder: Path) -> Recommender:
        """Reads `model.safetensors` and `config.json`. Raises ModelError."""
        from safetensors.torch import load_file

        head = RankingHead()
        try:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            if config["format"] != FORMAT:
                raise ModelError(f"{folder} holds format {config['format']}, not {FORMAT}", _RETRAIN)
            head.load_state_dict(load_file(folder / "model.safetensors"))
        except ModelError:
            raise
        except Exception as error:  # safetensors, json and torch each raise their own kinds
            reason = str(error).partition("\n")[0]
            raise ModelError(f"the recommendation head in {folder} cannot be loaded: {reason}", _RETRAIN) from error
        return cls(head)

    def scores(self, question: Question) -> Floats:
        """Score of each row, shape (len(rows),); higher is better."""
        return self._totals(inputs_of(question))[0]

    def explain(self, question: Question) -> tuple[Candidate, ...]:
        """The rows as candidates, in their order, with reasons strongest first."""
        shelf, inputs = question.shelf, inputs_of(question)
        scores = self._totals(inputs)[0]
        found: list[list[Reason]] = [[] for _ in question.rows]
        ablations = _plain_ablations(inputs)
        drops = scores - self._totals(_stacked(list(ablations.values())))
        for kind, row_drops in zip(ablations, drops, strict=True):
            for place, drop in enumerate(row_drops):
                text = _plain_text(kind, shelf, int(question.rows[place]))
                if drop >= _LEAST and text and (kind is not ReasonKind.MATCHES_REQUEST or question.request is not None):
                    found[place].append(Reason(kind, text, float(drop)))
        for place, reason in self._like_reasons(question, inputs, scores):
            found[place].append(reason)
        return tuple(
            Candidate(shelf.products[row], float(score), tuple(sorted(reasons, key=lambda r: -r.contribution)))
            for row, score, reasons in zip(question.rows, scores, found, strict=True)
        )

    def _totals(self, inputs: Inputs) -> Floats:
        with torch.inference_mode():
            return self._head(inputs).sum(dim=-1).numpy()

    def _like_reasons(self, question: Question, inputs: Inputs, scores: Floats) -> list[tuple[int, Reason]]:
        """For each row the product of the customer's acts without which it loses most, if the two are really alike."""
        shelf = question.shelf
        acts = known_acts(question)
        products = list(dict.fromkeys(act.product_id for act in acts))
        if not products:
            return []
        present = torch.tensor([[float(act.product_id != product) for act in acts] for product in products])
        expanded = Inputs(*(tensor.expand(len(products), *tensor.shape[1:]) for tensor in inputs))
        drops = scores - self._totals(expanded._replace(present=present))
        reasons = []
        for place, row in enumerate(question.rows):
            near = [_near(shelf, int(row), shelf.rows[product]) for product in products]
            best = int(np.argmax(np.where(near, drops[:, place], -np.inf)))
            if near[best] and drops[best, place] >= _LEAST:
                act = _telling_act(acts, products[best])
                reason = Reason(_like_kind(act), _like_text(shelf, int(row), act), float(drops[best, place]))
                reasons.append((place, reason))
        return reasons


_RETRAIN = "Copy the folder again, or run: aisle train recommender"


def inputs_of(question: Question) -> Inputs:
    """The tensors that the head reads, with a batch axis of one."""
    shelf, rows = question.shelf, question.rows
    acts = known_acts(question)
    seen = np.array([shelf.rows[act.product_id] for act in acts], np.intp)
    request = np.zeros(len(rows), np.float32) if question.request is None else question.request

    def batch(values: object) -> torch.Tensor:
        return torch.as_tensor(np.asarray(values)).unsqueeze(0)

    return Inputs(
        asked=batch(np.full(1, question.request is not None, np.float32)),
        request=batch(request.astype(np.float32)),
        alike=batch(alike(shelf, rows, seen)),
        kind=batch(np.array([KINDS.index(act.kind) for act in acts], np.int64)),
        age=batch(np.array([act.age for act in acts], np.float32)),
        stars=batch(np.array([1.0 if act.rating is None else (act.rating - 3) / 2 for act in acts], np.float32)),
        present=batch(np.ones(len(acts), np.float32)),
        popularity=batch(shelf.popularity[rows]),
        fresh=batch(shelf.fresh[rows]),
        rating=batch(shelf.rating[rows]),
        price_level=batch(shelf.price_level[rows]),
        discount=batch(shelf.discount[rows]),
        stock=batch(shelf.available[rows]),
        act_price_level=batch(shelf.price_level[seen]),
    )


def known_acts(question: Question) -> list[Act]:
    """The customer's acts on products that the shop still has, newest first."""
    return [act for act in question.profile.acts if act.product_id in question.shelf.rows]


def alike(shelf: Shelf, rows: Rows, seen: Rows) -> Floats:
    """How each of `rows` is like each of `seen`, shape (rows, seen, len(ALIKE)): cosine, equal traits, price level."""
    cosine = np.asarray(shelf.vectors[rows]) @ np.asarray(shelf.vectors[seen]).T
    left, right = shelf.traits[rows][:, None, :], shelf.traits[seen][None, :, :]
    equal = (left == right) & (left >= 0)
    price = 1 - np.abs(shelf.price_level[rows][:, None] - shelf.price_level[seen][None, :])
    return np.concatenate((cosine[..., None], equal, price[..., None]), axis=-1).astype(np.float32)


def _plain_ablations(inputs: Inputs) -> dict[ReasonKind, Inputs]:
    """The inputs without each of them in turn; what is missing takes the shop's usual value."""
    nothing = torch.zeros_like(inputs.request)
    return {
        ReasonKind.MATCHES_REQUEST: inputs._replace(request=nothing),
        ReasonKind.POPULAR: inputs._replace(popularity=nothing + USUAL_POPULARITY),
        ReasonKind.WELL_RATED: inputs._replace(rating=nothing),
        ReasonKind.GOOD_PRICE: inputs._replace(discount=nothing),
        ReasonKind.IN_STOCK: inputs._replace(stock=nothing),
    }


def _stacked(batches: Sequence[Inputs]) -> Inputs:
    return Inputs(*(torch.cat(tensors) for tensors in zip(*batches, strict=True)))


def _near(shelf: Shelf, row: int, other: int) -> bool:
    """Whether a person would call the two products close: of one type, or near in meaning."""
    same_type = shelf.traits[row, TRAITS.index("type")] == shelf.traits[other, TRAITS.index("type")]
    return bool(same_type) or float(shelf.vectors[row] @ shelf.vectors[other]) >= _NEAR


def _telling_act(acts: Sequence[Act], product_id: str) -> Act:
    """The strongest thing that the customer did with a product: bought before in the cart, rated and viewed."""
    order = (EventKind.PURCHASE, EventKind.CART, EventKind.RATING, EventKind.VIEW)
    return min((act for act in acts if act.product_id == product_id), key=lambda act: order.index(act.kind))


def _like_kind(act: Act) -> ReasonKind:
    return ReasonKind.LIKE_BOUGHT if act.kind is EventKind.PURCHASE else ReasonKind.LIKE_VIEWED


_DONE = {
    EventKind.VIEW: "viewed",
    EventKind.CART: "put in your cart",
    EventKind.PURCHASE: "bought",
    EventKind.RATING: "rated",
}


def _like_text(shelf: Shelf, row: int, act: Act) -> str:
    other = shelf.rows[act.product_id]
    if shelf.traits[row, 0] == shelf.traits[other, 0]:
        return f"among what you {_DONE[act.kind]} before"
    return f"close to the {shelf.products[other].title} you {_DONE[act.kind]}"


def _plain_text(kind: ReasonKind, shelf: Shelf, row: int) -> str:
    """The reason in words that fit after "it is" and "they are", or "" where they would overstate it."""
    product = shelf.products[row]
    if kind is ReasonKind.POPULAR:
        return "popular with other customers" if shelf.popularity[row] >= _POPULAR else ""
    if kind is ReasonKind.WELL_RATED:
        return _rating_text(product)
    if kind is ReasonKind.GOOD_PRICE:
        return "on sale"
    if kind is ReasonKind.IN_STOCK:
        return "in stock"
    return "a close match for what you asked"


def _rating_text(product: Product) -> str:
    if product.rating is None or product.rating < _WELL_RATED:
        return ""
    return f"rated {product.rating:.1f} out of 5"
