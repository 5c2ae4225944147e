"""`aisle import`: loads a shop's own products, FAQs, customers, orders and events into its database.

Exit code 0: every row was good. 1: some rows or files were bad and are named on standard error; the good ones are
imported. 2: nothing could be read.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.settings import Settings
    from assistant.shop_import import ImportResult, ShopImport
    from retrieval.store.versions import Kind

Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files to import; the format is recognised.")]
Home = Annotated[Path | None, typer.Option(help="Directory of the shop's database and index (AISLE_HOME).")]
Currency = Annotated[
    str | None, typer.Option(help="Currency of prices that name none (AISLE_CURRENCY).", metavar="CODE")
]
Replace = Annotated[bool, typer.Option("--replace", help="Also remove what is not in the files, if all rows are good.")]


def register(app: typer.Typer) -> None:
    """Adds the group `import`."""
    group = typer.Typer(help="Import the shop's own records.", no_args_is_help=True)
    for command in (products, faqs, customers, orders, events):
        group.command(command.__name__)(command)
    app.add_typer(group, name="import")


def products(files: Files, home: Home = None, currency: Currency = None, replace: Replace = False) -> None:
    """Import products, from a Merchant feed, Shopify, WooCommerce, schema.org or JSON.

    Read are Google Merchant TSV and XML, Shopify CSV, WooCommerce CSV, schema.org JSON-LD (also in HTML), JSONL,
    and JSON and tables with common names; packed with gzip or not, in any encoding.
    """
    _import("products", files, home, currency, replace)


def faqs(files: Files, home: Home = None, replace: Replace = False) -> None:
    """Import FAQs and policies: Markdown pages, folders of them, or rows with title and answer in JSON or CSV."""
    _import("faqs", files, home, replace=replace)


def customers(files: Files, home: Home = None) -> None:
    """Import customers: id, name and email, in JSONL, JSON or CSV."""
    _import("customers", files, home)


def orders(files: Files, home: Home = None, currency: Currency = None) -> None:
    """Import orders, in JSONL or JSON. Import their customers first."""
    _import("orders", files, home, currency)


def events(files: Files, home: Home = None) -> None:
    """Import what customers viewed, put in the cart, bought and rated, in JSONL, JSON or CSV."""
    _import("events", files, home)


def _import(
    name: str, files: Sequence[Path], home: Path | None, currency: str | None = None, replace: bool = False
) -> None:
    from assistant.shop_import import ShopImport
    from retrieval.store.database import open_database
    from retrieval.store.versions import Kind

    settings = _settings(home, currency)
    shop = ShopImport(open_database(settings.resolved_database_url), settings.currency, settings.zone)
    _show(_read(shop, Kind(name), files, replace), replace, settings)


def _settings(home: Path | None, currency: str | None = None) -> Settings:
    """The shop's settings; a note on standard error if the records go to the home of the sample shop."""
    from assistant.settings import load_settings

    if currency is not None and not re.fullmatch("[A-Za-z]{3}", currency):
        raise typer.BadParameter(f"{currency!r} is no currency code such as EUR.")
    settings = load_settings(home=home, currency=currency)
    if settings.sample_note.exists():
        typer.echo(
            f"Note: {settings.home} is the home of the sample shop, which these records join. "
            "A shop of your own takes another home: aisle init --home DIR",
            err=True,
        )
    return settings


def _read(shop: ShopImport, kind: Kind, files: Sequence[Path], replace: bool) -> ImportResult:
    """Imports `files` under a progress bar; what is bad goes to standard error."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    from assistant.shop_import import NOUNS

    console = Console(stderr=True)
    columns = (TextColumn(f"Reading {NOUNS[kind]}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bars:
        task = bars.add_task(kind.value)
        return shop.run(
            kind,
            files,
            replace=replace,
            report=lambda fault: console.print(str(fault), markup=False, highlight=False, soft_wrap=True),
            progress=lambda done, total: bars.update(task, completed=done, total=total),
        )


def _show(result: ImportResult, replace: bool, settings: Settings) -> None:
    """Shows what an import changed, and ends with the exit code."""
    from rich.console import Console
    from rich.table import Column, Table

    from assistant.shop_import import NOUNS, REPLACEABLE

    console, reading, noun = Console(highlight=False), result.reading, NOUNS[result.kind]
    if result.outcome is not None:
        table = Table(noun, Column("", justify="right"))
        for name, count in asdict(result.outcome).items():
            table.add_row(name, str(count))
        console.print(table)
    else:
        console.print(f"No {noun} could be read.")
    if reading.mended:
        noun_of_faults = "fault" if reading.mended == 1 else "faults"
        console.print(f"Mended: {reading.mended} {noun_of_faults}, named above.")
    for reason, count in reading.skipped.items():
        console.print(f"Left out: {count} ({reason}).")
    if not reading.is_complete:
        console.print(f"Not imported: {reading.bad_rows} bad rows and {reading.bad_files} bad files, named above.")
        if replace:
            console.print(f"Nothing was removed: a bad row may be one of the {noun} that seem to be gone.")
    if result.outcome is not None and result.outcome.has_changes:
        console.print(f"Data version {result.version}: a running server answers from it within seconds.")
        if result.kind in REPLACEABLE and not (settings.home / "index" / "current").exists():
            console.print("Next: aisle index")
    if reading.exit_code:
        raise typer.Exit(reading.exit_code)
