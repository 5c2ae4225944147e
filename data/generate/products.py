"""Products: the hand-written groups in `catalog/*.yaml`, spread out into one record per colour and size.

A group in YAML says what a shopkeeper would write down once: title, brand, price, colours, sizes, material, rating,
attributes, description and reviews. Stock is drawn with dice that depend on the variant's id alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import yaml

from data.generate.paths import CATALOG, Record, dice, slug

SOLD_OUT_SHARE = 0.07
LOW_SHARE = 0.12


@dataclass(frozen=True, slots=True)
class Group:
    """One thing the shop sells, in all its variants.

    `sizes` maps a size to its price, `sale` a colour to per cent off. `size_is` names the attribute that a size also
    is: the size of a bottle is its capacity.
    """

    id: str
    title: str
    brand: str
    product_type: str
    colors: tuple[str, ...]
    sizes: Mapping[str, Decimal]
    material: str
    rating: float | None
    rating_count: int
    attributes: Mapping[str, str]
    text: str
    reviews: tuple[tuple[int, str], ...]
    sale: Mapping[str, int] = field(default_factory=dict)
    size_is: str = ""
    preorder: bool = False

    @property
    def kind(self) -> str:
        """The innermost step of the category path."""
        return self.product_type.rsplit(" > ", 1)[-1]

    def image(self, color: str) -> str:
        """The picture of this group in `color`, relative to the shop's folder."""
        return f"images/{'-'.join(filter(None, (self.id, slug(color))))}.svg"


def read_groups(folder: Path = CATALOG) -> tuple[Group, ...]:
    """All groups of the catalogue's YAML files, in the order of the files' names and of their lines."""
    groups: list[Group] = []
    for path in sorted(folder.glob("*.yaml")):
        for product_type, entries in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            groups.extend(_group(product_type, entry) for entry in entries)
    return tuple(groups)


def product_records(groups: Sequence[Group]) -> Iterator[Record]:
    """One record per variant, in the field names of the Google Merchant feed."""
    for group in groups:
        for color in group.colors or ("",):
            for size, price in group.sizes.items():
                yield _variant(group, color, size, price)


def _group(product_type: str, entry: Mapping[str, Any]) -> Group:
    mean, _, count = str(entry.get("rating", "")).partition(" of ")
    sizes = entry.get("sizes") or [""]
    prices = sizes if isinstance(sizes, Mapping) else dict.fromkeys(sizes, entry["price"])
    return Group(
        id=entry["id"],
        title=entry["title"],
        brand=entry["brand"],
        product_type=product_type,
        colors=tuple(entry.get("colors", ())),
        sizes={str(size): Decimal(str(price)) for size, price in prices.items()},
        material=entry.get("material", ""),
        rating=float(mean) if mean else None,
        rating_count=int(count or 0),
        attributes={name: str(value) for name, value in entry.get("attributes", {}).items()},
        text=entry["text"],
        reviews=tuple((int(review[0]), review[2:]) for review in entry.get("reviews", ())),
        sale=entry.get("sale", {}),
        size_is=entry.get("size_is", ""),
        preorder=entry.get("preorder", False),
    )


def _variant(group: Group, color: str, size: str, price: Decimal) -> Record:
    identity = "-".join(filter(None, (group.id, slug(color), slug(size))))
    availability, quantity = _stock(group, identity)
    record: dict[str, object] = {
        "id": identity,
        "title": group.title,
        "description": group.text,
        "link": f"/products/{identity}",
        "image_link": group.image(color),
        "price": f"{price:.2f} USD",
        "sale_price": _sale_price(price, group.sale.get(color, 0)),
        "availability": availability,
        "quantity": quantity,
        "brand": group.brand,
        "product_type": group.product_type,
        "item_group_id": group.id,
        "color": color,
        "size": size,
        "material": group.material,
        "rating": group.rating,
        "rating_count": group.rating_count or None,
        "reviews": [{"rating": stars, "text": text} for stars, text in group.reviews],
        "attributes": ({group.size_is: size} if group.size_is else {}) | dict(group.attributes),
    }
    return {name: value for name, value in record.items() if value not in ("", None, [], {})}


def _sale_price(price: Decimal, percent: int) -> str:
    if not percent:
        return ""
    reduced = (price * (100 - percent) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{reduced:.2f} USD"


def _stock(group: Group, identity: str) -> tuple[str, int]:
    if group.preorder:
        return "preorder", 0
    roll = dice("stock", identity)
    luck = roll.random()
    if luck < SOLD_OUT_SHARE:
        return ("backorder" if roll.random() < 0.2 else "out_of_stock"), 0
    if luck < SOLD_OUT_SHARE + LOW_SHARE:
        return "in_stock", roll.randint(1, 4)
    return "in_stock", roll.randint(6, 80)
