"""A small retail world of our own, in the form of the public one."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

ADDRESS = {"address1": "1 Elm Road", "address2": "", "city": "Salem", "country": "USA", "state": "OR", "zip": "97301"}
OTHER = {"address1": "7 Oak Way", "address2": "Flat 2", "city": "Reno", "country": "USA", "state": "NV", "zip": "89501"}


def _variants(*rows: tuple[str, str, str, bool]) -> dict[str, Any]:
    return {
        item: {"item_id": item, "options": {"color": color, "battery life": "9 hours"}, "available": available,
               "price": float(price)}
        for item, color, price, available in rows
    }  # fmt: skip


def _payments(amount: float, method: str, refunded: bool = False) -> list[dict[str, Any]]:
    paid = {"transaction_type": "payment", "amount": amount, "payment_method_id": method}
    return [paid, {**paid, "transaction_type": "refund"}] if refunded else [paid]


def _order(identity: str, user: str, status: str, items: list[tuple[str, str, float]], method: str) -> dict[str, Any]:
    names = {"p1": "Lamp", "p2": "Radio"}
    total = round(sum(price for _, _, price in items), 2)
    return {
        "order_id": identity, "user_id": user, "address": ADDRESS, "status": status,
        "items": [
            {"name": names[product], "product_id": product, "item_id": item, "price": price, "options": {}}
            for product, item, price in items
        ],
        "fulfillments": [] if status == "pending" else [{"tracking_id": ["777"], "item_ids": [item for _, item, _ in items]}],
        "payment_history": _payments(total, method, status == "cancelled"),
    }  # fmt: skip


LAMPS = [("p1", "11", 40.5), ("p2", "21", 99.99)]
TWICE = [("p1", "11", 40.5), ("p1", "11", 40.5), ("p1", "12", 38.0)]
WORLD: dict[str, Any] = {
    "products": {
        "p1": {
            "name": "Lamp", "product_id": "p1",
            "variants": _variants(
                ("11", "red", "40.50", True), ("12", "blue", "38.00", True), ("13", "gold", "61.20", True),
                ("14", "grey", "12.00", False),
            ),
        },
        "p2": {"name": "Radio", "product_id": "p2", "variants": _variants(("21", "red", "99.99", True), ("22", "blue", "80.00", True))},
    },
    "users": {
        user: {
            "user_id": user, "name": {"first_name": user.title(), "last_name": "Doe"}, "address": ADDRESS,
            "email": f"{user}@example.com",
            "payment_methods": {
                f"credit_card_{n}": {"source": "credit_card", "id": f"credit_card_{n}", "brand": "visa", "last_four": "4242"},
                f"paypal_{n}": {"source": "paypal", "id": f"paypal_{n}"},
                f"gift_card_{n}": {"source": "gift_card", "id": f"gift_card_{n}", "balance": 45},
            },
            "orders": [],
        }
        for n, user in enumerate(("ann", "ben"), 1)
    },
    "orders": {
        order["order_id"]: order
        for order in (
            _order("#W1", "ann", "pending", LAMPS, "credit_card_1"),
            _order("#W2", "ann", "pending", TWICE, "gift_card_1"),
            _order("#W3", "ann", "delivered", LAMPS, "paypal_1"),
            _order("#W4", "ann", "delivered", TWICE, "gift_card_1"),
            _order("#W5", "ann", "processed", LAMPS, "paypal_1"),
            _order("#W6", "ann", "cancelled", LAMPS, "gift_card_1"),
            _order("#W7", "ben", "pending", LAMPS, "credit_card_2"),
        )
    },
}  # fmt: skip


def write_world(folder: Path, world: dict[str, Any] = WORLD) -> Path:
    """The world in a folder, packed as the public one is."""
    (folder / "db.json.gz").write_bytes(gzip.compress(json.dumps(world).encode()))
    return folder


def write_tasks(path: Path, *tasks: tuple[str, list[tuple[str, dict[str, Any]]]]) -> Path:
    """Tasks as JSONL: each a customer and their actions."""
    rows = [
        {"user_id": user, "instruction": "", "actions": [{"name": name, "kwargs": values} for name, values in actions]}
        for user, actions in tasks
    ]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path
