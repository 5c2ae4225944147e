"""Plain replies hold without any contact: one that is not set is no fact, and no reply refers to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from typing import get_args

import pytest

from assistant.dialogue.product_numbers import ProductNumbers
from assistant.evidence.brief import Brief, Note
from assistant.evidence.briefing import Briefing
from assistant.planning.plan import Ask, HandOver, Plan, Policy, Step, Talk
from assistant.shop import Shop
from assistant.writing.plain_replies import plain_reply
from retrieval.catalog.catalog import Catalog

CONTACTS = {"email": "help@oak.example", "phone": "+44 20 7946 0000", "hours": "9 to 5"}


def brief_of(shop: Shop, *notes: Note) -> Brief:
    return Briefing(Catalog(()), shop, lambda: datetime(2026, 11, 29, tzinfo=UTC)).brief(ProductNumbers(), notes=notes)


def shops() -> Iterator[Shop]:
    """Every choice of contacts that are set."""
    for chosen in product((True, False), repeat=4):
        name, *others = chosen
        contacts = {key: value for (key, value), is_set in zip(CONTACTS.items(), others, strict=True) if is_set}
        yield Shop("Oak" if name else "", **contacts)


def steps() -> Iterator[Step]:
    yield HandOver(reason="asked")
    yield Policy(question="may I return it?")
    yield from (Talk(about=about) for about in get_args(Talk.model_fields["about"].annotation))
    yield from (Ask(about=about) for about in get_args(Ask.model_fields["about"].annotation))


@pytest.mark.parametrize(
    "shop",
    list(shops()),
    ids=lambda shop: "-".join(filter(None, (shop.name, shop.email, shop.phone, shop.hours))) or "none",
)
def test_a_contact_that_is_not_set_is_no_fact_and_in_no_plain_reply(shop: Shop) -> None:
    for notes in ((), *((note,) for note in Note)):
        brief = brief_of(shop, *notes)
        for key in ("name", *CONTACTS):
            assert (f"shop.{key}" in brief.facts) == bool(getattr(shop, key))
        for step in steps():
            text = plain_reply(Plan(steps=(step,)), brief)
            assert text
            assert set(re.findall(r"\{([\w.]+)\}", text)) <= set(brief.facts)


@pytest.mark.parametrize(
    ("shop", "told"),
    [
        (Shop("Oak", **CONTACTS), "{shop.email}"),
        (Shop("Oak", phone="1"), "{shop.phone}"),
        (Shop("Oak"), "Please contact the shop."),
    ],
)
def test_a_person_is_reached_by_what_the_shop_has(shop: Shop, told: str) -> None:
    assert told in plain_reply(Plan(steps=(HandOver(reason="asked"),)), brief_of(shop))
