"""Resolving joins facts into sentences as a careful writer would."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evidence.evidence import Fact, FactKind
from assistant.writing.resolve import resolve
from retrieval.errors import WritingError


def _facts(**texts: str) -> dict[str, Fact]:
    kinds = {"name": FactKind.NAME, "price": FactKind.MONEY}
    keys = {name.replace("_", ".", 1): text for name, text in texts.items()}
    return {key: Fact(key, kinds.get(key.split(".")[1], FactKind.TEXT), text) for key, text in keys.items()}


@pytest.mark.parametrize(
    ("written", "facts", "text"),
    [
        ("The {p1.name} is {p1.price}.", _facts(p1_name="Tarn Kettle", p1_price="$9.00"), "The Tarn Kettle is $9.00."),
        ("It is a {p1.kind}.", _facts(p1_kind="umbrella"), "It is an umbrella."),
        ("It is an {p1.kind}.", _facts(p1_kind="tent"), "It is a tent."),
        ("A {p1.name} it is.", _facts(p1_name="Oak Chair"), "An Oak Chair it is."),
        ("It is a {p1.material} bag.", _facts(p1_material="unisex"), "It is a unisex bag."),
        ("It is a {p1.name}.", _facts(p1_name="LED Lamp"), "It is an LED Lamp."),
        ("{p1.stock}, as it happens.", _facts(p1_stock="in stock"), "In stock, as it happens."),
        ("Sure. {p1.stock}!", _facts(p1_stock="sold out"), "Sure. Sold out!"),
        ("{p1.name} it is.", _facts(p1_name="iPhone stand"), "iPhone stand it is."),
        ("Here: {a1.text}.", _facts(a1_text="Free from $50."), "Here: Free from $50."),
        ('One says "{p1.quote}".', _facts(p1_quote="Kept me dry."), 'One says "Kept me dry."'),
        ("{p1.quote}, says one.", _facts(p1_quote="Kept me dry."), "Kept me dry, says one."),
        ("The {p1.name}'s price.", _facts(p1_name="Tarn Boots"), "The Tarn Boots' price."),
        ("The {p1.name}'s price.", _facts(p1_name="Tarn Tent"), "The Tarn Tent's price."),
        ("The {p1.name}.", _facts(p1_name="The Big Tent"), "The Big Tent."),
        ("now{p1.price}and", _facts(p1_price="$9.00"), "now $9.00 and"),
        ("({p1.price})", _facts(p1_price="$9.00"), "($9.00)"),
    ],
)
def test_joins(written: str, facts: dict[str, Fact], text: str) -> None:
    assert resolve(written, facts) == text


def test_an_unknown_reference_is_named() -> None:
    with pytest.raises(WritingError, match=r"p2\.price"):
        resolve("It is {p2.price}.", {})


@given(st.text(alphabet=st.characters(exclude_characters="{}", exclude_categories=("Cs",))))
def test_text_without_references_stays(text: str) -> None:
    assert resolve(text, {}) == text
