"""Tracing: what people write is found to be the shop's own facts, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.act import Act
from assistant.evidence.evidence import Evidence, Fact, FactKind
from assistant.evidence.hints import IN_STOCK, OUT_OF_STOCK
from assistant.evidence.wording import day
from assistant.reference import REFERENCE_PATTERN
from assistant.writing.checking.sentences import streamed
from finetune.simulator import Simulator
from finetune.tracing.asking import asks_in_vain
from finetune.tracing.regretting import regrets_in_vain
from finetune.tracing.support import Support
from finetune.tracing.thanking import thanks_in_vain
from finetune.tracing.titles import Titles
from finetune.tracing.tracing import Tracing
from retrieval.catalog.money import Money
from tests.unit.small_shop import SMALL_SHOP

THIS_YEAR = date.today().year
FACTS = (
    Fact("customer.name", FactKind.NAME, "Maya"),
    Fact("p1.name", FactKind.NAME, "Alder 2 Tent"),
    Fact("p1.price", FactKind.MONEY, "$189.00"),
    Fact("p1.stock", FactKind.STOCK, "in stock", IN_STOCK),
    Fact("p1.rating", FactKind.RATING, "4.6 out of 5"),
    Fact("p1.colors", FactKind.TEXT, "green and orange"),
    Fact("p1.detail", FactKind.TEXT, "Weight: 2.1 kg"),
    Fact("p2.name", FactKind.NAME, "Wren Tent"),
    Fact("p2.price", FactKind.MONEY, "$1,189.50"),
    Fact("p2.stock", FactKind.STOCK, "sold out", OUT_OF_STOCK),
    Fact("p2.rating", FactKind.RATING, "4.6 out of 5"),
    Fact("search.kind", FactKind.TEXT, "tents"),
    Fact("search.count", FactKind.NUMBER, "2"),
    Fact("o1.id", FactKind.CODE, "FF-21087"),
    Fact("o1.tracking", FactKind.CODE, "PP 4471 9920"),
    Fact("o1.expected", FactKind.DATE, "November 14"),
    Fact("a1.text", FactKind.TEXT, "You can return anything unused within 30 days of delivery. Returns are free."),
    Fact("a1.duration", FactKind.DURATION, "30 days"),
    Fact("a1.amount", FactKind.MONEY, "$4.95"),
    Fact("shop.email", FactKind.CONTACT, "help@shop.example"),
    Fact("shop.phone", FactKind.CONTACT, "+1 555 0134"),
)
EVIDENCE = Evidence((Act.ANSWERED,), FACTS)

WRITTEN = [
    ("The Alder 2 Tent is $189.00.", "The {p1.name} is {p1.price}."),
    ("the alder 2 costs 189 dollars", "the {p1.name} costs {p1.price}"),
    ("Only $189, Maya!", "Only {p1.price}, {customer.name}!"),
    ("The Wren Tent is $1189.50.", "The {p2.name} is {p2.price}."),
    ("Customers rate it 4.6/5.", "Customers rate it {p1.rating}."),
    ("The Wren has 4.6 stars.", "The {p2.name} has {p2.rating}."),
    ("It comes in orange and green.", "It comes in {p1.colors}."),
    ("It weighs 2.1 kg.", "{p1.detail}."),
    ("There are two tents.", "There are {search.count} {search.kind}."),
    ("The Alder is available, the Wren is out of stock.", "The {p1.name} is {p1.stock}, the {p2.name} is {p2.stock}."),
    ("Your order #21087 comes on Nov 14.", "Your order {o1.id} comes on {o1.expected}."),
    ("FF21087 arrives on the 14th of November.", "{o1.id} arrives on {o1.expected}."),
    (f"It is due on 11/14/{THIS_YEAR}.", "It is due on {o1.expected}."),
    ("Track it with PP44719920.", "Track it with {o1.tracking}."),
    ("You have thirty days.", "You have {a1.duration}."),
    ("That is $4.95.", "That is {a1.amount}."),
    ("Write to Help@shop.example or ring +1 (555) 01-34.", "Write to {shop.email} or ring {shop.phone}."),
    ("Unused things can be returned within 30 days after delivery.", "{a1.text}"),
    ("Returns are free.", "{a1.text}"),
]


@pytest.mark.parametrize(("written", "traced"), WRITTEN)
def test_values_are_found_in_their_usual_spellings(written: str, traced: str) -> None:
    assert Tracing(EVIDENCE).traced(written) == traced


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
    facts = tuple(fact for fact in FACTS if fact.key != "p2.stock")
    assert Tracing(Evidence((Act.ANSWERED,), facts)).traced(written) == written


@given(amount=st.decimals(Decimal("0.01"), Decimal("99999.99"), places=2))
def test_any_price_is_found_as_the_shop_writes_it_and_no_other(amount: Decimal) -> None:
    text, other = str(Money(amount, "USD")), str(Money(amount + 1, "USD"))
    traced = Tracing(Evidence((Act.TOLD_PRICE,), (Fact("p1.price", FactKind.MONEY, text),))).traced
    assert traced(f"It is {text} today, not {other}.") == f"It is {{p1.price}} today, not {other}."


@given(st.dates(date(THIS_YEAR, 1, 1), date(THIS_YEAR, 12, 31)))
def test_any_date_is_found_in_long_in_short_and_as_iso(value: date) -> None:
    tracing = Tracing(Evidence((Act.ORDER_STATUS,), (Fact("o1.expected", FactKind.DATE, day(value)),)))
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
    keys = {fact.key for fact in FACTS}
    assert set(REFERENCE_PATTERN.findall(Tracing(EVIDENCE).traced(plain))) <= keys


def test_one_value_of_two_products_is_that_of_the_one_named_last() -> None:
    traced = Tracing(EVIDENCE).traced
    assert traced("It has 4.6 out of 5.", "The {p2.name} is light.") == "It has {p2.rating}."
    assert traced("It has 4.6 out of 5.", "The {p1.name} is light.") == "It has {p1.rating}."


def test_a_statement_needs_words_that_the_turn_knows() -> None:
    support = Support(frozenset({"one", "onl", "boil"}))
    evidence = Evidence((Act.ANSWERED,), (Fact("a1.text", FactKind.TEXT, "Kettles are made of steel."),))
    assert support.unsupported("That one only boils.", evidence, "a kettle?") == ()
    assert support.unsupported("It is made of steel.", evidence, "") == ()
    assert support.unsupported("It is made of copper.", evidence, "") == ("copper",)
    assert support.unsupported("It is made of copper.", evidence, "is it copper?") == ()
    assert support.unsupported("Is it made of copper?", evidence, "") == ()
    assert support.unsupported("I apologize for the inconvenience.", evidence, "") == ()


def test_titles_are_found_in_full_the_longest_first() -> None:
    titles = Titles(SMALL_SHOP)
    assert titles.named("The tarn boots and the Wren Tent, or a Tent Peg!") == ("boots", "wren", "peg")
    assert titles.named("Nothing of ours is meant by a tent or boots.") == ()


VAIN = [
    ("Could you please send us a photo of the label?", (Act.SIGN_IN,), True),
    ("When did you order it?", (Act.ANSWERED,), True),
    ("To assist you further, could you please verify the number?", (Act.CALM,), True),
    ("Which colour do you like?", (Act.FOUND_PRODUCTS,), False),
    ("Could you tell me more about the problem?", (Act.LISTEN,), False),
    ("Is there anything else I can help you with?", (Act.SIGN_IN,), False),
    ("Please accept our apologies.", (Act.SIGN_IN,), False),
    ("Please sign in first.", (Act.SIGN_IN,), False),
    ("I understand.", (Act.CALM,), False),
]


@pytest.mark.parametrize(("sentence", "acts", "is_vain"), VAIN)
def test_a_question_whose_answer_nobody_can_use_is_known(sentence: str, acts: tuple[Act, ...], is_vain: bool) -> None:
    assert asks_in_vain(sentence, acts) is is_vain


THANKS = [
    ("Thank you for providing the order number.", (), True),
    ("Thank you for the information.", (Act.ANSWERED,), True),
    ("Thank you for the information.", (Act.LISTEN,), False),
    ("We appreciate your patience.", (Act.LISTEN,), True),
    ("Thank you for contacting us.", (), False),
    ("I have received the pictures.", (), True),
    ("You're welcome, and thank you!", (), False),
    ("I understand how annoying that is.", (), False),
]


@pytest.mark.parametrize(("sentence", "asked", "is_vain"), THANKS)
def test_thanks_for_what_nobody_asked_for_are_known(sentence: str, asked: tuple[Act, ...], is_vain: bool) -> None:
    assert thanks_in_vain(sentence, asked) is is_vain


REGRETS = [
    ("I understand your frustration.", (Act.ANSWERED,), True),
    ("I understand your frustration.", (Act.ANSWERED, Act.APOLOGIZE), False),
    ("I apologize for the inconvenience.", (Act.SIGN_IN,), True),
    ("I'm sorry, I have no information on that.", (Act.NO_ANSWER,), False),
    ("Glad to help.", (Act.ANSWERED,), False),
]


@pytest.mark.parametrize(("sentence", "acts", "is_vain"), REGRETS)
def test_regret_without_a_trouble_is_known(sentence: str, acts: tuple[Act, ...], is_vain: bool) -> None:
    assert regrets_in_vain(sentence, acts) is is_vain


@pytest.mark.parametrize(
    "is_vain",
    [asks_in_vain, regrets_in_vain, lambda said, acts: thanks_in_vain(said, ())],
    ids=["asking", "regretting", "thanking"],
)
def test_the_shops_own_phrasings_are_not_in_vain(is_vain: Callable[[str, tuple[Act, ...]], bool]) -> None:
    turns = [turn for talk in islice(Simulator.load().conversations(3), 400) for turn in talk]
    vain = [(turn.acts, said) for turn in turns for said in streamed([turn.reply]) if is_vain(said, turn.acts)]
    assert len(vain) < 0.01 * len(turns), vain[:20]
