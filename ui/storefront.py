"""Storefront: pages around the widget, rendered from the catalog.

The sample shop's are the demonstration. A real shop has its own pages; here it gets a plain preview, and the pages that
cards and sources link to where its records have no address.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup
from starlette.responses import HTMLResponse

from assistant.actions.policy_file import load_policy
from assistant.settings import Settings
from assistant.shown import Card, variant_text
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.faq import Faq
from retrieval.catalog.product import Product
from retrieval.clock import utc_now
from ui import cards
from ui.opening import Answering, OpeningAssistant, Readiness
from ui.proxies import root_of
from ui.reception import SESSION_CUSTOMER
from ui.strings import ENGLISH, strings_of

_PAGE_SIZE = 24
_MOST_PIECES = 10_000
_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Shelf:
    """One page of products: `total` is how many there are on all pages."""

    products: tuple[Product, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // _PAGE_SIZE))


def shelf(catalog: Catalog, kind: str, page: int) -> Shelf:
    """One product of each item group, of `kind` (a step of the category path) or of all kinds."""
    listed = [product for product in _one_of_each(catalog) if not kind or kind in product.category_path]
    start = (page - 1) * _PAGE_SIZE
    return Shelf(tuple(listed[start : start + _PAGE_SIZE]), len(listed), page)


@lru_cache(maxsize=1)
def departments(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """The first step of the category paths, each with the kinds below it, in catalogue order."""
    found: dict[str, dict[str, None]] = {}
    for product in catalog.products.values():
        first, *below = product.category_path or ("Everything else",)
        found.setdefault(first, {}).update(dict.fromkeys(below))
    return {name: tuple(below) for name, below in found.items()}


@lru_cache(maxsize=1)
def _one_of_each(catalog: Catalog) -> tuple[Product, ...]:
    first: dict[str, Product] = {}
    for product in catalog.products.values():
        first.setdefault(product.item_group_id or product.id, product)
    return tuple(_spread(list(first.values())))


def _spread(products: list[Product]) -> list[Product]:
    """Kinds take turns, so that the first page shows what the shop has."""
    kinds: dict[str, list[Product]] = {}
    for product in products:
        kinds.setdefault(product.product_type, []).append(product)
    longest = max(map(len, kinds.values()), default=0)
    return [kind[turn] for turn in range(longest) for kind in kinds.values() if turn < len(kind)]


def storefront_router(assistant: Answering, settings: Settings, demo_customers: Mapping[str, str]) -> APIRouter:
    """`/`, `/products/{id}`, `/help`, `/help/{id}`, `/policy`, and the sample shop's `/cart` and `/cart/{items}`."""
    router, policy = APIRouter(include_in_schema=False), load_policy(settings)
    pages = _Pages(assistant, settings, demo_customers)

    @router.get("/")
    def home(request: Request, kind: str = "", page: int = 1) -> HTMLResponse:
        if pages.opening:
            return pages.wait(request)
        catalog = assistant.catalog
        shown = shelf(catalog, kind, max(1, page))
        if not shown.products and shown.total + (page > 1):
            return pages.render("missing.html", request, catalog, status=404)
        return pages.render(
            "sample.html" if demo_customers else "preview.html", request, catalog, shelf=shown, kind=kind
        )

    @router.get("/products/{product_id:path}")
    def product_page(request: Request, product_id: str) -> HTMLResponse:
        catalog = assistant.catalog
        product = catalog.products.get(product_id)
        if product is None:
            return pages.render("missing.html", request, catalog, status=404)
        return pages.render("product.html", request, catalog, product=product, variants=catalog.variants(product))

    @router.get("/help")
    def help_page(request: Request) -> HTMLResponse:
        catalog = assistant.catalog
        return pages.render("help.html", request, catalog, faqs=tuple(catalog.faqs.values()))

    @router.get("/help/{faq_id:path}")
    def one_answer(request: Request, faq_id: str) -> HTMLResponse:
        catalog = assistant.catalog
        faq = catalog.faqs.get(faq_id)
        if faq is None:
            return pages.render("missing.html", request, catalog, status=404)
        return pages.render("help.html", request, catalog, faqs=(faq,))

    @router.get("/policy")
    def policy_page(request: Request) -> HTMLResponse:
        return pages.render("policy.html", request, assistant.catalog, sections=policy.sections)

    if demo_customers:

        @router.get("/cart")
        @router.get("/cart/{items:path}")
        def checkout_page(request: Request, items: str = "") -> HTMLResponse:
            catalog = assistant.catalog
            return pages.render("cart.html", request, catalog, lines=tuple(_cart_lines(catalog, items)))

    return router


def _cart_lines(catalog: Catalog, items: str) -> Iterator[tuple[Product, int]]:
    """The products of a checkout link, "mug:2,lamp:1", with how many of each; what cannot be read is left out."""
    for item in items.split(","):
        product_id, _, count = item.rpartition(":")
        if product_id in catalog.products and count.isdecimal() and 0 < int(count) < _MOST_PIECES:
            yield catalog.products[product_id], int(count)


class _Pages:
    """Renders templates; text from records is escaped by Jinja, Markdown of the shop's owner without its HTML."""

    def __init__(self, assistant: Answering, settings: Settings, demo_customers: Mapping[str, str]) -> None:
        self._assistant = assistant
        self._settings = settings
        self._name = settings.shop_name or strings_of(ENGLISH)("title")
        self._demo_customers = demo_customers
        self._markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
        self._templates = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(
            price=lambda product: Markup(cards.price_html(self._card(product))),  # noqa: S704 - escaped in cards.py
            price_of_group=lambda product: Markup(cards.price_html(self._card(product), of_group=True)),  # noqa: S704
            variant=variant_text,
            stars=lambda product: Markup(cards.stars_html(self._card(product))),  # noqa: S704
            flag=self._flag,
            stock=lambda product: Markup(cards.stock_html(self._card(product))),  # noqa: S704
            answer=self._answer,
            rule=lambda section: Markup(self._markdown.render(section.text)),  # noqa: S704 - HTML is off in the parser
        )

    @property
    def opening(self) -> bool:
        """Whether the catalogue is still being loaded."""
        return isinstance(self._assistant, OpeningAssistant) and self._assistant.readiness is Readiness.STARTING

    def wait(self, request: Request) -> HTMLResponse:
        """The page before the shop is open; it asks again by itself."""
        page = self._templates.get_template("opening.html").render(name=self._name, root=root_of(request))
        return HTMLResponse(page, status_code=503, headers={"Retry-After": "1"})

    def render(
        self, template: str, request: Request, catalog: Catalog, status: int = 200, **values: Any
    ) -> HTMLResponse:
        """One page about `catalog`, with what every page shows: departments and the account."""
        customer_id = request.session.get(SESSION_CUSTOMER)
        root = root_of(request)
        page = self._templates.get_template(template).render(
            base="sample_base.html" if self._demo_customers else "base.html",
            shop=self._settings,
            name=self._name,
            root=root,
            logo=f"{root}/logo" if self._settings.logo_file else cards.safe_url(self._settings.logo),
            address=f"{request.url.scheme}://{request.url.netloc}{root}",
            picture=lambda product, eager=False: Markup(cards.picture_html(self._card(product), eager, root)),  # noqa: S704
            link=lambda product: cards.product_link(self._card(product), root),
            departments=departments(catalog),
            catalog=catalog,
            customer=self._assistant.customer(customer_id) if customer_id else None,
            demo_customers=[
                (found, note)
                for name, note in self._demo_customers.items()
                if (found := self._assistant.customer(name))
            ],
            **values,
        )
        return HTMLResponse(page, status, headers={"Cache-Control": "no-store"})

    def _card(self, product: Product) -> Card:
        return Card.of(product, self._assistant.catalog, utc_now())

    def _flag(self, product: Product) -> Markup:
        moment = utc_now()
        offers = [variant.offer_at(moment) for variant in self._assistant.catalog.variants(product)]
        is_sold_out = not any(offer.is_available or offer.can_be_ordered_later for offer in offers)
        return Markup(cards.flag_html(self._card(product), is_sold_out))  # noqa: S704 - escaped in cards.py

    def _answer(self, faq: Faq) -> Markup:
        return Markup(self._markdown.render(faq.answer))  # noqa: S704 - HTML is switched off in the parser
