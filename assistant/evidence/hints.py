"""Hints and the wording of facts: what code that writes replies may rely on.

A fact's text is worded so that every phrasing around it reads well, and some facts carry a hint that changes how a sentence is built:

- pN.name: the title, no article; for example: Tarn Walking Boots. Hint: `name_hint`: "" or plural.
- pN.price: money; so are old_price and saving; for example: $89.00.
- pN.stock: fits after "it is"; for example: in stock / nearly sold out / sold out / available to pre-order. Hint:
  in, low, out, later.
- pN.quantity: a bare number, only when above zero; for example: 3.
- pN.rating: fits after "rated"; for example: 4.6 out of 5.
- pN.reviews: counted noun, fits after "based on"; for example: 128 ratings.
- pN.brand: a name, fits after "by" and "from"; for example: Fellside.
- pN.kind: singular, lower case, no article; for example: kettle / trousers. Hint: `name_hint`: "" or plural.
- pN.color: fits after "in"; for example: dark green.
- pN.size: fits after "in size"; for example: M.
- pN.material: fits after "made of"; for example: merino wool.
- pN.colors, .sizes: a list in words, fits after "in"; for example: black, moss and rust.
- oN.id: as written on the order, fits after "order"; for example: A-1042.
- oN.status: fits after "it is"; for example: being prepared / on its way / delivered / cancelled / returned /
  delayed. Hint: the value of its `OrderStatus`.
- oN.placed, .expected, .delivered, .refunded: a date, fits after "on"; `expected` only before delivery, `delivered` only
  after; for example: November 14.
- oN.items: a list in words, fits after "contains"; for example: a Wool Throw and 2 Fell Mugs.
- oN.total: money; for example: $124.00.
- oN.carrier: a name, fits after "with"; for example: Parcel Post.
- oN.tracking: a code; for example: PP 4471 9920.
- oN.window: the last day for a return, a date, fits after "until"; for example: December 14. Hint: open or closed.
- customer.name: first name; for example: Maya.
- shop.name: a name; for example: Fern & Fell.
- shop.email, .phone: as one would copy it; for example: help@shop.example.
- shop.hours: fits after "open" and after "we are there"; for example: Monday to Friday, 9 am to 5 pm.

A fact that opens a sentence gets its capital letter when it is put in place.
"""

from __future__ import annotations

import re

PLURAL = "plural"
IN_STOCK, LOW_STOCK, OUT_OF_STOCK, LATER = "in", "low", "out", "later"
OPEN, CLOSED = "open", "closed"

_SINGULAR_WITH_S = frozenset(
    {"gas", "lens", "canvas", "atlas", "bus", "chess", "christmas", "plus", "series", "bonus", "cactus"}
)
_PLURAL_WITHOUT_S = frozenset({"people", "children", "men", "women", "mice", "feet"})
_TITLE_END = re.compile(r"\s*(?:[,(/|:–—]|\s-\s|\s(?:with|for|in|of|by|from|and)\s).*$", re.IGNORECASE)


def name_hint(title: str) -> str:
    """PLURAL when a product title takes "are" ("Tarn Walking Boots, Men's"), else ""."""
    head = _TITLE_END.sub("", title).strip()
    return PLURAL if head and _is_plural(head.split()[-1]) else ""


def _is_plural(word: str) -> bool:
    plain = word.lower().strip("'’\"®™.!")
    if plain in _PLURAL_WITHOUT_S:
        return True
    if plain in _SINGULAR_WITH_S or len(plain) < 4:
        return False
    return plain.endswith("s") and not plain.endswith(("ss", "us", "is", "'s", "’s"))
