"""What a reply about one order says unasked: what to do if it is late, and what can still be changed; from pages and policy alone."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant.actions.order import OrderStatus
from assistant.actions.orders import Orders
from retrieval.catalog.faq import Faq
from retrieval.store.records import Records
from tests.unit.actions.order_desk import ADA, POLICY, order
from tests.unit.order_chat import OrderChat

LATE_PAGE = "If your parcel is more than 3 business days late, write to us, and we search for it with the carrier."


def plant_page(records: Records, orders: Orders) -> None:
    records.upsert_faqs([Faq("late", "My order is late. What can I do?", LATE_PAGE)])


def asked(home: Path, status: OrderStatus, rules: str = POLICY, *, has_page: bool = False, **more: object) -> str:
    """The reply to Ada when she asks where order A-9 is."""
    chat = OrderChat(home, rules, plant_page) if has_page else OrderChat(home, rules)
    Orders(chat.engine).upsert([order("A-9", status, **more)])
    return chat.say("Where is order A-9?", "order status A-9").text


@pytest.mark.parametrize("status", [OrderStatus.SHIPPED, OrderStatus.DELAYED])
def test_a_late_order_comes_with_what_the_shop_says_of_late_orders(tmp_path: Path, status: OrderStatus) -> None:
    text = asked(tmp_path, status, has_page=True, expected=date(2026, 11, 16), carrier="Parcelway")
    assert "4 days late" in text
    assert LATE_PAGE in text


@pytest.mark.parametrize("status", [OrderStatus.PROCESSING, OrderStatus.DELAYED])
def test_pages_on_late_parcels_are_not_quoted_for_an_order_that_was_not_sent(
    tmp_path: Path, status: OrderStatus
) -> None:
    text = asked(tmp_path, status, has_page=True, expected=date(2026, 11, 16))
    assert "4 days late" in text
    assert LATE_PAGE not in text
    assert "help@oak.example" in text


def test_without_such_a_page_the_contact_is_named(tmp_path: Path) -> None:
    text = asked(tmp_path, OrderStatus.SHIPPED, expected=date(2026, 11, 16))
    assert "help@oak.example, so that we can look for it" in text


def test_an_order_in_time_is_not_called_late(tmp_path: Path) -> None:
    text = asked(tmp_path, OrderStatus.SHIPPED, has_page=True, expected=date(2026, 11, 24))
    assert "If it isn't there by then, please tell our team at help@oak.example." in text
    assert LATE_PAGE not in text
    assert "late" not in text


@pytest.mark.parametrize("status", [OrderStatus.DELIVERED, OrderStatus.CANCELLED, OrderStatus.RETURNED])
def test_an_order_that_is_closed_gets_neither(tmp_path: Path, status: OrderStatus) -> None:
    text = asked(tmp_path, status, has_page=True, expected=date(2026, 11, 1))
    assert LATE_PAGE not in text
    assert not re.search(r"still|no longer|isn't there", text)


def test_what_can_still_be_changed_is_what_the_policy_allows(tmp_path: Path) -> None:
    text = asked(tmp_path, OrderStatus.PROCESSING)
    assert (
        "You can still cancel it, change its items, change its address or change how it is paid here in the chat."
        in text
    )


def test_another_payment_is_offered_only_to_a_customer_who_has_one(tmp_path: Path) -> None:
    chat = OrderChat(tmp_path)
    chat.customer = "C-2"  # Bo has paid everything with one card
    text = chat.say("Where is order B-1?", "order status B-1").text
    assert "You can still cancel it, change its items or change its address here in the chat." in text


def test_what_was_changed_as_often_as_allowed_is_not_offered(tmp_path: Path) -> None:
    chat = OrderChat(tmp_path, POLICY.replace("only_options: false", "only_options: false\n  times: 1"))
    record = chat.actions.find(ADA, "A-1")[0]
    assert "change_items" in (chat.actions.still_possible(record) or ())
    assert "change_items" not in (chat.actions.still_possible(replace(record, item_changes=1)) or ())


def test_only_allowed_changes_are_named(tmp_path: Path) -> None:
    text = asked(tmp_path, OrderStatus.PROCESSING, "---\ncancel:\n  when: [processing]\n---\n")
    assert "You can still cancel it here in the chat." in text
    assert "address" not in text


def test_when_it_is_too_late_for_changes_that_is_said(tmp_path: Path) -> None:
    assert "It can no longer be changed or cancelled." in asked(tmp_path, OrderStatus.SHIPPED)


@pytest.mark.parametrize("status", [OrderStatus.PROCESSING, OrderStatus.SHIPPED])
@pytest.mark.parametrize("rules", ["---\n{}\n---\n", "---\nreturn:\n  when: [delivered]\n---\n"])
def test_a_shop_that_changes_nothing_here_says_nothing_of_it(tmp_path: Path, status: OrderStatus, rules: str) -> None:
    assert not re.search(r"still (?:cancel|change)|no longer", asked(tmp_path, status, rules))


def test_several_orders_are_listed_without_it(tmp_path: Path) -> None:
    text = OrderChat(tmp_path, plant=plant_page).say("how are my orders doing?", "order history").text
    assert not re.search(r"still cancel|no longer", text)
