"""A shop small enough to know by heart, and larger ones drawn at random."""

from __future__ import annotations

import random
from decimal import Decimal

from retrieval.catalog.catalog import Catalog
from retrieval.catalog.faq import Faq
from retrieval.catalog.money import Money
from retrieval.catalog.product import Availability, Product


def product(id: str, title: str, price: str, type: str, **fields: object) -> Product:
    return Product(id, title, Money(Decimal(price)), product_type=type, **fields)  # type: ignore[arg-type]


PRODUCTS = (
    product("tent-green", "Alder Tent", "189", "Camping > Tents", item_group_id="alder", color="Green", brand="Skarn",
            rating=4.6, rating_count=80, description="A waterproof tent for two people."),
    product("tent-orange", "Alder Tent", "179", "Camping > Tents", item_group_id="alder", color="Orange", brand="Skarn",
            rating=4.6, rating_count=80, description="A waterproof tent for two people."),
    product("wren", "Wren Tent", "269", "Camping > Tents", color="Green", brand="Skarn", description="A light tent.",
            attributes={"weight": "1.1 kg"}),
    product("peg", "Tent Peg", "2", "Camping > Accessories", description="Holds a tent in any wind."),
    product("mug-red", "Speckle Mug", "18", "Kitchen > Mugs", item_group_id="speckle", color="Red", rating=4.2,
            rating_count=10, description="For coffee."),
    product("mug-blue", "Speckle Mug", "15", "Kitchen > Mugs", item_group_id="speckle", color="Blue", rating=4.2,
            rating_count=10, sale_price=Money(Decimal("12")), description="For coffee."),
    product("boots", "Tarn Boots", "159", "Footwear > Hiking Boots", color="Brown", material="Leather", rating=4.8,
            rating_count=40, description="Hiking boots.", attributes={"weight": "900 g"}),
    product("socks", "Fell Socks", "22", "Clothing > Socks", material="Wool", availability=Availability.OUT_OF_STOCK,
            description="Warm hiking socks.", attributes={"weight": "80 g"}),
)  # fmt: skip

FAQS = (
    Faq("returns", "Returning an item", "You can return it within 30 days.\n\nA refund takes 5 days.", ("get_refund",)),
    Faq("delivery", "Delivery times", "A parcel takes three days.", ("delivery_period",)),
    Faq("payment", "How to pay", "By card.", ("check_payment_methods",)),
)

SMALL_SHOP = Catalog(PRODUCTS, FAQS)


def random_shop(size: int, seed: int = 1) -> Catalog:
    """A catalogue of `size` products with words, colours and prices drawn at random."""
    dice = random.Random(seed)
    kinds = ("Tents", "Mugs", "Hiking Boots", "Socks", "Kettles", "Lamps")
    products = []
    for number in range(size):
        kind = dice.choice(kinds)
        products.append(product(
            f"p{number}", f"{dice.choice(('Light', 'Warm', 'Steel', 'Wool', 'Leather'))} {kind.split()[-1].rstrip('s')}",
            str(dice.randint(5, 300)), f"Shop > {kind}", color=dice.choice(("Red", "Green", "Blue", "Orange", "")),
            item_group_id=f"g{dice.randrange(size)}", rating=dice.choice((None, 3.0, 4.0, 5.0)), rating_count=dice.randrange(50),
            description=" ".join(dice.sample(("waterproof", "gift", "coffee", "camping", "people", "two", "red"), 3)),
        ))  # fmt: skip
    return Catalog(products)
