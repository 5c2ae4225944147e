"""How well any language model plans on the held-out shops, and how often its plans are valid.

    python -m tests.benchmarks.chat_planning --url http://127.0.0.1:8000/v1 [--model NAME]
    python -m tests.benchmarks.chat_planning --model FOLDER [--adapter FOLDER]
    python -m tests.benchmarks.chat_planning --serve FOLDER          # by way of `transformers serve`

If two plans are invalid, the message is searched for, as a shop without a trained planner would. Scores are those of
`aisle evaluate planner`.
"""

from __future__ import annotations

import argparse
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.dialogue.thread import Thread
from assistant.language_model.chat_model import ChatModel
from assistant.language_model.chat_server import ChatServer
from assistant.planning.chat_planner import ChatPlanner
from assistant.planning.grammar.lexicon import Lexicon
from assistant.planning.grammar.names import Names
from assistant.planning.plan import Find, Plan
from assistant.planning.planner import Planned
from assistant.settings import SOURCE_ROOT
from finetune.corpora.planner_evaluation import by_planner, evaluate_planner, planned_turns
from finetune.corpora.shop import CorpusShop, held_out, shop_folders
from finetune.corpora.transcripts import corpus_conversations
from tests.unit.served_model import transformers_serve

CORPUS = SOURCE_ROOT / "data" / "conversations"


class SearchPlanner:
    """Searches for the words of the message, and counts how often it had to."""

    def __init__(self) -> None:
        self.count = 0

    def plan(self, system: str, context: str, thread: Thread, message: str, cancelled: threading.Event) -> Planned:
        """See `Planner.plan`."""
        self.count += 1
        return Planned(Plan(steps=(Find(want=message[:200]),), need=thread.need), "", is_fallback=True)


def measure(model: ChatModel, limit: int) -> Iterator[str]:
    """One line a held-out shop; `limit` turns of each are planned."""
    kept = held_out(CORPUS)
    for folder in (each for each in shop_folders(CORPUS) if each.name in kept):
        shop = CorpusShop.load(folder)
        turns = list(islice(planned_turns(shop, corpus_conversations(folder)), limit))
        default = SearchPlanner()
        planner = ChatPlanner(model, shop.catalog, Names(shop.catalog, Lexicon.of(shop.catalog)), default)
        scores = evaluate_planner(turns, by_planner(planner))
        yield (
            f"{folder.name:16} {scores.turns} turns: not valid {default.count}, tools {scores.tools:.3f}, first tool "
            f"{scores.first_tool:.3f}, arguments F1 {scores.arguments:.3f}, need F1 {scores.need:.3f}, p50 {scores.p50_ms:.0f} ms"
        )


@contextmanager
def chosen_model(options: argparse.Namespace) -> Iterator[ChatModel]:
    """The model that the options name. Raises ModelError."""
    if options.serve:
        with TemporaryDirectory() as scratch, transformers_serve(options.serve, Path(scratch) / "log") as url:
            yield ChatServer.open(url, str(options.serve))
    elif options.url:
        yield ChatServer.open(options.url, options.model)
    else:
        from assistant.language_model.transformers_chat import TransformersChat

        yield TransformersChat.open(options.model, options.adapter)


def main() -> None:
    """Print the scores of one model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="", help="address of an OpenAI-compatible server")
    parser.add_argument("--model", default="", help="name on that server, or a folder")
    parser.add_argument("--adapter", type=Path, help="folder of a LoRA adapter")
    parser.add_argument("--serve", type=Path, help="folder that `transformers serve` is started with")
    parser.add_argument("--limit", type=int, default=50, help="turns of each shop")
    with chosen_model(parser.parse_args()) as model:
        for line in measure(model, parser.parse_args().limit):
            print(line, flush=True)


if __name__ == "__main__":
    main()
