"""Tracing: what people write is found to be the shop's own facts, and nothing else is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.checking.claims import REFERENCE
from assistant.evidence.brief import Brief, BriefLine, Note
from assistant.evidence.evidence import Fact, FactKind
from assistant.evidence.hints import IN_STOCK, OUT_OF_STOCK
from assistant.evidence.wording import day
from assistant.planning.plan import Find, HandOver, Order, Plan, Policy, Step
from assistant.reading.lines import Line, LineKind
from assistant.reading.verdict import Verdict
from finetune.human_reply import sentences
from finetune.tracing.acting import claims_act
from finetune.tracing.asking import asks_in_vain, has_use
from finetune.tracing.thanking import thanks_in_vain
from finetune.tracing.titles import Titles
from finetune.tracing.tracing import Tracing
from finetune.tracing.waiting import lets_wait
from retrieval.catalog.money import Money
from tests.unit.corpus import conversations
from tests.unit.small_shop import SMALL_SHOP

THIS_YEAR = date.today().year
FACTS = (
    Fact("customer.name", FactKind.NAME, "Maya"),
    Fact("p1.name", FactKind.NAME, "Alder 2 Tent"),
    Fact("p1.price", FactKind.MONEY, "$189.00"),
    Fact("p1.stock", FactKind.STOCK, "in stock", IN_STOCK),
    Fact("p1.rating", FactKind.RATING, "4.6 out of 5"),
    Fact("p1.colors", FactKind.TEXT, "green and orange"),
    Fact("p1.kind", FactKind.TEXT, "tent"),
    Fact("p1.color", FactKind.TEXT, "green"),
    Fact("p2.name", FactKind.NAME, "Wren Tent"),
    Fact("p2.price", FactKind.MONEY, "$1,189.50"),
    Fact("p2.stock", FactKind.STOCK, "sold out", OUT_OF_STOCK),
    Fact("p2.rating", FactKind.RATING, "4.6 out of 5"),
    Fact("o1.id", FactKind.CODE, "FF-21087"),
    Fact("o1.tracking", FactKind.CODE, "PP 4471 9920"),
    Fact("o1.expected", FactKind.DATE, "November 14"),
    Fact("l1", FactKind.TEXT, "You can return anything unused within 30 days of delivery.", "supports"),
    Fact("l2", FactKind.TEXT, "Returns are free of charge.", "supports"),
    Fact("l3", FactKind.TEXT, "Weight: 2.1 kg", "supports"),
    Fact("l3.value", FactKind.TEXT, "2.1 kg"),
    Fact("l4", FactKind.TEXT, "Waterproof: yes", "supports"),
    Fact("l4.value", FactKind.TEXT, "yes"),
    Fact("s1", FactKind.MONEY, "$1,378.50", "total"),
    Fact("shop.email", FactKind.CONTACT, "help@shop.example"),
    Fact("shop.phone", FactKind.CONTACT, "+1 555 0134"),
)
FACTS_BY_KEY = {fact.key: fact for fact in FACTS}
LINES = (
    Line("returns", LineKind.POLICY, "Returns", FACTS_BY_KEY["l1"].text),
    Line("returns", LineKind.POLICY, "Returns", FACTS_BY_KEY["l2"].text),
    Line("alder", LineKind.ATTRIBUTE, "Alder 2 Tent", "Weight: 2.1 kg", "2.1 kg"),
    Line("alder", LineKind.ATTRIBUTE, "Alder 2 Tent", "Waterproof: yes", "yes"),
)
BRIEF = Brief(
    products=("alder", "wren"), lines=tuple(BriefLine(Verdict.SUPPORTS, line) for line in LINES), facts=FACTS_BY_KEY
)


def brief_of(*facts: Fact) -> Brief:
    return Brief(facts={fact.key: fact for fact in facts})


WRITTEN = [
    ("The Alder 2 Tent is $189.00.", "The {p1.name} is {p1.price}."),
    ("the alder 2 costs 189 dollars", "the {p1.name} costs {p1.price}"),
    ("Only $189, Maya!", "Only {p1.price}, {customer.name}!"),
    ("The Wren Tent is $1189.50.", "The {p2.name} is {p2.price}."),
    ("Customers rate it 4.6/5.", "Customers rate it {p1.rating}."),
    ("The Wren has 4.6 stars.", "The {p2.name} has {p2.rating}."),
    ("It comes in orange and green.", "It comes in {p1.colors}."),
    ("It weighs 2.1 kg.", "It weighs {l3.value}."),
    ("Yes, the tent is light.", "Yes, the tent is light."),
    ("The green Alder is lovely.", "The {p1.color} {p1.name} is lovely."),
    ("Both are $1,378.50 together.", "Both are {s1} together."),
    ("The Alder is available, the Wren is out of stock.", "The {p1.name} is {p1.stock}, the {p2.name} is {p2.stock}."),
    ("Your order #21087 comes on Nov 14.", "Your order {o1.id} comes on {o1.expected}."),
    ("FF21087 arrives on the 14th of November.", "{o1.id} arrives on {o1.expected}."),
    (f"It is due on 11/14/{THIS_YEAR}.", "It is due on {o1.expected}."),
    ("Track it with PP44719920.", "Track it with {o1.tracking}."),
    ("Write to Help@shop.example or ring +1 (555) 01-34.", "Write to {shop.email} or ring {shop.phone}."),
    ("Unused things can be returned within thirty days after delivery.", "{l1}"),
    ("You can return anything unused within 30 days of delivery", "{l1}"),
    ("Returns are free", "{l2}"),
    ("Our page says: Returns are free of charge.", "Our page says: {l2}"),
    ("Can I return it within 30 days of delivery unused?", "Can I return it within 30 days of delivery unused?"),
]


@pytest.mark.parametrize(("written", "traced"), WRITTEN)
def test_values_are_found_in_their_usual_spellings(written: str, traced: str) -> None:
    assert Tracing(BRIEF).traced(written) == traced


OTHER_VALUES = [
    "It is $188.00.",
    "It is $1,189.00.",
    "The Alder 3 is larger.",
    "There are two people in it.",
    "It is not in stock.",
    "Order FF-210871 is another one.",
    "It comes on Nov 15.",
    "It takes 31 days.",
    "It is 4.65.",
    "Mayan art is fine.",
    "Write to me@shop.example.",
]


@pytest.mark.parametrize("written", OTHER_VALUES)
def test_other_values_stay_as_they_are(written: str) -> None:
    facts = (fact for fact in FACTS if fact.key != "p2.stock")
    assert Tracing(brief_of(*facts)).traced(written) == written


@given(amount=st.decimals(Decimal("0.01"), Decimal("99999.99"), places=2))
def test_any_price_is_found_as_the_shop_writes_it_and_no_other(amount: Decimal) -> None:
    text, other = str(Money(amount, "USD")), str(Money(amount + 1, "USD"))
    traced = Tracing(brief_of(Fact("p1.price", FactKind.MONEY, text))).traced
    assert traced(f"It is {text} today, not {other}.") == f"It is {{p1.price}} today, not {other}."


@given(st.dates(date(THIS_YEAR, 1, 1), date(THIS_YEAR, 12, 31)))
def test_any_date_is_found_in_long_in_short_and_as_iso(value: date) -> None:
    tracing = Tracing(brief_of(Fact("o1.expected", FactKind.DATE, day(value))))
    for form in (
        f"{value:%B} {value.day}",
        f"{value:%A}, {value:%b} {value.day}",
        f"{value.day} {value:%B}",
        str(value),
    ):
        assert tracing.traced(f"It comes on {form}.") == "It comes on {o1.expected}."


@given(st.text(max_size=120))
def test_only_references_of_the_turn_are_written(text: str) -> None:
    plain = text.replace("{", "(")
    assert set(REFERENCE.findall(Tracing(BRIEF).traced(plain))) <= set(FACTS_BY_KEY)


def test_one_value_of_two_products_is_that_of_the_one_named_last() -> None:
    traced = Tracing(BRIEF).traced
    assert traced("It has 4.6 out of 5.", "The {p2.name} is light.") == "It has {p2.rating}."
    assert traced("It has 4.6 out of 5.", "The {p1.name} is light.") == "It has {p1.rating}."


def test_titles_are_found_in_full_the_longest_first() -> None:
    titles = Titles(SMALL_SHOP)
    assert titles.named("The tarn boots and the Wren Tent, or a Tent Peg!") == ("boots", "wren", "peg")
    assert titles.named("Nothing of ours is meant by a tent or boots.") == ()


def test_a_word_of_a_title_hints_at_a_product() -> None:
    titles = Titles(SMALL_SHOP)
    assert titles.hinted("The Wren, a tent for Tarn lovers") == {"wren", "tarn"}
    assert titles.hinted("A wren sang. The Boots and Tents are here.") == frozenset()


VAIN = [
    ("Could you please send us a photo of the label?", Policy(question="x"), True),
    ("When did you order it?", HandOver(reason="asked"), True),
    ("To assist you further, could you please verify the number?", Policy(question="x"), True),
    ("Which colour do you like?", Find(), False),
    ("Is there anything else I can help you with?", Policy(question="x"), False),
    ("Please accept our apologies.", Policy(question="x"), False),
    ("Please sign in first.", Policy(question="x"), False),
    ("I understand.", Policy(question="x"), False),
]


@pytest.mark.parametrize(("sentence", "step", "is_vain"), VAIN)
def test_a_question_whose_answer_nobody_can_use_is_known(sentence: str, step: Step, is_vain: bool) -> None:
    assert asks_in_vain(sentence, has_use(Plan(steps=(step,)), Brief())) is is_vain


def test_before_a_visitor_has_signed_in_nothing_else_can_be_asked() -> None:
    plan = Plan(steps=(Order(what="status"),))
    assert has_use(plan, Brief())
    assert not has_use(plan, Brief(notes=(Note.SIGNED_OUT,)))


THANKS = [
    ("Thank you for providing the order number.", False, True),
    ("Thank you for the information.", False, True),
    ("Thank you for the information.", True, False),
    ("We appreciate your patience.", True, True),
    ("Thank you for contacting us.", False, False),
    ("I have received the pictures.", False, True),
    ("You're welcome, and thank you!", False, False),
    ("I understand how annoying that is.", False, False),
]


@pytest.mark.parametrize(("sentence", "was_asked", "is_vain"), THANKS)
def test_thanks_for_what_nobody_asked_for_are_known(sentence: str, was_asked: bool, is_vain: bool) -> None:
    assert thanks_in_vain(sentence, was_asked) is is_vain


WAITS = [
    ("Let me check that for you.", True),
    ("One moment please.", True),
    ("I'm looking into it.", True),
    ("Please hold while I look it up.", True),
    ("Let me know if it helps.", False),
    ("I'd take the green one.", False),
    ("It is lovely.", False),
]


@pytest.mark.parametrize(("sentence", "waits"), WAITS)
def test_letting_wait_is_known(sentence: str, waits: bool) -> None:
    assert lets_wait(sentence) is waits


ACTS = [
    ("We will initiate an investigation immediately.", True),
    ("I am now contacting the delivery service.", True),
    ("We have received the police report.", True),
    ("Our team will contact you.", True),
    ("I can arrange for a full replacement.", True),
    ("The refund was initiated to your card.", True),
    ("You can expect an email from me tomorrow.", True),
    ("We understand and will do everything we can.", True),
    ("I'd take the {p1.name}.", False),
    ("We have tents in green, and I can show you more.", False),
    ("I'm sorry, I found none in our range.", False),
    ("I understand your frustration.", False),
    ("Order {o1.id} is {o1.status}.", False),
    ("You can return it yourself. {l1}", False),
]


@pytest.mark.parametrize(("sentence", "is_act"), ACTS)
def test_what_somebody_does_for_the_customer_is_known(sentence: str, is_act: bool) -> None:
    assert claims_act(sentence) is is_act


def test_good_replies_of_the_corpus_are_hardly_ever_in_vain() -> None:
    turns = [turn for talk in conversations() for turn in talk.turns]
    said = [(turn, sentence) for turn in turns for sentence in sentences(turn.text.reply)]
    vain = [
        sentence
        for turn, sentence in said
        if lets_wait(sentence)
        or claims_act(sentence)
        or thanks_in_vain(sentence, was_asked=False)
        or asks_in_vain(sentence, has_use(turn.plan, turn.brief))
    ]
    assert len(vain) < 0.03 * len(said), vain[:20]
