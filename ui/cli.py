"""`aisle serve`: the web app on this machine."""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING, Annotated

import typer

from retrieval.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.settings import Settings

Host = Annotated[str | None, typer.Option(help="Address to listen on (AISLE_HOST).")]
Port = Annotated[int | None, typer.Option(help="Port to listen on (AISLE_PORT).", min=1, max=65535)]


def register(app: typer.Typer) -> None:
    """Adds `serve` to the command line."""

    @app.command()
    def serve(host: Host = None, port: Port = None) -> None:
        """Serve the chat, the widget and the interfaces for programs."""
        from assistant.settings import load_settings

        run(load_settings(host=host, port=port))


def run(settings: Settings, demo_customers: Sequence[str] = ()) -> None:
    """Serves until interrupted. The port is taken and answers at once; models load meanwhile."""
    listener = listen(settings.host, settings.port)

    import uvicorn

    from assistant.logs import configure_logs
    from ui.app import create_app
    from ui.opening import OpeningAssistant

    configure_logs(settings.log_level)

    def open_it():  # type: ignore[no-untyped-def]  # noqa: ANN202
        from assistant.opening import open_assistant

        return open_assistant(settings)

    app = create_app(OpeningAssistant(open_it), settings, demo_customers)
    typer.echo(f"{settings.shop_name} is at http://{settings.host}:{settings.port} (Ctrl-C stops it).", err=True)
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=3, server_header=False)
    uvicorn.Server(config).run(sockets=[listener])


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
        return SettingsError(
            f"Port {port} on {host} is already in use.",
            f"Take another one: `aisle serve --port {port + 1 if port < 65535 else 7860}`, or set AISLE_PORT.",
        )
    if error.errno == errno.EACCES:
        return SettingsError(
            f"Port {port} needs more rights than this user has.", "Choose one above 1023 with --port or AISLE_PORT."
        )
    return SettingsError(f"Cannot listen at {host}:{port}: {error.strerror or error}.", "Check --host or AISLE_HOST.")
