"""Who a visitor of the sample shop may sign in as."""

from __future__ import annotations

DEMO_CUSTOMERS = {
    "C-1029": "two orders on their way",
    "C-1072": "one delayed order",
    "C-1005": "a long history",
    "C-1007": "one order being prepared",
    "C-1004": "nothing ordered yet",
}
"""Invented customers of the sample shop and why one would try them."""
