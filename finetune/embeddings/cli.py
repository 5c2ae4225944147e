"""`aisle train embeddings`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from finetune.options import Seed


def register(train: typer.Typer) -> None:
    """Adds the command to `aisle train`."""
    train.command("embeddings")(train_embeddings)


def train_embeddings(
    home: Annotated[Path | None, typer.Option(help="Directory of the shop's database and index (AISLE_HOME).")] = None,
    name: Annotated[str, typer.Option(help="Name of the adapter in the home; the day if empty.")] = "",
    max_steps: Annotated[int, typer.Option(help="Most steps of the training.", min=1)] = 200,
    products: Annotated[int, typer.Option(help="Most products to learn from, and most that judge.", min=2)] = 4000,
    seed: Seed = 1,
    promote: Annotated[
        bool, typer.Option("--promote/--keep", help="Whether it serves at once if it ranks better on held-out queries.")
    ] = True,
) -> None:
    """Tune the encoder of the search index on the shop's own queries. It serves only if it ranks better; the index is built anew then.

    Exit code 1 if it does not rank better.
    """
    from datetime import UTC, datetime

    from rich.console import Console

    from assistant.cli.progress import stages
    from assistant.opening import promote_embeddings
    from assistant.settings import load_settings
    from finetune.embeddings.shop_training import free_name, train_shop_embeddings
    from finetune.embeddings.training import EmbeddingRecipe

    settings = load_settings(home=home)
    called = name or free_name(settings, datetime.now(UTC))
    recipe = EmbeddingRecipe(most_steps=max_steps, most_products=products, seed=seed)
    with stages(Console(stderr=True)) as show:
        trained = train_shop_embeddings(
            settings,
            called,
            recipe,
            lambda done, steps, loss: show("training", done, steps),
            lambda line: typer.echo(line, err=True),
        )
    verdict = trained.verdict
    typer.echo(f"{verdict.queries} held-out queries over {verdict.products:,} products, nDCG@10 untuned → tuned:")
    typer.echo(f"  cosine alone     {verdict.dense}")
    typer.echo(f"  as search shows  {verdict.shown}")
    if not verdict.customers:
        typer.echo(
            "All were made from the records. Grade queries of your own to see what people gain: aisle evaluate search"
        )
    if verdict.objections:
        typer.echo(f"{called} does not serve: {'; '.join(verdict.objections)}.")
        raise typer.Exit(1)
    if not promote:
        typer.echo(f"To let it serve, run: aisle promote {called} --embeddings")
        return
    with stages(Console(stderr=True)) as show:
        change = promote_embeddings(settings, called, show)
    typer.echo(f"{change.adapter} serves now, in place of {change.before}. The index was built anew.")
