"""Variants: other words, the same references, and nothing that the check would refuse where it did not before."""

from __future__ import annotations

import random
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from assistant.evidence.evidence import Evidence, Fact, FactKind
from assistant.reference import REFERENCE_PATTERN
from assistant.writing.check import check
from finetune.simulator import Simulator
from finetune.variants import variant

TURNS = [turn for talk in islice(Simulator.load().conversations(5), 300) for turn in talk]


def test_references_stay_in_their_order_and_the_check_agrees() -> None:
    chance, changed = random.Random(1), 0
    for turn in TURNS:
        other = variant(turn.reply, chance)
        changed += other != turn.reply
        assert REFERENCE_PATTERN.findall(other) == REFERENCE_PATTERN.findall(turn.reply)
        facts = tuple(Fact(fact.key, FactKind.TEXT, fact.value, fact.hint) for fact in turn.facts)
        evidence = Evidence(turn.acts, facts)
        if not check(turn.reply, evidence, turn.message):
            assert not check(other, evidence, turn.message), other
    assert changed > 50


def test_known_phrases_change_and_keep_their_capital() -> None:
    made = {variant("Hello! I am glad.", random.Random(seed)) for seed in range(20)}
    assert made == {"Hello! I am glad.", "Hi! I am glad.", "Hello! I'm glad.", "Hi! I'm glad."}


def test_a_short_form_never_ends_a_clause() -> None:
    made = {variant("Tell me who you are.", random.Random(seed)) for seed in range(20)}
    assert made == {"Tell me who you are."}


@given(st.text(max_size=80), st.integers(0, 9))
def test_other_text_stays_as_it_is(text: str, seed: int) -> None:
    plain = "".join(sign for sign in text if not sign.isalpha())
    assert variant(plain, random.Random(seed)) == plain
