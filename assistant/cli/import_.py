"""`aisle import`: loads a shop's own products, FAQs, customers, orders and events into its database.

Exit code 0: every row was good. 1: some rows or files were bad and are named on standard error; the good ones are
imported. 2: nothing could be read, or nothing was stored because more than half of the shop would have been removed. With --watch it goes on until it is interrupted, and logs a line at every look.
"""

from __future__ import annotations

import re
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from httpx2 import Client

    from assistant.settings import Settings
    from assistant.shop_import import ImportResult, ShopImport
    from assistant.watching.feed import Feed
    from retrieval.store.versions import Kind

Sources = Annotated[
    list[str], typer.Argument(metavar="FILE|URL...", help="Files or URLs to import; the format is recognised.")
]
Home = Annotated[Path | None, typer.Option(help="Directory of the shop's database and index (AISLE_HOME).")]
Currency = Annotated[
    str | None, typer.Option(help="Currency of prices that name none (AISLE_CURRENCY).", metavar="CODE")
]
Replace = Annotated[
    bool, typer.Option("--replace", help="Also remove what is not in the files, except what a bad row names.")
]
Dry = Annotated[bool, typer.Option("--dry-run", help="Store nothing: show what would be read, products as cards.")]
Watched = Annotated[bool, typer.Option("--watch", help="Look again and again, and import what has changed.")]
Every = Annotated[str, typer.Option(help="How often --watch looks: 30s, 15m, 2h, 1d.", metavar="INTERVAL")]
Force = Annotated[
    bool,
    typer.Option(
        "--force",
        help="Import also what removes more than half of the shop and, with --watch, what seems broken.",
    ),
]


class _ProductsFirst(TyperGroup):
    """`aisle import --watch URL`, without a kind, is about products."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        is_option = bool(args) and args[0].startswith("-") and args[0] != "--help"
        return super().parse_args(ctx, ["products", *args] if is_option else args)


def register(app: typer.Typer) -> None:
    """Adds the group `import`."""
    group = typer.Typer(cls=_ProductsFirst, help="Import the shop's own records.", no_args_is_help=True)
    for command in (products, faqs, customers, orders, events, retail):
        group.command(command.__name__)(command)
    app.add_typer(group, name="import")


def products(
    sources: Sources,
    home: Home = None,
    currency: Currency = None,
    replace: Replace = False,
    watch: Watched = False,
    every: Every = "15m",
    force: Force = False,
    dry_run: Dry = False,
) -> None:
    """Import products, from a Merchant feed, Shopify, WooCommerce, schema.org or JSON.

    Read are Google Merchant TSV and XML, Shopify CSV, WooCommerce CSV, schema.org JSON-LD (also in HTML), JSONL,
    and JSON and tables with common names; packed with gzip or not, in any encoding.
    """
    _import("products", sources, home, currency, replace, _interval(watch, every), force, dry_run)


def faqs(
    sources: Sources,
    home: Home = None,
    replace: Replace = False,
    watch: Watched = False,
    every: Every = "15m",
    force: Force = False,
    dry_run: Dry = False,
) -> None:
    """Import FAQs and policies: Markdown pages, folders of them, or rows with title and answer in JSON or CSV."""
    _import("faqs", sources, home, None, replace, _interval(watch, every), force, dry_run)


def customers(
    sources: Sources, home: Home = None, watch: Watched = False, every: Every = "15m", force: Force = False
) -> None:
    """Import customers: id, name and email, in JSONL, JSON or CSV."""
    _import("customers", sources, home, None, False, _interval(watch, every), force)


def orders(
    sources: Sources,
    home: Home = None,
    currency: Currency = None,
    watch: Watched = False,
    every: Every = "15m",
    force: Force = False,
) -> None:
    """Import orders, in JSONL or JSON. Import their customers first."""
    _import("orders", sources, home, currency, False, _interval(watch, every), force)


def events(
    sources: Sources, home: Home = None, watch: Watched = False, every: Every = "15m", force: Force = False
) -> None:
    """Import what customers viewed, put in the cart, bought and rated, in JSONL, JSON or CSV."""
    _import("events", sources, home, None, False, _interval(watch, every), force)


def retail(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder with db.json or db.json.gz of tau-bench's retail world.")
    ],
    home: Home = None,
) -> None:
    """Import the public retail world of tau-bench: its customers, products and orders, and its rules as policy.md."""
    from assistant.actions.policy_file import FILE_NAME
    from assistant.actions.retail_import import import_world, retail_policy
    from assistant.actions.retail_world import read_world
    from retrieval.store.database import open_database

    settings, world = _settings(home), read_world(folder)
    for kind, outcome in import_world(open_database(settings.resolved_database_url), world).items():
        typer.echo(f"{kind.value}: {outcome.added} added, {outcome.changed} changed, {outcome.unchanged} unchanged")
    policy, text = settings.home / FILE_NAME, retail_policy(folder)
    if policy.exists() and policy.read_text(encoding="utf-8") != text:
        typer.echo(f"Note: {policy} exists and stays; the world's own rules are not in it.", err=True)
        return
    policy.parent.mkdir(parents=True, exist_ok=True)
    policy.write_text(text, encoding="utf-8")


def _import(
    name: str,
    sources: Sequence[str],
    home: Path | None,
    currency: str | None,
    replace: bool,
    every: float | None,
    force: bool,
    dry: bool = False,
) -> None:
    """Import `sources` once, or every so many seconds."""
    from assistant.shop_import import ShopImport
    from assistant.watching.feed import open_client
    from retrieval.store.database import open_database
    from retrieval.store.versions import Kind

    settings = _settings(home, currency)
    shop = ShopImport(open_database(settings.resolved_database_url), settings.currency, settings.zone)
    kind = Kind(name)
    with tempfile.TemporaryDirectory(prefix="aisle-feeds-") as folder, open_client() as client:
        feeds = _feeds(kind, sources, Path(folder), client)
        if every is not None:
            _watch(shop, kind, feeds, replace, every, force, settings.log_level)
            return
        result = _read(shop, kind, feeds, replace, force, dry)
    _show(result, replace, settings, dry)


def _feeds(kind: Kind, sources: Sequence[str], folder: Path, client: Client) -> list[Feed]:
    from assistant.shop_import import files_of
    from assistant.watching.feed import FileFeed, WebFeed, is_url

    return [
        WebFeed(source, folder, client) if is_url(source) else FileFeed(Path(source), files_of(kind))
        for source in sources
    ]


def _interval(watch: bool, every: str) -> float | None:
    """Seconds between two looks; None without --watch."""
    from assistant.watching.watch import seconds_of

    return seconds_of(every) if watch else None


def _watch(
    shop: ShopImport, kind: Kind, feeds: Sequence[Feed], replace: bool, every: float, force: bool, log_level: str
) -> None:
    """Import `feeds` whenever they change, until the command is interrupted."""
    from assistant.logs import configure_logs
    from assistant.watching.watch import Watch

    configure_logs(log_level)
    Watch(
        feeds,
        lambda paths, report: shop.run(kind, paths, replace=replace, careful=not force, report=report),
        every,
    ).run(threading.Event())


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


def _read(shop: ShopImport, kind: Kind, feeds: Sequence[Feed], replace: bool, force: bool, dry: bool) -> ImportResult:
    """Imports `feeds` once, under a progress bar; what is bad goes to standard error. Raises FetchError for a URL.

    Before more than half of the shop is removed a terminal is asked; without one the import is refused. With `force` it goes on without asking.
    """
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    from assistant.shop_import import NOUNS
    from assistant.watching.feed import WebFeed, named

    for feed in feeds:
        if isinstance(feed, WebFeed):
            feed.fetch()
    console = Console(stderr=True)
    columns = (TextColumn(f"Reading {NOUNS[kind]}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bars:
        task = bars.add_task(kind.value)

        def confirm(loss: str) -> bool:
            if force:
                return True
            bars.stop()
            return sys.stdin.isatty() and typer.confirm(f"{_capitalized(loss)}. Go on?", default=False, err=True)

        return shop.run(
            kind,
            [feed.path for feed in feeds],
            replace=replace,
            confirm=confirm,
            dry=dry,
            report=lambda fault: console.print(named(str(fault), feeds), markup=False, highlight=False, soft_wrap=True),
            progress=lambda done, total: bars.update(task, completed=done, total=total),
        )


def _show(result: ImportResult, replace: bool, settings: Settings, dry: bool) -> None:
    """Shows what an import understood and changed, and ends with the exit code."""
    from rich.console import Console
    from rich.table import Column, Table

    from assistant.cli.understood import (
        bad_lines,
        cards,
        left_out_lines,
        products_of,
        understood_lines,
        unknown_lines,
    )
    from assistant.shop_import import NOUNS, REPLACEABLE

    console, reading, noun = Console(highlight=False), result.reading, NOUNS[result.kind]
    if result.outcome is not None:
        table = Table(noun, Column("", justify="right"))
        for name, count in result.outcome.counts.items():
            table.add_row(name, str(count))
        console.print(table)
    elif reading.is_empty:
        console.print(f"No {noun} could be read.")
    for line in understood_lines(result, everything=dry):
        console.print(line, markup=False, soft_wrap=True)
    if dry:
        for card in cards(products_of(result)):
            console.print(card)
        console.print(f"Nothing was stored: {len(reading.records)} {noun} would be.")
    if result.refusal:
        console.print(_refused(result.refusal, dry), markup=False, soft_wrap=True)
    if reading.mended:
        noun_of_faults = "fault" if reading.mended == 1 else "faults"
        console.print(f"Mended: {reading.mended} {noun_of_faults}, named above.")
    for line in (*left_out_lines(result), *unknown_lines(result), *bad_lines(result, replace)):
        console.print(line, markup=False, soft_wrap=True)
    if result.outcome is not None and result.outcome.has_changes:
        console.print(f"Data version {result.version}: a running server answers from it within seconds.")
        if result.kind in REPLACEABLE and not (settings.home / "index" / "current").exists():
            console.print("Next: aisle index")
    if code := 2 if result.refusal and not dry else reading.exit_code:
        raise typer.Exit(code)


def _refused(loss: str, dry: bool) -> str:
    """Why nothing was stored, or would be, and how to go on."""
    if dry:
        return f"Without --dry-run it is asked about or refused, unless --force is given: {loss}."
    return f"Nothing was stored: {loss}. If that is right, give --force; if not, import without --replace, or look at the rows that hide records."


def _capitalized(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
