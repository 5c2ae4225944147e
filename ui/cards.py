"""Cards: products, sources and text as HTML. Everything from a record, a model or a customer is escaped here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from urllib.parse import quote, urlsplit

from retrieval.catalog.candidate import Candidate, ReasonKind
from retrieval.catalog.card import Card
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.faq import Faq
from retrieval.catalog.product import Availability, Product
from ui.strings import ENGLISH, Strings, strings_of

_ENGLISH = strings_of(ENGLISH)
_MOST_TELLING = (
    ReasonKind.LIKE_BOUGHT,
    ReasonKind.LIKE_VIEWED,
    ReasonKind.POPULAR,
    ReasonKind.WELL_RATED,
    ReasonKind.GOOD_PRICE,
    ReasonKind.MATCHES_REQUEST,
    ReasonKind.IN_STOCK,
)


def safe_url(url: str, base: str = "") -> str:
    """`url` where it is http(s) or a path on this host, put under `base` where it is relative; "" for anything else."""
    url = url.strip()
    if not url or re.search(r"[\x00-\x20\\]", url) or url.startswith("//"):
        return ""
    scheme = urlsplit(url).scheme.lower()
    if scheme:
        return url if scheme in ("http", "https") else ""
    return url if url.startswith("/") else f"{base}{url}"


def product_link(product: Product, root: str = "") -> str:
    """Return where a card leads: the product's own page, or the one that Aisle shows under `root`."""
    return safe_url(product.link, f"{root}/") or f"{root}/products/{quote(product.id, safe='')}"


def image_link(product: Product, root: str = "") -> str:
    """Return the product's picture, or "" if the record has none that is safe to load."""
    return safe_url(product.image_link, f"{root}/shop/")


def text_html(text: str) -> str:
    """Plain text as paragraphs; lines that start with "- " become a list."""
    blocks = (block.strip("\n") for block in re.split(r"\n\s*\n", text) if block.strip())
    return "".join(_block(block.split("\n")) for block in blocks)


def cards_html(
    candidates: Sequence[Candidate], catalog: Catalog, moment: datetime, root: str = "", strings: Strings = _ENGLISH
) -> str:
    """Return a list of product cards with links under `root`, or "" without candidates.

    Prices and stock are those of `moment`; a product that comes in several variants names the one shown.
    """
    if not candidates:
        return ""
    cards = [(candidate, Card.of(candidate.product, catalog, moment)) for candidate in candidates]
    items = "".join(f'<li class="aisle-card">{_card(*each, root, strings)}</li>' for each in cards)
    label = strings("one_product") if len(candidates) == 1 else strings("products", count=len(candidates))
    return f'<ul class="aisle-cards" aria-label="{escape(label)}">{items}</ul>'


def sources_html(sources: Iterable[Faq], root: str = "", strings: Strings = _ENGLISH) -> str:
    """Return links to the questions and policies that answer, or "" without any."""
    links = [f'<a href="{escape(_source_link(faq, root))}" target="_top">{escape(faq.title)}</a>' for faq in sources]
    if not links:
        return ""
    label = strings("source" if len(links) == 1 else "sources")
    return f'<p class="aisle-sources"><span>{escape(label)}</span>{"".join(links)}</p>'


def stars_html(product: Product, strings: Strings = _ENGLISH) -> str:
    """The rating as stars, in words for a screen reader; "" for a product without one."""
    if product.rating is None:
        return ""
    rating = f"{product.rating:g}"
    counted = f"{product.rating_count:,}" if product.rating_count else ""
    words = escape(strings("rated_by", rating=rating, count=counted) if counted else strings("rated", rating=rating))
    count = f'<span class="aisle-count" aria-hidden="true">{counted}</span>' if counted else ""
    share = max(0.0, min(100.0, product.rating * 20))
    return (
        f'<span class="aisle-rating" role="img" aria-label="{words}" title="{words}">'
        f'<span class="aisle-stars" style="--share:{share:.0f}%"></span>{count}</span>'
    )


def price_html(card: Card, strings: Strings = _ENGLISH) -> str:
    """What the variant shown costs, with the price before a sale struck, and the lowest price of the others."""
    offer, lowest = card.offer, card.lowest
    price = escape(str(offer.price))
    now = f"<strong>{escape(strings('from', price=offer.price)) if lowest == offer.price else price}</strong>"
    others = (
        f"<small>{escape(strings('others_from', price=lowest))}</small>" if lowest and lowest != offer.price else ""
    )
    if offer.old_price is None:
        return f'<span class="aisle-price">{now}{others}</span>'
    return (
        f'<span class="aisle-price is-sale">{now} <s><span class="aisle-unseen">{escape(strings("was"))} </span>'
        f"{escape(str(offer.old_price))}</s>{others}</span>"
    )


_LATER = {Availability.PREORDER: "preorder", Availability.BACKORDER: "backorder"}


def stock_html(card: Card, strings: Strings = _ENGLISH) -> str:
    """Whether the variant shown can be had, in words."""
    kind, words, product = "", strings("in_stock"), card.product
    if card.offer.can_be_ordered_later:
        kind, words = " is-low", strings(_LATER[card.offer.availability])
    elif not card.offer.is_available:
        kind, words = " is-out", strings("sold_out")
    elif product.quantity is not None and product.quantity <= 5:
        kind, words = " is-low", strings("few_left", count=product.quantity)
    return f'<span class="aisle-stock{kind}">{escape(words)}</span>'


def picture_html(product: Product, eager: bool = False, root: str = "") -> str:
    """The picture, described by the title elsewhere, or a plain tile with the title's initial."""
    link = image_link(product, root)
    if not link:
        initial = escape(product.title.strip()[:1].upper() or "?")
        return f'<span class="aisle-picture is-empty" aria-hidden="true">{initial}</span>'
    loading = "eager" if eager else "lazy"
    return (
        f'<span class="aisle-picture"><img src="{escape(link)}" alt="" loading="{loading}" '
        'referrerpolicy="no-referrer" width="320" height="320"></span>'
    )


def _card(candidate: Candidate, card: Card, root: str, strings: Strings) -> str:
    product = candidate.product
    variant = f' <span class="aisle-variant">{escape(card.variant)}</span>' if card.variant else ""
    reason = escape(_why(candidate))
    label = escape(strings("why"))
    why = f'<p class="aisle-why"><span class="aisle-unseen">{label} </span>{reason}</p>' if reason else ""
    return (
        f'<a class="aisle-card-link" href="{escape(product_link(product, root))}" target="_top">'
        f"{picture_html(product, root=root)}"
        f'<span class="aisle-name">{escape(product.title)}</span>{variant}</a>'
        f'<p class="aisle-facts">{price_html(card, strings)}{stars_html(product, strings)}</p>'
        f"{why}{stock_html(card, strings)}"
    )


def _source_link(faq: Faq, root: str) -> str:
    return safe_url(faq.link, f"{root}/") or f"{root}/help/{quote(faq.id, safe='')}"


def _why(candidate: Candidate) -> str:
    """The reason that says most beside a card that already shows rating, price and stock; all of them are true."""
    if not candidate.reasons:
        return ""
    text = min(candidate.reasons, key=lambda reason: _MOST_TELLING.index(reason.kind)).text
    return text[:1].upper() + text[1:]


def _block(lines: Sequence[str]) -> str:
    if all(line.lstrip().startswith("- ") for line in lines):
        return "<ul>" + "".join(f"<li>{escape(line.lstrip()[2:])}</li>" for line in lines) + "</ul>"
    return "<p>" + "<br>".join(escape(line) for line in lines) + "</p>"
