"""Trains and measures the listener: an encoder that hears what a message asks from the conversation before it.

    aisle train listener    --output data/models/listener
    aisle evaluate listener

It begins as the finder and learns from written turns. Two losses pull it to where the answer is: the lines that decide must be nearer
than all other lines of the same shop, whose vectors are the finder's and stand still; and the vector must be near to the one that the
finder gives the question as the plan writes it out. A third, the tools of the plan through a linear layer that is thrown away, keeps
apart messages that want a search, an answer or an act.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import torch.nn.functional as functional
from peft import PeftModel
from transformers import AutoModel, AutoTokenizer

from assistant.planning.plan import STEPS, Bundle, Choose, Compare, Details, Find, Policy, Step
from assistant.reading.encoder_listener import EncoderListener
from assistant.reading.finder import open_finder
from assistant.reading.listener import conversation_before
from assistant.reading.reader import line_text
from assistant.reading.verdict import Verdict
from finetune.corpora.encoder_training import batches_of_like_length, save_adapter
from finetune.corpora.finder_training import Watch
from finetune.corpora.planner_evaluation import PlannedTurn, planned_turns
from finetune.corpora.shop import CorpusShop, held_out, shop_folders
from finetune.corpora.transcripts import corpus_conversations
from finetune.optimizing import cosine
from retrieval.index.encoder import Encoder, Vectors
from retrieval.index.sentence_encoder import packaged_model

_TOOLS = tuple(STEPS)
_TEMPERATURE = 0.05


@dataclass(frozen=True, slots=True)
class ListenerRecipe:
    """How the listener is trained. `batch` is in messages; the last three are the weights of the losses."""

    learning_rate: float = 5e-4
    head_rate: float = 3e-3
    passes: float = 4.0
    batch: int = 32
    lines: float = 0.5
    question: float = 2.0
    tools: float = 4.0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class ShopLines:
    """Every line of one shop: the record of each, and its vector by the finder."""

    records: tuple[str, ...]
    places: dict[tuple[str, str], int]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class HeardTurn:
    """A message with the conversation before it, the question that its plan writes out, the places of lines that answer, and the tools."""

    shop: int
    message: str
    before: str
    question: str
    answers: tuple[int, ...]
    tools: frozenset[str]

    @property
    def length(self) -> int:
        """Characters, for batches of texts of like length."""
        return len(self.message) + len(self.before)


def shop_lines(shop: CorpusShop, finder: Encoder) -> ShopLines:
    """The lines of `shop` as the finder places them."""
    lines = [line for own in shop.lines.values() for line in own]
    return ShopLines(
        tuple(line.record for line in lines),
        {(line.record, line.text): place for place, line in enumerate(lines)},
        finder.encode_documents([line_text(line) for line in lines]),
    )


def heard_turn(asked: PlannedTurn, shop: CorpusShop, lines: ShopLines, number: int) -> HeardTurn:
    """A written turn as an example. A search is answered by lines that speak for what it shows, or by any line of that."""
    turn = asked.turn
    decisive = [told for told in turn.brief.lines if told.verdict is not Verdict.SILENT]
    if any(isinstance(step, Find | Bundle | Choose) for step in turn.plan.steps):
        shown = set(turn.brief.products)
        decisive = [told for told in decisive if told.verdict is Verdict.SUPPORTS and told.line.record in shown]
        answers = tuple(lines.places[told.line.record, told.line.text] for told in decisive)
        answers = answers or tuple(place for place, record in enumerate(lines.records) if record in shown)
    else:
        answers = tuple(lines.places[told.line.record, told.line.text] for told in decisive)
    return HeardTurn(
        number,
        turn.text.message,
        conversation_before(asked.thread, shop.catalog.products),
        " ; ".join(filter(None, map(_question, turn.plan.steps))),
        answers,
        frozenset(step.tool for step in turn.plan.steps),
    )


def train_listener(
    corpus: Path,
    finder: Path,
    output: Path,
    recipe: ListenerRecipe = ListenerRecipe(),
    watch: Watch = lambda done, steps, loss: None,
) -> Path:
    """Trains on the shops that are not held out and writes the adapter to `output`. Raises FeedError and ModelError."""
    torch.manual_seed(recipe.seed)
    chance = random.Random(recipe.seed)
    places = open_finder(finder)
    kept = held_out(corpus)
    shops = [CorpusShop.load(folder) for folder in shop_folders(corpus) if folder.name not in kept]
    lines = [shop_lines(shop, places) for shop in shops]
    turns = [
        heard_turn(asked, shop, lines[number], number)
        for number, shop in enumerate(shops)
        for asked in planned_turns(shop, corpus_conversations(shop.folder))
    ]
    vectors = [torch.tensor(each.vectors) for each in lines]
    questions = torch.tensor(places.encode_documents([turn.question or turn.message for turn in turns]))
    listener = _untrained(finder)
    head = torch.nn.Linear(questions.shape[1], len(_TOOLS))
    learning = [parameter for parameter in listener.parameters() if parameter.requires_grad]
    rates = [
        {"params": learning, "lr": recipe.learning_rate, "full": recipe.learning_rate},
        {"params": list(head.parameters()), "lr": recipe.head_rate, "full": recipe.head_rate},
    ]
    optimizer = torch.optim.AdamW(rates, weight_decay=0.01)
    steps = max(1, int(recipe.passes * len(turns) / recipe.batch))
    listener.train()
    lengths = [turn.length for turn in turns]
    for done, batch in zip(range(steps), batches_of_like_length(lengths, recipe.batch, chance), strict=False):
        for group in optimizer.param_groups:
            group["lr"] = group["full"] * cosine(done / steps, 0.06)
        loss = _loss(listener, head, [turns[place] for place in batch], vectors, questions[batch], recipe)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        optimizer.step()
        watch(done + 1, steps, float(loss.detach()))
    save_adapter(listener.encoder, output, {"recipe": asdict(recipe), "turns": len(turns)})
    return output


def _loss(
    listener: EncoderListener,
    head: torch.nn.Linear,
    turns: Sequence[HeardTurn],
    lines: Sequence[torch.Tensor],
    questions: torch.Tensor,
    recipe: ListenerRecipe,
) -> torch.Tensor:
    pooled = listener([(turn.message, turn.before) for turn in turns])
    wanted = torch.tensor([[float(tool in turn.tools) for tool in _TOOLS] for turn in turns])
    loss = recipe.tools * functional.binary_cross_entropy_with_logits(head(pooled), wanted)
    heard = functional.normalize(pooled, dim=-1)
    missed, apart = [], []
    for vector, question, turn in zip(heard, questions, turns, strict=True):
        if not turn.answers:
            continue
        scores = lines[turn.shop] @ vector / _TEMPERATURE
        missed.append(torch.logsumexp(scores, 0) - torch.logsumexp(scores[list(turn.answers)], 0))
        if turn.question:
            apart.append(1 - vector @ question)
    if missed:
        loss = loss + recipe.lines * torch.stack(missed).mean()
    if apart:
        loss = loss + recipe.question * torch.stack(apart).mean()
    return loss


def _question(step: Step) -> str:
    """What a step asks, as the finder reads it."""
    match step:
        case Details(question=question) | Policy(question=question):
            return question
        case Find(kind=kind, want=want):
            return " ".join(filter(None, [kind, want]))
        case Compare(on=on):
            return on
    return ""


def _untrained(finder: Path) -> EncoderListener:
    folder = packaged_model()
    base = AutoModel.from_pretrained(folder, local_files_only=True)
    encoder = PeftModel.from_pretrained(base, str(finder), is_trainable=True)
    return EncoderListener(encoder, AutoTokenizer.from_pretrained(folder, local_files_only=True))
