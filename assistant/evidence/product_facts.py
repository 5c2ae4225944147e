"""Product facts: what a reply may say about one product, worded by the table in `assistant/evidence/hints.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from assistant.evidence.evidence import Fact, FactKind
from assistant.evidence.hints import (
    IN_STOCK,
    LATER,
    LOW_STOCK,
    OUT_OF_STOCK,
    name_hint,
)
from assistant.evidence.wording import by_size, day, in_words, lower, singular_kind
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.product import Availability, Offer, Product
from retrieval.feeds.strangers import as_name

LOW_QUANTITY = 5
"""From this number in stock downwards a product is nearly sold out."""
_A_MOMENT = timedelta(microseconds=1)
_EARLY, _LATE = 3, 21
"""Hours before and from which the end of a sale is the end of a day."""


class ProductFacts:
    """Makes facts from the records of one catalogue."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._offer_makers: dict[str, Callable[[Product, Offer], tuple[FactKind, str, str] | None]] = {
            "price": lambda p, o: (FactKind.MONEY, str(o.price), ""),
            "old_price": lambda p, o: (FactKind.MONEY, str(o.old_price), "") if o.old_price else None,
            "saving": lambda p, o: (FactKind.MONEY, str(o.saving), "") if o.saving else None,
            "quantity": lambda p, o: (FactKind.NUMBER, str(p.quantity), "") if p.quantity and o.is_available else None,
        }
        self._makers: dict[str, Callable[[Product], tuple[FactKind, str, str] | None]] = {
            "name": lambda p: (FactKind.NAME, as_name(p.title), name_hint(p.title)),
            "rating": _rating,
            "reviews": _reviews,
            "brand": lambda p: (FactKind.NAME, as_name(p.brand), ""),
            "kind": _kind,
            "color": lambda p: _text(in_words(lower(p.color).split("/"))),
            "size": lambda p: _text(p.size),
            "material": lambda p: _text(in_words(lower(p.material).split("/"))),
        }

    def of(
        self,
        slot: str,
        product: Product,
        fields: Iterable[str],
        moment: datetime | None = None,
        zone: tzinfo = UTC,
    ) -> list[Fact]:
        """The facts that `product` has among `fields`, as `slot`.field, with the offer of `moment`, else the listed one.

        Days are counted in `zone`.
        """
        made = ((field, self._made(product, field, moment, zone)) for field in fields)
        return [_fact(slot, field, product, value) for field, value in made if value is not None and value[1]]

    def _made(
        self, product: Product, field: str, moment: datetime | None, zone: tzinfo
    ) -> tuple[FactKind, str, str] | None:
        if field == "stock":
            return _dated_stock(product, moment, zone)
        if field == "sale_end":
            return _sale_end(product, moment, zone)
        if field == "size_colors":
            return _several([lower(value) for value in self._had(product, "color", "size", moment)])
        if field == "color_sizes":
            return _several(by_size(self._had(product, "size", "color", moment)))
        if field in self._offer_makers:
            return self._offer_makers[field](product, _offer(product, moment))
        if field == "colors":
            return _several([lower(value) for value in self._values(product, "color", moment)])
        if field == "sizes":
            return _several(by_size(self._values(product, "size", moment)))
        return self._makers[field](product) if field in self._makers else None

    def _had(self, product: Product, field: str, within: str, moment: datetime | None) -> list[str]:
        """The values of `field` that can be had in the size or color, `within`, that `product` has; none if it has no such option."""
        own = getattr(product, within)
        alike = [variant for variant in self._catalog.variants(product) if own and getattr(variant, within) == own]
        offers = [(variant, _offer(variant, moment)) for variant in alike]
        had = [variant for variant, offer in offers if offer.is_available or offer.can_be_ordered_later]
        return list(dict.fromkeys(str(getattr(variant, field)) for variant in had if getattr(variant, field)))

    def _values(self, product: Product, field: str, moment: datetime | None) -> list[str]:
        """All values of `field` in the product's group; only those that can be bought, where any can."""
        variants = self._catalog.variants(product)
        buyable = [variant for variant in variants if _offer(variant, moment).is_available] or list(variants)
        return list(dict.fromkeys(str(getattr(variant, field)) for variant in buyable if getattr(variant, field)))


def _fact(slot: str, field: str, product: Product, value: tuple[FactKind, str, str]) -> Fact:
    kind, text, hint = value
    return Fact(f"{slot}.{field}", kind, text, hint, f"product:{product.id}")


def _text(text: str) -> tuple[FactKind, str, str] | None:
    return (FactKind.TEXT, text, "") if text else None


def _several(values: Sequence[str]) -> tuple[FactKind, str, str] | None:
    return (FactKind.TEXT, in_words(values), "") if values else None


def _offer(product: Product, moment: datetime | None) -> Offer:
    return product.listed_offer if moment is None else product.offer_at(moment)


def _dated_stock(product: Product, moment: datetime | None, zone: tzinfo) -> tuple[FactKind, str, str]:
    """`stock_words`, with the day from which a pre-order or back order is sent, if that is known."""
    offer = _offer(product, moment)
    kind, words, hint = stock_words(product, offer)
    if offer.ships_from is None or moment is None:
        return kind, words, hint
    day_sent, today = offer.ships_from.astimezone(zone).date(), moment.astimezone(zone).date()
    year = "" if day_sent.year == today.year else f", {day_sent.year}"
    return kind, f"{words} (ships {day(day_sent)}{year})", hint


def _sale_end(product: Product, moment: datetime | None, zone: tzinfo) -> tuple[FactKind, str, str] | None:
    """When the sale of `moment` ends, as it follows the price from then on: "after December 6", or "on December 6" if it ends during that day."""
    end = product.sale_price_effective_date.end
    if end is None or moment is None or _offer(product, moment).old_price is None:
        return None
    last, today = (end - _A_MOMENT).astimezone(zone), moment.astimezone(zone).date()
    if last.hour < _EARLY:  # the end of a day that was given in another time zone
        last, is_whole = last - timedelta(days=1), True
    else:
        is_whole = last.hour >= _LATE
    year = "" if last.year == today.year else f", {last.year}"
    return FactKind.DATE, f"{'after' if is_whole else 'on'} {day(last.date())}{year}", ""


def is_low(product: Product) -> bool:
    """True if only a few pieces are left."""
    return product.quantity is not None and product.quantity <= LOW_QUANTITY


def stock_words(product: Product, offer: Offer) -> tuple[FactKind, str, str]:
    """How one variant stands in stock: kind, words that fit after "it is", and hint."""
    if offer.is_over:
        return FactKind.STOCK, "no longer available", OUT_OF_STOCK
    if offer.is_available:
        return (
            (FactKind.STOCK, "nearly sold out", LOW_STOCK)
            if is_low(product)
            else (FactKind.STOCK, "in stock", IN_STOCK)
        )
    if offer.can_be_ordered_later:
        order = "pre-order" if offer.availability is Availability.PREORDER else "back-order"
        return FactKind.STOCK, f"available to {order}", LATER
    return FactKind.STOCK, "sold out", OUT_OF_STOCK


def _rating(product: Product) -> tuple[FactKind, str, str] | None:
    rating = product.rating
    return (FactKind.RATING, f"{rating:.1f} out of 5", "") if rating else None


def _reviews(product: Product) -> tuple[FactKind, str, str] | None:
    count = product.rating_count
    return (FactKind.NUMBER, f"{count:,} rating{'' if count == 1 else 's'}", "") if product.rating and count else None


def _kind(product: Product) -> tuple[FactKind, str, str] | None:
    kind = singular_kind(product.category_path[-1]) if product.category_path else ""
    return (FactKind.TEXT, kind, name_hint(kind)) if kind else None
