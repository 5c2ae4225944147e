"""`aisle index`: builds the search index over the shop's products and FAQs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from assistant.settings import Settings
    from retrieval.catalog.catalog import Catalog

Home = Annotated[Path | None, typer.Option(help="Directory of the shop's database and index (AISLE_HOME).")]
EncoderName = Annotated[str | None, typer.Option(help="sentence-transformers model, a name or a folder.")]


def register(app: typer.Typer) -> None:
    """Adds `index`."""
    app.command("index")(index)


def index(home: Home = None, encoder: EncoderName = None) -> None:
    """Build the search index; only what changed since the last build is embedded again."""
    from rich.console import Console

    from assistant.settings import load_settings

    console = Console(stderr=True)
    settings = load_settings(home=home, encoder=encoder)
    if (indexed := _indexed(settings)) is not None:
        since = datetime.fromtimestamp(_built_at(settings), settings.zone)
        console.print(
            f"Nothing changed since {since:%Y-%m-%d %H:%M %Z}: {_counts(indexed)} are indexed.", highlight=False
        )
        return
    from assistant.cli.progress import stages
    from assistant.opening import build_index  # imports torch and the engine, which takes seconds

    with stages(console) as show:
        catalog = build_index(settings, show)
    console.print(f"Indexed {_counts(catalog)}.")


def _indexed(settings: Settings) -> Catalog | None:
    """The shop's records, if the index in use is whole and was made of them; else None. No model is loaded."""
    from assistant.adapters.embeddings import encoder_name
    from retrieval.errors import SearchIndexError
    from retrieval.index.home import IndexHome
    from retrieval.index.index import Index
    from retrieval.index.manifest import Manifest
    from retrieval.index.sentence_encoder import LazyEncoder, adapter_name
    from retrieval.store.database import open_database
    from retrieval.store.records import Records

    engine = open_database(settings.resolved_database_url)
    try:
        catalog = Records(engine).catalog()
        Index.open(settings.home, catalog, LazyEncoder(encoder_name(settings)), settings.chroma_url).close()
        placed_by = Manifest.read(IndexHome(settings.home).current()).wishes
        is_current = placed_by == adapter_name("product-finder", settings.data / "models" / "product-finder")
    except (SearchIndexError, OSError):  # the build says what is wrong
        return None
    finally:
        engine.dispose()
    return catalog if is_current else None


def _built_at(settings: Settings) -> float:
    from retrieval.index.home import IndexHome

    return (IndexHome(settings.home).current() / "manifest.json").stat().st_mtime


def _counts(catalog: Catalog) -> str:
    return f"{len(catalog.products)} products and {len(catalog.faqs)} FAQs"
