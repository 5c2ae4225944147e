from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.catalog.faq import Faq
from retrieval.index.document import (
    TEXT_LIMIT,
    compounds,
    content_words,
    faq_passages,
    plain,
    product_text,
    query_words,
    words,
)
from retrieval.index.lexical import Lexical
from tests.unit.small_shop import PRODUCTS


@pytest.mark.parametrize(
    ("many", "one"),
    [
        ("dishes", "dish"), ("boxes", "box"), ("glasses", "glass"), ("batteries", "battery"), ("shoes", "shoe"),
        ("knives", "knife"), ("tents", "tent"), ("Women's", "woman"), ("children", "child"),
    ],
)  # fmt: skip
def test_plurals_meet_their_singular(many: str, one: str) -> None:
    assert words(many) == [one] == words(one)


def test_words_that_mean_nothing_to_a_search_are_left_out_unless_nothing_else_is_there() -> None:
    assert content_words("show me a red mug for my dad please") == ["red", "mug", "dad"]
    assert content_words("the one") == ["the", "one"]


def test_markdown_leaves_its_words() -> None:
    assert plain("**Send** it [back](https://x.example/a).") == "Send it back."


def test_each_passage_of_an_faq_carries_its_title() -> None:
    passages = faq_passages(Faq("f", "Returns", f"{'long ' * 130}\n\nshort"))
    assert passages[0] == "Returns"
    assert [passage.startswith("Returns. ") for passage in passages[1:]] == [True, True]


def test_sizes_share_one_text_and_colours_do_not() -> None:
    green, orange = PRODUCTS[0], PRODUCTS[1]
    assert product_text(green) != product_text(orange)
    assert "Green" in product_text(green)


def test_bm25_ranks_rare_words_higher_and_unknown_words_not_at_all() -> None:
    lexical = Lexical.of([["tent", "green"], ["tent", "red"], ["tent"], ["mug"]])
    scores = lexical.scores(["tent", "green"])
    assert scores.argmax() == 0
    assert scores[3] == 0
    assert not lexical.scores(["laptop"]).any()


@given(st.lists(st.lists(st.sampled_from(["tent", "mug", "red", "wool"]), max_size=5), max_size=6))
def test_a_score_is_above_zero_exactly_where_a_word_is_shared(documents: list[list[str]]) -> None:
    scores = Lexical.of(documents).scores(["tent", "red"])
    assert [score > 0 for score in scores] == [bool({"tent", "red"} & set(document)) for document in documents]


@pytest.mark.parametrize("documents", [[["tent", "red"], ["mug"], []], [[], []], []])
def test_what_is_saved_scores_the_same(documents: list[list[str]], tmp_path: Path) -> None:
    made = Lexical.of(documents)
    made.save(tmp_path / "words")
    read = Lexical.load(tmp_path / "words", len(documents))
    assert read.scores(["tent", "mug"]).tolist() == made.scores(["tent", "mug"]).tolist()


def test_fields_of_weight_one_and_one_field_are_plain_bm25() -> None:
    documents = [["tent", "green", "tent"], ["tent", "red"], ["tent"], ["mug"], []]
    fielded = Lexical.of_fields([{"only": document} for document in documents], {"only": 1.0})
    query = ["tent", "green", "laptop"]
    assert fielded.scores(query) == pytest.approx(Lexical.of(documents).scores(query), abs=1e-5)


def test_a_word_counts_by_the_weight_of_its_field_and_saturates_over_all_fields() -> None:
    documents = [
        {"head": ["tent"], "rest": ["x"]},
        {"head": ["y"], "rest": ["tent"]},
        {"head": ["tent"], "rest": ["tent"]},
        {"head": ["z"]},
    ]
    in_head, in_rest, in_both, in_none = Lexical.of_fields(documents, {"head": 4.0, "rest": 1.0}).scores(["tent"])
    assert in_both > in_head > in_rest > in_none == 0
    assert in_both < in_head + in_rest


def test_fields_that_are_saved_score_the_same(tmp_path: Path) -> None:
    made = Lexical.of_fields([{"a": ["tent"], "b": ["red"]}, {"a": ["mug"]}], {"a": 2.0, "b": 1.0})
    made.save(tmp_path / "words")
    assert Lexical.load(tmp_path / "words", 2).scores(["tent", "red"]).tolist() == made.scores(["tent", "red"]).tolist()
    assert Lexical.of_fields([], {"a": 1.0}).scores(["tent"]).tolist() == []


@pytest.mark.parametrize(
    ("written", "joined"),
    [("16 GB", "16gb"), ("16GB", "16gb"), ("2,5 kg", "2.5kg"), ('15.6"', "15.6inch"), ("Wi-Fi", "wifi"), ("SA2V/02", "sa2v02")],
)  # fmt: skip
def test_measures_and_models_meet_however_they_are_spaced(written: str, joined: str) -> None:
    assert joined in compounds(f"a {written} b")
    assert joined in query_words(written)


def test_a_text_to_embed_is_cut_at_a_word_after_what_the_product_is() -> None:
    text = product_text(replace(PRODUCTS[2], description="light " * 200))
    assert len(text) <= TEXT_LIMIT
    assert text.startswith("Wren Tent. Camping Tents. ")
    assert text.endswith(" light")
