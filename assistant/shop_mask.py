"""Shop mask: takes personal data out of conversations, and knows what is the shop's own."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.actions.orders import Orders
from assistant.privacy.known import Known
from assistant.privacy.masker import Mask, Masker
from assistant.privacy.presidio import PresidioMasker
from assistant.settings import Settings
from retrieval.catalog.catalog import Catalog
from retrieval.store.records import Records

_CUSTOMERS = 200
"""Customers whose orders show the form of the shop's numbers."""


def shop_mask(catalog: Catalog, records: Records, orders: Orders, settings: Settings) -> Mask:
    """A mask that knows the shop's own texts and contacts, so that these stay; with a spaCy model where the settings name one.

    Raises SettingsError and ModelError for a model that cannot be had.
    """
    texts: list[str] = []
    for product in catalog.products.values():
        texts += [product.title, product.description, product.brand, *product.attributes.values()]
        texts += [review.text for review in product.reviews]
    texts += [text for faq in catalog.faqs.values() for text in (faq.title, faq.answer)]
    ids = sorted(records.customer_ids())
    customers = filter(None, map(records.customer, ids))
    own = (settings.shop_name, settings.shop_email, settings.shop_phone)
    known = Known.of(customers, _codes(orders, ids[:_CUSTOMERS]), texts, own)
    return PresidioMasker.open(settings.names_model, known) if settings.names_model else Masker(known)


def _codes(orders: Orders, customers: list[str]) -> Iterator[str]:
    """Numbers of some orders, by which their form is known."""
    for customer_id in customers:
        for order in orders.of(customer_id, 1):
            yield order.id
            yield order.tracking
