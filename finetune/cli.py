"""The commands that train and evaluate what ships in `data/models/`.

    aisle train conversation --output DIR               the adapter that plans, reads and writes
    aisle train recommender --shop DIR --output DIR     the recommendation head
    aisle train ratings FILE --output DIR               a model of a shop's star ratings
    aisle train embeddings                              the encoder of the search index, on the shop's own queries
    aisle evaluate recommender --shop DIR               how it ranks, beside simpler ways
    aisle evaluate sequences FILE                       how an encoder ranks the next item, beside simpler ways
    aisle evaluate ratings FILE                         how far predicted ratings are off, beside simpler ways
    aisle evaluate search --shop DIR --data DIR         how well search ranks, way by way
    aisle evaluate faqs FILE --pages FILE               which page answers, in conversations with judgements
    aisle evaluate search FILE --catalog FILE           the same by people's grades, next to BM25
    aisle evaluate finetuning --data DIR                what an adapter learns from public service dialogues
    aisle evaluate simulation --json FILE               simulated customers, every reply verified
    aisle evaluate verifier                             what the verifier of replies passes and catches
    aisle evaluate retail --db DIR --tasks FILE         recorded tasks of a public retail world, through our actions
    aisle evaluate suggestions --data DIR               what a person replied, found by past replies; time to three drafts

DIR of `--data` holds the public sets, one folder each. Every command imports its heavy libraries only when it runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from finetune.corpora.cli import MODEL_HOME, Home, corpus
from finetune.corpora.cli import register as register_corpus
from finetune.embeddings.cli import register as register_embeddings
from finetune.finetune_cli import register as register_finetune
from finetune.learn_cli import learn
from finetune.options import Data, MaxSteps, Output, Recommender, Seed, Shipped, ShopFolder, Start, Strength
from finetune.recommending.cli import register as register_recommending
from finetune.retail.cli import register as register_retail
from finetune.simulation.cli import register as register_simulation

SearchHome = Annotated[
    Path | None, typer.Option("--home", help="Directory of the shop's database and index (AISLE_HOME).")
]

train = typer.Typer(help="Train a model that ships with Aisle, or one of your own records.", no_args_is_help=True)
evaluate = typer.Typer(help="Measure a model that ships with Aisle.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds `train`, `evaluate` and `finetune` to the command line."""
    app.add_typer(train, name="train")
    app.add_typer(evaluate, name="evaluate")
    app.add_typer(corpus, name="corpus")
    app.add_typer(learn, name="learn")
    register_corpus(train, evaluate)
    register_simulation(evaluate)
    register_recommending(train, evaluate)
    register_embeddings(train)
    register_retail(evaluate)
    register_finetune(app)


@train.command("recommender")
def train_recommender(
    shop: ShopFolder = Path("data/shop"),
    output: Output = Path("data/models/recommender"),
    seed: Seed = 1,
) -> None:
    """Trains the recommendation head on a shop's events, and prints how it ranks the last two weeks."""
    from finetune.recommender import train_recommender

    typer.echo(train_recommender(shop, output, seed))


@evaluate.command("recommender")
def evaluate_recommender(
    shop: ShopFolder = Path("data/shop"),
    model: Recommender = Path("data/models/recommender"),
    seed: Seed = 1,
) -> None:
    """Prints how the head ranks the last two weeks of a shop's events, beside simpler ways, and its true reasons."""
    from finetune.recommender import evaluate_recommender

    typer.echo(evaluate_recommender(shop, model, seed))


@evaluate.command("finetuning")
def evaluate_finetuning(
    data: Data,
    output: Annotated[Path | None, typer.Option(help="Folder that receives a new adapter and its report.")] = None,
    trained: Annotated[Path | None, typer.Option(help="Adapter to judge where none is trained.", exists=True)] = None,
    adapter: Start = None,
    share: Annotated[float, typer.Option(help="Share of the dialogues to learn from, such as 0.1.", min=0.0)] = 1.0,
    dialogues: Annotated[
        int | None, typer.Option(help="Dialogues of the evaluation split that judge; all otherwise.")
    ] = None,
    max_steps: MaxSteps = None,
    strength: Strength = 1.0,
    shipped: Shipped = Path("data"),
    home: Home = MODEL_HOME,
    judged: Annotated[int, typer.Option(help="Replies of the evaluation split that are ranked and written.")] = 1000,
    seed: Seed = 1,
) -> None:
    """Prints how an adapter does on the evaluation split of public service dialogues, next to the one it goes on from.

    With --output an adapter learns from their training split first; with --trained that one is judged.
    """
    from dataclasses import replace

    from rich.console import Console

    from assistant.logs import configure_logs
    from finetune import finetuning_evaluation as evaluation
    from finetune.finetune_progress import Progress
    from finetune.finetuning import RECIPE
    from finetune.judging.plan import Plan
    from retrieval.errors import SettingsError

    folder = output or trained
    if folder is None or (output and trained):
        raise SettingsError(
            "give either --output or --trained", "--output DIR trains an adapter, --trained DIR has one."
        )
    configure_logs("WARNING")
    public, plan = evaluation.Public(data, share, dialogues), Plan(ranked=judged, written=judged, seed=seed)
    recipe = replace(RECIPE, max_steps=max_steps, strength=strength, seed=seed) if output else None
    with Progress(Console(stderr=True)) as progress:
        told = evaluation.evaluate_finetuning(public, shipped, home, adapter, folder, recipe, plan, progress)
    typer.echo(told)


@evaluate.command("faqs")
def evaluate_faqs(
    file: Annotated[Path, typer.Argument(help='Conversations, JSON lines {"turns": [...], "relevant": [id, ...]}.')],
    pages: Annotated[Path, typer.Option(help='Pages, JSON lines {"id", "entity", "question", "text"}.')],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    encoder: Annotated[str, typer.Option(help="sentence-transformers model, a name or a folder.")] = "",
    finder: Annotated[Path, typer.Option(help="Folder of the finder.")] = Path("data/models/finder"),
    seed: Seed = 1,
) -> None:
    """Prints how often the page that answers comes first, and among five: as shown, finder, dense, BM25 and random."""
    from assistant.reading.finder import open_finder
    from finetune.faq_evaluation import evaluate_faqs
    from retrieval.index.sentence_encoder import open_encoder

    figures = evaluate_faqs(file, pages, open_encoder(encoder), open_finder(finder), seed)
    typer.echo(figures.as_json() if as_json else figures.as_text())


@evaluate.command("search")
def evaluate_search(
    file: Annotated[
        Path | None,
        typer.Argument(
            help='Judged queries, JSON lines {"query", "grades": {id: grade}}; the sample shop\'s otherwise.'
        ),
    ] = None,
    catalog: Annotated[
        Path | None, typer.Option(help="Products to search, in any feed format; those of AISLE_HOME otherwise.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    home: SearchHome = None,
    encoder: Annotated[str | None, typer.Option(help="sentence-transformers model, a name or a folder.")] = None,
    shop: Annotated[Path, typer.Option(help="Folder with products.jsonl and queries.yaml.")] = Path("data/shop"),
    data: Annotated[
        Path | None,
        typer.Option(help="Directory of the public sets, to judge on them too.", envvar="AISLE_PUBLIC_DATA"),
    ] = None,
    model: Recommender = Path("data/models/recommender"),
    seed: Seed = 1,
) -> None:
    """Prints how well search ranks. With FILE: by people's grades, next to BM25, dense and random, on the imported shop.

    Without FILE: on the sample shop's queries, dense and lexical alone and as shown.
    """
    if file is None:
        from finetune.search_evaluation import evaluate_search

        typer.echo(evaluate_search(shop, data, model, seed))
        return
    from assistant.settings import load_settings
    from finetune.search_judgements import evaluate_judgements

    figures = evaluate_judgements(file, catalog, load_settings(home=home, encoder=encoder))
    typer.echo(figures.as_json() if as_json else figures.as_text())


@evaluate.command("suggestions")
def evaluate_suggestions(
    data: Data,
    share: Annotated[
        float, typer.Option(help="Share of the training dialogues whose replies are kept.", min=0.0)
    ] = 0.2,
    replies: Annotated[int, typer.Option(help="Replies of the evaluation split that are ranked.")] = 1000,
    drafted: Annotated[int, typer.Option(help="Messages for which drafts are made and timed; 0 for none.")] = 40,
    shipped: Shipped = Path("data"),
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    seed: Seed = 1,
) -> None:
    """Rank what a person replied among 20 replies by the desk's nearest past replies, next to BM25, and time the desk's drafts."""
    from json import dumps

    from rich.console import Console

    from assistant.cli.progress import stages
    from assistant.logs import configure_logs
    from finetune.suggestions_evaluation import evaluate

    configure_logs("WARNING")
    with stages(Console(stderr=True)) as show:
        report = evaluate(data, shipped, share, replies, drafted, seed, show)
    for line in [dumps(report.values())] if json else report.lines():
        typer.echo(line)
