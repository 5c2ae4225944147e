"""Unpacked: a bound on what a packed feed grows to, for feeds that come over a network."""

from __future__ import annotations

import gzip
import zlib
from contextlib import suppress
from pathlib import Path

from retrieval.errors import FeedError

LARGEST = 512_000_000
"""Bytes of a feed once it is unpacked."""

_BLOCK = 1 << 20


class FeedTooLarge(FeedError):
    """A feed is larger than a machine should take from a network."""


def check_unpacked(path: Path, largest: int = LARGEST) -> None:
    """Raises FeedTooLarge if the file at `path` is packed with gzip and unpacks to more than `largest` bytes.

    Damage is no matter here: whoever reads the file reports it.
    """
    with path.open("rb") as file:
        if file.read(2) != b"\x1f\x8b":
            return
    unpacked = 0
    with suppress(OSError, EOFError, zlib.error), gzip.open(path) as stream:
        while block := stream.read(_BLOCK):
            unpacked += len(block)
            if unpacked > largest:
                raise FeedTooLarge(f"The feed unpacks to more than {largest:,} bytes.", "Split it into several feeds.")
