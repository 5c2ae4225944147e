"""Thread: what a conversation carries from one message to the next, and what a message is read in the light of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.dialogue.need import Need
from assistant.dialogue.product_numbers import ProductNumbers
from assistant.dialogue.said_options import SaidOptions, kind_of
from assistant.dialogue.waiting import Waiting
from assistant.language_model.transcript import TranscriptTurn
from retrieval.catalog.options import Options
from retrieval.catalog.product import Product

REMEMBERED_TURNS = 4
"""Turns that the language model sees again; the need and the product numbers carry what was said before them."""


@dataclass(frozen=True, slots=True)
class Thread:
    """One conversation so far. `shown` are the ids of the products of the last reply, in the order the customer counts them.

    `named` are ids of products whose color or size a reply has named: no other variant of them is meant. `page` is the product
    whose page is open, and `is_page_new` says that it was opened after the last reply; `order` is the order last spoken of, `asked`
    what the customer was asked already, `misses` how many replies in a row did not answer the question, `waiting` the change
    that waits for a detail or a yes. `options` are the colors and sizes that the customer has named, by kind of goods: they hold until
    others are named. `cart` is the id of the visitor's conversation in which the cart was
    begun that this one goes on with, "" if it was begun in this one or belongs to a customer.
    """

    turns: tuple[TranscriptTurn, ...] = ()
    numbers: ProductNumbers = ProductNumbers()
    need: Need = Need()
    shown: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    page: str = ""
    is_page_new: bool = False
    order: str = ""
    asked: tuple[str, ...] = ()
    misses: int = 0
    waiting: Waiting | None = None
    options: tuple[SaidOptions, ...] = ()
    cart: str = ""

    def options_of(self, product: Product) -> Options:
        """The colors and sizes that the customer has named for goods like `product`."""
        return next((each.options for each in self.options if each.kind == kind_of(product)), Options())

    def opened_on(self, product: str, group: str) -> Thread:
        """This thread with the widget on a product's page; that product is #1 of a new conversation."""
        return replace(self, page=product, is_page_new=True, numbers=self.numbers.adding([(product, group)]))

    def left_page(self) -> Thread:
        """This thread with the widget on no product's page; a product that was open keeps its number."""
        return replace(self, page="", is_page_new=False)

    def after(
        self,
        turn: TranscriptTurn,
        need: Need,
        shown: Sequence[str],
        group: Callable[[str], str],
        *,
        order: str = "",
        asked: Sequence[str] = (),
        named: Sequence[str] = (),
        missed: bool = False,
        waiting: Waiting | None = None,
        options: tuple[SaidOptions, ...] | None = None,
    ) -> Thread:
        """The thread after one more turn; products stay on screen until others are shown."""
        return replace(
            self,
            turns=(*self.turns, turn)[-REMEMBERED_TURNS:],
            numbers=self.numbers.adding([(id, group(id)) for id in shown]),
            need=need,
            shown=tuple(shown) or self.shown,
            is_page_new=False,
            named=tuple(dict.fromkeys((*self.named, *named))),
            order=order or self.order,
            asked=tuple(dict.fromkeys((*self.asked, *asked))),
            misses=self.misses + 1 if missed else 0,
            waiting=waiting,
            options=self.options if options is None else options,
        )
