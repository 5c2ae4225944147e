"""Shop words: what simulated customers can speak of in one shop, from its own records."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from assistant.evidence.wording import plural_kind, singular_kind
from assistant.reading.lines import Line
from finetune.corpora.shop import CorpusShop
from retrieval.catalog.money import Money
from retrieval.catalog.product import Product

_AGE = re.compile(
    r"\b(1[4-9]|2[01])\b(?: years)?(?: old)? (?:or over|and over|or older|upwards)|\bfrom (1[4-9]|2[01])\b|\baged (1[4-9]|2[01])\b|\b(1[4-9]|2[01]) years\b"
)
_RULED = re.compile(r"\b(?:sell|order|buy|rent) ([a-z][a-z -]{2,24}?)(?= only| to| are| is|,|\.)")
_UNRETURNABLE = re.compile(
    r"^(?:-\s*)?((?:[A-Z][\w' -]+?|An? [\w' -]+?)(?:, [\w' -]+?)*(?:,? and [\w' -]+?)?) (?:can ?not|can't) be (?:returned|exchanged)"
)


@dataclass(frozen=True)
class ShopWords:
    """Draws words that fit together: a kind with a product of it, its color, a budget that it meets."""

    shop: CorpusShop

    @cached_property
    def products(self) -> tuple[Product, ...]:
        """Products of a kind that customers can name."""
        return tuple(
            p for p in self.shop.catalog.products.values() if p.category_path and plural_kind(p.category_path[-1])
        )

    def product_words(self, product: Product, chance: random.Random) -> dict[str, str]:
        """What a customer who ends up with `product` may say."""
        kind = re.split(r" & | and |, ", product.category_path[-1])[0] if product.category_path else ""
        true = [name for name, value in product.attributes.items() if value.casefold() in ("yes", "true")]
        return {
            "kinds": plural_kind(kind) if kind else "",
            "kind": singular_kind(kind) if kind else "",
            "name": self.called(product, chance),
            "brand": product.brand,
            "color": product.color.split("/")[0].strip().casefold(),
            "size": product.size,
            "property": chance.choice(true).replace("_", " ") if true else "",
            "budget": self.money(_ceiling(product.current_price.amount, chance), chance),
        }

    def called(self, product: Product, chance: random.Random) -> str:
        """How customers call a product: seldom by its whole title."""
        words = product.title.split(",")[0].casefold().split()
        return " ".join(chance.choice((words, words[:2], words[:1] + words[-1:], words)))

    def money(self, amount: Decimal, chance: random.Random) -> str:
        """An amount as customers write it."""
        sign = str(Money(amount, self.shop.card.currency))[0]
        signs = {
            "$": ("${}", "{} dollars", "{} bucks", "{}$"),
            "£": ("£{}", "{} pounds", "{} quid"),
            "€": ("{} euros", "€{}", "{}€", "{} euro"),
        }
        return chance.choice(signs.get(sign, ("{}",))).format(f"{amount:f}")

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """The titles of the shop's pages."""
        return tuple(page.title for page in self.shop.catalog.faqs.values())

    @cached_property
    def ages(self) -> tuple[tuple[int, str], ...]:
        """Ages from which something is sold, each with what is."""
        found = []
        for line in self._page_lines:
            if age := _AGE.search(line.text):
                ruled = _RULED.search(line.text)
                found.append((int(next(filter(None, age.groups()))), ruled[1] if ruled else ""))
        return tuple(found)

    @cached_property
    def unreturnable(self) -> tuple[str, ...]:
        """What cannot be returned, in the words of the pages."""
        found = (_UNRETURNABLE.match(line.text) for line in self._page_lines)
        return tuple(each[1][:1].lower() + each[1][1:] for each in found if each and 4 < len(each[1]) < 60)

    @cached_property
    def _page_lines(self) -> tuple[Line, ...]:
        return tuple(line for page in self.shop.catalog.faqs for line in self.shop.lines[page])


def _ceiling(price: Decimal, chance: random.Random) -> Decimal:
    """A round amount at which a product of this price is within the budget, mostly with others."""
    wanted = price * Decimal(str(chance.choice((1.0, 1.05, 1.2, 1.6))))
    step = 5 if wanted < 50 else 10 if wanted < 200 else 50
    return Decimal(-(-int(wanted + Decimal("0.99")) // step) * step)
