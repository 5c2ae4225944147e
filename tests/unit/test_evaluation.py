"""The evaluation of the language model: known answers for its figures, and cards that keep what people wrote."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from assistant.act import Act
from assistant.language_model.prompt import PromptFact, PromptTurn
from finetune.base import by_share
from finetune.card import results_table, write_results
from finetune.evaluation import perplexities, promising, unigram, variety
from finetune.example import Example, conversation_example
from finetune.tokenizer import train_tokenizer
from retrieval.errors import ModelError

TALK = (PromptTurn("is it warm", (Act.TOLD_PRICE,), (PromptFact("p1.price", "$3"),), "It is {p1.price}."),)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return train_tokenizer(["It is warm and dry."] * 20, 600)


def test_a_model_that_knows_nothing_has_the_vocabulary_as_perplexity(tokenizer: Tokenizer) -> None:
    example = conversation_example(tokenizer, TALK, 0.0)
    [row] = perplexities(
        "uniform", {"set": [example, example]}, lambda item: np.full(len(item.ids) - 1, -math.log(600))
    )
    assert row["value"] == 600
    assert row["tokens"] == 2 * int((example.weights >= 1).sum())


def test_the_unigram_floor_is_a_distribution_that_knows_the_common_tokens(tokenizer: Tokenizer) -> None:
    floor = unigram(tokenizer, [TALK] * 50)
    assert np.exp(floor).sum() == pytest.approx(1.0)
    assert floor[tokenizer.token_to_id("{p1.price}")] > floor[tokenizer.token_to_id("{p1.name}")] + 3


def test_variety_counts_what_is_distinct_and_what_names_facts() -> None:
    shares = {
        str(row["name"]): row["value"] for row in variety([(TALK[0], "It is {p1.price}.")] * 9 + [(TALK[0], "Yes.")])
    }
    assert list(shares.values()) == [0.2, 0.2, 0.9]


def test_promises_are_counted_by_reply() -> None:
    replies = ["I am sorry. I have refunded it.", "What is your order number?"]
    assert promising([(TALK[0], reply) for reply in replies])["value"] == 0.5


def test_shares_of_tokens_are_kept() -> None:
    def stream(size: int, mark: int) -> Iterator[Example]:
        while True:
            yield Example(np.full(size, mark, np.int64), np.ones(size, np.float32))

    chance = random.Random(1)
    drawn = [
        next(mixed) for mixed in [by_share(stream(7, 0), stream(31, 1), 0.6)] for _ in range(chance.randint(400, 500))
    ]
    share = sum(len(item.ids) for item in drawn if item.ids[0] == 0) / sum(len(item.ids) for item in drawn)
    assert share == pytest.approx(0.6, abs=0.02)


def test_a_card_keeps_its_words_and_gets_new_figures(tmp_path: Path) -> None:
    rows = [{"name": "perplexity", "value": 7.5, "nats": 2.0, "tokens": 10}]
    samples = [{"message": "hi", "facts": "<act:greet>", "reply": "Hello."}]
    for name in ("base", "adapter"):
        (tmp_path / name).mkdir()
    (tmp_path / "base" / "README.md").write_text("# Mine\n\n<!-- results -->\nold\n<!-- end of results -->\n\nLimits\n")
    for _ in range(2):
        write_results(tmp_path / "base", tmp_path / "adapter", rows, samples)
    card = (tmp_path / "base" / "README.md").read_text()
    assert card.startswith("# Mine")
    assert card.endswith("Limits\n")
    assert card.count(results_table(rows)) == 1
    assert "old" not in card
    assert "**Hello.**" in (tmp_path / "adapter" / "README.md").read_text()


def test_a_card_without_marks_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Mine\n")
    with pytest.raises(ModelError, match="marks"):
        write_results(tmp_path, tmp_path, [], [])
    assert (tmp_path / "README.md").read_text() == "# Mine\n"
