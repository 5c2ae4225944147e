"""`aisle index`: builds the search index over the shop's products and FAQs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Home = Annotated[Path | None, typer.Option(help="Directory of the shop's database and index (AISLE_HOME).")]
EncoderName = Annotated[str | None, typer.Option(help="sentence-transformers model, a name or a folder.")]


def register(app: typer.Typer) -> None:
    """Adds `index`."""
    app.command("index")(index)


def index(home: Home = None, encoder: EncoderName = None) -> None:
    """Build the search index; only what changed since the last build is embedded again."""
    from rich.console import Console

    from assistant.cli.progress import stages
    from assistant.opening import build_index
    from assistant.settings import load_settings

    console = Console(stderr=True)
    settings = load_settings(home=home, encoder=encoder)
    with stages(console) as show:
        catalog = build_index(settings, show)
    console.print(f"Indexed {len(catalog.products)} products and {len(catalog.faqs)} FAQs.")
