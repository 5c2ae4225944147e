"""Whether a shop has a kind of thing: by what it is called, by what records say, by what means nearly the same."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from retrieval.catalog.money import Money
from retrieval.catalog.product import Product
from retrieval.index.document import product_text
from retrieval.index.sentence_encoder import open_encoder
from retrieval.search.assortment import Assortment, thing_named
from tests.unit.word_encoder import WordEncoder

PRODUCTS = tuple(
    Product(id, title, Money(Decimal(10)), product_type=kind, description=text)
    for id, title, kind, text in (
        ("t", "Alder Tent", "Camping > Tents", "A tent for two people."),
        ("m", "Speckle Mug", "Kitchen > Mugs", "A blue mug for coffee."),
        ("h", "Tarn Boots", "Footwear > Hiking Boots", "Leather, for hiking with a lamp in the other hand."),
    )
)


def _assortment() -> Assortment:
    encoder = WordEncoder()
    return Assortment(PRODUCTS, encoder.encode_queries([product_text(p) for p in PRODUCTS]), encoder)


@pytest.mark.parametrize(
    ("query", "thing"),
    [
        ("climbing ropes", "climbing ropes"),
        ("a kayak", "kayak"),
        ("bag for my laptop", "bag"),
        ("mugs with a lid", "mugs"),
        ("something to keep me warm", ""),
        ("things for the garden", ""),
        ("", ""),
        ("what should I wear in heavy rain", ""),
    ],
)
def test_the_thing_asked_for_is_the_last_word_before_what_it_is_for(query: str, thing: str) -> None:
    assert thing_named(query) == thing


@pytest.mark.parametrize("query", ["red mugs", "boots", "tent", "mugs for tea"])
def test_a_shop_has_what_its_products_are_called(query: str) -> None:
    assert _assortment().has(query)


@pytest.mark.parametrize("query", ["kayak", "skis", "a lamp"])
def test_a_word_in_passing_is_no_product(query: str) -> None:
    assert not _assortment().has(query)


def test_a_query_that_names_no_thing_is_left_to_the_search() -> None:
    assert _assortment().has("something nice for the evening")


def test_a_shop_calls_its_things_by_their_names_and_by_words_that_mean_the_same() -> None:
    """A cello is no rosin though the rosin is for one; sticks are drumsticks."""
    products = (
        Product("r", "Light Rosin", Money(Decimal(10)), product_type="Accessories", description="For violin and cello."),
        Product("c", "Steel Track Pump", Money(Decimal(10)), product_type="Pumps", description="Fills a tire."),
        Product("d", "Hickory Drumsticks", Money(Decimal(10)), product_type="Drums", description="A pair, for any drum."),
        Product("m", "Speckle Stoneware Mug", Money(Decimal(10)), product_type="Mugs", description="For tea."),
    )  # fmt: skip
    encoder = open_encoder()
    vectors = np.asarray(encoder.encode_queries([product_text(product) for product in products]), np.float32)
    shop = Assortment(products, vectors, encoder)
    assert [thing for thing in ("cellos", "rack", "sticks", "coffee mug", "drumstick", "trumpets") if shop.has_by_name(thing)] == [
        "sticks", "coffee mug", "drumstick",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "has"), [("raincoat", True), ("sofa", False), ("headphones", False), ("coffee cup", True)]
)
def test_another_word_for_the_same_is_understood_by_its_meaning(query: str, has: bool) -> None:
    products = (
        Product("r", "Squall Rain Jacket", Money(Decimal(10)), product_type="Rain Jackets", description="Keeps rain out."),
        Product("m", "Speckle Stoneware Mug", Money(Decimal(10)), product_type="Mugs", description="For tea or coffee."),
    )  # fmt: skip
    encoder = open_encoder()
    vectors = np.asarray(encoder.encode_queries([product_text(product) for product in products]), np.float32)
    assert Assortment(products, vectors, encoder).has(query) is has
