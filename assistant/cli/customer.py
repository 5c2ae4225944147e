"""`aisle customer` and `aisle retention`: what is known of a customer, its erasure, and what is too old."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from assistant.settings import Settings

Customer = Annotated[str, typer.Argument(metavar="ID", help="The customer's id, or their e-mail address.")]
Home = Annotated[Path | None, typer.Option(help="Directory of the shop's database (AISLE_HOME).")]


def register(app: typer.Typer) -> None:
    """Adds `customer` with its two commands, and `retention`."""
    customer = typer.Typer(help="What is known of a customer, and its erasure.", no_args_is_help=True)
    customer.command("export")(export)
    customer.command("erase")(erase)
    app.add_typer(customer, name="customer")
    app.command("retention")(retention)


def export(
    customer: Customer,
    output: Annotated[Path | None, typer.Option(help="JSON file to write; without it, standard output.")] = None,
    home: Home = None,
) -> None:
    """Write everything that is known of a customer as JSON: profile, addresses, orders, events, carts, conversations, ratings."""
    from assistant.personal.export import customer_id_of, export_customer
    from retrieval.errors import StoreError

    _, engine = _opened(home)
    found = export_customer(engine, customer_id_of(engine, customer))
    text = json.dumps(found, ensure_ascii=False, indent=2).encode("utf-8", "replace")
    if output is None:
        sys.stdout.buffer.write(text + b"\n")
        return
    try:
        with open(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(text + b"\n")
    except OSError as error:
        raise StoreError(f"{output} cannot be written: {error.strerror}.", "Name another file.") from error
    typer.echo(f"Wrote {sum(map(len, found.values()))} records of {len(found)} kinds to {output}.", err=True)


def erase(
    customer: Customer,
    transcripts: Annotated[
        list[Path] | None,
        typer.Option(help="File or folder of transcripts kept for training; may be given several times.", exists=True),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    home: Home = None,
) -> None:
    """Erase a customer everywhere, search every store afterwards, and report. Ends with 1 if anything is left."""
    from assistant.personal.erasure import erase_customer
    from assistant.personal.export import customer_id_of, export_customer

    settings, engine = _opened(home)
    id_ = customer_id_of(engine, customer)
    if not yes:
        count = sum(map(len, export_customer(engine, id_).values()))
        typer.confirm(f"Erase customer {id_}, {count} records? This cannot be undone.", abort=True)
    done = erase_customer(engine, id_, settings.home, transcripts or ())
    for table, rows in sorted(done.deleted.items()):
        typer.echo(f"Deleted {rows} of {table}.")
    if done.orders:
        typer.echo(
            f"Kept {done.orders} orders for the accounts, without customer, address, payment label and tracking number."
        )
    for path, lines in sorted(done.files.items()):
        typer.echo(f"Removed {lines} from {path}.")
    if settings.chroma_url:
        typer.echo(f"Not searched: the Chroma server at {settings.chroma_url}, which holds products and pages.")
    if not done.left:
        typer.echo("Searched the database, the home and the named folders: nothing is left.")
        return
    typer.echo("A search still finds:", err=True)
    for trace in done.left:
        typer.echo(f"  {trace.what}: {trace.where}", err=True)
    raise typer.Exit(1)


def retention(home: Home = None) -> None:
    """Delete conversations and events that are older than the settings keep them; a server does it once a day."""
    from assistant.personal.retention import Retention

    settings, engine = _opened(home)
    counts = Retention.of(settings).apply(engine)
    typer.echo("Deleted " + ", ".join(f"{count} {name}" for name, count in counts.items()) + ".")


def _opened(home: Path | None) -> tuple[Settings, Engine]:
    from assistant.settings import load_settings
    from retrieval.store.database import open_database

    settings = load_settings(home=home)
    return settings, open_database(settings.resolved_database_url)
