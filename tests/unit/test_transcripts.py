"""The sample shop's transcripts are well formed, and say of orders and prices what the shop's records say."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).resolve().parents[2] / "data"
TRANSCRIPTS = DATA / "transcripts" / "fern-and-fell.jsonl"


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def transcripts() -> list[dict[str, Any]]:
    return read(TRANSCRIPTS)


def replies(transcript: dict[str, Any]) -> str:
    return " ".join(message["content"] for message in transcript["messages"] if message["role"] == "assistant")


def test_messages_alternate_and_begin_with_the_customer(transcripts: list[dict[str, Any]]) -> None:
    assert len(transcripts) >= 60
    assert len({transcript["id"] for transcript in transcripts}) == len(transcripts)
    for transcript in transcripts:
        roles = [message["role"] for message in transcript["messages"]]
        assert roles == [("user", "assistant")[place % 2] for place in range(len(roles))]
        assert 4 <= len(roles) <= 10
        assert all(message["content"].strip() for message in transcript["messages"])


def test_orders_belong_to_the_customer_who_is_signed_in(transcripts: list[dict[str, Any]]) -> None:
    owners = {order["id"]: order["customer_id"] for order in read(DATA / "shop" / "orders.jsonl")}
    named = [
        (transcript.get("customer_id"), number)
        for transcript in transcripts
        for number in re.findall(r"FF-\d+", replies(transcript))
    ]
    assert len(named) > 10
    assert all(owners[number] == customer for customer, number in named)


def test_prices_to_the_cent_stand_in_the_records(transcripts: list[dict[str, Any]]) -> None:
    known = {Decimal(order["total"]) for order in read(DATA / "shop" / "orders.jsonl")}
    for product in read(DATA / "shop" / "products.jsonl"):
        known |= {Decimal(product[field].split()[0]) for field in ("price", "sale_price") if product.get(field)}
    policies = {Decimal("5.95"), Decimal("14.95")}
    for transcript in transcripts:
        for amount in re.findall(r"\$(\d+\.\d\d)", replies(transcript)):
            assert Decimal(amount) in known | policies, (transcript["id"], amount)


def test_agents_claim_no_act(transcripts: list[dict[str, Any]]) -> None:
    claim = re.compile(
        r"\b(I have|I've|I'll|we'll|we have) (just )?(cancel|refund|chang|sent|forward|book|reserv)", re.I
    )
    assert [transcript["id"] for transcript in transcripts if claim.search(replies(transcript))] == []
