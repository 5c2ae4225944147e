"""The sample shop: imported and indexed into a home, once, and served with customers whom anybody may try."""

from __future__ import annotations

import hashlib
import io
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.settings import Settings

DEMO_CUSTOMERS = {
    "C-1014": "two orders on their way",
    "C-1025": "a delayed order and a return",
    "C-1008": "a long history",
    "C-1003": "one order, sent back",
    "C-1004": "nothing ordered yet",
}
"""Invented customers of the sample shop and why one would try them."""

_FILES = ("products.jsonl", "faqs", "customers.jsonl", "orders.jsonl", "events.jsonl.gz")


def build_sample_shop(settings: Settings) -> bool:
    """Imports and indexes the sample shop into `settings.home`; False when that home has this very shop already.

    The note that says so is written last: its presence means that everything before it is complete.
    """
    note, version = settings.home / "sample_shop", _version(settings)
    if note.exists() and note.read_text() == version:
        return False

    from assistant.cli import import_
    from assistant.cli.index import index

    shop, home = settings.data / "shop", settings.home
    with redirect_stdout(io.StringIO()):  # tables of counts: of interest to who imports a shop of their own
        import_.products([shop / "products.jsonl"], home, replace=True)
        import_.faqs([shop / "faqs"], home, replace=True)
        import_.customers([shop / "customers.jsonl"], home)
        import_.orders([shop / "orders.jsonl"], home)
        import_.events([shop / "events.jsonl.gz"], home)
    index(home, settings.encoder or None)
    note.write_text(version)
    return True


def _version(settings: Settings) -> str:
    digest = hashlib.sha256(f"{settings.encoder}\n{settings.resolved_database_url}\n".encode())
    for name in _FILES:
        for path in _files(settings.data / "shop" / name):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _files(path: Path) -> list[Path]:
    return sorted(path.iterdir()) if path.is_dir() else [path]
