"""Trains the product finder: an encoder that places a message, heard in its conversation, near the whole products that meet what it wishes for.

    aisle train product-finder      --output data/models/product-finder
    aisle evaluate product-finder

It goes on from the finder's adapter, which knows how customers ask, and learns from searches alone: asks with the products that fit, and turns whose
reply shows some. The messages of a batch are of one shop and are held against its products, one of each group (InfoNCE, van den Oord et al. 2018,
https://arxiv.org/abs/1807.03748). The finder sees one line at a time, and so cannot tell a tint for the face from what washes one.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import torch.nn.functional as functional
from peft import PeftModel
from transformers import AutoModel, AutoTokenizer

from assistant.planning.plan import Bundle, Choose, Find
from assistant.reading.finder import LONGEST_PRODUCT, EncoderFinder
from assistant.reading.listener import conversation_before
from finetune.corpora.asks import asked_messages
from finetune.corpora.encoder_training import Watch, batches_of_like_length, contrastive_loss, learn, save_adapter
from finetune.corpora.planner_evaluation import planned_turns
from finetune.corpora.shop import CorpusShop, held_out, shop_folders
from finetune.corpora.transcripts import corpus_conversations
from retrieval.index.document import product_text
from retrieval.index.sentence_encoder import packaged_model

_MOST_PRODUCTS = 56
"""Products that a batch is held against; a shop of the corpus seldom has more groups."""


@dataclass(frozen=True, slots=True)
class ProductFinderRecipe:
    """How the product finder is trained. `batch` is in messages."""

    learning_rate: float = 4e-4
    passes: float = 1.0
    batch: int = 32
    temperature: float = 0.05
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Wish:
    """A message that looks for goods, the conversation before it, and the groups of products that fit, none if the shop has no such thing.

    `is_ask` tells asks, which were written by the products that fit, from turns, of which one good reply is known.
    """

    message: str
    before: str
    fitting: frozenset[str]
    is_ask: bool

    @property
    def length(self) -> int:
        """Characters, for batches of texts of like length."""
        return len(self.message) + len(self.before)


@dataclass(frozen=True, slots=True)
class ShopWishes:
    """The wishes of one shop, and the texts of its products by group."""

    wishes: tuple[Wish, ...]
    texts: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, shop: CorpusShop, chance: random.Random) -> ShopWishes:
        """Everything that is wished for in `shop`. Raises FeedError."""
        texts: dict[str, list[str]] = {}
        for product in shop.catalog.products.values():
            texts.setdefault(shop.briefing.group(product.id), []).append(product_text(product))
        return cls(tuple(_wishes(shop, chance)), {group: tuple(own) for group, own in texts.items()})


def train_product_finder(
    corpus: Path,
    finder: Path,
    output: Path,
    recipe: ProductFinderRecipe = ProductFinderRecipe(),
    watch: Watch = lambda done, steps, loss: None,
) -> Path:
    """Trains on the shops that are not held out, from the adapter in `finder`, and writes it to `output`. Raises FeedError and ModelError."""
    torch.manual_seed(recipe.seed)
    chance = random.Random(recipe.seed)
    kept = held_out(corpus)
    folders = [folder for folder in shop_folders(corpus) if folder.name not in kept]
    shops = [ShopWishes.of(CorpusShop.load(folder), chance) for folder in folders]
    learned = [[wish for wish in shop.wishes if wish.fitting] for shop in shops]
    encoder = _begun(finder)
    steps = max(1, int(recipe.passes * sum(map(len, learned)) / recipe.batch))
    batches = _batches(learned, recipe.batch, chance)
    losses = (_loss(encoder, shops[shop], batch, recipe, chance) for shop, batch in batches)
    learn(encoder, recipe.learning_rate, steps, losses, watch)
    save_adapter(encoder.encoder, output, {"recipe": asdict(recipe), "wishes": sum(map(len, learned))})
    return output


def _wishes(shop: CorpusShop, chance: random.Random) -> Iterator[Wish]:
    products, group = shop.catalog.products, shop.briefing.group
    for asked in planned_turns(shop, corpus_conversations(shop.folder)):
        turn = asked.turn
        if turn.brief.products and any(isinstance(step, Find | Bundle | Choose) for step in turn.plan.steps):
            before = conversation_before(asked.thread, products)
            yield Wish(turn.text.message, before, frozenset(map(group, turn.brief.products)), False)
    for ask in asked_messages(shop, chance):
        if ask.line is None:
            before = conversation_before(ask.thread, products)
            yield Wish(ask.message, before, frozenset(map(group, ask.products)), True)


def _batches(
    learned: Sequence[Sequence[Wish]], size: int, chance: random.Random
) -> Iterator[tuple[int, Sequence[Wish]]]:
    """Batches of wishes of one shop and like length with the shop's number, the shops mixed by how much each has, without end."""
    batches = [batches_of_like_length([each.length for each in own], size, chance) for own in learned]
    while True:
        shop = chance.choices(range(len(learned)), [len(own) for own in learned])[0]
        yield shop, [learned[shop][place] for place in next(batches[shop])]


def _loss(
    encoder: EncoderFinder, shop: ShopWishes, wishes: Sequence[Wish], recipe: ProductFinderRecipe, chance: random.Random
) -> torch.Tensor:
    """The loss of wishes of one shop: a product that fits should be nearer than every other."""
    wanted = sorted(frozenset().union(*(wish.fitting for wish in wishes)))[:_MOST_PRODUCTS]
    others = sorted(set(shop.texts) - set(wanted))
    groups = wanted + chance.sample(others, min(len(others), _MOST_PRODUCTS - len(wanted)))
    texts = {group: chance.choice(shop.texts[group]) for group in groups}
    by_length = sorted(groups, key=lambda group: len(texts[group]))
    half = len(by_length) // 2
    products = torch.cat([
        encoder.lines([texts[group] for group in part]) for part in (by_length[:half], by_length[half:]) if part
    ])  # fmt: skip
    known = [wish for wish in wishes if wish.fitting & texts.keys()]
    heard = functional.normalize(encoder([(wish.message, wish.before) for wish in known]), dim=-1)
    scores = heard @ products.T / recipe.temperature
    is_right = torch.tensor([[group in wish.fitting for group in by_length] for wish in known])
    return contrastive_loss(scores, is_right)


def _begun(finder: Path) -> EncoderFinder:
    """The finder with its adapter ready to learn on."""
    folder = packaged_model()
    base = AutoModel.from_pretrained(folder, local_files_only=True)
    encoder = PeftModel.from_pretrained(base, str(finder), is_trainable=True)
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    return EncoderFinder(encoder, tokenizer, longest=LONGEST_PRODUCT)
