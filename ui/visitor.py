"""Visitor: who sends a message."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks: the network address that limits count, and the customer if the server knows one."""

    client: str
    customer_id: str | None = None
