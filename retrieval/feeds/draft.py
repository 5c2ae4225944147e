"""Draft: a product as a feed gives it, in strings and JSON values, checked field by field into a Product."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, PlainValidator, ValidationInfo

from retrieval.catalog.attribute_names import is_bookkeeping, is_fact, serves_search
from retrieval.catalog.money import Money
from retrieval.catalog.product import Availability, Product, Review
from retrieval.catalog.window import ALWAYS, Window
from retrieval.feeds.amount import read_amount
from retrieval.feeds.blanks import is_blank, is_blank_attribute, is_empty
from retrieval.feeds.checked import read_fields
from retrieval.feeds.dates import read_end, read_start, read_window
from retrieval.feeds.intake import Columns, Intake
from retrieval.feeds.not_public import NAMES as HIDING
from retrieval.feeds.not_public import is_internal
from retrieval.feeds.report import MISSING, FeedRow, RowError, RowWarning, Skipped, of_one_row
from retrieval.feeds.shared_ids import kept_apart
from retrieval.feeds.strangers import is_quotable
from retrieval.feeds.table import normal_name
from retrieval.feeds.text import plain, unescaped
from retrieval.feeds.values import (
    read_availability,
    read_count,
    read_gtin,
    read_id,
    read_line,
    read_link,
    read_rating,
    read_stars,
    read_stock,
    read_text,
    shown,
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What one row of a feed says of one product, by the names of Product's fields.

    `names` tells how the file itself calls a field, where that differs: errors speak of the file. `currency` is
    that of the row, where it has one. `hidden` says why customers must not see the product, "" if they may. `given` is the
    row as the file has it, and `also` names what those of its columns were read for that are no field by themselves.
    """

    file: str
    line: int
    values: Mapping[str, object]
    names: Mapping[str, str] = field(default_factory=dict)
    currency: str = ""
    hidden: str = ""
    given: Mapping[str, object] = field(default_factory=dict)
    also: Mapping[str, str] = field(default_factory=dict)

    def read(self, intake: Intake) -> Iterator[FeedRow[Product]]:
        """The product, after a RowWarning for each fault that was mended, or one RowError for each field that is wrong.

        Of a product that is not for customers, Skipped with the id under which it would be stored.
        """
        intake.columns.fill(self.given, bool(self.hidden))
        if self.hidden:
            yield self._skipped(intake)
            return
        values = dict(self.values)
        warnings = [self._warning(name, reason) for name, reason in _mended_dates(values, intake.zone)]
        currency = self.currency or intake.currency
        found = read_fields(_Fields, values, currency)
        while isinstance(found, list):
            faults = {str(fault.place[0]): fault.reason for fault in found}
            if _ESSENTIAL & faults.keys():
                yield from of_one_row(self.error(name, reason) for name, reason in faults.items() if name in _ESSENTIAL)
                return
            warnings += [self._warning(name, f"{reason}; {_mend(name, values)}") for name, reason in faults.items()]
            found = read_fields(_Fields, values, currency)
        if not found.price.amount:
            yield self.error("price", "is 0, which is no offer")
            return
        if reason := _no_sale(found):
            warnings.append(self._warning("sale_price", f"{reason}; the sale is left out"))
            found.sale_price = None
        if strange := [review for review in found.reviews if not is_quotable(review.text)]:
            reason = (
                f"{len(strange)} of {len(found.reviews)} hold a link, a number to call or a promise of money; left out"
            )
            warnings.append(self._warning("reviews", reason))
            found.reviews = tuple(review for review in found.reviews if review not in strange)
        self._note(values, found.attributes, intake.columns)
        yield from self._identified(found.product(), warnings, intake)

    def _note(self, values: Mapping[str, object], attributes: Mapping[str, str], columns: Columns) -> None:
        """Notes which field was read from which column, and which attributes."""
        fields = {
            name: self.names.get(name, name)
            for name, value in values.items()
            if not is_empty(value) and name != _ATTRIBUTES
        }
        for name, column in fields.items():
            if column in self.given or "." in column:  # "offers.price" is a part of a column
                columns.note(column, name)
        columns.attributes.update(dict.fromkeys(name for name, value in attributes.items() if is_fact(name, value)))
        for column in self.given.keys() - fields.values():
            if is_blank(self.given[column]):
                continue
            name = normal_name(column)
            if (key := _attribute_name(name)) in attributes or (name == _ATTRIBUTES and attributes):
                columns.note(column, "search words" if serves_search(key) else _ATTRIBUTES)
            elif column in self.also:
                columns.note(column, self.also[column])
            elif name in HIDING:
                columns.note(column, "shown or hidden")

    def _skipped(self, intake: Intake) -> Skipped:
        """The report that the product is left out. It needs no title and no price, for nobody will see them."""
        values = {name: value for name, value in self.values.items() if name in _IDENTIFYING}
        found = read_fields(_Fields, _SOLD_AS | values)
        while isinstance(found, list):
            faulty = {str(fault.place[0]) for fault in found}
            if "id" in faulty:
                return Skipped(self.file, self.line, self.hidden)
            values = {name: value for name, value in values.items() if name not in faulty}
            found = read_fields(_Fields, _SOLD_AS | values)
        product = found.product()
        product = kept_apart(product, intake.first_product(product)) or product
        return Skipped(self.file, self.line, self.hidden, product.id, not product.item_group_id)

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
        return RowError(self.file, self.line, self.names.get(name, name), reason, readable_id(self.values.get("id")))


def readable_id(value: object) -> str:
    """`value` as an id, "" if it is none."""
    try:
        return "" if is_blank(value, "id") else read_id(value)
    except ValueError:
        return ""


def read_attributes(value: object) -> dict[str, str]:
    """Attributes by snake_case name, from an object or a list of {"name", "value"}; what is nested is put in words.

    Left out is what says nothing about the thing, what is the shop's own business, and what is no text.
    """
    if isinstance(value, Mapping):
        pairs = list(value.items())
    elif isinstance(value, Sequence) and all(isinstance(item, Mapping) and "name" in item for item in value):
        shown_ones = [item for item in value if item.get("visible", True) is not False]
        pairs = [(item["name"], item.get("value", item.get("options", item.get("option")))) for item in shown_ones]
    else:
        raise ValueError(f"{shown(value)} is no object of names and values")
    found: dict[str, str] = {}
    for name, held in pairs:
        for long_key, text in _flat(normal_name(str(name)), held):
            key = _attribute_name(long_key)
            if key and not (is_internal(key) or is_bookkeeping(key, text) or is_blank_attribute(key, text)):
                found.setdefault(key, text)
    return found


def _attribute_name(name: str) -> str:
    return name.removeprefix("product_") if name in _OWN_MEASURES else name


def _flat(name: str, value: object) -> Iterator[tuple[str, str]]:
    """The words of a value, and of the parts of an object each with its own name."""
    if is_internal(name):
        return
    if isinstance(value, Mapping):
        for inner, held in value.items():
            if not isinstance(held, Mapping | list):
                yield from _flat(
                    normal_name(str(inner)) if name in _HOLDERS else f"{name}_{normal_name(str(inner))}", held
                )
    elif isinstance(value, list):
        words = (_word(item) for item in value if not isinstance(item, Mapping | list))
        yield name, ", ".join(word for word in words if not is_blank(word))
    elif value is not None:
        yield name, _word(value)


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    try:
        return read_text(f"{value:f}" if isinstance(value, Decimal) and abs(value.adjusted()) < 20 else str(value))
    except ValueError:
        return ""


def _reviews(value: object) -> tuple[Review, ...]:
    if not isinstance(value, list):
        raise ValueError(f"{shown(value)} is no list of reviews")
    read = [_review(each) for each in value]
    if value and not any(read):
        raise ValueError(f"{shown(value[0])} is no review with a rating and a text")
    return tuple(review for review in read if review is not None)


def _review(value: object) -> Review | None:
    """One review; None if it has no rating, or no text that can be read."""
    if not isinstance(value, Mapping):
        return None
    text = next((value[name] for name in ("text", "comment", "body", "content", "review") if value.get(name)), "")
    try:
        return Review(read_stars(value.get("rating")), read_text(text))
    except ValueError:
        return None


def _title(value: object) -> str:
    title = read_line(value)
    if not title:
        raise ValueError(MISSING)
    return title


def _money(value: object, info: ValidationInfo) -> Money:
    return read_amount(value, info.context["currency"] if info.context else "USD")


_OWN_MEASURES = frozenset(f"product_{name}" for name in ("weight", "length", "width", "height", "depth", "volume"))
"""Names under which Merchant feeds give the measures of the product itself, next to those of its parcel."""
_ATTRIBUTES = "attributes"
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
        if is_blank(written, name):
            continue
        try:
            values[name] = read(written, zone)
        except ValueError as error:
            goes, told = _WITHOUT.get(name, (name, "it is left out"))
            values.pop(goes, None)
            yield name, f"{error}; {told}"


def _mend(name: str, values: dict[str, object]) -> str:
    """Mends a field that cannot be read, in place, and says how: what cannot be cut or read otherwise is left out."""
    written = values.pop(name)
    if name == "availability":
        known = not is_blank(values.get("quantity"), "quantity")
        values[name] = Availability.IN_STOCK if known else Availability.OUT_OF_STOCK
        return "the number in stock counts" if known else "it is taken as out of stock"
    if name == "sale_price":
        values.pop("sale_price_effective_date", None)
        return "the sale is left out"
    if name in _LONGEST and isinstance(written, str) and len(written) > _LONGEST[name]:
        values[name] = plain(unescaped(written))[: _LONGEST[name]]
        return "the rest is left out"
    return "it is left out"


_IDENTIFYING = frozenset({"id", "title", "item_group_id", "color", "size", "material", "attributes"})
"""Fields from which the id of a product is made."""
_SOLD_AS: dict[str, object] = {"title": "(hidden)", "price": "1.00 USD"}
"""What a hidden product need not have, so that its id can be made all the same."""
_ESSENTIAL = frozenset({"id", "title", "price"})
"""Fields without which nothing can be sold or shown."""
_LONGEST: Mapping[str, int] = {"description": 100_000, "product_type": 1_000}
"""Characters of a field that are kept; the rest of a longer one is cut off."""


def _no_sale(found: _Fields) -> str:
    """Why a sale price is none; "" if it is one, or if there is none."""
    sale, price = found.sale_price, found.price
    if sale is None:
        return ""
    if sale.currency != price.currency:
        return f"is in {sale.currency}, but the price is in {price.currency}"
    return f"{sale} is above the price of {price}" if sale.amount > price.amount else ""


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
    quantity: Annotated[int | None, PlainValidator(read_stock)] = None
    brand: _Line = ""
    product_type: _Line = ""
    item_group_id: _Line = ""
    color: _Line = ""
    size: _Line = ""
    material: _Line = ""
    gtin: Annotated[str, PlainValidator(read_gtin)] = ""
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
