"""The verifier of the simulation is itself proved: right replies pass, and every wrong one is caught."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from assistant.act import Act
from assistant.actions.order import Order, OrderLine, OrderStatus
from assistant.evidence.evidence import Evidence
from assistant.reply import Reply
from assistant.request import Intent, Request
from retrieval.catalog.candidate import Candidate
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.faq import Faq
from retrieval.catalog.money import Money
from retrieval.catalog.product import Availability, Product
from tests.simulation.facts import verify

TENT = Product(
    "t", "Alder 2 Tent", Money(Decimal(200)), sale_price=Money(Decimal(150)), rating=4.6, rating_count=87, size="7",
    attributes={"weight": "2.1 kg"},
)  # fmt: skip
BOOTS = Product("b", "Tarn Boots", Money(Decimal(120)), availability=Availability.OUT_OF_STOCK, rating=4.1)
RETURNS = Faq("r", "Returns", "You can return things within **30 days**. It costs $5.")
ORDER = Order(
    "A-104", "c", OrderStatus.SHIPPED, datetime(2026, 11, 1, tzinfo=UTC), (OrderLine("t", "Alder 2 Tent", 2, Money(Decimal(150))),),
    Money(Decimal(300)), expected=date(2026, 11, 24), tracking="PW99123",
)  # fmt: skip


def _reply(text: str) -> Reply:
    evidence = Evidence((Act.FOUND_PRODUCTS,), (), (Candidate(TENT, 1.0), Candidate(BOOTS, 1.0)), (RETURNS,))
    return Reply("c", text, text, Request("hm", (Intent("find_product", 1.0),)), evidence, (), False, {})


@pytest.mark.parametrize(
    "text",
    [
        "The Alder 2 Tent is $150.00, down from $200.00.",
        "You save $50.00 on the Alder 2 Tent.",
        "The Alder 2 Tent is in stock and rated 4.6 out of 5, based on 87 ratings.",
        "The Tarn Boots are sold out.",
        "The Tarn Boots are $30.00 cheaper than the Alder 2 Tent.",
        "The Alder 2 Tent at $150.00 has a weight of 2.1 kg.",
        "It comes in size 7.",
        "You can return things within 30 days. It costs $5.",
        "Order A-104 with 2 × Alder 2 Tent is on its way and expected on November 24. The total is $300.00.",
        "The tracking number is PW99123.",
        "I found these. Would you like me to compare them?",
    ],
)
def test_right_replies_pass(text: str) -> None:
    verdict = verify(_reply(text), Catalog([TENT, BOOTS], [RETURNS]), [ORDER])
    assert (verdict.wrong_facts, verdict.promises) == ([], [])


@pytest.mark.parametrize(
    "text",
    [
        "The Alder 2 Tent is $149.00.",
        "The Alder 2 Tent is $120.00.",
        "The Alder 2 Tent is $200.00.",
        "The Alder 2 Tent is sold out.",
        "The Tarn Boots are in stock.",
        "The Alder 2 Tent is not in stock.",
        "The Alder 2 Tent is rated 4.8 out of 5.",
        "It is based on 90 ratings.",
        "The Tarn Boots are more expensive than the Alder 2 Tent.",
        "You can return things within 60 days.",
        "It takes two weeks.",
        "It costs $7.",
        "It is 20% off.",
        "Order A-105 is on its way.",
        "It is expected on November 25.",
        "There are 12 left.",
    ],
)
def test_wrong_facts_are_caught(text: str) -> None:
    assert verify(_reply(text), Catalog([TENT, BOOTS], [RETURNS]), [ORDER]).wrong_facts


@pytest.mark.parametrize(
    "text",
    [
        "I have cancelled your order.", "We've refunded you.", "I'll forward this to the team.", "Your refund has been issued.",
        "You will receive an e-mail.", "A replacement is on its way.", "Someone will call you.", "We are going to send a new one.",
    ],
)  # fmt: skip
def test_promises_are_caught(text: str) -> None:
    assert verify(_reply(text), Catalog([TENT, BOOTS], [RETURNS])).promises
