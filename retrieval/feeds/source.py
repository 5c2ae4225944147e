"""Source: one file, whatever its compression and encoding, as lines of text."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from retrieval.errors import FeedError

_CHUNK = 1 << 20
_LONGEST_LINE = 1 << 28  # a small archive can unpack to a line that no memory holds
_DAMAGE = (gzip.BadGzipFile, EOFError, zlib.error)
_EXPORT = "Export the records from the shop as CSV, XML or JSON."
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FOREIGN = (
    (b"PK\x03\x04", "is a zip archive or an Excel workbook", "Save the sheet as CSV, or unpack the archive."),
    (b"%PDF", "is a PDF", _EXPORT),
    (b"SQLite format 3", "is a database", _EXPORT),
)  # fmt: skip
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_XML_DECLARATION = re.compile(
    rb"""^\s*<\?xml[^>]{0,100}encoding=["']"""
    rb"""(iso-8859-\d{1,2}|windows-125\d|koi8-[ru]|shift_jis|euc-(?:jp|kr)|gb2312|gbk|gb18030|big5)["']""",
    re.IGNORECASE,
)
"""Encodings that an XML feed may declare, other than UTF-8 and those that show by themselves."""


class Source:
    """A readable text file. Bytes that are no text in its encoding are kept as lone surrogates, for rows to report."""

    def __init__(self, path: Path, encoding: str, compressed: bool) -> None:
        self.path = path
        self.encoding = encoding
        self.size = path.stat().st_size
        self._compressed = compressed
        self._raw: IO[bytes] | None = None
        self.columns: tuple[str, ...] = ()
        """The header of a table, as the file spells it; () before it was read, and for other files."""
        self.short_rows: dict[int, int] = {}
        """How many cells a row of a table has, by its line, where it has fewer than the header."""

    @classmethod
    def open(cls, path: Path) -> Source:
        """Finds out how `path` is stored, reading it once to the end. Raises FeedError when it holds no text."""
        try:
            if path.is_dir():
                raise FeedError(f"{path} is a folder.", "Name the files in it.")
            if path.exists() and not path.is_file():
                raise FeedError(f"{path} is not a regular file.", "Save it to a file and import that.")
            with path.open("rb") as raw:
                compressed = raw.read(2) == b"\x1f\x8b"
            with path.open("rb") as raw, _unpacked(raw, compressed) as stream:
                encoding = _encoding(path, stream)
        except _DAMAGE as error:
            raise _damaged(path, error) from error
        except (OSError, ValueError) as error:
            raise _unreadable(path, error) from error
        return cls(path, encoding, compressed)

    @property
    def name(self) -> str:
        """The path, as it is shown to people."""
        return str(self.path)

    @property
    def position(self) -> int:
        """How many of the file's `size` bytes have been read."""
        return 0 if self._raw is None or self._raw.closed else self._raw.tell()

    def lines(self) -> Iterator[str]:
        """The lines with their ends, from the start. Raises FeedError when the file cannot be read on."""
        with self._reading() as text:
            while line := text.readline(_LONGEST_LINE):
                if len(line) == _LONGEST_LINE:
                    raise FeedError(f"{self.path} has a line of more than {_LONGEST_LINE:,} characters.", _EXPORT)
                yield line

    def blocks(self) -> Iterator[str]:
        """The text in pieces of at most a million characters, wherever its lines end. Raises FeedError as `lines` does."""
        with self._reading() as text:
            while block := text.read(_CHUNK):
                yield block

    @contextmanager
    def _reading(self) -> Iterator[io.TextIOWrapper]:
        try:
            with self.path.open("rb") as self._raw, _unpacked(self._raw, self._compressed) as stream:
                errors = "surrogateescape" if self.encoding in ("utf-8", "cp1252") else "replace"
                yield io.TextIOWrapper(stream, self.encoding, errors, newline="")
        except _DAMAGE as error:
            raise _damaged(self.path, error) from error
        except OSError as error:
            raise _unreadable(self.path, error) from error

    def text(self) -> str:
        """The whole file."""
        return "".join(self.lines())


def _unpacked(raw: IO[bytes], compressed: bool) -> IO[bytes]:
    return cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if compressed else raw


def _damaged(path: Path, error: Exception) -> FeedError:
    return FeedError(f"{path} is a damaged gzip file: {error}.", "Download or compress it again.")


def _unreadable(path: Path, error: Exception) -> FeedError:
    reason = getattr(error, "strerror", None) or str(error)
    return FeedError(f"{path} cannot be read: {reason}.", "Check the path and its permissions.")


def _encoding(path: Path, stream: IO[bytes]) -> str:
    head = stream.read(_CHUNK)
    if not head.strip():
        raise FeedError(f"{path} is empty.", "Export it again.")
    for magic, what, hint in _FOREIGN:
        if head.startswith(magic):
            raise FeedError(f"{path} {what}.", hint)
    encoding = _marked(head) or _wide(head)
    if encoding is None and len(_BINARY.findall(head)) > 3 + 0.01 * len(head):
        raise FeedError(f"{path} is not a text file.", _EXPORT)
    if encoding is None and (declared := _XML_DECLARATION.match(head)):
        encoding = codecs.lookup(declared[1].decode("ascii")).name
    return encoding or _utf8_or_windows(head, stream)


def _marked(head: bytes) -> str | None:
    return next((encoding for mark, encoding in _BYTE_ORDER_MARKS if head.startswith(mark)), None)


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark shows as a NUL in every second byte of Latin text."""
    sample = head[:2000]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if abs(even - odd) < 0.3 * len(sample):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _utf8_or_windows(head: bytes, stream: IO[bytes]) -> str:
    """UTF-8, unless more of its bytes beyond ASCII are wrong than right, as in a file of an old Windows program."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    right = wrong = 0
    chunk = head
    while chunk:
        if not chunk.isascii() or right or wrong:
            beyond = re.findall(r"[^\x00-\x7f]", decoder.decode(chunk))
            bad = sum("\udc80" <= letter <= "\udcff" for letter in beyond)
            right, wrong = right + len(beyond) - bad, wrong + bad
        chunk = stream.read(_CHUNK)
    return "cp1252" if wrong > right else "utf-8"
