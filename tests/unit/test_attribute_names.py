"""Which columns of a feed are facts that a reply may tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.reading.lines import LineKind, product_lines
from retrieval.catalog.attribute_names import is_bookkeeping, is_fact, serves_search
from retrieval.catalog.product import Product
from retrieval.feeds.highlights import highlight_sentences
from retrieval.index.document import product_words
from tests.unit.feed_files import read_bytes


def _told(product: Product) -> list[str]:
    return [line.text for line in product_lines(product) if line.kind is not LineKind.REVIEW]


@pytest.mark.parametrize("name", ["tags", "product_tags", "keywords", "search_terms", "meta_keywords"])
def test_words_for_the_search_are_kept_and_never_told(name: str) -> None:
    assert serves_search(name)
    assert not is_bookkeeping(name, "walnut, desk")
    assert not is_fact(name, "walnut, desk")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("url_handle", "oak-desk"), ("template_suffix", "wide"), ("published_scope", "web"), ("custom_label_3", "Q4"), ("shipping_label", "bulky"),
        ("google_product_category", "2271"), ("fb_product_category", "12"), ("category_ids", "3, 9"), ("inventory_policy", "deny"),
        ("menu_order", "4"), ("position", "2"), ("condition", "New"), ("virtual", "no"), ("date_modified_gmt", "2026-01-02"),
        ("video", "https://cdn.example/desk.mp4"), ("manual", "https://cdn.example/m"), ("tax_class", "reduced"), ("url_key", "oak"),
        ("msrp_display_actual_price_type", "Use config"), ("sku_image_src", "a.png"), ("ads_labels", "promo"), ("imported_at", "2026-01-02"),
    ],
)  # fmt: skip
def test_what_shop_systems_keep_for_themselves_is_no_attribute(name: str, value: str) -> None:
    assert is_bookkeeping(name, value)
    assert not is_fact(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("condition", "refurbished"), ("position", "rear"), ("video", "4K"), ("display_size", "6 inch"), ("download_speed", "300 Mbps"),
        ("shipping_weight", "4 kg"), ("theme", "dinosaurs"), ("media", "oil on canvas"), ("sku", "A-1"), ("handle", "cork"), ("country_of_origin", "Peru"),
        ("age_group", "kids"), ("order", "Coleoptera"), ("collection", "Dune"), ("imported", "yes"),
    ],
)  # fmt: skip
def test_facts_about_the_thing_are_told(name: str, value: str) -> None:
    assert is_fact(name, value)


def test_tags_of_a_shopify_file_are_found_and_not_told(tmp_path: Path) -> None:
    rows = (
        "Handle,Title,Body (HTML),Vendor,Tags,Variant SKU,Variant Price,Template Suffix,Published Scope\n"
        "oak-desk,Oak Desk,Solid oak.,Holm,\"walnut, homeoffice\",OD-1,390.00,wide,web\n"
    )  # fmt: skip
    desk = read_bytes(tmp_path, rows).products["OD-1"]
    assert _told(desk) == ["Brand: Holm", "Solid oak."]
    assert "homeoffice" in product_words(desk)


def test_a_shop_apis_own_fields_are_not_told(tmp_path: Path) -> None:
    row = (
        '{"id": "7", "title": "Fern Pot", "price": "9.00", "handle": "fern-pot", "template_suffix": null, "published_scope": "web", "tags": "green, clay",'
        ' "menu_order": 3, "related_ids": [4, 5], "tax_status": "taxable", "virtual": false, "custom_label_0": "margin b", "glaze": "matt",'
        ' "google_product_category": "721", "category": "Pots"}'
    )
    pot = read_bytes(tmp_path, row).products["7"]
    assert dict(pot.facts) == {"glaze": "matt"}
    assert pot.attributes["tags"] == "green, clay"
    assert pot.product_type == "Pots"


def test_highlights_of_a_table_are_sentences_and_details_are_attributes(tmp_path: Path) -> None:
    rows = (
        "id\ttitle\tprice\tdescription\tlink\tavailability\tproduct_highlight\tproduct_detail\tcondition\tcustom_label_1\n"
        "L1\tReading Lamp\t40 EUR\tA lamp for the desk\t\tin_stock\tDims in five steps,Cable, plug and bulb included\t"
        "Light:Color rendering:Ra 95, flicker free,Light:Output:800 lm\tnew\tslow\n"
    )
    lamp = read_bytes(tmp_path, rows).products["L1"]
    assert dict(lamp.attributes) == {"color_rendering": "Ra 95, flicker free", "output": "800 lm"}
    assert [line.text for line in product_lines(lamp) if line.kind is LineKind.DESCRIPTION] == [
        "A lamp for the desk.",
        "Dims in five steps.",
        "Cable, plug and bulb included.",
    ]


@pytest.mark.parametrize(
    ("value", "sentences"),
    [
        (["Folds flat", "Fits a car boot!"], ["Folds flat.", "Fits a car boot!"]),
        ('"Soft, warm and light","Washes at 30"', ["Soft, warm and light.", "Washes at 30."]),
        ("• Folds flat\n• Fits a car boot", ["Folds flat.", "Fits a car boot."]),
        ("light, warm and dry", ["light, warm and dry."]),
        ('27" display, light, warm and dry', ['27" display, light, warm and dry.']),
        (f'"{"x" * 140_000}"', [f'"{"x" * 140_000}".']),
        ("Holds 1,000 litres,Folds flat, 30 cm wide", ["Holds 1,000 litres.", "Folds flat.", "30 cm wide."]),
        ("-20 °C to 40 °C", ["-20 °C to 40 °C."]),
        ("- 3 pockets\n-Folds flat\n* Light\n-", ["3 pockets.", "Folds flat.", "Light."]),
        ("", []),
        (None, []),
    ],
)
def test_highlights_come_in_lists_and_in_cells(value: object, sentences: list[str]) -> None:
    assert highlight_sentences(value) == sentences
