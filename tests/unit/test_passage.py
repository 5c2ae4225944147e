"""A passage is verbatim, whole, short, and speaks to the question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evidence.passage import only_amount, only_duration, passage
from assistant.evidence.wording import plain_text, sentences
from retrieval.catalog.faq import Faq

RETURNS = Faq(
    "returns",
    "What is your return policy?",
    "You can return anything **unused** within 30 days of delivery.\n\n"
    "- Start the return in your [account](/account), print the label, and drop the parcel at a post office.\n"
    "- Trying on boots at home is fine; a walk outside is not.\n"
    "- Opened candles and gift cards cannot be returned.\n"
    "- Items bought on sale have the same 30 days.",
)


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("what is your return policy", "You can return anything unused within 30 days"),
        ("can I return boots that I wore", "Trying on boots at home is fine"),
        ("do you take back candles?", "Opened candles and gift cards"),
        ("asdf", "You can return anything"),
    ],
)
def test_the_question_picks_the_passage(question: str, holds: str) -> None:
    assert holds in passage(RETURNS, question)


def test_a_short_answer_is_given_whole_and_plain() -> None:
    assert passage(Faq("a", "T", "Yes, *always*. See [here](x)."), "anything") == "Yes, always. See here."


def test_an_empty_answer_has_no_passage() -> None:
    assert passage(Faq("a", "T", "<!-- nothing yet -->"), "anything") == ""


def test_what_only_announces_is_not_cut_off_from_what_it_announces() -> None:
    text = passage(
        Faq("a", "T", "We deliver in two ways:\n- Standard\n- Express\n\nMore. And more. And much more."), "delivery"
    )
    assert not text.endswith(":")


@given(
    st.lists(st.sampled_from(["Some words here.", "Others there!", "And is this one?", "- an item"]), max_size=12),
    st.text(max_size=40),
)
def test_a_passage_is_part_of_the_record(lines: list[str], question: str) -> None:
    faq = Faq("a", "T", "\n\n".join(lines))
    told = passage(faq, question)
    whole = [sentence for line in plain_text(faq.answer).splitlines() for sentence in sentences(line)]
    assert told in " ".join(whole)
    assert len(sentences(told)) <= 3


@pytest.mark.parametrize(
    ("text", "duration"),
    [("within 30 days", "30 days"), ("3 to 5 business days", "3 to 5 business days"), ("two weeks", "two weeks"), ("1 day or 2 days", ""), ("soon", "")],
)  # fmt: skip
def test_the_one_duration(text: str, duration: str) -> None:
    assert only_duration(text) == duration


@pytest.mark.parametrize(
    ("text", "amount"), [("It costs $4.95.", "$4.95"), ("from 15 EUR", "15 EUR"), ("$1 or $2", ""), ("free", "")]
)
def test_the_one_amount(text: str, amount: str) -> None:
    assert only_amount(text) == amount
