"""Whether somebody of a height or weight is within what a record states."""

from __future__ import annotations

import pytest

from assistant.reading.lines import Line, LineKind
from assistant.reading.verdict import Verdict
from assistant.tools.body_fit import body_verdict

YES, NO = Verdict.SUPPORTS, Verdict.CONTRADICTS


@pytest.mark.parametrize(
    ("said", "attribute", "verdict"),
    [
        ("I am 1.60 m tall", "Rider height: 168 to 182 cm", NO),
        ("I'm 175cm, is that ok", "Rider height: 168 to 182 cm", YES),
        ("he's 6ft1 and moans", "Standing height: 205 cm", YES),
        ("he's 6ft1 and moans", "Standing height: 170 cm", NO),
        ("she's really tall, 4 foot 5 tall", "Player height: 45 to 51 in", NO),
        ("she is 4 foot 1", "Player height: 45 to 51 in", YES),
        ("the 7 yr old is about 125cm", "Fits height: up to 150 cm", YES),
        ("my husband is 6'5\" tall", "User height: 5 ft to 6 ft 5 in", YES),
        ("my husband is 6'6\" tall", "User height: 5 ft to 6 ft 5 in", NO),
        ("she's 60 in tall", "Player height: over 57 in", YES),
        ("he's a big guy, is around 230 lbs", "Max load: 120 kg", YES),
        ("he is about 20 stone", "Max load: 120 kg", NO),
        ("our son is 14 kg", "Child weight: 9 to 22 kg", YES),
        ("the door is 72 cm wide", "Width: 80 cm", None),
        ("I need a shelf of 180 cm", "Rider height: 168 to 182 cm", None),
        ("he is 6ft1", "Height: 65 to 128 cm", None),
        ("he is 6ft1", "Max load: 120 kg", None),
        ("is it heavy", "Max load: 120 kg", None),
    ],
)
def test_a_person_is_held_against_what_the_record_states(said: str, attribute: str, verdict: Verdict | None) -> None:
    line = Line("p", LineKind.ATTRIBUTE, "P", attribute, attribute.partition(": ")[2])
    assert body_verdict(said, line) is verdict


def test_a_review_states_no_limit() -> None:
    assert body_verdict("he is 6ft1", Line("p", LineKind.REVIEW, "P", "Rider height: up to 170 cm")) is None
