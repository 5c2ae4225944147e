"""A reply does what its turn did, or it is known not to."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from assistant.act import Act
from assistant.writing.performing import performs
from assistant.writing.phrase_file import read_phrase_file
from finetune.simulator import Simulator

PHRASINGS = Path(__file__).parents[2] / "data" / "phrasings"
DONE = [
    ("Please sign in first.", Act.SIGN_IN, True),
    ("Thank you for your address.", Act.SIGN_IN, False),
    ("Could you please confirm your e-mail address?", Act.SIGN_IN, False),
    ("I understand.", Act.OUT_OF_SCOPE, False),
    ("That is beyond what I know.", Act.OUT_OF_SCOPE, True),
    ("Which one do you mean?", Act.ASK_WHICH_PRODUCT, True),
    ("Thank you for your patience.", Act.ASK_WHICH_PRODUCT, False),
    ("We have no such thing.", Act.FOUND_NOTHING, True),
    ("Certainly!", Act.FOUND_NOTHING, False),
    ("Sure.", Act.GREET, True),
    ("Sure.", Act.TOLD_PRICE, True),
]


@pytest.mark.parametrize(("text", "act", "is_done"), DONE)
def test_a_reply_does_an_act_or_it_does_not(text: str, act: Act, is_done: bool) -> None:
    assert performs(text, act) is is_done


def test_the_shops_own_phrasings_do_their_acts() -> None:
    turns = [turn for talk in islice(Simulator.load().conversations(3), 1500) for turn in talk]
    undone = [(act, turn.reply) for turn in turns for act in turn.acts if not performs(turn.reply, act)]
    assert undone == []


@pytest.mark.parametrize("act", list(Act))
def test_a_plain_phrase_does_its_act(act: Act) -> None:
    phrases = read_phrase_file(PHRASINGS / f"{act.value}.md")["plain"]
    assert [phrase.text for phrase in phrases if not performs(phrase.text, act)] == []
