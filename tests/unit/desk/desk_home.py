"""A shop with people behind the assistant: records, database and desk are real, the language model is scripted."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from assistant.access.staff import Role, StaffAccounts
from assistant.settings import Settings
from tests.unit.small_home import make_home

PERSON, TENTS, PRICE, STATUS, THANKS, RETURNS = (
    "a person please",
    "show me tents",
    "how much is the Wren Tent?",
    "where is my order?",
    "thanks",
    "how do returns work?",
)
PLANS = {
    PERSON: "hand_over asked",
    TENTS: "find tents",
    PRICE: "details [Wren Tent]: price",
    STATUS: "order status",
    THANKS: "talk thanks",
    RETURNS: "policy: how do returns work",
}
POLICY = """---
people:
  hours: always
  email_within: within one business day
---
"""


def make_desk_home(home: Path, policy: str = POLICY, **settings: object) -> Settings:
    """The small shop with a policy by which people answer."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "policy.md").write_text(policy, encoding="utf-8")
    return make_home(home, adapter="scripted", secret="0123456789abcdef" * 3, rate_limit="1000/minute", **settings)


PASSWORD = "four plain words here"


def cookie_of(app: FastAPI, account: str, title: str) -> str:
    """The staff cookie of a new agent who has signed in. `title` is the name that customers see."""
    accounts: StaffAccounts = app.state.staff_accounts()
    accounts.add(account, title, Role.AGENT, PASSWORD)
    return accounts.sign_in(account, PASSWORD, "test")
