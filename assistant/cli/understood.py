"""What an import understood, for the terminal: which column is which field, currency and kinds, and products as cards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.shop_import import NOUNS
from retrieval.feeds.not_public import is_internal
from retrieval.feeds.table import normal_name
from retrieval.store.versions import Kind

if TYPE_CHECKING:
    from rich.console import RenderableType

    from assistant.shop_import import ImportResult
    from retrieval.catalog.product import Product
    from retrieval.feeds.intake import Columns

_MOST_KINDS, _MOST_CARDS, _MOST_ATTRIBUTES = 8, 10, 6
_NO_KIND = "no type"
_SHORTENED = 120
_MOST_NAMED = 10


def understood_lines(result: ImportResult, everything: bool) -> Iterator[str]:
    """What became of the columns, the currency, and how many products there are of each type, or FAQs in each file.

    Without `everything`, long lists are cut.
    """
    most = None if everything else _MOST_KINDS
    if result.kind is Kind.FAQS and result.reading.records:
        yield f"FAQs by file: {_counted(_by_file(result.reading.by_file), most)}."
    products = products_of(result)
    if not products:
        return
    columns = result.columns
    read = dict.fromkeys(pair for pair in columns.read if pair[1] != "attributes")
    yield f"Columns: {', '.join(f'{column} -> {field}' for column, field in read)}."
    if columns.attributes:
        yield f"Attributes, told as facts: {_listed(list(columns.attributes), most)}."
    for reason, names in _unused(columns).items():
        yield f"Not used{reason}: {_listed(names, most)}."
    yield f"Currency: {_counted(Counter(product.price.currency for product in products), most)}."
    yield f"Types: {_counted(Counter(product.product_type or _NO_KIND for product in products), most)}."
    if bare := [product.id for product in products if not product.image_link]:
        yield f"Without a picture, so that their cards show a letter: {len(bare)} of {len(products)} ({_listed(bare)})."


def _unused(columns: Columns) -> dict[str, list[str]]:
    """The columns from which nothing was read, by the reason."""
    found: dict[str, list[str]] = {}
    for column in columns.unused:
        reason = ""
        if is_internal(normal_name(column)):
            reason = " (your own business, never told)"
        elif column not in columns.filled:
            reason = " (empty)"
        found.setdefault(reason, []).append(column)
    return found


def _by_file(counts: Mapping[str, int]) -> Counter[str]:
    """The records of each file, by its name alone where no other has the same."""
    shared = Counter(Path(file).name for file in counts)
    return Counter({Path(file).name if shared[Path(file).name] == 1 else file: count for file, count in counts.items()})


def left_out_lines(result: ImportResult) -> Iterator[str]:
    """What was left out on purpose, and which stored records were removed for it, with their ids."""
    for reason, rows in result.reading.left_out.items():
        yield f"Left out: {len(rows)} ({reason}): {_listed(list(map(str, rows)))}."
    removed: dict[str, list[str]] = {}
    for id, reason in (result.outcome.hidden if result.outcome else {}).items():
        removed.setdefault(reason, []).append(id)
    for reason, ids in removed.items():
        yield f"Removed: {len(ids)} ({reason}): {_listed(ids)}."


def unknown_lines(result: ImportResult) -> Iterator[str]:
    """Events of products that the shop does not have."""
    if result.unknown:
        ids = sorted(result.unknown, key=lambda id: -result.unknown[id])
        count = result.unknown.total()
        events = "1 event" if count == 1 else f"{count} events"
        yield f"Of unknown products: {events}, kept until such a product is imported: {_listed(ids)}."


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
        lines.append(Text(f"{stock}, {product.quantity} left" if product.quantity else stock))
        about = [product.brand, product.product_type, product.color, product.size, product.material]
        lines.append(Text(", ".join(filter(None, about))))
        attributes = list(product.facts.items())[:_MOST_ATTRIBUTES]
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


def _listed(names: Sequence[str], most: int | None = _MOST_NAMED) -> str:
    """`names` with commas; beyond `most`, if that is given, they are only counted."""
    shown = names[:most]
    rest = len(names) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest else "")


def _counted(counts: Counter[str], most: int | None) -> str:
    return _listed([f"{name} ({count})" for name, count in counts.most_common()], most)
