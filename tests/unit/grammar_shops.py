"""Three shops of different trades, small enough to know by heart, for reading messages against."""

from __future__ import annotations

from decimal import Decimal

from retrieval.catalog.catalog import Catalog
from retrieval.catalog.money import Money
from retrieval.catalog.product import Availability, Product


def _product(id: str, title: str, price: str, type: str, **fields: object) -> Product:
    sale = fields.pop("sale", None)
    attributes = {key: str(value) for key, value in fields.pop("also", {}).items()}  # type: ignore[attr-defined]
    return Product(
        id, title, Money(Decimal(price)), product_type=type, attributes=attributes,
        sale_price=Money(Decimal(str(sale))) if sale else None, **fields,  # type: ignore[arg-type]
    )  # fmt: skip


OUTDOOR = Catalog(
    [
        _product("tent-2", "Alder 2 Tent", "189", "Camping > Tents", brand="Skarn", color="Green", material="Ripstop nylon", rating=4.6,
                 rating_count=87, also={"capacity": "2 people", "weight": "2.1 kg", "waterproof": "yes", "doors": 2, "season": "3-season"}),
        _product("tent-3", "Alder 3 Tent", "239", "Camping > Tents", brand="Skarn", color="Orange", material="Ripstop nylon", rating=4.5,
                 rating_count=52, also={"capacity": "3 people", "weight": "2.6 kg", "waterproof": "yes", "doors": 2, "season": "3-season"}),
        _product("tent-solo", "Wren Solo Tent", "269", "Camping > Tents", brand="Skarn", color="Green", material="Silnylon", rating=4.8,
                 rating_count=20, also={"capacity": "1 person", "weight": "980 g", "waterproof": "yes", "doors": 1, "season": "3-season"}),
        _product("tent-family", "Hearth Family Tent", "449", "Camping > Tents", brand="North Light", color="Teal", material="Polyester",
                 rating=4.2, rating_count=33, also={"capacity": "5 people", "weight": "14 kg", "waterproof": "yes", "doors": 3}),
        _product("bag-fell", "Fell Sleeping Bag", "129", "Camping > Sleeping Bags", brand="North Light", color="Blue", material="Nylon/Down",
                 also={"weight": "1.1 kg", "comfort_temperature": "2 °C", "fill": "synthetic"}),
        _product("lamp-glow", "Glow Headlamp", "39", "Camping > Headlamps", brand="Pikefoot", color="Black", material="Aluminium",
                 also={"brightness": "400 lumens", "burn_time": "60 hours", "weight": "85 g"}),
        _product("boots-9", "Tarn Boot", "159", "Footwear > Hiking Boots", brand="Tarnwick", item_group_id="tarn", color="Brown", size="9",
                 material="Full-grain leather", also={"weight": "1.1 kg per pair", "waterproof": "yes"}),
        _product("boots-10", "Tarn Boot", "159", "Footwear > Hiking Boots", brand="Tarnwick", item_group_id="tarn", color="Brown", size="10",
                 material="Full-grain leather", also={"weight": "1.1 kg per pair", "waterproof": "yes"}),
        _product("shoes-10", "Scree Trail Shoe", "119", "Footwear > Trail Shoes", brand="Tarnwick", color="Grey", size="10", sale="99",
                 material="Recycled mesh/Suede", also={"weight": "0.6 kg per pair", "waterproof": "no"}),
        _product("jacket-m", "Squall Rain Jacket", "149", "Clothing > Rain Jackets", brand="Kestrel Lane", item_group_id="squall", color="Navy",
                 size="M", material="Recycled polyester", also={"hood": "yes", "fit": "slim", "waterproof": "yes"}),
        _product("jacket-l", "Squall Rain Jacket", "149", "Clothing > Rain Jackets", brand="Kestrel Lane", item_group_id="squall", color="Red",
                 size="L", material="Recycled polyester", also={"hood": "yes", "fit": "slim", "waterproof": "yes"}),
        _product("fleece-xl", "Moor Fleece", "79", "Clothing > Fleece Jackets", brand="Kestrel Lane", color="Grey", size="XL",
                 material="Polyester", also={"hood": "no", "fit": "relaxed"}),
        _product("socks-m", "Fell Hiking Socks", "22", "Clothing > Socks", brand="Tarnwick", color="Grey", size="M", material="Merino wool/Nylon"),
        _product("gloves", "Bramble Gloves", "35", "Clothing > Hats & Gloves", brand="Oda & Finch", color="Black", size="S/M", material="Wool"),
        _product("mug-cream", "Harbour Mug", "18", "Kitchen > Mugs", brand="Oda & Finch", item_group_id="harbour", color="Cream",
                 material="Stoneware", also={"capacity": "0.35 l", "dishwasher_safe": "yes", "microwave_safe": "yes"}),
        _product("mug-blue", "Harbour Mug", "18", "Kitchen > Mugs", brand="Oda & Finch", item_group_id="harbour", color="Blue",
                 material="Stoneware", also={"capacity": "0.35 l", "dishwasher_safe": "yes", "microwave_safe": "yes"}),
        _product("mug-steel", "Camp Mug", "24", "Kitchen > Mugs", brand="Ironthorn", color="Silver", material="Stainless steel",
                 availability=Availability.OUT_OF_STOCK, also={"capacity": "0.5 l", "dishwasher_safe": "no"}),
        _product("kettle", "Gooseneck Kettle", "69", "Kitchen > Kettles", brand="Ironthorn", color="Black", material="Stainless steel",
                 also={"capacity": "1 l", "power": "1200 W", "warranty": "2 years"}),
        _product("pack-45", "Ridge Backpack", "139", "Hiking > Backpacks", brand="Pikefoot", color="Green", material="Recycled nylon",
                 also={"volume": "45 l", "weight": "1.4 kg", "rain_cover": "yes", "pockets": 5}),
        _product("bottle", "Spring Water Bottle", "25", "Hiking > Water Bottles", brand="Pikefoot", color="Sage", material="Stainless steel",
                 also={"capacity": "0.75 l", "insulated": "yes"}),
        _product("knife", "Heron Knife", "45", "Hiking > Knives & Tools", brand="Ironthorn", color="Walnut", material="High-carbon steel/Wood"),
        _product("rug", "Dune Rug", "199", "Home > Rugs", brand="Oda & Finch", color="Natural", material="Wool", also={"measures": "170 x 240 cm"}),
        _product("cushion", "Meadow Cushion", "29", "Home > Cushions", brand="Oda & Finch", color="Mustard", material="Linen"),
    ]
)  # fmt: skip

BOOKS = Catalog(
    [
        _product("b1", "The Quiet Harbour", "12.99", "Books > Crime Novels", brand="Penrose Books", rating=4.4, rating_count=310,
                 also={"author": "Mara Lindqvist", "pages": 352, "format": "paperback", "language": "English"}),
        _product("b2", "Salt and Cinders", "18.50", "Books > Fantasy", brand="Harbour Press", rating=4.7, rating_count=120,
                 also={"author": "Tobias Okafor", "pages": 612, "format": "hardback", "language": "English"}),
        _product("b3", "Bread for Beginners", "24", "Books > Cookbooks", brand="Little Owl", rating=4.9, rating_count=88,
                 also={"author": "Ana Petrescu", "pages": 208, "format": "hardback", "language": "English"}),
        _product("b4", "Moonlight Bear", "8.99", "Children > Picture Books", brand="Little Owl", rating=4.8, rating_count=64,
                 also={"author": "Ines Duarte", "pages": 32, "format": "board book", "reading_age": "3 years"}),
        _product("b5", "Atlas of Rivers", "45", "Books > Travel", brand="Penrose Books", rating=4.1, rating_count=12,
                 also={"author": "Jon Hale", "pages": 280, "format": "hardback"}),
    ]
)  # fmt: skip

ELECTRONICS = Catalog(
    [
        _product("phone-x", "Pixelon X5", "699", "smartphones", brand="Pixelon", color="Black", sale="649",
                 also={"storage": "128 GB", "screen_size": "6.1 inch", "battery_life": "20 hours", "warranty": "2 years"}),
        _product("phone-s", "Novatek S2", "399", "smartphones", brand="Novatek", color="Space grey",
                 also={"storage": "64 GB", "screen_size": "5.8 inch", "battery_life": "26 hours", "warranty": "1 year"}),
        _product("laptop-a", "Novatek Air 14", "1199", "laptops", brand="Novatek", color="Silver",
                 also={"storage": "512 GB", "memory": "16 GB", "screen_size": "14 inch", "weight": "1.2 kg"}),
        _product("laptop-p", "Apple MacBook Pro 14", "1999", "laptops", brand="Apple", color="Space grey",
                 also={"storage": "1 TB", "memory": "32 GB", "screen_size": "14 inch", "weight": "1.6 kg"}),
        _product("ear-w", "Sonix Wave Wireless Headphones", "149", "mobile-accessories", brand="Sonix", color="White", rating=4.3,
                 rating_count=90, also={"battery_life": "30 hours", "noise_cancelling": "yes"}),
        _product("charger", "Sonix Fast Charger", "29", "mobile-accessories", brand="Sonix", color="White", also={"power": "30 W"}),
        _product("watch-m", "Classic Steel Watch", "89", "mens-watches", brand="Essence", color="Silver", material="Steel"),
        _product("watch-w", "Petite Gold Watch", "119", "womens-watches", brand="Essence", color="Gold", material="Steel"),
        _product("shirt-m", "Oxford Shirt", "45", "mens-shirts", brand="Marlowe", color="Blue", size="L", material="Cotton"),
        _product("scent", "Night Garden Eau de Parfum", "79", "fragrances", brand="Verdana", also={"volume": "50 ml"}),
    ]
)  # fmt: skip

SHOPS = {"outdoor": OUTDOOR, "books": BOOKS, "electronics": ELECTRONICS}
