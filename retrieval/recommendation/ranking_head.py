"""RankingHead: the small trained module behind the recommendation head.

score(product) = request + taste + popularity + freshness + rating + price + discount + stock

Taste is attention of the product over the customer's acts, after the Deep Interest Network (Zhou et al. 2018,
https://arxiv.org/abs/1706.06978): each act is weighed by its kind, its age and how near its product is, and says by
learned weights how much alike in embedding, group, type, brand, colour, material and price counts. All other terms are
monotone, so that more of a good thing never lowers a score.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from retrieval.catalog.customer import EventKind

KINDS = tuple(EventKind)


TERMS = ("request", "taste", "popularity", "fresh", "rating", "price", "discount", "stock")
"""What adds up to a score, in the order of the last axis of `RankingHead.forward`."""


TIE_BREAK = 0.25
"""How much all else counts beside a request: enough to order what meets it equally well, never to outdo it."""


class Inputs(NamedTuple):
    """What the head reads, for B customers, C products and A acts each.

    `asked` (B, 1) is 1 where there is a request, and `request` (B, C) the relevance to it, 0 to 1. `alike` (B, C, A, 8)
    is 0 to 1 (the cosine may be negative); `kind` (B, A) numbers KINDS; `age` (B, A) is in days; `stars` (B, A) is -1
    to 1, 1 for an act without a rating; `present` (B, A) is 0 for padding. The rest is as in `Shelf`, (B, C).
    """

    asked: Tensor
    request: Tensor
    alike: Tensor
    kind: Tensor
    age: Tensor
    stars: Tensor
    present: Tensor
    popularity: Tensor
    fresh: Tensor
    rating: Tensor
    price_level: Tensor
    discount: Tensor
    stock: Tensor
    act_price_level: Tensor


class RankingHead(nn.Module):
    """About 60 numbers. Untrained it holds sensible guesses, so that it ranks usefully before any event."""

    def __init__(self) -> None:
        super().__init__()
        self.kind_bias = nn.Parameter(torch.tensor([0.0, 0.7, 1.0, 0.7]))
        self.age_decay = nn.Parameter(torch.tensor(0.0))
        self.nearness = nn.Parameter(torch.tensor(1.0))
        self.alike_weights = nn.Parameter(torch.tensor([2.0, 0.2, 1.0, 0.3, 0.5, 0.1, 0.2, 0.3]).repeat(len(KINDS), 1))
        self.patience = nn.Parameter(torch.tensor(1.0))
        self.weights = nn.Parameter(torch.tensor([4.0, 0.0, -2.0, -1.0, -1.0, -1.0, -1.0]))  # TERMS without taste
        self.shift = nn.Parameter(torch.zeros(7))  # how a known customer changes those weights

    def forward(self, inputs: Inputs) -> Tensor:
        """The terms of each score, shape (B, C, len(TERMS)); their sum over the last axis is the score."""
        confidence = self._confidence(inputs.present)
        weights = functional.softplus(self.weights + confidence * self.shift).unsqueeze(1)
        fit = self._price_fit(inputs) * confidence
        plain = torch.stack(
            (inputs.request, inputs.popularity, inputs.fresh, inputs.rating, fit, inputs.discount, inputs.stock), dim=-1
        )
        weighted = plain * weights
        taste = (self._taste(inputs) * confidence).unsqueeze(-1)
        others = torch.cat((taste, weighted[..., 1:]), dim=-1)
        scale = 1 - (1 - TIE_BREAK) * inputs.asked.unsqueeze(-1)
        return torch.cat((weighted[..., :1], others * scale), dim=-1)

    def _confidence(self, present: Tensor) -> Tensor:
        """0 for a visitor, towards 1 with every act, shape (B, 1)."""
        acts = present.sum(dim=-1, keepdim=True)
        return acts / (acts + functional.softplus(self.patience))

    def _attention(self, inputs: Inputs) -> Tensor:
        """Weight of each act for each product, shape (B, C, A); sums to 1 over the acts that are present."""
        logits = self.kind_bias[inputs.kind] - functional.softplus(self.age_decay) * torch.log1p(inputs.age)
        logits = logits.unsqueeze(1) + self.nearness * inputs.alike[..., 0]
        logits = logits.masked_fill(inputs.present.unsqueeze(1) == 0, -1e9)
        return torch.softmax(logits, dim=-1) * inputs.present.unsqueeze(1)

    def _taste(self, inputs: Inputs) -> Tensor:
        """How much the acts speak for each product, shape (B, C)."""
        if not inputs.kind.shape[-1]:
            return torch.zeros_like(inputs.request)
        likeness = torch.einsum("bcaf,baf->bca", inputs.alike, self.alike_weights[inputs.kind])
        return (self._attention(inputs) * likeness * inputs.stars.unsqueeze(1)).sum(dim=-1)

    def _price_fit(self, inputs: Inputs) -> Tensor:
        """How near the price level is to that of the customer's acts, 0.5 for as near as chance, shape (B, C)."""
        acts = inputs.present.sum(dim=-1, keepdim=True).clamp(min=1)
        usual = (inputs.act_price_level * inputs.present).sum(dim=-1, keepdim=True) / acts
        return 1 - (inputs.price_level - usual).abs()
