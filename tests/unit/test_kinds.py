from __future__ import annotations

from decimal import Decimal

import pytest

from retrieval.catalog.money import Money
from retrieval.catalog.product import Product
from retrieval.search.kinds import Kinds

TITLES = (
    "Acme LJ-200 photo printer Black",
    "Acme LJ-300 Printer, A4",
    "Borel 2 m printer cable",
    "Borel 5 m printer cable Black",
    "Borel USB printer cable",
    "Kort 3 m network cable",
    "Kort 9 m network cable",
    "Kort toner cartridge for Acme printer",
    "Kort 12 toner cartridge Black",
    "Kort sleeve with zip",
)
PRODUCTS = tuple(
    Product(
        f"p{number}",
        title,
        Money(Decimal(5)),
        brand=title.split()[0],
        color="Black" if "Black" in title else "",
    )
    for number, title in enumerate(TITLES)
)
KINDS = Kinds(PRODUCTS)


def of(query: str, kinds: Kinds = KINDS) -> set[str]:
    return {PRODUCTS[row].title for row in kinds.of(query).nonzero()[0]}


def test_a_kind_is_the_head_of_a_compound_and_not_what_it_is_for() -> None:
    assert of("printer") == {TITLES[0], TITLES[1]}
    assert of("printers") == of("printer")
    assert of("cable") == set(TITLES[2:7])
    assert of("cartridge") == {TITLES[7], TITLES[8]}


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("printer cable", ("cable",)),
        ("cable for printer", ("cable",)),
        ("black printer", ("printer",)),
        ("toner cartridge", ("cartridge",)),
        ("Acme", ()),
        ("black", ()),
        ("zebra", ()),
        ("", ()),
    ],
)
def test_a_query_asks_for_its_head(query: str, asked: tuple[str, ...]) -> None:
    assert KINDS.asked(query) == asked


def test_a_word_that_mostly_modifies_is_no_kind() -> None:
    assert KINDS.asked("network") == ()
    assert KINDS.asked("toner") == ()


def test_a_brand_and_a_value_are_no_kinds() -> None:
    assert not KINDS.of("Borel").any()
    many = [
        Product(f"w{n}", f"Mouse Wireless {n}", Money(Decimal(1)), attributes={"link": "Wireless"}) for n in range(4)
    ]
    kinds = Kinds(many)
    assert kinds.asked("wireless mouse") == ("mouse",)
    assert not kinds.of("wireless").any()


def test_the_type_of_the_shop_counts_whatever_the_title_says() -> None:
    kinds = Kinds([Product("a", "Alder 2", Money(Decimal(1)), product_type="Camping > Family Tents")])
    assert kinds.of("tent").tolist() == [True]


def test_a_shop_may_be_empty() -> None:
    assert Kinds([]).of("tent").tolist() == []
