"""Snapshot: everything that a server keeps in memory of a shop's records, as it was at one moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.catalog.catalog import Catalog
from retrieval.catalog.customer import Event
from retrieval.store.versions import DataVersion


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Products, FAQs and events that were read in one transaction, and their version."""

    version: DataVersion
    catalog: Catalog
    events: Sequence[Event]
