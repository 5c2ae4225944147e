"""`aisle chat`: talk to the assistant in the terminal, through a pipe, or as JSON lines."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from assistant.cli.plain_lines import plain_lines
from retrieval.errors import AisleError

if TYPE_CHECKING:
    from rich.console import Console

    from assistant.assistant import Assistant
    from assistant.reply import Reply
    from assistant.reply_json import ReplyJson
    from assistant.settings import Settings
    from assistant.shown import Card

_SORRY = "Sorry, something went wrong on my side. Please try again in a moment."


def register(app: typer.Typer) -> None:
    """Adds `chat` to the command line."""

    @app.command()
    def chat(
        json: Annotated[
            bool, typer.Option("--json", help="Read one message per line, print one JSON object per reply.")
        ] = False,
        customer: Annotated[str | None, typer.Option(help="Sign this customer in.", metavar="ID")] = None,
        stateless: Annotated[bool, typer.Option(help="Every message starts a new conversation.")] = False,
        home: Annotated[Path | None, typer.Option(help="Directory of the shop (AISLE_HOME).")] = None,
    ) -> None:
        """Talk to the assistant. End with an empty line or Ctrl-D. Through a pipe, each line is a message."""
        from assistant.logs import configure_logs
        from assistant.opening import open_assistant

        is_terminal = sys.stdin.isatty() and not json
        settings = chosen_shop(home, _offer_sample if is_terminal else _refuse_empty)
        configure_logs("WARNING")
        assistant = open_assistant(settings)
        if customer is not None and assistant.customer(customer) is None:
            raise AisleError(f"No customer has the id {customer!r}.", "`aisle import customers FILE` loads customers.")
        if is_terminal:
            Terminal(assistant, customer, stateless).run()
        elif json:
            _write_lines(lambda messages: json_lines(assistant, messages, customer, stateless))
        else:
            _write_lines(lambda messages: plain_lines(assistant, messages, customer, stateless, _failed))


def chosen_shop(home: Path | None, if_empty: Callable[[Settings], None]) -> Settings:
    """The settings of the shop in `home`, the sample shop's among them; `if_empty` is called where there is none.

    Raises SettingsError, and StoreError for a database that cannot be opened.
    """
    from assistant.sample_shop import sample_settings
    from assistant.settings import load_settings
    from assistant.setup_check import is_empty

    settings = load_settings(home=home)
    if not settings.sample_note.exists() and is_empty(settings):
        if_empty(settings)
    return sample_settings(home=home) if settings.sample_note.exists() else settings


def _refuse_empty(settings: Settings) -> None:
    raise AisleError(
        f"{settings.home} holds no shop yet.",
        "`aisle chat` in a terminal offers the sample shop; `aisle init` begins one of your own.",
    )


def _offer_sample(settings: Settings) -> None:
    from rich.console import Console

    from assistant.cli.progress import stages
    from assistant.sample_shop import prepare_sample, sample_settings

    typer.echo(f"{settings.home} holds no shop yet. `aisle init` begins one of your own.", err=True)
    if not typer.confirm("Build the sample shop there and talk to it?", default=True, err=True):
        raise typer.Exit(1)
    with stages(Console(stderr=True)) as show:
        prepare_sample(sample_settings(home=settings.home), show)


def _write_lines(answers: Callable[[TextIO], Iterator[str]]) -> None:
    # Only "\n" ends a line: a carriage return inside a message must not make two of it.
    sys.stdin.reconfigure(encoding="utf-8", errors="replace", newline="\n")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    try:
        for line in answers(sys.stdin):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
    except BrokenPipeError:  # the reader, `head` say, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def json_lines(assistant: Assistant, lines: TextIO, customer_id: str | None, stateless: bool) -> Iterator[str]:
    """One JSON object for each line, blank, odd and failing ones included."""
    conversation_id: str | None = None
    for line in lines:
        reply = _reply_json(assistant, line.rstrip("\r\n"), None if stateless else conversation_id, customer_id)
        conversation_id = reply.conversation_id or conversation_id
        yield reply.model_dump_json()


def _reply_json(assistant: Assistant, line: str, conversation_id: str | None, customer_id: str | None) -> ReplyJson:
    from assistant.reply_json import ReplyJson

    try:
        return ReplyJson.of(assistant.ask(line, conversation_id, customer_id))
    except Exception as error:  # one bad line must not lose the thousands after it
        _log_failure(error)
        return ReplyJson(reply=_SORRY, fallback=True, conversation_id=conversation_id or "")


def _failed(error: Exception) -> str:
    _log_failure(error)
    return _SORRY


def _log_failure(error: Exception) -> None:
    import structlog

    structlog.get_logger(__name__).error("reply_failed", error=type(error).__name__, exc_info=error)


class Terminal:
    """One conversation on the screen. A number picks one of the questions offered after the last reply."""

    def __init__(
        self, assistant: Assistant, customer_id: str | None, stateless: bool, console: Console | None = None
    ) -> None:
        from rich.console import Console

        self._assistant = assistant
        self._customer_id = customer_id
        self._stateless = stateless
        self._console = console or Console(highlight=False)
        self._conversation_id: str | None = None
        self._chips: tuple[str, ...] = ()

    def run(self) -> None:
        """Asks and answers until an empty line or the end of input."""
        self._console.print("[dim]Ask about products, orders or policies. An empty line ends the conversation.[/dim]")
        while True:
            try:
                message = self._console.input("\n[bold]You[/bold]  ").strip()
            except EOFError:
                return
            if not message:
                return
            self.answer(self._chosen(message))

    def answer(self, message: str) -> None:
        """Prints the reply to `message` as it is written, then its cards, sources and next questions."""
        from assistant.reply import Cards, Reply, Sentence

        self._console.print("[bold green]Aisle[/bold green] ", end="")
        cards: tuple[Card, ...] = ()
        conversation_id = None if self._stateless else self._conversation_id
        try:
            for event in self._assistant.reply(message, conversation_id, self._customer_id):
                if isinstance(event, Cards):
                    cards = event.cards
                elif isinstance(event, Sentence):
                    self._console.print(event.text, end="", markup=False, soft_wrap=True)
                elif isinstance(event, Reply):
                    self._finish(event, cards)
        except Exception as error:  # the conversation goes on; the log on standard error says what happened
            _log_failure(error)
            self._console.print(_SORRY)

    def _finish(self, reply: Reply, cards: tuple[Card, ...]) -> None:
        self._console.print()
        if cards:
            self._print_cards(cards)
        for source in reply.shown.sources:
            self._console.print(f"Source: {source.title}", style="dim", markup=False)
        for link in reply.shown.links:
            self._console.print(f"{link.kind.capitalize()}: {link.url}", style="dim", markup=False)
        for number, chip in enumerate(reply.shown.chips, 1):
            self._console.print(f"  {number}. {chip}", style="cyan", markup=False)
        self._conversation_id, self._chips = reply.conversation_id, reply.shown.chips

    def _print_cards(self, cards: tuple[Card, ...]) -> None:
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
        for card in cards:
            price = Text(card.price_text)
            if card.old_price_text:
                price.append(f" {card.old_price_text}", style="strike dim")
            rating = "" if card.rating is None else f"★ {card.rating:g} ({card.rating_count})"
            note = card.reason if card.available and card.reason else card.stock.replace("_", " ")
            title = Text(card.title, style="bold")
            if card.variant:
                title.append(f" {card.variant}", style="dim not bold")
            table.add_row(title, price, Text(rating), Text(note, style="dim"))
        self._console.print(table)

    def _chosen(self, message: str) -> str:
        number = int(message) if message.isdecimal() and len(message) < 3 else 0
        return self._chips[number - 1] if 1 <= number <= len(self._chips) else message
