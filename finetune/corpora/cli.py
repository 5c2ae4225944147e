"""The commands for the corpus: writing it, training on it, measuring on its held-out shops.

aisle corpus lines data/conversations/anvil-and-oak [RECORD ...]
aisle corpus check data/conversations/*/
aisle corpus show  data/conversations/anvil-and-oak [CONVERSATION ...]
aisle corpus sample data/conversations/*/ --share 0.05
aisle train conversation --output DIR          the adapter that plans, reads and writes
aisle train finder       --output DIR          the encoder that hears messages and finds the lines that answer
aisle train product-finder                     the encoder that finds the products that messages wish for
aisle train router       --output DIR          the encoder that picks the tool a message asks for
aisle train weighing                           what weighs the router against how near records are
aisle evaluate reader                          verdicts on record lines, next to floors
aisle evaluate planner                         plans, next to floors
aisle evaluate finder                          pages, lines and products found by messages in their conversations
aisle evaluate product-finder                  products found by messages that wish for some
aisle evaluate evidence                        whether plans and tools bring what a reply rests on
aisle evaluate router                          whether messages get the tool that they want
aisle evaluate asks                            whether short messages reach the record that answers
aisle evaluate conversations FILE [--json]     replies to the messages of a file, for reading

What evaluates takes the adapter that ships unless `--adapter DIR` names another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.settings import SOURCE_ROOT

if TYPE_CHECKING:
    from assistant.language_model.speaker import EngineSpeaker
    from assistant.turn import Dialogue
    from finetune.corpora.evidence_evaluation import Rests
    from finetune.corpora.shop import CorpusShop

corpus = typer.Typer(help="Write and check the conversations that Aisle learns from.", no_args_is_help=True)
Shop = Annotated[Path, typer.Argument(help="Folder of one shop.", exists=True, file_okay=False)]
Shops = Annotated[list[Path], typer.Argument(help="Folders of shops.", exists=True, file_okay=False)]


@corpus.command("sample")
def sample(
    shops: Shops,
    share: Annotated[float, typer.Option(help="Share of the conversations that is drawn.", min=0, max=1)] = 0.05,
    seed: Annotated[int, typer.Option(help="Seed of the draw.")] = 1,
) -> None:
    """Print a random share of the conversations with their evidence, for a second pair of eyes."""
    from finetune.corpora.show import drawn

    for text in drawn(shops, share, seed):
        typer.echo(text)


Corpus = Annotated[Path, typer.Option(help="Folder with the shops of the corpus.")]
Untrained = Annotated[
    str, typer.Option("--encoder", help="sentence-transformers model that is compared untrained, a name or a folder.")
]
Adapter = Annotated[Path, typer.Option(help="Folder of the adapter that plans, reads and writes.")]
Home = Annotated[Path, typer.Option(help="Folder that keeps the converted base model.", envvar="AISLE_HOME")]
_DATA = SOURCE_ROOT / "data"
CORPUS_FOLDER, MODEL_HOME, FINDER_FOLDER = _DATA / "conversations", Path("var"), _DATA / "models" / "finder"
ADAPTER_FOLDER, ROUTER_FOLDER = _DATA / "models" / "conversation", _DATA / "models" / "router"
PRODUCT_FINDER_FOLDER = _DATA / "models" / "product-finder"


def register(train: typer.Typer, evaluate: typer.Typer) -> None:
    """Add the commands that train on the corpus and measure on it."""
    train.command("conversation")(train_conversation)
    train.command("finder")(train_finder)
    train.command("product-finder")(train_product_finder)
    train.command("router")(train_router)
    train.command("weighing")(train_weighing)
    evaluate.command("reader")(evaluate_reader)
    evaluate.command("finder")(evaluate_finder)
    evaluate.command("product-finder")(evaluate_product_finder)
    evaluate.command("planner")(evaluate_planner)
    evaluate.command("evidence")(evaluate_evidence)
    evaluate.command("asks")(evaluate_asks)
    evaluate.command("router")(evaluate_router)
    evaluate.command("conversations")(evaluate_conversations)


@corpus.command("lines")
def lines(shop: Shop, records: Annotated[list[str] | None, typer.Argument(help="Ids; all otherwise.")] = None) -> None:
    """Print the lines of a shop's records, as the reader sees them."""
    from finetune.corpora.shop import CorpusShop

    found = CorpusShop.load(shop)
    for record in records or list(found.lines):
        if record not in found.lines:
            raise typer.BadParameter(f"no product or page has the id {record!r}")
        for line in found.lines[record]:
            typer.echo(f"{record} ({line.title}): {line.text}")


@corpus.command("check")
def check(shops: Shops) -> None:
    """Check every line of these shops, and verify the replies. Exit code 1 if a line is wrong; what is only in doubt is printed."""
    from finetune.corpora.check import check_shops

    report = check_shops(shops)
    for fault in report.faults:
        typer.echo(fault)
    for doubt in report.doubts:
        typer.echo(f"in doubt: {doubt}")
    typer.echo(", ".join(f"{count:,} {name}" for name, count in sorted(report.counts.items())))
    if report.doubts:
        typer.echo(f"{len(report.doubts)} in doubt: read these again")
    if report.faults:
        typer.echo(f"{len(report.faults)} faults")
        raise typer.Exit(1)


@corpus.command("show")
def show(
    shop: Shop, conversations: Annotated[list[str] | None, typer.Argument(help="Ids; all otherwise.")] = None
) -> None:
    """Print conversations as a customer would see them."""
    from finetune.corpora.show import shown

    for text in shown(shop, frozenset(conversations or ())):
        typer.echo(text)


def train_conversation(
    output: Annotated[Path, typer.Option(help="Folder that receives the adapter.")],
    corpus: Corpus = CORPUS_FOLDER,
    home: Home = MODEL_HOME,
    passes: Annotated[float, typer.Option(help="How often the corpus is read.")] = 3.0,
    seed: Annotated[int, typer.Option(help="Seed of every random choice.")] = 1,
) -> None:
    """Train the adapter that plans, reads and writes. Goes on after an interruption."""
    from dataclasses import replace

    from rich.console import Console

    from assistant.language_model.base import ensure_base
    from finetune.corpora.model import RECIPE, train_conversation
    from finetune.finetune_progress import Progress

    with Progress(Console()) as progress:
        recipe = replace(RECIPE, passes=passes, seed=seed)
        typer.echo(train_conversation(corpus, ensure_base(home), output, recipe, progress.stepped))


def train_finder(
    output: Annotated[Path, typer.Option(help="Folder that receives the finder.")] = FINDER_FOLDER,
    corpus: Corpus = CORPUS_FOLDER,
    seed: Annotated[int, typer.Option(help="Seed of every random choice.")] = 1,
) -> None:
    """Train the encoder that hears what messages ask and finds the lines that answer."""
    from finetune.corpora.finder_training import FinderRecipe, train_finder

    with _watching("Training the finder") as watch:
        typer.echo(train_finder(corpus, output, FinderRecipe(seed=seed), watch))


def train_product_finder(
    output: Annotated[Path, typer.Option(help="Folder that receives the product finder.")] = PRODUCT_FINDER_FOLDER,
    finder: Annotated[Path, typer.Option(help="Folder of the finder, from which it goes on.")] = FINDER_FOLDER,
    corpus: Corpus = CORPUS_FOLDER,
    seed: Annotated[int, typer.Option(help="Seed of every random choice.")] = 1,
) -> None:
    """Train the encoder that places messages near the products that they wish for."""
    from finetune.corpora.product_finder_training import ProductFinderRecipe, train_product_finder

    with _watching("Training the product finder") as watch:
        typer.echo(train_product_finder(corpus, finder, output, ProductFinderRecipe(seed=seed), watch))


def train_router(
    output: Annotated[Path, typer.Option(help="Folder that receives the router.")] = ROUTER_FOLDER,
    corpus: Corpus = CORPUS_FOLDER,
    data: Annotated[
        Path | None, typer.Option(help="Folder of the public sets of intents; without it the corpus alone is read.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of every random choice.")] = 1,
) -> None:
    """Train the encoder that picks the tool a message asks for, then what weighs it against the records."""
    from finetune.corpora.router_training import RouterRecipe, train_router

    with _watching("Training the router") as watch:
        train_router(corpus, output, data, RouterRecipe(seed=seed), watch)
    train_weighing(output, corpus=corpus, seed=seed)


def train_weighing(
    router: Annotated[Path, typer.Option(help="Folder of the router, which receives the layer.")] = ROUTER_FOLDER,
    finder: Annotated[Path, typer.Option(help="Folder of the finder.")] = FINDER_FOLDER,
    corpus: Corpus = CORPUS_FOLDER,
    seed: Annotated[int, typer.Option(help="Seed of every random choice.")] = 1,
) -> None:
    """Fit what weighs the router against how near records are; do it after the router or the finder was trained."""
    from assistant.planning.router import open_unweighed_router
    from assistant.reading.finder import open_finder
    from finetune.corpora.weighing_training import WeighingRecipe, train_weighing

    with _watching("Weighing the records") as watch:
        opened = open_unweighed_router(router)
        typer.echo(train_weighing(corpus, router, opened, open_finder(finder), WeighingRecipe(seed=seed), watch))


@contextmanager
def _watching(title: str) -> Iterator[Callable[[int, int, float], None]]:
    """A bar for a training, moved on by what is yielded: the steps done, all steps, and the loss."""
    from rich.progress import Progress

    with Progress() as bars:
        task = bars.add_task(title, total=None)
        yield lambda done, steps, loss: bars.update(task, completed=done, total=steps)


def evaluate_finder(
    finder: Annotated[Path, typer.Option(help="Folder of the finder.")] = FINDER_FOLDER,
    corpus: Corpus = CORPUS_FOLDER,
    untrained: Untrained = "",
) -> None:
    """Print how often a message leads to the page, line or product that answers it on the held-out shops, next to the encoder without training."""
    from assistant.reading.finder import open_finder
    from finetune.corpora.finder_evaluation import evaluate_finder
    from retrieval.index.sentence_encoder import open_encoder

    for name, heard in evaluate_finder(corpus, open_finder(finder), open_encoder(untrained)).items():
        typer.echo(f"{name:28} {heard}")


def evaluate_product_finder(
    product_finder: Annotated[Path, typer.Option(help="Folder of the product finder.")] = PRODUCT_FINDER_FOLDER,
    finder: Annotated[Path, typer.Option(help="Folder of the finder.")] = FINDER_FOLDER,
    corpus: Corpus = CORPUS_FOLDER,
    untrained: Untrained = "",
) -> None:
    """Print how often the product that comes first meets the wish of a message of the held-out shops, by several ways to rank."""
    from assistant.reading.finder import open_finder, open_product_finder
    from finetune.corpora.product_finder_evaluation import evaluate_product_finder
    from retrieval.index.sentence_encoder import open_encoder

    wishes, lines = open_product_finder(product_finder), open_finder(finder)
    ways = evaluate_product_finder(corpus, wishes, lines, open_encoder(untrained))
    for name, found in ways.items():
        typer.echo(f"{name:44} {found}")


def evaluate_router(
    corpus: Corpus = CORPUS_FOLDER,
    router: Annotated[Path, typer.Option(help="Folder of the router.")] = ROUTER_FOLDER,
    finder: Annotated[Path, typer.Option(help="Folder of the finder.")] = FINDER_FOLDER,
) -> None:
    """Print how often the router names the tool that a message of the held-out shops wants."""
    from assistant.planning.router import open_router
    from assistant.reading.finder import open_finder
    from finetune.corpora.router_evaluation import evaluate_router

    for name, share in evaluate_router(corpus, open_router(router), open_finder(finder)).items():
        typer.echo(f"{name:42} {share} of {share.cases}")


def evaluate_reader(
    adapter: Adapter = ADAPTER_FOLDER,
    corpus: Corpus = CORPUS_FOLDER,
    home: Home = MODEL_HOME,
) -> None:
    """Print F1 of each verdict on the held-out shops, next to cosine similarity and shared words."""
    from assistant.reading.reader import LanguageModelReader
    from finetune.corpora.reader_evaluation import evaluate_reader
    from retrieval.index.sentence_encoder import open_encoder

    report = evaluate_reader(corpus, LanguageModelReader(speaker_of(home, adapter)), open_encoder())
    typer.echo(
        f"{report.pairs:,} judged lines of {', '.join(report.shops)}; macro-F1 with 95 % interval, then F1 per verdict"
    )
    for name, scores in report.scores.items():
        each = ", ".join(f"{verdict} {value:.3f}" for verdict, value in scores.f1.items())
        typer.echo(f"{name:20} {scores.macro:.3f} ({scores.low:.3f} to {scores.high:.3f})  {each}")


def evaluate_planner(
    adapter: Adapter = ADAPTER_FOLDER,
    corpus: Corpus = CORPUS_FOLDER,
    home: Home = MODEL_HOME,
    limit: Annotated[int | None, typer.Option(help="Turns of each shop that are planned; all otherwise.")] = None,
    router: Annotated[Path, typer.Option(help="Folder of the router.")] = ROUTER_FOLDER,
) -> None:
    """Print how well messages of the held-out shops are planned, next to searching for their words."""
    from itertools import islice

    from assistant.planning.grammar.grammar import Grammar
    from assistant.planning.grounding import Grounding
    from assistant.planning.planner import LanguageModelPlanner
    from assistant.planning.router import open_router
    from assistant.reading.finder import open_finder
    from finetune.corpora.planner_evaluation import (
        PlanTurn,
        by_planner,
        commonest,
        evaluate_planner,
        planned_turns,
    )
    from finetune.corpora.shop import CorpusShop, held_out, shop_folders
    from finetune.corpora.transcripts import corpus_conversations
    from finetune.corpora.weighing_training import NearRecords

    kept = held_out(corpus)
    speaker = speaker_of(home, adapter)
    trained, finder = open_router(router), open_finder(FINDER_FOLDER)
    for folder in shop_folders(corpus):
        if folder.name not in kept:
            continue
        shop = CorpusShop.load(folder)
        turns = list(islice(planned_turns(shop, corpus_conversations(folder)), limit))
        grammar = Grammar(shop.catalog)
        grounding, near = Grounding(grammar), NearRecords(shop, finder).near
        ways: dict[str, PlanTurn] = {
            "as served": by_planner(LanguageModelPlanner(speaker, grammar.names, grounding, trained, near)),
            "without router": by_planner(LanguageModelPlanner(speaker, grammar.names, grounding)),
            "without either": by_planner(LanguageModelPlanner(speaker, grammar.names)),
            "always search": commonest,
        }
        for name, way in ways.items():
            scores = evaluate_planner(turns, way)
            low, high = scores.tools_interval
            typer.echo(
                f"{folder.name:16} {name:15} {scores.turns} turns: tools {scores.tools:.3f} ({low:.3f} to {high:.3f}), "
                f"first tool {scores.first_tool:.3f}, arguments F1 {scores.arguments:.3f}, need F1 {scores.need:.3f}, "
                f"p50 {scores.p50_ms:.0f} ms, p95 {scores.p95_ms:.0f} ms"
            )


def evaluate_evidence(
    adapter: Adapter = ADAPTER_FOLDER,
    corpus: Corpus = CORPUS_FOLDER,
    home: Home = MODEL_HOME,
    limit: Annotated[int | None, typer.Option(help="Turns of each shop that are prepared; all otherwise.")] = None,
) -> None:
    """Print how often the brief of a turn has what its reply rests on: as served, with the written plan, by searching alone."""
    from itertools import islice
    from tempfile import TemporaryDirectory

    from finetune.corpora.evidence_evaluation import WAYS, evaluate_evidence, scores
    from finetune.corpora.planner_evaluation import planned_turns
    from finetune.corpora.shop import CorpusShop, held_out, shop_folders
    from finetune.corpora.transcripts import corpus_conversations

    found: dict[str, list[tuple[Rests, bool]]] = {name: [] for name in WAYS}
    with TemporaryDirectory() as scratch:
        live = _live_by(home, adapter, Path(scratch))
        for folder in shop_folders(corpus):
            if folder.name not in held_out(corpus):
                continue
            shop = CorpusShop.load(folder)
            turns = list(islice(planned_turns(shop, corpus_conversations(folder)), limit))
            dialogue = live(shop)
            for name, way in WAYS.items():
                reached = evaluate_evidence(turns, way(shop, dialogue), shop.briefing.group)
                found[name] += reached
                typer.echo(f"{folder.name:16} {name:20} {scores(reached)}")
    for name, reached in found.items():
        typer.echo(f"{'all':16} {name:20} {scores(reached)}")


def evaluate_asks(
    adapter: Adapter = ADAPTER_FOLDER,
    corpus: Corpus = CORPUS_FOLDER,
    home: Home = MODEL_HOME,
    output: Annotated[Path | None, typer.Option(help="File that receives what came of each message, as JSON.")] = None,
) -> None:
    """Print how often short messages to the held-out shops reach the record that answers them, as served."""
    import json
    from tempfile import TemporaryDirectory

    from finetune.corpora.asks_evaluation import AnsweredAsk, answered_asks, scores
    from finetune.corpora.shop import CorpusShop, held_out, shop_folders

    answered: list[AnsweredAsk] = []
    with TemporaryDirectory() as scratch:
        live = _live_by(home, adapter, Path(scratch))
        for folder in shop_folders(corpus):
            if folder.name in held_out(corpus):
                shop = CorpusShop.load(folder)
                own = list(answered_asks(shop, live(shop)))
                answered += own
                for reach, share in scores(own).items():
                    typer.echo(f"{folder.name:16} {reach:30} {share} of {share.cases}")
    for reach, share in scores(answered).items():
        typer.echo(f"{'all':16} {reach:30} {share} of {share.cases}")
    if output:
        output.write_text("".join(json.dumps(each.as_json()) + "\n" for each in answered), encoding="utf-8")


def evaluate_conversations(
    file: Annotated[Path, typer.Argument(help='JSON lines: {"id", "shop", "turns": [{"message"}]}.', exists=True)],
    adapter: Adapter = ADAPTER_FOLDER,
    corpus: Corpus = CORPUS_FOLDER,
    home: Home = MODEL_HOME,
    json: Annotated[
        bool,
        typer.Option("--json", help="Print one JSON object a turn: reply, plan, need, cards, verdicts and timings."),
    ] = False,
    output: Annotated[Path | None, typer.Option(help="File that receives the same JSON objects.")] = None,
) -> None:
    """Hold the conversations of a file and print messages and replies, for reading or for checks."""
    from tempfile import TemporaryDirectory

    from finetune.corpora.conversation_runs import hold_all, json_line, text_of

    with TemporaryDirectory() as scratch:
        held = hold_all(file, corpus, _live_by(home, adapter, Path(scratch)), output)
        last = ""
        for turn in held:
            typer.echo(json_line(turn) if json else text_of(turn, is_first=turn.conversation.id != last))
            last = turn.conversation.id


def _live_by(home: Path, adapter: Path, scratch: Path) -> Callable[[CorpusShop], Dialogue]:
    """What opens the live dialogue of a corpus shop with the models that ship, its database and index in `scratch`."""
    from assistant.checking.claims import EVERYDAY_FILE
    from assistant.logs import configure_logs
    from assistant.planning.router import open_router
    from assistant.reading.finder import open_finder, open_product_finder
    from assistant.reading.reader import LanguageModelReader
    from finetune.corpora.live import live_dialogue
    from retrieval.index.sentence_encoder import open_encoder

    configure_logs("WARNING")
    speaker, encoder, finder = speaker_of(home, adapter), open_encoder(), open_finder(FINDER_FOLDER)
    reader, router = LanguageModelReader(speaker), open_router(ROUTER_FOLDER)
    product_finder = open_product_finder(PRODUCT_FINDER_FOLDER)
    everyday = frozenset((adapter / EVERYDAY_FILE).read_text(encoding="utf-8").split())

    def live(shop: CorpusShop) -> Dialogue:
        home = scratch / shop.name
        return live_dialogue(shop, home, speaker, reader, encoder, everyday, finder, router, finder, product_finder)

    return live


def speaker_of(home: Path, adapter: Path) -> EngineSpeaker:
    """The language model with an adapter. Raises ModelError."""
    from assistant.language_model.base import ensure_base
    from assistant.language_model.engine import Engine
    from assistant.language_model.speaker import EngineSpeaker

    return EngineSpeaker(Engine.open(ensure_base(home), adapter))
