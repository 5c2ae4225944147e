"""Which messages count as English."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding.grammar.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("hola", "es"), ("bonjour, avez-vous des tentes?", "fr"), ("hallo", "de"), ("Ich suche ein Zelt", "de"), ("ciao", "it"),
        ("Wo ist meine Bestellung?", "de"), ("je cherche une veste rouge", "fr"), ("quiero cancelar mi pedido", "es"),
        ("olá, quanto custa?", "pt"), ("ik zoek een tent", "nl"), ("tack så mycket", "sv"), ("gdzie jest moje zamówienie", "pl"),
        ("привет, есть палатки?", "und"), ("こんにちは", "und"), ("你好", "und"), ("مرحبا", "und"), ("γεια σας", "und"),
        ("merci beaucoup", "fr"), ("haben Sie Zelte?", "de"), ("hola, tienen zapatos?", "es"), ("Où est ma commande?", "fr"),
    ],
)  # fmt: skip
def test_another_language_is_told(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "hi", "ok", "no", "die cast toys", "what is the price", "do you have Kestrel Lane tents", "la creuset pan", "Oda & Finch",
        "eau de toilette", "café au lait bowl", "hygge blanket", "Alderpeak Skarn Tarnwick", "do u hav hikin bots", "wheres my ordr",
        "tnet shoos", "asdfgh", "can i get a refund por favor", "show me nubuck boots", "🙂🙂", "", "123", "A-20415", "pizza oven",
        "WH-1000XM4", "is the la marzocco in stock", "a la carte menu", "tent tent tent", "Doña Rosa olive oil", "crème brûlée torch",
    ],
)  # fmt: skip
def test_english_with_foreign_names_and_typos_stays_english(text: str) -> None:
    assert language_of(text) == "en"


@given(st.text(max_size=200))
def test_any_text_has_a_language(text: str) -> None:
    assert language_of(text)
