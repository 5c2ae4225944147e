"""SASRec: a causal transformer over a user's items, trained on the next item of every position.

Kang and McAuley 2018, https://arxiv.org/abs/1808.09781, with one embedding for input and output. Three losses: binary
cross-entropy with one random negative per position, as in that paper; softmax over the right item and `negatives`
random ones that the positions of a batch share (eSASRec, RecSys 2025); and softmax over all items.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from finetune.recommending.sequences import Items, matrix

Floats = NDArray[np.float32]

_POOL = 20  # batches are cut from pools of so many, sorted by length: less padding, and still in random order
_START = (
    0.02  # deviation of vectors at the start: rare items hardly move from there, and larger ones rank them at random
)
_NEAR_START = 0.06  # the same where vectors start from neighbors; .02 was worse on sparse Online Retail
_DAMPING = 5.0  # users that an item has besides its own when cosines are worked out
_ROWS = 256  # rows of logits that are held at a time


class Loss(StrEnum):
    """What the model is trained with."""

    BCE = "bce"
    SAMPLED = "sampled softmax"
    FULL = "softmax"


@dataclass(frozen=True, slots=True)
class Recipe:
    """Every choice of a training run."""

    loss: Loss = Loss.FULL
    width: int = 64
    length: int = 50  # newest items that are read
    blocks: int = 1
    heads: int = 2
    dropout: float = 0.5
    rate: float = 1e-3
    decay: float = 0.0  # decoupled weight decay
    batch: int = 128  # users
    negatives: int = 512  # of the sampled softmax, shared by a batch
    scale: float | None = None  # logits are cosines times this, instead of inner products
    epochs: int = 200
    patience: int = 8  # epochs without a better validation before training ends
    least_steps: int = (
        1500  # before training may end: at first it ranks by popularity, and for a while nothing improves
    )
    from_neighbors: bool = True  # whether item vectors start from which items go together, or at random


class _Block(nn.Module):
    def __init__(self, recipe: Recipe) -> None:
        super().__init__()
        width = recipe.width
        self._heads, self._rate = recipe.heads, recipe.dropout
        self.before_attention, self.before_mixing = nn.LayerNorm(width), nn.LayerNorm(width)
        self.query_key_value, self.joined = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.dropout = nn.Dropout(recipe.dropout)

    def forward(self, hidden: Tensor) -> Tensor:
        """Shape (batch, length, width) in and out; a position sees itself and those before it."""
        batch, length, width = hidden.shape
        parts = self.query_key_value(self.before_attention(hidden)).view(batch, length, 3, self._heads, -1)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        rate = self._rate if self.training else 0.0
        seen = functional.scaled_dot_product_attention(query, key, value, dropout_p=rate, is_causal=True)
        hidden = hidden + self.dropout(self.joined(seen.transpose(1, 2).reshape(batch, length, width)))
        mixed = self.down(self.dropout(functional.gelu(self.up(self.before_mixing(hidden)))))
        result: Tensor = hidden + self.dropout(mixed)
        return result


class SasRec(nn.Module):
    """The encoder. Item 0 is padding, so item number n of the data is row n + 1 of `items`."""

    def __init__(self, items: int, recipe: Recipe) -> None:
        super().__init__()
        self.recipe = recipe
        self.items = nn.Embedding(items + 1, recipe.width, padding_idx=0)
        self.places = nn.Embedding(recipe.length, recipe.width)
        nn.init.normal_(self.items.weight, std=_START)
        nn.init.normal_(self.places.weight, std=_START)
        with torch.no_grad():
            self.items.weight[0].zero_()
        self.blocks = nn.ModuleList(_Block(recipe) for _ in range(recipe.blocks))
        self.dropout, self.last = nn.Dropout(recipe.dropout), nn.LayerNorm(recipe.width)

    def forward(self, rows: Tensor) -> Tensor:
        """States after each of `rows`, items padded at the end, shape (batch, length) to (batch, length, width)."""
        # Padding stands after the items, so the causal mask alone keeps it out of every state that is used.
        places = self.places(torch.arange(rows.shape[1]))
        hidden = self.dropout(self.items(rows) * self.recipe.width**0.5 + places)
        for block in self.blocks:
            hidden = block(hidden)
        result: Tensor = self.last(hidden)
        return result if self.recipe.scale is None else functional.normalize(result, dim=-1) * self.recipe.scale

    def outputs(self) -> Tensor:
        """Vectors that states are compared with, one for each item without padding, shape (items, width)."""
        rows = self.items.weight[1:]
        return rows if self.recipe.scale is None else functional.normalize(rows, dim=-1)

    def states(self, histories: Sequence[Items], batch: int = 512) -> Tensor:
        """The state after the last item of each history, shape (users, width); zero where there is no item."""
        states = torch.zeros(len(histories), self.recipe.width)
        order = [user for user in np.argsort([len(history) for history in histories]) if len(histories[user])]
        self.eval()
        with torch.inference_mode():
            for start in range(0, len(order), batch):
                users = order[start : start + batch]
                rows = padded([histories[user][-self.recipe.length :] + 1 for user in users])
                last = (rows > 0).sum(dim=1) - 1
                states[users] = self(rows)[torch.arange(len(users)), last]
        return states

    def scores(self, histories: Sequence[Items]) -> Floats:
        """Scores of all items for each history, higher is better, shape (users, items)."""
        states = self.states(histories)
        with torch.inference_mode():
            found: Floats = (states @ self.outputs().T).numpy()
        return found


@dataclass(frozen=True, slots=True)
class Epoch:
    """What one epoch came to."""

    number: int
    loss: float
    validation: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model with the weights of its best epoch."""

    model: SasRec
    best: Epoch
    epochs: int
    is_cut: bool  # time was up before the validation stopped improving


def fit(
    histories: Sequence[Items],
    items: int,
    recipe: Recipe,
    seed: int,
    validate: Callable[[SasRec], float] | None = None,
    note: Callable[[Epoch], None] = lambda _: None,
    end: float = float("inf"),
) -> Fitted:
    """Train on `histories`; keep the epoch that `validate` likes best, or the last where nothing validates.

    No epoch starts after `end`, a time of `time.monotonic`, but the first always does.
    """
    torch.manual_seed(seed)
    dice = np.random.default_rng(seed)
    model = SasRec(items, recipe)
    if recipe.from_neighbors and items > 2:
        with torch.no_grad():
            model.items.weight[1:] = torch.from_numpy(neighbor_vectors(histories, items, recipe.width, seed))
    optimizer = torch.optim.AdamW(model.parameters(), lr=recipe.rate, betas=(0.9, 0.98), weight_decay=recipe.decay)
    best, kept, start = Epoch(0, float("nan"), -1.0, 0.0), dict[str, Tensor](), time.monotonic()
    is_cut, steps = False, 0
    for number in range(1, recipe.epochs + 1):
        model.train()
        losses: list[float] = []
        for rows in _batches([history for history in histories if len(history) > 1], recipe, dice):
            loss = _loss(model, rows, dice)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        steps += len(losses)
        value = validate(model) if validate is not None else float(number)
        epoch = Epoch(number, float(np.mean(losses)), value, time.monotonic() - start)
        note(epoch)
        if value > best.validation:
            best, kept = epoch, {name: weight.clone() for name, weight in model.state_dict().items()}
        elif number - best.number >= recipe.patience and steps >= recipe.least_steps:
            break
        is_cut = time.monotonic() > end
        if is_cut:
            break
    model.load_state_dict(kept)
    return Fitted(model.eval(), best, number, is_cut)


def neighbor_vectors(histories: Sequence[Items], items: int, width: int, seed: int) -> Floats:
    """Vectors whose inner products are near the cosines of the items' users, shape (items, width).

    The leading eigenvectors of the damped cosines, scaled by the roots of their eigenvalues, turned at random so that
    every dimension means as much, and brought to one deviation. Items of few events then start near
    those that they were taken with, instead of anywhere.
    """
    from scipy.sparse import diags
    from scipy.sparse.linalg import eigsh

    users = matrix(histories, items).astype(np.float64)
    damping = diags(1 / np.sqrt(np.asarray(users.sum(axis=0)).ravel() + _DAMPING))
    common = (damping @ users.T @ users @ damping).tolil()
    common.setdiag(0)
    rank = min(width, items - 1)
    values, vectors = eigsh(common.tocsr(), rank, which="LA", v0=np.ones(items))
    scaled = vectors * np.sqrt(np.maximum(values, 0))
    turn = np.linalg.qr(np.random.default_rng(seed).normal(size=(width, width)))[0]
    found: Floats = (scaled @ turn[:rank] * (_NEAR_START / max(scaled.std(), 1e-9))).astype(np.float32)
    return found


def padded(rows: Sequence[Items]) -> Tensor:
    """`rows` in one tensor, zeros at the end of the shorter ones, shape (rows, longest)."""
    found = np.zeros((len(rows), max(map(len, rows))), np.int64)
    for place, row in enumerate(rows):
        found[place, : len(row)] = row
    return torch.from_numpy(found)


def _batches(histories: Sequence[Items], recipe: Recipe, dice: np.random.Generator) -> Iterator[Tensor]:
    """Items of some users each, numbered from 1 and padded at the end; the last of a row is only a target."""
    order, pool, batches = dice.permutation(len(histories)), _POOL * recipe.batch, []
    for start in range(0, len(order), pool):
        some = sorted(order[start : start + pool], key=lambda user: len(histories[user]))
        batches += [some[place : place + recipe.batch] for place in range(0, len(some), recipe.batch)]
    for place in dice.permutation(len(batches)):
        yield padded([histories[user][-recipe.length - 1 :] + 1 for user in batches[place]])


def _loss(model: SasRec, rows: Tensor, dice: np.random.Generator) -> Tensor:
    known, targets = rows[:, :-1], rows[:, 1:]
    is_target = targets > 0
    hidden, right = model(known)[is_target], targets[is_target] - 1
    outputs, recipe = model.outputs(), model.recipe
    if recipe.loss is Loss.FULL:
        return full_softmax(hidden, outputs, right)
    if recipe.loss is Loss.SAMPLED:
        wrong = torch.from_numpy(dice.choice(len(outputs), min(recipe.negatives, len(outputs)), replace=False))
        return sampled_softmax(hidden, outputs, right, wrong)
    wrong = torch.from_numpy(dice.integers(0, len(outputs), len(right)))
    gap = torch.stack(((hidden * outputs[right]).sum(-1), -(hidden * outputs[wrong]).sum(-1)))
    return -functional.logsigmoid(gap).sum(0).mean()


def sampled_softmax(hidden: Tensor, outputs: Tensor, right: Tensor, wrong: Tensor) -> Tensor:
    """Cross-entropy of the right item among itself and `wrong`, items drawn uniformly without repetition.

    With uniform draws the logQ correction of Bengio and Senécal 2008 is one constant for every wrong item: log of how
    many items each drawn one is drawn for. Shapes (positions, width), (items, width), (positions,), (negatives,).
    """
    correction = float(np.log((len(outputs) - 1) / len(wrong)))
    drawn = hidden @ outputs[wrong].T + correction
    drawn = drawn.masked_fill(wrong == right[:, None], float("-inf"))
    chosen = (hidden * outputs[right]).sum(-1, keepdim=True)
    return (torch.cat((chosen, drawn), dim=1).logsumexp(dim=1) - chosen[:, 0]).mean()


def full_softmax(hidden: Tensor, outputs: Tensor, right: Tensor) -> Tensor:
    """Cross-entropy of the right item among all, without holding all logits at a time.

    Shapes (positions, width), (items, width), (positions,).
    """
    loss: Tensor = _FullSoftmax.apply(hidden, outputs, right)
    return loss


class _FullSoftmax(torch.autograd.Function):
    """Works the gradients out in the same pass as the loss, in place: a third of the memory traffic of autograd."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, outputs: Tensor, right: Tensor) -> Tensor:
        loss = hidden.new_zeros(())
        of_hidden, of_outputs = torch.empty_like(hidden), torch.zeros_like(outputs)
        for start in range(0, len(hidden), _ROWS):
            some, targets = hidden[start : start + _ROWS], right[start : start + _ROWS, None]
            logits = some @ outputs.T
            chosen = logits.gather(1, targets)
            highest = logits.amax(dim=1, keepdim=True)
            total = logits.sub_(highest).exp_().sum(dim=1, keepdim=True)
            loss += (total.log() + highest - chosen).sum()
            logits.div_(total * len(hidden)).scatter_add_(1, targets, torch.full_like(chosen, -1 / len(hidden)))
            torch.mm(logits, outputs, out=of_hidden[start : start + _ROWS])
            of_outputs.addmm_(logits.T, some)
        ctx.save_for_backward(of_hidden, of_outputs)
        return loss / len(hidden)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, None]:
        of_hidden, of_outputs = ctx.saved_tensors
        return of_hidden * gradients[0], of_outputs * gradients[0], None
