"""The commands for writing conversations.

aisle corpus lines data/conversations/anvil-and-oak [RECORD ...]
aisle corpus check data/conversations/*/
aisle corpus show  data/conversations/anvil-and-oak [CONVERSATION ...]
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

corpus = typer.Typer(help="Write and check the conversations that Aisle learns from.", no_args_is_help=True)
Shop = Annotated[Path, typer.Argument(help="Folder of one shop.", exists=True, file_okay=False)]
Shops = Annotated[list[Path], typer.Argument(help="Folders of shops.", exists=True, file_okay=False)]


@corpus.command("lines")
def lines(shop: Shop, records: Annotated[list[str] | None, typer.Argument(help="Ids; all otherwise.")] = None) -> None:
    """Print the lines of a shop's records, as the reader sees them."""
    from finetune.corpora.shop import CorpusShop

    found = CorpusShop.load(shop)
    for record in records or list(found.lines):
        if record not in found.lines:
            raise typer.BadParameter(f"no product or page has the id {record!r}")
        for line in found.lines[record]:
            typer.echo(f"{record} ({line.title}): {line.text}")


@corpus.command("check")
def check(shops: Shops) -> None:
    """Check every line of these shops. Exit code 1 if anything is wrong."""
    from finetune.corpora.check import check_shops

    report = check_shops(shops)
    for fault in report.faults:
        typer.echo(fault)
    typer.echo(", ".join(f"{count:,} {name}" for name, count in sorted(report.counts.items())))
    if report.faults:
        typer.echo(f"{len(report.faults)} faults")
        raise typer.Exit(1)


@corpus.command("show")
def show(
    shop: Shop, conversations: Annotated[list[str] | None, typer.Argument(help="Ids; all otherwise.")] = None
) -> None:
    """Print conversations as a customer would see them."""
    from finetune.corpora.show import shown

    for text in shown(shop, frozenset(conversations or ())):
        typer.echo(text)
