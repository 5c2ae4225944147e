"""Queries that are made from a catalog, what answers them, and what is held out."""

from __future__ import annotations

from finetune.embeddings.queries import Query, ShopTraits, Source, Wanted, split_queries
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.product import Product
from tests.unit.small_shop import product, random_shop

MUGS = tuple(
    product(f"{brand}-{color}", f"{brand} {color}", "9", "Kitchen > Mugs", brand=brand, color=color)
    for brand in ("Fenn", "Skarn")
    for color in ("Red", "Blue")
)
LAMPS = tuple(
    product(f"lamp-{number}", f"Lamp {number}", "9", "Home > Desk Lamps", color=color, material="Steel")
    for number, color in enumerate(("Red", "Red", ""))
)


def everything(catalog: Catalog) -> dict[str, set[str]]:
    """The ids of the products that answer each made query; with these seeds nothing is held out of the answers of those that judge."""
    shop = ShopTraits.of(catalog)
    found: dict[str, set[str]] = {}
    for seed in range(12):
        queries = split_queries(shop, (), seed)
        for query in (*queries.judged, *queries.learned):
            found.setdefault(query.text, set()).update(shop.products[place].id for place in query.grades)
    return found


def test_a_query_is_answered_by_every_product_that_meets_it() -> None:
    found = everything(Catalog((*MUGS, *LAMPS)))
    assert found["red mugs"] == {"Fenn-Red", "Skarn-Red"}
    assert found["skarn mugs"] == {"Skarn-Red", "Skarn-Blue"}
    assert found["desk lamps"] == found["lamps"] == {"lamp-0", "lamp-1", "lamp-2"}
    assert found["red desk lamps"] == {"lamp-0", "lamp-1"}
    assert "mugs" not in found  # more than half of the shop


def test_what_a_record_does_not_say_contradicts_nothing() -> None:
    shop = ShopTraits.of(Catalog((*MUGS, *LAMPS)))
    red_lamp = Query("red lamp", {4: 1.0, 5: 1.0}, Wanted(frozenset({"lamp"}), value=("color", "red")), Source.CATALOG)
    assert [place for place in range(len(shop.products)) if red_lamp.is_contradicted(shop, place)] == [0, 1, 2, 3]
    blue_mug = Query("blue mug", {1: 1.0, 3: 1.0}, Wanted(frozenset({"mug"}), value=("color", "blue")), Source.CATALOG)
    assert [place for place in range(4) if blue_mug.is_contradicted(shop, place)] == [0, 2]


def test_kinds_without_types_are_read_off_titles() -> None:
    titles = (
        "Xerox 006R90321 toner cartridge Original Black 6 pc(s)",
        "Canon EP-27 toner cartridge Original Black 2500 pages",
        "Brother TN-2000 toner cartridge Black",
        "APC Back-UPS power supply for networks",
        "Eaton Ellipse ECO power supply",
    )
    shop = ShopTraits.of(Catalog(product(str(number), title, "9", "") for number, title in enumerate(titles)))
    assert [traits.kind for traits in shop.traits] == ["toner cartridge"] * 3 + ["power supply"] * 2


def test_no_text_and_no_product_that_judges_is_learned_from() -> None:
    shop = ShopTraits.of(random_shop(200))
    queries = split_queries(shop, (), seed=3)
    assert len(queries.learned) > 3
    assert queries.judged
    assert not {query.text for query in queries.learned} & {query.text for query in queries.judged}
    learned = {shop.traits[place].group for query in queries.learned for place in query.grades}
    assert 0.7 < len(learned) / len({traits.group for traits in shop.traits}) < 0.9
    for query in queries.judged:
        assert {shop.traits[place].group for place in query.grades} - learned
    assert split_queries(shop, (), seed=3) == queries


def test_customers_queries_take_the_place_of_made_ones() -> None:
    shop = ShopTraits.of(Catalog((*MUGS, *LAMPS)))
    asked = Query("something to read by", {4: 2.0, 5: 1.0, 6: 1.0}, Wanted(frozenset({"lamp"})), Source.CUSTOMERS)
    queries = split_queries(shop, [asked], seed=1)
    every = (*queries.learned, *queries.judged)
    assert asked in every
    assert not any("lamp" in query.text for query in every)
    assert any("mug" in query.text for query in every)


def test_a_kind_of_one_product_is_no_kind() -> None:
    assert [traits.kind for traits in ShopTraits.of(Catalog(_only())).traits] == [""]


def _only() -> tuple[Product, ...]:
    return (product("1", "Orrery", "9", "Curios > Orreries"),)
