"""What an import understood, for the terminal: which column is which field, currency and kinds, and products as cards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType

    from assistant.shop_import import ImportResult
    from retrieval.catalog.product import Product

_MOST_KINDS, _MOST_CARDS, _MOST_ATTRIBUTES = 8, 10, 6
_NO_KIND = "no type"
_SHORTENED = 120


def understood_lines(result: ImportResult) -> Iterator[str]:
    """Columns and their fields, the currency, and how many products there are of each type; nothing for other records."""
    products = products_of(result)
    if not products:
        return
    fields: dict[str, list[str]] = {}
    for (column, field), _ in sorted(result.columns.items(), key=lambda item: -item[1]):
        if column not in fields.setdefault(field, []):
            fields[field].append(column)
    told = (field if columns == [field] else f"{' or '.join(columns)} -> {field}" for field, columns in fields.items())
    yield f"Columns: {', '.join(told)}."
    yield f"Currency: {_counted(Counter(product.price.currency for product in products))}."
    yield f"Types: {_counted(Counter(product.product_type or _NO_KIND for product in products))}."


def cards(products: Sequence[Product]) -> Iterator[RenderableType]:
    """The first products as a customer would see them."""
    from rich.panel import Panel
    from rich.text import Text

    from retrieval.clock import utc_now

    moment = utc_now()
    for product in products[:_MOST_CARDS]:
        offer = product.offer_at(moment)
        lines = [
            Text.assemble((str(offer.price), "bold"), f"  instead of {offer.old_price}" if offer.old_price else "")
        ]
        stock = (
            offer.availability.value.replace("_", " ")
            if offer.is_available or offer.can_be_ordered_later
            else "sold out"
        )
        lines.append(Text(stock if product.quantity is None else f"{stock}, {product.quantity} left"))
        about = [product.brand, product.product_type, product.color, product.size, product.material]
        lines.append(Text(", ".join(filter(None, about))))
        attributes = list(product.attributes.items())[:_MOST_ATTRIBUTES]
        lines.append(Text("; ".join(f"{name.replace('_', ' ')}: {value}" for name, value in attributes)))
        lines.append(Text(" ".join(product.description.split())[:_SHORTENED]))
        shown = Text("\n").join(line for line in lines if line.plain)
        yield Panel(
            shown, title=Text(product.title), subtitle=Text(product.id), title_align="left", subtitle_align="right"
        )


def products_of(result: ImportResult) -> list[Product]:
    """The products that were read, if it was products that were imported."""
    from retrieval.catalog.product import Product

    return [record for record in result.reading.records if isinstance(record, Product)]


def _counted(counts: Counter[str]) -> str:
    named = [f"{name} ({count})" for name, count in counts.most_common(_MOST_KINDS)]
    rest = len(counts) - len(named)
    return ", ".join(named) + (f" and {rest} more" if rest else "")
