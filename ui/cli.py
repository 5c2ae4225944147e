"""`aisle serve` and `aisle demo`: the web app on this machine, with a shop of your own or the sample shop."""

from __future__ import annotations

import errno
import socket
import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retrieval.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.live.live_assistant import LiveAssistant
    from assistant.settings import Settings
    from ui.peers import Seat

Host = Annotated[str | None, typer.Option(help="Address to listen on (AISLE_HOST).")]
Port = Annotated[int | None, typer.Option(help="Port to listen on (AISLE_PORT).", min=1, max=65535)]
Home = Annotated[Path | None, typer.Option(help="Directory of the shop's database and index (AISLE_HOME).")]

Workers = Annotated[
    int | None,
    typer.Option(help="Processes that serve, with PostgreSQL and a Chroma server (AISLE_WORKERS).", min=1, max=64),
]


def register(app: typer.Typer) -> None:
    """Adds `serve` and `demo` to the command line."""

    @app.command()
    def serve(host: Host = None, port: Port = None, home: Home = None, workers: Workers = None) -> None:
        """Serve the chat, the widget and the interfaces for programs."""
        from assistant.settings import load_settings
        from assistant.setup_check import missing

        settings = load_settings(host=host, port=port, home=home, workers=workers)
        for line in missing(settings):
            typer.echo(f"Warning: {line}", err=True)
        run(settings, listen(settings.host, settings.port))

    @app.command()
    def demo(host: Host = None, port: Port = None, home: Home = None) -> None:
        """Build the sample shop, where that is not done yet, and serve it."""
        from rich.console import Console

        from assistant.cli.progress import stages
        from assistant.opening import prepare_model
        from assistant.sample_shop import prepare_sample, sample_settings
        from ui.demo import DEMO_CUSTOMERS

        settings = sample_settings(host=host, port=port, home=home)
        listener = listen(settings.host, settings.port)  # a port in use is told before the work, not after
        with stages(Console(stderr=True)) as show:
            prepare_model(settings, show)
            prepare_sample(settings, show)
        run(settings, listener, DEMO_CUSTOMERS)


def run(settings: Settings, listener: socket.socket, demo_customers: Mapping[str, str] | None = None) -> None:
    """Serves at `listener` until interrupted, with as many processes as the settings say. Says what a killed server left half done.

    Raises SettingsError if another server uses a home that belongs to one.
    """
    from assistant.logs import configure_logs
    from ui.one_server import alone_in
    from ui.workers import check_workers

    configure_logs(settings.log_level)
    check_workers(settings, settings.workers)
    with alone_in(settings):
        _run_alone(settings, listener, demo_customers)


def _run_alone(settings: Settings, listener: socket.socket, demo_customers: Mapping[str, str] | None) -> None:
    from assistant.healing import heal
    from ui.identity import load_secret
    from ui.workers import serve_with_workers

    for line in heal(settings):
        typer.echo(f"Healed: {line}", err=True)
    if settings.workers == 1:
        run_one(settings, listener, demo_customers=demo_customers)
        return
    load_secret(settings.secret.get_secret_value(), settings.home)  # made once, before there are several
    serve_with_workers(settings, listener, settings.workers, partial(run_one, demo_customers=demo_customers))


def run_one(
    settings: Settings,
    listener: socket.socket,
    seat: Seat | None = None,
    demo_customers: Mapping[str, str] | None = None,
) -> None:
    """Serves at `listener` with this process. Pages answer at once; models load meanwhile."""
    from ui.app import create_app
    from ui.opening import OpeningAssistant
    from ui.server import server_for

    def open_it() -> LiveAssistant:
        from assistant.opening import open_live_assistant

        opened = open_live_assistant(settings)
        threading.Thread(target=opened.warm, name="warming", daemon=True).start()
        return opened

    def stop() -> None:
        server.should_exit = True

    assistant = OpeningAssistant(open_it, on_failure=stop)
    app = create_app(assistant, settings, demo_customers, seat)
    server = server_for(app)
    if seat is None or (seat.is_first and not seat.is_again):
        typer.echo(
            f"{settings.shop_name or 'Aisle'} is at http://{settings.host}:{settings.port} (Ctrl-C stops it).", err=True
        )
    assistant.start()
    server.run(sockets=[listener])
    if assistant.error is not None:
        raise assistant.error


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens at `host` and `port`. Raises SettingsError that names what to change."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(256)
    except OSError as error:
        listener.close()
        raise _refusal(host, port, error) from error
    return listener


def _refusal(host: str, port: int, error: OSError) -> SettingsError:
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else 7860
        return SettingsError(
            f"Port {port} on {host} is already in use.",
            f"Take another one: `aisle serve --port {other}`, or set AISLE_PORT.",
        )
    if error.errno == errno.EACCES:
        return SettingsError(f"Port {port} is not for this user.", "Choose one above 1023 with --port or AISLE_PORT.")
    return SettingsError(f"Cannot listen at {host}:{port}: {error.strerror or error}.", "Check --host or AISLE_HOST.")
