"""First words are given only where a reply must name one thing above all, and what goes on from them reads as one."""

from __future__ import annotations

import pytest

from assistant.act import Act
from assistant.writing.leads import lead, led


def test_what_was_not_found_is_named() -> None:
    assert {lead([Act.FOUND_NOTHING], {"search.query"}) for _ in range(100)} >= {"I searched for"}
    assert lead([Act.FOUND_NOTHING], {"search.query", "search.filters"}) == ""
    assert lead([Act.FOUND_NOTHING], {}) == ""


def test_only_a_question_for_the_range_begins_with_it() -> None:
    assert lead([Act.CAPABILITIES], {"shop.offers"}) in ("We have", "I can help you find")
    assert lead([Act.CAPABILITIES], {"shop.offers", "shop.name"}) == ""


def test_a_comparison_in_one_property_begins_with_it() -> None:
    features = {"p1.name", "p2.name", "p1.feature", "p2.feature"}
    assert "{p1.feature}" in lead([Act.COMPARED], features)
    assert lead([Act.COMPARED], features | {"p1.stock"}) == ""


def test_several_acts_begin_as_the_model_likes() -> None:
    assert lead([Act.FOUND_NOTHING, Act.ANSWERED], {"search.query"}) == ""


@pytest.mark.parametrize("pieces", [[" {search.query}", "."], ["", " ", "{search.query}."], ["{search.query}."]])
def test_what_goes_on_follows_after_one_space(pieces: list[str]) -> None:
    assert "".join(led("I searched for", pieces)) == "I searched for {search.query}."
