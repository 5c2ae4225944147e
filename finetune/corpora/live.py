"""A corpus shop as a live one: its records indexed, its dialogue answered by the tools, the reader and the language model."""

from __future__ import annotations

from pathlib import Path

from assistant.actions.actions import Actions
from assistant.actions.orders import Orders
from assistant.build import dialogue_of
from assistant.language_model.speaker import Speaker
from assistant.planning.route import Router
from assistant.reading.finder import EncoderFinder
from assistant.reading.listener import Listener
from assistant.reading.reader import Reader
from assistant.turn import Dialogue
from finetune.corpora.shop import CorpusShop
from retrieval.index.encoder import NO_ENCODER, Encoder
from retrieval.index.index import Index
from retrieval.search.search import Search
from retrieval.store.database import open_database
from retrieval.store.records import Records


def live_dialogue(
    shop: CorpusShop,
    home: Path,
    speaker: Speaker,
    reader: Reader,
    encoder: Encoder,
    everyday: frozenset[str],
    finder: Encoder | None = None,
    router: Router | None = None,
    listener: Listener | None = None,
    product_finder: EncoderFinder | None = None,
) -> Dialogue:
    """The dialogue of `shop`, its database and index in `home`; without a `finder` the encoder finds lines too.

    Raises StoreError and SearchIndexError.
    """
    home.mkdir(parents=True, exist_ok=True)
    engine = open_database(f"sqlite:///{home / 'shop.db'}")
    records, orders = Records(engine), Orders(engine)
    records.upsert_products(shop.catalog.products.values(), replace=True)
    records.upsert_faqs(shop.catalog.faqs.values(), replace=True)
    records.upsert_customers(shop.customers.values())
    orders.upsert(shop.orders.values())
    index = Index.build(home, shop.catalog, encoder, wishes=product_finder or NO_ENCODER)
    search = Search(shop.catalog, index, encoder)
    return dialogue_of(
        shop.catalog,
        shop.briefing.shop,
        search,
        Actions.of_database(engine, clock=lambda: shop.moment),
        finder or encoder,
        speaker,
        reader,
        everyday,
        lambda: shop.moment,
        router=router,
        listener=listener,
        wish_listener=product_finder,
    )
