"""What is read from messages about changes of several items: options, payment methods, parts of a message, and words that amend."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assistant.actions.payment_method import PaymentKind, PaymentMethod
from assistant.dialogue.thread import Thread
from assistant.dialogue.waiting import Choice, Detail, Draft, Kind, Waiting
from assistant.language_model.transcript import TranscriptTurn
from assistant.planning.answer_form import Answer
from assistant.planning.change_form import amends, speaks_of, wants_order_cancelled, with_change
from assistant.planning.choice_form import parts_about, picked_one
from assistant.planning.continuing import continued
from assistant.planning.detail_form import reason_in
from assistant.planning.option_form import asks_for_the_same, options_said
from assistant.planning.payment_form import methods_said
from assistant.planning.plan import Change, HandOver, Order, Plan, Policy, Step, Talk
from assistant.planning.question_form import without_anger
from finetune.corpora.conversation import WrittenTurn, read_conversations
from retrieval.catalog.money import Money
from tests.unit.corpus import CORPUS

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


def thread_with_order(plan: str = "order status A-1") -> Thread:
    turn = TranscriptTurn("where is A-1", plan, "o1 A-1 | on its way", "It is on its way.")
    return Thread(turns=(turn,), order="A-1")


STANDS: tuple[Step, ...] = (Order(what="status", order="A-1"), HandOver(reason="cannot_help"))


@pytest.mark.parametrize(
    ("what", "message", "read"),
    [
        ("address", "hm, that is much too slow for me", STANDS),
        ("address", "it has to be here before the party", STANDS),
        ("address", "could you speed up the delivery", (Policy(question="could you speed up the delivery"),)),
        ("payment", "which colors does it come in", (Policy(question="which colors does it come in"),)),
        ("cancel", "will it get here by friday?", (Policy(question="will it get here by friday?"),)),
    ],
)
def test_a_change_that_the_message_does_not_speak_of_becomes_a_question(
    what: str, message: str, read: tuple[Step, ...]
) -> None:
    step = Change.model_validate({"what": what, "order": "A-1"})
    steps = with_change(Plan(steps=(step,)), thread_with_order(), message).steps
    assert steps == read
    assert with_change(Plan(steps=(step,)), Thread(), message).steps == (Policy(question=message),)


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("address", "we are moving, the parcel must go to the new flat"),
        ("address", "deliver it to my aunt"),
        ("address", "77 Hill Road, Leeds LS1 1AA"),
        ("payment", "I'd rather pay with my other card"),
        ("cancel", "I do not need it any more"),
        ("cancel", "please call it off"),
        ("return", "it's too big"),
    ],
)
def test_a_change_that_the_message_speaks_of_is_kept(what: str, message: str) -> None:
    assert speaks_of(Change.model_validate({"what": what}), message, Thread())


def test_an_open_change_is_spoken_of_by_what_answers_it() -> None:
    step, said = Change(what="address", order="A-1"), "the one with the kettle"
    assert not speaks_of(step, said, thread_with_order())
    assert speaks_of(step, said, thread_with_order("change address"))
    waiting = Waiting(Draft(Kind.CHANGE_ADDRESS), Detail.ORDER, (Choice("A-1", "A-1 (Kettle)"),))
    assert speaks_of(step, said, Thread(waiting=waiting))


def test_nearly_no_change_of_the_corpus_is_lost() -> None:
    changes, lost = 0, []
    for path in sorted(CORPUS.glob("*/conversations/*.yaml")):
        for written in read_conversations(path):
            assert not isinstance(written, str)
            before: WrittenTurn | None = None
            for turn in written.turns:
                steps = [step for step in turn.plan if isinstance(step, Change)]
                thread = thread_with_order(_planned(before)) if before else Thread()
                changes += len(steps)
                lost += [turn.says for step in steps if not speaks_of(step, turn.says, thread)]
                before = turn
    assert changes > 100
    assert len(lost) <= 0.02 * changes, lost


def _planned(turn: WrittenTurn) -> str:
    return "\n".join(f"{step.tool} {getattr(step, 'what', '')}" for step in turn.plan)


@pytest.mark.parametrize(
    ("message", "is_wish", "answer"),
    [
        ("hm, cancel my order then", True, None),
        ("please just cancel the whole order", True, None),
        ("I don't need it, cancel my order", True, None),
        ("it has not been sent so cancel my order", True, None),
        ("why don't you just cancel my order", True, None),
        ("can't you please cancel my order", True, None),
        ("if not cancel my order", True, None),
        ("do not cancel the change, canceling the order is what I want", True, None),
        ("do not cancel the order", False, Answer.NO),
        ("Please dont cancel my order", False, Answer.NO),
        ("I don't want to cancel the order", False, Answer.NO),
        ("no need to cancel the order", False, Answer.NO),
        ("I never asked you to cancel my order", False, None),
        ("I haven't asked you to cancel my order", False, None),
        ("I wasn't asking you to cancel my order", False, None),
        ("pay with PayPal rather than cancelling the order", False, None),
        ("cancel that", False, Answer.NO),
        ("cancel the change of my order", False, None),
    ],
)
def test_a_wish_to_cancel_the_order_is_no_mere_no(message: str, is_wish: bool, answer: Answer | None) -> None:
    assert wants_order_cancelled(message) is is_wish
    waiting = Waiting(Draft(Kind.CHANGE_PAYMENT, "A-1"), proposal="p", heading="Pay for order A-1 with PayPal")
    answered = continued(message, waiting)
    assert (answered and answered.answer) == answer
    planned = with_change(Plan(steps=(Talk(about="ok"),)), Thread(waiting=waiting), message).steps
    assert planned == ((Change(what="cancel", order="A-1"),) if is_wish else (Talk(about="ok"),))


@pytest.mark.parametrize(
    "message",
    ["no, forget about it", "none of them", "ah nothing", "I'd rather keep them", "I don't want to return anything"],
)
def test_a_question_for_an_item_is_declined(message: str) -> None:
    items = (Choice("a", "Night Lamp"), Choice("b", "Leather Belt"), Choice("c", "Kettle"))
    answered = continued(message, Waiting(Draft(Kind.RETURN, "A-1"), Detail.ITEM, items))
    assert answered is not None
    assert answered.answer is Answer.NO


@pytest.mark.parametrize(
    "message", ["the lamp", "all of them", "not the lamp, the belt", "both the belt and the kettle"]
)
def test_an_item_that_is_named_declines_nothing(message: str) -> None:
    items = (Choice("a", "Night Lamp"), Choice("b", "Leather Belt"), Choice("c", "Kettle"))
    answered = continued(message, Waiting(Draft(Kind.RETURN, "A-1"), Detail.ITEM, items))
    assert answered is None or answered.answer is not Answer.NO


def test_a_no_with_nothing_open_asks_for_no_change() -> None:
    plan = Plan(steps=(Change(what="return", order="A-1"),))
    assert with_change(plan, thread_with_order("change return"), "ok, never mind").steps == (Talk(about="ok"),)
    for message in ("send it back", "stop my order"):
        assert with_change(plan, thread_with_order("change return"), message).steps == plan.steps


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("the zip is broken and you are liars, give me a refund", "the zip is broken, give me a refund"),
        ("You liars! I paid $3.50 and want it back. Write to ada@mill.example.", "I paid $3.50 and want it back. Write to ada@mill.example."),
        ("Where is my order? This is ridiculous!", "Where is my order?"),
        ("This is ridiculous: where is it, and when does it come?", "where is it, and when does it come?"),
        ("my parcel is late - what a joke - so can I get a refund?", "my parcel is late - so can I get a refund?"),
        ("I'm sick and tired of waiting, where is it?", "where is it?"),
        ("the zip is broken, you liars", "the zip is broken"),
        ("you are liars and the zip is broken", "the zip is broken"),
        ("this is ridiculous", "this is ridiculous"),
        ("", ""),
    ],
)  # fmt: skip
def test_what_is_asked_is_kept_of_an_angry_message_as_it_was_written(message: str, kept: str) -> None:
    assert without_anger(message) == kept
