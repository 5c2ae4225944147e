"""The commands that let simulated customers talk to a live dialogue, and measure the verifier of its replies.

aisle evaluate simulation --turns 2000 --json turns.jsonl
aisle evaluate verifier
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from finetune.corpora.cli import (
    ADAPTER_FOLDER,
    CORPUS_FOLDER,
    FINDER_FOLDER,
    MODEL_HOME,
    PRODUCT_FINDER_FOLDER,
    ROUTER_FOLDER,
    Adapter,
    Corpus,
    Home,
    speaker_of,
)


def register(evaluate: typer.Typer) -> None:
    """Add the commands to `aisle evaluate`."""
    evaluate.command("simulation")(evaluate_simulation)
    evaluate.command("verifier")(evaluate_verifier)


def evaluate_simulation(
    json: Annotated[
        Path, typer.Option("--json", help="File that receives every turn; a run goes on from what it holds.")
    ],
    shops: Annotated[
        list[str] | None,
        typer.Option(
            help='Shops of the corpus, "sample", or folders of that form, with commas between; else the held-out ones.'
        ),
    ] = None,
    adapter: Adapter = ADAPTER_FOLDER,
    turns: Annotated[int, typer.Option(help="Turns over all shops.", min=1)] = 2000,
    read: Annotated[int, typer.Option(help="Turns that are drawn and printed for reading.", min=0)] = 0,
    corpus: Corpus = CORPUS_FOLDER,
    home: Home = MODEL_HOME,
    seed: Annotated[int, typer.Option(help="Seed of every customer.")] = 1,
) -> None:
    """Let simulated customers talk to the dialogue, verify every reply, and print what was found."""
    from functools import partial
    from tempfile import TemporaryDirectory

    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

    from assistant.checking.claims import EVERYDAY_FILE
    from assistant.planning.router import open_router
    from assistant.reading.finder import open_finder, open_product_finder
    from assistant.reading.reader import LanguageModelReader
    from finetune.corpora.live import live_dialogue
    from finetune.corpora.shop import SAMPLE, CorpusShop, held_out
    from finetune.simulation.simulated_run import SimulatedShop, run
    from finetune.simulation.simulation_report import drawn, report
    from retrieval.index.sentence_encoder import open_encoder

    speaker, encoder, finder = speaker_of(home, adapter), open_encoder(), open_finder(FINDER_FOLDER)
    router, product_finder = open_router(ROUTER_FOLDER), open_product_finder(PRODUCT_FINDER_FOLDER)
    everyday = frozenset((adapter / EVERYDAY_FILE).read_text(encoding="utf-8").split())

    def opened(folder: Path, scratch: Path) -> SimulatedShop:
        shop = CorpusShop.load(folder)
        reader = LanguageModelReader(speaker)
        home = scratch / shop.name
        dialogue = live_dialogue(shop, home, speaker, reader, encoder, everyday, finder, router, finder, product_finder)
        return SimulatedShop(shop, dialogue)

    names = [name for given in shops or () for name in given.split(",")]
    folders = [_folder(SAMPLE if name == "sample" else name, corpus) for name in names or sorted(held_out(corpus))]
    columns = (*Progress.get_default_columns()[:3], MofNCompleteColumn(), TimeRemainingColumn())
    with TemporaryDirectory() as scratch, Progress(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task("Simulating", total=-(-turns // len(folders)) * len(folders))
        live = {folder.name: partial(opened, folder, Path(scratch)) for folder in folders}
        rows = run(live, turns, seed, json, lambda done, shop: bars.update(task, completed=done, description=shop))
    for text in drawn(rows, read, seed):
        typer.echo(text)
    typer.echo(report(rows))


def evaluate_verifier(
    corpus: Corpus = CORPUS_FOLDER, seed: Annotated[int, typer.Option(help="Seed of the values that are swapped.")] = 1
) -> None:
    """Print how many right replies of the corpus pass the verifier, and how many with one value swapped it catches."""
    from finetune.corpora.shop import shop_folders
    from finetune.verification.evaluation import evaluate_verifier

    for line in evaluate_verifier(shop_folders(corpus), seed).lines():
        typer.echo(line)


def _folder(name: str, corpus: Path) -> Path:
    """The folder of a shop of the corpus, or `name` itself if it is one."""
    folder = corpus / name if (corpus / name).is_dir() else Path(name)
    if not folder.is_dir():
        raise typer.BadParameter(f"{name!r} is neither a shop of {corpus} nor a folder")
    return folder
