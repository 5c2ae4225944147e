"""Cards: products, sources and text as HTML. Everything from a record, a model or a customer is escaped here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from urllib.parse import quote, urlsplit

from assistant.shown import Card, Proposed, Shown, ShownLink, Source, StockState
from ui.strings import ENGLISH, Strings, strings_of

_ENGLISH = strings_of(ENGLISH)
_SIGNS = {
    StockState.IN_STOCK: "",
    StockState.FEW_LEFT: " is-low",
    StockState.PREORDER: " is-low",
    StockState.BACKORDER: " is-low",
    StockState.SOLD_OUT: " is-out",
}


def safe_url(url: str, base: str = "") -> str:
    """`url` where it is http(s) or a path on this host, put under `base` where it is relative; "" for anything else."""
    url = url.strip()
    if not url or re.search(r"[\x00-\x20\\]", url) or url.startswith("//"):
        return ""
    scheme = urlsplit(url).scheme.lower()
    if scheme:
        return url if scheme in ("http", "https") else ""
    return url if url.startswith("/") else f"{base}{url}"


def product_link(card: Card, root: str = "") -> str:
    """Return where a card leads: the product's own page, or the one that Aisle shows under `root`."""
    return safe_url(card.link, f"{root}/") or f"{root}/products/{quote(card.id, safe='')}"


def image_link(card: Card, root: str = "") -> str:
    """Return the product's picture, or "" if the record has none that is safe to load."""
    return safe_url(card.image_link, f"{root}/shop/")


def text_html(text: str) -> str:
    """Plain text as paragraphs; lines that start with "- " become a list."""
    blocks = (block.strip("\n") for block in re.split(r"\n\s*\n", text) if block.strip())
    return "".join(_block(block.split("\n")) for block in blocks)


def cards_html(cards: Sequence[Card], root: str = "", strings: Strings = _ENGLISH) -> str:
    """Return a list of product cards with links under `root`, or "" without any.

    A product that comes in several variants names the one shown. Several cards have buttons to the others and a count
    below them, which `chat.js` keeps and hides where all fit.
    """
    if not cards:
        return ""
    items = "".join(f'<li class="aisle-card">{_card(card, root, strings)}</li>' for card in cards)
    label = strings("one_product") if len(cards) == 1 else strings("products", count=len(cards))
    return f'<ul class="aisle-cards" aria-label="{escape(label)}">{items}</ul>{_steps(len(cards), strings)}'


def sources_html(sources: Iterable[Source], root: str = "", strings: Strings = _ENGLISH) -> str:
    """Return links to the questions and policies that answer, or "" without any."""
    links = [
        f'<a href="{escape(_source_link(source, root))}" target="_top">{escape(source.title)}</a>' for source in sources
    ]
    if not links:
        return ""
    label = strings("source" if len(links) == 1 else "sources")
    return f'<p class="aisle-sources"><span>{escape(label)}</span>{"".join(links)}</p>'


def find_order_html(shown: Shown, strings: Strings = _ENGLISH) -> str:
    """The form by which a visitor proves an order, or "" where none is asked for. `find.js` shows it and sends it."""
    if not shown.find_order:
        return ""
    say = {key: escape(strings(f"find_{key}")) for key in
           ("order", "number", "email", "send", "sent", "code", "show", "again", "wrong", "often")}  # fmt: skip
    return (
        f'<form class="aisle-find" hidden data-sent="{say["sent"]}" data-wrong="{say["wrong"]}" '
        f'data-often="{say["often"]}" data-failed="{escape(strings("failed"))}"><strong>{say["order"]}</strong>'
        f'<div data-at="order"><label>{say["number"]}<input name="order" maxlength="100" autocomplete="off" required></label>'
        f'<label>{say["email"]}<input name="email" type="email" maxlength="254" autocomplete="email" required></label>'
        f'<button class="is-main">{say["send"]}</button></div>'
        f'<p role="status"></p>'
        f'<div data-at="code" hidden><label>{say["code"]}<input name="code" inputmode="numeric" maxlength="20" '
        f'autocomplete="one-time-code" required disabled></label><button class="is-main">{say["show"]}</button>'
        f'<button type="button" data-back>{say["again"]}</button></div></form>'
    )


def proposal_html(proposal: Proposed | None, strings: Strings = _ENGLISH) -> str:
    """Return a change that waits for a yes, with a button for yes and one for no; "" without one. `chat.js` does what they say."""
    if proposal is None:
        return ""
    changes = "".join(f"<li>{escape(line)}</li>" for line in proposal.changes)
    money = "".join(f'<li class="is-money">{escape(line)}</li>' for line in proposal.money)
    notes = "".join(f'<p class="aisle-note">{escape(line)}</p>' for line in proposal.notes)
    no = "no_cancel" if proposal.kind == "cancel" else "no_change"  # "Cancel" would seem to cancel the order
    labels = (("confirm", escape(strings(f"yes_{proposal.kind}"))), ("cancel", escape(strings(no))))
    buttons = "".join(
        f'<button type="button" class="is-{do}" data-press="{do}" data-id="{escape(proposal.id)}" data-say="{label}">{label}</button>'
        for do, label in labels
    )
    listed = f"<ul>{changes}{money}</ul>" if changes or money else ""
    return (
        f'<section class="aisle-proposal" aria-label="{escape(strings("proposal"))}"><h2>{escape(proposal.heading)}</h2>'
        f'{listed}{notes}<p class="aisle-answer">{buttons}</p></section>'
    )


def links_html(links: Iterable[ShownLink], root: str = "", strings: Strings = _ENGLISH) -> str:
    """Return where the customer can go on, to check out or to print a label; "" without any safe address."""
    known = ((link, safe_url(link.url, f"{root}/")) for link in links)
    shown = [
        f'<a href="{escape(url)}" target="_top">{escape(strings(f"go_{link.kind}"))}</a>' for link, url in known if url
    ]
    return f'<p class="aisle-links">{"".join(shown)}</p>' if shown else ""


def stars_html(card: Card, strings: Strings = _ENGLISH) -> str:
    """The rating as stars, in words for a screen reader; "" for a product without one."""
    if card.rating is None:
        return ""
    rating = f"{card.rating:g}"
    counted = f"{card.rating_count:,}" if card.rating_count else ""
    words = escape(strings("rated_by", rating=rating, count=counted) if counted else strings("rated", rating=rating))
    count = f'<span class="aisle-count" aria-hidden="true">{counted}</span>' if counted else ""
    share = max(0.0, min(100.0, card.rating * 20))
    return (
        f'<span class="aisle-rating" role="img" aria-label="{words}" title="{words}">'
        f'<span class="aisle-stars" style="--share:{share:.0f}%"></span>{count}</span>'
    )


def price_html(card: Card, strings: Strings = _ENGLISH, of_group: bool = False) -> str:
    """What the variant shown costs, with the price before a sale struck, and the lowest price of the others.

    `of_group` says "from" where the card stands for all variants, not for the one shown.
    """
    lowest, is_lowest = card.lowest_text, card.lowest_text == card.price_text
    price = escape(strings("from", price=card.price_text) if of_group and is_lowest else card.price_text)
    others = f"<small>{escape(strings('others_from', price=lowest))}</small>" if lowest and not is_lowest else ""
    if not card.old_price_text:
        return f'<span class="aisle-price"><strong>{price}</strong>{others}</span>'
    return (
        f'<span class="aisle-price is-sale"><strong>{price}</strong> <s><span class="aisle-unseen">'
        f"{escape(strings('was'))} </span>{escape(card.old_price_text)}</s>{others}</span>"
    )


def flag_html(card: Card, is_sold_out: bool, strings: Strings = _ENGLISH) -> str:
    """The mark on a picture of the shelf: that no variant is left, or that the one shown is on sale; "" for neither."""
    if is_sold_out:
        return f'<span class="flag is-out">{escape(strings(StockState.SOLD_OUT.value))}</span>'
    return f'<span class="flag">{escape(strings("sale"))}</span>' if card.old_price_text else ""


def stock_html(card: Card, strings: Strings = _ENGLISH) -> str:
    """Whether the variant shown can be had, in words."""
    words = strings(card.stock.value, count=card.left) if card.left is not None else strings(card.stock.value)
    return f'<span class="aisle-stock{_SIGNS[card.stock]}">{escape(words)}</span>'


def picture_html(card: Card, eager: bool = False, root: str = "") -> str:
    """The picture, described by the title elsewhere, or a plain tile with the title's initial.

    `pictures.js` puts the tile in the place of a picture that cannot be loaded.
    """
    link, initial = image_link(card, root), escape(card.title.strip()[:1].upper() or "?")
    if not link:
        return f'<span class="aisle-picture is-empty" aria-hidden="true">{initial}</span>'
    loading = "eager" if eager else "lazy"
    return (
        f'<span class="aisle-picture" data-initial="{initial}"><img src="{escape(link)}" alt="" loading="{loading}" '
        'referrerpolicy="no-referrer" width="320" height="320"></span>'
    )


def _card(card: Card, root: str, strings: Strings) -> str:
    variant = f' <span class="aisle-variant">{escape(card.variant)}</span>' if card.variant else ""
    reason, label = escape(card.reason), escape(strings("why"))
    why = f'<p class="aisle-why"><span class="aisle-unseen">{label} </span>{reason}</p>' if reason else ""
    return (
        f"{picture_html(card, root=root)}"
        f'<a class="aisle-card-link" href="{escape(product_link(card, root))}" target="_top">'
        f'<span class="aisle-name">{escape(card.title)}</span>{variant}</a>'
        f'<p class="aisle-facts">{price_html(card, strings)}{stars_html(card, strings)}</p>'
        f"{stock_html(card, strings)}{why}{_add_button(card, strings)}"
    )


def _add_button(card: Card, strings: Strings) -> str:
    if card.stock is StockState.SOLD_OUT:
        return ""
    said = strings("add_said", title=f"{card.title}, {card.variant}" if card.variant else card.title)
    return (
        f'<button type="button" class="aisle-add" data-press="add_to_cart" data-id="{escape(card.id)}" '
        f'data-say="{escape(said)}">{escape(strings("add_to_cart"))}'
        f'<span class="aisle-unseen">: {escape(card.title)}</span></button>'
    )


def _steps(count: int, strings: Strings) -> str:
    if count < 2:
        return ""
    back, on = escape(strings("earlier_products")), escape(strings("more_products"))
    pattern = escape(strings("card_of", at="{at}", count=count))
    return (
        f'<p class="aisle-steps"><button type="button" data-step="-1" aria-label="{back}" disabled>&#8249;</button>'
        f'<span data-at="{pattern}">{escape(strings("card_of", at=1, count=count))}</span>'
        f'<button type="button" data-step="1" aria-label="{on}">&#8250;</button></p>'
    )


def _source_link(source: Source, root: str) -> str:
    return safe_url(source.link, f"{root}/") or f"{root}/help/{quote(source.id, safe='')}"


def _block(lines: Sequence[str]) -> str:
    if all(line.lstrip().startswith("- ") for line in lines):
        return "<ul>" + "".join(f"<li>{escape(line.lstrip()[2:])}</li>" for line in lines) + "</ul>"
    return "<p>" + "<br>".join(escape(line) for line in lines) + "</p>"
