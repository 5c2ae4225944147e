"""Plans are held to what was said: hand-written plans of a model that makes things up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.dialogue.need import Need
from assistant.dialogue.product_numbers import ProductNumbers
from assistant.dialogue.thread import Thread
from assistant.language_model.transcript import TranscriptTurn
from assistant.planning.grammar.grammar import Grammar
from assistant.planning.grammar.text import Text
from assistant.planning.grounding import Grounding
from assistant.planning.plan import Ask, Bundle, Choose, Compare, Details, Find, Order, Plan, Policy, Step, Talk
from assistant.planning.request_form import requests_in
from assistant.planning.spoken import Spoken
from assistant.reading.known_questions import KnownQuestions
from tests.unit.grammar_shops import SHOPS
from tests.unit.word_encoder import WordEncoder

GROUNDING = Grounding(Grammar(SHOPS["outdoor"]))
TENTS = ("tent-2", "tent-3")
SHOWN = Thread(numbers=ProductNumbers(TENTS, TENTS), shown=TENTS)


def grounded(step: Step, message: str, thread: Thread = Thread(), need: Need = Need()) -> Plan:
    return GROUNDING.of(Plan(steps=(step,), need=need), thread, message)


@pytest.mark.parametrize(
    ("step", "message", "expected"),
    [
        (Policy(question="can I return boots"), "can i return the boots?", Policy(question="can i return the boots?")),
        (
            Policy(question="is there a student discount"),
            "do students pay the same?",
            Policy(question="do students pay the same?"),
        ),
        (
            Details(of=TENTS[:1], question="is it blue"),
            "does it leak?",
            Details(of=TENTS[:1], question="does it leak?"),
        ),
        (Find(kind="tents", want="light"), "light tents pls", Find(kind="tents", want="light")),
        (Find(kind="mugs", want="light"), "light tents pls", Find(kind="tents", want="light")),
        (Find(kind="mugs"), "something for the rain", Find(want="something for the rain")),
        (Find(kind="canoes"), "got any canoes", Find(kind="canoes")),
        (Bundle(kinds=("tents",)), "a tent, light", Find(kind="tents", want="a tent, light")),
        (Bundle(kinds=("tents", "mugs")), "a tent and mugs", Bundle(kinds=("tents", "mugs"))),
        (Compare(of=TENTS, on="weight"), "which is heavier", Compare(of=TENTS)),
        (Compare(of=TENTS, on="heavy"), "which is heavier", Compare(of=TENTS, on="heavy")),
        (Order(what="status", order="A-104"), "where is my parcel", Order(what="status")),
        (Order(what="status", order="A-104"), "where is A-104", Order(what="status", order="A-104")),
    ],
)
def test_what_nobody_said_gives_way_to_what_was_said(step: Step, message: str, expected: Step) -> None:
    assert grounded(step, message, SHOWN).steps == (expected,)


@pytest.mark.parametrize(
    ("step", "message", "thread", "expected"),
    [
        (Details(of=("tent-3",), question="q"), "what's on sale right now", Thread(), Find(want="what's on sale right now", sort="on_sale")),
        (Details(of=("tent-3",), question="q"), "your best selling things", Thread(), Find(want="your best selling things", sort="popular")),
        (Details(of=("tent-3",), question="q"), "any tents with two doors", Thread(), Find(kind="tents", want="any tents with two doors")),
        (Details(of=("tent-3",), question="q"), "do you have this in black?", Thread(), Ask(about="which_product")),
        (Details(of=("tent-3",), question="q"), "how is the wren solo", Thread(), Details(of=("tent-solo",), question="how is the wren solo")),
    ],
)  # fmt: skip
def test_a_product_that_never_came_up_is_not_spoken_of(
    step: Step, message: str, thread: Thread, expected: Step
) -> None:
    assert grounded(step, message, thread).steps == (expected,)


def test_asking_for_another_kind_of_goods_is_a_search() -> None:
    planned = Details(of=("tent-2",), question="what about boots for her")
    assert grounded(planned, "what about boots for her", SHOWN).steps == (Find(kind="hiking boots"),)
    kept = Details(of=("tent-2",), question="does it come with boots")
    assert grounded(kept, "does it come with boots", SHOWN).steps == (kept,)


def _after_tents(reply_color: str = "") -> Thread:
    turn = TranscriptTurn("a light tent for 4 people under 300", "find tents: light", f"p1 tent | {reply_color}", "")
    need = Need.model_validate(
        {"for": "4 people", "use": "camping in the hills", "want": ["light"], "budget": "under 300"}
    )
    return replace(SHOWN, turns=(turn,), need=need)


def test_what_was_wanted_of_one_kind_is_not_wanted_of_another() -> None:
    need = _after_tents().need.model_copy(update={"want": ("light", "mugs")})
    plan = grounded(Find(kind="mugs", want="light for 4 people"), "do you sell mugs", _after_tents(), need)
    assert plan.steps == (Find(kind="mugs", want="do you sell mugs"),)
    assert (plan.need.whom, plan.need.want, plan.need.budget) == ("", (), "")
    assert plan.need.use == "camping in the hills"


def test_what_is_added_to_a_search_keeps_what_was_wanted() -> None:
    plan = grounded(Find(kind="tents", want="light"), "a tent with two doors then", _after_tents(), _after_tents().need)
    assert (plan.need.whom, plan.need.budget) == ("4 people", "under 300")


def test_a_color_that_only_a_reply_names_is_nobodys_wish() -> None:
    need = Need(color="green")
    assert grounded(Find(kind="tents"), "a tent for rain", _after_tents("green"), need).need.color == ""
    assert grounded(Find(kind="tents"), "a green tent for rain", _after_tents("green"), need).need.color == "green"


def test_a_color_of_a_named_product_is_asked_of_its_record() -> None:
    said = "do you have the Alder 2 Tent in green?"
    assert grounded(Find(kind="tents", want="green"), said).steps == (Details(of=("tent-2",), question=said),)
    assert isinstance(grounded(Find(kind="tents", want="green"), "do you have tents in green?").steps[0], Find)


@pytest.mark.parametrize(
    ("message", "is_of_product"),
    [
        ("do you have it in green", True),
        ("is there a green discount on it", False),
        ("do you ship in green boxes", False),
    ],
)
def test_an_option_of_what_is_in_view_is_asked_of_its_record(message: str, is_of_product: bool) -> None:
    steps = grounded(Policy(question=message), message, SHOWN).steps
    assert steps == ((Details(of=TENTS[:1], question=message) if is_of_product else Policy(question=message)),)


def test_an_order_without_a_kind_is_of_what_is_in_view() -> None:
    (step,) = grounded(Find(sort="least weight"), "and which are the lightest to carry?", SHOWN).steps
    assert isinstance(step, Find)
    assert (step.kind, step.sort) == ("tents", "least weight")


def test_a_question_that_opens_with_another_kind_turns_to_it() -> None:
    planned = Details(of=("tent-2",), question="are they heavy")
    said = "and the mugs, are they heavy?"
    assert grounded(planned, said, SHOWN).steps == (Find(kind="mugs", want=said),)
    kept = Details(of=("tent-2",), question="does it fit next to the mugs")
    assert grounded(kept, "does it fit next to the mugs", SHOWN).steps == (kept,)


def test_a_choice_is_made_among_those_in_view() -> None:
    before = Thread(numbers=ProductNumbers(("tent-solo", *TENTS), ("tent-solo", *TENTS)), shown=TENTS)
    asked = "which one would you take?"
    assert grounded(Choose(of=("tent-solo",)), asked, before).steps == (Choose(of=TENTS),)
    assert grounded(Choose(of=("tent-solo", "tent-2")), asked, before).steps == (Choose(of=TENTS),)
    assert grounded(Choose(of=TENTS[::-1]), asked, before).steps == (Choose(of=TENTS[::-1]),)


@pytest.mark.parametrize(
    ("said", "tools", "planned", "expected"),
    [
        (
            "do you have a light tent? and can it stand in the rain? and can I return it",
            ("find", "policy", "policy"),
            Find(kind="tents", want="light"),
            (
                Find(kind="tents", want="do you have a light tent?"),
                Policy(question="and can it stand in the rain?"),
                Policy(question="and can I return it"),
            ),
        ),
        (
            "can it stand in the rain? and do you have a tent for one",
            ("details", "find"),
            Details(of=TENTS[:1], question="can it stand in the rain"),
            (
                Details(of=TENTS[:1], question="can it stand in the rain?"),
                Find(kind="tents", want="and do you have a tent for one"),
            ),
        ),
        (
            "is it heavy? and can I send it back",
            ("details", "policy"),
            Details(of=TENTS[:1], question="is it heavy and can I send it back"),
            (Details(of=TENTS[:1], question="is it heavy?"), Policy(question="and can I send it back")),
        ),
        (
            "how heavy is the first one? and is the second one waterproof?",
            ("details", "details"),
            (Details(of=TENTS[:1], question="weight"), Details(of=TENTS[1:2], question="water")),
            (
                Details(of=TENTS[:1], question="how heavy is the first one?"),
                Details(of=TENTS[1:2], question="and is the second one waterproof?"),
            ),
        ),
        (
            "do you have the Alder 2 Tent in green? and how heavy is it?",
            ("", ""),
            Details(of=TENTS[:1], question="green"),
            (
                Details(of=("tent-2",), question="do you have the Alder 2 Tent in green?"),
                Details(of=("tent-2",), question="and how heavy is it?"),
            ),
        ),
        (
            "is it heavy? and do you have mugs",
            ("details", "find"),
            Details(of=TENTS[:1], question="is it heavy"),
            (
                Details(of=TENTS[:1], question="is it heavy?"),
                Find(kind="mugs", want="and do you have mugs"),
            ),
        ),
        (
            "do you have a light tent? and can I return it after a trip",
            ("", ""),
            (
                Find(kind="tents", want="light"),
                Policy(question="do you have a light tent? and can I return it after a trip"),
            ),
            (
                Find(kind="tents", want="do you have a light tent? and can I return it after a trip"),
                Policy(question="and can I return it after a trip"),
            ),
        ),
        (
            "how much is the Alder 2 Tent and can I return it after a month?",
            ("", ""),
            Policy(question="how much does a tent cost and can it be returned"),
            (
                Details(of=("tent-2",), question="how much is the Alder 2 Tent"),
                Policy(question="can I return it after a month?"),
            ),
        ),
        (
            "where is my order? and is it heavy",
            ("", "details"),
            Order(what="status"),
            (Order(what="status"),),
        ),
    ],
)
def test_each_question_gets_the_tool_that_it_wants(
    said: str, tools: tuple[str, ...], planned: Step | tuple[Step, ...], expected: tuple[Step, ...]
) -> None:
    routed = dict(zip(requests_in(said), tools, strict=True))
    steps = planned if isinstance(planned, tuple) else (planned,)
    assert GROUNDING.of(Plan(steps=steps), SHOWN, said, routed).steps == expected


def test_what_is_in_a_thing_is_asked_of_it() -> None:
    found = replace(SHOWN, turns=(TranscriptTurn("tents", "find tents", "", "Here are two."),))
    asked = Details(of=TENTS[:1], question="is there any nylon in it?")
    assert grounded(asked, "is there any nylon in it?", found).steps == (asked,)


def test_a_use_alone_goes_on_with_the_search() -> None:
    found = replace(SHOWN, turns=(TranscriptTurn("tents", "find tents", "", "Here are two."),))
    planned = Details(of=TENTS[:1], question="and for winter?")
    assert grounded(planned, "and for winter?", found).steps == (Find(kind="tents", want="and for winter?"),)


def test_what_somebody_has_is_not_looked_for() -> None:
    said = "something nice for him, he already has binoculars"
    assert grounded(Find(kind="binoculars", want="nice"), said).steps == (Find(want=said),)


def test_telling_more_of_a_need_goes_on_with_the_search() -> None:
    turn = TranscriptTurn("a tent please", "find tents: a tent / cheapest", "p1 #1 Alder 2 Tent", "{p1.name}")
    planned = Details(of=("tent-2",), question="what about snow in the mountains")
    assert grounded(planned, "it's for snow", replace(SHOWN, turns=(turn,))).steps == (
        Find(kind="tents", want="it's for snow"),
    )
    assert grounded(planned, "is it for snow", replace(SHOWN, turns=(turn,))).steps == (
        planned.model_copy(update={"question": "is it for snow"}),
    )


def test_an_open_question_after_a_list_is_about_its_first_product() -> None:
    thread = replace(SHOWN, turns=(TranscriptTurn("tents", "find tents", "p1 #1 Alder 2 Tent", "{p1.name}"),))
    second = Details(of=("tent-3",), question="is it waterproof")
    assert grounded(second, "is it waterproof", thread).steps == (second.model_copy(update={"of": ("tent-2",)}),)
    for told_apart in ("is the second waterproof", "is the alder 3 waterproof", "is the orange one waterproof"):
        planned = second.model_copy(update={"question": told_apart})
        assert grounded(planned, told_apart, thread).steps == (planned,)


def test_one_of_those_looked_for_is_of_their_kind() -> None:
    turn = TranscriptTurn(
        "boots for my son", "find hiking boots: for my son", "p1 #1 Tarn boots, like a tent for feet", "{p1.name}"
    )
    planned = Find(kind="tents", want="whats the cheapest one")
    assert grounded(planned, "whats the cheapest one", replace(SHOWN, turns=(turn,))).steps == (
        Find(kind="hiking boots", want="for my son; whats the cheapest one", sort="cheapest"),
    )


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("under 200", Find(kind="tents", want="for two; under 200")),
        ("cheapest first", Find(kind="tents", want="for two; cheapest first", sort="cheapest")),
        ("in green", Find(kind="tents", want="for two; in green")),
        ("rugs", Find(kind="rugs")),
    ],
)
def test_what_code_reads_completely_is_a_search_that_goes_on(message: str, expected: Find) -> None:
    thread = replace(
        SHOWN, turns=(TranscriptTurn("tents for two", "find tents: for two", "p1 #1 Alder 2 Tent", "{p1.name}"),)
    )
    assert grounded(Details(of=("tent-2",), question="q"), message, thread).steps == (expected,)


@pytest.mark.parametrize("message", ["is it waterproof", "in stock?", "is it on sale"])
def test_a_property_of_what_is_shown_is_no_search(message: str) -> None:
    asked = grounded(Details(of=("tent-2",), question=message), message, SHOWN).steps
    assert asked == (Details(of=("tent-2",), question=message),)


def test_a_place_in_the_list_is_counted_by_code() -> None:
    planned = Details(of=("tent-2",), question="is the second one light")
    assert grounded(planned, "is the second one light", SHOWN).steps == (
        planned.model_copy(update={"of": ("tent-3",)}),
    )


def test_words_of_products_that_are_ruled_out_are_avoided() -> None:
    assert grounded(Find(kind="tents"), "tents, but not the alder please", Thread()).need.avoid == ("alder",)


def test_nothing_is_ruled_out_without_a_word_of_negation() -> None:
    need = Need(avoid=("cold",), use="fishing")
    assert grounded(Find(kind="tents"), "i always get cold in tents when fishing", need=need).need == Need(
        use="fishing"
    )
    assert grounded(Find(kind="tents"), "tents for fishing, but not cold", need=need).need == need


def test_the_kind_looked_for_is_no_part_of_the_need() -> None:
    need = Need(use="a tent", want=("tents", "light"))
    assert grounded(Find(kind="tents"), "light tents", need=need).need == Need(want=("light",))


def test_a_word_of_the_kind_is_no_use() -> None:
    need = Need(use="for hiking")
    assert grounded(Find(kind="hiking boots"), "hiking boots", need=need).need.use == ""
    assert grounded(Find(kind="boots"), "boots for hiking", need=need).need.use == "for hiking"


@pytest.mark.parametrize(
    ("step", "message", "expected"),
    [
        (Ask(about="who"), "a present for my gran", Find(want="a present for my gran")),
        (Ask(about="who"), "I need a present", Ask(about="who")),
        (
            Ask(about="budget"),
            "boots under 100 dollars or so",
            Find(kind="hiking boots", want="boots under 100 dollars or so"),
        ),
    ],
)
def test_nobody_is_asked_what_they_said(step: Step, message: str, expected: Step) -> None:
    assert grounded(step, message).steps == (expected,)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("which is better for two tall people", Choose(of=TENTS)),
        ("what is the difference again", Compare(of=TENTS)),
        ("which is lighter", Compare(of=TENTS)),
    ],
)
def test_what_was_compared_is_chosen_from_when_more_is_asked(message: str, expected: Step) -> None:
    turn = TranscriptTurn("compare the two", "compare #1 #2", "", "One is larger.")
    assert grounded(Compare(of=TENTS), message, replace(SHOWN, turns=(turn,))).steps == (expected,)


@pytest.mark.parametrize(
    "message", ["which of these is the lightest", "and the lightest of them?", "the lightest of those pls"]
)
@pytest.mark.parametrize(
    "step", [Details(of=TENTS[:1], question="weight"), Choose(of=TENTS), Find(kind="tents", want="light")]
)
def test_the_most_of_those_in_view_is_a_search_among_them(message: str, step: Step) -> None:
    assert grounded(step, message, SHOWN).steps == (Find(sort="least weight"),)


@pytest.mark.parametrize(
    ("message", "budget"),
    [
        ("a tent for my son, under 200 dollars please", "under 200"),
        ("tents between 100 and $1,200, green", "between 100 and $1,200"),
        ("a tent, at least 30 dollars, better under 160", "at least 30 dollars, better under 160"),
        ("a tent for two people", ""),
    ],
)
def test_code_reads_the_budget_that_a_plan_leaves_out(message: str, budget: str) -> None:
    kept = grounded(Find(kind="tents"), message).need.budget
    read = GROUNDING.grammar.read(Text(kept)).conditions
    assert (kept == "") == (budget == "")
    assert kept in message
    assert read == tuple(each for each in GROUNDING.grammar.read(Text(budget)).conditions if each.field == "price")
    later = grounded(Find(kind="tents"), "a green one", Thread(need=Need(budget=kept)), Need())
    assert later.need.budget == kept


class _EveryMessageIsKnown(KnownQuestions):
    """Takes each message for the question of a page."""

    def __init__(self) -> None:
        super().__init__(WordEncoder(), {})

    def page(self, message: str) -> str | None:
        return "page"


def test_a_kind_alone_asks_no_page_however_like_its_title() -> None:
    grounding = Grounding(GROUNDING.grammar, _EveryMessageIsKnown())
    planned = Plan(steps=(Find(kind="tents"),), need=Need())
    assert grounding.of(planned, Thread(), "tents").steps == (Find(kind="tents"),)
    assert grounding.of(planned, Thread(), "are tents waterproof").steps == (Policy(question="are tents waterproof"),)


def test_a_question_about_the_shop_leaves_the_need_alone() -> None:
    before = Thread(need=Need(use="camping"))
    assert (
        grounded(Policy(question="is there parking"), "is there parking", before, Need(want=("parking",))).need
        == before.need
    )


def test_earlier_messages_and_briefs_bear_words_too() -> None:
    turn = TranscriptTurn("how much is delivery", "policy: delivery", "l1 + Delivery: 5 dollars", "{l1}")
    step = Details(of=TENTS[:1], question="what does delivery to Canada cost in dollars")
    before = Thread(turns=(turn,), numbers=SHOWN.numbers, shown=SHOWN.shown)
    assert grounded(step, "and to Canada, what cost", before).steps == (step,)


def test_a_need_keeps_only_what_was_said() -> None:
    need = Need(whom="my husband", use="camping", want=("warm", "red"), budget="under 100", size="M")
    kept = grounded(Find(kind="tents"), "tents for camping, warm, size M", need=need).need
    assert kept == Need(use="camping", want=("warm",), size="M")
    before = Thread(need=need)
    assert grounded(Find(kind="tents"), "tents", before, need).need == need


def test_two_steps_that_become_one_are_done_once() -> None:
    plan = Plan(steps=(Details(of=TENTS[:1], question="sofas"), Details(of=TENTS[:1], question="chairs")))
    assert GROUNDING.of(plan, SHOWN, "does it leak").steps == (Details(of=TENTS[:1], question="does it leak"),)


def test_typing_errors_are_mended_before_words_are_compared() -> None:
    assert grounded(Find(kind="mugs"), "tentts for two").steps == (Find(kind="tents"),)


def test_details_are_asked_in_the_customers_words() -> None:
    step = Details(of=("tent-2",), question="is it fit for the microwave")
    assert grounded(step, "ok on induction?", SHOWN).steps == (
        step.model_copy(update={"question": "ok on induction?"}),
    )


def test_a_field_that_is_asked_for_is_not_planned_as_another_question() -> None:
    step = Details(of=("tent-2",), question="is it good for two")
    assert grounded(step, "is it any good", SHOWN).steps == (step.model_copy(update={"question": "is it any good"}),)


def test_what_is_on_sale_is_a_search_also_with_a_product_in_view() -> None:
    for message in ("what is on sale?", "which ones are on offer", "what's reduced?"):
        steps = grounded(Details(of=TENTS[:1], question=message), message, SHOWN).steps
        assert [step.sort for step in steps if isinstance(step, Find)] == ["on_sale"]
    asked = "is the first one on sale?"
    assert isinstance(grounded(Details(of=TENTS[:1], question=asked), asked, SHOWN).steps[0], Details)


@pytest.mark.parametrize(
    ("message", "compared"),
    [
        ("compare the first two", TENTS),
        ("what's the difference between the first and the third?", (TENTS[0], "tent-solo")),
        ("how do the Gooseneck and the Camp Mug compare?", ("kettle", "mug-steel")),
        ("and the difference between that one and the Hearth tent?", (TENTS[0], "tent-family")),
    ],
)
def test_those_are_compared_that_are_set_side_by_side(message: str, compared: tuple[str, ...]) -> None:
    three = replace(SHOWN, shown=(*TENTS, "tent-solo"))
    for step in (Details(of=TENTS[:1], question=message), Compare(of=three.shown), Find(kind="tents", want=message)):
        steps = grounded(step, message, three).steps
        assert [set(step.of) for step in steps if isinstance(step, Compare)] == [set(compared)]


@pytest.mark.parametrize(
    ("message", "liked"),
    [
        ("anything similar?", "tent-2"),
        ("more like the second one", "tent-3"),
        ("something like it in red", "tent-2"),
        ("something similar to a hammock", ""),
        ("I'd like the second one", ""),
        ("what are they like", ""),
    ],
)
def test_others_are_asked_for_that_are_like_what_came_up(message: str, liked: str) -> None:
    assert Spoken(GROUNDING.grammar, SHOWN, message).similar_to == liked
    steps = grounded(Details(of=("tent-2",), question=message), message, SHOWN).steps
    assert (steps == (Find(kind="tents", want=message),)) is bool(liked)


def test_praise_that_likens_is_no_search() -> None:
    said = "wow, I have never seen anything like it!"
    assert grounded(Talk(about="praise"), said, SHOWN).steps == (Talk(about="praise"),)


def test_how_many_are_asked_for_is_no_place_in_the_list() -> None:
    said, planned = "how heavy is it? and what would 2 cost", [Details(of=(id,), question="price") for id in TENTS[:2]]
    plan = GROUNDING.of(Plan(steps=tuple(planned)), SHOWN, said)
    assert [step.of for step in plan.steps if isinstance(step, Details)] == [TENTS[:1], TENTS[:1]]


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("hm and a violin bow under 40", "violin bow"),
        ("accordions?", "accordions"),
        ("something lighter", "tents"),
        ("a bit cheaper", "tents"),
    ],
)
def test_a_turn_to_a_thing_that_the_shop_does_not_know_leaves_the_kind_before(message: str, kind: str) -> None:
    searched = replace(SHOWN, turns=(TranscriptTurn("tents please", "find tents", "", "We have two."),))
    (step,) = grounded(Find(kind="tents", want="nice"), message, searched).steps
    assert isinstance(step, Find)
    assert step.kind == kind


def test_a_word_for_several_kinds_is_none_of_them() -> None:
    said = "off to norway in march, which jacket?"
    assert grounded(Find(kind="rain jackets", want="norway"), "a jacket for norway").steps == (
        Find(kind="jackets", want="norway"),
    )
    assert Spoken(GROUNDING.grammar, Thread(), said).kind == "jackets"


def test_which_is_lighter_compares_what_was_just_found() -> None:
    found = replace(SHOWN, turns=(TranscriptTurn("tents", "find tents", "p1 #1 Alder 2 Tent", "{p1.name}"),))
    said = "which is lighter?"
    assert grounded(Find(kind="tents", want="light"), said, found).steps == (Compare(of=TENTS, on=said),)


def test_it_is_the_product_named_in_the_question_to_the_shop_before() -> None:
    said = "how do i clean it"
    turn = TranscriptTurn("can i take the heron knife on a plane", "policy: knives on planes", "l1 + Knives", "{l1}")
    asked = grounded(Details(of=("tent-3",), question=said), said, Thread(turns=(turn,))).steps
    assert asked == (Details(of=("knife",), question=said),)


@pytest.mark.parametrize(("message", "whom"), [("what about for my uncle, he is 1.9m", "uncle"), ("in blue", "kids")])
def test_another_person_takes_the_place_of_the_one_before(message: str, whom: str) -> None:
    thread = replace(SHOWN, need=Need(**{"for": "kids"}))
    assert grounded(Find(kind="tents"), message, thread, Need(**{"for": "kids"})).need.whom == whom
