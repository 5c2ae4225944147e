"""Customers, events, orders and FAQs, as files bring them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.actions.order import Order, OrderLine, OrderStatus
from assistant.actions.order_feed import read_orders
from retrieval.catalog.customer import Customer, Event, EventKind
from retrieval.catalog.faq import Faq
from retrieval.catalog.money import Money
from retrieval.errors import FeedError
from retrieval.feeds.faqs import faq_files, read_faqs
from retrieval.feeds.intake import Intake
from retrieval.feeds.people import read_customers, read_events
from retrieval.feeds.report import RowError
from retrieval.feeds.source import Source
from tests.unit.feed_files import FEEDS

many = settings(max_examples=60, suppress_health_check=list(HealthCheck))


def split(rows: Iterator[Any]) -> tuple[list[Any], list[tuple[int, str]]]:
    """Good records, and the line and field of each error."""
    listed = list(rows)
    errors = [(row.line, row.field) for row in listed if isinstance(row, RowError)]
    return [row for row in listed if not isinstance(row, RowError)], errors


def orders_of(source: Source) -> Iterator[Any]:
    return read_orders(source, Intake(), {"C-1", "C-2"})


def opened(folder: Path, text: str | bytes, name: str = "file") -> Source:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return Source.open(path)


def test_customers() -> None:
    good, errors = split(read_customers(Source.open(FEEDS / "customers.jsonl"), Intake()))
    assert good == [
        Customer("C-1", "Ines Aldana", "ines.aldana@example.com"),
        Customer("C-2", "Tobias Wren", "tobias.wren@example.com"),
    ]
    assert errors == [(3, "id"), (4, "email")]


def test_customers_of_a_table(tmp_path: Path) -> None:
    text = "Customer ID,First Name,Last Name,Email\n7,Ada,Lund,ada@example.com\n7,Bo,,bo@example.com\n8,,,c@example.com\n9,,,\n"
    good, errors = split(read_customers(opened(tmp_path, text), Intake()))
    assert good == [Customer("7", "Ada Lund", "ada@example.com"), Customer("8", "", "c@example.com")]
    assert errors == [(3, "Customer ID"), (5, "name")]


def test_a_wrong_address_is_not_repeated(tmp_path: Path) -> None:
    (report,) = read_customers(opened(tmp_path, '{"id": "C-1", "email": "secret person"}'), Intake())
    assert "secret" not in str(report)


def test_events() -> None:
    good, errors = split(read_events(Source.open(FEEDS / "events.jsonl"), Intake()))
    assert good == [
        Event("C-1", "J-1", EventKind.VIEW, datetime(2026, 11, 2, 9, 15, tzinfo=UTC)),
        Event("C-1", "J-1", EventKind.RATING, datetime(2026, 11, 9, 18, tzinfo=UTC), 4),
    ]
    assert errors == [(3, "kind"), (4, "rating"), (5, "time"), (6, "customer_id")]


def test_events_of_a_table_in_other_words_and_zones(tmp_path: Path) -> None:
    text = "user_id;item_id;event;timestamp\n1;A;add to cart;2026-11-02T10:00:00+02:00\n1;A;rating;2026-11-02\n"
    good, errors = split(read_events(opened(tmp_path, text), Intake()))
    assert good == [Event("1", "A", EventKind.CART, datetime(2026, 11, 2, 8, tzinfo=UTC))]
    assert errors == [(3, "rating")]


def test_orders() -> None:
    good, errors = split(orders_of(Source.open(FEEDS / "orders.jsonl")))
    paid = Money(Decimal("33.60"))
    assert good == [
        Order(
            id="H-2001", customer_id="C-1", status=OrderStatus.DELIVERED, placed=datetime(2026, 11, 2, tzinfo=UTC),
            lines=(OrderLine("J-1", "Shingle Teapot", 1, paid),), total=paid, shipping=Money(Decimal("0.00")),
            expected=date(2026, 11, 7), delivered=date(2026, 11, 6), carrier="Fern Post", tracking="FP2001",
        )
    ]  # fmt: skip
    assert errors == [(2, "status"), (3, "lines"), (4, "placed")]


LINE = '{"product_id": "A", "title": "Tent", "quantity": 2, "unit_price": "20.00"}'


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ('"customer_id": "C-404"', "customer_id"),
        ('"currency": "USD", "total": "40.00 EUR"', "total"),
        ('"delivered": "2026-01-01"', "delivered"),
        (f'"lines": [{LINE}, {LINE.replace("2,", "0,")}]', "lines.2.quantity"),
        (f'"lines": [{LINE.replace("20.00", "-1")}]', "lines.1.unit_price"),
        ('"lines": "two tents"', "lines"),
    ],
)
def test_each_fault_of_an_order_is_named(tmp_path: Path, change: str, field: str) -> None:
    order = (
        f'{{"id": "O-1", "customer_id": "C-1", "status": "paid", "placed": "2026-11-02", "lines": [{LINE}], {change}}}'
    )
    good, errors = split(orders_of(opened(tmp_path, order)))
    assert good == []
    assert errors == [(1, field)]


def test_an_order_without_total_is_worth_its_lines_and_shipping(tmp_path: Path) -> None:
    order = f'{{"id": "O-1", "customer_id": "C-1", "status": "In transit", "placed": "2026-11-02", "lines": [{LINE}], '
    (found,), _ = split(orders_of(opened(tmp_path, order + '"shipping": "4.95", "currency": "eur"}')))
    assert found.total == Money(Decimal("44.95"), "EUR")
    assert found.status is OrderStatus.SHIPPED


def test_pages() -> None:
    intake = Intake()
    rows = [row for path in faq_files(FEEDS / "faqs") for row in read_faqs(Source.open(path), intake)]
    good = {row.id: row for row in rows if isinstance(row, Faq)}
    assert list(good) == ["no_front_matter", "returns"]
    assert good["returns"] == Faq(
        "returns",
        "How long do I have to return something?",
        "You have 14 days from delivery to send anything back.\n\nThe refund goes to the card you paid with.",
        ("check_refund_policy", "get_refund"),
        "/help/returns",
    )
    assert good["no_front_matter"].title == "Parcels"
    errors = [(Path(row.file).name, row.field) for row in rows if isinstance(row, RowError)]
    assert errors == [("broken_front_matter.md", "front matter"), ("empty.md", "answer")]


def test_pages_of_windows_and_of_tables(tmp_path: Path) -> None:
    page = "---\r\ntitle: Opening hours\r\n---\r\nNine to five.\r\n".encode("utf-8-sig")
    (faq,) = read_faqs(opened(tmp_path, page, "opening-hours.md"), Intake())
    assert faq == Faq("opening-hours", "Opening hours", "Nine to five.")
    table = 'id,question,answer,intents\nhours,When?,"Nine, or ten.","contact_human_agent, place_order"\n'
    (faq,) = read_faqs(opened(tmp_path, table), Intake())
    assert faq == Faq("hours", "When?", "Nine, or ten.", ("contact_human_agent", "place_order"))


def test_questions_without_an_id_are_known_by_their_words(tmp_path: Path) -> None:
    text = '{"question": "Do you ship abroad?", "answer": "Yes."}\n{"question": "", "answer": "No."}\n'
    good, errors = split(read_faqs(opened(tmp_path, text), Intake()))
    assert good == [Faq("do-you-ship-abroad", "Do you ship abroad?", "Yes.")]
    assert errors == [(2, "id"), (2, "question")]


def test_a_page_may_have_the_id_of_a_customer(tmp_path: Path) -> None:
    intake = Intake()
    for text, read in (
        ('{"id": "same", "name": "A"}', read_customers),
        ('{"id": "same", "title": "A", "answer": "B"}', read_faqs),
    ):
        assert split(read(opened(tmp_path, text), intake))[1] == []


def test_yaml_that_multiplies_itself_is_no_danger(tmp_path: Path) -> None:
    doubled = "".join(f"l{step + 1}: &l{step + 1} [*l{step}, *l{step}, *l{step}]\n" for step in range(40))
    page = f"---\nl0: &l0 [x]\n{doubled}title: *l40\n---\nText.\n"
    good, errors = split(read_faqs(opened(tmp_path, page), Intake()))
    assert good == []
    assert errors == [(3, "front matter")]


def test_text_that_is_no_page_is_reported(tmp_path: Path) -> None:
    for text in (
        "<html><head><title></title></head><body></body></html>",
        "# Only a title",
        "---\ntitle: Only a title\n---\n",
    ):
        assert split(read_faqs(opened(tmp_path, text), Intake())) == ([], [(1, "answer")])


@pytest.mark.parametrize("text", ["hello\nworld\n", "<rss></rss>", "x" * 200_000, "name,email\nAda,a@example.com\n"])
def test_a_table_without_the_needed_columns_is_refused(tmp_path: Path, text: str) -> None:
    for read in READERS[:2]:
        with pytest.raises(FeedError):
            list(read(opened(tmp_path, text)))


def test_a_folder_without_pages_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="no Markdown files"):
        faq_files(tmp_path)


READERS: list[Callable[[Source], Iterator[Any]]] = [
    lambda source: read_customers(source, Intake()),
    lambda source: read_events(source, Intake()),
    lambda source: read_faqs(source, Intake()),
    orders_of,
]
CONTENTS = [path.read_bytes() for path in sorted(FEEDS.rglob("*")) if path.suffix in (".jsonl", ".md")]


@many
@given(st.data())
def test_any_damage_is_reported_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    content = data.draw(st.sampled_from(CONTENTS))
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 100)))
    damaged = content[:start] + data.draw(st.binary(max_size=40)) + content[end:]
    for read in READERS:
        try:
            rows = list(read(opened(tmp_path, damaged)))
        except FeedError:
            continue
        assert all(row.reason for row in rows if isinstance(row, RowError))


def _pages(path: Path) -> list[Faq]:
    rows = list(read_faqs(Source.open(path), Intake()))
    assert all(isinstance(row, Faq) for row in rows), rows
    return [row for row in rows if isinstance(row, Faq)]


def test_a_page_of_questions_gives_one_faq_for_each(tmp_path: Path) -> None:
    path = tmp_path / "faq.md"
    path.write_text(
        "# Help\n\n## Do you wrap gifts?\nYes, for $3.\n\n### How long?\nA day.\n\n## Which cards?\nVisa.\n\n## Why?\nBecause.\n"
    )
    assert [(faq.id, faq.title, faq.answer.split()[0]) for faq in _pages(path)] == [
        ("faq-do-you-wrap-gifts", "Do you wrap gifts?", "Yes,"),
        ("faq-which-cards", "Which cards?", "Visa."),
        ("faq-why", "Why?", "Because."),
    ]


def test_what_stands_before_the_questions_stays_an_answer(tmp_path: Path) -> None:
    path = tmp_path / "faq.md"
    path.write_text(
        "---\ntitle: Delivery\nlink: /help\n---\nThree days.\n\n## Is it free?\nFrom $50.\n\n## And abroad?\nNo.\n"
    )
    assert [(faq.id, faq.title, faq.link) for faq in _pages(path)] == [
        ("faq", "Delivery", "/help"),
        ("faq-is-it-free", "Delivery: Is it free?", "/help#is-it-free"),
        ("faq-and-abroad", "And abroad?", "/help#and-abroad"),
    ]


def test_a_file_that_stands_for_its_folder_is_named_by_it(tmp_path: Path) -> None:
    for name in ("returns", "shipping"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.md").write_text(f"# About {name}\nAsk us.")
    assert [_pages(path)[0].id for path in faq_files(tmp_path)] == ["returns", "shipping"]
