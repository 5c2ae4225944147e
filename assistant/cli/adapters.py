"""`aisle adapters`, `aisle promote`, `aisle rollback` and `aisle export`: which adapter writes the replies, here or elsewhere.

With `--embeddings` the first three are about the adapters of the encoder of the search index.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from assistant.adapters.change import Change
    from assistant.adapters.registry import Entry, Judged, Registry
    from assistant.settings import Settings

Home = Annotated[Path | None, typer.Option(help="Directory of the shop's database, index and adapters (AISLE_HOME).")]
Model = Annotated[
    str | None,
    typer.Option("--base", help="Base model, a folder or a Hugging Face name (AISLE_MODEL).", metavar="MODEL"),
]

Embeddings = Annotated[
    bool, typer.Option("--embeddings", help="The encoder of the search index, in place of what writes the replies.")
]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("adapters")(adapters)
    app.command("promote")(promote)
    app.command("rollback")(rollback)
    app.command("export")(export)


def adapters(
    home: Home = None,
    base: Model = None,
    history: Annotated[bool, typer.Option(help="Also list every promotion and rollback.")] = False,
    embeddings: Embeddings = False,
) -> None:
    """List the adapters, how each was judged, and which one serves."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from assistant.settings import load_settings

    settings = load_settings(home=home, model=base)
    registry, console = _registry(settings, embeddings), Console()
    table = Table("", "name", "base", "method", "made", "judged", box=None, padding=(0, 2, 0, 0))
    for entry in registry.entries():
        table.add_row("▶" if entry.serves else "", *map(Text, _cells(entry)))
    console.print(table)
    if history:
        for change in registry.changes():
            console.print(Text(_told(change)))
    _tell_override(settings, embeddings)


def promote(
    name: Annotated[str, typer.Argument(help="An adapter of the list, or a folder, which is copied into it.")],
    force: Annotated[bool, typer.Option("--force", help="Promote although the judging speaks against it.")] = False,
    reason: Annotated[str, typer.Option(help="Why; kept with the promotion. --force wants one.")] = "",
    home: Home = None,
    base: Model = None,
    embeddings: Embeddings = False,
) -> None:
    """Let an adapter write the replies. A running server takes it without a restart."""
    from assistant.settings import load_settings

    settings = load_settings(home=home, model=base)
    if embeddings:
        from assistant.opening import promote_embeddings

        with _indexing() as show:
            change = promote_embeddings(settings, name, show, force=force, reason=reason)
    else:
        change = _registry(settings).promote(name, force=force, reason=reason)
    typer.echo(f"{change.adapter} serves now, in place of {change.before}.{' It was forced.' if change.forced else ''}")
    _tell_override(settings, embeddings)


def rollback(
    reason: Annotated[str, typer.Option(help="Why; kept with the rollback.")] = "",
    home: Home = None,
    base: Model = None,
    embeddings: Embeddings = False,
) -> None:
    """Go back to the adapter that served before the last promotion."""
    from assistant.settings import load_settings

    settings = load_settings(home=home, model=base)
    if embeddings:
        from assistant.opening import rollback_embeddings

        with _indexing() as show:
            change = rollback_embeddings(settings, show, reason)
    else:
        change = _registry(settings).rollback(reason)
    typer.echo(f"{change.adapter} serves again, in place of {change.before}.")
    _tell_override(settings, embeddings)


def export(
    name: Annotated[
        str,
        typer.Argument(help="An adapter of the list, or a folder; or `suggestions`, what agents answered at the desk."),
    ],
    output: Annotated[
        Path, typer.Option(help="New folder that receives the merged model, or file for the suggestions.")
    ],
    half: Annotated[bool, typer.Option("--half", help="Write bfloat16 in place of 32 bits.")] = False,
    home: Home = None,
    base: Model = None,
) -> None:
    """Merge an adapter into its base, as a folder for vLLM, or for conversion to GGUF; or write suggestions for `aisle finetune`."""
    if name == "suggestions":
        _export_suggestions(output, home)
        return
    from transformers.utils.logging import disable_progress_bar

    from assistant.adapters.registry import Registry
    from assistant.exporting import export
    from assistant.settings import load_settings

    disable_progress_bar()
    settings = load_settings(home=home, model=base)
    registry = Registry.of(settings)
    exported = export(registry.find(name), registry.base, output, half=half)
    typer.echo(f"{exported.folder} holds {registry.base} with {name} merged in.")
    typer.echo(f"Largest difference of a logit: {exported.difference:.1e}, in 32 bits. {exported.spoken}")


def _export_suggestions(output: Path, home: Path | None) -> None:
    from assistant.actions.orders import Orders
    from assistant.desk.export import export_suggestions
    from assistant.settings import load_settings
    from assistant.shop_mask import shop_mask
    from retrieval.store.database import open_database
    from retrieval.store.records import Records

    settings = load_settings(home=home)
    engine = open_database(settings.resolved_database_url)
    records = Records(engine)
    mask = shop_mask(records.catalog(), records, Orders(engine), settings)
    done = export_suggestions(engine, mask, output)
    typer.echo(f"{output} holds {done.conversations} conversations with {done.replies} replies of agents, masked.")
    typer.echo(f"{done.suggestions} suggestions were decided on.")


def _cells(entry: Entry) -> tuple[str, str, str, str, str]:
    from assistant.adapters.adapter import short_name

    if entry.fault:
        return entry.name, "", "", "", f"cannot be used: {entry.fault}"
    if entry.adapter is None:
        return entry.name, "", "", "", "the base alone"
    adapter = entry.adapter
    return (
        entry.name,
        short_name(adapter.base),
        adapter.method,
        f"{adapter.made:%Y-%m-%d %H:%M}",
        _judged(entry.verdict),
    )


def _judged(verdict: Judged | None) -> str:
    return "not judged" if verdict is None else verdict.text


def _told(change: Change) -> str:
    forced = ", forced" if change.forced else ""
    reason = f": {change.reason}" if change.reason else ""
    action = "promoted" if change.action.value == "promote" else "rolled back to"
    return (
        f"{change.time:%Y-%m-%d %H:%M} UTC  {change.by} {action} {change.adapter} after {change.before}{forced}{reason}"
    )


def _registry(settings: Settings, embeddings: bool = False) -> Registry:
    from assistant.adapters.embeddings import embeddings_registry
    from assistant.adapters.registry import Registry

    return embeddings_registry(settings) if embeddings else Registry.of(settings)


def _indexing() -> AbstractContextManager[Callable[[str, int, int], None]]:
    """Progress bars for the index that a change of the encoder builds."""
    from rich.console import Console

    from assistant.cli.progress import stages

    return stages(Console(stderr=True))


def _tell_override(settings: Settings, embeddings: bool) -> None:
    """Says where the list has no effect: what the environment names wins over it."""
    name, value = ("AISLE_ENCODER", settings.encoder) if embeddings else ("AISLE_ADAPTER", settings.adapter)
    if value:
        typer.echo(f"Note: {name} is set to {value!r} and wins over this list until it is cleared.", err=True)
