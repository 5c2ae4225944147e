"""Passes: only the shop's own replies are learned again and again; what is rehearsed is drawn anew, and nothing else counts."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.language_model.transcript import ASSISTANT, TranscriptTurn, encode, parts, prompt_ids
from finetune.corpora.model import CONTEXT, open_with_references, token_function
from finetune.example import Example
from finetune.masking import MaskedReply
from finetune.tuning.examples import (
    Rehearsal,
    Tokens,
    answered_prompts,
    masked_example,
    own_examples,
    training_passes,
)
from finetune.tuning.examples_file import read_examples, write_examples
from retrieval.errors import FeedError
from tests.unit.replayed_turns import SYSTEM
from tests.unit.tiny_conversation import small_corpus, tiny_base

FIRST = TranscriptTurn("hi", "talk greet", "nothing", "Hello, {customer.name}!")
SECOND = TranscriptTurn("how much?", "details #1: price", "p1 #1 Wren Tent | $269.00")
REPLY = "It is {p1.price}. {l1}"


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return open_with_references(tiny_base(tmp_path_factory.mktemp("tiny")))[0]


@pytest.fixture(scope="module")
def tokens(tokenizer: Any) -> Tokens:
    return token_function(tokenizer)


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory, tokens: Tokens) -> tuple[Rehearsal, list[Example]]:
    return Rehearsal.read(small_corpus(tmp_path_factory.mktemp("corpus") / "corpus"), tokens)


def reply(
    number: int = 0, turns: Sequence[TranscriptTurn] = (FIRST, SECOND), text: str = REPLY, *, ends: bool = True
) -> MaskedReply:
    return MaskedReply(f"t{number}", len(turns), SYSTEM, "", tuple(turns), text, "", ends)


def learned(example: Example, tokenizer: Any) -> str:
    return str(tokenizer.decode(example.ids[example.weights > 0]))


def ids(examples: Sequence[Example]) -> set[bytes]:
    return {example.ids.tobytes() for example in examples}


def test_the_reply_alone_is_learned_and_its_end_if_it_ends_there(tokenizer: Any, tokens: Tokens) -> None:
    assert learned(masked_example(reply(), tokens), tokenizer) == f"{REPLY}<|im_end|>"
    assert learned(masked_example(reply(ends=False), tokens), tokenizer) == REPLY


def test_what_stands_before_it_is_the_live_prompt(tokens: Tokens) -> None:
    live, _ = encode(list(parts(SYSTEM, "", [FIRST, SECOND])), tokens, writes=ASSISTANT)
    example = masked_example(reply(), tokens)
    assert example.ids[: len(live)].tolist() == live
    assert not example.weights[: len(live)].any()


def test_the_earliest_turns_go_where_a_transcript_is_too_long(tokens: Tokens) -> None:
    long = TranscriptTurn("hi " * 200, "talk greet", "nothing", "Hello!")
    example = masked_example(reply(turns=(*[long] * 8, SECOND)), tokens)
    assert len(example.ids) <= CONTEXT
    whole = len(prompt_ids(SYSTEM, "", [*[long] * 8, SECOND], tokens, ASSISTANT, 10**6))
    one_more = whole - len(prompt_ids(SYSTEM, "", [*[long] * 7, SECOND], tokens, ASSISTANT, 10**6))
    assert len(example.ids) + one_more > CONTEXT


def test_replies_of_one_conversation_are_read_together(tmp_path: Path, tokenizer: Any, tokens: Tokens) -> None:
    items = [reply(1, (replace(FIRST, reply=""),), FIRST.reply), reply(1)]
    write_examples([("train", items), ("validation", [reply(2)])], tmp_path)
    (example,) = own_examples(tmp_path, "train", tokens)
    assert learned(example, tokenizer) == f"{FIRST.reply}<|im_end|>{REPLY}<|im_end|>"
    assert list(read_examples(tmp_path, "train")) == items
    assert [each.transcript for each in answered_prompts(tmp_path, tokens)] == ["t1", "t1"]


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "examples.jsonl").write_text("{}\n", encoding="utf-8")
    with pytest.raises(FeedError, match=r"examples\.jsonl cannot be read"):
        list(read_examples(tmp_path, "train"))


def test_what_is_rehearsed_is_drawn_anew_and_never_measured_by(
    rehearsal: tuple[Rehearsal, list[Example]], tokens: Tokens
) -> None:
    own = [masked_example(reply(number), tokens) for number in range(6)]
    passes = training_passes(own, rehearsal[0], 0.9, 1)
    first, second = ids(passes(0)), ids(passes(1))
    assert ids(own) <= first & second
    assert len(first - second) > 0
    assert ids(training_passes(own, rehearsal[0], 0.9, 1)(1)) == second
    everything = ids(rehearsal[0].conversations)
    measured = [example for example in rehearsal[1] if example.targets is None]
    assert measured
    assert everything.isdisjoint(ids(measured))


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
def test_rehearsal_has_its_share_of_the_tokens(
    rehearsal: tuple[Rehearsal, list[Example]], tokens: Tokens, share: float
) -> None:
    own = [masked_example(reply(number), tokens) for number in range(6)]
    count = sum(len(example.ids) for example in own)
    whole = sum(len(example.ids) for example in training_passes(own, rehearsal[0], share, 1)(0))
    assert 0 <= (whole - count) - count * share / (1 - share) < CONTEXT


def test_plans_and_verdicts_are_rehearsed_too(rehearsal: tuple[Rehearsal, list[Example]]) -> None:
    drawn = rehearsal[0].drawn(10**9, random.Random(1))
    assert any(example.targets is not None for example in drawn)
    assert any(example.targets is None for example in drawn)
