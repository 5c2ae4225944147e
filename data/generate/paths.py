"""Where the sample shop's sources lie and where its files go, and the way JSONL is written."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

GENERATE = Path(__file__).parent
CATALOG = GENERATE / "catalog"
SHOP = GENERATE.parent / "shop"

TODAY = date(2026, 11, 20)
"""The day on which the sample shop's data stands still: events end on it and orders count from it."""

Record = Mapping[str, object]


def dice(*seed: object) -> random.Random:
    """A random generator that depends on `seed` alone, so that one record's luck never shifts another's."""
    return random.Random("/".join(str(part) for part in ("fern-and-fell", *seed)))


def slug(text: str) -> str:
    """`text` as part of an id or file name: "5.5 l" becomes "5-5-l"."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def jsonl(records: Iterable[Record]) -> str:
    """One JSON object per line."""
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def write_text(path: Path, text: str) -> None:
    """Writes `text` as UTF-8 with Unix line ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def write_gzip(path: Path, text: str) -> None:
    """Writes `text` compressed, without a time stamp, so that equal text gives equal bytes."""
    path.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))
