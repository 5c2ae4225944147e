"""What a later message does to the search before it."""

from __future__ import annotations

from decimal import Decimal

from assistant.understanding.grammar.dropping import ALL
from assistant.understanding.refinement import Search, holds, refined, released
from retrieval.catalog.filter import Condition, Filter, Operator, Sort

TENTS = Condition("product_type", Operator.IN, ("Tents",))
RED = Condition("color", Operator.IN, ("Red",))


def at_most(number: int) -> Condition:
    return Condition("price", Operator.AT_MOST, number=Decimal(number))


def at_least(number: int) -> Condition:
    return Condition("price", Operator.AT_LEAST, number=Decimal(number))


def conditions(before: tuple[Condition, ...], *new: Condition) -> set[Condition]:
    return set(refined(Search("tents", Filter(before)), new, Sort.RELEVANCE, "", "").filter.conditions)


def test_a_condition_joins_those_on_other_fields() -> None:
    assert conditions((TENTS,), RED, at_most(50)) == {TENTS, RED, at_most(50)}


def test_a_later_value_takes_the_place_of_an_earlier_one() -> None:
    blue = Condition("color", Operator.IN, ("Blue",))
    assert conditions((TENTS, RED), blue) == {TENTS, blue}


def test_what_is_ruled_out_adds_up_and_leaves_what_was_wanted() -> None:
    no_red, no_blue = (Condition("color", Operator.NOT_IN, (value,)) for value in ("Red", "Blue"))
    assert conditions((no_red,), no_blue) == {Condition("color", Operator.NOT_IN, ("Red", "Blue"))}
    assert conditions((Condition("color", Operator.IN, ("Red", "Blue")),), no_red) == {
        Condition("color", Operator.IN, ("Blue",)), no_red,
    }  # fmt: skip
    assert conditions((RED,), no_red) == {no_red}


def test_wanting_what_was_ruled_out_lifts_the_ban() -> None:
    assert conditions((Condition("color", Operator.NOT_IN, ("Red",)),), RED) == {RED}


def test_bounds_stand_together_only_where_something_fits_between() -> None:
    assert conditions((at_least(20),), at_most(50)) == {at_least(20), at_most(50)}
    assert conditions((at_least(80),), at_most(50)) == {at_most(50)}
    assert conditions((at_most(80),), at_most(50)) == {at_most(50)}


def test_words_of_the_query_add_up_without_repetition() -> None:
    search = refined(Search("warm tents", Filter()), (), Sort.RELEVANCE, "", "light tents")
    assert search.query == "warm tents light"


def test_an_order_stays_until_another_is_asked_for() -> None:
    lightest = refined(Search("", Filter()), (), Sort.LOWEST, "weight", "")
    assert (lightest.filter.sort, lightest.filter.sort_field) == (Sort.LOWEST, "weight")
    assert refined(lightest, [RED], Sort.RELEVANCE, "", "").filter.sort is Sort.LOWEST
    cheapest = refined(lightest, [], Sort.PRICE_LOW, "", "")
    assert (cheapest.filter.sort, cheapest.filter.sort_field) == (Sort.PRICE_LOW, "")


def test_giving_up_the_price_gives_up_its_order_too() -> None:
    before = Search("tents", Filter((TENTS, RED, at_most(50)), Sort.PRICE_LOW))
    assert released(before, ["price"]) == Search("tents", Filter((TENTS, RED)))


def test_giving_up_everything_keeps_the_kind_of_product() -> None:
    before = Search("tents", Filter((TENTS, RED, at_most(50)), Sort.RATING))
    assert released(before, [ALL]) == Search("tents", Filter((TENTS,)))


def test_only_what_there_is_can_be_given_up() -> None:
    assert holds(Filter((RED,)), ["color"])
    assert holds(Filter((RED,)), [ALL])
    assert holds(Filter(sort=Sort.PRICE_LOW), ["price"])
    assert not holds(Filter((RED,)), ["price"])
