"""The utterances that ship: every intent covered, every slot known, no phrasing on both sides of the split."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from assistant.intents import BITEXT, SERVICE, SHOPPING, TALK, IntentName
from finetune.score import Score
from finetune.utterances import Slots, fill_phrasings, mistyped, read_phrasings

PHRASINGS, SLOTS = read_phrasings()
BY_RULE = {IntentName.OTHER_LANGUAGE, IntentName.NOT_UNDERSTOOD}


def test_every_intent_has_phrasings_enough() -> None:
    counts = Counter(phrasing.intent for phrasing in PHRASINGS)
    assert set(counts) == set(IntentName) - BY_RULE
    assert all(counts[name] >= 40 for name in set(IntentName) - BY_RULE)


def test_no_text_has_two_intents() -> None:
    seen: dict[str, IntentName] = {}
    for phrasing in PHRASINGS:
        key = phrasing.text.lower().strip(" ?.!")
        assert seen.setdefault(key, phrasing.intent) is phrasing.intent, phrasing.text


def test_every_slot_is_filled() -> None:
    chance = random.Random(1)
    for phrasing in PHRASINGS:
        assert "{" not in SLOTS.fill(phrasing.text, chance), phrasing.text


def test_one_phrasing_in_five_is_held_out_whole() -> None:
    held = [phrasing for phrasing in PHRASINGS if phrasing.is_held_out]
    assert 0.15 < len(held) / len(PHRASINGS) < 0.25
    kept = [phrasing for phrasing in PHRASINGS if not phrasing.is_held_out]
    trained = {utterance.origin for utterance in fill_phrasings(kept, SLOTS, 50, 2)}
    assert trained.isdisjoint(phrasing.text for phrasing in held)


def test_filling_is_the_same_for_the_same_seed() -> None:
    first, second = (list(fill_phrasings(PHRASINGS[:50], SLOTS, 60, 3)) for _ in range(2))
    assert first == second


def test_words_of_one_shop_stay_together() -> None:
    slots = Slots(
        {"shared": {"color": ["red"]}, "a": {"x": ["tent"], "y": ["pole"]}, "b": {"x": ["book"], "y": ["page"]}}
    )
    filled = {slots.fill("{color} {x} {y}", random.Random(seed)) for seed in range(20)}
    assert filled == {"red tent pole", "red book page"}


def test_typing_mistakes_stay_near() -> None:
    chance = random.Random(4)
    for _ in range(200):
        wrong = mistyped("waterproof tent", chance)
        assert wrong.endswith(" tent")
        assert abs(len(wrong) - len("waterproof tent")) <= 1
    assert mistyped("a b c", chance) == "a b c"


def test_an_unknown_intent_is_refused(tmp_path: Path) -> None:
    (tmp_path / "slots.yaml").write_text("shared: {color: [red]}\n")
    (tmp_path / "more.yaml").write_text("fly_to_the_moon: [to the moon]\n")
    with pytest.raises(ValueError, match="fly_to_the_moon"):
        read_phrasings(tmp_path)


def test_families_of_intents_are_whole_and_apart() -> None:
    assert set(IntentName) == SHOPPING | SERVICE | TALK
    assert not (SHOPPING & SERVICE)
    assert not (SHOPPING & TALK)
    assert not (SERVICE & TALK)
    assert len(BITEXT) == 27
    assert len(IntentName) >= 40


def test_intervals_are_wilsons() -> None:
    low, high = Score(9, 10).interval  # by hand: centre (0.9 + 0.192) / 1.384, reach 0.235 / 1.384
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)
    assert Score(0, 0).share == 0
