"""What a brief says of a product in several variants, and how a reply reads with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.dialogue.product_numbers import ProductNumbers
from assistant.evidence.brief import Brief
from assistant.evidence.briefing import Briefing
from assistant.evidence.meant_variants import MeantVariants, named_in
from assistant.evidence.sums import Sum
from assistant.shop import Shop
from assistant.writing.filling import fill
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.money import Money
from retrieval.catalog.options import Options
from retrieval.catalog.product import Availability, Product
from retrieval.catalog.window import Window

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
OUT, LATER = Availability.OUT_OF_STOCK, Availability.PREORDER
SENTENCE = "The {p1.name} is {p1.price} and {p1.stock}."


def tent(id: str, price: int = 89, quantity: int | None = 20, **fields: object) -> Product:
    values = {"item_group_id": "tent", "quantity": quantity, **fields}
    return Product(id, "Alder Tent", Money(Decimal(price)), **values)  # type: ignore[arg-type]


GREEN, ORANGE = tent("g", color="Green"), tent("o", 79, color="Orange")
YELLOW = tent("y", 99, 0, color="Yellow", availability=OUT)
TENTS = (GREEN, ORANGE, YELLOW)


def brief(
    *shown: str, tents: tuple[Product, ...] = TENTS, meant: MeantVariants = MeantVariants(), **given: object
) -> Brief:
    briefing = Briefing(Catalog(tents), Shop("Fell"), lambda: NOON)
    return briefing.brief(ProductNumbers(), products=shown, meant=meant, **given)  # type: ignore[arg-type]


def said(sentence: str, *shown: str, before: str = "", **given: object) -> str:
    return fill(sentence, brief(*shown, **given).facts, before)  # type: ignore[arg-type]


def test_a_price_of_several_and_what_is_sold_out_are_said() -> None:
    assert said(SENTENCE, "g") == "The Alder Tent is from $79.00 and in stock (sold out in yellow)."
    assert said("It is {p1.stock}.", "y") == "It is in stock in green and orange (sold out in yellow)."
    assert said("Only {p1.quantity} are left.", "g") == "Only 40 are left."


@pytest.mark.parametrize(
    ("meant", "price"),
    [
        (MeantVariants(Options(color=("green",))), "$89.00"),
        (MeantVariants(message="do you have the green one"), "$89.00"),
        (MeantVariants(ids=frozenset({"g"})), "$89.00"),
        (MeantVariants(Options(color=("purple",), size=("XL",))), "from $79.00"),
        (MeantVariants(message="how much is it"), "from $79.00"),
    ],
)
def test_a_variant_that_was_named_has_its_own_price(meant: MeantVariants, price: str) -> None:
    assert said("It is {p1.price}.", "g", meant=meant) == f"It is {price}."


def test_a_named_color_leaves_the_sizes_open() -> None:
    sizes = (*TENTS, tent("gl", 95, color="Green", size="L"), tent("gs", 92, color="Green", size="S"))
    green = MeantVariants(Options(color=("green",)))
    assert said("It is {p1.price}.", "gl", tents=sizes[3:], meant=green) == "It is from $92.00."


def test_what_a_sum_was_made_of_and_variants_side_by_side_have_their_own_prices() -> None:
    assert said("It is {p1.price}.", "g", sums=[Sum("total", "$178.00")]) == "It is $89.00."
    assert said("{p1.price} or {p2.price}, {p2.stock}.", "g", "y") == "$89.00 or $99.00, sold out."


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("Take the {p1.name} at {p1.price}.", "Take the Alder Tent from $79.00."),
        ("You have it from {p1.price}.", "You have it from $79.00."),
        ("In {p1.color} it is {p1.price} and {p1.stock}.", "In green it is $89.00 and in stock."),
        ("The green one is {p1.price}.", "The green one is $89.00."),
        ("It is down to {p1.price}.", "It is down to $89.00 in green."),
        ("{p1.quantity} in {p1.color}.", "20 in green."),
        ("{p9.price} is unknown.", "{p9.price} is unknown."),
    ],
)
def test_each_sentence_reads_well(sentence: str, text: str) -> None:
    assert said(sentence, "g") == text


def test_what_the_reply_named_before_stays_named() -> None:
    assert said("It is {p1.price}.", "g", before="We have the {p1.name} in {p1.color}.") == "It is $89.00."
    assert named_in("We have {p2.name} in {p2.size}.", ("a", "b")) == {"b"}


def test_a_sale_of_one_variant_is_not_said_of_all() -> None:
    reduced = tent("r", 99, color="Red", sale_price=Money(Decimal(85)))
    assert (
        said("It is {p1.price} instead of {p1.old_price}.", "r", tents=(*TENTS, reduced))
        == "It is $85.00 in red instead of $99.00."
    )
    assert "red $85.00 was $99.00" in brief("r", tents=(*TENTS, reduced)).as_text()


@pytest.mark.parametrize(
    ("others", "stock"),
    [
        ({"quantity": 2}, "in stock"),
        ({"quantity": 0, "availability": OUT}, "in stock (sold out in size 44)"),
        ({"quantity": 20}, "in stock"),
    ],
)
def test_stock_of_sizes(others: dict[str, object], stock: str) -> None:
    sizes = (tent("a", size="43"), tent("b", size="44", **others))  # type: ignore[arg-type]
    assert said("It is {p1.stock}.", "a", tents=sizes) == f"It is {stock}."


def test_few_pieces_of_each_size_are_many_together() -> None:
    sizes = tuple(tent(size, 89, 3, size=size) for size in ("S", "M", "L"))
    assert said("It is {p1.stock}.", "S", tents=sizes) == "It is in stock."
    assert said("{p1.size} is {p1.stock}.", "S", tents=sizes) == "S is nearly sold out."


def test_what_is_sold_out_is_said_of_few_pieces_too() -> None:
    sizes = tuple(tent(size, 89, count, size=size, availability=Availability.IN_STOCK if count else OUT)
                  for size, count in (("S", 3), ("M", 0), ("L", 2)))  # fmt: skip
    assert said("It is {p1.stock}.", "S", tents=sizes) == "It is nearly sold out (sold out in size M)."
    assert said("It is {p1.stock}.", "M", tents=sizes) == "It is nearly sold out in sizes S and L (sold out in size M)."


def test_many_sold_out_sizes_are_not_listed() -> None:
    sizes = tuple(tent(str(n), 89, 9 * (n % 2), size=str(n), availability=OUT if n % 2 == 0 else Availability.IN_STOCK)
                  for n in range(35, 47))  # fmt: skip
    assert said("It is {p1.stock}.", "35", tents=sizes) == "It is in stock in most sizes."


@given(st.integers(-50, 50), st.integers(1, 40))
def test_price_saving_and_stock_of_a_brief_are_of_one_moment(start: int, hours: int) -> None:
    window = Window(NOON + timedelta(hours=start), NOON + timedelta(hours=start + hours))
    lamp = tent("l", 100, item_group_id="", sale_price=Money(Decimal(60)), sale_price_effective_date=window,
                expiration_date=NOON + timedelta(hours=45))  # fmt: skip
    for moment in (NOON + timedelta(hours=each) for each in (start - 1, start, start + hours - 1, start + hours, 50)):
        facts = brief("l", tents=(lamp,), moment=moment).facts
        offer = lamp.offer_at(moment)
        assert facts["p1.price"].text == str(offer.price)
        assert ("p1.saving" in facts) == ("p1.old_price" in facts) == window.holds(moment)
        assert (facts["p1.stock"].text == "no longer available") == offer.is_over


def test_a_pre_order_says_when_it_ships_until_it_does() -> None:
    lamp = tent("l", item_group_id="", availability=LATER, availability_date=datetime(2027, 1, 10, tzinfo=UTC))
    assert said("It is {p1.stock}.", "l", tents=(lamp,)) == "It is available to pre-order (ships January 10, 2027)."
    later = {"moment": datetime(2027, 1, 10, tzinfo=UTC)}
    assert said("It is {p1.stock}.", "l", tents=(lamp,), **later) == "It is available to pre-order."
