"""Goods whose titles hold a word of service are asked for as goods, whatever was planned."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assistant.dialogue.need import Need
from assistant.dialogue.thread import Thread
from assistant.planning.grammar.grammar import Grammar
from assistant.planning.grounding import Grounding
from assistant.planning.plan import Cart, Details, Order, Plan, Policy, Step
from assistant.planning.question_form import asked_field
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.money import Money
from retrieval.catalog.product import Product

TITLES = {
    "pad": ("Order pad", "Stationery"), "book": ("Invoice book", "Stationery"), "collar": ("GPS tracking collar", "Pets"),
    "labels": ("Return address labels", "Stationery"), "boxes": ("Parcel shipping boxes", "Packing"), "rack": ("Newsletter rack", "Furniture"),
    "coat": ("Pine coat rack", "Furniture"), "bell": ("Refund service bell", "Desk"), "card": ("Delivery note holder", "Desk"),
    "stamp": ("Payment received stamp", "Desk"), "tape": ("Exchange chess clock", "Games"),
}  # fmt: skip
CATALOG = Catalog([Product(id, title, Money(Decimal(9)), product_type=kind) for id, (title, kind) in TITLES.items()])
GROUNDING = Grounding(Grammar(CATALOG))
PLANS: tuple[Step, ...] = (
    Policy(question="shipping"),
    Details(of=("coat",), question="q"),
    Cart(what="add", of=("coat",)),
)


def steps(step: Step, message: str) -> tuple[Step, ...]:
    return GROUNDING.of(Plan(steps=(step,), need=Need()), Thread(), message).steps


@pytest.mark.parametrize("planned", PLANS)
@pytest.mark.parametrize(
    ("message", "id"),
    [
        ("do you have order pads?", "pad"),
        ("Do you sell invoice books", "book"),
        ("do you have gps tracking collars?", "collar"),
        ("do you stock return address labels?", "labels"),
        ("hi, have you got parcel shipping boxes?", "boxes"),
        ("I'm looking for a newsletter rack", "rack"),
        ("any refund service bells?", "bell"),
        ("I need a delivery note holder please", "card"),
        ("do you carry payment received stamps?", "stamp"),
        ("looking for an exchange chess clock", "tape"),
    ],
)
def test_a_title_counts_before_a_service(planned: Step, message: str, id: str) -> None:
    (step,) = steps(planned, message)
    assert isinstance(step, Details)
    assert step.of == (id,)


@pytest.mark.parametrize(
    "message",
    [
        "do you have an invoice for my order?",
        "I need a refund",
        "do you offer exchange?",
        "do you have a newsletter?",
        "I need return labels",
    ],
)
def test_a_service_that_is_asked_for_stays_one(message: str) -> None:
    planned = Policy(question=message)
    assert steps(planned, message) == (planned,)


def test_an_order_that_is_asked_for_stays_one() -> None:
    planned = Order(what="status", order="")
    assert steps(planned, "do you have my order pads shipped?") == (planned,)


@pytest.mark.parametrize(
    ("message", "id", "field"),
    [
        ("can I pre-order the GPS tracking collar?", "collar", "stock"),
        ("could I backorder the invoice book", "book", "stock"),
        ("can the newsletter rack be preordered?", "rack", "stock"),
        ("is the invoice book under 200 swiss francs?", "book", "price"),
        ("does the newsletter rack cost less than 900 kronor", "rack", "price"),
    ],
)
def test_questions_about_an_offer_are_asked_of_the_record(message: str, id: str, field: str) -> None:
    (step,) = steps(Policy(question="orders"), message)
    assert isinstance(step, Details)
    assert step.of == (id,)
    assert asked_field(step.question) == field


@pytest.mark.parametrize("message", ["how do pre-orders work?", "can I pay in euros?"])
def test_the_shops_rules_on_them_are_asked_of_its_pages(message: str) -> None:
    planned = Policy(question=message)
    assert steps(planned, message) == (planned,)
