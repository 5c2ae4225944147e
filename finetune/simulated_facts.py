"""SimulatedFacts: the facts that a turn of a training dialogue has, as `assistant/hints.py` lays them down.

Which optional facts exist is drawn anew for each turn, so that a reply has to look at what is there.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from assistant import hints
from assistant.act import Act
from assistant.prompt import PromptFact
from finetune.simulated_shop import Policy, SimulatedProduct, SimulatedShop

_STOCK = {
    hints.IN_STOCK: "in stock",
    hints.LOW_STOCK: "nearly sold out",
    hints.OUT_OF_STOCK: "sold out",
    hints.LATER: "available to pre-order",
}
_STATUS = {
    hints.PROCESSING: "being prepared",
    hints.SHIPPED: "on its way",
    hints.DELIVERED: "delivered",
    hints.CANCELLED: "cancelled",
    hints.RETURNED: "returned",
    hints.DELAYED: "delayed",
}
_LISTS = {
    Act.FOUND_PRODUCTS,
    Act.RELAXED,
    Act.RECOMMENDED,
    Act.RECOMMENDED_POPULAR,
    Act.SIMILAR,
    Act.GIFT,
    Act.MORE_SHOWN,
}
_COUNTED = {Act.FOUND_PRODUCTS, Act.RELAXED, Act.GIFT, Act.MORE_SHOWN}
_SEARCHES = {*_COUNTED, Act.FOUND_ONE, Act.FOUND_NOTHING}
_REASONED = {Act.RECOMMENDED, Act.RECOMMENDED_POPULAR}
_ORDERS = {Act.ORDER_STATUS, Act.ORDER_DELIVERY, Act.ORDER_ITEMS}
_QUOTES = (
    "Exactly what I was looking for.", "Better than I expected.", "Good, but a little small.", "I use it every day!",
    "My daughter loves it.", "Nice quality for the money.", "It broke after a month.", "Would buy it again.",
)  # fmt: skip
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November")


@dataclass
class Scene:
    """Where a simulated conversation stands: the shop, who is there, what is on the screen."""

    shop: SimulatedShop
    chance: random.Random
    customer: str = ""
    policy: Policy | None = None
    second_policy: Policy | None = None
    kind: str = ""
    shown: list[SimulatedProduct] = field(default_factory=list)

    def maybe(self, share: float) -> bool:
        """True in `share` of all draws."""
        return self.chance.random() < share


class SimulatedFacts:
    """Collects the facts of one turn; `listed` gives them in prompt order."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._chance = scene.chance
        self._facts: dict[str, PromptFact] = {}
        self._alone = True

    def add(self, key: str, value: str, hint: str = "") -> None:
        """One fact; a later one on the same key does not replace it."""
        self._facts.setdefault(key, PromptFact(key, value, hint))

    def listed(self) -> tuple[PromptFact, ...]:
        """All facts in the order of prompts."""
        return tuple(sorted(self._facts.values(), key=lambda fact: hints.listing_order(fact.key)))

    @property
    def hints(self) -> dict[str, str]:
        """Key to hint, for drawing phrasings."""
        return {fact.key: fact.hint for fact in self._facts.values()}

    def gather(self, acts: tuple[Act, ...]) -> None:
        """Adds what all `acts` bring."""
        self._alone = len(acts) == 1
        for act in acts:
            self._gather_one(act, acts)

    def _gather_one(self, act: Act, acts: tuple[Act, ...]) -> None:
        if act in _SEARCHES:
            self._search(act)
        if act in _LISTS:
            self._products(act)
        elif act in _MAKERS:
            _MAKERS[act](self)
        if act in _ORDERS and "o1.id" not in self._facts:
            self._order("o1")
        if act in _NAMED and self._scene.customer and self._scene.maybe(0.8):
            self.add("customer.name", self._scene.customer)

    # products

    def _search(self, act: Act) -> None:
        scene, kind = self._scene, self._scene.kind
        if scene.maybe(0.75):
            self.add("search.kind", scene.shop.kinds.get(kind, kind))
        if scene.maybe(0.6):
            self.add(
                "search.query", self._chance.choice((kind, f"{kind} for {scene.shop.word('occasions', self._chance)}"))
            )
        if scene.maybe(0.5):
            self.add("search.filters", self._conditions())
        if act is Act.RELAXED:
            self.add("search.dropped", self._conditions())
        if act is Act.FOUND_ONE:
            self.add("search.count", "1", hints.ONE)

    def _conditions(self) -> str:
        shop, chance = self._scene.shop, self._chance
        listed = [
            f"in {shop.word('colors', chance)}", f"under {shop.money(chance.randrange(1000, 20000, 500))}",
            f"from {shop.word('brands', chance)}", f"without {shop.word('materials', chance)}", "on sale",
            f"in size {shop.word('sizes', chance)}", f"made of {shop.word('materials', chance)}", "rated at least 4 out of 5",
        ]  # fmt: skip
        chosen = chance.sample(listed, chance.choice((1, 1, 2, 2, 3)))
        return chosen[0] if len(chosen) == 1 else f"{', '.join(chosen[:-1])} and {chosen[-1]}"

    def _products(self, act: Act) -> None:
        count = self._chance.choice((1, 2, 2, 3, 3, 4, 5, 6, 6))
        if act is Act.FOUND_PRODUCTS:
            count = max(count, 2)
        shown = [self._scene.shop.product(self._chance, self._scene.kind) for _ in range(count)]
        self._scene.shown = shown
        if act in _COUNTED:
            total = count if count < 6 else count + self._chance.choice((0, 1, 5, 14, 80))
            self.add("search.count", str(total), hints.count_hint(total))
        if act is Act.SIMILAR:
            self._item()
        reasons, features, ratings = (
            self._scene.maybe(share) for share in (0.9 if act in _REASONED else 0.3, 0.5, 0.7)
        )
        for place, product in enumerate(shown, start=1):
            slot = f"p{place}"
            self._name_and_price(slot, product)
            if place <= 3:
                self._extras(slot, product, reasons, features, ratings)

    def _extras(self, slot: str, product: SimulatedProduct, reasons: bool, features: bool, ratings: bool) -> None:
        self._sale(slot, product)
        if slot == "p1" or self._scene.maybe(0.5):
            self._stock(slot)
        if ratings and self._scene.maybe(0.85):
            self._rating(slot, product)
        if slot == "p1" and self._scene.maybe(0.4):
            self.add(f"{slot}.brand", product.brand)
        if features and self._scene.maybe(0.8):
            self._feature(slot, product)
        if reasons and self._scene.maybe(0.85):
            self.add(f"{slot}.reason", self._scene.shop.word("reasons", self._chance))

    def _name_and_price(self, slot: str, product: SimulatedProduct) -> None:
        self.add(f"{slot}.name", product.name, hints.name_hint(product.name))
        self.add(f"{slot}.price", self._scene.shop.money(product.price))

    def _sale(self, slot: str, product: SimulatedProduct) -> None:
        if product.old_price:
            self.add(f"{slot}.old_price", self._scene.shop.money(product.old_price))
            if slot == "p1" and self._scene.maybe(0.8):
                self.add(f"{slot}.saving", self._scene.shop.money(product.old_price - product.price))

    def _stock(self, slot: str) -> None:
        hint = self._chance.choices(
            (hints.IN_STOCK, hints.LOW_STOCK, hints.OUT_OF_STOCK, hints.LATER), (70, 14, 12, 4)
        )[0]
        self.add(f"{slot}.stock", _STOCK[hint], hint)

    def _rating(self, slot: str, product: SimulatedProduct) -> None:
        self.add(f"{slot}.rating", f"{product.rating} out of 5", hints.rating_hint(product.rating))

    def _feature(self, slot: str, product: SimulatedProduct) -> None:
        hint = hints.WITH if self._scene.maybe(0.8) else ""
        self.add(f"{slot}.feature", product.feature if hint else f"{product.feature}, made in small batches", hint)

    def _item(self) -> None:
        product = self._scene.shop.product(self._chance, self._scene.kind)
        self.add("item.name", product.name, hints.name_hint(product.name))

    def _focus(self) -> SimulatedProduct:
        scene = self._scene
        if not scene.shown:
            scene.shown = [scene.shop.product(self._chance, scene.kind)]
        return scene.shown[0]

    def _found_one(self) -> None:
        scene = self._scene
        scene.shown = [scene.shop.product(self._chance, scene.kind)]
        self._one(scene.shown[0], 0.5)

    def _one(self, product: SimulatedProduct, share: float) -> None:
        """p1 with name and price, and each other field in `share` of all draws."""
        shop, maybe = self._scene.shop, self._scene.maybe
        self._name_and_price("p1", product)
        if maybe(share):
            self._stock("p1")
        if maybe(share):
            self._rating("p1", product)
            if maybe(0.5):
                self.add("p1.reviews", _counted(product.reviews))
        if maybe(share):
            self._sale("p1", product)
        for name, value in (("brand", product.brand), ("color", product.color), ("material", product.material)):
            if maybe(share * 0.6):
                self.add(f"p1.{name}", value)
        if maybe(share * 0.4):
            self.add("p1.size", shop.word("sizes", self._chance))
        if maybe(share * 0.4):
            self.add("p1.kind", product.kind, hints.kind_hint(product.kind))
        if maybe(share):
            self._feature("p1", product)
        if maybe(share * 0.4):
            self.add("p1.reason", shop.word("reasons", self._chance))

    def _told_price(self) -> None:
        product = self._focus()
        self._name_and_price("p1", product)
        self._sale("p1", product)
        self._one(product, 0.3)
        self._perhaps_others(self._price_and_sale)

    def _told_stock(self) -> None:
        product = self._focus()
        self.add("p1.name", product.name, hints.name_hint(product.name))
        self._stock("p1")
        hint = self._facts["p1.stock"].hint
        if hint in (hints.IN_STOCK, hints.LOW_STOCK) and self._scene.maybe(0.5):
            self.add(
                "p1.quantity",
                str(self._chance.randrange(1, 6) if hint == hints.LOW_STOCK else self._chance.randrange(7, 90)),
            )
        if self._scene.maybe(0.3):
            self._colors_and_sizes()
        self._one(product, 0.3)
        self._perhaps_others(lambda slot, _: self._stock(slot))

    def _told_rating(self) -> None:
        product = self._focus()
        self.add("p1.name", product.name, hints.name_hint(product.name))
        if self._scene.maybe(0.88):
            self._rating("p1", product)
            if self._scene.maybe(0.8):
                self.add("p1.reviews", _counted(product.reviews))
            if self._scene.maybe(0.6):
                self.add("p1.quote", self._chance.choice(_QUOTES))
        self._perhaps_others(self._rating)

    def _told_options(self) -> None:
        product = self._focus()
        self.add("p1.name", product.name, hints.name_hint(product.name))
        if self._scene.maybe(0.3):
            self._name_and_price("p1", product)
        if self._scene.maybe(0.93):
            self._colors_and_sizes()

    def _colors_and_sizes(self) -> None:
        which = self._chance.choice((("colors",), ("sizes",), ("colors", "sizes"), ("colors", "sizes")))
        for name in which:
            count = self._chance.choice((1, 2, 3, 4, 7))
            listed = self._chance.sample(self._scene.shop.words[name], min(count, len(self._scene.shop.words[name])))
            self.add(f"p1.{name}", _in_words(listed), hints.count_hint(len(listed)))

    def _perhaps_others(self, add: Callable[[str, SimulatedProduct], None]) -> None:
        """Now and then the question is about two or three products."""
        for slot in ("p2", "p3"):
            if self._alone and self._scene.maybe(0.15 if slot == "p2" else 0.3):
                other = self._scene.shop.product(self._chance, self._scene.kind)
                self.add(f"{slot}.name", other.name, hints.name_hint(other.name))
                add(slot, other)
            else:
                return

    def _price_and_sale(self, slot: str, product: SimulatedProduct) -> None:
        self._name_and_price(slot, product)
        self._sale(slot, product)

    def _described(self) -> None:
        product = self._focus()
        about, value = self._chance.choice(list(self._scene.shop.properties.items()))
        if self._scene.maybe(0.75):
            self.add("ask.about", about)
        detail = f"{about.capitalize()}: {value}"
        self.add("p1.detail", detail, hints.answer_hint(detail))
        self._one(product, 0.35)

    def _detail_missing(self) -> None:
        if self._scene.maybe(0.85):
            self.add("ask.about", self._chance.choice(list(self._scene.shop.properties)))
        self._one(self._focus(), 0.15)
        self._contact(0.5)

    def _compared(self) -> None:
        shop, maybe = self._scene.shop, self._scene.maybe
        pair = [shop.product(self._chance, self._scene.kind) for _ in range(2)]
        self._scene.shown = pair
        rated, features, stock = maybe(0.75), maybe(0.5), maybe(0.4)
        for slot, product in zip(("p1", "p2"), pair, strict=True):
            self._name_and_price(slot, product)
            if rated:
                self._rating(slot, product)
            if stock:
                self._stock(slot)
            if features and maybe(0.9):
                self._feature(slot, product)
            if maybe(0.3):
                self.add(f"{slot}.material", product.material)
        self._difference(pair, rated)
        if maybe(0.35):
            self.add(
                "compare.common",
                self._chance.choice(("the same brand", "the same material", "the same brand and color")),
            )

    def _difference(self, pair: list[SimulatedProduct], rated: bool) -> None:
        first, second = pair
        if first.price != second.price and self._scene.maybe(0.9):
            cheaper = min(pair, key=lambda product: product.price)
            self.add("compare.cheaper", cheaper.name, hints.FIRST if cheaper is first else hints.SECOND)
            self.add("compare.difference", self._scene.shop.money(abs(first.price - second.price)))
        if rated and first.rating != second.rating:
            better = max(pair, key=lambda product: product.rating)
            self.add("compare.better_rated", better.name, hints.FIRST if better is first else hints.SECOND)

    def _which_product(self) -> None:
        if self._scene.maybe(0.4):
            self._kind()
        if self._scene.maybe(0.55):
            for place in range(1, self._chance.choice((1, 2, 2, 3, 3)) + 1):
                product = self._scene.shop.product(self._chance, self._scene.kind)
                self.add(f"p{place}.name", product.name, hints.name_hint(product.name))

    def _kind(self) -> None:
        self.add("search.kind", self._scene.shop.kinds.get(self._scene.kind, self._scene.kind))

    def _preference(self) -> None:
        if self._scene.maybe(0.4):
            self._kind()
        if self._scene.maybe(0.5):
            self._offers()

    def _no_more(self) -> None:
        if self._scene.maybe(0.7):
            self._kind()
        if self._scene.maybe(0.4):
            self.add("search.filters", self._conditions())

    def _cart(self) -> None:
        if self._scene.maybe(0.8):
            product = self._focus()
            self._name_and_price("p1", product)
            if self._scene.maybe(0.7):
                self._stock("p1")

    # service

    def _answer(self) -> None:
        policies = [policy for policy in (self._scene.policy, self._scene.second_policy) if policy]
        for slot, policy in zip(("a1", "a2"), policies, strict=False):
            text = self._chance.choice(policy.answers)
            if f"{slot}.text" in self._facts:
                continue
            self.add(f"{slot}.text", text, hints.answer_hint(text))
            if self._scene.maybe(0.75):
                self.add(f"{slot}.title", self._chance.choice(policy.titles))
            if policy.duration and policy.duration in text and self._scene.maybe(0.6):
                self.add(f"{slot}.duration", policy.duration)
            if policy.amount and policy.amount in text and self._scene.maybe(0.6):
                self.add(f"{slot}.amount", policy.amount)

    def _no_answer(self) -> None:
        self._contact(0.7)

    def _elsewhere(self) -> None:
        if self._scene.policy and self._scene.maybe(0.75):
            self._answer()
        self._contact(0.6)

    def _contact(self, share: float = 0.8) -> None:
        slug = self._scene.shop.name.lower().replace(" & ", "-").replace(" ", "-")
        if self._scene.maybe(share):
            self.add("shop.email", f"help@{slug}.example")
        if self._scene.maybe(share * 0.75):
            self.add("shop.phone", f"+1 555 01{self._chance.randrange(10, 99)}")
            if self._scene.maybe(share * 0.8):
                self.add(
                    "shop.hours", self._chance.choice(("Monday to Friday, 9 am to 5 pm", "every day from 8 to 20 h"))
                )
        elif self._scene.maybe(share * 0.3):
            self.add("shop.hours", "Monday to Saturday, 10 am to 6 pm")

    def _contact_act(self) -> None:
        self._contact(0.9)
        if self._scene.maybe(0.4):
            self.add("shop.name", self._scene.shop.name)

    def _about_shop(self) -> None:
        if self._scene.maybe(0.65):
            self.add("shop.name", self._scene.shop.name)
        if self._scene.maybe(0.5):
            self._offers()

    def _offers(self) -> None:
        self.add("shop.offers", _in_words(self._chance.sample(list(self._scene.shop.kinds.values()), 3)))

    def _greet(self) -> None:
        if self._scene.maybe(0.6):
            self.add("shop.name", self._scene.shop.name)

    # orders

    def _order(self, slot: str, brief: bool = False) -> None:
        maybe, chance = self._scene.maybe, self._chance
        status = chance.choices(list(_STATUS), (20, 30, 25, 7, 6, 12))[0]
        self.add(f"{slot}.id", order_number(chance))
        self.add(f"{slot}.status", _STATUS[status], status)
        self.add(f"{slot}.placed", _date(chance))
        if brief:
            return
        if status in (hints.PROCESSING, hints.SHIPPED, hints.DELAYED) and maybe(0.85):
            self.add(f"{slot}.expected", _date(chance))
        if status == hints.DELIVERED and maybe(0.92):
            self.add(f"{slot}.delivered", _date(chance))
        self._order_lines(slot)
        if status in (hints.SHIPPED, hints.DELIVERED, hints.DELAYED):
            self._parcel(slot)
        if status == hints.DELIVERED and maybe(0.6):
            self.add(f"{slot}.window", _date(chance), chance.choice((hints.OPEN, hints.OPEN, hints.CLOSED)))

    def _order_lines(self, slot: str) -> None:
        count = self._chance.choice((1, 1, 2, 3))
        items = [self._scene.shop.product(self._chance).name for _ in range(count)]
        self.add(
            f"{slot}.items",
            _in_words([f"{self._chance.choice((1, 1, 2))} × {item}" for item in items]),
            hints.count_hint(count),
        )
        if self._scene.maybe(0.7):
            self.add(f"{slot}.total", self._scene.shop.money(self._chance.randrange(900, 40000, 5)))

    def _parcel(self, slot: str) -> None:
        if self._scene.maybe(0.75):
            self.add(f"{slot}.carrier", self._chance.choice(("Parcel Post", "Swift", "Red Van", "City Bikes")))
            if self._scene.maybe(0.8):
                self.add(
                    f"{slot}.tracking",
                    f"{self._chance.choice(('PP', 'RV', 'SW'))}{self._chance.randrange(10**7, 10**8)}",
                )

    def _history(self) -> None:
        shown = self._chance.choice((1, 2, 3, 3))
        total = shown if shown < 3 else self._chance.choice((3, 4, 6, 11))
        self.add("order.count", str(total), hints.count_hint(total))
        for place in range(1, shown + 1):
            self._order(f"o{place}", brief=True)
            self._order_lines(f"o{place}")

    def _which_order(self) -> None:
        if self._scene.maybe(0.8):
            total = self._chance.choice((2, 3, 5, 9))
            self.add("order.count", str(total), hints.count_hint(total))
            for place in range(1, min(total, 3) + 1):
                self._order(f"o{place}", brief=True)


def order_number(chance: random.Random) -> str:
    """An order number in one of the usual forms."""
    return chance.choice(("A-{}", "#{}", "{}", "FF-{}", "ORD{}", "WEB-{}")).format(chance.randrange(1000, 999999))


def _date(chance: random.Random) -> str:
    month, day = chance.choice(_MONTHS), chance.randrange(1, 29)
    return chance.choice((f"{month} {day}", f"{day} {month}"))


def _counted(count: int) -> str:
    return f"{count} rating" if count == 1 else f"{count} ratings"


def _in_words(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


_MAKERS: Mapping[Act, Callable[[SimulatedFacts], None]] = {
    Act.FOUND_ONE: SimulatedFacts._found_one,
    Act.COMPARED: SimulatedFacts._compared,
    Act.DESCRIBED: SimulatedFacts._described,
    Act.DETAIL_MISSING: SimulatedFacts._detail_missing,
    Act.TOLD_PRICE: SimulatedFacts._told_price,
    Act.TOLD_STOCK: SimulatedFacts._told_stock,
    Act.TOLD_RATING: SimulatedFacts._told_rating,
    Act.TOLD_OPTIONS: SimulatedFacts._told_options,
    Act.ASK_WHICH_PRODUCT: SimulatedFacts._which_product,
    Act.ASK_PREFERENCE: SimulatedFacts._preference,
    Act.CART_HELP: SimulatedFacts._cart,
    Act.NO_MORE: SimulatedFacts._no_more,
    Act.ANSWERED: SimulatedFacts._answer,
    Act.NO_ANSWER: SimulatedFacts._no_answer,
    Act.CHANGE_ELSEWHERE: SimulatedFacts._elsewhere,
    Act.ORDER_HISTORY: SimulatedFacts._history,
    Act.WHICH_ORDER: SimulatedFacts._which_order,
    Act.CONTACT: SimulatedFacts._contact_act,
    Act.GREET: SimulatedFacts._greet,
    Act.GOODBYE: SimulatedFacts._greet,
    Act.WHO_ARE_YOU: SimulatedFacts._about_shop,
    Act.CAPABILITIES: SimulatedFacts._about_shop,
    Act.OUT_OF_SCOPE: SimulatedFacts._about_shop,
    Act.NOT_UNDERSTOOD: SimulatedFacts._about_shop,
    Act.HOW_ARE_YOU: SimulatedFacts._about_shop,
    Act.OTHER_LANGUAGE: SimulatedFacts._about_shop,
}
_NAMED = frozenset({
    Act.RECOMMENDED, Act.RECOMMENDED_POPULAR, Act.ORDER_HISTORY, Act.ORDER_NOT_FOUND, Act.NO_ORDERS, Act.LISTEN, Act.APOLOGIZE, Act.CALM,
    Act.ACKNOWLEDGE, Act.WELCOME, Act.GLAD, Act.GOODBYE, Act.GREET,
})  # fmt: skip
