"""Customers and events of JSONL, JSON and CSV files.

{"id": "C-1", "name": "Ines Aldana", "email": "ines@example.com"}
{"customer_id": "C-1", "product_id": "T-100", "kind": "view", "time": "2026-11-02T09:15:00+00:00"}
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, PlainValidator

from retrieval.catalog.customer import Customer, Event, EventKind
from retrieval.feeds.checked import checked
from retrieval.feeds.intake import Intake
from retrieval.feeds.named_values import NamedValues, named_values
from retrieval.feeds.report import MISSING, FeedRow, RowError
from retrieval.feeds.source import Source
from retrieval.feeds.values import read_id, read_line, read_moment, read_stars, shown

CUSTOMER: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "customer_id"),
    "name": ("name", "full_name", "customer_name"),
    "email": ("email", "e_mail", "email_address"),
}
"""For each field of Customer, the names under which it is looked for, best first."""
EVENT: Mapping[str, tuple[str, ...]] = {
    "customer_id": ("customer_id", "user_id"),
    "product_id": ("product_id", "item_id"),
    "kind": ("kind", "event", "event_type", "type"),
    "time": ("time", "timestamp", "date", "created_at"),
    "rating": ("rating", "stars"),
}
"""For each field of Event, the names under which it is looked for, best first."""
_KINDS = {
    "view": EventKind.VIEW,
    "cart": EventKind.CART,
    "add_to_cart": EventKind.CART,
    "addtocart": EventKind.CART,
    "purchase": EventKind.PURCHASE,
    "transaction": EventKind.PURCHASE,
    "order": EventKind.PURCHASE,
    "rating": EventKind.RATING,
}


def read_customers(source: Source, intake: Intake) -> Iterator[FeedRow[Customer]]:
    """Every customer of a file; of two with one id the first stays."""
    for row in named_values(source, CUSTOMER["id"]):
        if isinstance(row, RowError):
            yield row
            continue
        values, names = row.under(CUSTOMER)
        if not values["name"]:
            values["name"] = " ".join(
                str(row.values[name]) for name in ("first_name", "last_name") if row.values.get(name)
            )
        found = checked(_Customer, row.file, row.line, values, names)
        if isinstance(found, list):
            yield from found
        elif not (found.name or found.email):
            yield RowError(row.file, row.line, names["name"], "is missing or empty, and so is the e-mail address")
        elif before := intake.first_place(Customer, found.id, row.file, row.line):
            yield RowError(row.file, row.line, names["id"], f"{shown(found.id)} was seen before on {before}")
        else:
            yield Customer(found.id, found.name, found.email)


def read_events(source: Source, intake: Intake) -> Iterator[FeedRow[Event]]:
    """Every event of a file. An event that occurs twice is one event."""
    for row in named_values(source, EVENT["customer_id"], EVENT["product_id"]):
        yield from [row] if isinstance(row, RowError) else _event(row)


def _event(row: NamedValues) -> Iterator[Event | RowError]:
    values, names = row.under(EVENT)
    found = checked(_Event, row.file, row.line, values, names)
    if isinstance(found, list):
        yield from found
    elif found.kind is EventKind.RATING and found.rating is None:
        yield RowError(row.file, row.line, names["rating"], MISSING)
    else:
        rating = found.rating if found.kind is EventKind.RATING else None
        yield Event(found.customer_id, found.product_id, found.kind, found.time, rating)


def _email(value: object) -> str:
    text = read_line(value)
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", text):
        raise ValueError("is no e-mail address")  # without the value: it is personal
    return text


def _kind(value: object) -> EventKind:
    kind = _KINDS.get(str(value).strip().lower().replace(" ", "_").replace("-", "_"))
    if kind is None:
        raise ValueError(f"{shown(value)} is none of view, cart, purchase, rating")
    return kind


_Id = Annotated[str, PlainValidator(read_id)]


class _Customer(BaseModel):
    id: _Id
    name: Annotated[str, PlainValidator(read_line)] = ""
    email: Annotated[str, PlainValidator(_email)] = ""


class _Event(BaseModel):
    customer_id: _Id
    product_id: _Id
    kind: Annotated[EventKind, PlainValidator(_kind)]
    time: Annotated[datetime, PlainValidator(read_moment)]
    rating: Annotated[int | None, PlainValidator(read_stars)] = None
