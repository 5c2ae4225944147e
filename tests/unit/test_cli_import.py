from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer
from typer.testing import CliRunner, Result

from assistant.actions.orders import Orders
from assistant.cli import import_
from retrieval.catalog.catalog import Catalog
from retrieval.errors import FeedError, SettingsError, StoreError
from retrieval.store.database import open_database
from retrieval.store.records import Records
from tests.unit.feed_files import FEEDS


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


def run(home: Path, noun: str, *arguments: str | Path, typed: str | None = None) -> Result:
    app = typer.Typer()
    import_.register(app)
    return CliRunner().invoke(app, ["import", noun, *map(str, arguments), "--home", str(home)], input=typed)


def catalog(home: Path) -> Catalog:
    engine = open_database(f"sqlite:///{home / 'aisle.db'}")
    try:
        return Records(engine).catalog()
    finally:
        engine.dispose()


def counts(result: Result) -> list[int]:
    """Added, changed, unchanged and removed, from the table that the command shows."""
    words = result.stdout.replace("│", " ").split()
    return [int(words[words.index(name) + 1]) for name in ("added", "changed", "unchanged", "removed")]


def good_lines(*ids: str) -> str:
    return "".join(json.dumps({"id": name, "title": f"Thing {name}", "price": "5.00 USD"}) + "\n" for name in ids)


def test_bad_rows_are_named_good_ones_imported_and_the_exit_code_says_so(home: Path) -> None:
    result = run(home, "products", FEEDS / "google.tsv")
    assert result.exit_code == 1
    assert counts(result) == [6, 0, 0, 0]
    assert len(result.stderr.splitlines()) == 6
    assert f"{FEEDS / 'google.tsv'}:6: price: 'call us' is no amount of money" in result.stderr
    assert "Not imported: 4 bad rows" in result.stdout
    assert list(catalog(home).products) == ["HL-100", "HL-101", "HL-102", "HL-105", "HL-107", "HL-108"]


BAD = {"title": "", "price": "call us"}
GOOD = {"id": "G", "title": "Thing", "price": "5.00 USD"}


@pytest.mark.parametrize(
    ("kind", "text", "rows", "faults"),
    [
        ("products", json.dumps([BAD, {"id": "A", **BAD}, GOOD]), 2, 5),  # a whole list on one line
        ("products", "\n".join(map(json.dumps, (BAD, GOOD, {**GOOD, "id": "B", "price": 0}, BAD))), 3, 7),
        ("products", "id\ttitle\tprice\nA\t\tcall us\nB\t\t-\nG\tThing\t5.00 USD\n", 2, 4),
        ("customers", json.dumps([{"name": "x"}, {"email": "no address"}, {"id": "C", "name": "Ada"}]), 2, 3),
        ("events", json.dumps([{"customer_id": "C"}, {"product_id": "P"}]), 2, 6),
    ],
)
def test_bad_rows_count_rows_and_not_faults_or_lines(
    home: Path, tmp_path: Path, kind: str, text: str, rows: int, faults: int
) -> None:
    (tmp_path / "feed").write_text(text)
    result = run(home, kind, tmp_path / "feed")
    assert f"Not imported: {rows} bad rows" in result.stdout
    assert len(result.stderr.splitlines()) == faults, result.stderr


def test_importing_twice_changes_nothing(home: Path) -> None:
    run(home, "products", FEEDS / "products.jsonl")
    before = catalog(home).version
    assert counts(run(home, "products", FEEDS / "products.jsonl")) == [0, 0, 7, 0]
    assert catalog(home).version == before


def test_mended_faults_are_named_and_no_reason_to_fail(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AISLE_TIMEZONE", "America/New_York")
    row = {"id": "A", "title": "Tent", "price": "5.00", "sale_price": "9.00", "expiration_date": "2027-02-28"}
    (tmp_path / "feed").write_text(json.dumps(row))
    result = run(home, "products", tmp_path / "feed")
    assert result.exit_code == 0
    assert "feed:1: sale_price: $9.00 is above the price of $5.00; the sale is left out" in result.stderr
    assert "Mended: 1 fault, named above." in result.stdout
    (tent,) = catalog(home).products.values()
    assert tent.expiration_date == datetime(2027, 3, 1, 5, tzinfo=UTC)


def test_several_files_of_several_formats_at_once(home: Path) -> None:
    names = ("google.tsv", "google.xml", "shopify.csv", "woocommerce.csv", "schema_org.jsonld", "products.jsonl")
    result = run(home, "products", *(FEEDS / name for name in names), home / "absent.csv")
    assert result.exit_code == 1
    assert counts(result)[0] == 6 + 4 + 6 + 6 + 5 + 7
    assert "absent.csv cannot be read: No such file or directory." in result.stderr
    assert re.search(r"Left out: 1 \(draft\): [\w-]+ \(\S+shopify\.csv:\d+\)\.", result.stdout)
    assert "Not imported: " in result.stdout
    assert " and 1 bad file, named above." in result.stdout


def test_an_id_of_an_earlier_file_is_reported(home: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).write_text(good_lines("A", name))
    result = run(home, "products", tmp_path / "one", tmp_path / "two")
    assert result.exit_code == 1
    assert f"two:1: id: 'A' was seen before on {tmp_path / 'one'}, line 1" in result.stderr


@pytest.mark.parametrize("name", ["google_entity.xml", "google_truncated.xml", "README.md", "faqs", "absent"])
def test_nothing_to_read_ends_with_2_and_stores_nothing(home: Path, name: str) -> None:
    result = run(home, "products", FEEDS / name, "--replace")
    assert result.exit_code == 2
    assert "No products could be read." in result.stdout
    assert name in result.stderr
    assert not catalog(home).products


def test_replace_keeps_what_bad_rows_may_be_about_and_says_why(home: Path, tmp_path: Path) -> None:
    feed = tmp_path / "feed.jsonl"
    feed.write_text(good_lines("A", "B", "D"))
    run(home, "products", feed)
    feed.write_text(good_lines("B", "C") + '{"title": "A"}\n')
    result = run(home, "products", feed, "--replace")
    assert (result.exit_code, counts(result)) == (1, [1, 0, 1, 0])
    assert f"Nothing was removed for being absent from the files: the bad row at {feed}:3 has no id" in result.stdout
    assert "Correct that row and import again with --replace" in result.stdout
    feed.write_text(good_lines("B", "C") + '{"id": "A"}\n')
    result = run(home, "products", feed, "--replace")
    assert (result.exit_code, counts(result)) == (1, [0, 0, 2, 1])
    assert "Not imported: 1 bad row, named above." in result.stdout
    assert "Kept, if stored: products whose ids bad rows name: A." in result.stdout
    feed.write_text(good_lines("B", "C"))
    assert counts(run(home, "products", feed, "--replace")) == [0, 0, 2, 1]
    assert list(catalog(home).products) == ["B", "C"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("merchant", "id\ttitle\tprice\tstatus\nA\tTent\t5 EUR\t\nB\t\t\tdraft\n"),
        (
            "shopify",
            "Handle,Title,Variant SKU,Variant Price,Status\na,Tent,A,5,\nb,Hat,B,5,draft\n",
        ),
        (
            "woocommerce",
            "ID,Type,SKU,Name,Status,Parent,Regular price\n1,simple,A,Tent,,,5\n2,variable,B,Hat,draft,,\n3,variation,C,Hat,,B,5\n",
        ),
        ("jsonl", '{"id":"A","title":"Tent","price":5,"status":null}\n{"id":"B","status":"draft"}\n'),
    ],
)
def test_a_column_that_only_hides_rows_is_used(home: Path, tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    said = run(home, "products", tmp_path / name).stdout
    assert re.search(r"^Columns: .*\b[Ss]tatus -> shown or hidden\b", said, re.M), said
    assert "Not used (empty): status" not in said


@pytest.mark.parametrize(
    ("kind", "content", "said"),
    [
        ("products", "id,title,price\n", "has a header and no rows"),
        ("faqs", "question;answer\n\n", "has a header and no rows"),
        ("customers", "id\tname\temail\n", "has a header and no rows"),
        ("products", "Handle,Title,Variant Price\n", "has a header and no rows"),
        ("products", "[]", "has no records"),
        ("events", '{"events": []}', "has no records"),
    ],
)
def test_a_file_without_records_says_so(home: Path, tmp_path: Path, kind: str, content: str, said: str) -> None:
    (tmp_path / "feed").write_text(content)
    result = run(home, kind, tmp_path / "feed")
    assert result.exit_code == 2
    assert f"{tmp_path / 'feed'} {said}." in result.stderr
    assert "Not imported: 1 bad file, named above." in result.stdout


@pytest.mark.parametrize(
    ("kind", "content", "said"),
    [
        ("products", "id,title,brand,price\nA,Tent,Oak,5\nB,Hat\n", "price: is missing or empty: the row has 2 of the 4 cells"),
        ("products", "Handle,Title,Variant SKU,Variant Price\na,Tent,A,5\nb,Hat,B\n", "Variant Price: is missing or empty: the row has 3 of"),
        ("customers", "id,phone,email\n1,,a@mill.example\n2,5\n", "name: is missing or empty"),
        ("events", "customer_id;product_id;kind;time\nC;P;view;2026-01-02\nC;P;view\n", "time: is missing or empty: the row has 3 of"),
        ("faqs", "question,answer\nWhy?,Because.\nHow?\n", "answer: is missing or empty: the row has 1 of the 2 cells"),
    ],
)  # fmt: skip
def test_a_row_that_ends_early_says_how_many_cells_it_has(
    home: Path, tmp_path: Path, kind: str, content: str, said: str
) -> None:
    (tmp_path / "feed").write_text(content)
    result = run(home, kind, tmp_path / "feed")
    assert f"feed:3: {said}" in result.stderr


def test_a_missing_field_of_a_whole_row_is_only_missing(home: Path, tmp_path: Path) -> None:
    (tmp_path / "feed").write_text("id,title,price,brand\nA,Tent,5,Oak\nB,,5,\nC,,5\n")
    said = run(home, "products", tmp_path / "feed").stderr.splitlines()
    assert [line.partition(": ")[2] for line in said] == ["title: is missing or empty"] * 2


def test_events_of_unknown_products_are_counted_and_kept(home: Path, tmp_path: Path) -> None:
    (tmp_path / "shop").write_text(good_lines("A"))
    run(home, "products", tmp_path / "shop")
    events = [
        {"customer_id": "C", "product_id": id, "kind": "view", "time": f"2026-01-0{day}"}
        for day, id in enumerate(("A", "X", "Y", "Y"), 1)
    ]
    (tmp_path / "events").write_text("\n".join(map(json.dumps, events)))
    result = run(home, "events", tmp_path / "events")
    assert (result.exit_code, counts(result)) == (0, [4, 0, 0, 0])
    assert "Of unknown products: 3 events, kept until such a product is imported: Y, X." in result.stdout


def _shop_of_five(home: Path, folder: Path) -> Path:
    feed = folder / "feed.jsonl"
    feed.write_text(good_lines(*"ABCDE"))
    run(home, "products", feed)
    return feed


def test_what_removes_most_of_a_shop_is_refused_through_a_pipe(home: Path, tmp_path: Path) -> None:
    feed = _shop_of_five(home, tmp_path)
    feed.write_text(good_lines("A", "X", "Y", "Z", "V"))  # as many, but of other ids
    result = run(home, "products", feed, "--replace")
    assert result.exit_code == 2
    assert (
        "Nothing was stored: it would remove 4 of the 5 products: 4 that it does not name. If that is right, give --force"
        in result.stdout
    )
    assert list(catalog(home).products) == list("ABCDE")
    dry = run(home, "products", feed, "--replace", "--dry-run")
    assert dry.exit_code == 0
    assert "unless --force is given: it would remove 4 of the 5 products" in dry.stdout
    assert counts(run(home, "products", feed, "--replace", "--force")) == [4, 0, 1, 4]
    assert counts(run(home, "products", _shop_of_five(home, tmp_path), "--replace", "--force"))[3] == 4


def test_what_hides_most_of_a_shop_is_refused_too(home: Path, tmp_path: Path) -> None:
    feed = _shop_of_five(home, tmp_path)
    feed.write_text("id,status\nA,hidden\nB,draft\nC,hidden\n")
    assert run(home, "products", feed).exit_code == 2
    feed.write_text("id,title,price,status\nA,Tent,5,hidden\nB,Hat,5,\nD,Mug,5,\n")
    mixed = run(home, "products", feed, "--replace")
    assert "it would remove 3 of the 5 products: 2 that it does not name, and 1 that it hides" in mixed.stdout
    assert list(catalog(home).products) == list("ABCDE")


def test_pages_are_guarded_as_products_are(home: Path, tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    for name in "abc":
        (pages / f"{name}.md").write_text(f"# Page {name}\n\nText.\n")
    run(home, "faqs", pages)
    result = run(home, "faqs", pages / "a.md", "--replace")
    assert "it would remove 2 of the 3 FAQs: 2 that it does not name" in result.stdout
    assert len(catalog(home).faqs) == 3


@pytest.mark.parametrize(("answer", "left"), [("y\n", ["A"]), ("\n", list("ABCDE"))])
def test_a_terminal_is_asked(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, left: list[str]
) -> None:
    feed = _shop_of_five(home, tmp_path)
    feed.write_text(good_lines("A"))
    monkeypatch.setattr(import_, "sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True)))
    result = run(home, "products", feed, "--replace", typed=answer)
    assert "It would remove 4 of the 5 products: 4 that it does not name. Go on? [y/N]" in result.stderr
    assert list(catalog(home).products) == left


def test_a_whole_shop(home: Path) -> None:
    assert run(home, "customers", FEEDS / "customers.jsonl").exit_code == 1
    assert counts(run(home, "orders", FEEDS / "orders.jsonl")) == [1, 0, 0, 0]
    assert counts(run(home, "events", FEEDS / "events.jsonl")) == [2, 0, 0, 0]
    assert counts(run(home, "faqs", FEEDS / "faqs")) == [2, 0, 0, 0]
    engine = open_database(f"sqlite:///{home / 'aisle.db'}")
    records = Records(engine)
    assert len(records.events()) == 2
    assert set(records.catalog().faqs) == {"returns", "no_front_matter"}
    assert [order.id for order in Orders(engine).of("C-1", 5)] == ["H-2001"]
    engine.dispose()


def test_orders_before_their_customers_are_reported(home: Path) -> None:
    result = run(home, "orders", FEEDS / "orders.jsonl")
    assert result.exit_code == 2
    assert "import the customers first" in result.stderr


def test_the_currency_of_prices_that_name_none(home: Path, tmp_path: Path) -> None:
    (tmp_path / "feed").write_text("id,title,price\nA,Tent,5.00\n")
    assert run(home, "products", tmp_path / "feed", "--currency", "chf").exit_code == 0
    assert str(catalog(home).products["A"].price) == "5.00 CHF"
    assert run(home, "products", tmp_path / "feed", "--currency", "gold").exit_code == 2


def test_a_database_that_cannot_be_used_is_told_before_reading(home: Path) -> None:
    home.mkdir()
    shutil.copy(FEEDS / "google.tsv", home / "aisle.db")
    result = run(home, "products", FEEDS / "google.tsv")
    assert isinstance(result.exception, StoreError | SettingsError)


@pytest.mark.parametrize("command", [["products", "--watch"], ["--watch"]])
def test_watching_from_the_command_line(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    """It imports, looks again at the interval, and ends with an interruption."""
    feed, pauses = tmp_path / "feed.jsonl", []

    class Interruption:
        """Stands for threading.Event: notes the pauses without taking them, and stops at the fourth."""

        def wait(self, seconds: float) -> bool:
            pauses.append(seconds)
            feed.write_text(good_lines(*"ABC"[: len(pauses)]))
            return len(pauses) == 4

    monkeypatch.setattr(import_, "threading", SimpleNamespace(Event=Interruption))
    app = typer.Typer()
    import_.register(app)
    arguments = ["import", *command, str(feed), "--every", "2h", "--home", str(home)]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    assert list(catalog(home).products) == ["A", "B", "C"]
    assert pauses[0] == 0
    assert all(7000 < pause <= 7200 for pause in pauses[1:])


def test_a_url_is_fetched_once_and_named_without_its_secrets(home: Path) -> None:
    result = run(home, "products", "http://127.0.0.1:1/feed.xml?token=s3cret")
    assert isinstance(result.exception, FeedError)
    assert "http://127.0.0.1:1/feed.xml cannot be fetched" in str(result.exception)
    assert "s3cret" not in str(result.exception)


def test_an_interval_that_is_none_is_refused(home: Path) -> None:
    result = run(home, "products", "feed.xml", "--watch", "--every", "often")
    assert isinstance(result.exception, SettingsError)


@pytest.mark.parametrize(
    ("content", "columns"),
    [
        ('"SKU";"Name";"Price";"Manufacturer"\nA;Tent;1.299,00 EUR;Fell', ("SKU -> id", "Name -> title", "Manufacturer -> brand")),
        ('{"product_id": "A", "name": "Tent", "price": "1299.00 EUR", "vendor": "Fell"}', ("product_id -> id", "name -> title", "vendor -> brand")),
        ("Handle,Title,Vendor,Variant SKU,Variant Price\ntent,Tent,Fell,A,1299.00", ("Variant SKU -> id", "Title -> title", "Vendor -> brand")),
    ],
)  # fmt: skip
def test_an_import_says_what_it_understood(home: Path, tmp_path: Path, content: str, columns: tuple[str, ...]) -> None:
    (tmp_path / "feed").write_text(content)
    result = run(home, "products", tmp_path / "feed", "--currency", "EUR")
    assert all(column in result.stdout for column in columns)
    assert "Currency: EUR (1)." in result.stdout
    assert "Types: no type (1)." in result.stdout


def test_a_dry_run_shows_cards_and_stores_nothing(home: Path, tmp_path: Path) -> None:
    rows = [
        {
            "id": f"T{n}",
            "title": f"Tent [{n}]",
            "price": "80 USD",
            "sale_price": "60 USD",
            "category": "Tents",
            "availability": "in stock",
            "weight": "2 kg",
        }
        for n in range(12)
    ]
    (tmp_path / "feed").write_text("\n".join(map(json.dumps, [*rows, {"id": "X", "title": "No price"}])))
    result = run(home, "products", tmp_path / "feed", "--dry-run")
    assert result.exit_code == 1
    assert [f"Tent [{n}]" in result.stdout for n in range(12)] == [True] * 10 + [False] * 2
    for part in (
        "$60.00",
        "instead of $80.00",
        "in stock",
        "weight: 2 kg",
        "Types: Tents (12).",
        "Nothing was stored: 12 products would be.",
    ):
        assert part in result.stdout
    assert "feed:13: price: is missing or empty" in result.stderr
    assert not catalog(home).products


def test_what_is_sold_out_has_no_count_and_what_has_no_picture_is_named(home: Path, tmp_path: Path) -> None:
    rows = [
        {"id": "A", "title": "Lamp", "price": "8 USD", "availability": "out of stock", "quantity": 0},
        {"id": "B", "title": "Rug", "price": "9 USD", "quantity": 4, "image_link": "https://shop.example/rug.jpg"},
    ]
    (tmp_path / "feed.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    output = run(home, "products", tmp_path / "feed.jsonl", "--dry-run").stdout
    assert "sold out" in output
    assert "0 left" not in output
    assert "in stock, 4 left" in output
    assert "Without a picture, so that their cards show a letter: 1 of 2 (A)." in output


def test_a_dry_run_of_pages_stores_nothing(home: Path, tmp_path: Path) -> None:
    (tmp_path / "faq.md").write_text("# FAQ\n\n## One?\nYes.\n\n## Two?\nNo.\n")
    assert "Nothing was stored: 2 FAQs would be." in run(home, "faqs", tmp_path / "faq.md", "--dry-run").stdout
    assert not catalog(home).faqs


def test_what_is_hidden_and_removed_is_named(home: Path, tmp_path: Path) -> None:
    feed, page = tmp_path / "feed.csv", tmp_path / "staff.md"
    feed.write_text("id,title,price,status\nA,Tent,5,\nB,Hat,5,\n")
    run(home, "products", feed)
    feed.write_text("id,title,price,status\nA,Tent,5,hidden\nB,Hat,5,\nC,Mug,5,draft\n")
    result = run(home, "products", feed)
    assert result.exit_code == 0
    assert f"Left out: 1 (hidden): A ({feed}:2)." in result.stdout
    assert f"Left out: 1 (draft): C ({feed}:4)." in result.stdout
    assert "Removed: 1 (hidden): A." in result.stdout
    assert "Data version 2" in result.stdout
    page.write_text("---\nstatus: draft\n---\n# Staff\n\nNo.\n\n## One\n\nA.\n")
    pages = run(home, "faqs", page)
    assert f"Left out: 1 (draft): staff ({page}:1)." in pages.stdout
    assert "Removed" not in pages.stdout


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (
            "id,title,price,material,capacity,shipping_weight,gtin,cost_of_goods,supplier,status,mobile_link\n"
            "A,Mug,5,clay,2 l,1 kg,n/a,2,Zoonord,active,https://m.example\n",
            [
                "Columns: id -> id, title -> title, price -> price, material -> material, status -> shown or hidden.",
                "Attributes, told as facts: capacity, shipping_weight.",
                "Not used (empty): gtin.",
                "Not used (your own business, never told): cost_of_goods, supplier.",
                "Not used: mobile_link.",
            ],
        ),
        (
            "Handle,Title,Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Price,Cost per item,Tags\n"
            "mug,Mug,Fell,Flavor,Mint,A,5.00,1.00,new\n",
            ["Variant SKU -> id", "Handle -> item_group_id", "Option1 Value -> options", "Tags -> search words", "Attributes, told as facts: flavor.",
             "Not used (your own business, never told): Cost per item."],
        ),
        (
            '{"sku": "A", "name": "Mug", "price": 5, "list_price": 6, "currency": "EUR", "capacity": "2 l", "supplier": "Zoonord", "slug": "mug"}',
            ["sku -> id", "list_price -> price", "currency -> currency", "Attributes, told as facts: capacity.",
             "Not used (your own business, never told): supplier.", "Not used: slug."],
        ),
    ],
    ids=["Merchant", "Shopify", "JSON"],
)  # fmt: skip
def test_every_column_is_accounted_for(home: Path, tmp_path: Path, content: str, lines: list[str]) -> None:
    (tmp_path / "feed").write_text(content)
    said = run(home, "products", tmp_path / "feed", "--dry-run").stdout
    for line in lines:
        assert line in said


def test_a_dry_run_lists_every_type(home: Path, tmp_path: Path) -> None:
    rows = "".join(f"P{number},Thing,5,Type {number}\n" for number in range(12))
    (tmp_path / "feed").write_text(f"id,title,price,product_type\n{rows}")
    assert "Type 11 (1)." in run(home, "products", tmp_path / "feed", "--dry-run").stdout
    assert "and 4 more." in run(home, "products", tmp_path / "feed").stdout


def test_pages_are_counted_one_by_one_and_empty_rows_are_named(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "fees.md").write_text("# Fees\n\nSome.\n\n## Post\n\nFive.\n\n## Gifts\n\nTwo.\n")
    (folder / "more.csv").write_text('question,answer\n"Is it far?","No."\n"",""\n\n')
    result = run(home, "faqs", folder)
    assert result.exit_code == 0
    assert "FAQs by file: fees.md (3), more.csv (1)." in result.stdout
    assert f"Left out: 1 (empty row): {folder / 'more.csv'}:3." in result.stdout


@pytest.mark.parametrize("rows", ["", "A,Tent,5\n"])
def test_only_what_is_bad_is_counted_as_bad(home: Path, tmp_path: Path, rows: str) -> None:
    (tmp_path / "feed").write_text(f"id,title,price\n{rows}B,,5\n")
    assert "Not imported: 1 bad row, named above." in run(home, "products", tmp_path / "feed").stdout
    assert "Not imported: 1 bad file, named above." in run(home, "products", tmp_path / "absent").stdout
