"""`aisle train embeddings`: an adapter of the shop's encoder, trained, judged on held-out queries and written with its card."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from assistant.actions.orders import Orders
from assistant.adapters.adapter import Adapter
from assistant.adapters.embeddings import EmbeddingVerdict, Rise, embeddings_registry
from assistant.adapters.verdict import REPORT_FILE
from assistant.settings import Settings
from assistant.shop_mask import shop_mask
from finetune.corpora.encoder_training import Watch, save_adapter
from finetune.embeddings.card import card
from finetune.embeddings.customer_queries import customer_queries, read_interests, read_searches
from finetune.embeddings.judging import Comparison, compare
from finetune.embeddings.queries import Queries, ShopTraits, Source, split_queries
from finetune.embeddings.training import EmbeddingRecipe, train_embeddings
from retrieval.errors import AdapterError, FeedError, SettingsError
from retrieval.index.sentence_encoder import DEFAULT_ENCODER, open_encoder
from retrieval.store.database import open_database
from retrieval.store.records import Records


@dataclass(frozen=True, slots=True)
class Trained:
    """An adapter in its folder, and how it was judged."""

    folder: Path
    verdict: EmbeddingVerdict


def train_shop_embeddings(
    settings: Settings, name: str, recipe: EmbeddingRecipe, watch: Watch, note: Callable[[str], None]
) -> Trained:
    """Train on the shop of these settings and judge; the adapter is kept as `name` in the home, whatever the verdict.

    `note` gets a line before each stage. Raises SettingsError if AISLE_ENCODER is set, AdapterError if there is
    an adapter of this name, FeedError if there is nothing to learn from, StoreError and ModelError.
    """
    if settings.encoder:
        raise SettingsError(
            f"AISLE_ENCODER is {settings.encoder!r} and wins over what is tuned.",
            f"Clear it to tune {DEFAULT_ENCODER}.",
        )
    folder = embeddings_registry(settings).place(name)
    if folder.exists():
        raise AdapterError(f"there is an adapter {name!r} already", "Give the new one another name with --name.")
    started = time.monotonic()
    shop, queries = shop_queries(settings, recipe.seed)
    if not (queries.learned and queries.judged):
        raise FeedError(
            f"There is too little to learn from and to judge by: {_counted(queries)}.",
            "Import more products, with types or titles that name what they are.",
        )
    note(_counted(queries))
    untuned = open_encoder()
    encoder = train_embeddings(shop, queries.learned, untuned, recipe, watch)
    seconds = round(time.monotonic() - started)
    save_adapter(encoder, folder, {"recipe": asdict(recipe), "queries": len(queries.learned), "seconds": seconds})
    note("judging on held-out queries, untuned and tuned")
    tuned = open_encoder(str(folder))
    compared = compare(shop, queries.judged, untuned, tuned, recipe.most_products, recipe.seed)
    verdict = _verdict(compared, Adapter.read(folder).digest())
    (folder / REPORT_FILE).write_text(json.dumps({"verdict": verdict.as_json()}, indent=1), encoding="utf-8")
    (folder / "README.md").write_text(
        card(name, recipe, queries, compared, verdict, untuned.name, seconds), encoding="utf-8"
    )
    return Trained(folder, verdict)


def shop_queries(settings: Settings, seed: int) -> tuple[ShopTraits, Queries]:
    """The shop's products and the queries to learn from and to judge on. Raises StoreError."""
    engine = open_database(settings.resolved_database_url)
    try:
        records = Records(engine)
        catalog = records.catalog()
        shop = ShopTraits.of(catalog)
        searches = list(read_searches(engine))
        if not searches:
            return shop, split_queries(shop, (), seed)
        mask = shop_mask(catalog, records, Orders(engine), settings)
        asked = customer_queries(shop, searches, read_interests(engine, records.events()), mask)
        return shop, split_queries(shop, asked, seed)
    finally:
        engine.dispose()


def free_name(settings: Settings, today: datetime) -> str:
    """A name for a new adapter: the day, and a number from the second one of it."""
    registry, day = embeddings_registry(settings), f"{today:%Y-%m-%d}"
    names = (day if number == 1 else f"{day}-{number}" for number in count(1))
    return next(name for name in names if not registry.place(name).exists())


def _verdict(compared: Comparison, digest: str) -> EmbeddingVerdict:
    return EmbeddingVerdict(
        judged=datetime.now(UTC),
        digest=digest,
        queries=len(compared.queries),
        customers=sum(query.source is Source.CUSTOMERS for query in compared.queries),
        products=compared.products,
        dense=_rise(compared, "dense"),
        shown=_rise(compared, "shown"),
    )


def _rise(compared: Comparison, way: str) -> Rise:
    before, after, change = (
        compared.mean(compared.before, way),
        compared.mean(compared.after, way),
        compared.change(way),
    )
    return Rise(before.value, after.value, change.value, change.low, change.high)


def _counted(queries: Queries) -> str:
    counts: Sequence[tuple[str, Counter[Source]]] = [
        ("to learn from", Counter(query.source for query in queries.learned)),
        ("held out", Counter(query.source for query in queries.judged)),
    ]
    return "; ".join(
        f"{found[Source.CUSTOMERS]:,} queries of customers and {found[Source.CATALOG]:,} made from the catalog {what}"
        for what, found in counts
    )
