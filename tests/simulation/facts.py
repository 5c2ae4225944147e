"""Facts: proves everything that a finished reply says against the shop's records, sharing no code with the check.

The check reads what the model wrote, before references are resolved. This reads what the customer sees, afterwards: it takes
out whole sentences of records (policies, descriptions, reviews), then asks of every number, amount, date, code, stock word
and comparison that is left whether a record of this shop, and of this customer, says it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations

from assistant.actions.order import Order
from assistant.reply import Reply
from finetune.judging.promise_claims import claimed
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.product import Availability, Product

_MARK = "⟦{}⟧"
_MARKS = re.compile(r"⟦(\d+)⟧")
_MONEY = re.compile(r"(?:CA\$|A\$|[$€£¥₹])\s?(\d[\d,]*(?:\.\d+)?)|(\d[\d,]*(?:\.\d+)?) (?:USD|EUR|GBP|CHF|INR)\b")
_RATING = re.compile(r"(\d(?:\.\d)?) out of 5")
_RATINGS = re.compile(r"(\d[\d,]*) ratings?\b")
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DATE = re.compile(rf"\b({'|'.join(_MONTHS)}) (\d{{1,2}})(?:, (\d{{4}}))?")
_CODE = re.compile(r"\b(?=[A-Z0-9-]*\d)[A-Z]{1,6}-?\d[A-Z0-9-]{2,}\b")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?%?")
_WORDED = re.compile(
    r"\b(?:two|three|four|five|six|seven|ten|fourteen|thirty) (?:business |working )?(?:days?|weeks?|hours?|minutes?|months?)\b"
    r"|\b(?:tomorrow|overnight|next week|within (?:a|an|the) \w+)\b",
    re.IGNORECASE,
)
_STOCK = re.compile(
    r"\b(nearly sold out|sold out|in stock|out of stock|available to (?:pre|back)-order)\b", re.IGNORECASE
)
_CHEAPER = re.compile(r"\b(cheaper|less expensive|more expensive|pricier)\b", re.IGNORECASE)
_BEFORE_PRICE = re.compile(
    r"\b(?:was|were|from|instead of|before|regular|normally|usually|used to cost|down from|old price)\b[^⟦]*$", re.I
)


@dataclass
class Verdict:
    """What a reply says: how many facts were proved, and which were not."""

    proved: int = 0
    wrong_facts: list[str] = field(default_factory=list)
    promises: list[str] = field(default_factory=list)

    def judge(self, is_true: bool, said: str) -> None:
        """Counts one fact."""
        if is_true:
            self.proved += 1
        else:
            self.wrong_facts.append(said)


def verify(reply: Reply, catalog: Catalog, orders: Sequence[Order] = (), return_days: int = 30) -> Verdict:
    """Every fact of `reply` against `catalog`, the records it cites and this customer's `orders`."""
    verdict = Verdict()
    shown = [candidate.product for candidate in reply.products]
    spoken = shown + [p for p in catalog.products.values() if p.title in reply.text and p not in shown]
    text = _without_records(reply, spoken, catalog, orders, verdict)
    names = sorted({product.title for product in spoken}, key=len, reverse=True)
    for place, name in enumerate(names):
        text = text.replace(name, _MARK.format(place))
    sizes = {number for p in spoken for v in catalog.variants(p) for number in re.findall(r"[\d.]+", v.size)}
    variants = {place: [p for p in spoken if p.title == name] for place, name in enumerate(names)}
    for sentence in re.split(r"(?<=[.!?])\s+|\n", text):
        _judge_sentence(sentence, variants, shown, reply, orders, sizes, return_days, verdict)
    return verdict


def _without_records(
    reply: Reply, spoken: Sequence[Product], catalog: Catalog, orders: Sequence[Order], verdict: Verdict
) -> str:
    """The text without what it quotes whole from a record, and without the shop's own contact details."""
    text = reply.text
    quotable = [sentence for faq in reply.sources for sentence in _sentences(faq.answer)]
    quotable += [faq.title for faq in reply.sources]
    quotable += [f.text for f in reply.evidence.facts if f.record == "shop"]
    for product in spoken:
        quotable += [
            *_sentences(product.description),
            *(s for review in product.reviews for s in _sentences(review.text)),
        ]
        quotable += [f"{name.replace('_', ' ')}: {value}" for name, value in product.attributes.items()]
        quotable += [f"{name.replace('_', ' ')} of {value}" for name, value in product.attributes.items()]
    quotable += [f"{line.quantity} × {line.title}" for order in orders for line in order.lines]
    named = {product.title for product in spoken}
    quotable += [line.title for order in orders for line in order.lines if line.title not in named]
    for quote in sorted(filter(None, quotable), key=len, reverse=True):
        tokens = re.findall(r"\w+|[^\w\s*`\[\]()]", re.sub(r"\]\([^)]*\)", "]", quote))
        pattern = r"[\s*`()\[\]]*".join(map(re.escape, tokens))
        text, count = re.subn(pattern, " ", text, flags=re.IGNORECASE) if len(quote) > 3 else (text, 0)
        verdict.proved += count
    return text


def _sentences(markdown: str) -> list[str]:
    plain = re.sub(r"(?m)^\s*(?:[-*+]|\d+\.|#+)\s+", "", markdown)
    return [part.strip().rstrip(".") for part in re.split(r"(?<=[.!?:])\s+|\n", plain) if part.strip()]


def _judge_sentence(
    sentence: str,
    variants: dict[int, list[Product]],
    shown: Sequence[Product],
    reply: Reply,
    orders: Sequence[Order],
    sizes: set[str],
    return_days: int,
    verdict: Verdict,
) -> None:
    rest = sentence
    for find, judge in (
        (_MONEY, _is_true_amount), (_RATING, _is_true_rating), (_RATINGS, _is_true_count), (_STOCK, _is_true_stock),
    ):  # fmt: skip
        for found in find.finditer(sentence):
            products = _owner(sentence, found.start(), variants) or list(shown)
            verdict.judge(judge(found, sentence, products, shown, reply, orders), f"{found.group()} in: {sentence}")
        rest = find.sub(" ", rest)
    for found in _DATE.finditer(rest):
        verdict.judge(_is_true_date(found, orders, return_days), f"{found.group()} in: {sentence}")
    rest = _DATE.sub(" ", rest)
    codes = {order.id for order in orders} | {order.tracking for order in orders}
    for found in _CODE.finditer(rest):
        verdict.judge(found.group() in codes, f"{found.group()} in: {sentence}")
    rest = _MARKS.sub(" ", _CODE.sub(" ", rest))
    for found in [*_NUMBER.finditer(rest), *_WORDED.finditer(rest)]:
        number = found.group().rstrip(",")
        verdict.judge(
            number in sizes or _is_known_number(number, reply, shown, orders), f"{found.group()} in: {sentence}"
        )
    _judge_comparison(sentence, variants, shown, verdict)
    if not sentence.rstrip().endswith("?"):
        verdict.promises += [f"{said} in: {sentence}" for said in claimed(sentence)]
        if re.search(r"\bon (?:its|their|the) way\b", _without_condition(sentence)) and not any(
            o.status.value == "shipped" for o in orders
        ):
            verdict.promises.append(sentence)


def _without_condition(sentence: str) -> str:
    return re.sub(r"\b(?:if|unless|whether|once|when|as soon as)\b[^,.;!?]*", " ", sentence, flags=re.IGNORECASE)


def _owner(sentence: str, place: int, variants: dict[int, list[Product]]) -> list[Product]:
    """The variants of the product that stands nearest before `place`, or right behind it ("$5 for the ⟦0⟧")."""
    after = re.match(r"\S*\s+(?:for|on) (?:the )?⟦(\d+)⟧", sentence[place:])
    if after:
        return variants[int(after.group(1))]
    before = _MARKS.findall(sentence[:place])
    if before:
        return variants[int(before[-1])]
    following = _MARKS.search(sentence[place:])
    return variants[int(following.group(1))] if following else []


def _is_true_amount(
    found: re.Match[str],
    sentence: str,
    products: Sequence[Product],
    shown: Sequence[Product],
    reply: Reply,
    orders: Sequence[Order],
) -> bool:
    amount = Decimal((found.group(1) or found.group(2)).replace(",", ""))
    if _BEFORE_PRICE.search(sentence[: found.start()]) and any(amount == p.price.amount for p in products):
        return True
    if any(amount == p.current_price.amount for p in products):
        return True
    near = sentence[max(0, found.start() - 30) : found.end() + 30].lower()
    if any(amount == (p.price - p.current_price).amount for p in products) and re.search(
        r"sav|off|less|reduc|cheaper|down", near
    ):
        return True
    apart = {abs(a.current_price.amount - b.current_price.amount) for a, b in permutations([*shown, *products], 2)}
    if amount in apart and re.search(r"cheaper|less|more|apart|differen|save", near):
        return True
    if any(condition.number == amount for condition in reply.request.filter.conditions):
        return True
    if amount in {order.total.amount for order in orders}:
        return True
    respective = [p for p in shown if amount == p.current_price.amount]
    return len(_MARKS.findall(sentence)) > 1 and bool(respective)


def _is_true_rating(
    found: re.Match[str],
    sentence: str,
    products: Sequence[Product],
    shown: Sequence[Product],
    reply: Reply,
    orders: Sequence[Order],
) -> bool:
    return any(
        p.rating is not None and f"{p.rating:.1f}" == f"{float(found.group(1)):.1f}"
        for p in [*products, *_respective(sentence, shown)]
    )


def _is_true_count(
    found: re.Match[str],
    sentence: str,
    products: Sequence[Product],
    shown: Sequence[Product],
    reply: Reply,
    orders: Sequence[Order],
) -> bool:
    return any(p.rating_count == int(found.group(1).replace(",", "")) for p in products)


def _is_true_stock(
    found: re.Match[str],
    sentence: str,
    products: Sequence[Product],
    shown: Sequence[Product],
    reply: Reply,
    orders: Sequence[Order],
) -> bool:
    said = found.group(1).lower()
    if sentence.rstrip().endswith("?") or re.search(
        r"\b(?:whether|if|only show|filter|want|what(?:'s| is) in stock)\b", sentence, re.IGNORECASE
    ):
        return True
    if any(value == "in_stock" for condition in reply.request.filter.conditions for value in condition.values):
        return True
    if re.search(r"\b(?:not|isn't|aren't|no longer)\s+$", sentence[: found.start()]):
        return False
    if said.startswith("available to"):
        return any(p.availability in (Availability.PREORDER, Availability.BACKORDER) for p in products)
    if "out" in said and "nearly" not in said:
        return any(not p.is_available for p in products)
    return any(p.is_available for p in products)


def _respective(sentence: str, shown: Sequence[Product]) -> Sequence[Product]:
    """Products that a list such as "they are rated 4.5 and 4.1" may mean."""
    return shown if len(_MARKS.findall(sentence)) != 1 else ()


def _is_true_date(found: re.Match[str], orders: Sequence[Order], return_days: int) -> bool:
    month, day, year = _MONTHS.index(found.group(1)) + 1, int(found.group(2)), found.group(3)
    return any(
        (known.month, known.day) == (month, day) and (year is None or known.year == int(year))
        for known in _dates(orders, return_days)
    )


def _dates(orders: Iterable[Order], return_days: int) -> Iterator[date]:
    for order in orders:
        yield order.placed.date()
        for day in (order.expected, order.delivered, order.refunded):
            if day is not None:
                yield day
        if order.delivered is not None:
            yield order.delivered + timedelta(days=return_days)


def _is_known_number(said: str, reply: Reply, shown: Sequence[Product], orders: Sequence[Order]) -> bool:
    """A count of what was found or ordered, a quantity in stock, a size, or a number that the customer gave."""
    known = {str(product.quantity) for product in shown} | {str(len(orders)), str(len(shown))}
    known |= {fact.text for fact in reply.evidence.facts if fact.key == "search.count" and int(fact.text) >= len(shown)}
    for condition in reply.request.filter.conditions:
        known |= {f"{condition.number.normalize():f}"} if condition.number is not None else set()
        known |= {number for value in condition.values for number in _NUMBER.findall(value)}
    known |= {number for fact in reply.evidence.facts if fact.key.endswith((".sizes", ".size", ".colors", ".feature", ".detail", ".kind"))
              for product in shown for number in _NUMBER.findall(_everything(product)) if number in fact.text}  # fmt: skip
    known |= {number for number in _NUMBER.findall(reply.request.query)}
    return said in known


def _everything(product: Product) -> str:
    return " ".join([product.title, product.description, product.size, product.color, *product.attributes.values()])


def _judge_comparison(
    sentence: str, variants: dict[int, list[Product]], shown: Sequence[Product], verdict: Verdict
) -> None:
    found = _CHEAPER.search(sentence)
    if (
        not found
        or sentence.rstrip().endswith("?")
        or re.search(r"\b(?:something|cheaper ones|if you|show|want)\b", sentence)
    ):
        return
    before = _MARKS.findall(sentence[: found.start()])
    if not before or len(shown) < 2:
        return
    subject = variants[int(before[-1])][0]
    others = [p for p in shown if p.title != subject.title]
    dearer = "more" in found.group().lower() or "pric" in found.group().lower()
    holds = any(
        (subject.current_price.amount > p.current_price.amount) is dearer
        and subject.current_price.amount != p.current_price.amount
        for p in others
    )
    verdict.judge(holds, f"{found.group()} in: {sentence}")
