"""What is read from messages about changes: yes and no, choices, numbers, reasons and addresses."""

from __future__ import annotations

import pytest

from assistant.actions.address import Address
from assistant.dialogue.waiting import Choice, Detail
from assistant.planning.answer_form import Answer, read_answer
from assistant.planning.choice_form import chosen, placed
from assistant.planning.detail_form import address_in, missing_of, quantity_in, reason_in, with_part
from tests.benchmarks.answers import SHOWN, labelled, mistakes

ORDERS = [
    Choice("FF-20971", "FF-20971 (Noon Food Jar, Perch Camp Chair)"),
    Choice("FF-21031", "FF-21031 (Croft Pile Jacket)"),
]
ITEMS = [
    Choice("a", "Croft Pile Jacket", 1, "brown Fleece"),
    Choice("b", "Noon Food Jar", 2),
    Choice("c", "Perch Camp Chair"),
]
REASONS = ["does not fit", "no longer needed", "damaged", "wrong item"]
HOME = Address("12 Mill Lane", "Bath", "BA1 1AA", "UK")


@pytest.mark.parametrize("half", ["choosing", "held out"])
def test_short_answers_are_read_right_and_no_yes_is_made_up(half: str) -> None:
    known, wrong = labelled(half), mistakes(half)
    assert len(known) == 60
    assert {meant for _, meant in known} == set(Answer)
    assert len(wrong) <= 0.05 * len(known)
    assert not [text for text, _, read in wrong if read is Answer.YES]


def test_a_yes_may_repeat_what_was_shown_and_nothing_else() -> None:
    assert read_answer("yes, cancel order FF-21081", SHOWN) is Answer.YES
    assert read_answer("yes, cancel order FF-20971", SHOWN) is Answer.NEITHER
    assert read_answer("cancel", SHOWN) is Answer.NEITHER  # the order, or the change?
    assert read_answer("cancel", "Add 1 × Mug to your cart") is Answer.NO


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        ("no wait, don't, my neighbor will take them", Answer.NEITHER),
        ("no wait, don't, my neighbor has room for them", Answer.NO),
        ("hm, never mind - I'll give it to my aunt", Answer.NO),
        ("forget it because we found the other glove", Answer.NO),
        ("no, I want the green one", Answer.NEITHER),
        ("no, my brother needs a large", Answer.NEITHER),
        ("no. yes, my brother said", Answer.NEITHER),
        ("leave it, my card was blocked?", Answer.NEITHER),
    ],
)
def test_a_reason_behind_a_no_leaves_it_a_no(message: str, answer: Answer) -> None:
    assert read_answer(message, SHOWN) is answer


def test_words_of_a_change_make_no_yes_of_a_no_or_a_condition() -> None:
    shown = "Add 1 × If Only Not Print ($9.00) to your cart. No money moves. The order can no longer be changed."
    assert read_answer("no", shown) is Answer.NO
    for message in ("yes if", "yes only", "yes but not now", "not", "add it if only"):
        assert read_answer(message, shown) is not Answer.YES, message
    assert read_answer("yes add the print", shown) is Answer.YES


@pytest.mark.parametrize(
    ("message", "ids"),
    [
        ("the first one", ["FF-20971"]), ("2", ["FF-21031"]), ("FF-21031", ["FF-21031"]), ("ff 20971 please", ["FF-20971"]),
        ("the jacket", ["FF-21031"]), ("the one with the camp chair", ["FF-20971"]), ("hmm", []), ("both", ["FF-20971", "FF-21031"]),
        ("everything except the jacket", []),
    ],
)  # fmt: skip
def test_an_order_is_chosen(message: str, ids: list[str]) -> None:
    assert [choice.id for choice in chosen(message, ORDERS)] == ids


@pytest.mark.parametrize(
    ("message", "ids"),
    [
        ("the jacket and the chair", ["a", "c"]), ("the fleece", ["a"]), ("all of it", ["a", "b", "c"]), ("the last one", ["c"]),
        ("Noon Food Jar", ["b"]), ("that thing", []),
    ],
)  # fmt: skip
def test_items_are_chosen(message: str, ids: list[str]) -> None:
    assert [choice.id for choice in chosen(message, ITEMS)] == ids


def test_one_of_two_alike_is_told_by_a_small_word() -> None:
    jackets = [Choice("a", "Croft Pile Jacket"), Choice("b", "Nuthatch Down Jacket")]
    assert [choice.id for choice in chosen("the down jacket", jackets)] == ["b"]
    assert chosen("the jacket", jackets) == ()


def test_places_of_a_list_are_counted_as_shown() -> None:
    assert placed("put the second one in my cart", ["a", "b", "c"]) == ("b",)
    assert placed("the first two please", ["a", "b", "c"]) == ("a", "b")
    assert placed("add it", ["a", "b", "c"]) == placed("the fourth", ["a", "b", "c"]) == ()


@pytest.mark.parametrize(
    ("message", "count"),
    [
        ("add two of those, size M", 2), ("make it 3", 3), ("x4", 4), ("just one", 1), ("return a mug", 1), ("size 42 please", 0),
        ("under 50 dollars", 0), ("the 2nd one", 0), ("add it", 0), ("one of the mugs", 1), ("FF-21081", 0),
    ],
)  # fmt: skip
def test_how_many(message: str, count: int) -> None:
    assert quantity_in(message) == count


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("it's too small for me", "does not fit"), ("arrived broken", "damaged"), ("you sent the wrong one", "wrong item"),
        ("i dont need it any more", "no longer needed"), ("no longer needed", "no longer needed"), ("where is it", ""),
    ],
)  # fmt: skip
def test_why(message: str, reason: str) -> None:
    assert reason_in(message, REASONS) == reason


@pytest.mark.parametrize(
    ("message", "address"),
    [
        ("please send it to 9 Dock Road, Hull, HU1 1AA, UK", Address("9 Dock Road", "Hull", "HU1 1AA", "UK")),
        ("12 Mill Street, Portland, OR 97214", Address("12 Mill Street", "Portland", "97214", "UK", region="OR")),
        ("Ada Fell\nFlat 3\n7 Elm Court\n10115 Berlin\nGermany", Address("7 Elm Court", "Berlin", "10115", "Germany", "Flat 3", name="Ada Fell")),
        ("Hauptstraße 5, 10115 Berlin, Germany", Address("Hauptstraße 5", "Berlin", "10115", "Germany")),
        ("my new address is 4 Quarry Rd, Leeds", Address("4 Quarry Rd", "Leeds", "", "UK")),
    ],
)  # fmt: skip
def test_an_address_is_read(message: str, address: Address) -> None:
    assert address_in(message, HOME) == address


@pytest.mark.parametrize("message", ["somewhere else", "what is in it", "yes", "to my mother please", ""])
def test_what_is_no_address_is_none(message: str) -> None:
    assert address_in(message, HOME) is None


def test_a_missing_part_is_filled_in() -> None:
    known = Address("4 Quarry Rd Leeds", "", "", "UK")
    assert missing_of(known) is Detail.CITY
    with_city = with_part(known, Detail.CITY, "it's Leeds")
    assert with_city == Address("4 Quarry Rd", "Leeds", "", "UK")
    assert with_part(with_city, Detail.POSTAL_CODE, "ls1 1aa") == Address("4 Quarry Rd", "Leeds", "LS1 1AA", "UK")
    assert with_part(known, Detail.CITY, "which city?") is None
    assert with_part(known, Detail.POSTAL_CODE, "I don't know") is None
