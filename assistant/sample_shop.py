"""The sample shop: brings a home to the state in which `aisle demo` serves it, and says what the sample shop is called."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from assistant.actions import policy_file
from assistant.actions.order_feed import read_orders
from assistant.actions.orders import Orders
from assistant.importing import read_files
from assistant.opening import build_index
from assistant.settings import Settings, load_settings
from assistant.shop_file import FILE_NAME
from retrieval.errors import FeedError, StoreError
from retrieval.feeds.faqs import faq_files, read_faqs
from retrieval.feeds.intake import Intake
from retrieval.feeds.people import read_customers, read_events
from retrieval.feeds.recognition import read_products
from retrieval.feeds.report import FeedRow, RowError, RowWarning
from retrieval.feeds.source import Source
from retrieval.index.index import Progress
from retrieval.store.database import open_database
from retrieval.store.records import Records

Record = TypeVar("Record")


def sample_settings(**overrides: object) -> Settings:
    """Settings with the sample shop's name, contacts, looks and policy. Raises SettingsError like `load_settings`."""
    shop = load_settings(**overrides).data / "shop"
    return load_settings(**{"shop_file": shop / FILE_NAME, "policy": shop / policy_file.FILE_NAME, **overrides})


def prepare_sample(settings: Settings, progress: Progress | None = None) -> bool:
    """Imports and indexes the sample shop into `settings.home`; False when that home has this very shop already.

    A note in the home says whose shop it is. It names the version only once everything else is complete. Raises
    StoreError, which also protects a shop of one's own from being replaced, FeedError or SearchIndexError.
    """
    note, version = settings.sample_note, _version(settings)
    if note.exists() and note.read_text() == version:
        return False
    if not note.exists():
        _refuse_a_shop_of_ones_own(settings)
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text("")
    import_sample(settings)
    build_index(settings, progress)
    note.write_text(version)
    return True


def import_sample(settings: Settings) -> None:
    """Imports every file of the sample shop; doing it again changes nothing. Raises FeedError at the first bad row."""
    engine, intake, folder = open_database(settings.resolved_database_url), Intake(), settings.data / "shop"
    records, orders = Records(engine), Orders(engine)
    records.upsert_products(
        _read(folder / "products.jsonl", lambda source: read_products(source, intake)), replace=True
    )
    records.upsert_faqs(_read(folder / "faqs", lambda source: read_faqs(source, intake), faq_files), replace=True)
    records.upsert_customers(_read(folder / "customers.jsonl", lambda source: read_customers(source, intake)))
    known = records.customer_ids()
    orders.upsert(_read(folder / "orders.jsonl", lambda source: read_orders(source, intake, known)))
    records.upsert_events(_read(folder / "events.jsonl.gz", lambda source: read_events(source, intake)))


def _refuse_a_shop_of_ones_own(settings: Settings) -> None:
    catalog = Records(open_database(settings.resolved_database_url)).catalog()
    if catalog.products or catalog.faqs:
        raise StoreError(
            f"{settings.home} holds a shop already, which the sample shop would replace.",
            "Give the sample shop a home of its own: aisle demo --home DIR",
        )


def _version(settings: Settings) -> str:
    """A hash of the sample's files and of where they go."""
    digest = hashlib.sha256(f"{settings.encoder}\n{settings.chroma_url}\n{settings.resolved_database_url}\n".encode())
    for path in sorted((settings.data / "shop").rglob("*")):
        if path.is_file() and path.suffix != ".svg":
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _read(
    path: Path,
    read: Callable[[Source], Iterator[FeedRow[Record]]],
    files_in: Callable[[Path], Sequence[Path]] = lambda path: (path,),
) -> list[Record]:
    return read_files((path,), read, _refuse, lambda done, total: None, files_in).records


def _refuse(fault: RowError | RowWarning | FeedError) -> None:
    if isinstance(fault, FeedError):
        raise fault
    if isinstance(fault, RowWarning) and fault.field == "reviews":  # one of its reviews is an attack, for the tests
        return
    raise FeedError(str(fault), "The sample shop's files are damaged; fetch them anew.")
