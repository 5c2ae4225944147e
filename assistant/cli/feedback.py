"""`aisle feedback`: what customers think of the replies, as CSV."""

from __future__ import annotations

import csv
import sys
from contextlib import ExitStack
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from assistant.conversation.rating import RatedReply

Output = Annotated[Path | None, typer.Option(help="CSV file to write; without it, standard output.")]
Home = Annotated[Path | None, typer.Option(help="Directory of the shop's database (AISLE_HOME).")]
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def register(app: typer.Typer) -> None:
    """Adds `feedback`."""
    app.command("feedback")(feedback)


def feedback(output: Output = None, home: Home = None) -> None:
    """Write every reply that a customer rated, the latest rating first: rating, reason, message, reply and model.

    Messages are as customers wrote them: the file holds personal data.
    """
    from assistant.conversation.rating import RatedReply
    from assistant.conversation.store import Store
    from assistant.settings import load_settings
    from retrieval.errors import StoreError
    from retrieval.store.database import open_database

    store = Store(open_database(load_settings(home=home).resolved_database_url))
    with ExitStack() as stack:
        try:
            file = stack.enter_context(output.open("w", newline="", encoding="utf-8")) if output else sys.stdout
        except OSError as error:
            raise StoreError(f"{output} cannot be written: {error.strerror}.", "Name another file.") from error
        table = csv.writer(file)
        table.writerow(field.name for field in fields(RatedReply))
        table.writerows(_row(rated) for rated in store.rated())


def _row(rated: RatedReply) -> list[str]:
    return [_cell(value.isoformat() if hasattr(value, "isoformat") else str(value)) for value in asdict(rated).values()]


def _cell(text: str) -> str:
    """`text` as a spreadsheet shows it: what a customer wrote is never taken for a formula."""
    safe = text.encode("utf-8", "replace").decode()
    return f"'{safe}" if safe.startswith(_FORMULA_SIGNS) else safe
