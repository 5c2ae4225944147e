"""Opening: makes an assistant from settings. The one place where the class behind each protocol is chosen."""

from __future__ import annotations

from pathlib import Path

from assistant.actions.actions import Actions
from assistant.actions.orders import Orders
from assistant.assistant import Assistant, Parts
from assistant.conversation.store import Store
from assistant.evidence.gathering import Gatherer
from assistant.finding import Finder
from assistant.settings import Settings
from assistant.shop import Shop
from assistant.understanding.understanding import Understanding
from assistant.writers import open_writers
from retrieval.catalog.catalog import Catalog
from retrieval.errors import SearchIndexError, SettingsError
from retrieval.index.index import Index, Progress
from retrieval.index.sentence_encoder import open_encoder
from retrieval.recommendation.profile import History
from retrieval.recommendation.recommender import Recommender
from retrieval.search.search import Search
from retrieval.store.database import open_database
from retrieval.store.records import Records


def open_assistant(settings: Settings) -> Assistant:
    """The assistant of the shop in `settings.home`.

    Raises StoreError, SearchIndexError (none built yet, or of another catalogue), ModelError or SettingsError.
    """
    policy = _policy(settings)
    engine = open_database(settings.resolved_database_url)
    records, orders = Records(engine), Orders(engine)
    catalog, encoder = records.catalog(), open_encoder(settings.encoder)
    reader = open_encoder() if settings.encoder else encoder  # the intent head was trained on the default encoder
    index = Index.open(settings.home, catalog, encoder, settings.chroma_url)
    recommender = Recommender.load(settings.data / "models" / "recommender")
    search = Search(catalog, index, encoder, recommender, History(records.events()))
    shop = Shop(settings.shop_name, settings.shop_email, settings.shop_phone, settings.shop_hours, settings.return_days)
    parts = Parts(
        catalog=catalog,
        records=records,
        orders=orders,
        understanding=Understanding.open(catalog, reader, settings.data / "models" / "intents"),
        finder=Finder(catalog, search),
        actions=Actions(orders),
        gatherer=Gatherer(catalog, shop),
        writers=open_writers(settings, catalog),
        store=Store(engine),
    )
    return Assistant(parts, policy, settings.max_message)


def build_index(settings: Settings, progress: Progress | None = None) -> Catalog:
    """Builds the index of the records in the database, embedding only what changed; the catalogue it holds.

    Raises StoreError, ModelError, or SearchIndexError when there is nothing to index or it cannot be written.
    """
    catalog = Records(open_database(settings.resolved_database_url)).catalog()
    if not catalog.products and not catalog.faqs:
        raise SearchIndexError("The shop has no products and no FAQs yet.", "Run: aisle import products FILE")
    index = Index.build(settings.home, catalog, open_encoder(settings.encoder), progress, settings.chroma_url)
    index.close()
    return catalog


def _policy(settings: Settings) -> str:
    path = settings.policy or settings.data / "policy.md"
    try:
        return _read(path).replace("{shop}", settings.shop_name or "this shop")
    except OSError as error:
        raise SettingsError(
            f"AISLE_POLICY names {path}, which cannot be read: {error.strerror}.", "Check the path."
        ) from error


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip()
