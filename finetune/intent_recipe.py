"""Intent recipe: how an `IntentHead` is fitted to texts, their frozen embeddings and their labels.

Networks over the embedding (mixup, https://arxiv.org/abs/1710.09412; label smoothing, https://arxiv.org/abs/1512.00567), drawn
from several seeds and averaged by stacking them into one wide network; a linear support vector machine over hashed
n-grams beside them, added with a weight found on held-out rows; a logistic unit that tells known texts from others, whose
threshold may cost a fixed share of known texts that would have been told right. That share, the prototypes and the unit's
penalty were chosen by cross-validation on the training split of CLINC150, its outside texts held out by topic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse
import torch
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC
from torch import Tensor, nn
from torch.nn import functional

from assistant.understanding.intent_head import BUCKETS, Floats, IntentHead, Rejection, hashed_ngrams
from finetune.intent_examples import Examples
from retrieval.index.encoder import Vectors
from retrieval.index.one_thread import one_thread

Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]


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
    prototypes: int = 6
    unit_penalty: float = 0.01
    rejection_cost: float = 0.005


RECIPE = Recipe()
"""The recipe of everything that ships and of every figure that is printed."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What trial heads find on parts that they have not seen: the weight of the n-grams, and when to reject."""

    ngram_weight: float
    rejection: Rejection


def calibrate(
    examples: Examples, seed: int, *, outside: str = "", recipe: Recipe = RECIPE, validation: Examples | None = None
) -> Calibration:
    """Fits trial heads, each without another part of the examples, and measures them on that part.

    Where the examples come with a `validation` part by other authors, that is the part: texts held out at random have
    near likes by the same author among the rest, which makes them too easy and rejection too costly.
    """
    if validation is not None:
        parts = [(examples, validation)]
    else:
        parts = [_split(examples, seed, fold, outside, recipe) for fold in range(recipe.folds)]
    trials = [(_fitted(trained, seed, outside, "", recipe), held_out) for trained, held_out in parts]
    weight = _best_ngram_weight([(head, held.having(lambda label: label != outside)) for head, held in trials], recipe)
    if not outside:
        return Calibration(weight, Rejection.never())
    return Calibration(weight, _rejection([(_weighed(head, weight), held) for head, held in trials], recipe))


def fit(
    examples: Examples,
    seed: int,
    *,
    outside: str = "",
    encoder: str = "",
    recipe: Recipe = RECIPE,
    calibration: Calibration | None = None,
) -> IntentHead:
    """A head for the labels of `examples`; `outside` is the label of texts that have none of the others, if any.

    Without a calibration it is calibrated on the same examples first.
    """
    found = calibration or calibrate(examples, seed, outside=outside, recipe=recipe)
    head = _weighed(_fitted(examples, seed, outside, encoder, recipe), found.ngram_weight)
    return IntentHead(head.labels, head.weights, found.rejection, outside, encoder)


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
    with one_thread():
        networks = [_network(examples.vectors, codes, len(labels), recipe, seed + n) for n in range(recipe.networks)]
    idf = _inverse_frequencies(examples.texts)
    weights: dict[str, NDArray[np.generic]] = {
        **_stacked(networks),
        "idf": idf,
        "ngrams.weight": _ngram_weights(examples.texts, codes, idf, recipe.margin_penalty),
        "prototypes": _prototypes(examples.having(lambda label: label != outside), recipe.prototypes),
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


def _rejection(trials: Sequence[tuple[IntentHead, Examples]], recipe: Recipe) -> Rejection:
    """A logistic unit that tells texts guessed right from those outside, and the threshold that costs what it may.

    A known text that is guessed wrong loses nothing by being rejected, so it has no say.
    """
    judged = [_signs(head, held_out) for head, held_out in trials]
    signs = np.concatenate([signs for signs, _, _ in judged])
    is_right = np.concatenate([is_right for _, is_right, _ in judged])
    is_outside = np.concatenate([is_outside for _, _, is_outside in judged])
    scale = signs.std(axis=0) + 1e-6
    of_use = is_right | is_outside
    unit = LogisticRegression(C=recipe.unit_penalty, class_weight="balanced")
    unit.fit(signs[of_use] / scale, is_right[of_use])
    known = np.sort(unit.predict_proba(signs[is_right] / scale)[:, 1])
    allowed = int(recipe.rejection_cost * (~is_outside).sum())
    weights = tuple(float(weight) for weight in unit.coef_[0] / scale)
    return Rejection(weights, float(unit.intercept_[0]), float(known[min(allowed, len(known) - 1)]))


def _signs(head: IntentHead, examples: Examples) -> tuple[Floats, Flags, Flags]:
    """The signs of each text, whether its best known label is right, and whether it is outside."""
    logits = head.logits(examples.texts, examples.vectors)
    wanted = np.array(examples.labels)
    is_known = np.array([label != head.outside for label in head.labels])
    guesses = np.array(head.labels)[np.where(is_known, logits, -np.inf).argmax(axis=1)]
    return head.signs(logits, examples.vectors), guesses == wanted, wanted == head.outside


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


def _prototypes(examples: Examples, count: int) -> Floats:
    """Directions of up to `count` groups (k-means) of each label's embeddings, one row each."""
    labels = np.array(examples.labels)
    means = []
    for label in sorted(set(examples.labels)):
        vectors = np.unique(examples.vectors[labels == label], axis=0)
        means.append(KMeans(min(count, len(vectors)), n_init=1, random_state=0).fit(vectors).cluster_centers_)
    rows = np.concatenate(means)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)
