"""What is read from messages about changes of several items: options, payment methods, parts of a message, and words that amend."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assistant.actions.payment_method import PaymentKind, PaymentMethod
from assistant.dialogue.thread import Thread
from assistant.dialogue.waiting import Choice, Detail, Draft, Kind, Waiting
from assistant.planning.change_form import amends, with_change
from assistant.planning.choice_form import parts_about, picked_one
from assistant.planning.continuing import continued
from assistant.planning.detail_form import reason_in
from assistant.planning.option_form import asks_for_the_same, options_said
from assistant.planning.payment_form import methods_said
from assistant.planning.plan import Change, Plan
from retrieval.catalog.money import Money

OPTIONS = {
    "switch_type": {"linear", "clicky", "tactile"},
    "backlight": {"white", "RGB", "none"},
    "size": {"full size", "80%", "60%", "9", "M"},
    "capacity": {"1.5L", "2L"},
    "material": {"steel", "stainless steel"},
    "timer": {"yes", "no"},
    "color": {"white", "black"},
    "resolution": {"2K", "4K"},
}
VISA = PaymentMethod("c1", PaymentKind.CARD, "Visa ending in 4242")
OTHER = PaymentMethod("c2", PaymentKind.CARD, "Mastercard ending in 1111")
PAYPAL = PaymentMethod("p1", PaymentKind.PAYPAL, "PayPal")
GIFT = PaymentMethod("g1", PaymentKind.GIFT_CARD, "Gift card", Money(Decimal(10)))


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("the linear one please", {"linear": {"switch_type"}}),
        ("full size, 1.5 l and stainless steel", {"full size": {"size"}, "1.5l": {"capacity"}, "stainless steel": {"material"}}),
        ("white backlight", {"white": {"backlight"}}),
        ("white", {"white": {"backlight", "color"}}),
        ("one with a timer", {"yes": {"timer"}}),
        ("without timer", {"no": {"timer"}}),
        ("2K", {"2k": {"resolution"}}),
        ("I'd like two of the 9 that you have in the shop", {}),
        ("size 9", {"9": {"size"}}),
        ("for me in M if you have that one", {"m": {"size"}}),
        ("I'm not sure what to take of all these", {}),
        ("black, not white", {"black": {"color"}}),
    ],
)  # fmt: skip
def test_options_are_read_next_to_their_names(message: str, said: dict[str, set[str]]) -> None:
    assert {each.value: set(each.fields) for each in options_said(message, OPTIONS)} == said


def test_the_same_again() -> None:
    assert all(map(asks_for_the_same, ("the same one again", "exactly the same model", "an identical one")))
    assert not asks_for_the_same("the same day")


@pytest.mark.parametrize(
    ("message", "meant"),
    [
        ("put it on my gift card", [GIFT]), ("paypal", [PAYPAL]), ("my visa", [VISA]), ("the card ending in 1111", [OTHER]),
        ("my credit card", [VISA, OTHER]), ("not my visa, PayPal", [PAYPAL]), ("PayPal instead of the gift card", [PAYPAL]),
        ("store credit", [GIFT]), ("return the lamp", []), ("amex", []),
    ],
)  # fmt: skip
def test_payment_methods_are_read_by_digits_brand_and_kind(message: str, meant: list[PaymentMethod]) -> None:
    assert list(methods_said(message, [VISA, OTHER, PAYPAL, GIFT])) == meant


def test_a_message_is_parted_by_the_items_it_names() -> None:
    items = [Choice("k", "Kettle"), Choice("l", "Desk Lamp"), Choice("b", "Backpack")]
    parts = parts_about("Please swap the black desk lamp for a white one, and the kettle for one with 2L", items)
    assert parts["l"].strip() == "Please swap the black desk lamp for a white one, and"
    assert parts["k"].strip() == "the kettle for one with 2L"
    assert "b" not in parts
    assert parts_about("the white one", items[:1]) == {"k": "the white one"}


def test_a_choice_is_picked_by_its_place_or_very_text() -> None:
    offered = [Choice("1", "blue, small"), Choice("2", "red, small")]
    picks = [picked_one(message, offered) for message in ("the second one", "Blue, small", "small")]
    assert picks == [offered[1], offered[0], None]


def test_an_answer_about_a_variant_picks_it_or_is_read_by_its_options() -> None:
    waiting = Waiting(
        Draft(Kind.EXCHANGE, "A-1", ("a", "b")), Detail.VARIANT, (Choice("x", "red"), Choice("y", "blue"))
    )
    picked = continued("2", waiting)
    assert picked is not None
    assert picked.draft.swaps == (("a", "y"),)
    assert picked.draft.open_item == "b"
    read = continued("the blue kind", waiting)
    assert read is not None
    assert read.draft == waiting.draft
    assert continued("where is my parcel", waiting) is None


@pytest.mark.parametrize(
    ("message", "is_amended"),
    [
        ("also the lamp", True),
        ("with PayPal instead", True),
        ("on my gift card", True),
        ("hello", False),
        ("cancel it", False),
    ],
)
def test_what_amends_a_change_that_was_shown(message: str, is_amended: bool) -> None:
    assert amends(message) is is_amended


@pytest.mark.parametrize(
    ("planned", "message", "meant"),
    [
        ("payment", "please return the lamp, the refund can go on PayPal", "return"),
        ("payment", "can you change my charger for one with 2L, charge PayPal", "exchange"),
        ("payment", "change the payment of A-1 to my gift card", "payment"),
        ("items", "can you change where order A-1 is sent", "address"),
        ("return", "I want to swap the lamp for the red one", "exchange"),
        ("return", "send it back, I do not want to exchange it", "return"),
        ("cancel", "cancel A-1", "cancel"),
    ],
)  # fmt: skip
def test_words_that_are_clearer_than_the_plan_win(planned: str, message: str, meant: str) -> None:
    plan = Plan(steps=(Change.model_validate({"what": planned, "order": "A-1"}),))
    assert with_change(plan, Thread(), message).steps == (Change.model_validate({"what": meant, "order": "A-1"}),)


def test_a_wish_is_no_reason() -> None:
    reasons = ("no longer needed", "ordered by mistake")
    assert reason_in("I need to cancel an order", reasons) == ""
    assert reason_in("I need to cancel, I don't need it anymore", reasons) == "no longer needed"
