"""Until when a sale goes on: read from the record, told in the shop's time zone."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from assistant.dialogue.product_numbers import ProductNumbers
from assistant.dialogue.thread import Thread
from assistant.evidence.brief import KEYS
from assistant.evidence.briefing import Briefing
from assistant.planning.grammar.grammar import Grammar
from assistant.planning.grounding import Grounding
from assistant.planning.plan import Details, Find, Plan, Policy, Step
from assistant.planning.planner import Planned
from assistant.planning.question_form import asked_field
from assistant.shop import Shop
from assistant.writing.filling import fill
from assistant.writing.rendered_writer import rendered
from assistant.writing.sentence_writer import ReplyTask
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.money import Money
from retrieval.catalog.product import Product
from retrieval.catalog.window import ALWAYS, Window
from retrieval.feeds.dates import read_window

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
QUESTION = "until when is it on sale?"


def _vase(window: Window = ALWAYS, sale: str | None = "60") -> Product:
    price = Money(Decimal(89), "GBP")
    return Product(
        "vase", "Ash Vase", price, product_type="Home > Vases", sale_price=Money(Decimal(sale), "GBP") if sale else None,
        sale_price_effective_date=window,
    )  # fmt: skip


def _told(product: Product, zone: str = "Europe/London", moment: datetime = NOW) -> str:
    shop = Shop(name="Kiln", zone=ZoneInfo(zone))
    briefing = Briefing(Catalog([product]), shop, lambda: moment)
    brief = briefing.brief(ProductNumbers().adding([("vase", "vase")]), products=["vase"])
    plan = Plan(steps=(Details(of=("vase",), question=QUESTION),))
    sentences = rendered(ReplyTask("", "", Thread(), QUESTION, Planned(plan, ""), brief))
    return " ".join(fill(each, brief.facts) for each in sentences)


@pytest.mark.parametrize(
    ("window", "zone", "end"),
    [
        ("2026-11-20/2026-12-06", "Europe/London", "after December 6"),
        ("2026-11-20T00:00Z/2026-12-06T23:59Z", "Europe/London", "after December 6"),
        ("2026-11-20T00:00Z/2026-12-06T23:59Z", "Europe/Berlin", "after December 6"),
        ("2026-11-20T00:00Z/2026-12-07T00:00Z", "Europe/London", "after December 6"),
        ("2026-11-20T00:00Z/2026-12-07T04:59Z", "America/New_York", "after December 6"),
        ("2026-11-20T00:00Z/2026-12-06T12:00Z", "Europe/London", "on December 6"),
        ("2026-11-20/2027-01-15", "Europe/London", "after January 15, 2027"),
    ],
)
def test_the_end_is_told_in_the_shops_time_zone(window: str, zone: str, end: str) -> None:
    vase = _vase(read_window(window, ZoneInfo(zone)))
    assert _told(vase, zone) == f"The Ash Vase is £60.00 right now. The price goes back to £89.00 {end}."


def test_a_sale_without_an_end_says_so() -> None:
    assert (
        _told(_vase()) == "The Ash Vase is £60.00 right now, down from £89.00. The page doesn't say when the sale ends."
    )


@pytest.mark.parametrize("product", [_vase(sale=None), _vase(Window(None, datetime(2026, 11, 30, tzinfo=UTC)))])
def test_what_is_not_reduced_has_no_end(product: Product) -> None:
    assert _told(product) == "The Ash Vase is not reduced right now: the price is £89.00."


@pytest.mark.parametrize(
    "message",
    [
        "until when is the sale?", "when does the offer end", "how long is it reduced for?", "how much longer is that on offer",
        "when is the promotion over", "which day does this discount expire?", "when does it go back to the normal price",
        "how long will the price be valid at this price", "till when does this deal last",
    ],
)  # fmt: skip
def test_questions_for_the_end_of_a_sale_are_known(message: str) -> None:
    assert asked_field(message) == "sale_end"


@pytest.mark.parametrize(
    "message",
    [
        "until when can i return a vase bought on sale", "when does my discount code expire", "how long is a gift card valid",
        "when does the next sale start", "is it on sale?", "how long is the cable", "when will it be back in stock",
        "how long does delivery of a sale item take until it arrives",
    ],
)  # fmt: skip
def test_other_questions_are_not(message: str) -> None:
    assert asked_field(message) != "sale_end"


@pytest.mark.parametrize(
    ("step", "otherwise"),
    [
        (Policy(question="when does the offer end"), Policy(question="when does the offer end")),
        (
            Find(want="when does the offer end", sort="on_sale"),
            Find(kind="bowls", want="when does the offer end", sort="on_sale"),
        ),
    ],
)
def test_the_question_is_about_the_product_in_view_if_it_is_reduced(step: Step, otherwise: Step) -> None:
    bowl = Product("bowl", "Oat Bowl", Money(Decimal(9), "GBP"), product_type="Home > Bowls")
    grounding = Grounding(Grammar(Catalog([_vase(), bowl])))
    message = "when does the offer end"

    def grounded(shown: str) -> tuple[Step, ...]:
        thread = Thread(numbers=ProductNumbers((shown,), (shown,)), shown=(shown,))
        return grounding.of(Plan(steps=(step,)), thread, message).steps

    assert grounded("vase") == (Details(of=("vase",), question=message),)
    assert grounded("bowl") == (otherwise,)


def test_no_language_model_has_to_know_the_field() -> None:
    assert not any("sale_end" in key for key in KEYS)
