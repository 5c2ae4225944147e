"""Plans: what is valid, how they are written and read back, and that decoding allows every plan of the corpus."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from assistant.dialogue.need import Need
from assistant.dialogue.product_numbers import ProductNumbers
from assistant.planning.plan import STEPS, Details, Find, Plan, Step, step_of, written_step
from assistant.planning.plan_grammar import PlanGrammar, heads
from assistant.planning.plan_text import NEED, parse_plan, plan_text
from tests.unit.corpus import conversations

_WORDS = some.text("abcdefghij ", min_size=1, max_size=20).map(lambda text: " ".join(text.split())).filter(bool)
_IDS = some.lists(some.sampled_from(["a", "b", "c"]), min_size=2, max_size=3, unique=True).map(tuple)
STEP = some.one_of(
    some.builds(lambda kind, want: step_of({"find": {"kind": kind, "want": want}}), _WORDS, _WORDS),
    some.builds(lambda of, question: step_of({"details": {"of": of, "question": question}}), _IDS, _WORDS),
    some.builds(lambda of, on: step_of({"compare": {"of": of, "on": on}}), _IDS, _WORDS),
    some.builds(lambda of: step_of({"choose": {"of": of}}), _IDS),
    some.builds(lambda kinds: step_of({"bundle": {"kinds": kinds}}), some.lists(_WORDS, min_size=1, max_size=3)),
    some.builds(lambda question: step_of({"policy": {"question": question}}), _WORDS),
    some.sampled_from([step_of({"talk": {"about": "greet"}}), step_of({"ask": {"about": "size"}}), step_of({"order": {"what": "status"}})]),
    some.builds(lambda of, n: step_of({"cart": {"what": "add", "of": of, "quantity": n}}), _IDS, some.integers(1, 9)),
)  # fmt: skip
_LABELS = {"a": "#1", "b": "#2", "c": "the red one"}
_PRODUCTS = {label: id for id, label in _LABELS.items()}


@given(some.lists(STEP, min_size=1, max_size=3), some.builds(Need, use=_WORDS, want=some.tuples(_WORDS, _WORDS)))
def test_a_plan_is_read_back_as_it_was_written(steps: list[Step], need: Need) -> None:
    plan = Plan(steps=tuple(steps), need=need)
    assert parse_plan(plan_text(plan, _LABELS.__getitem__, Need()), _PRODUCTS.get, Need()) == plan


def test_the_need_stays_if_the_plan_does_not_change_it() -> None:
    need = Need(use="camping")
    plan = Plan(steps=(Find(kind="tents"),), need=need)
    text = plan_text(plan, str, need)
    assert text == "find tents"
    assert parse_plan(text, lambda label: None, need).need == need


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ({"find": {"sort": "shiniest"}}, "sort"), ({"compare": {"of": ["a"]}}, "of"), ({"dance": {}}, "unknown tool"),
        ({"talk": {"about": "weather"}}, "about"), ({"find": {}, "ask": {}}, "one key"), ({"find": {"limit": 3}}, "limit"),
    ],
)  # fmt: skip
def test_a_wrong_step_is_refused_by_name(written: dict[str, object], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        step_of(written)  # type: ignore[arg-type]


def test_a_question_about_what_the_plan_finds_is_read_back() -> None:
    plan = Plan(steps=(Find(kind="tents"), Details(question="does it leak")))
    text = plan_text(plan, _LABELS.__getitem__, Need())
    assert parse_plan(text, _PRODUCTS.get, Need()) == plan


def test_a_step_on_unknown_products_is_left_out_and_a_plan_without_steps_refused() -> None:
    text = "details [the yellow one]: how heavy\npolicy: do you deliver"
    assert [step.tool for step in parse_plan(text, _PRODUCTS.get, Need()).steps] == ["policy"]
    with pytest.raises(ValueError, match="no step"):
        parse_plan("details [the yellow one]: how heavy", _PRODUCTS.get, Need())


def test_variants_of_one_product_share_a_number() -> None:
    numbers = ProductNumbers().adding([("tent-green", "tent"), ("mug", "mug")]).adding([("tent-red", "tent")])
    assert (numbers.number("tent"), numbers.number("mug"), numbers.number("lamp")) == (1, 2, None)
    assert (numbers.product(1), numbers.product(2), numbers.product(3)) == ("tent-red", "mug", None)


def _characters(text: str) -> list[int]:
    return [ord(character) for character in text]


NEWLINE, END = ord("\n"), 0
GRAMMAR = PlanGrammar(_characters, NEWLINE, END)


def _is_allowed(text: str, products: int = 9, tool: str = "") -> bool:
    written = _characters(text)
    for place, token in enumerate([*written, END]):
        choice = GRAMMAR.allowed(written[:place], products, tool)
        if choice is not None and token not in choice:
            return False
    return True


def test_decoding_allows_every_plan_of_the_corpus() -> None:
    texts = [turn.text.plan for conversation in conversations() for turn in conversation.turns]
    assert len(texts) > 300
    assert [text for text in texts if not _is_allowed(text)] == []


@pytest.mark.parametrize(
    "text", ["sing a song", "talk weather", "talk greet loudly", "", "find tents\nhello", "details everything"]
)
def test_decoding_allows_nothing_else(text: str) -> None:
    assert not _is_allowed(text)


def test_after_three_steps_only_the_need_may_follow() -> None:
    steps = "policy: a\npolicy: b\npolicy: c\n"
    assert _is_allowed(f"{steps}{NEED}use camping")
    assert not _is_allowed(f"{steps}policy: d")


def test_every_tool_has_a_head() -> None:
    assert {head.split()[0].rstrip(":") for head in heads()} - {"need"} == set(STEPS)
    assert written_step(Find(kind="tents")) == {"find": {"kind": "tents"}}


def test_only_products_that_have_a_number_can_be_called_by_one() -> None:
    assert _is_allowed("details #2: how heavy", products=2)
    assert not _is_allowed("details #3: how heavy", products=2)
    assert not _is_allowed("details #1: how heavy", products=0)
    assert _is_allowed("details [squall jacket]: how heavy", products=0)
    assert _is_allowed("compare #1 #2: weight", products=2)
    assert not _is_allowed("compare #1 #4: weight", products=2)


@pytest.mark.parametrize("tool", list(STEPS))
def test_a_routed_plan_begins_with_its_tool_and_goes_on_freely(tool: str) -> None:
    opened = {head.split()[0].rstrip(":"): head for head, is_open in heads().items() if head != NEED and not is_open}
    first = opened.get(tool) or next(f"{head}1: a" for head in heads() if head.split()[0].rstrip(":") == tool)
    assert _is_allowed(first, tool=tool)
    assert _is_allowed(f"{first}\npolicy: b\n{NEED}use camping", tool=tool)
    other = "talk greet" if tool != "talk" else "ask who"
    assert not _is_allowed(other, tool=tool)
