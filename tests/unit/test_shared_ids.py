"""Variants that a feed gives one SKU: none is lost, and what is listed twice is still an error."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.feed_files import read_bytes

HEADER = "id,title,price,color,size,item_group_id\n"


def test_variants_with_one_sku_get_ids_of_their_own(tmp_path: Path) -> None:
    text = (
        HEADER
        + "CAP,Cap,20,Red,M,caps\nCAP,Cap,20,Red,L,caps\nCAP,Cap,22,Navy Blue,M,caps\nCAP,Cap,22,Navy Blue,M,caps\n"
    )
    read = read_bytes(tmp_path, text)
    assert list(read.products) == ["CAP", "CAP-l", "CAP-navy-blue"]
    assert {product.item_group_id for product in read.products.values()} == {"caps"}
    assert read.mended == [(3, "id"), (4, "id")]
    assert read.errors == [(5, "id")]


def test_without_a_group_the_title_says_what_belongs_together(tmp_path: Path) -> None:
    read = read_bytes(tmp_path, HEADER + "CAP,Cap,20,Red,,\nCAP,Cap,20,Blue,,\nCAP,Hat,20,Green,,\n")
    assert list(read.products) == ["CAP", "CAP-blue"]
    assert read.products["CAP-blue"].item_group_id == "CAP"
    assert read.errors == [(4, "id")]


def test_variants_on_one_line_of_json_are_all_kept(tmp_path: Path) -> None:
    tea = {
        "id": 1, "title": "Tea", "options": ["Flavor"],
        "variants": [{"sku": "TEA", "option1": flavor, "price": "4.00"} for flavor in ("Mint", "Rose", "Rooibos & Lime")],
    }  # fmt: skip
    read = read_bytes(tmp_path, json.dumps(tea))
    assert {id: product.attributes["flavor"] for id, product in read.products.items()} == {
        "TEA": "Mint", "TEA-rose": "Rose", "TEA-rooibos-lime": "Rooibos & Lime",
    }  # fmt: skip
    assert len(read.mended) == 2


def test_shopify_variants_with_one_sku(tmp_path: Path) -> None:
    text = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price\ncap,Cap,Size,S,CAP,20\ncap,,,M,CAP,20\n"
    read = read_bytes(tmp_path, text)
    assert {id: product.size for id, product in read.products.items()} == {"CAP": "S", "CAP-m": "M"}
    assert read.mended == [(3, "Variant SKU")]


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(["Red", "Blue", "Green"]), st.sampled_from("SML")), min_size=1, max_size=12))
def test_every_pair_of_options_is_kept_exactly_once(tmp_path: Path, listed: list[tuple[str, str]]) -> None:
    rows = "".join(f"CAP,Cap,20,{color},{size},caps\n" for color, size in listed)
    read = read_bytes(tmp_path, HEADER + rows)
    assert sorted((product.color, product.size) for product in read.products.values()) == sorted(set(listed))
    assert len(read.errors) == len(listed) - len(set(listed))
