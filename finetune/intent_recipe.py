"""Intent recipe: how an `IntentHead` is fitted to texts, their frozen embeddings and their labels.

Networks over the embedding (mixup, https://arxiv.org/abs/1710.09412; label smoothing, https://arxiv.org/abs/1512.00567), drawn
from several seeds and averaged by stacking them into one wide network; a linear support vector machine over hashed
n-grams beside them, added with a weight found on held-out rows; a logistic unit that tells known texts from others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import scipy.sparse
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC
from torch import Tensor, nn
from torch.nn import functional

from assistant.understanding.intent_head import BUCKETS, Floats, IntentHead, Rejection, hashed_ngrams
from retrieval.encoder import Vectors

Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Recipe:
    """The hyper-parameters, chosen on a held-out part of the public training sets."""

    networks: int = 3
    hidden: int = 768
    epochs: int = 30
    batch: int = 128
    rate: float = 3e-3
    decay: float = 1e-4
    input_dropout: float = 0.1
    hidden_dropout: float = 0.5
    smoothing: float = 0.1
    mixup: float = 0.4
    margin_penalty: float = 0.5
    ngram_weights: tuple[float, ...] = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
    folds: int = 2
    held_out: float = 0.1
    outside_rejected: float = 0.8


RECIPE = Recipe()
"""The recipe of everything that ships and of every figure that is printed."""


@dataclass(frozen=True)
class Examples:
    """Texts with embeddings (one row each) and labels. Texts of one origin are held out together."""

    texts: Sequence[str]
    vectors: Vectors
    labels: Sequence[str]
    origins: Sequence[str]

    def __len__(self) -> int:
        return len(self.texts)

    def rows(self, rows: Sequence[int] | NDArray[np.intp]) -> Examples:
        """The examples at `rows`."""
        picked = [int(row) for row in rows]
        texts, labels, origins = ([column[row] for row in picked] for column in (self.texts, self.labels, self.origins))
        return Examples(texts, self.vectors[picked], labels, origins)

    def having(self, wanted: Callable[[str], bool]) -> Examples:
        """The examples whose label is `wanted`."""
        return self.rows([row for row, label in enumerate(self.labels) if wanted(label)])

    def beside(self, other: Examples) -> Examples:
        """These and the others."""
        return Examples(
            [*self.texts, *other.texts],
            np.concatenate([self.vectors, other.vectors]),
            [*self.labels, *other.labels],
            [*self.origins, *other.origins],
        )


def fit(examples: Examples, seed: int, *, outside: str = "", encoder: str = "", recipe: Recipe = RECIPE) -> IntentHead:
    """A head for the labels of `examples`; `outside` is the label of texts that have none of the others, if any.

    Trial heads, each fitted without another part of the examples, find on that part what the final one, fitted to all,
    takes over: the weight of the n-grams, and the unit and threshold of rejection.
    """
    trials = []
    for fold in range(recipe.folds):
        trained, held_out = _split(examples, seed, fold, outside, recipe)
        trials.append((_fitted(trained, seed, outside, encoder, recipe), held_out))
    weight = _best_ngram_weight([(head, held.having(lambda label: label != outside)) for head, held in trials], recipe)
    rejection = Rejection.never()
    if outside:
        rejection = _rejection([(_weighed(head, weight), held) for head, held in trials], recipe.outside_rejected)
    final = _weighed(_fitted(examples, seed, outside, encoder, recipe), weight)
    return IntentHead(final.labels, final.weights, rejection, outside, encoder)


def _split(examples: Examples, seed: int, fold: int, outside: str, recipe: Recipe) -> tuple[Examples, Examples]:
    """A part to train on and a part to hold out, drawn at random by origin; the folds hold out different parts."""
    origins = {origin: number for number, origin in enumerate(dict.fromkeys(examples.origins))}
    draws = np.random.default_rng(seed).random(len(origins))[[origins[origin] for origin in examples.origins]]
    outside_share = 1 / recipe.folds
    shares = np.array([outside_share if label == outside else recipe.held_out for label in examples.labels])
    is_held = (draws >= fold * shares) & (draws < (fold + 1) * shares)
    return examples.rows(np.flatnonzero(~is_held)), examples.rows(np.flatnonzero(is_held))


def _fitted(examples: Examples, seed: int, outside: str, encoder: str, recipe: Recipe) -> IntentHead:
    """A head with n-grams at their full weight and without rejection."""
    labels = sorted(set(examples.labels))
    codes = np.array([labels.index(label) for label in examples.labels], np.int64)
    with _one_thread():
        networks = [_network(examples.vectors, codes, len(labels), recipe, seed + n) for n in range(recipe.networks)]
    idf = _inverse_frequencies(examples.texts)
    weights: dict[str, NDArray[np.generic]] = {
        **_stacked(networks),
        "idf": idf,
        "ngrams.weight": _ngram_weights(examples.texts, codes, idf, recipe.margin_penalty),
        "prototypes": _prototypes(examples.vectors, codes, len(labels)),
    }
    return IntentHead(labels, weights, Rejection.never(), outside, encoder)


def _weighed(head: IntentHead, weight: float) -> IntentHead:
    """`head` with its n-gram part scaled by `weight`."""
    weights = {**head.weights, "ngrams.weight": head.weights["ngrams.weight"] * np.float32(weight)}
    return IntentHead(head.labels, weights, head.rejection, head.outside, head.encoder)


def _best_ngram_weight(trials: Sequence[tuple[IntentHead, Examples]], recipe: Recipe) -> float:
    """The weight of the n-gram part with the fewest errors on what was held out, the smallest of equals."""
    errors = dict.fromkeys(recipe.ngram_weights, 0)
    for head, held_out in trials:
        wanted = np.array([head.labels.index(label) for label in held_out.labels])
        plain = _weighed(head, 0.0).logits(held_out.texts, held_out.vectors)
        ngrams = head.logits(held_out.texts, held_out.vectors) - plain
        for weight in errors:
            errors[weight] += int((np.argmax(plain + weight * ngrams, axis=1) != wanted).sum())
    return min(errors, key=lambda weight: (errors[weight], weight))


def _rejection(trials: Sequence[tuple[IntentHead, Examples]], rejected: float) -> Rejection:
    """A logistic unit that tells known texts from others; its threshold rejects the share `rejected` of those."""
    signs = np.concatenate([_signs(head, held_out) for head, held_out in trials])
    is_known = np.array([label != head.outside for head, held_out in trials for label in held_out.labels])
    scale = signs.std(axis=0) + 1e-6
    unit = LogisticRegression(class_weight="balanced").fit(signs / scale, is_known)
    probabilities = unit.predict_proba(signs[~is_known] / scale)[:, 1]
    weights = tuple(float(weight) for weight in unit.coef_[0] / scale)
    return Rejection(weights, float(unit.intercept_[0]), float(np.quantile(probabilities, rejected)))


def _signs(head: IntentHead, examples: Examples) -> Floats:
    return head.signs(head.logits(examples.texts, examples.vectors), examples.vectors)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Runs torch on one thread: for networks this small the others cost more than they bring."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


class _Network(nn.Module):
    """A hidden layer and a linear skip past it."""

    def __init__(self, inputs: int, labels: int, recipe: Recipe) -> None:
        super().__init__()
        self.hidden = nn.Linear(inputs, recipe.hidden)
        self.output = nn.Linear(recipe.hidden, labels)
        self.skip = nn.Linear(inputs, labels, bias=False)
        self._dropout = recipe.hidden_dropout

    def forward(self, vectors: Tensor) -> Tensor:
        hidden = functional.gelu(self.hidden(vectors), approximate="tanh")
        logits: Tensor = self.output(functional.dropout(hidden, self._dropout, self.training)) + self.skip(vectors)
        return logits


def _network(vectors: Vectors, codes: Codes, labels: int, recipe: Recipe, seed: int) -> _Network:
    """One network, trained with AdamW on a rate that rises over a tenth of the steps and falls to nothing."""
    torch.manual_seed(seed)
    chance = np.random.default_rng(seed)
    inputs, targets = torch.tensor(vectors), functional.one_hot(torch.tensor(codes), labels).float()
    targets = targets * (1 - recipe.smoothing) + recipe.smoothing / labels
    network = _Network(vectors.shape[1], labels, recipe)
    optimiser = torch.optim.AdamW(network.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
    per_epoch = max(1, len(codes) // recipe.batch)
    steps = per_epoch * recipe.epochs
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(10 * (step + 1) / steps, 1.0) * (1 - step / steps)
    )
    for _ in range(recipe.epochs):
        for rows in np.array_split(chance.permutation(len(codes)), per_epoch):
            share = float(chance.beta(recipe.mixup, recipe.mixup))
            partners = chance.permutation(rows)
            mixed = functional.dropout(inputs[rows], recipe.input_dropout) * share
            mixed = mixed + functional.dropout(inputs[partners], recipe.input_dropout) * (1 - share)
            wanted = targets[rows] * share + targets[partners] * (1 - share)
            loss = functional.cross_entropy(network(mixed), wanted)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return network.eval()


def _stacked(networks: Sequence[_Network]) -> dict[str, NDArray[np.generic]]:
    """The mean of several networks as one: hidden units side by side, outputs divided by their number."""
    count = len(networks)

    def gather(part: str, axis: int | None, divisor: int) -> NDArray[np.generic]:
        tensors = [network.get_parameter(part).detach().numpy() / divisor for network in networks]
        return np.concatenate(tensors, axis) if axis is not None else np.sum(tensors, axis=0)

    return {
        "hidden.weight": gather("hidden.weight", 0, 1),
        "hidden.bias": gather("hidden.bias", 0, 1),
        "output.weight": gather("output.weight", 1, count),
        "output.bias": gather("output.bias", None, count),
        "skip.weight": gather("skip.weight", None, count),
    }


def _inverse_frequencies(texts: Sequence[str]) -> Floats:
    """Smoothed inverse document frequency of each bucket."""
    frequencies = np.zeros(BUCKETS)
    for text in texts:
        frequencies[hashed_ngrams(text)[0]] += 1
    return (np.log((1 + len(texts)) / (1 + frequencies)) + 1).astype(np.float32)


def _ngram_weights(texts: Sequence[str], codes: Codes, idf: Floats, penalty: float) -> Floats:
    """Weights of one-against-all support vector machines, shape (BUCKETS, labels)."""
    indices, values, ends = [], [], [0]
    for text in texts:
        buckets, counts = hashed_ngrams(text)
        scaled = counts * idf[buckets]
        indices.append(buckets)
        values.append(scaled / max(float(np.linalg.norm(scaled)), 1e-9))
        ends.append(ends[-1] + len(buckets))
    matrix = scipy.sparse.csr_matrix(
        (np.concatenate(values), np.concatenate(indices), ends), shape=(len(texts), BUCKETS)
    )
    machine = LinearSVC(C=penalty, random_state=0).fit(matrix, codes)
    return np.asarray(machine.coef_.T, np.float32)


def _prototypes(vectors: Vectors, codes: Codes, labels: int) -> Floats:
    """The mean direction of each label's embeddings."""
    means = np.stack([vectors[codes == code].mean(axis=0) for code in range(labels)])
    return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True), np.float32)
