"""A wish for a person is heard next to anything else, and "person" alone is none."""

from __future__ import annotations

import pytest

from assistant.dialogue.need import Need
from assistant.dialogue.thread import Thread
from assistant.planning.grammar.grammar import Grammar
from assistant.planning.grounding import Grounding
from assistant.planning.person_form import asks_for_person
from assistant.planning.plan import Find, HandOver, Order, Plan, Policy, Step, Talk
from tests.unit.grammar_shops import SHOPS

ASKED = HandOver(reason="asked")


@pytest.mark.parametrize(
    "message",
    [
        "my parcel is lost. I need to speak to somebody",
        "this tent is broken, I want a human",
        "refund me now or let me talk to someone",
        "I was charged twice! give me a phone number",
        "my order never arrived, get me a person",
        "your answer is wrong, connect me with an agent",
        "the vase came cracked, can you put me through to someone",
        "That's useless. Is there a real person I can write to?",
        "transfer me to customer service please",
        "I'd like a human please",
        "can someone call me back",
        "wrong size AGAIN. I want to speak with your manager",
        "no more bots",
        "hello? need a representative",
        "are you a real person? no? then let me talk to one of you",
    ],
)
def test_a_wish_for_a_person_is_heard(message: str) -> None:
    assert asks_for_person(message)


@pytest.mark.parametrize(
    "message",
    [
        "a tent for one person",
        "I need a present for somebody who hikes",
        "is it a 2 person tent?",
        "do you have a manager's chair?",
        "I want a sleeping bag for a tall person",
        "what do other people say about it?",
        "is there someone's name on it?",
        "does it support my team's phones?",
        "what is a good gift for a human resources manager?",
        "do you have cleaning agents?",
        "I was told it arrives today",
        "are you a real person?",
        "hey, is this a live agent",
        "am I actually talking to a real human?",
    ],
)
def test_a_person_that_is_spoken_of_is_no_wish(message: str) -> None:
    assert not asks_for_person(message)


@pytest.mark.parametrize(
    ("planned", "message", "expected"),
    [
        ((Policy(question="refund"),), "refund me now or let me talk to someone", (ASKED,)),
        ((Find(kind="tents", want="broken"),), "this tent is broken, I want a human", (ASKED,)),
        ((Talk(about="who_are_you"),), "your answer is wrong, connect me with an agent", (ASKED,)),
        ((Order(what="status", order=""),), "where is my order? get me a person", (Order(what="status", order=""), ASKED)),
        ((HandOver(reason="upset"),), "this is ridiculous, put me through to your manager", (ASKED,)),
        ((Policy(question="where are you"),), "where are you?", (Policy(question="where are you?"),)),
    ],
)  # fmt: skip
def test_whoever_asks_for_a_person_is_led_to_one(
    planned: tuple[Step, ...], message: str, expected: tuple[Step, ...]
) -> None:
    plan = Grounding(Grammar(SHOPS["outdoor"])).of(Plan(steps=planned, need=Need()), Thread(), message)
    assert plan.steps == expected
