"""Draft: a product as a feed gives it, in strings and JSON values, checked field by field into a Product."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, PlainValidator, ValidationInfo

from retrieval.catalog.money import Money
from retrieval.catalog.product import Availability, Product, Review
from retrieval.catalog.window import ALWAYS, Window
from retrieval.feeds.amount import read_amount
from retrieval.feeds.blanks import ATTRIBUTE, is_blank
from retrieval.feeds.checked import checked
from retrieval.feeds.intake import Intake
from retrieval.feeds.report import FeedRow, RowError, RowWarning
from retrieval.feeds.shared_ids import kept_apart
from retrieval.feeds.table import normal_name
from retrieval.feeds.values import (
    read_availability,
    read_count,
    read_end,
    read_id,
    read_line,
    read_link,
    read_rating,
    read_stars,
    read_start,
    read_text,
    read_window,
    shown,
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What one row of a feed says of one product, by the names of Product's fields.

    `names` tells how the file itself calls a field, where that differs: errors speak of the file. `currency` is
    that of the row, where it has one.
    """

    file: str
    line: int
    values: Mapping[str, object]
    names: Mapping[str, str] = field(default_factory=dict)
    currency: str = ""

    def read(self, intake: Intake) -> Iterator[FeedRow[Product]]:
        """The product, after a RowWarning for each fault that was mended, or one RowError for each field that is wrong."""
        values = dict(self.values)
        warnings = [self._warning(name, reason) for name, reason in _mended_dates(values, intake.zone)]
        found = checked(_Fields, self.file, self.line, values, self.names, self.currency or intake.currency)
        if isinstance(found, list):
            yield from found
            return
        sale = found.sale_price
        if not found.price.amount:
            yield self.error("price", "is 0, which is no offer")
        elif sale is not None and sale.currency != found.price.currency:
            yield self.error("sale_price", f"is in {sale.currency}, but the price is in {found.price.currency}")
        else:
            if sale is not None and sale.amount > found.price.amount:
                reason = f"{sale} is above the price of {found.price}; the sale is left out"
                warnings.append(self._warning("sale_price", reason))
            yield from self._identified(found.product(), warnings, intake)

    def _identified(self, product: Product, warnings: list[RowWarning], intake: Intake) -> Iterator[FeedRow[Product]]:
        """`product` if its id is new, or under an id of its own if it is a variant that shares one; else an error."""
        known, before = product, intake.first_place(Product, product.id, self.file, self.line)
        first = intake.first_product(product)
        if first is not product and (variant := kept_apart(product, first)):
            known, before = variant, intake.first_place(Product, variant.id, self.file, self.line)
            reason = f"{shown(product.id)} is another variant's too; this one is kept as {shown(variant.id)}"
            warnings.append(self._warning("id", reason))
        if before:
            yield self.error("id", f"{shown(known.id)} was seen before on {before}")
        else:
            yield from warnings
            yield known

    def _warning(self, name: str, reason: str) -> RowWarning:
        return RowWarning(self.file, self.line, self.names.get(name, name), reason)

    def error(self, name: str, reason: str) -> RowError:
        """The report that the field `name` is wrong."""
        return RowError(self.file, self.line, self.names.get(name, name), reason)


def read_attributes(value: object) -> dict[str, str]:
    """Attributes by snake_case name, from an object or a list of {"name", "value"}; what is nested is put in words."""
    if isinstance(value, Mapping):
        pairs = list(value.items())
    elif isinstance(value, Sequence) and all(isinstance(item, Mapping) and "name" in item for item in value):
        pairs = [(item["name"], item.get("value", item.get("options"))) for item in value]
    else:
        raise ValueError(f"{shown(value)} is no object of names and values")
    found: dict[str, str] = {}
    for name, held in pairs:
        for key, text in _flat(normal_name(str(name)), held):
            if key and not is_blank(text, ATTRIBUTE):
                found.setdefault(key, text)
    return found


def _flat(name: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for inner, held in value.items():
            if not isinstance(held, Mapping | list):
                yield from _flat(
                    normal_name(str(inner)) if name in _HOLDERS else f"{name}_{normal_name(str(inner))}", held
                )
    elif isinstance(value, list):
        yield name, ", ".join(_word(item) for item in value if not isinstance(item, Mapping | list))
    elif value is not None:
        yield name, _word(value)


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return read_text(f"{value:f}" if isinstance(value, Decimal) and abs(value.adjusted()) < 20 else str(value))


def _reviews(value: object) -> tuple[Review, ...]:
    if not isinstance(value, list):
        raise ValueError(f"{shown(value)} is no list of reviews")
    return tuple(map(_review, value))


def _review(value: object) -> Review:
    if not isinstance(value, Mapping):
        raise ValueError(f"{shown(value)} is no review with a rating and a text")
    text = next((value[name] for name in ("text", "comment", "body", "content", "review") if value.get(name)), "")
    return Review(read_stars(value.get("rating")), read_text(text))


def _title(value: object) -> str:
    title = read_line(value)
    if not title:
        raise ValueError("is missing or empty")
    return title


def _money(value: object, info: ValidationInfo) -> Money:
    return read_amount(value, info.context["currency"] if info.context else "USD")


_HOLDERS = frozenset({"dimensions", "measurements", "specs", "specifications", "details", "properties", "attributes"})
_Line = Annotated[str, PlainValidator(read_line)]
_Link = Annotated[str, PlainValidator(read_link)]
_Count = Annotated[int, PlainValidator(read_count)]


_DATES: Mapping[str, Callable[[object, tzinfo], object]] = {
    "sale_price_effective_date": read_window,
    "availability_date": read_start,
    "expiration_date": read_end,
}
_WITHOUT = {"sale_price_effective_date": ("sale_price", "the sale is left out")}
"""What goes with a date that cannot be read, and how that is said: when such a sale is on, nobody knows."""


def _mended_dates(values: dict[str, object], zone: tzinfo) -> Iterator[tuple[str, str]]:
    """Reads the dates in `values` in place. Of one that is none yields the field and the fault, and leaves it out."""
    for name, read in _DATES.items():
        written = values.pop(name, None)
        if is_blank(written):
            continue
        try:
            values[name] = read(written, zone)
        except ValueError as error:
            goes, told = _WITHOUT.get(name, (name, "it is left out"))
            values.pop(goes, None)
            yield name, f"{error}; {told}"


class _Fields(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)

    id: Annotated[str, PlainValidator(read_id)]
    title: Annotated[str, PlainValidator(_title)]
    price: Annotated[Money, PlainValidator(_money)]
    description: Annotated[str, PlainValidator(read_text)] = ""
    link: _Link = ""
    image_link: _Link = ""
    sale_price: Annotated[Money | None, PlainValidator(_money)] = None
    availability: Annotated[Availability, PlainValidator(read_availability)] = Availability.IN_STOCK
    quantity: Annotated[int | None, PlainValidator(read_count)] = None
    brand: _Line = ""
    product_type: _Line = ""
    item_group_id: _Line = ""
    color: _Line = ""
    size: _Line = ""
    material: _Line = ""
    gtin: _Line = ""
    rating: Annotated[float | None, PlainValidator(read_rating)] = None
    rating_count: _Count = 0
    reviews: Annotated[tuple[Review, ...], PlainValidator(_reviews)] = ()
    attributes: Annotated[dict[str, str], PlainValidator(read_attributes)] = {}
    sale_price_effective_date: Window = ALWAYS
    availability_date: datetime | None = None
    expiration_date: datetime | None = None

    def product(self) -> Product:
        values = {name: getattr(self, name) for name in type(self).model_fields}
        if self.sale_price is None or self.sale_price.amount >= self.price.amount:  # many feeds repeat the price there
            values |= {"sale_price": None, "sale_price_effective_date": ALWAYS}
        return Product(**values)
