"""ReplyJson: a reply as programs read it, the same shape from `aisle chat --json` and from the HTTP interfaces."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from assistant.reply import Reply
from retrieval.catalog.candidate import Candidate
from retrieval.catalog.faq import Faq
from retrieval.catalog.filter import Condition


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class ProductJson(_Record):
    """One product card. `price` is what the customer pays now, `old_price` the price before a sale."""

    id: str
    title: str
    price: float = Field(description="Amount in `currency`, exact to the cent when printed.")
    currency: str = Field(description="ISO 4217.", examples=["USD"])
    old_price: float | None = None
    link: str = ""
    image_link: str = ""
    rating: float | None = None
    rating_count: int = 0
    available: bool
    reasons: list[str] = Field(description="Why this one, strongest first; each is true of this product and customer.")

    @classmethod
    def of(cls, candidate: Candidate, moment: datetime) -> Self:
        """The card of `candidate` with the offer of `moment`."""
        product, offer = candidate.product, candidate.product.offer_at(moment)
        return cls(
            id=product.id,
            title=product.title,
            price=float(offer.price.amount),
            currency=product.price.currency,
            old_price=None if offer.old_price is None else float(offer.old_price.amount),
            link=product.link,
            image_link=product.image_link,
            rating=product.rating,
            rating_count=product.rating_count,
            available=offer.is_available,
            reasons=[reason.text for reason in candidate.reasons],
        )


class SourceJson(_Record):
    """One question or policy whose text answers."""

    id: str
    title: str
    link: str = ""

    @classmethod
    def of(cls, faq: Faq) -> Self:
        """The source `faq`."""
        return cls(id=faq.id, title=faq.title, link=faq.link)


class FactJson(_Record):
    """One fact that the reply states: the reference's key, the words that stand for it, and the record it is from."""

    key: str = Field(examples=["p1.price"])
    value: str = Field(examples=["$59.00"])
    record: str = Field(default="", examples=["product:T-100"])


class FilterJson(_Record):
    """One exact condition of the search: `values` for `in` and `not_in`, `number` for `at_least` and `at_most`."""

    field: str
    operator: str
    values: list[str] = []
    number: float | None = None

    @classmethod
    def of(cls, condition: Condition) -> Self:
        """The condition as programs read it."""
        number = None if condition.number is None else float(condition.number)
        return cls(
            field=condition.field, operator=condition.operator.value, values=list(condition.values), number=number
        )


class ReplyJson(_Record):
    """A finished reply."""

    reply: str = Field(description="The whole text.")
    intents: list[str] = Field(description="What the message asked for, in the order asked.")
    query: str = Field(default="", description="What was searched for.")
    filters: list[FilterJson] = []
    sort: str = "relevance"
    products: list[ProductJson] = []
    sources: list[SourceJson] = []
    facts: list[FactJson] = Field(default=[], description="The facts that the text uses.")
    chips: list[str] = Field(default=[], description="Natural next questions; each is a whole message.")
    acts: list[str] = Field(default=[], description="What Aisle did.")
    fallback: bool = Field(description="Whether a plain phrase stood in for a sentence that failed the check.")
    conversation_id: str
    timings_ms: dict[str, float] = {}
    model: str = ""

    @classmethod
    def of(cls, reply: Reply, moment: datetime) -> Self:
        """`reply` as programs read it, its cards with the offers of `moment`."""
        return cls(
            reply=reply.text,
            intents=[intent.name for intent in reply.request.intents],
            query=reply.request.query,
            filters=[FilterJson.of(condition) for condition in reply.request.filter.conditions],
            sort=reply.request.filter.sort.value,
            products=products_json(reply.products, moment),
            sources=[SourceJson.of(faq) for faq in reply.sources],
            facts=[FactJson(key=fact.key, value=fact.text, record=fact.record) for fact in reply.facts],
            chips=list(reply.evidence.chips),
            acts=[act.value for act in reply.evidence.acts],
            fallback=reply.fallback,
            conversation_id=reply.conversation_id,
            timings_ms=dict(reply.timings_ms),
            model=reply.model,
        )


def products_json(candidates: Iterable[Candidate], moment: datetime) -> list[ProductJson]:
    """The cards of `candidates` with the offers of `moment`."""
    return [ProductJson.of(candidate, moment) for candidate in candidates]
