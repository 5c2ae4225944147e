"""`aisle import`: loads a shop's own products, FAQs, customers, orders and events into its database.

Exit code 0: every row was good. 1: some rows or files were bad and are named on standard error; the good ones are
imported. 2: nothing could be read.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Engine

    from assistant.importing import Reading
    from assistant.settings import Settings
    from retrieval.feeds.report import FeedRow
    from retrieval.feeds.source import Source
    from retrieval.store.upsert import Outcome

Record = TypeVar("Record")

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
    from retrieval.feeds.intake import Intake
    from retrieval.feeds.recognition import read_products
    from retrieval.store.database import open_database
    from retrieval.store.records import Records

    settings = _settings(home, currency)
    intake = Intake(settings.currency, settings.zone)
    records = Records(open_database(settings.resolved_database_url))
    reading = _read("products", files, lambda source: read_products(source, intake))
    _store("products", reading, replace, records.upsert_products)


def faqs(files: Files, home: Home = None, replace: Replace = False) -> None:
    """Import FAQs and policies: Markdown pages, folders of them, or rows with title and answer in JSON or CSV."""
    from retrieval.feeds.faqs import faq_files, read_faqs
    from retrieval.feeds.intake import Intake
    from retrieval.store.records import Records

    intake, records = Intake(), Records(_open_database(home))
    reading = _read("FAQs", files, lambda source: read_faqs(source, intake), faq_files)
    _store("FAQs", reading, replace, records.upsert_faqs)


def customers(files: Files, home: Home = None) -> None:
    """Import customers: id, name and email, in JSONL, JSON or CSV."""
    from retrieval.feeds.intake import Intake
    from retrieval.feeds.people import read_customers
    from retrieval.store.records import Records

    intake, records = Intake(), Records(_open_database(home))
    reading = _read("customers", files, lambda source: read_customers(source, intake))
    _store("customers", reading, False, lambda rows, _replace: records.upsert_customers(rows))


def orders(files: Files, home: Home = None, currency: Currency = None) -> None:
    """Import orders, in JSONL or JSON. Import their customers first."""
    from assistant.actions.order_feed import read_orders
    from assistant.actions.orders import Orders
    from retrieval.feeds.intake import Intake
    from retrieval.store.database import open_database
    from retrieval.store.records import Records

    settings = _settings(home, currency)
    engine, intake = open_database(settings.resolved_database_url), Intake(settings.currency)
    known = Records(engine).customer_ids()
    reading = _read("orders", files, lambda source: read_orders(source, intake, known))
    _store("orders", reading, False, lambda rows, _replace: Orders(engine).upsert(rows))


def events(files: Files, home: Home = None) -> None:
    """Import what customers viewed, put in the cart, bought and rated, in JSONL, JSON or CSV."""
    from retrieval.feeds.intake import Intake
    from retrieval.feeds.people import read_events
    from retrieval.store.records import Records

    intake, records = Intake(), Records(_open_database(home))
    reading = _read("events", files, lambda source: read_events(source, intake))
    _store("events", reading, False, lambda rows, _replace: records.upsert_events(rows))


def _open_database(home: Path | None) -> Engine:
    from retrieval.store.database import open_database

    return open_database(_settings(home).resolved_database_url)


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


def _read(
    noun: str,
    files: Sequence[Path],
    read: Callable[[Source], Iterator[FeedRow[Record]]],
    files_in: Callable[[Path], Sequence[Path]] | None = None,
) -> Reading[Record]:
    """Reads `files` under a progress bar; what is bad goes to standard error."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    from assistant.importing import read_files

    console = Console(stderr=True)
    columns = (TextColumn(f"Reading {noun}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bars:
        task = bars.add_task(noun)
        return read_files(
            files,
            read,
            report=lambda fault: console.print(str(fault), markup=False, highlight=False, soft_wrap=True),
            progress=lambda done, total: bars.update(task, completed=done, total=total),
            files_in=files_in or (lambda path: (path,)),
        )


def _store(
    noun: str, reading: Reading[Record], replace: bool, upsert: Callable[[Sequence[Record], bool], Outcome]
) -> None:
    """Stores what was read, shows what that changed, and ends with the exit code."""
    from rich.console import Console
    from rich.table import Column, Table

    console = Console(highlight=False)
    if reading.records:
        outcome = upsert(reading.records, replace and reading.is_complete)
        table = Table(noun, Column("", justify="right"))
        for name, count in asdict(outcome).items():
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
    if noun in ("products", "FAQs") and reading.records:
        console.print("Next: aisle index")
    if reading.exit_code:
        raise typer.Exit(reading.exit_code)
