from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.errors import FeedError
from retrieval.feeds.report import RowError
from retrieval.feeds.source import Source
from retrieval.feeds.table import Table, TableRow, normal_name


def rows(folder: Path, text: str) -> list[tuple[int, dict[str, str]] | tuple[int, str]]:
    """Each row as its line and cells, or its line and what is wrong with it."""
    path = folder / "table"
    path.write_bytes(text.encode())
    return [
        (row.line, dict(row.cells)) if isinstance(row, TableRow) else (row.line, row.reason)
        for row in Table.open(Source.open(path)).rows()
    ]


@pytest.mark.parametrize("delimiter", ["\t", ";", ",", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(tmp_path: Path, delimiter: str, end: str) -> None:
    text = end.join(delimiter.join(cells) for cells in (["id", "title"], ["A", "Tent"], ["B", ""], [], ["C", "Mug"]))
    assert rows(tmp_path, text) == [
        (2, {"id": "A", "title": "Tent"}),
        (3, {"id": "B"}),
        (5, {"id": "C", "title": "Mug"}),
    ]


def test_cells_may_hold_delimiters_lines_and_doubled_quotation_marks(tmp_path: Path) -> None:
    text = 'id,text\nA,"one, ""two""\nthree"\nB,plain\n'
    assert rows(tmp_path, text) == [(2, {"id": "A", "text": 'one, "two"\nthree'}), (4, {"id": "B", "text": "plain"})]


def test_the_hint_of_excel_and_blank_lines_above_the_header_are_passed_over(tmp_path: Path) -> None:
    assert rows(tmp_path, "sep=;\n\nid;title\nA;Tent\n") == [(4, {"id": "A", "title": "Tent"})]


def test_an_unclosed_quotation_mark_costs_its_own_line_only(tmp_path: Path) -> None:
    text = 'id,title,price\nA,"Tent,9\nB,"Mug",8\nC,Hat,7\n'
    broken, *good = rows(tmp_path, text)
    assert broken == (2, "a quotation mark is not closed")
    assert good == [(3, {"id": "B", "title": "Mug", "price": "8"}), (4, {"id": "C", "title": "Hat", "price": "7"})]


def test_an_unclosed_quotation_mark_on_the_last_line(tmp_path: Path) -> None:
    assert rows(tmp_path, 'id,title\nA,Tent\nB,"Mug\n') == [
        (2, {"id": "A", "title": "Tent"}),
        (3, {"id": "B", "title": "Mug\n"}),
    ]


def test_inches_are_no_quotation_marks(tmp_path: Path) -> None:
    assert rows(tmp_path, 'id\ttitle\nA\tScreen 15" wide\n') == [(2, {"id": "A", "title": 'Screen 15" wide'})]


def test_too_many_cells_are_reported_and_missing_ones_at_the_end_are_blank(tmp_path: Path) -> None:
    text = "id,title,price\nA,Tent,12,99\nB,Mug\nC,Hat,1,,\n"
    assert rows(tmp_path, text) == [
        (2, "has 4 cells under a header of 3"),
        (3, {"id": "B", "title": "Mug"}),
        (4, {"id": "C", "title": "Hat", "price": "1"}),
    ]


def test_a_huge_cell_is_reported_and_the_next_row_is_read(tmp_path: Path) -> None:
    (line, reason), after = rows(tmp_path, f"id,title\nA,{'x' * 200_000}\nB,Mug\n")
    assert (line, after) == (2, (3, {"id": "B", "title": "Mug"}))
    assert "field larger than field limit" in str(reason)


def test_a_column_that_occurs_twice_keeps_both(tmp_path: Path) -> None:
    assert rows(tmp_path, "id,link,link\nA,1,2\n") == [(2, {"id": "A", "link": "1", "link_3": "2"})]


def test_no_header_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="is empty"):
        rows(tmp_path, "sep=;\n\n")


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("g:image link", "image_link"),
        ("imageLink", "image_link"),
        ("Image-Link", "image_link"),
        ("\ufeffID", "id"),
        ("Body (HTML)", "body_html"),
        ("Attribute 1 value(s)", "attribute_1_value_s"),
        ("In stock?", "in_stock"),
    ],
)
def test_normal_names(written: str, normal: str) -> None:
    assert normal_name(written) == normal


@given(st.lists(st.lists(st.text('ab,"\n\r;\t ', max_size=6), min_size=2, max_size=4), min_size=1, max_size=6))
def test_any_table_is_read_to_its_end_in_order(
    tmp_path_factory: pytest.TempPathFactory, cells: list[list[str]]
) -> None:
    path = tmp_path_factory.mktemp("table") / "t"
    path.write_bytes(("id,title,last\n" + "\n".join(",".join(row) for row in cells) + "\nEND,1,2\n").encode())
    found = list(Table.open(Source.open(path)).rows())
    lines = [row.line for row in found]
    assert lines == sorted(set(lines))
    last = found[-1]
    assert isinstance(last, RowError) or "END" in "".join(last.cells.values())
