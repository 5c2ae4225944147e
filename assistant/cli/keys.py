"""`aisle keys`: API keys for the shop's own programs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from assistant.access.keys import ApiKey, ApiKeys

Home = Annotated[Path | None, typer.Option(help="Directory of the shop's database (AISLE_HOME).")]


def register(app: typer.Typer) -> None:
    """Adds `keys` and its three commands."""
    keys = typer.Typer(help="API keys for the shop's own programs.", no_args_is_help=True)
    keys.command("create")(create)
    keys.command("revoke")(revoke)
    keys.command("list")(list_)
    app.add_typer(keys, name="keys")


def create(
    name: Annotated[str, typer.Argument(help="What the key is for, such as 'feed of the web shop'.")],
    scope: Annotated[
        list[str],
        typer.Option(help="chat: messages of customers (/api/chat, /v1). import: feeds (/api/import). Repeatable."),
    ],
    days: Annotated[int | None, typer.Option(help="Days until it expires; without it, never.", min=1, max=3650)] = None,
    home: Home = None,
) -> None:
    """Make a key and print it, this once."""
    from assistant.access.keys import KeyNotChanged, Scope

    try:
        scopes = {Scope(one) for one in scope}
    except ValueError as error:
        raise KeyNotChanged(f"{error}.", f"Scopes are {', '.join(Scope)}.") from error
    key = _keys(home).create(name, scopes, timedelta(days=days) if days else None)
    typer.echo(key)
    typer.echo("Keep it now: it is not stored and cannot be shown again.", err=True)


def revoke(
    id_: Annotated[str, typer.Argument(metavar="ID", help="The key's id, or the key.")], home: Home = None
) -> None:
    """Refuse a key from now on."""
    key = _keys(home).revoke(id_)
    typer.echo(f"Revoked {key.id} ({key.name}).")


def list_(home: Home = None) -> None:
    """List every key: id, name, scopes, since when, when last used, and whether it still opens something."""
    found = _keys(home).all()
    if not found:
        typer.echo("There are no keys yet. Make one: aisle keys create NAME --scope chat")
    for key in found:
        used = f"used {key.used:%Y-%m-%d}" if key.used else "never used"
        typer.echo(
            f"{key.id}\t{key.name}\t{','.join(sorted(key.scopes))}\tsince {key.created:%Y-%m-%d}\t{used}\t{_state(key)}"
        )


def _state(key: ApiKey) -> str:
    if key.revoked:
        return f"revoked {key.revoked:%Y-%m-%d}"
    return f"expires {key.expires:%Y-%m-%d}" if key.expires else "no end"


def _keys(home: Path | None) -> ApiKeys:
    from assistant.access.keys import ApiKeys
    from assistant.settings import load_settings
    from retrieval.store.database import open_database

    return ApiKeys(open_database(load_settings(home=home).resolved_database_url))
