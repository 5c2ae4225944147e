"""Cards: no text of a record, a model or a customer becomes HTML."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.dialogue.waiting import Kind
from assistant.shown import Card, Proposed, ShownLink, Source
from retrieval.catalog.candidate import Reason, ReasonKind
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.money import Money
from retrieval.catalog.product import Availability, Product
from retrieval.catalog.window import Window
from tests.fake_assistant import PRODUCTS
from ui import cards
from ui.strings import languages

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
ALLOWED = {"small", "ul", "li", "a", "span", "img", "p", "strong", "s", "br", "button"}


class Tags(HTMLParser):
    """Collects tags, attributes and text."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


def product(**values: object) -> Product:
    given: dict = {"id": "X", "title": "A thing", "price": Money(Decimal(10)), **values}
    return Product(**given)


def card(item: Product, *others: Product) -> Card:
    return Card.of(item, Catalog([item, *others]), NOON)


def html_of(item: Product, reasons: tuple[Reason, ...] = ()) -> str:
    return cards.cards_html([Card.of(item, Catalog([item]), NOON, reasons)])


hostile = st.text() | st.sampled_from(
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "${alert(1)}", "{{x}}"]
)


@given(hostile, hostile, hostile, hostile)
def test_hostile_records_make_no_tags_or_handlers(title, link, image, reason):
    item = product(title=title, link=link, image_link=image)
    parsed = Tags(html_of(item, (Reason(ReasonKind.POPULAR, reason, 0.1),)))
    assert set(parsed.tags) <= ALLOWED
    assert not [name for name, _ in parsed.attributes if name.startswith("on")]
    for name, value in parsed.attributes:
        if name in ("href", "src"):
            assert value.lower().startswith(("/", "http://", "https://"))


@given(hostile)
def test_text_is_told_whole_and_without_tags(text):
    parsed = Tags(cards.text_html(text))
    assert set(parsed.tags) <= {"p", "br", "ul", "li"}


def test_a_script_in_a_title_is_shown_as_text():
    parsed = Tags(html_of(PRODUCTS[1]))
    assert "<script>alert('title')</script> tent" in parsed.text
    assert "script" not in parsed.tags


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://shop.example/a?b=1", "https://shop.example/a?b=1"),
        ("/products/T-1", "/products/T-1"),
        ("images/a.svg", "/shop/images/a.svg"),
        ("javascript:alert(1)", ""),
        ("JavaScript:alert(1)", ""),
        ("java\tscript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//elsewhere.example/x", ""),
        ("/\\elsewhere.example", ""),
        ("", ""),
    ],
)
def test_only_web_addresses_and_own_paths_are_linked(url, safe):
    assert cards.safe_url(url, "/shop/") == safe


def test_a_sale_strikes_the_old_price():
    markup = cards.price_html(card(product(sale_price=Money(Decimal(8)))))
    assert "$8.00" in markup
    assert "<s>" in markup
    assert "$10.00" in markup
    assert "<s>" not in cards.price_html(card(product()))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"quantity": 3}, "Only 3 left"),
        ({"quantity": 300}, "In stock"),
        ({}, "In stock"),
        ({"quantity": 0}, "Sold out"),
        ({"availability": Availability.OUT_OF_STOCK}, "Sold out"),
        ({"availability": Availability.PREORDER}, "Pre-order"),
        ({"availability": Availability.BACKORDER, "quantity": 0}, "On back order"),
    ],
)
def test_stock_is_told_in_words(values, words):
    assert words in cards.stock_html(card(product(**values)))


def test_a_card_names_its_variant_and_says_from() -> None:
    navy, red = (
        product(color="Navy", size="L", item_group_id="g"),
        product(id="R", color="Red", size="L", item_group_id="g"),
    )
    named = replace(navy, title="A thing, navy")
    assert Tags(cards.cards_html([card(named, red)])).text.startswith("AA thing, navy$10.00")  # not a second time
    dear = replace(navy, price=Money(Decimal(14)))
    assert Tags(cards.cards_html([card(navy, red)])).text.startswith("AA thing Navy$10.00")
    assert Tags(cards.price_html(card(dear, red))).text == "$14.00others from $10.00"
    assert Tags(cards.price_html(card(red, dear))).text == "$10.00"
    assert Tags(cards.price_html(card(red, dear), of_group=True)).text == "from $10.00"
    assert Tags(cards.price_html(card(dear, replace(red, quantity=0)))).text == "$14.00"  # nobody can have it for less


@pytest.mark.parametrize(
    ("size", "text"),
    [
        ("8", "size 8"),
        ("8.5", "size 8.5"),
        ("42 2/3", "size 42 2/3"),
        ("L", "L"),
        ("30 l", "30 l"),
        ("10-12", "size 10-12"),
    ],
)
def test_a_size_that_is_a_number_says_that_it_is_a_size(size: str, text: str) -> None:
    boot = product(size=size, color="Black", item_group_id="g")
    other = product(id="O", size="other", color="Black", item_group_id="g")
    assert card(boot, other).variant == text
    assert card(boot, replace(other, color="Brown")).variant == f"Black, {text}"


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("language", languages())
def test_no_button_of_a_change_can_be_read_as_the_other(kind: Kind, language: str) -> None:
    strings = languages()[language]
    shown = Proposed(id="p", kind=kind, heading="Cancel order A-1", expires=NOON)
    markup = cards.proposal_html(shown, strings)
    yes, no = (Tags(f"<button{part}").text.split(",")[0] for part in markup.split("<button")[1:])
    assert (yes, no) == (strings("yes"), strings("no"))


@pytest.mark.parametrize(("hours", "text"), [(-1, "$10.00"), (0, "$8.00 was $10.00"), (1, "$10.00")])
def test_a_card_is_of_its_moment(hours: int, text: str) -> None:
    window = Window(NOON, NOON + timedelta(hours=1))
    item = product(
        sale_price=Money(Decimal(8)), sale_price_effective_date=window, expiration_date=NOON + timedelta(hours=1)
    )
    at = Card.of(item, Catalog([item]), NOON + timedelta(hours=hours))
    assert Tags(cards.price_html(at)).text == text
    assert ("Sold out" in cards.stock_html(at)) == (hours == 1)


def test_a_rating_is_told_to_screen_readers():
    assert 'aria-label="Rated 4.6 out of 5 by 112"' in cards.stars_html(card(PRODUCTS[0]))
    assert cards.stars_html(card(product())) == ""


def test_sources_link_to_the_help_page_or_their_own():
    own = Source(id="returns", title="Returns & refunds")
    elsewhere = Source(id="x", title="X", link="https://shop.example/x")
    markup = cards.sources_html([own, elsewhere])
    assert 'href="/help/returns"' in markup
    assert "Returns &amp; refunds" in markup
    assert 'href="https://shop.example/x"' in markup
    assert cards.sources_html([]) == ""


def test_a_card_tells_the_reason_that_it_does_not_show_already():
    kinds = (ReasonKind.MATCHES_REQUEST, ReasonKind.IN_STOCK, ReasonKind.LIKE_BOUGHT)
    reasons = tuple(Reason(kind, f"because {kind}", 0.1) for kind in kinds)
    assert "Because like_bought" in html_of(product(), reasons)
    assert "Because matches_request" in html_of(product(), reasons[:2])
    assert "Why this one" not in html_of(product())


def test_every_kind_of_reason_can_be_told():
    for kind in ReasonKind:
        assert "because" in html_of(product(), (Reason(kind, "because", 0.1),)).casefold()


def test_lists_in_text_become_lists():
    assert cards.text_html("Two:\n\n- one\n- two") == "<p>Two:</p><ul><li>one</li><li>two</li></ul>"


@given(hostile, hostile, hostile)
def test_nothing_of_a_change_becomes_html(heading: str, change: str, id: str) -> None:
    shown = Proposed(
        id=id, kind="cancel", heading=heading, changes=(change,), money=(change,), notes=(change,), expires=NOON
    )
    tags = Tags(cards.proposal_html(shown))
    assert set(tags.tags) <= {"section", "h2", "ul", "li", "p", "button"}
    assert [value for name, value in tags.attributes if name == "data-id"] == [id, id]
    assert not [name for name, _ in tags.attributes if name.startswith("on")]


@given(hostile)
def test_links_lead_to_the_web_or_nowhere(url: str) -> None:
    tags = Tags(cards.links_html([ShownLink(kind="checkout", url=url)]))
    assert all(value and not value.startswith("javascript") for name, value in tags.attributes if name == "href")


def test_only_what_can_be_had_has_a_button_for_the_cart() -> None:
    assert 'data-press="add_to_cart"' in html_of(product())
    assert "data-press" not in html_of(product(availability=Availability.OUT_OF_STOCK))


@pytest.mark.parametrize(
    ("starts", "ends", "flag"),
    [(-3, -1, ""), (1, 3, ""), (-1, 1, "Sale"), (None, None, "Sale"), (None, -1, ""), (1, None, "")],
)
def test_the_flag_of_a_sale_goes_by_the_moment(starts: int | None, ends: int | None, flag: str) -> None:
    window = Window(*(None if days is None else NOON + timedelta(days=days) for days in (starts, ends)))
    on_sale = card(product(sale_price=Money(Decimal(8)), sale_price_effective_date=window))
    assert Tags(cards.flag_html(on_sale, is_sold_out=False)).text == flag
    assert ("was" in Tags(cards.price_html(on_sale)).text) is bool(flag)
    assert Tags(cards.flag_html(on_sale, is_sold_out=True)).text == "Sold out"
