"""Public figures of the intent head: written beside it, kept in its card."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.understanding.intent_head import BUCKETS, IntentHead, Rejection
from finetune.card import replace_results
from finetune.intent_card import write_card
from finetune.intent_result import Result, read_results, table, write_results
from finetune.score import Score
from retrieval.errors import ModelError

RESULTS = [
    Result("a set", "nearest centroid", Score(90, 100), Score(0, 20)),
    Result("another", "Aisle's head", Score(99, 100), None),
]


def test_results_read_back_alike(tmp_path: Path) -> None:
    write_results(tmp_path, RESULTS)
    assert read_results(tmp_path) == RESULTS


def test_a_set_without_texts_outside_has_a_dash() -> None:
    first, second = table(RESULTS).splitlines()[2:]
    assert "| 90.00 % (82.56 to 94.48) | 0.00 % (0.00 to 16.11) |" in first
    assert second.endswith("| – |")


def test_damaged_results_name_the_command(tmp_path: Path) -> None:
    (tmp_path / "evaluation.json").write_text('{"results": [{"data": "a set"}]}')
    with pytest.raises(ModelError, match="aisle evaluate intents"):
        read_results(tmp_path)


def test_a_card_takes_the_figures_and_keeps_them_when_the_head_is_trained_again(tmp_path: Path) -> None:
    weights = {"ngrams.weight": np.zeros((BUCKETS, 2)), "prototypes": np.ones((2, 4))}
    head = IntentHead(["a", "b"], weights, Rejection.never(), encoder="words")
    head.save(tmp_path)
    write_card(tmp_path, head, {"own": Score(1, 2)}, 3, 4, 1)
    card = tmp_path / "README.md"
    assert "a set" not in card.read_text()
    write_results(tmp_path, RESULTS)
    replace_results(card, table(RESULTS))
    assert table(RESULTS) in card.read_text()
    write_card(tmp_path, head, {"own": Score(1, 2)}, 3, 4, 1)
    assert table(RESULTS) in card.read_text()
