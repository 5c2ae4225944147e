from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from retrieval.errors import FeedError
from retrieval.feeds.source import Source

TEXT = "id\ttitle\nA\tCafé crème – 5 €\n"


def opened(folder: Path, content: bytes) -> Source:
    path = folder / "feed"
    path.write_bytes(content)
    return Source.open(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_encodings_are_recognised(tmp_path: Path, encoding: str) -> None:
    assert opened(tmp_path, TEXT.encode(encoding)).text() == TEXT
    assert opened(tmp_path, gzip.compress(TEXT.encode(encoding))).text() == TEXT


def test_a_declared_encoding_of_xml_is_used(tmp_path: Path) -> None:
    text = '<?xml version="1.0" encoding="ISO-8859-2"?><a>žluť</a>'
    assert opened(tmp_path, text.encode("iso-8859-2")).text() == text


def test_a_few_wrong_bytes_in_utf8_are_kept_for_their_rows_to_report(tmp_path: Path) -> None:
    lines = list(opened(tmp_path, "Café\nnaïve\n".encode() + b"br\xffken\n").lines())
    assert lines == ["Café\n", "naïve\n", "br\udcffken\n"]


def test_a_stray_control_sign_does_not_make_a_file_binary(tmp_path: Path) -> None:
    assert opened(tmp_path, b"id,title\nA,Te\x00nt\n").text() == "id,title\nA,Te\x00nt\n"


def test_lines_keep_their_ends_and_can_be_read_again(tmp_path: Path) -> None:
    source = opened(tmp_path, b"a\r\nb\nc")
    assert list(source.lines()) == list(source.lines()) == ["a\r\n", "b\n", "c"]


def test_the_position_grows_to_the_size(tmp_path: Path) -> None:
    source = opened(tmp_path, b"line\n" * 100_000)
    lines = source.lines()
    next(lines)
    assert 0 < source.position <= source.size == 500_000


REFUSED = {
    "empty": (b"", "is empty"),
    "blank": (b" \n\t\n", "is empty"),
    "workbook": (b"PK\x03\x04\x14\x00" + bytes(100), "Excel workbook"),
    "pdf": (b"%PDF-1.7\n", "is a PDF"),
    "database": (b"SQLite format 3\x00" + bytes(100), "is a database"),
    "picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), "is not a text file"),
    "zeros": (bytes(1000), "is not a text file"),
    "half a gzip": (gzip.compress(TEXT.encode() * 100)[:-9], "damaged gzip"),
    "no gzip": (b"\x1f\x8b but not really", "damaged gzip"),
    "wrong sum": (gzip.compress(TEXT.encode())[:-8] + bytes(8), "damaged gzip"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_holds_no_text_is_refused_with_the_reason(tmp_path: Path, name: str) -> None:
    content, reason = REFUSED[name]
    with pytest.raises(FeedError, match=reason) as caught:
        opened(tmp_path, content)
    assert str(tmp_path) in caught.value.message
    assert caught.value.hint


def test_paths_that_are_no_files_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, reason in (
        (tmp_path, "is a folder"),
        (tmp_path / "absent", "No such file"),
        (tmp_path / "pipe", "not a regular file"),
        (Path("/dev/zero"), "not a regular file"),
        (Path("nul\x00"), "cannot be read"),
        (tmp_path / ("long" * 200), "cannot be read"),
    ):
        with pytest.raises(FeedError, match=reason):
            Source.open(path)


def test_a_line_that_no_memory_holds_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.feeds.source._LONGEST_LINE", 1000)
    with pytest.raises(FeedError, match="more than 1,000 characters"):
        opened(tmp_path, b"short\n" + b"x" * 5000).text()
