"""IntentHead: which intent a text has, from its frozen embedding and its hashed n-grams.

    logits = hidden(GELU) → output, on the embedding      (a small multilayer perceptron with a linear skip)
           + n-gram weights                                (linear, on hashed word and letter n-grams, tf-idf)

A text that has none of the intents is rejected: four signs (best probability, energy of the logits, cosine to the nearest
prototype of an intent, lead over the label for what lies outside) go through one logistic unit, calibrated on held-out
data. Best probability after Hendrycks and Gimpel 2017, https://arxiv.org/abs/1610.02136; energy after Liu et al. 2020,
https://arxiv.org/abs/2010.03759; several prototypes to an intent as in learning vector quantisation (Kohonen 1990,
https://doi.org/10.1109/5.58325). Trained by `finetune/intent_head.py`; serving needs NumPy alone.
"""

from __future__ import annotations

import json
import re
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from retrieval.errors import ModelError
from retrieval.index.encoder import Vectors

BUCKETS = 1 << 15
"""Hash buckets of the n-grams."""

SIGNS = 4
"""Number of signs by which a text is known or rejected."""

_WORD = re.compile(r"[a-z0-9']+|[^\sa-z0-9]")
_WEIGHTS, _SETTINGS = "head.safetensors", "head.json"
_MAX_CHARACTERS = 400
_FEW_ROWS = 4

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Guess:
    """One intent for one text. `known` is the probability that the text has any of the head's intents at all."""

    name: str
    probability: float
    known: float


@dataclass(frozen=True, slots=True)
class Rejection:
    """The logistic unit over the signs, and the `known` below which a text is out of scope."""

    weights: tuple[float, ...]
    bias: float
    threshold: float

    @classmethod
    def never(cls) -> Rejection:
        """Lets every text pass."""
        return cls((0.0,) * SIGNS, 0.0, 0.0)


class IntentHead:
    """A trained head. `weights` are the tensors by name as `finetune/intent_recipe.py` makes them.

    `outside` is the label, if any, of texts that have none of the other labels; it is never guessed, only told from.
    """

    def __init__(
        self,
        labels: Sequence[str],
        weights: Mapping[str, NDArray[np.generic]],
        rejection: Rejection,
        outside: str = "",
        encoder: str = "",
    ) -> None:
        self.labels = tuple(labels)
        self.rejection = rejection
        self.outside = outside
        self.encoder = encoder
        self._inside = np.array([label != outside for label in self.labels])
        self.weights: dict[str, Floats] = {name: np.asarray(tensor, np.float32) for name, tensor in weights.items()}

    @classmethod
    def open(cls, folder: Path) -> IntentHead:
        """Reads `head.safetensors` and `head.json`. Raises ModelError when either is absent or does not fit."""
        try:
            settings = json.loads((folder / _SETTINGS).read_text("utf-8"))
            weights = load_file(folder / _WEIGHTS)
            head = cls(
                settings["labels"], weights, _rejection(settings["rejection"]), settings["outside"], settings["encoder"]
            )
            head._check()
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise ModelError(
                f"the intent head in {folder} cannot be read: {error}",
                "Restore the folder from the repository, or run: aisle train intents --data DIR",
            ) from error
        return head

    def save(self, folder: Path) -> None:
        """Writes the two files, weights in half precision; the settings come last, so a folder without them is unfinished."""
        folder.mkdir(parents=True, exist_ok=True)
        save_file({name: tensor.astype(np.float16) for name, tensor in self.weights.items()}, folder / _WEIGHTS)
        rejection = {
            "weights": self.rejection.weights, "bias": self.rejection.bias, "threshold": self.rejection.threshold,
        }  # fmt: skip
        settings = {"encoder": self.encoder, "labels": self.labels, "outside": self.outside, "rejection": rejection}
        (folder / _SETTINGS).write_text(json.dumps(settings, indent=1) + "\n", "utf-8")

    def guess(self, texts: Sequence[str], vectors: Vectors, count: int = 3) -> tuple[tuple[Guess, ...], ...]:
        """The `count` likeliest intents of each text, best first; `vectors` are their embeddings, one row each."""
        logits = self.logits(texts, vectors)
        known = self.known(logits, vectors)
        probabilities = softmax(np.where(self._inside, logits, -np.inf))
        return tuple(
            tuple(Guess(self.labels[index], float(row[index]), float(score)) for index in np.argsort(-row)[:count])
            for row, score in zip(probabilities, known, strict=True)
        )

    def logits(self, texts: Sequence[str], vectors: Vectors) -> Floats:
        """Unnormalised scores, shape (len(texts), len(labels))."""
        weights = self.weights
        hidden = _gelu(_product(vectors, weights["hidden.weight"]) + weights["hidden.bias"])
        logits = _product(hidden, weights["output.weight"]) + weights["output.bias"]
        logits += _product(vectors, weights["skip.weight"])
        for row, text in enumerate(texts):
            buckets, counts = hashed_ngrams(text)
            values = counts * weights["idf"][buckets]
            logits[row] += (values / max(float(np.linalg.norm(values)), 1e-9)) @ weights["ngrams.weight"][buckets]
        return np.asarray(logits, np.float32)

    def known(self, logits: Floats, vectors: Vectors) -> Floats:
        """Probability, for each row, that it has one of the intents."""
        score = self.signs(logits, vectors) @ np.asarray(self.rejection.weights, np.float32) + self.rejection.bias
        return np.asarray(1 / (1 + np.exp(-score)), np.float32)

    def signs(self, logits: Floats, vectors: Vectors) -> Floats:
        """What rejection looks at, shape (len(logits), SIGNS), in the order of the module's description."""
        inside = logits[:, self._inside]
        best = inside.max(axis=1)
        energy = best + np.log(np.exp(inside - best[:, None]).sum(axis=1))
        nearest = _product(vectors, self.weights["prototypes"]).max(axis=1)
        lead = best - logits[:, ~self._inside].max(axis=1) if self.outside else np.zeros_like(best)
        return np.asarray(np.stack([np.exp(best - energy), energy, nearest, lead], axis=1), np.float32)

    def _check(self) -> None:
        size = len(self.labels)
        shapes = {name: self.weights[name].shape for name in ("output.weight", "skip.weight", "ngrams.weight", "idf")}
        fits = shapes["output.weight"][0] == shapes["skip.weight"][0] == size
        fits = fits and self.weights["prototypes"].shape[1] == shapes["skip.weight"][1]
        if not fits or shapes["ngrams.weight"] != (BUCKETS, size) or shapes["idf"] != (BUCKETS,):
            raise ValueError(f"its tensors do not fit its {size} labels")


def hashed_ngrams(text: str) -> tuple[NDArray[np.int64], Floats]:
    """Distinct buckets of the text's words, word pairs and letter 2- to 5-grams, and 1 + log of how often each occurs."""
    words = _WORD.findall(text[:_MAX_CHARACTERS].lower())
    grams: Counter[str] = Counter(words)
    grams.update(f"{first} {second}" for first, second in zip(["^", *words], [*words, "$"], strict=True))
    for word in words:
        padded = f"_{word}_"
        grams.update(padded[i : i + n] + "#" for n in range(2, 6) for i in range(len(padded) - n + 1))
    if not grams:
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    counts: Counter[int] = Counter()
    for gram, count in grams.items():
        counts[zlib.crc32(gram.encode()) % BUCKETS] += count
    return np.fromiter(counts.keys(), np.int64), 1 + np.log(np.fromiter(counts.values(), np.float32))


def _product(rows: Floats, weights: Floats) -> Floats:
    """`rows @ weights.T`. For a few rows without BLAS, whose threads cost a message more than they bring."""
    if len(rows) <= _FEW_ROWS:
        return np.asarray(np.einsum("ij,kj->ik", rows, weights), np.float32)
    return np.asarray(rows @ weights.T, np.float32)


def softmax(logits: Floats) -> Floats:
    """Probabilities of each row."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def _gelu(values: Floats) -> Floats:
    """The tanh form of GELU, https://arxiv.org/abs/1606.08415."""
    return np.asarray(0.5 * values * (1 + np.tanh(0.7978845608 * (values + 0.044715 * values**3))), np.float32)


def _rejection(settings: Mapping[str, object]) -> Rejection:
    weights = settings["weights"]
    if not isinstance(weights, list) or len(weights) != SIGNS:
        raise ValueError(f"its rejection needs {SIGNS} weights")
    return Rejection(tuple(map(float, weights)), float(str(settings["bias"])), float(str(settings["threshold"])))
