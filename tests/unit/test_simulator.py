"""The simulated dialogues teach a model to speak from facts only, so none may break that rule itself."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice

import pytest

from assistant.act import Act
from assistant.evidence.hints import listing_order
from assistant.language_model.prompt import PromptTurn
from assistant.reference import REFERENCE_PATTERN, REFERENCES
from finetune.simulator import Simulator

TURNS = 20_000
QUANTITIES = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|half|double|twice|couple)\b",
    re.I,
)
PROMISES = re.compile(
    r"\b(will|guaranteed?|promise|shortly|free|refunded|forward(ed)?|on its way|business days|working days|"
    r"our team will|(we|i) have (sent|cancelled|changed|refunded)|(i'm|i am) (sending|cancelling|forwarding|checking)|"
    r"i've (sent|cancelled|changed|refunded|ordered|added))\b|'ll\b",
    re.I,
)
STOCK_WORDS = re.compile(r"\b(in stock|sold out|nearly|back-?order|pre-?order)\b", re.I)


@pytest.fixture(scope="module")
def turns() -> list[PromptTurn]:
    simulator = Simulator.load()
    return list(islice((turn for talk in simulator.conversations(seed=7) for turn in talk), TURNS))


def words_of(turn: PromptTurn) -> str:
    """The reply without its references: what the model would write by itself."""
    return REFERENCE_PATTERN.sub("", turn.reply)


def failing(turns: list[PromptTurn], pattern: re.Pattern[str]) -> list[str]:
    return [turn.reply for turn in turns if pattern.search(words_of(turn))][:10]


def test_every_reference_is_among_the_facts_of_its_turn(turns: list[PromptTurn]) -> None:
    for turn in turns:
        used = set(REFERENCE_PATTERN.findall(turn.reply))
        assert used <= {fact.key for fact in turn.facts}, turn


def test_facts_are_known_and_listed_once_in_the_agreed_order(turns: list[PromptTurn]) -> None:
    for turn in turns:
        keys = [fact.key for fact in turn.facts]
        assert keys == sorted(set(keys), key=listing_order)
        assert set(keys) <= set(REFERENCES)
        assert all(fact.value for fact in turn.facts)


def test_every_act_occurs_alone_and_some_in_combination(turns: list[PromptTurn]) -> None:
    alone = Counter(turn.acts[0] for turn in turns if len(turn.acts) == 1)
    assert set(alone) == set(Act)
    assert sum(len(turn.acts) > 1 for turn in turns) > TURNS / 10


def test_no_digit_or_currency_stands_outside_a_reference(turns: list[PromptTurn]) -> None:
    assert failing(turns, re.compile(r"[\d$£€¥%@<>\[\]|{}]|https?:|www\.")) == []


def test_no_quantity_is_written_in_words(turns: list[PromptTurn]) -> None:
    without_pairs = [turn for turn in turns if not _shows_a_pair(turn)]
    assert failing(without_pairs, QUANTITIES) == []
    assert failing(turns, re.compile(QUANTITIES.pattern.replace("two|", ""), re.I)) == []


def test_both_is_said_of_two_things_only(turns: list[PromptTurn]) -> None:
    for turn in turns:
        if re.search(r"\bboth\b", words_of(turn), re.I):
            assert _shows_a_pair(turn) or Act.COMPARED in turn.acts, turn.reply


def test_nothing_is_promised_or_claimed_to_be_done(turns: list[PromptTurn]) -> None:
    assert failing(turns, PROMISES) == []


def test_stock_is_named_by_reference_only(turns: list[PromptTurn]) -> None:
    told = [turn for turn in turns if Act.CAPABILITIES not in turn.acts]
    assert failing(told, STOCK_WORDS) == []


def test_found_products_name_the_first_with_its_price(turns: list[PromptTurn]) -> None:
    found = [turn for turn in turns if Act.FOUND_PRODUCTS in turn.acts]
    named = [turn for turn in found if "{p1.name}" in turn.reply]
    priced = [turn for turn in found if "{p1.price}" in turn.reply]
    assert len(named) >= 0.97 * len(found)
    assert len(priced) >= 0.95 * len(found)


def test_answers_are_never_withheld(turns: list[PromptTurn]) -> None:
    for turn in turns:
        if Act.ANSWERED in turn.acts:
            assert {"a1.text"} <= set(REFERENCE_PATTERN.findall(turn.reply)), turn
            assert ("{a2.text}" in turn.reply) == any(fact.key == "a2.text" for fact in turn.facts), turn


def test_plural_titles_take_plural_verbs(turns: list[PromptTurn]) -> None:
    for turn in turns:
        hint = {fact.key: fact.hint for fact in turn.facts}
        for slot, verb in re.findall(r"\{(p\d)\.name\} (is|are|has|have|costs|cost|comes|come)\b", turn.reply):
            plural = hint[f"{slot}.name"] == "plural"
            assert plural == (verb in ("are", "have", "cost", "come")), turn.reply


def test_replies_are_short_and_end_properly(turns: list[PromptTurn]) -> None:
    for turn in turns:
        assert turn.reply
        assert turn.message
        assert len(turn.reply) < 900
        assert re.search(r'([.?!"]|\.text\})$', turn.reply), turn.reply
        assert not re.search(r" [,.?!]|\.\.|  |,,|\(\)", turn.reply), turn.reply
        assert re.match(r'[A-Z{"]', turn.reply), turn.reply


def test_replies_are_varied(turns: list[PromptTurn]) -> None:
    replies = [turn.reply for turn in turns[:10_000]]
    assert len(set(replies)) > 5_500


def test_the_seed_decides_the_stream() -> None:
    simulator = Simulator.load()
    first, again, other = (list(islice(simulator.conversations(seed), 5)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_conversations_have_one_to_six_turns() -> None:
    lengths = {len(talk) for talk in islice(Simulator.load().conversations(3), 300)}
    assert lengths == {1, 2, 3, 4, 5, 6}


def _shows_a_pair(turn: PromptTurn) -> bool:
    keys = {fact.key for fact in turn.facts}
    return "p2.name" in keys and "p3.name" not in keys
