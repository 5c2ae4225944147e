"""Files of feeds for the tests, and short ways to read them."""

from __future__ import annotations

from datetime import UTC, tzinfo
from pathlib import Path

from retrieval.catalog.product import Product
from retrieval.feeds.intake import Intake
from retrieval.feeds.recognition import read_products
from retrieval.feeds.report import RowError, RowWarning, Skipped
from retrieval.feeds.source import Source

FEEDS = Path(__file__).parent.parent / "fixtures" / "feeds"


class Read:
    """What a feed held: good products by id, errors and mended faults as (line, field), and the lines that were left out."""

    def __init__(self, path: Path, currency: str = "USD", zone: tzinfo = UTC) -> None:
        rows = list(read_products(Source.open(path), Intake(currency, zone)))
        self.products = {row.id: row for row in rows if isinstance(row, Product)}
        self.reports = [row for row in rows if isinstance(row, RowError)]
        self.errors = sorted((row.line, row.field) for row in self.reports)
        self.mended = sorted((row.line, row.field) for row in rows if isinstance(row, RowWarning))
        self.skipped = [row.line for row in rows if isinstance(row, Skipped)]


def read_bytes(folder: Path, content: bytes | str, currency: str = "USD", zone: tzinfo = UTC) -> Read:
    """What a file with `content` holds; its name says nothing about it."""
    path = folder / "feed"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return Read(path, currency, zone)
