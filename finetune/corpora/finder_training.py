"""Trains the finder: an encoder that places messages, heard in their conversations, near the record lines that answer them.

    aisle train finder      --output data/models/finder
    aisle evaluate finder

A LoRA adapter on all-MiniLM-L6-v2, trained with in-batch negatives (Henderson et al. 2017, https://arxiv.org/abs/1705.00652). The messages
of a batch are of one shop. For each a line is read that answers it, and one of the nearest that do not; all lines of the batch are held
against all its messages. It learns from asks, from turns of conversations, and from the questions of plans and pairs, which
stand alone. A second loss, the tools of the plan through a linear layer that is thrown away, keeps apart messages that want a search, an
answer or an act.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import torch.nn.functional as functional

from assistant.planning.plan import STEPS, Bundle, Choose, Compare, Details, Find, Policy, Step
from assistant.reading.finder import EncoderFinder
from assistant.reading.lines import Line
from assistant.reading.listener import NOTHING_BEFORE, conversation_before
from assistant.reading.reader import line_text
from assistant.reading.verdict import Verdict
from finetune.corpora.asks import asked_messages
from finetune.corpora.encoder_training import (
    Watch,
    batches_of_like_length,
    contrastive_loss,
    learn,
    save_adapter,
    untrained_adapter,
)
from finetune.corpora.pairs import written_pairs
from finetune.corpora.planner_evaluation import PlannedTurn, planned_turns
from finetune.corpora.shop import CorpusShop, held_out, shop_folders
from finetune.corpora.transcripts import corpus_conversations

_TOOLS = tuple(STEPS)
_HARD_AMONG = 5
"""The line that is read because it misleads is drawn from so many of the nearest that do not answer."""
_PARTS = 4
"""Lines of a batch are read in so many parts of like length."""


@dataclass(frozen=True, slots=True)
class FinderRecipe:
    """How the finder is trained. `batch` is in messages, `tools` is the weight of the loss on tools, `ask_tools` the weight of an ask in it."""

    rank: int = 16
    learning_rate: float = 5e-4
    head_rate: float = 3e-3
    passes: float = 1.0
    batch: int = 32
    temperature: float = 0.05
    tools: float = 1.0
    ask_tools: float = 0.3
    seed: int = 1


@dataclass(frozen=True, slots=True)
class ShopLines:
    """Every line of one shop: the record of each, its text as the finder reads it, and where each line stands."""

    records: tuple[str, ...]
    texts: tuple[str, ...]
    places: dict[tuple[str, str], int]

    @classmethod
    def of(cls, shop: CorpusShop) -> ShopLines:
        """The lines of `shop`."""
        lines = [line for own in shop.lines.values() for line in own]
        return cls(
            tuple(line.record for line in lines),
            tuple(line_text(line) for line in lines),
            {(line.record, line.text): place for place, line in enumerate(lines)},
        )

    def place(self, line: Line) -> int:
        """Where a line stands among all lines of the shop."""
        return self.places[line.record, line.text]

    def of_records(self, records: Sequence[str]) -> tuple[int, ...]:
        """The places of all lines of these records."""
        wanted = frozenset(records)
        return tuple(place for place, record in enumerate(self.records) if record in wanted)


@dataclass(frozen=True, slots=True)
class HeardMessage:
    """A message of the shop number `shop`, the conversation before it, the question that its plan writes out, the places of lines that answer, and the tools.

    Of the lines of a search none is the one that answers: the nearest is learned from. `weight` is what its tools count.
    """

    shop: int
    message: str
    before: str
    question: str
    answers: tuple[int, ...]
    is_search: bool
    tools: frozenset[str]
    weight: float

    @property
    def length(self) -> int:
        """Characters, for batches of texts of like length."""
        return len(self.message) + len(self.before)


def heard_turn(asked: PlannedTurn, shop: CorpusShop, lines: ShopLines, number: int) -> HeardMessage:
    """A written turn as an example. A search is answered by the lines of what it shows."""
    turn = asked.turn
    is_search = any(isinstance(step, Find | Bundle | Choose) for step in turn.plan.steps)
    decisive = tuple(lines.place(told.line) for told in turn.brief.lines if told.verdict is not Verdict.SILENT)
    return HeardMessage(
        number,
        turn.text.message,
        conversation_before(asked.thread, shop.catalog.products),
        " ; ".join(filter(None, map(_question, turn.plan.steps))),
        lines.of_records(_with_variants(turn.brief.products, shop)) if is_search else decisive,
        is_search,
        frozenset(step.tool for step in turn.plan.steps),
        1.0,
    )


def heard_messages(
    shop: CorpusShop, number: int, recipe: FinderRecipe, chance: random.Random
) -> Iterator[HeardMessage]:
    """All that the finder learns from one shop. Raises FeedError."""
    lines = ShopLines.of(shop)
    for asked in planned_turns(shop, corpus_conversations(shop.folder)):
        heard = heard_turn(asked, shop, lines, number)
        yield heard
        if heard.question and heard.answers and not heard.is_search:
            yield _alone(number, heard.question, heard.answers)
    answers: dict[str, list[int]] = defaultdict(list)
    for pair in written_pairs(shop):
        if pair.verdict is not Verdict.SILENT:
            answers[pair.question].append(lines.place(pair.line))
    yield from (_alone(number, question, tuple(places)) for question, places in answers.items())
    for ask in asked_messages(shop, chance):
        places = lines.of_records(_with_variants(ask.products, shop)) if ask.line is None else (lines.place(ask.line),)
        tools = frozenset({ask.tool})
        before = conversation_before(ask.thread, shop.catalog.products)
        yield HeardMessage(number, ask.message, before, "", places, ask.line is None, tools, recipe.ask_tools)


def train_finder(
    corpus: Path, output: Path, recipe: FinderRecipe = FinderRecipe(), watch: Watch = lambda done, steps, loss: None
) -> Path:
    """Trains on the shops that are not held out and writes the adapter to `output`. Raises FeedError and ModelError."""
    torch.manual_seed(recipe.seed)
    chance = random.Random(recipe.seed)
    kept = held_out(corpus)
    shops = [CorpusShop.load(folder) for folder in shop_folders(corpus) if folder.name not in kept]
    messages = [each for number, shop in enumerate(shops) for each in heard_messages(shop, number, recipe, chance)]
    finder = _untrained(recipe)
    lines = _Lines(finder, [ShopLines.of(shop) for shop in shops])
    head = torch.nn.Linear(finder.dimension, len(_TOOLS))
    steps = max(1, int(recipe.passes * len(messages) / recipe.batch))
    losses = (_loss(finder, head, lines, batch, recipe, chance) for batch in _batches(messages, recipe.batch, chance))
    learn(finder, recipe.learning_rate, steps, losses, watch, (head, recipe.head_rate))
    save_adapter(finder.encoder, output, {"recipe": asdict(recipe), "messages": len(messages)})
    return output


class _Lines:
    """The lines of all shops, with their vectors as they were when each was last read: good enough to find lines that mislead."""

    def __init__(self, finder: EncoderFinder, shops: Sequence[ShopLines]) -> None:
        self._finder = finder
        self._shops = shops
        finder.eval()
        self._vectors = [torch.tensor(finder.encode_documents(shop.texts)) for shop in shops]

    def to_read(self, message: HeardMessage, heard: torch.Tensor, chance: random.Random) -> tuple[int, ...]:
        """The places of a line that answers `message` and of one that does not though it is near to the vector `heard`."""
        scores = self._vectors[message.shop] @ heard
        right = list(message.answers)
        best = max(right, key=lambda place: float(scores[place])) if message.is_search else chance.choice(right)
        scores[right] = -1.0
        misleading = torch.topk(scores, min(_HARD_AMONG, len(scores))).indices.tolist()
        return best, chance.choice(misleading)

    def read(self, shop: int, places: Sequence[int]) -> torch.Tensor:
        """The vectors of lines of one shop as they are now, shape (len(places), dimension); gradients flow through them."""
        texts = self._shops[shop].texts
        by_length = sorted(range(len(places)), key=lambda at: len(texts[places[at]]))
        size = -(-len(places) // _PARTS)
        parts = [by_length[at : at + size] for at in range(0, len(places), size)]
        read = torch.cat([self._finder.lines([texts[places[at]] for at in part]) for part in parts])
        vectors = read[torch.argsort(torch.tensor([at for part in parts for at in part]))]
        self._vectors[shop][list(places)] = vectors.detach()
        return vectors


def _loss(
    finder: EncoderFinder,
    head: torch.nn.Linear,
    lines: _Lines,
    messages: Sequence[HeardMessage],
    recipe: FinderRecipe,
    chance: random.Random,
) -> torch.Tensor:
    """The loss of messages of one shop."""
    pooled = finder([(each.message, each.before) for each in messages])
    wanted = torch.tensor([[float(tool in each.tools) for tool in _TOOLS] for each in messages])
    weights = torch.tensor([each.weight for each in messages])
    apart = functional.binary_cross_entropy_with_logits(head(pooled), wanted, reduction="none").mean(1)
    loss = recipe.tools * (apart * weights).mean()
    answered = [place for place, each in enumerate(messages) if each.answers]
    if not answered:
        return loss
    heard = functional.normalize(pooled[answered], dim=-1)
    asked = [messages[place] for place in answered]
    with torch.no_grad():
        chosen = [lines.to_read(each, vector, chance) for each, vector in zip(asked, heard, strict=True)]
    places = list(dict.fromkeys(place for both in chosen for place in both))
    scores = heard @ lines.read(asked[0].shop, places).T / recipe.temperature
    is_right = torch.tensor([[place in each.answers for place in places] for each in asked])
    return loss + contrastive_loss(scores, is_right)


def _batches(messages: Sequence[HeardMessage], size: int, chance: random.Random) -> Iterator[list[HeardMessage]]:
    """Batches of messages of one shop and like length, the shops mixed by how much each has, without end."""
    own = [[each for each in messages if each.shop == shop] for shop in range(1 + max(each.shop for each in messages))]
    batches = [batches_of_like_length([each.length for each in of], size, chance) for of in own]
    while True:
        shop = chance.choices(range(len(own)), [len(of) for of in own])[0]
        yield [own[shop][place] for place in next(batches[shop])]


def _alone(number: int, question: str, answers: tuple[int, ...]) -> HeardMessage:
    """A question that stands alone; its tools teach nothing."""
    return HeardMessage(number, question, NOTHING_BEFORE, question, answers, False, frozenset(), 0.0)


def _with_variants(ids: Sequence[str], shop: CorpusShop) -> tuple[str, ...]:
    groups = {shop.briefing.group(id) for id in ids}
    return tuple(id for id in shop.catalog.products if shop.briefing.group(id) in groups)


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


def _untrained(recipe: FinderRecipe) -> EncoderFinder:
    return EncoderFinder(*untrained_adapter(recipe.rank))
