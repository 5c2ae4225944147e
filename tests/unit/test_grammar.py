"""Messages with known meaning, read over three shops; and properties that hold for any text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.planning.grammar.grammar import Grammar
from assistant.planning.grammar.reading import Reading
from assistant.planning.grammar.synonyms import BASIC_COLORS
from assistant.planning.grammar.text import Text
from retrieval.catalog.filter import Condition, Operator, Sort
from tests.unit.grammar_shops import SHOPS

EXAMPLES: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (Path(__file__).parent / "grammar_examples.yaml").read_text("utf-8")
)
GRAMMARS = {name: Grammar(catalog) for name, catalog in SHOPS.items()}
SIGNS = {Operator.IN: "=", Operator.NOT_IN: "!=", Operator.AT_LEAST: ">=", Operator.AT_MOST: "<="}


def spelled(condition: Condition) -> str:
    """A condition as the examples write it."""
    if condition.number is not None:
        return (
            f"{condition.field} {SIGNS[condition.operator]} {condition.number.normalize():f} {condition.unit}".strip()
        )
    return f"{condition.field} {SIGNS[condition.operator]} {', '.join(sorted(condition.values))}"


def meaning(reading: Reading) -> dict[str, Any]:
    """A reading in the words of the examples, without what is empty."""
    found = {
        "filter": sorted(map(spelled, reading.conditions)),
        "types": sorted(value for condition in reading.types for value in condition.values),
        "sort": "" if reading.sort is Sort.RELEVANCE else f"{reading.sort} {reading.sort_field}".strip(),
        "order": reading.order_id,
    }
    return {key: value for key, value in found.items() if value}


def expected(example: dict[str, Any]) -> dict[str, Any]:
    wanted = {key: value for key, value in example.items() if key != "say"}
    return {key: sorted(value) if key in ("filter", "types") else value for key, value in wanted.items()}


CASES = [pytest.param(shop, example, id=f"{shop}: {example['say']}") for shop in EXAMPLES for example in EXAMPLES[shop]]


@pytest.mark.parametrize(("shop", "example"), CASES)
def test_example(shop: str, example: dict[str, Any]) -> None:
    assert meaning(GRAMMARS[shop].read(Text.of(example["say"]))) == expected(example)


def test_there_are_enough_examples() -> None:
    assert len(CASES) >= 200


WORDS = st.sampled_from(
    [
        "tents",
        "not",
        "red",
        "under",
        "50",
        "$",
        "between",
        "and",
        "40",
        "60",
        "the",
        "second",
        "one",
        "it",
        "#",
        "A-20415",
        "any",
        "colour",
        "cheapest",
        "wool",
        "or",
        "no",
        "-",
        "&",
        "leather-free",
        "size",
        "10",
        "in",
        "M",
        "for",
        "people",
        "kg",
        "stars",
        "without",
        ".",
        ",",
        "?",
        "!",
        "<b>",
        "Skarn",
        "except",
        "only",
        "than",
        "1e9",
        "⅔",
        "½",
        "٣",
        "二",
        "\x00",
        "\u202e",
        "🙂",
    ]
)


@given(st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=25).map(" ".join)), st.sampled_from(sorted(SHOPS)))
@settings(max_examples=300)
def test_any_text_is_read_and_conditions_use_the_shops_words(message: str, shop: str) -> None:
    facets = SHOPS[shop].facets
    reading = GRAMMARS[shop].read(Text.of(message))
    known = {"product_type": facets.product_types, "brand": facets.brands, "color": facets.colors, "size": facets.sizes,
             "material": facets.materials, "availability": {"in_stock": 1}, "age_group": {"kids": 1},
             **facets.attributes}  # fmt: skip
    for condition in (*reading.conditions, *reading.types):
        assert condition.field in known or condition.field in ("price", "rating", "discount")
        unknown = set(condition.values) - set(known.get(condition.field, ()))
        assert not unknown or (condition.field == "color" and unknown <= BASIC_COLORS)  # so that its lack is told
        assert (condition.number is None) == bool(condition.values)


@given(st.text(max_size=300))
@settings(max_examples=200)
def test_cleaning_leaves_one_printable_line(message: str) -> None:
    text = Text.of(message)
    assert text.cased.isprintable()
    assert len(text.lower) == len(text.cased)
    assert Text.of("x" * 100_000).cased == "x" * 1500
