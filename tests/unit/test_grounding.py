"""Plans are held to what was said: hand-written plans of a model that makes things up."""

from __future__ import annotations

import pytest

from assistant.dialogue.need import Need
from assistant.dialogue.thread import Thread
from assistant.language_model.transcript import TranscriptTurn
from assistant.planning.grammar.grammar import Grammar
from assistant.planning.grounding import Grounding
from assistant.planning.plan import Bundle, Compare, Details, Find, Order, Plan, Policy, Step
from tests.unit.grammar_shops import SHOPS

GROUNDING = Grounding(Grammar(SHOPS["outdoor"]))


def grounded(step: Step, message: str, thread: Thread = Thread(), need: Need = Need()) -> Plan:
    return GROUNDING.of(Plan(steps=(step,), need=need), thread, message)


@pytest.mark.parametrize(
    ("step", "message", "expected"),
    [
        (Policy(question="can I return boots"), "can i return the boots?", Policy(question="can I return boots")),
        (Policy(question="can I return a sofa"), "can i return the boots?", Policy(question="can i return the boots?")),
        (Find(kind="tents", want="light"), "light tents pls", Find(kind="tents", want="light")),
        (Find(kind="mugs", want="light"), "light tents pls", Find(kind="tents", want="light")),
        (Find(kind="mugs"), "something for the rain", Find(want="something for the rain")),
        (Find(kind="canoes"), "got any canoes", Find(kind="canoes")),
        (Bundle(kinds=("tents",)), "a tent, light", Find(kind="tents", want="a tent, light")),
        (Bundle(kinds=("tents", "mugs")), "a tent and mugs", Bundle(kinds=("tents", "mugs"))),
        (Compare(of=("a", "b"), on="weight"), "which is heavier", Compare(of=("a", "b"))),
        (Compare(of=("a", "b"), on="heavy"), "which is heavier", Compare(of=("a", "b"), on="heavy")),
        (Order(what="status", order="A-104"), "where is my parcel", Order(what="status")),
        (Order(what="status", order="A-104"), "where is A-104", Order(what="status", order="A-104")),
    ],
)
def test_what_nobody_said_gives_way_to_what_was_said(step: Step, message: str, expected: Step) -> None:
    assert grounded(step, message).steps == (expected,)


def test_earlier_messages_and_briefs_bear_words_too() -> None:
    turn = TranscriptTurn("how much is delivery", "policy: delivery", "l1 + Delivery: 5 dollars", "{l1}")
    step = Policy(question="what does delivery to Canada cost in dollars")
    assert grounded(step, "and to Canada? what cost", Thread(turns=(turn,))).steps == (step,)


def test_a_need_keeps_only_what_was_said() -> None:
    need = Need(whom="my husband", use="camping", want=("warm", "red"), budget="under 100", size="M")
    kept = grounded(Find(kind="tents"), "tents for camping, warm, size M", need=need).need
    assert kept == Need(use="camping", want=("warm",), size="M")
    before = Thread(need=need)
    assert grounded(Find(kind="tents"), "tents", before, need).need == need


def test_two_steps_that_become_one_are_done_once() -> None:
    plan = Plan(steps=(Policy(question="sofas"), Policy(question="chairs")))
    assert GROUNDING.of(plan, Thread(), "what now").steps == (Policy(question="what now"),)


def test_typing_errors_are_mended_before_words_are_compared() -> None:
    assert grounded(Find(kind="mugs"), "tentts for two").steps == (Find(kind="tents"),)


def test_details_are_asked_in_the_customers_words() -> None:
    step = Details(of=("x",), question="is it fit for the microwave")
    assert grounded(step, "ok on induction?").steps == (step.model_copy(update={"question": "ok on induction?"}),)
