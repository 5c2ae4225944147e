"""Message: raw text made safe to store."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversation.message import clean, shortened


@given(st.text(alphabet=st.characters()))
def test_what_comes_out_can_be_stored_and_is_clean_already(text):
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("  a tent \n", "a tent"),
        ("a\x00b\x1b[31m", "ab[31m"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("cafe\u0301", "café"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("x\ud800y", "x\ufffdy"),
        ("\ud83c\udfd5", "🏕"),
        ("", ""),
    ],
)
def test_examples(raw, expected):
    assert clean(raw) == expected


@given(st.text(min_size=0, max_size=300), st.integers(100, 200))
def test_a_long_text_keeps_its_beginning_and_its_end(text, longest):
    short = shortened(text, longest)
    assert len(short) <= longest
    whole = text.strip()
    if len(whole) <= longest:
        assert short == whole
    else:
        assert (short[:40], short[-40:]) == (whole[:40], whole[-40:])
