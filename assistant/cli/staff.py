"""`aisle staff`: accounts of the people who work at the desk."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from assistant.access.staff import StaffAccounts

Name = Annotated[str, typer.Argument(help="How the account signs in, such as ada or ada@shop.example.")]
Home = Annotated[Path | None, typer.Option(help="Directory of the shop's database (AISLE_HOME).")]
Generate = Annotated[bool, typer.Option("--generate", help="Make a password and print it, instead of asking for one.")]


def register(app: typer.Typer) -> None:
    """Adds `staff` and its four commands."""
    staff = typer.Typer(help="Accounts of the people who work at the desk.", no_args_is_help=True)
    staff.command("add")(add)
    staff.command("disable")(disable)
    staff.command("reset")(reset)
    staff.command("list")(list_)
    app.add_typer(staff, name="staff")


def add(
    name: Name,
    title: Annotated[str, typer.Option(help="Name that customers see; without it, the account's.")] = "",
    role: Annotated[Literal["agent", "admin"], typer.Option(help="What the account may do.")] = "agent",
    generate: Generate = False,
    home: Home = None,
) -> None:
    """Make an account. The password is asked for, or read from standard input where that is no terminal."""
    from assistant.access.staff import Role

    accounts = _accounts(home)
    password = _password(generate)
    member = accounts.add(name, title, Role(role), password)
    typer.echo(f"Added {member.name} ({member.role}). They sign in at /staff/login.")
    _show(password, generate)


def disable(name: Name, home: Home = None) -> None:
    """Let an account sign in no more, and sign it out everywhere."""
    _accounts(home).disable(name)
    typer.echo(f"Disabled {name.lower()}. `aisle staff reset {name.lower()}` enables the account again.")


def reset(name: Name, generate: Generate = False, home: Home = None) -> None:
    """Give an account a new password, enable it, and sign it out everywhere."""
    accounts = _accounts(home)
    password = _password(generate)
    accounts.reset(name, password)
    typer.echo(f"Reset {name.lower()}. All its sessions have ended.")
    _show(password, generate)


def list_(home: Home = None) -> None:
    """List every account: name, role, since when, whether it is disabled, browsers that are signed in."""
    found = _accounts(home).accounts()
    if not found:
        typer.echo("There are no accounts yet. Make one: aisle staff add NAME --role admin")
    for account in found:
        state = f"disabled since {account.disabled:%Y-%m-%d}" if account.disabled else f"signed in: {account.sessions}"
        member = account.member
        typer.echo(f"{member.name}\t{member.title}\t{member.role}\tsince {account.created:%Y-%m-%d}\t{state}")


def _accounts(home: Path | None) -> StaffAccounts:
    from assistant.access.staff import StaffAccounts
    from assistant.settings import load_settings
    from retrieval.store.database import open_database

    return StaffAccounts(open_database(load_settings(home=home).resolved_database_url))


def _password(generate: bool) -> str:
    if generate:
        return secrets.token_urlsafe(15)
    if sys.stdin.isatty():
        typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        return typed
    return sys.stdin.readline().rstrip("\r\n")


def _show(password: str, generate: bool) -> None:
    if generate:
        typer.echo(f"Password, shown this once: {password}")
