"""The intent head: trained on our utterances and the public training sets, measured on the public evaluation splits.

aisle train intents --data DIR       writes data/models/intents
aisle evaluate intents --data DIR    prints the table of public figures
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import structlog

from assistant.intents import IntentName
from assistant.understanding.grammar.text import Text
from assistant.understanding.intent_head import IntentHead
from finetune.intent_card import write_card
from finetune.intent_data import mapped_sets
from finetune.intent_examples import Examples
from finetune.intent_recipe import RECIPE, Recipe, calibrate, fit
from finetune.score import Score
from finetune.utterances import UTTERANCES, Utterance, fill_phrasings, read_phrasings
from retrieval.index.encoder import Encoder
from retrieval.index.sentence_encoder import open_encoder

PER_INTENT = 130
"""About how many fillings and disguises of our phrasings each intent is trained on, at the least."""

REJECTION_COST = 0.02
"""Share of a shop's own matters that may be rejected. More than on the public sets: rules still find a search in a rejected
message, while a joke taken for a matter of the shop gets an answer.
"""

log = structlog.get_logger(__name__)


def train_intents(data: Path, output: Path, *, seed: int = 1, recipe: Recipe = RECIPE) -> None:
    """Trains Aisle's own head and writes it with its card. Raises ModelError when a public set is missing.

    It is measured on the phrasings held out, by a head that has not seen them; the one that ships is calibrated alike and
    fitted to all.
    """
    encoder, recipe = open_encoder(), replace(recipe, rejection_cost=REJECTION_COST)
    phrasings, slots = read_phrasings(UTTERANCES)
    kept = [phrasing for phrasing in phrasings if not phrasing.is_held_out]
    held = [phrasing for phrasing in phrasings if phrasing.is_held_out]
    public = list(mapped_sets(data, random.Random(seed)))
    train = embedded([*fill_phrasings(kept, slots, PER_INTENT, seed), *public], encoder)
    held_out = embedded([*fill_phrasings(held, slots, 0, seed)], encoder)
    log.info("intents.data", phrasings=len(phrasings), train=len(train), held_out=len(held_out))
    outside = IntentName.OUT_OF_SCOPE.value
    calibration = calibrate(train, seed, outside=outside, recipe=recipe)
    trial = fit(train, seed, outside=outside, recipe=recipe, calibration=calibration)
    scores = own_scores(trial, held_out)
    log.info("intents.measured", **{name: str(score) for name, score in scores.items()})
    whole = train.beside(embedded([*fill_phrasings(held, slots, PER_INTENT // 4, seed)], encoder))
    head = fit(whole, seed, outside=outside, encoder=encoder.name, recipe=recipe, calibration=calibration)
    head.save(output)
    write_card(output, head, scores, len(phrasings), len(whole), seed)


def embedded(utterances: Sequence[Utterance], encoder: Encoder) -> Examples:
    """Utterances as the head sees them when serving: cleaned, numbers in digits, embedded; repetitions left out."""
    distinct = {Text.of(utterance.text).cased: utterance for utterance in utterances}
    texts = list(distinct)
    labels = [utterance.intent for utterance in distinct.values()]
    origins = [utterance.origin or utterance.text for utterance in distinct.values()]
    return Examples(texts, encoder.encode_queries(texts), labels, origins)


def own_scores(head: IntentHead, held_out: Examples) -> dict[str, Score]:
    """How many held-out phrasings of the shop are right, and how many beyond it are rejected."""
    guesses = head.guess(held_out.texts, held_out.vectors)
    is_outside = np.array([label == head.outside for label in held_out.labels])
    is_right = np.array([guess[0].name == label for guess, label in zip(guesses, held_out.labels, strict=True)])
    is_rejected = np.array([guess[0].known < head.rejection.threshold for guess in guesses])
    return {
        "intent of held-out phrasings": Score.of(is_right[~is_outside]),
        "held-out phrasings wrongly rejected": Score.of(is_rejected[~is_outside]),
        "held-out matters beyond the shop rejected": Score.of(is_rejected[is_outside]),
    }
