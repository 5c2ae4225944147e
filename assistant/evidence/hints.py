"""Hints, fact wording and fact order: what a prompt says about its facts, alike in training and in serving.

The embedded model reads no values. It reads which facts exist, in a fixed order, and for some of them one short
hint that changes how a sentence is built. `product_facts.py` and `order_facts.py` make the facts and keep to this file.

How each fact is worded (its `text` or `value`), so that every phrasing around it reads well:

- pN.name: the title, no article; for example: Tarn Walking Boots. Hint: `name_hint`: "" or plural.
- pN.price: money; so are old_price and saving; for example: $89.00.
- pN.stock: fits after "it is"; for example: in stock / nearly sold out / sold out / available to pre-order. Hint:
  in, low, out, later.
- pN.quantity: a bare number, only when above zero; for example: 3.
- pN.rating: fits after "rated"; for example: 4.6 out of 5. Hint: `rating_hint`: high, fair, low.
- pN.reviews: counted noun, fits after "based on"; for example: 128 ratings.
- pN.quote: a whole sentence with its final dot, no quotation marks; for example: Kept me dry all week.
- pN.brand: a name, fits after "by" and "from"; for example: Fellside.
- pN.kind: singular, lower case, no article; for example: kettle / trousers. Hint: `kind_hint`: "" or plural.
- pN.color: fits after "in"; for example: dark green.
- pN.size: fits after "in size"; for example: M.
- pN.material: fits after "made of"; for example: merino wool.
- pN.colors, .sizes: a list in words, fits after "in"; for example: black, moss and rust. Hint: `count_hint`: one,
  several, many.
- pN.feature: noun phrase that fits after "with"; else any short phrase; for example: waterproof zips. Hint: with,
  or "" for any phrase.
- pN.reason: fits after "it is"; no subject, no final dot; for example: close to what you viewed.
- pN.detail: "Property: value", no final dot; for example: Weight: 1.2 kg. Hint: `answer_hint`: yes, no or "".
- item.name: like pN.name; for example: Tarn Walking Boots. Hint: `name_hint`.
- search.query: what was looked for, fits after "for"; few words, no dot; for example: something warm for camping.
- search.kind: plural, lower case; for example: tents.
- search.filters: conditions that fit behind a noun; for example: in blue, under $60 and without leather.
- search.dropped: like search.filters, only those given up; for example: under $60.
- search.count: a bare number: all that was found, not only what is shown; for example: 14. Hint: `count_hint`.
- compare.cheaper: a product's name; absent when prices are equal; for example: Tarn Walking Boots. Hint: first (p1)
  or second (p2).
- compare.difference: money; absent when prices are equal; for example: $20.00.
- compare.better_rated: a product's name; absent when equal or unrated; for example: Tarn Walking Boots. Hint: first
  or second.
- compare.common: fits after "share"; for example: the same brand and material.
- ask.about: the property, lower case, no article, fits after "about"; for example: weight.
- oN.id: as written on the order, fits after "order"; for example: A-1042.
- oN.status: fits after "it is"; for example: being prepared / on its way / delivered / cancelled / returned /
  delayed. Hint: processing, shipped, delivered, cancelled, returned, delayed.
- oN.placed, .expected, .delivered: a date, fits after "on"; `expected` only before delivery, `delivered` only
  after; for example: November 14.
- oN.items: a list in words, fits after "contains"; for example: a Wool Throw and 2 Fell Mugs. Hint: `count_hint` of
  the order lines.
- oN.total: money; for example: $124.00.
- oN.carrier: a name, fits after "with"; for example: Parcel Post.
- oN.tracking: a code; for example: PP 4471 9920.
- oN.window: the last day for a return, a date, fits after "until"; for example: December 14. Hint: open or closed.
- order.count: a bare number; for example: 4. Hint: `count_hint`.
- aN.text: one to three whole sentences of the record, own final dot; for example: You can return unworn items
  within 30 days. Hint: `answer_hint`.
- aN.title: the record's title; for example: Returns and refunds.
- aN.duration, .amount: the one duration or amount in aN.text, bare; for example: 30 days / $4.95.
- customer.name: first name; for example: Maya.
- shop.name: a name; for example: Fern & Fell.
- shop.email, .phone: as one would copy it; for example: help@shop.example.
- shop.hours: fits after "open" and after "we are there"; for example: Monday to Friday, 9 am to 5 pm.
- shop.offers: a list in words, fits after "sell"; for example: tents, boots and kettles.

Which facts each act brings (`?` where the records have them; every other fact of the act is always there):

- found_products, more_shown: search.query?, search.kind?, search.filters?, search.count, p1..p6.
- found_one: search.query?, search.kind?, search.filters?, search.count=one, p1.
- found_nothing: search.query?, search.kind?, search.filters?.
- relaxed: search.query?, search.kind?, search.filters? (those kept), search.dropped, search.count, p1..p6.
- recommended, recommended_popular: customer.name?, search.kind?, search.filters?, p1..p6 with reason?.
- gift: search.query?, search.kind?, search.filters?, search.count, p1..p6.
- similar: item.name, search.filters?, p1..p6.
- compared: compare.*?, p1 and p2 (with stock, rating, feature?).
- described: ask.about?, p1 with detail.
- detail_missing: ask.about, p1.name; shop.email?, shop.phone?.
- told_price, told_stock, told_rating, told_options: p1 with the fields asked for; also p2.. when several were
  meant.
- ask_which_product, ask_preference, no_more: search.kind?; ask_which_product also p1..p3.name? as what could be
  meant; ask_preference also shop.offers?.
- cart_help: p1 name, price, stock?; nothing when no product is meant.
- answered: a1 text, title, duration?, amount?; a2 likewise when two policies answer.
- no_answer, change_elsewhere: a1 text, title? (change_elsewhere); shop.email?, shop.phone?, shop.hours?.
- order_status, order_delivery, order_items: o1: id, status, then placed, expected or delivered, items, total?,
  carrier?, tracking?, window?.
- order_history: order.count, o1..o3: id, status, placed, items, total?.
- which_order: order.count?, o1..o3: id, status, placed.
- order_not_found, no_orders, sign_in: customer.name?.
- contact: shop.name?, shop.email?, shop.phone?, shop.hours?.
- listen, apologize, calm, acknowledge, welcome, glad, goodbye: customer.name?.
- greet: customer.name?, shop.name?.
- who_are_you, capabilities, out_of_scope, not_understood, how_are_you, other_language: shop.name?, shop.offers?.

What a product brings: as p1 in a list name, price, old_price?, saving?, stock, rating?, brand?, feature?, reason?; as
p2 and p3 name, price, old_price?, stock?, rating?, feature?, reason?; as p4 to p6 name and price. Where one product
is the matter (found_one, told_*, described, compared) p1 may bring any field. A fact that is missing, empty or
unknown is not listed.

With two acts the facts of both are listed once, in `listing_order`. `told_*` and `described` beside a search speak of
p1.

A fact that opens a sentence gets its capital letter when it is put in place.
"""

from __future__ import annotations

import re

from assistant.reference import (
    ANSWER_FIELDS,
    ANSWER_SLOTS,
    ORDER_FIELDS,
    ORDER_SLOTS,
    OTHER,
    PRODUCT_FIELDS,
    PRODUCT_SLOTS,
)

PLURAL = "plural"
ONE, SEVERAL, MANY = "one", "several", "many"
IN_STOCK, LOW_STOCK, OUT_OF_STOCK, LATER = "in", "low", "out", "later"
HIGH, FAIR, LOW = "high", "fair", "low"
YES, NO = "yes", "no"
WITH = "with"
FIRST, SECOND = "first", "second"
PROCESSING, SHIPPED, DELIVERED = "processing", "shipped", "delivered"
CANCELLED, RETURNED, DELAYED = "cancelled", "returned", "delayed"
OPEN, CLOSED = "open", "closed"

_CARD_LIMIT = 6
_SINGULAR_WITH_S = frozenset(
    {"gas", "lens", "canvas", "atlas", "bus", "chess", "christmas", "plus", "series", "bonus", "cactus"}
)
_PLURAL_WITHOUT_S = frozenset({"people", "children", "men", "women", "mice", "feet"})
_TITLE_END = re.compile(r"\s*(?:[,(/|:–—]|\s-\s|\s(?:with|for|in|of|by|from|and)\s).*$", re.IGNORECASE)


def listing_order(key: str) -> int:
    """The place of `key` in a prompt: search, question and comparison first, then products, orders, answers, people."""
    return _ORDER[key]


def name_hint(title: str) -> str:
    """PLURAL when a product title takes "are" ("Tarn Walking Boots, Men's"), else ""."""
    head = _TITLE_END.sub("", title).strip()
    return PLURAL if head and _is_plural(head.split()[-1]) else ""


def kind_hint(kind: str) -> str:
    """PLURAL for a kind that has no singular ("trousers"), else ""."""
    return name_hint(kind)


def count_hint(count: int) -> str:
    """ONE for 1, SEVERAL up to what the cards can show, MANY above."""
    if count <= 1:
        return ONE
    return SEVERAL if count <= _CARD_LIMIT else MANY


def rating_hint(mean: float) -> str:
    """HIGH from 4.3 of 5 (a reply may praise it), FAIR from 3.5, LOW below."""
    if mean >= 4.3:
        return HIGH
    return FAIR if mean >= 3.5 else LOW


def answer_hint(text: str) -> str:
    """YES or NO when a record's text begins with that word or its value is that word, else ""."""
    value = text.rsplit(":", 1)[-1] if ":" in text[:40] else text
    word = re.match(r"\W*(yes|no)\b", value, re.IGNORECASE)
    return word.group(1).lower() if word else ""


def _is_plural(word: str) -> bool:
    plain = word.lower().strip("'’\"®™.!")
    if plain in _PLURAL_WITHOUT_S:
        return True
    if plain in _SINGULAR_WITH_S or len(plain) < 4:
        return False
    return plain.endswith("s") and not plain.endswith(("ss", "us", "is", "'s", "’s"))


_ORDER = {
    key: place
    for place, key in enumerate((
        *(key for key in OTHER if key.startswith(("search.", "ask.", "item.", "compare."))),
        *(f"{slot}.{field}" for slot in PRODUCT_SLOTS for field in PRODUCT_FIELDS),
        "order.count",
        *(f"{slot}.{field}" for slot in ORDER_SLOTS for field in ORDER_FIELDS),
        *(f"{slot}.{field}" for slot in ANSWER_SLOTS for field in ANSWER_FIELDS),
        *(key for key in OTHER if not key.startswith(("search.", "ask.", "item.", "compare.", "order."))),
    ))
}  # fmt: skip
"""Every key with its place. Orders are counted before they are listed."""
