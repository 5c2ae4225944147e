"""Strategies for the shop's records, as feeds bring them: clean text, exact money."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import strategies as st

from assistant.actions.order import Order, OrderLine, OrderStatus
from retrieval.catalog.customer import Customer, Event, EventKind
from retrieval.catalog.faq import Faq
from retrieval.catalog.money import Money
from retrieval.catalog.product import Availability, Product, Review
from retrieval.catalog.window import ALWAYS, Window
from retrieval.feeds.blanks import is_blank
from retrieval.feeds.not_public import is_internal
from retrieval.feeds.strangers import is_quotable
from retrieval.feeds.text import clean, plain

_LETTERS = st.characters(exclude_categories=("Cs", "Cc"))
texts = st.text(_LETTERS | st.just("\n"), max_size=60).map(lambda text: plain(clean(text)).replace("\\,", ","))
lines = st.text(_LETTERS, max_size=30).map(lambda text: " ".join(plain(clean(text)).split()).replace("\\,", ","))
words = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=12)
attribute_names = words.filter(lambda word: not is_internal(word))
titles = lines.filter(lambda line: not is_blank(line, "title"))
amounts = st.decimals(0, 10**9, places=2, allow_nan=False, allow_infinity=False)
links = st.builds("https://shop.example/{}".format, words) | st.builds("images/{}.svg".format, words) | st.just("")
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
windows = (
    st.tuples(st.none() | moments, st.none() | moments)
    .filter(lambda sides: None in sides or sides[0] < sides[1])
    .map(lambda sides: Window(*sides))
)
days = st.dates(date(2000, 1, 1), date(2100, 1, 1))


def told(values: st.SearchStrategy[str], field: str = "") -> st.SearchStrategy[str]:
    """`values`, with "" for those that a feed takes for nothing."""
    return values.map(lambda value: "" if is_blank(value, field) else value)


@st.composite
def products(draw: st.DrawFn) -> Product:
    """One product; the sale price, if there is one, is below the price, and no value is a word for nothing."""
    price = draw(amounts.filter(bool))
    currency = draw(st.sampled_from(["USD", "EUR", "JPY", "CHF"]))
    reduced = draw(st.none() | st.sampled_from([Decimal("0.5"), Decimal("0.25")]))
    sale = None if reduced is None or not price else Money(price * reduced, currency)
    return Product(
        id=draw(titles), title=draw(titles), price=Money(price, currency), description=draw(told(texts)), link=draw(links),
        image_link=draw(links), sale_price=sale, availability=draw(st.sampled_from(Availability)),
        quantity=draw(st.none() | st.integers(0, 10**6)), brand=draw(told(lines, "brand")), product_type=draw(told(lines, "product_type")),
        item_group_id=draw(told(lines, "item_group_id")), color=draw(told(lines, "color")), size=draw(told(lines)),
        material=draw(told(lines, "material")), gtin=draw(told(words, "gtin")),
        rating=draw(st.none() | st.floats(0, 5, exclude_min=True)), rating_count=draw(st.integers(0, 10**6)),
        reviews=tuple(draw(st.lists(st.builds(Review, st.integers(1, 5), texts.filter(is_quotable)), max_size=3))),
        attributes=draw(st.dictionaries(attribute_names, told(texts, "attribute").filter(bool), max_size=4)),
        sale_price_effective_date=draw(windows) if sale else ALWAYS, availability_date=draw(st.none() | moments),
        expiration_date=draw(st.none() | moments),
    )  # fmt: skip


@st.composite
def orders(draw: st.DrawFn, customer_id: str = "C-1") -> Order:
    """One order of `customer_id`."""
    currency = draw(st.sampled_from(["USD", "EUR"]))
    money = st.builds(Money, amounts, st.just(currency))
    line = st.builds(OrderLine, titles, titles, st.integers(1, 99), money)
    return Order(
        id=draw(words), customer_id=customer_id, status=draw(st.sampled_from(OrderStatus)), placed=draw(moments),
        lines=tuple(draw(st.lists(line, min_size=1, max_size=3))), total=draw(money), shipping=draw(st.none() | money),
        expected=draw(st.none() | days), delivered=draw(st.none() | days), refunded=draw(st.none() | days),
        carrier=draw(lines), tracking=draw(lines),
    )  # fmt: skip


faqs = st.builds(Faq, titles, titles, texts.filter(bool), st.lists(words, max_size=3).map(tuple), links)
customers = st.builds(Customer, titles, lines, st.builds("{}@example.com".format, words))
events = st.builds(Event, words, words, st.sampled_from(EventKind), moments, st.none() | st.integers(1, 5))
