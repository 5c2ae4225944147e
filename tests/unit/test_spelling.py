from __future__ import annotations

import pytest

from retrieval.search.spelling import Spelling

SPELLING = Spelling(
    ("Skarn Alder Tent", "Sleeping Bags", "waterproof jacket", "headlamp", "kettle", "Zwift boots", "coat")
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tnet", "tent"),
        ("slepping bag", "sleeping bag"),
        ("Watreproof jaket!", "waterproof jacket!"),
        ("headlmap", "headlamp"),
        ("ketle", "kettle"),
    ],
)
def test_a_mistyped_word_becomes_the_catalogues(typed: str, meant: str) -> None:
    assert SPELLING.mend(typed) == meant


@pytest.mark.parametrize("text", ["Skarn", "Zwift", "goat", "laptop", "T-1002x", "tents", "", "éclair", "ab", "帐篷"])
def test_brands_english_words_ids_and_other_alphabets_stay(text: str) -> None:
    assert SPELLING.mend(text) == text
