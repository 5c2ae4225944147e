"""The command line, `aisle`.

Commands come from two places: the modules of this package, and the entry-point group `aisle.commands`, by which
packages above `assistant` (the web app, training) add theirs without `assistant` knowing of them. Modules import heavy
libraries inside their commands, so that `aisle --help` is instant.
"""

from __future__ import annotations

import sys
import warnings
from importlib import import_module
from importlib.metadata import entry_points

import typer

from retrieval.errors import AisleError

_OWN = ("adapters", "chat", "customer", "feedback", "import_", "index", "init", "keys", "rehearse", "search", "staff")


def build_app() -> typer.Typer:
    """The whole command tree. Each module's `register(app)` adds its own commands."""
    app = typer.Typer(
        name="aisle",
        help="A self-hosted shopping assistant: the model chooses the words, the shop's records write the facts.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    for name in _OWN:
        import_module(f"assistant.cli.{name}").register(app)
    for entry in sorted(entry_points(group="aisle.commands"), key=lambda entry: entry.name):
        entry.load()(app)
    return app


def main() -> None:
    """Runs one command; an error of Aisle's own becomes its text on standard error and exit code 2."""
    warnings.filterwarnings("ignore", ".is_gradient_checkpointing.")  # peft uses a name that transformers gives up
    try:
        build_app()()
    except AisleError as error:
        sys.stderr.write(f"aisle: {error}\n")
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
