"""What an import understood, for the terminal: which column is which field, currency and kinds, and products as cards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from assistant.shop_import import NOUNS

if TYPE_CHECKING:
    from rich.console import RenderableType

    from assistant.shop_import import ImportResult
    from retrieval.catalog.product import Product

_MOST_KINDS, _MOST_CARDS, _MOST_ATTRIBUTES = 8, 10, 6
_NO_KIND = "no type"
_SHORTENED = 120
_MOST_NAMED = 10


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


def left_out_lines(result: ImportResult) -> Iterator[str]:
    """What was left out on purpose, and which stored records were removed for it, with their ids."""
    for reason, rows in result.reading.left_out.items():
        yield f"Left out: {len(rows)} ({reason}): {_listed(list(map(str, rows)))}."
    removed: dict[str, list[str]] = {}
    for id, reason in (result.outcome.hidden if result.outcome else {}).items():
        removed.setdefault(reason, []).append(id)
    for reason, ids in removed.items():
        yield f"Removed: {len(ids)} ({reason}): {_listed(ids)}."


def bad_lines(result: ImportResult, replace: bool) -> Iterator[str]:
    """What could not be imported and, with `replace`, what was therefore not removed and how to go on."""
    reading, noun = result.reading, NOUNS[result.kind]
    if reading.is_complete:
        return
    counts = ((reading.bad_rows, "bad row"), (reading.bad_files, "bad file"))
    told = " and ".join(f"{count} {name}{'s' * (count > 1)}" for count, name in counts if count)
    yield f"Not imported: {told}, named above."
    if not replace or result.outcome is None:
        return
    if reading.removal(replace=True).others:
        yield f"Kept, if stored: {noun} whose ids bad rows name: {_listed(sorted(reading.bad_ids))}."
        return
    cause = (
        f"a file could not be read, and any of the {noun} that seem to be gone may be in it. Correct it"
        if reading.bad_files
        else f"the bad row at {reading.nameless} has no id that can be read, and may be any of the {noun} that seem to be gone. "
        "Correct that row"
    )
    yield (
        f"Nothing was removed for being absent from the files: {cause} and import again with --replace, "
        "or hide single records with a row of their id and the status hidden."
    )


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


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _counted(counts: Counter[str]) -> str:
    named = [f"{name} ({count})" for name, count in counts.most_common(_MOST_KINDS)]
    rest = len(counts) - len(named)
    return ", ".join(named) + (f" and {rest} more" if rest else "")
