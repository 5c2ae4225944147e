"""The questions that judge answers name pages that exist, and outcomes are told apart."""

from __future__ import annotations

import pytest

from assistant.settings import SOURCE_ROOT
from finetune.answer_evaluation import REPORT, WORK, Asked, read_questions

SHOP = SOURCE_ROOT / "data" / "shop"
QUESTIONS = read_questions(SHOP / "questions.yaml")


def test_every_right_page_exists() -> None:
    pages = {path.stem for path in (SHOP / "faqs").glob("*.md")}
    assert {page for question in QUESTIONS for page in question.right} <= pages


def test_no_question_stands_in_both_halves() -> None:
    halves = [{question.text.lower() for question in QUESTIONS if question.part == part} for part in (WORK, REPORT)]
    assert not halves[0] & halves[1]
    assert sum(map(len, halves)) == len(QUESTIONS)


@pytest.mark.parametrize(
    ("right", "given", "outcome"),
    [
        ({"returns"}, "returns", "right"),
        ({"returns"}, "warranty", "wrong page"),
        ({"returns"}, "", "no page"),
        (set(), "", "right"),
        (set(), "returns", "answered beside the point"),
    ],
)
def test_outcomes(right: set[str], given: str, outcome: str) -> None:
    assert Asked("?", frozenset(right), WORK).outcome(given) == outcome
