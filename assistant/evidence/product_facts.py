"""Product facts: what a reply may say about one product, worded by the table in `assistant/evidence/hints.py`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, tzinfo

from assistant.evidence.evidence import Fact, FactKind
from assistant.evidence.hints import (
    IN_STOCK,
    LATER,
    LOW_STOCK,
    OUT_OF_STOCK,
    WITH,
    answer_hint,
    count_hint,
    kind_hint,
    name_hint,
    rating_hint,
)
from assistant.evidence.wording import by_size, day, in_words, lower, sentences, singular_kind
from retrieval.catalog.candidate import Candidate
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.product import Availability, Offer, Product

LOW_QUANTITY = 5
"""From this number in stock downwards a product is nearly sold out."""

_LONGEST = 220
_OWN_FIELDS = {
    "material": "material", "fabric": "material", "color": "color", "colour": "color", "size": "size", "brand": "brand",
    "manufacturer": "brand",
}  # fmt: skip
_UNTELLING = frozenset({"care", "fit", "warranty", "sku", "gtin", "mpn", "id", "country_of_origin"})
_ON_THE_SALE = frozenset(
    [
        "return",
        "returns",
        "policy",
        "warranty",
        "guarantee",
        "shipping",
        "delivery",
        "order",
        "information",
        "code",
        "tags",
    ]
)
_WITH_PHRASE = re.compile(
    r"\bwith (an? [a-z][a-z0-9,' -]{6,60}?)(?=[.;:!]|, (?:so|which|and|but)\b| so | that | which | for |$)"
)
_UNIT = re.compile(r"[A-Za-z°%\"]")
"""What makes a number a measure."""
_ADDRESSES_A_MACHINE = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instruction|prompt|rule|previous|above)"
    r"|\b(?:system prompt|as an ai|tell (?:the|every|all) customers?)\b"
    r"|\b(?:assistant|chat ?bot|language model|ai)\b.{0,30}\b(?:must|should|say|tell|reply|answer)\b",
    re.IGNORECASE,
)


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
            "name": lambda p: (FactKind.NAME, p.title, name_hint(p.title)),
            "rating": _rating,
            "reviews": _reviews,
            "quote": lambda p: _text(_quote(p)),
            "brand": lambda p: (FactKind.NAME, p.brand, ""),
            "kind": _kind,
            "color": lambda p: _text(in_words(lower(p.color).split("/"))),
            "size": lambda p: _text(p.size),
            "material": lambda p: _text(in_words(lower(p.material).split("/"))),
            "feature": _feature,
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
        if field in self._offer_makers:
            return self._offer_makers[field](product, _offer(product, moment))
        if field == "colors":
            return _several([lower(value) for value in self._values(product, "color", moment)])
        if field == "sizes":
            return _several(by_size(self._values(product, "size", moment)))
        return self._makers[field](product) if field in self._makers else None

    def _values(self, product: Product, field: str, moment: datetime | None) -> list[str]:
        """All values of `field` in the product's group; only those that can be bought, where any can."""
        variants = self._catalog.variants(product)
        buyable = [variant for variant in variants if _offer(variant, moment).is_available] or list(variants)
        return list(dict.fromkeys(str(getattr(variant, field)) for variant in buyable if getattr(variant, field)))


def reason_fact(slot: str, candidate: Candidate) -> Fact | None:
    """Why the recommendation head chose this product, or None when it says nothing."""
    if not candidate.reasons:
        return None
    return _fact(slot, "reason", candidate.product, (FactKind.TEXT, candidate.reasons[0].text.rstrip("."), ""))


def detail_fact(slot: str, product: Product, about: str) -> Fact | None:
    """What the record says on `about` ("Weight: 1.2 kg"), or in general when `about` is ""; None when nothing."""
    text = detail(product, about)
    return _fact(slot, "detail", product, (FactKind.TEXT, text, answer_hint(text))) if text else None


def detail(product: Product, about: str) -> str:
    """What the record says on `about`: "Property: value", or a sentence of the description; "" when nothing.

    Two sentences of the description when `about` is "". The final dot is left to the sentence around it.
    """
    telling = _honest_sentences(product)
    if not about:
        return _in_brief(telling[:2])
    found = property_of(product, about)
    if found:
        name, value = found
        return f"{name[:1].upper()}{name[1:]}: {value}"
    stems = _stems(about)
    return _in_brief([sentence for sentence in telling if _holds_all(sentence, stems)][:1])


def property_of(product: Product, about: str) -> tuple[str, str] | None:
    """The attribute or field of the record that `about` names, as ("weight", "1.2 kg")."""
    asked = about.lower().replace("_", " ").strip()
    for matches in (_is_name, _shares_word):
        for name, value in product.attributes.items():
            if value and matches(asked, name):
                return _spoken(name, value)
    field = next((_OWN_FIELDS[word] for word in asked.split() if word in _OWN_FIELDS), "")
    if field and getattr(product, field):
        return _spoken(field, str(getattr(product, field)))
    stems = _stems(asked)
    named = next((name for name, value in product.attributes.items() if _holds_all(value, stems)), "")
    return _spoken(named, product.attributes[named]) if named else None


def _stems(about: str) -> list[str]:
    return [word[:6] for word in re.findall(r"[a-z]{3,}", about.lower())]


def _holds_all(text: str, stems: Sequence[str]) -> bool:
    return bool(stems) and all(stem in text.lower() for stem in stems)


def _in_brief(telling: Sequence[str]) -> str:
    text = " ".join(telling)
    if len(text) > _LONGEST:
        text = telling[0]
    return text.rstrip(".")


def _spoken(name: str, value: str) -> tuple[str, str]:
    answer = {"true": "yes", "false": "no"}.get(value.lower(), value)
    return name.replace("_", " "), answer.strip().rstrip(".")


def _is_name(asked: str, name: str) -> bool:
    return name.replace("_", " ").lower() == asked


def _shares_word(asked: str, name: str) -> bool:
    words = set(re.findall(r"[a-z]{3,}", name.lower()))
    return any(word in words or any(w.startswith(word[:6]) for w in words if len(word) > 5) for word in asked.split())


def _fact(slot: str, field: str, product: Product, value: tuple[FactKind, str, str]) -> Fact:
    kind, text, hint = value
    return Fact(f"{slot}.{field}", kind, text, hint, f"product:{product.id}")


def _text(text: str) -> tuple[FactKind, str, str] | None:
    return (FactKind.TEXT, text, "") if text else None


def _several(values: Sequence[str]) -> tuple[FactKind, str, str] | None:
    return (FactKind.TEXT, in_words(values), count_hint(len(values))) if values else None


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
    return (FactKind.RATING, f"{rating:.1f} out of 5", rating_hint(rating)) if rating else None


def _reviews(product: Product) -> tuple[FactKind, str, str] | None:
    count = product.rating_count
    return (FactKind.NUMBER, f"{count:,} rating{'' if count == 1 else 's'}", "") if product.rating and count else None


def _kind(product: Product) -> tuple[FactKind, str, str] | None:
    kind = singular_kind(product.category_path[-1]) if product.category_path else ""
    return (FactKind.TEXT, kind, kind_hint(kind)) if kind else None


def _quote(product: Product) -> str:
    """One sentence of the review that stands closest to the mean rating: the longest that is still short."""
    if product.rating is None:
        return ""
    mean = product.rating
    for review in sorted(product.reviews, key=lambda review: abs(review.rating - mean)):
        fitting = [s for s in sentences(review.text) if len(s.split()) > 3 and len(s) <= 110 and _is_honest(s)]
        if fitting:
            return max(fitting, key=len)
    return ""


def _feature(product: Product) -> tuple[FactKind, str, str] | None:
    """One phrase that tells the product from others: a measure, "with a ..." of its description, or what it has."""
    telling = {name: value for name, value in product.attributes.items() if value and not _is_untelling(name)}
    for name, value in telling.items():
        if value[0].isdigit() and _UNIT.search(value) and len(value) <= 24:
            return FactKind.TEXT, attribute_phrase(name, value), WITH
    for sentence in _honest_sentences(product):
        found = _WITH_PHRASE.search(sentence)
        if found and not found.group(1).endswith((" and", " or", " the", " a", " of", ",")):
            return FactKind.TEXT, found.group(1).strip(), WITH
    held = next((name for name, value in telling.items() if value.lower() in ("yes", "true")), "")
    return (FactKind.TEXT, held.replace("_", " "), "") if held else None


def _is_untelling(name: str) -> bool:
    """Whether an attribute speaks of the sale rather than of the product."""
    return name in _UNTELLING or not _ON_THE_SALE.isdisjoint(name.lower().split("_"))


def attribute_phrase(name: str, value: str) -> str:
    """An attribute as a noun phrase that fits after "with": "a weight of 1.2 kg"."""
    spoken = name.replace("_", " ")
    article = "" if spoken.endswith("s") and not spoken.endswith("ss") else "an " if spoken[0] in "aeiou" else "a "
    return f"{article}{spoken} of {value.strip().rstrip('.')}"


def _honest_sentences(product: Product) -> list[str]:
    """The description's sentences that speak of the product, not to whoever reads it out."""
    text = re.sub(r"<[^>]+>", " ", product.description)
    return [s for s in sentences(re.sub(r"\s+", " ", text)) if _is_honest(s)]


def _is_honest(sentence: str) -> bool:
    return not _ADDRESSES_A_MACHINE.search(sentence) and "http" not in sentence and "@" not in sentence
