"""Pages whose title a message asks in nearly its words."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.reading.finder import open_finder
from assistant.reading.known_questions import KnownQuestions
from finetune.corpora.shop import CorpusShop, shop_folders
from tests.unit.corpus import CORPUS

FERN = next(folder for folder in shop_folders(CORPUS) if folder.name == "fern-and-fell")


@pytest.fixture(scope="module")
def known() -> KnownQuestions:
    return KnownQuestions(open_finder(Path("data/models/finder")), CorpusShop.load(FERN).catalog.faqs)


@pytest.mark.parametrize(
    "message",
    [
        "where are your stores?",
        "what delivery options do you have",
        "can I talk to a real person?",
        "how long does delivery take",
    ],
)
def test_a_question_of_a_page_is_known(known: KnownQuestions, message: str) -> None:
    assert known.page(message) is not None


@pytest.mark.parametrize(
    "message", ["waterproof jacket", "which one would you take", "is it in stock", "do you have bikes", "", "hi"]
)
def test_other_messages_are_not(known: KnownQuestions, message: str) -> None:
    assert known.page(message) is None


def test_a_shop_without_pages_knows_none() -> None:
    assert KnownQuestions(open_finder(Path("data/models/finder")), {}).page("where are you") is None
