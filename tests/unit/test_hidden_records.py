"""A row that says that customers must not see it removes the stored record, in the form of every reader; `--replace` goes on after bad rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from assistant.live.generation import Generations
from assistant.live.live import Live
from assistant.shop_import import ImportResult, ShopImport
from retrieval.catalog.catalog import Catalog
from retrieval.feeds.not_public import hidden
from retrieval.index.encoder import NO_ENCODER
from retrieval.store.database import open_database
from retrieval.store.records import Records
from retrieval.store.versions import Kind
from tests.unit.word_encoder import WordEncoder

Rows = Mapping[str, str]
"""The status of each product by its id; "" for one that is on sale."""


class Shop:
    """A database, and feeds that are imported into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        engine = open_database(f"sqlite:///{folder / 'aisle.db'}")
        self.records, self._import = Records(engine), ShopImport(engine)

    def take(self, content: str, kind: Kind = Kind.PRODUCTS, name: str = "feed", **options: bool) -> ImportResult:
        (self.folder / name).write_text(content, encoding="utf-8")
        return self._import.run(kind, [self.folder / name], **options)

    @property
    def catalog(self) -> Catalog:
        return self.records.catalog()

    @property
    def ids(self) -> set[str]:
        return set(self.catalog.products)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def merchant(rows: Rows) -> str:
    return "id\ttitle\tprice\tstatus\n" + "".join(f"{id}\tThing {id}\t5 EUR\t{state}\n" for id, state in rows.items())


def merchant_xml(rows: Rows) -> str:
    items = "".join(
        f"<item><g:id>{id}</g:id><g:title>Thing {id}</g:title><g:price>5 EUR</g:price><g:status>{state}</g:status></item>"
        for id, state in rows.items()
    )
    return f'<rss xmlns:g="http://base.google.com/ns/1.0"><channel>{items}</channel></rss>'


def shopify(rows: Rows) -> str:
    return "Handle,Title,Variant SKU,Variant Price,Status\n" + "".join(
        f"h-{id},Thing {id},{id},5.00,{state}\n" for id, state in rows.items()
    )


def woocommerce(rows: Rows) -> str:
    return "Type,SKU,Name,Regular price,Status\n" + "".join(
        f"simple,{id},Thing {id},5.00,{state}\n" for id, state in rows.items()
    )


def schema_org(rows: Rows) -> str:
    return json.dumps(
        {
            "@context": "https://schema.org",
            "@graph": [
                {
                    "@type": "Product", "sku": id, "name": f"Thing {id}", "creativeWorkStatus": state,
                    "offers": {"@type": "Offer", "price": "5", "priceCurrency": "EUR"},
                }
                for id, state in rows.items()
            ],
        }
    )  # fmt: skip


def json_lines(rows: Rows) -> str:
    return "\n".join(
        json.dumps({"id": id, "title": f"Thing {id}", "price": "5 EUR", "status": state}) for id, state in rows.items()
    )


FORMS: list[Callable[[Rows], str]] = [merchant, merchant_xml, shopify, woocommerce, schema_org, json_lines]


@pytest.mark.parametrize(
    ("form", "state"),
    list(zip(FORMS, ["hidden", "Draft", "private", "not published", "Archived", "offline"], strict=True)),
    ids=[form.__name__ for form in FORMS],
)
def test_a_hidden_row_removes_the_stored_product(shop: Shop, form: Callable[[Rows], str], state: str) -> None:
    shop.take(form({"A": "", "B": "", "C": ""}))
    before = shop.records.version()
    result = shop.take(form({"A": "", "B": state}))
    assert result.outcome is not None
    assert result.outcome.hidden == {"B": state.lower()}
    assert (result.outcome.removed, result.reading.exit_code) == (1, 0)
    assert shop.ids == {"A", "C"}
    assert shop.records.version().products == before.products + 1


@pytest.mark.parametrize(
    "status", ["Hidden", "not_published", "un-published", "DRAFT", "Auto-Draft", "0", "false", "off", "inactive"]
)
def test_words_for_what_must_not_be_shown(status: str) -> None:
    assert hidden({"status": status})
    assert not hidden({"status": "active", "visibility": "visible", "published": "1", "availability": status})


@pytest.mark.parametrize("form", [merchant, woocommerce, schema_org], ids=lambda form: form.__name__)
def test_a_feed_of_hidden_rows_alone_is_an_import(shop: Shop, form: Callable[[Rows], str]) -> None:
    shop.take(form({"A": "", "B": ""}))
    result = shop.take(form({"A": "hidden"}), careful=True)
    assert result.reading.exit_code == 0
    assert shop.ids == {"B"}
    again = shop.take(form({"A": "hidden"}))
    assert again.outcome is not None
    assert not again.outcome.has_changes
    assert shop.take(form({"A": ""})).outcome is not None
    assert shop.ids == {"A", "B"}


@pytest.mark.parametrize("content", ["id,status\nB,hidden\n", "sku;published\nB;0\n", "id\tvisibility\ttitle\nB\thidden\t\n"])  # fmt: skip
def test_an_id_is_enough_to_hide_a_product(shop: Shop, content: str) -> None:
    shop.take(merchant({"A": "", "B": ""}))
    shop.take(content)
    assert shop.ids == {"A"}


@pytest.mark.parametrize("price", ["", "call us", "0"])
def test_a_hidden_product_needs_no_price(shop: Shop, price: str) -> None:
    shop.take(merchant({"A": "", "B": ""}))
    result = shop.take(f"id,title,price,status\nB,,{price},draft\n")
    assert result.reading.is_complete
    assert shop.ids == {"A"}


VARIABLE = "Type,SKU,Name,Published,Parent,Regular price\nvariable,P,Cap,{},,\n"
VARIATIONS = "variation,P-S,,1,P,5\nvariation,P-M,,1,P,5\nsimple,Q,Sock,1,,5\n"
JSON_CAP = {"id": 7, "title": "Cap", "options": ["Size"], "price": "5 EUR"}
JSON_VARIANTS = [{"id": 71, "option1": "S"}, {"id": 72, "option1": "M"}]
GROUP = {"@context": "https://schema.org", "@type": "ProductGroup", "productGroupID": "G", "name": "Cap"}
GROUP_VARIANTS = [
    {"@type": "Product", "sku": f"G-{size}", "size": size, "offers": {"price": 5, "priceCurrency": "EUR"}}
    for size in "SM"
]


@pytest.mark.parametrize(
    ("before", "after", "left"),
    [
        (VARIABLE.format(1) + VARIATIONS, VARIABLE.format(0) + VARIATIONS, {"Q"}),
        (VARIABLE.format(1) + VARIATIONS, VARIABLE.format(0), {"Q"}),
        (
            json.dumps({**JSON_CAP, "variants": JSON_VARIANTS}),
            json.dumps({**JSON_CAP, "status": "draft", "variants": JSON_VARIANTS[:1]}),
            {"72"},
        ),
        (json.dumps({**JSON_CAP, "variants": JSON_VARIANTS}), json.dumps({**JSON_CAP, "status": "draft"}), set()),
        (json.dumps({**GROUP, "hasVariant": GROUP_VARIANTS}), json.dumps({**GROUP, "status": "hidden"}), set()),
        (
            "id,item_group_id,title,price,size,status\nG-S,G,Cap,5,S,\nG-M,G,Cap,5,M,\n",
            "id,item_group_id,title,price,size,status\nG-S,G,Cap,5,S,hidden\n",
            {"G-M"},
        ),
    ],
    ids=["variations", "parent alone", "some variants", "product of variants", "group", "one variant"],
)  # fmt: skip
def test_a_hidden_product_hides_its_variants(shop: Shop, before: str, after: str, left: set[str]) -> None:
    shop.take(before)
    shop.take(after)
    assert shop.ids == left


def test_variants_that_share_an_id_are_hidden_one_by_one(shop: Shop) -> None:
    head = "id,title,price,color,status\n"
    shop.take(head + "CAP,Cap,5,red,\nCAP,Cap,5,blue,\nCAP,Cap,5,green,\n")
    assert shop.ids == {"CAP", "CAP-blue", "CAP-green"}
    shop.take(head + "CAP,Cap,5,red,\nCAP,Cap,5,blue,hidden\nCAP,Cap,5,green,\n")
    assert shop.ids == {"CAP", "CAP-green"}
    shop.take(head + "CAP,Cap,5,red,hidden\nCAP,Cap,5,green,\n")
    assert shop.ids == {"CAP-green"}


@pytest.mark.parametrize(
    ("name", "before", "after", "left"),
    [
        ("fees.md", "# Fees\n\nFive euros.\n", "---\nstatus: draft\n---\n# Fees\n\nFive euros.\n", set()),
        (
            "fees.md",
            "# Fees\n\nAll of them.\n\n## Post\n\nFive.\n\n## Gifts\n\nTwo.\n",
            "---\nvisibility: internal\n---\n# Fees\n\nAll of them.\n\n## Post\n\nFive.\n\n## Gifts\n\nTwo.\n",
            set(),
        ),
        (
            "fees.csv",
            "question,answer,status\nIs it dear?,No.,\nIs it far?,Yes.,\n",
            "question,answer,status\nIs it dear?,No.,\nIs it far?,Yes.,hidden\n",
            {"is-it-dear"},
        ),
        (
            "fees.jsonl",
            '{"id": "a", "title": "A?", "answer": "A."}\n{"id": "b", "title": "B?", "answer": "B."}\n',
            '{"id": "a", "title": "A?", "answer": "A.", "published": false}\n',
            {"b"},
        ),
    ],
)
def test_a_hidden_page_removes_what_was_stored_of_it(
    shop: Shop, name: str, before: str, after: str, left: set[str]
) -> None:
    shop.take(before, Kind.FAQS, name)
    assert len(shop.catalog.faqs) > len(left)
    result = shop.take(after, Kind.FAQS, name)
    assert result.reading.exit_code == 0
    assert set(shop.catalog.faqs) == left
    assert shop.records.version().faqs == 2


def test_a_live_server_stops_serving_what_is_hidden(shop: Shop, tmp_path: Path) -> None:
    shop.take(merchant({"A": "", "B": ""}))
    encoder = WordEncoder()
    generations = Generations(
        shop.records, tmp_path, "", lambda: encoder, NO_ENCODER, lambda material: set(material.catalog.products)
    )
    live = Live(generations, generations.first())
    shop.take(merchant({"B": "hidden"}))
    live.look()
    assert live.current.served == {"A"}


HEAD = "id,title,price\n"


@pytest.mark.parametrize(
    ("rows", "left"),
    [
        ("A,Thing,5\nB,Thing,call us\n", {"A", "B"}),
        ("A,Thing,5\nB,,5\nX,Thing,-3\n", {"A", "B"}),
        ("A,Thing,5\nA,Other thing,6\n", {"A"}),
    ],
)
def test_replace_removes_what_is_gone_but_not_what_a_bad_row_names(shop: Shop, rows: str, left: set[str]) -> None:
    shop.take(merchant({"A": "", "B": "", "C": ""}))
    shop.take(HEAD + rows, replace=True)
    assert shop.ids == left


def test_replace_keeps_the_variants_of_a_product_that_a_bad_row_names(shop: Shop) -> None:
    shop.take(VARIABLE.format(1) + VARIATIONS)
    shop.take(VARIABLE.format(1) + "simple,R,Hat,1,,5\n", replace=True)  # "P" has no variations, which have its prices
    assert shop.ids == {"P-S", "P-M", "R"}


@pytest.mark.parametrize("row", [",Thing,5\n", "B,Thing,5,6,7\n", "NULL,Thing,5\n"])
def test_replace_removes_nothing_if_a_bad_row_has_no_id(shop: Shop, row: str) -> None:
    shop.take(merchant({"A": "", "B": "", "C": ""}))
    result = shop.take(f"{HEAD}A,Thing,5\n{row}", replace=True)
    assert result.reading.nameless.endswith("feed:3")
    assert shop.ids >= {"A", "B", "C"}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_a_feed_that_nobody_looks_at_may_not_hide_most_of_the_shop(shop: Shop, form: Callable[[Rows], str]) -> None:
    shop.take(form({"A": "", "B": "", "C": "", "D": ""}))
    broken = form({"A": "", "B": "hidden", "C": "hidden", "D": "hidden"})
    refused = shop.take(broken, careful=True)
    assert refused.refusal == "it hides 3 of the 4 products that are served, more than half"
    assert shop.ids == {"A", "B", "C", "D"}
    never_stored = form({"A": "", "B": "", "C": "", "D": "", **{f"X{number}": "hidden" for number in range(9)}})
    assert not shop.take(never_stored, careful=True).refusal
    shop.take(broken)
    assert shop.ids == {"A"}
