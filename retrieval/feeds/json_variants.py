"""Variants inside a product's JSON, as shop APIs give them, each made a record of its own.

{"id": 1, "title": "Cap", "options": [{"name": "Size"}], "variants": [{"id": 11, "option1": "M", "price": "20.00"}]}
{"name": "Cap", "product_id": "1", "variants": {"11": {"item_id": "11", "options": {"size": "M"}, "price": 20.0}}}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_IDS = ("sku", "id", "item_id", "variant_id")
_GROUP_IDS = ("item_group_id", "id", "product_id", "handle")
_NOT_OF_A_VARIANT = frozenset({*_IDS, "product_id", "title", "name", "options", "position", "featured_image"})


def with_variants(record: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """One record for each variant with what it shares with the others; `record` itself where it has none."""
    listed = record.get("variants")
    variants = list(listed.values()) if isinstance(listed, Mapping) else listed
    if not isinstance(variants, list) or not variants or not all(isinstance(variant, Mapping) for variant in variants):
        yield record
        return
    group = next((record[name] for name in _GROUP_IDS if record.get(name)), "")
    shared = {name: value for name, value in record.items() if name not in ("variants", "options", *_IDS, "product_id")}
    for variant in variants:
        own = {name: value for name, value in variant.items() if name not in _NOT_OF_A_VARIANT}
        identity = next((variant[name] for name in _IDS if variant.get(name)), None)
        image = variant.get("featured_image")
        picture = {"image_link": image} if image else {}
        yield {**shared, **own, **_options(record, variant), **picture, "id": identity, "item_group_id": group}


def _options(record: Mapping[str, Any], variant: Mapping[str, Any]) -> dict[str, Any]:
    """The variant's options by name: its own object, or "option1" and so on, which the product names."""
    if isinstance(variant.get("options"), Mapping):
        return dict(variant["options"])
    names = record.get("options")
    if not isinstance(names, list):
        return {}
    found = {}
    for number, option in enumerate(names, start=1):
        name = option.get("name") if isinstance(option, Mapping) else option
        value = variant.get(f"option{number}")
        if isinstance(name, str) and value not in (None, "", "Default Title"):
            found[name] = value
    return found
