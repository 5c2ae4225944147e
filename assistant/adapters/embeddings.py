"""Embeddings: the adapters of the encoder of the search index, how each was judged, and which one serves.

`aisle train embeddings` makes them and `Registry` promotes them, like adapters that write replies. A promotion builds the index anew, and the
index names the encoder that made it (`retrieval/index/manifest.py`). `AISLE_ENCODER` wins over what was promoted.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from pydantic import TypeAdapter, ValidationError

from assistant.adapters.adapter import Adapter, short_name
from assistant.adapters.registry import Family, Registry, Serving
from assistant.adapters.verdict import REPORT_FILE
from assistant.settings import Settings
from retrieval.errors import AdapterError, ModelError
from retrieval.index.encoder import Encoder
from retrieval.index.sentence_encoder import DEFAULT_ENCODER, open_encoder

_TRAIN = "Train one with `aisle train embeddings`."

FEWEST_QUERIES = 20
"""Below it an interval over queries means nothing."""


@dataclass(frozen=True, slots=True)
class Rise:
    """Mean nDCG@10 of one ranking with the untuned and the tuned encoder, and the 95 % interval of the rise, paired by query."""

    before: float
    after: float
    rise: float
    low: float
    high: float

    def __str__(self) -> str:
        """The figures on one line."""
        return f"{self.before:.3f} → {self.after:.3f}, {self.rise:+.3f} ({self.low:+.3f} to {self.high:+.3f})"


@dataclass(frozen=True, slots=True)
class EmbeddingVerdict:
    """How an adapted encoder ranks on held-out queries next to the untuned one: by cosine alone, and as search shows it.

    `customers` of the `queries` are customers' own; `products` were ranked. `digest` is that of the judged adapter.
    """

    judged: datetime
    digest: str
    queries: int
    customers: int
    products: int
    dense: Rise
    shown: Rise

    @property
    def objections(self) -> tuple[str, ...]:
        """See `Judged.objections`."""
        if self.queries < FEWEST_QUERIES:
            return (f"{self.queries} held-out queries are too few to tell, it takes {FEWEST_QUERIES}",)
        found = []
        if self.dense.low <= 0:
            found.append(f"its cosine does not rank better than that of the untuned encoder: nDCG@10 {self.dense}")
        if self.shown.high < 0:
            found.append(f"what search shows gets worse: nDCG@10 {self.shown}")
        return tuple(found)

    @property
    def text(self) -> str:
        """See `Judged.text`."""
        return f"{'not better' if self.objections else 'better'}: nDCG@10 {self.dense} on {self.queries} queries"

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """The verdict in the report of `folder`; None for an adapter that was not judged. Raises AdapterError."""
        path = folder / REPORT_FILE
        try:
            return TypeAdapter(cls).validate_python(json.loads(path.read_text(encoding="utf-8"))["verdict"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, ValidationError) as error:
            reason = str(error).partition("\n")[0]
            raise AdapterError(f"{path} cannot be read as a report: {reason}", _TRAIN) from error

    def as_json(self) -> dict[str, Any]:
        """The figures and what they come to, for `report.json`."""
        return {**asdict(self), "judged": self.judged.isoformat(), "objections": list(self.objections)}


def embeddings_registry(settings: Settings) -> Registry:
    """The adapters of the home's encoder. The untuned one serves before anything was promoted."""
    return Registry(settings.home, DEFAULT_ENCODER, family=_EMBEDDINGS)


def encoder_name(settings: Settings) -> str:
    """What `open_encoder` opens for the search of this shop. Raises AdapterError if the promoted adapter is gone or changed."""
    return settings.encoder or _folder(embeddings_registry(settings).serving())


def open_shop_encoder(settings: Settings) -> Encoder:
    """The encoder that searches this shop. Raises ModelError."""
    return open_encoder(encoder_name(settings))


def open_serving(serving: Serving) -> Encoder:
    """The encoder with the adapter that serves, or without one. Raises ModelError."""
    return open_encoder(_folder(serving))


def _folder(serving: Serving) -> str:
    return "" if serving.folder is None else str(serving.folder)


def _check_base(adapter: Adapter, base: str) -> None:
    if short_name(adapter.base) != base:
        raise AdapterError(
            f"adapter {adapter.name!r} was made for {adapter.base or 'an unknown model'}, and the encoder is {base}",
            _TRAIN,
        )


def _check_fits(adapter: Adapter, base: str) -> None:
    _check_base(adapter, base)
    try:
        open_encoder(str(adapter.folder))
    except ModelError as error:
        raise AdapterError(error.message, _TRAIN) from error


_EMBEDDINGS = Family(
    "embeddings",
    " --embeddings",
    _TRAIN,
    'Train it anew with `aisle train embeddings`, or insist with --force --reason "...".',
    _check_base,
    _check_fits,
    EmbeddingVerdict.read,
)
