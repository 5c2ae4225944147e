"""Text made to be slow: no reader of outside text may cost much more than its length.

The times are compared with each other, not with a clock: four times the text may take about four times as long. A
quadratic reader takes 16 times as long, the normalization of 50,000 combining marks took 30 seconds.
"""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversation.message import clean
from assistant.logs import mask_values
from assistant.privacy.masker import Masker
from retrieval.feeds.values import read_line

_SHORT, _GROWTH, _MOST_GROWTH = 8_000, 4, 9
_TOO_SHORT_TO_TIME = 0.05

MARKS = {
    "one kind of mark": "\u0301",
    "two kinds out of order": "\u0300\u0316",
    "marks behind letters": "e" + "\u0301" * 31 + "\u0316" * 31,
    "a mark that is two": "\u0344",
    "a letter that decomposes": "\u0958",
    "jamo": "\u1112\u1161\u11ab",
}
PUMPED = (
    "a", "é", "1", "A", "Aa-", "Aa ", "A.", "at", "a@", " \n", "\n", "1 ", "my ", "12 Aa ", "A1-", "{", "(", "a b@c ", "order ",
)  # fmt: skip


def seconds(work: Callable[[str], object], text: str) -> float:
    def once() -> float:
        start = time.process_time()
        work(text)
        return time.process_time() - start

    return min(once() for _ in range(2))


def is_linear(work: Callable[[str], object], make: Callable[[int], str]) -> bool:
    short, long = seconds(work, make(_SHORT)), seconds(work, make(_SHORT * _GROWTH))
    return long < _TOO_SHORT_TO_TIME or long < short * _MOST_GROWTH


@pytest.mark.parametrize("pump", MARKS.values(), ids=MARKS.keys())
@pytest.mark.parametrize("longest", [None, 2000])
def test_a_message_of_combining_marks_costs_no_more_than_its_length(pump: str, longest: int | None) -> None:
    assert is_linear(lambda text: clean(text, longest), lambda size: ("a" + pump * size)[:size])


def test_a_megabyte_of_marks_is_cut_before_any_work() -> None:
    text = "a" + "\u0300" * 500_000 + "\u0316" * 500_000
    assert seconds(lambda given: clean(given, 2000), text) < 1
    assert len(clean(text, 2000)) <= 31
    assert len(clean(text)) <= 31


@given(
    st.text(alphabet=st.sampled_from("aé\u0301\u0316\u0344\u0958\u093c\x00\u202e \n"), max_size=120), st.integers(1, 60)
)
def test_no_run_of_marks_is_longer_than_the_stream_safe_form_allows(text: str, longest: int) -> None:
    cleaned = clean(text, longest)
    runs = "".join("m" if unicodedata.combining(character) else " " for character in cleaned).split()
    assert all(len(run) <= 30 for run in runs)
    assert len(cleaned) <= longest
    assert unicodedata.is_normalized("NFC", cleaned)
    assert clean(cleaned, longest) == cleaned


def test_words_with_few_marks_stay_whole() -> None:
    for text in ("Tiếng Việt", "क्षत्रिय", "שָׁלוֹם", "ภาษาไทย", "é" * 300, "👩\u200d👩\u200d👧"):
        assert clean(text, 2000) == unicodedata.normalize("NFC", text)


def test_text_is_not_turned_round() -> None:
    assert clean("pay \u202e00.1$\u202c \u2067now\u2069") == "pay 00.1$ now"
    assert read_line("Torch \u202e \u2066lamp\u2069") == "Torch lamp"


@pytest.mark.parametrize("pump", PUMPED)
def test_masking_costs_no_more_than_the_length(pump: str) -> None:
    masker = Masker()
    masker.mask("write to 12 Elm Street")  # loads the word lists
    assert is_linear(masker.mask, lambda size: "1 " + (pump * size)[: size // 2] + "x")


def test_a_long_text_is_masked_in_every_part() -> None:
    line = "Please ship it at once, as I said before.\n"
    text = f"ines@example.org {line * 80}call +44 20 7946 0958 {line * 80}ines@example.org"
    assert Masker().mask(text).text == (
        f"{{customer.email}} {line * 80}call {{customer.phone}} {line * 80}{{customer.email}}"
    )


def test_a_long_value_is_cut_before_the_log_masks_it() -> None:
    event = mask_values(None, "info", {"path": "/1 " + "Aa-" * 20_000 + " ines@example.org"})
    assert len(event["path"]) < 4100
    assert "ines@" not in event["path"]
    assert seconds(lambda path: mask_values(None, "info", {"path": path}), "1 " + "a@" * 30_000) < 5
