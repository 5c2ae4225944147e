"""SimulatedCustomer: wants something from a shop, says so in the way of one person, and reacts to what is replied.

Goals and words come from the shop's own records. Limits that the customer sets, such as a budget, are kept exactly, so that a verifier
can hold recommendations against them. Everything is drawn from one seeded generator: the same replies lead to the same messages.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from assistant.evidence.brief import Note
from assistant.planning.plan import Ask
from assistant.turn import TurnReply
from finetune.simulation.customer_sentences import CustomerSentences
from finetune.simulation.persona import Persona
from finetune.simulation.shop_words import ShopWords
from finetune.verification.finished_turn import Limits
from finetune.verification.numerals import NUMBER
from retrieval.catalog.customer import Customer
from retrieval.catalog.product import Product

_GOALS: Mapping[str, float] = {
    "need": 10, "need_budget": 8, "need_color": 4, "need_size": 3, "need_budget_color": 3, "need_property": 6, "need_brand": 2,
    "cheapest": 3, "vague": 4, "named": 9, "policy": 9, "page": 7, "rule_age": 3, "rule_return": 4, "status": 5, "items": 3, "change": 5,
    "refund": 2, "foreign": 1, "complain": 2, "not_sold": 3, "scope": 3, "hostile": 2, "greet": 2,
}  # fmt: skip
_ORDERING = frozenset({"status", "items", "change", "refund", "complain"})
_AFTER_PRODUCTS: Mapping[str, float] = {
    "ordinal_property": 8, "about_this": 7, "cheaper": 4, "recolor": 3, "resize": 2, "pick": 4, "compare": 3, "another": 4, "second": 3,
    "for_other": 2, "mind": 3, "cart": 3, "unknown": 3, "policy": 3, "rule_return": 2, "thanks": 2,
}  # fmt: skip
_AFTER_ORDERS: Mapping[str, float] = {
    "status": 3,
    "items": 3,
    "change": 4,
    "policy": 3,
    "refund": 1,
    "ok": 1,
    "thanks": 3,
}
_AFTER_PAGES: Mapping[str, float] = {
    "policy": 5,
    "page": 3,
    "rule_return": 3,
    "rule_age": 1,
    "need": 3,
    "ok": 1,
    "thanks": 4,
}
_AFTER_NOTHING: Mapping[str, float] = {"narrow": 4, "mind": 3, "again": 2, "policy": 1, "thanks": 1}
_NEEDS_TWO = frozenset({"pick", "compare", "second"})
_GOES_ON = 0.75
"""Share of turns after which the same goal is followed, if nothing was asked."""


@dataclass(frozen=True, slots=True)
class Said:
    """One message. `goal` is what it is after, `limits` what the customer has ruled out up to it."""

    text: str
    goal: str
    limits: Limits


@dataclass
class SimulatedCustomer:
    """One conversation's customer. `signed_in` is whose orders may be asked for, `most` how many messages there are at most."""

    words: ShopWords
    sentences: CustomerSentences
    chance: random.Random
    signed_in: Customer | None = None
    most: int = 6
    _persona: Persona = field(init=False)
    _spoken: dict[str, str] = field(init=False, default_factory=dict)
    _limits: Limits = field(init=False, default=Limits())
    _shown: tuple[Product, ...] = field(init=False, default=())
    _said: set[str] = field(init=False, default_factory=set)
    _count: int = field(init=False, default=0)
    _last: str = field(init=False, default="")

    def __post_init__(self) -> None:
        self._persona = Persona.drawn(self.chance)
        self._wants(self.chance.choice(self.words.products))

    def says(self, reply: TurnReply | None) -> Said | None:
        """The next message after `reply`, the first if it is None; None once the customer leaves."""
        if self._count >= self.most or self._last in ("thanks", "bye"):
            return None
        if reply is not None and reply.brief.products:
            catalog = self.words.shop.catalog.products
            self._shown = tuple(catalog[id] for id in reply.brief.products)
        for _ in range(20):
            goal = self._goal(reply)
            text = self._sentence(goal)
            if text and text not in self._said:
                break
        else:
            goal, text = "thanks", "thanks"
        self._said.add(text)
        if self._count == 0:
            text = self._persona.opened(text, self._spoken, self.sentences, self.chance)
        self._count += 1
        self._last = goal
        return Said(self._persona.typed(text, self.sentences, self.chance), goal, self._limits)

    def _goal(self, reply: TurnReply | None) -> str:
        if reply is None:
            return self._new_goal()
        asked = next((step.about for step in reply.plan.steps if isinstance(step, Ask)), "")
        if asked and self.chance.random() < 0.85:
            return f"answer_{asked}"
        if reply.text.endswith("?") and self.chance.random() < 0.5:
            return "answer"
        if self.chance.random() > _GOES_ON:
            return self._new_goal()
        return self._drawn(self._following(reply))

    def _following(self, reply: TurnReply) -> Mapping[str, float]:
        brief = reply.brief
        if {Note.NOTHING_FOUND, Note.NOT_STATED} & set(brief.notes) or (reply.is_fallback and not brief.products):
            return _AFTER_NOTHING
        if brief.products:
            return {
                goal: weight
                for goal, weight in _AFTER_PRODUCTS.items()
                if len(self._shown) > 1 or goal not in _NEEDS_TWO
            }
        if brief.orders:
            return _AFTER_ORDERS
        return _AFTER_PAGES if brief.lines else {**_AFTER_NOTHING, **_AFTER_PAGES}

    def _new_goal(self) -> str:
        """A goal that has nothing to do with what was before; its limits are new."""
        self._limits = Limits()
        self._wants(self.chance.choice(self.words.products))
        weights = {g: w for g, w in _GOALS.items() if self._can(g)}
        return self._drawn(weights)

    def _can(self, goal: str) -> bool:
        needs = {"rule_age": self.words.ages, "rule_return": self.words.unreturnable, "page": self.words.titles}
        if goal in _ORDERING and not self._own_orders() and self.chance.random() < 0.7:
            return False
        return bool(needs.get(goal, True))

    def _drawn(self, weights: Mapping[str, float]) -> str:
        return self.chance.choices(list(weights), list(weights.values()))[0]

    def _wants(self, product: Product) -> None:
        """Turn to a product: from now on the words are of its kind."""
        chance, words = self.chance, self.words
        person, other = chance.sample(self.sentences.words("people"), 2)
        orders, foreign = self._own_orders(), [id for id in words.shop.orders if id not in self._own_orders()]
        age, ruled = chance.choice(words.ages) if words.ages else (0, "")
        self._spoken = words.product_words(product, chance) | {
            "person": person, "other_person": other, "person_s": person if person.endswith("of us") else f"{person}'s",
            "person_is": "i" if person in ("myself", "the two of us") else person,
            "use": chance.choice(self.sentences.words("uses")), "absent": chance.choice(self.sentences.words("absent")),
            "other_kinds": words.product_words(chance.choice(words.products), chance)["kinds"],
            "order": chance.choice(orders) if orders else "", "foreign": chance.choice(foreign) if foreign else "A-10443",
            "page": chance.choice(words.titles) if words.titles else "", "number": str(chance.randint(2, 60)),
            "unreturnable": chance.choice(words.unreturnable) if words.unreturnable else "",
            "age": str(age) if age else "", "young": str(age - chance.randint(1, 3)) if age else "", "ruled": ruled,
        }  # fmt: skip

    def _own_orders(self) -> Sequence[str]:
        orders = self.words.shop.orders.values()
        return [order.id for order in orders if self.signed_in and order.customer_id == self.signed_in.id]

    def _sentence(self, goal: str) -> str | None:
        """What is said for a goal, and the limits that it sets."""
        words = dict(self._spoken)
        limits = self._limits
        if goal == "mind":
            self._wants(
                next((p for p in self.words.products if self._is_kind(p, words["other_kinds"])), self.words.products[0])
            )
            limits = Limits()
        if goal == "cheaper" and self._shown:
            words["budget"] = self.words.money(_below(self._shown[0].current_price.amount), self.chance)
        if goal in ("recolor", "resize") and self._shown:
            option = "color" if goal == "recolor" else "size"
            words[option] = self._other_option(option)
        if goal == "ordinal_property" and self._shown:
            stated = [(name, value) for name, value in self._shown[0].attributes.items() if value]
            if stated:
                words["question"] = self.sentences.question(*self.chance.choice(stated), words, self.chance)
        text = self.sentences.draw(goal, words, self.chance)
        self._limits = _limited(limits, goal, text or "", words)
        return text

    def _other_option(self, option: str) -> str:
        """A color or size that what is shown, or at least a product of its kind, has in another variant; "" if there is none."""
        shown = self._shown[0]
        of_kind = [each for each in self.words.products if each.product_type == shown.product_type]
        others = self.words.shop.catalog.variants(shown), of_kind
        values = ({getattr(each, option) for each in group} - {getattr(shown, option), ""} for group in others)
        pool = sorted(next(filter(None, values), ()))
        return self.chance.choice(pool).split("/")[0].strip() if pool else ""

    def _is_kind(self, product: Product, kinds: str) -> bool:
        return self.words.product_words(product, random.Random(0))["kinds"] == kinds


def _limited(limits: Limits, goal: str, text: str, words: Mapping[str, str]) -> Limits:
    """The limits after a message: what it says of money, color and size counts, whatever else it says."""
    if words.get("budget") and words["budget"] in text and goal != "answer_budget":
        found = NUMBER.search(words["budget"])
        limits = replace(limits, budget=Decimal(found[0].replace(",", "")) if found else None)
    if goal in ("need_color", "need_budget_color", "recolor", "answer_color") and words.get("color", "") in text:
        limits = replace(limits, color=words["color"].casefold())
    if goal in ("need_size", "resize", "answer_size") and words.get("size") and words["size"] in text:
        limits = replace(limits, size=words["size"].casefold())
    return limits


def _below(price: Decimal) -> Decimal:
    """A round amount below a price."""
    step = 1 if price < 10 else 5 if price < 60 else 10 if price < 200 else 50
    return Decimal(max(int(price * Decimal("0.8")) // step * step, 1))
