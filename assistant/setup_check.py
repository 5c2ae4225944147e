"""Setup check: what a shop still lacks, said before `aisle serve` listens."""

from __future__ import annotations

import os
from collections.abc import Iterator
from difflib import get_close_matches

from sqlalchemy import select

from assistant.actions.policy_file import load_policy
from assistant.settings import Settings
from assistant.shop_file import SETTINGS
from retrieval.store.database import open_database, reading
from retrieval.store.tables import FaqRow, ProductRow

_CONTACTS = ("name", "email", "phone", "hours")
_OTHER_NAMES = frozenset({"AISLE_PUBLIC_DATA"})
"""Variables that are no settings: the folder of public sets that measurements read."""


def missing(settings: Settings) -> Iterator[str]:
    """One line for each thing that is missing, with the next step.

    Raises StoreError, and SettingsError if the shop's policy on orders cannot work.
    """
    load_policy(settings)
    path = settings.resolved_shop_file
    if settings.sample_note.exists():
        yield (
            f"{settings.home} holds products and pages of the sample shop; `aisle demo` serves those. "
            "A shop of your own takes another home: aisle init --home DIR"
        )
    if unset := [key for key in _CONTACTS if not getattr(settings, SETTINGS[key])]:
        step = f"Set them in {path}" if path.exists() else f"`aisle init` writes them to {path}"
        yield f"The shop's {_joined(unset)} {'is' if len(unset) == 1 else 'are'} not set and never mentioned. {step}."
    if settings.logo_file is not None and not settings.logo_file.is_file():
        yield f"The logo {settings.logo_file} is no file. Copy it there, or change `logo` in {path}."
    if not settings.allowed_origins:
        yield (
            "No page of another host may show the chat. "
            f"Name your shop's address in AISLE_ALLOWED_ORIGINS or as `allowed_origins` in {path}."
        )
    yield from _records(settings)
    yield from _strange_names()


def is_empty(settings: Settings) -> bool:
    """True if the shop has neither products nor policies and questions. Raises StoreError."""
    return not any(_has_records(settings))


def _has_records(settings: Settings) -> tuple[bool, bool]:
    """Whether there are products, and whether there are policies and questions."""
    with reading(open_database(settings.resolved_database_url)) as connection:
        product, faq = (connection.scalar(select(row.id).limit(1)) for row in (ProductRow, FaqRow))
    return product is not None, faq is not None


def _records(settings: Settings) -> Iterator[str]:
    has_products, has_faqs = _has_records(settings)
    if not has_products:
        yield "There are no products yet. Run: aisle import products FILE"
    if not has_faqs:
        yield "There are no policies and questions yet, so none can be answered. Run: aisle import faqs FOLDER"


def _strange_names() -> Iterator[str]:
    """Variables that look like settings and are none, where a wrong letter would have no effect in silence."""
    known = [f"AISLE_{name.upper()}" for name in Settings.model_fields]
    for name in sorted(os.environ):
        if name.startswith("AISLE_") and name not in known and name not in _OTHER_NAMES:
            near = get_close_matches(name, known, 1)
            yield f"{name} is no setting and has no effect." + (f" Is {near[0]} meant?" if near else "")


def _joined(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
