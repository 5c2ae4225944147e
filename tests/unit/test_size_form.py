"""Sizes that a message names in any spelling, and heights of children as sizes. The sample shop's own records."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pytest

from assistant.planning.size_form import sizes_said
from assistant.tools.body_fit import fitting_size
from finetune.corpora.shop import CORPUS, CorpusShop
from retrieval.catalog.product import Product


@cache
def shop() -> CorpusShop:
    return CorpusShop.load(CORPUS / "fern-and-fell")


def variants(group: str) -> Sequence[Product]:
    return [each for each in shop().catalog.products.values() if each.item_group_id == group]


@pytest.mark.parametrize(
    ("group", "message", "sizes"),
    [
        ("gridline-hoody", "gridline hoody in blue m", ("M",)),
        ("gridline-hoody", "got it in m or l?", ("M", "L")),
        ("gridline-hoody", "blue, size medium", ("M",)),
        ("gridline-hoody", "the black xxl please", ("XXL",)),
        ("gridline-hoody", "it s nice, and i m cold", ()),
        ("gridline-hoody", "a rope of 5 m", ()),
        ("gridline-hoody", "not m", ()),
        ("tarn-mid-boots", "brown 9", ("9",)),
        ("tarn-mid-boots", "tarn mid hiking boots 9", ("9",)),
        ("tarn-mid-boots", "in 9?", ("9",)),
        ("tarn-mid-boots", "does it come in 9 days", ()),
        ("scamper-kids-boots", "how much are 2 of them", ()),
        ("scamper-kids-boots", "do you have the red one", ()),
        ("scamper-kids-boots", "red 3", ("3",)),
        ("brook-steel-bottle", "brook steel bottle green 0.5", ("0.5 l",)),
        ("brook-steel-bottle", "the 0.8l one", ("0.8 l",)),
        ("crossfell-45-pack", "crossfell 45 in s", ("S/M",)),
        ("tide-bath-towel", "sage 70x140 please", ("70 x 140 cm",)),
        ("perch-camp-chair", "in m", ()),
    ],
)
def test_sizes_are_read_as_customers_write_them(group: str, message: str, sizes: tuple[str, ...]) -> None:
    assert sizes_said(message, variants(group)).values == sizes


@pytest.mark.parametrize(
    ("group", "message", "size"),
    [
        ("puddle-kids-rain-suit", "my son is 120 cm tall", "128"),
        ("puddle-kids-rain-suit", "she's 110cm tall", "116"),
        ("puddle-kids-rain-suit", "he is 1.16 m", "116"),
        ("puddle-kids-rain-suit", "my daughter is 4 ft tall", "128"),
        ("puddle-kids-rain-suit", "i am 180 cm tall", ""),
        ("puddle-kids-rain-suit", "is it waterproof", ""),
        ("scamper-kids-boots", "my son is 120 cm tall", ""),
        ("ledge-oak-planter", "he is 80 cm tall", ""),
    ],
)
def test_a_height_is_a_size_of_childrens_clothes(group: str, message: str, size: str) -> None:
    assert fitting_size(message, variants(group)) == size
