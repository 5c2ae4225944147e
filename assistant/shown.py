"""Shown: what stands beside a reply, kept with the turn so that a reload shows exactly what was there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from assistant.actions.policy import Section
from assistant.actions.proposal import Proposal
from assistant.evidence.evidence import Fact
from assistant.evidence.wording import names
from retrieval.catalog.candidate import Reason, ReasonKind
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.faq import Faq
from retrieval.catalog.product import Availability, Offer, Product

_FEW = 5
_OPTIONS = ("color", "size")
_LETTER = re.compile(r"[^\W\d_]")
_MOST_TELLING = (
    ReasonKind.LIKE_BOUGHT,
    ReasonKind.LIKE_VIEWED,
    ReasonKind.MATCHES_REQUEST,
    ReasonKind.POPULAR,
    ReasonKind.WELL_RATED,
    ReasonKind.GOOD_PRICE,
    ReasonKind.IN_STOCK,
)
"""Reasons by how much they say beside a card that shows rating, price and stock already."""


class StockState(StrEnum):
    """Whether a product can be had, as a card shows it."""

    IN_STOCK = "in_stock"
    FEW_LEFT = "few_left"
    PREORDER = "preorder"
    BACKORDER = "backorder"
    SOLD_OUT = "sold_out"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class Card(_Record):
    """One product card, with the offer of one moment. `price` is what the customer pays, `old_price` the price before a sale.

    `variant` names the variant shown, "Navy, L", if there are others and the title does not name it; `lowest_text` is the least that any of them costs, if not all
    cost the same. Texts of prices are as the shop writes them.
    """

    id: str
    title: str
    variant: str = ""
    price: float = Field(description="Amount in `currency`, exact to the cent when printed.")
    currency: str = Field(description="ISO 4217.", examples=["USD"])
    price_text: str = Field(examples=["$59.00"])
    old_price: float | None = None
    old_price_text: str = ""
    lowest_text: str = ""
    link: str = ""
    image_link: str = ""
    rating: float | None = None
    rating_count: int = 0
    available: bool
    stock: StockState
    left: int | None = Field(None, description="How many are in stock, if the shop tells and there are few.")
    reason: str = Field("", description="Why this one; true of this product and customer.")
    reasons: list[str] = Field([], description="All reasons, strongest first.")

    @classmethod
    def of(cls, product: Product, catalog: Catalog, moment: datetime, reasons: Iterable[Reason] = ()) -> Self:
        """The card of `product` with the offers of `moment`; variants that cannot be had then do not count as lowest."""
        offer, known = product.offer_at(moment), list(reasons)
        variants = catalog.variants(product) if product.id in catalog.products else (product,)
        offers = [variant.offer_at(moment) for variant in variants]
        prices = {each.price for each in offers if each.is_available or each.can_be_ordered_later}
        varying = [name for name in _OPTIONS if len({getattr(variant, name) for variant in variants}) > 1]
        unnamed = [name for name in varying if not names(product.title, getattr(product, name))]
        stock = _stock(product, offer)
        return cls(
            id=product.id,
            title=product.title,
            variant=variant_text(product, unnamed),
            price=float(offer.price.amount),
            currency=product.price.currency,
            price_text=str(offer.price),
            old_price=None if offer.old_price is None else float(offer.old_price.amount),
            old_price_text="" if offer.old_price is None else str(offer.old_price),
            lowest_text=str(min(prices, key=lambda price: price.amount)) if len(prices) > 1 else "",
            link=product.link,
            image_link=product.image_link,
            rating=product.rating,
            rating_count=product.rating_count,
            available=offer.is_available,
            stock=stock,
            left=product.quantity if stock is StockState.FEW_LEFT else None,
            reason=_capital(min(known, key=lambda reason: _MOST_TELLING.index(reason.kind)).text) if known else "",
            reasons=[reason.text for reason in known],
        )


class Source(_Record):
    """One question or policy whose text answers."""

    id: str
    title: str
    link: str = ""

    @classmethod
    def of(cls, faq: Faq) -> Self:
        """The source `faq`."""
        return cls(id=faq.id, title=faq.title, link=faq.link)

    @classmethod
    def of_policy(cls, section: Section) -> Self:
        """The section of the shop's policy, which has a page of its own."""
        return cls(id="policy", title=section.title, link=f"policy#line-{section.line}")


class StatedFact(_Record):
    """One fact that a reply states: the reference's key, the words that stand for it, and the record it is from."""

    key: str = Field(examples=["p1.price"])
    value: str = Field(examples=["$59.00"])
    record: str = Field(default="", examples=["product:T-100"])

    @classmethod
    def of(cls, fact: Fact) -> Self:
        """The fact as it was stated."""
        return cls(key=fact.key, value=fact.text, record=fact.record)


class Proposed(_Record):
    """A change that waits for a yes: exactly what would change, and what money would move. It runs once, after a yes to its `id`."""

    id: str
    kind: str = Field(examples=["cancel"])
    heading: str = Field(examples=["Cancel order A-1042"])
    changes: tuple[str, ...] = Field((), description="One sentence for each item, address or method that changes.")
    money: tuple[str, ...] = Field((), description="One sentence for each amount: how much, where to, and when.")
    notes: tuple[str, ...] = Field((), description="What follows from it.")
    expires: datetime = Field(description="From then on it can no longer be confirmed.")

    @classmethod
    def of(cls, proposal: Proposal) -> Self:
        """The proposal as it is shown."""
        card = proposal.card()
        return cls(
            id=proposal.id,
            kind=proposal.change.kind,
            heading=card.heading,
            changes=card.changes,
            money=card.money,
            notes=card.notes,
            expires=card.expires,
        )


class ShownLink(_Record):
    """An address that a reply offers: `kind` is checkout or label."""

    kind: str
    url: str


class Shown(_Record):
    """Everything beside one reply. Each of `chips` is a whole message that the customer could send next.

    `done` is the kind of the change that this turn has made. `find_order` says that the reply could not speak of an order because
    nobody is signed in: a visitor may prove one.
    """

    cards: tuple[Card, ...] = ()
    sources: tuple[Source, ...] = ()
    chips: tuple[str, ...] = ()
    facts: tuple[StatedFact, ...] = ()
    proposal: Proposed | None = None
    done: str = ""
    links: tuple[ShownLink, ...] = ()
    find_order: bool = False


def variant_text(product: Product, options: Iterable[str] = _OPTIONS) -> str:
    """Name the variant by those of its `options` that it has: "Navy, L". A size that is a bare number says that it is one: "size 8"."""
    values = {name: str(getattr(product, name)) for name in options}
    said = (
        f"size {value}" if name == "size" and not _LETTER.search(value) else value
        for name, value in values.items()
        if value
    )
    return ", ".join(said)


def _stock(product: Product, offer: Offer) -> StockState:
    if offer.can_be_ordered_later:
        return StockState.PREORDER if offer.availability is Availability.PREORDER else StockState.BACKORDER
    if not offer.is_available:
        return StockState.SOLD_OUT
    if product.quantity is not None and product.quantity <= _FEW:
        return StockState.FEW_LEFT
    return StockState.IN_STOCK


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
