"""Question form: yes/no questions, fields of a record and trouble, on messages of the corpus and made ones."""

from __future__ import annotations

import pytest

from assistant.planning.plan import Details, Policy
from assistant.planning.question_form import asked_field, asks_whether_sold, asks_yes_no, greets, reports_trouble
from finetune.corpora.conversation import read_conversations
from finetune.corpora.shop import shop_folders
from tests.unit.corpus import CORPUS


@pytest.mark.parametrize(
    ("message", "question", "is_yes_no"),
    [
        ("is it waterproof", "is it waterproof", True),
        ("ok and can mum just put it in the dishwasher", "can it go in the dishwasher", True),
        ("balcony?", "can the pot stand on a balcony", True),
        ("fine. the pins won't hurt her, right?", "do the pins hurt", True),
        ("how heavy is it", "how heavy is it", False),
        ("what's it made of", "is it made of leather", False),
        ("how long and can I return it", "can it be returned", True),
        ("is it steel or plastic", "is it made of steel or plastic", False),
        ("total?", "total with shipping", False),
    ],
)
def test_yes_or_no_is_asked_by_form(message: str, question: str, is_yes_no: bool) -> None:
    assert asks_yes_no(message, question) is is_yes_no


def test_most_replies_of_the_corpus_that_begin_with_yes_or_no_answer_such_questions() -> None:
    """A turn whose human reply begins with "Yes" or "No," was asked for one; open questions are not."""
    found = open_ones = 0
    asked = wrong = 0
    for folder in shop_folders(CORPUS):
        for path in folder.glob("conversations/*.yaml"):
            for conversation in read_conversations(path):
                assert not isinstance(conversation, str)
                for turn in conversation.turns:
                    step = turn.plan[0]
                    if len(turn.plan) != 1 or not isinstance(step, Details | Policy):
                        continue
                    answer = asks_yes_no(turn.says, step.question)
                    if turn.reply.startswith(("Yes,", "Yes.", "No,", "No.", "No: ")):
                        asked, found = asked + 1, found + answer
                    elif step.question.startswith(("how ", "what ", "when ", "which ", "where ")):
                        open_ones, wrong = open_ones + 1, wrong + answer
    assert asked > 150
    assert found / asked > 0.85
    assert open_ones > 500
    assert wrong == 0


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ("what does the pen cost", "price"),
        ("how many rope toys are in stock", "quantity"),
        ("is the aloe in stock", "stock"),
        ("when is the saw back in stock", "restock"),
        ("which colors does it come in", "colors"),
        ("what do customers say about it", "rating"),
        ("how many of them do you have", "quantity"),
        ("how many are left", "quantity"),
        ("how many reviews does it have", "rating"),
        ("how many pockets does it have", ""),
        ("how many shelves are there", ""),
        ("is the harp available", "stock"),
        ("is it available now or later", "stock"),
        ("is the harp available left-handed", ""),
        ("is it available with a lid", ""),
        ("how heavy is it", ""),
    ],
)
def test_a_question_about_a_field_is_known(question: str, field: str) -> None:
    assert asked_field(question) == field


@pytest.mark.parametrize(
    ("message", "is_trouble"),
    [
        ("the kettle I got from you has been leaking since day one", True),
        ("ink bottle arrived smashed, my hallway is BLUE", True),
        ("my pen is broken", True),
        ("we go away on the 22nd.. what if it's late", False),
        ("is it too late to swap my sofa", False),
        ("what happens when it arrives damaged", False),
        ("does it have a lid", False),
    ],
)
def test_trouble_is_what_has_happened(message: str, is_trouble: bool) -> None:
    assert reports_trouble(message) is is_trouble


@pytest.mark.parametrize(
    ("message", "is_asked"),
    [
        ("do you have tents for two?", True),
        ("got any canoes", True),
        ("Have you got women's jackets", True),
        ("is the big green rucksack ok as hand luggage", False),
        ("what kinds of tea do you have", False),
    ],
)
def test_whether_a_shop_sells_something_is_asked_by_form(message: str, is_asked: bool) -> None:
    assert asks_whether_sold(message) is is_asked


def test_a_greeting_begins_a_message() -> None:
    assert greets("Good afternoon. My husband and I")
    assert not greets("hit me with your best tent")
