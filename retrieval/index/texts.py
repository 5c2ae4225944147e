"""IndexTexts: what an index is made of, in a fixed order, and the hashes by which a later build knows it again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

from retrieval.catalog.catalog import Catalog
from retrieval.index.document import FIELD_WEIGHTS, faq_passages, faq_words, product_fields, product_text
from retrieval.index.lexical import Lexical


@dataclass(frozen=True)
class IndexTexts:
    """The texts of one catalogue: one per product, then the passages of each FAQ; `passage_faqs` names their FAQs."""

    catalog: Catalog
    product_ids: tuple[str, ...]
    passage_faqs: tuple[str, ...]
    texts: tuple[str, ...]

    @classmethod
    def of(cls, catalog: Catalog) -> IndexTexts:
        """Everything in `catalog` that is searched, in catalogue order."""
        passages = [(faq.id, passage) for faq in catalog.faqs.values() for passage in faq_passages(faq)]
        return cls(
            catalog,
            tuple(catalog.products),
            tuple(faq_id for faq_id, _ in passages),
            (*map(product_text, catalog.products.values()), *(passage for _, passage in passages)),
        )

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """A hash of each text; equal texts have equal vectors."""
        return tuple(hashlib.sha256(text.encode(errors="replace")).hexdigest()[:32] for text in self.texts)

    @cached_property
    def fingerprint(self) -> str:
        """A hash of all that is searched: prices and stock may change without it, names and descriptions not."""
        catalog = self.catalog
        words_alone = [f"{product.size}\t{product.gtin}" for product in catalog.products.values()]
        words_alone += [" ".join(faq.intents) for faq in catalog.faqs.values()]
        parts = (*self.product_ids, *self.passage_faqs, *self.keys, *words_alone)
        return hashlib.sha256("\n".join(parts).encode(errors="replace")).hexdigest()[:16]

    def lexicals(self) -> tuple[Lexical, Lexical]:
        """Word indexes of the products and of the FAQs, in catalogue order."""
        return (
            Lexical.of_fields(map(product_fields, self.catalog.products.values()), FIELD_WEIGHTS),
            Lexical.of(map(faq_words, self.catalog.faqs.values())),
        )
