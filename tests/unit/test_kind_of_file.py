"""Files of one kind that are given as another: refused by what is in them, in every format and from every side."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from assistant.shop_import import ShopImport
from retrieval.errors import FeedError
from retrieval.feeds.kind_of_file import check_kind
from retrieval.feeds.source import Source
from retrieval.store.database import open_database
from retrieval.store.versions import Kind
from tests.unit.feed_files import FEEDS

QUESTIONS = "<h2>Can I return a lamp?</h2><p>Within a month.</p>"
FILES: dict[str, tuple[Kind, str]] = {
    "merchant.tsv": (
        Kind.PRODUCTS,
        "id\ttitle\tbody\tprice\tcost_of_goods_sold\nL1\tLamp\tWarm light.\t9 EUR\t2 EUR\n",
    ),
    "semicolons": (Kind.PRODUCTS, "sku;name;brand;stock\nL1;Lamp;Lumen;4\n"),
    "stock alone": (Kind.PRODUCTS, "id,availability\nL1,in_stock\n"),
    "header alone": (Kind.PRODUCTS, "id,title,description,price,availability,brand,color\n"),
    "shop api": (Kind.PRODUCTS, json.dumps({"products": [{"id": 1, "title": "Lamp", "body": "Warm.", "variants": []}]})),
    "lines.jsonl": (Kind.PRODUCTS, '{"id":"L1","name":"Lamp","text":"Warm.","price":9}\n{"id":"L2","name":"Bulb","price":2}\n'),
    "feed.xml": (
        Kind.PRODUCTS,
        '<?xml version="1.0"?><rss xmlns:g="http://base.google.com/ns/1.0"><item><g:id>L1</g:id><title>Lamp</title>'
        "<g:price>9 EUR</g:price></item></rss>",
    ),
    "product page": (
        Kind.PRODUCTS,
        '<html><body><h1>Lamp</h1><script type="application/ld+json">{"@type": "Product", "name": "Lamp", "offers": {}}</script>',
    ),
    "accounts.csv": (Kind.CUSTOMERS, "Customer ID,First Name,Last Name,Email,Note\n1,Ada,Byron,ada@mill.example,owes 40\n"),
    "accounts.json": (Kind.CUSTOMERS, '[{"id": 1, "name": "Ada Byron", "email": "ada@mill.example"}]'),
    "sold.csv": (
        Kind.ORDERS,
        "Name,Email,Financial Status,Fulfillment Status,Total,Lineitem name\n#1,ada@mill.example,paid,fulfilled,9,Lamp\n",
    ),
    "sold.json": (Kind.ORDERS, '{"orders": [{"id": 1, "email": "ada@mill.example", "order_number": 7, "line_items": []}]}'),
    "clicks.csv": (Kind.EVENTS, "user_id,item_id,event,timestamp,price\n1,L1,view,2026-11-02T09:15:00Z,9\n"),
    "bought.csv": (
        Kind.EVENTS,
        "customer_id,product_id,event,time,order_id,order_total\n1,L1,purchase,2026-11-02T09:15:00Z,A-7,9\n",
    ),
    "addresses.csv": (Kind.CUSTOMERS, "id,name,email,billing_address,shipping_address\n1,Ada,ada@mill.example,Mill Lane,\n"),
    "bare.xml": (Kind.PRODUCTS, "<list><thing><title>Lamp</title><price>9 EUR</price><cost>2 EUR</cost></thing></list>"),
    "clicks.jsonl": (Kind.EVENTS, '{"customer_id": "1", "product_id": "L1", "type": "view", "date": "2026-11-02"}'),
    "help.csv": (Kind.FAQS, "id,question,answer,price\nq1,Is it free?,Yes.,no\n"),
    "help.json": (Kind.FAQS, '[{"title": "Is it free?", "answer": "Yes."}]'),
    "help.md": (Kind.FAQS, "# Price, availability, stock\n\nAll prices hold, while stock lasts.\n"),
    "front matter": (Kind.FAQS, "---\ntitle: Returns\n---\nA month.\n"),
    "help.html": (Kind.FAQS, f"<!doctype html><html><body>{QUESTIONS}"),
    "faq page": (
        Kind.FAQS,
        '<html><script type="application/ld+json">{"@type": "FAQPage"}</script>'
        f"<body>{QUESTIONS}",
    ),
    "google.tsv": (Kind.PRODUCTS, (FEEDS / "google.tsv").read_text()),
    "google.xml": (Kind.PRODUCTS, (FEEDS / "google.xml").read_text()),
    "shopify.csv": (Kind.PRODUCTS, (FEEDS / "shopify.csv").read_text()),
    "woocommerce.csv": (Kind.PRODUCTS, (FEEDS / "woocommerce.csv").read_text()),
    "schema_org.jsonld": (Kind.PRODUCTS, (FEEDS / "schema_org.jsonld").read_text()),
    "products.jsonl": (Kind.PRODUCTS, (FEEDS / "products.jsonl").read_text()),
    "customers.jsonl": (Kind.CUSTOMERS, (FEEDS / "customers.jsonl").read_text()),
    "orders.jsonl": (Kind.ORDERS, (FEEDS / "orders.jsonl").read_text()),
    "events.jsonl": (Kind.EVENTS, (FEEDS / "events.jsonl").read_text()),
    "returns.md": (Kind.FAQS, (FEEDS / "faqs" / "returns.md").read_text()),
}  # fmt: skip


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", FILES)
def test_a_file_of_another_kind_is_refused_with_the_right_command(tmp_path: Path, name: str, packed: bool) -> None:
    holds, text = FILES[name]
    path = tmp_path / name
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    for kind in Kind:
        if kind is holds:
            check_kind(kind, Source.open(path))
            continue
        with pytest.raises(FeedError) as refusal:
            check_kind(kind, Source.open(path))
        assert refusal.value.message.startswith(f"{path} looks like "), (kind, refusal.value)
        assert f"aisle import {holds} {path} " in refusal.value.hint


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("prices.csv", "supplier,contact\nLumen,Ms. Watt\n"),
        ("feed", "supplier\tdiscount\nLumen\t40 %\nVolt\t35 %\n"),
        ("feed", "Artikel;Preis;EK\nLampe;9;2\nBirne;2;1\n"),
        ("news.rss", "<rss version='2.0'><channel><title>News</title></channel></rss>"),
        ("news.xml", "<?xml version='1.0'?><feed><entry><title>News</title></entry></feed>"),
    ],
)
def test_a_table_or_xml_without_questions_is_no_page(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(FeedError, match=r"question and answer|no format of FAQs"):
        check_kind(Kind.FAQS, Source.open(tmp_path / name))


@pytest.mark.parametrize(
    "text",
    [
        "Price, availability, delivery\n\nOur prices hold for a week, while stock lasts.\n",
        "We ship on Monday, Tuesday, and Friday.\nOrder by noon, please.\n\nWe pack it ourselves.\n",
        "Sizes | Availability\n---|---\nS | in stock\n",
        "| Question | Answer |\n|---|---|\n| Free? | Yes. |\n",
        "id,status\nreturns,hidden\n",
        "Opening hours: nine to five.",
        "<p>We are open, always.</p>",
        '<a id="top"></a>\n\n# Returns\n\nA month.\n',
        '<img src="van.png">\n\n# Delivery\n\nTwo days.\n',
        "<br>\n# Delivery\n\nTwo days.\n",
        "<center>\n\n# Delivery\n\n</center>\n\nTwo days.\n",
        "<!-- for customers -->\n# Delivery\n\nTwo days.\n",
        "<Callout>Two days.</Callout>\n\n# Delivery\n\nTwo days.\n",
        "<?xml version='1.0'?>\n<!DOCTYPE html>\n<html><body><h2>Free?</h2><p>Yes.</p></body></html>",
        '<html><script type="application/ld+json">[{"@type": "Product", "offers": {}}, {"@type": "FAQPage"}]</script><p>Yes.</p>',
        '[{"title": "Gift wrapping", "text": "Free.", "tags": "gift"}]',
        "title,content,email\nContact,Write to us.,help@mill.example\n",
    ],
)
def test_pages_in_any_words_are_taken_for_faqs(tmp_path: Path, text: str) -> None:
    (tmp_path / "feed").write_text(text)
    check_kind(Kind.FAQS, Source.open(tmp_path / "feed"))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.PRODUCTS, "id,title,price,order number,question\nL1,Lamp,9 EUR,A-7,\n"),
        (Kind.PRODUCTS, "id,title,price,lines,A,B\nN1,Notebook,9 EUR,ruled,10,20\n"),
        (Kind.PRODUCTS, "id,title,price,email\nG1,Gift card,9 EUR,yes\n"),
        (Kind.ORDERS, '{"id": 1, "customer_id": "1", "status": "shipped", "lines": []}'),
        (Kind.CUSTOMERS, '[{"id": 1, "name": "Ada"}]'),
        (Kind.EVENTS, '[{"customer_id": "1"}, {"product_id": "L1"}]'),
    ],
)
def test_names_that_two_kinds_share_decide_nothing(tmp_path: Path, kind: Kind, text: str) -> None:
    (tmp_path / "feed").write_text(text)
    check_kind(kind, Source.open(tmp_path / "feed"))


def test_a_feed_among_pages_is_left_out_and_the_pages_are_imported(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "a-feed.csv").write_text(FILES["accounts.csv"][1])
    (folder / "returns.md").write_text("# Returns\n\nA month.\n")
    faults: list[str] = []
    shop = ShopImport(open_database(f"sqlite:///{tmp_path / 'aisle.db'}"))
    result = shop.run(Kind.FAQS, [folder], report=lambda fault: faults.append(str(fault)))
    assert [faq.id for faq in result.reading.records] == ["returns"]
    assert (result.reading.bad_files, result.reading.exit_code) == (1, 1)
    assert "looks like customers" in faults[0]
    careful = shop.run(Kind.FAQS, [folder], careful=True)
    assert careful.outcome is None
    assert careful.refusal == "a file could not be used (see the fault); the 1 FAQs that were read may be only a part"


def test_a_table_of_ids_hides_faqs(tmp_path: Path) -> None:
    (tmp_path / "returns.md").write_text("# Returns\n\nA month.\n")
    (tmp_path / "hide").write_text("id,status\nreturns,hidden\n")
    shop = ShopImport(open_database(f"sqlite:///{tmp_path / 'aisle.db'}"))
    shop.run(Kind.FAQS, [tmp_path / "returns.md"])
    result = shop.run(Kind.FAQS, [tmp_path / "hide"])
    assert result.outcome is not None
    assert result.outcome.hidden == {"returns": "hidden"}
