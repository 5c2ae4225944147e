"""`aisle rehearse`: plays the shop's conversations with a change, says what passes and what differs, and publishes it."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from assistant.rehearsal.rehearsal import Rehearsal
    from assistant.rehearsal.room import RehearsalRoom
    from assistant.settings import Settings

Home = Annotated[Path | None, typer.Option(help="Directory of the shop's database, index and adapters (AISLE_HOME).")]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("rehearse")(rehearse)


def rehearse(
    policy: Annotated[Path | None, typer.Option(help="Try this policy.", exists=True, dir_okay=False)] = None,
    faqs: Annotated[Path | None, typer.Option(help="Try these pages, a file or a folder.", exists=True)] = None,
    adapter: Annotated[str, typer.Option(help="Try this adapter, a name of `aisle adapters` or a folder.")] = "",
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Try another value of a key of shop.yaml.")
    ] = None,
    publish: Annotated[bool, typer.Option("--publish", help="Make the change if every conversation passes.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Publish although a conversation fails; wants a reason.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why; kept with the publication.")] = "",
    pick: Annotated[
        str, typer.Option(metavar="ID", help="Do not rehearse: add this real conversation, masked, to the script.")
    ] = "",
    name: Annotated[str, typer.Option(help="What the picked conversation is called.")] = "",
    json: Annotated[bool, typer.Option("--json", help="Print the whole outcome as JSON.")] = False,
    home: Home = None,
) -> None:
    """Play the conversations of rehearsal/conversations.yaml as the shop is and with a change. Exit code 1 if one fails."""
    from assistant.rehearsal.rehearsal import rehearse as play
    from assistant.rehearsal.room import RehearsalRoom
    from assistant.rehearsal.shop_change import ShopChange
    from assistant.settings import load_settings

    settings = load_settings(home=home)
    room = RehearsalRoom(settings)
    if pick:
        _pick(settings, room, pick, name)
        return
    change = ShopChange(policy, faqs, adapter, dict(_pair(each) for each in set_ or ()))
    done = play(settings, room.script(), change)
    typer.echo(done.model_dump_json(indent=2) if json else _told(done), nl=json)
    if publish:
        for line in room.publish(change, done, getpass.getuser(), force=force, reason=reason):
            typer.echo(line, err=json)
    elif done.failed:
        raise typer.Exit(1)


def _pick(settings: Settings, room: RehearsalRoom, conversation_id: str, name: str) -> None:
    from assistant.actions.orders import Orders
    from assistant.rehearsal.script import picked
    from assistant.shop_mask import shop_mask
    from retrieval.store.database import open_database
    from retrieval.store.records import Records

    engine = open_database(settings.resolved_database_url)
    records = Records(engine)
    mask = shop_mask(records.catalog(), records, Orders(engine), settings)
    found = picked(engine, mask, conversation_id, name or f"picked {conversation_id[:8]}")
    room.add(found)
    typer.echo(
        f"{found.name!r} with {len(found.turns)} messages, masked, is in {room.folder}. Read it, and add checks."
    )


def _pair(text: str) -> tuple[str, str]:
    from retrieval.errors import SettingsError

    key, sign, value = text.partition("=")
    if not sign:
        raise SettingsError(f"--set {text!r} has no value.", 'Write it as --set hours="Mon-Fri 9-17".')
    return key.strip(), value.strip()


def _told(done: Rehearsal) -> str:
    """Each conversation on a line, with the faults and the replies that differ below it."""
    lines = [f"Change: {', '.join(done.change) or 'none, the shop as it is'}"]
    for each in done.conversations:
        lines.append(f"{'pass' if each.passed else 'FAIL'}  {each.name}")
        for turn in each.turns:
            if turn.faults or turn.differs:
                lines.append(f"      > {turn.say}")
            if turn.differs:
                lines += [f"      - {turn.before}", f"      + {turn.after}"]
            elif turn.faults:
                lines.append(f"        {turn.after}")
            lines += [f"      ! {fault}" for fault in turn.faults]
    failed, whole = len(done.failed), len(done.conversations)
    return "\n".join([*lines, f"{whole - failed} of {whole} conversations pass."]) + "\n"
