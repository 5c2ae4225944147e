"""A reply that answers says something: a page whose lines are empty is no answer, and a short line is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.actions.orders import Orders
from assistant.evidence.brief import Note
from assistant.reading.lines import page_lines
from assistant.reply import Reply
from assistant.tools.says_something import says_something
from retrieval.catalog.faq import Faq
from retrieval.feeds.faqs import read_faqs
from retrieval.feeds.intake import Intake
from retrieval.feeds.report import RowError
from retrieval.feeds.source import Source
from retrieval.store.records import Records
from tests.unit.order_chat import OrderChat

QUESTION = "Can I pay with a gift card?"
EMPTY = {
    "announces": "You can pay with a gift card in these ways:",
    "announces in bold": "**Gift cards, in short:**",
    "announces twice": "Good news!\n\nHere is how it works:",
    "heading alone": "## Gift cards",
    "headings alone": "## Gift cards\n\n### How to pay",
    "empty list": "- \n- \n",
    "placeholder": "TBD",
    "another placeholder": "Answer goes here.",
    "not written yet": "Coming soon...",
    "regret alone": "We are sorry.",
    "courtesies alone": "Hello! Thanks for asking. See below.",
    "question alone": "Do you have a gift card?",
    "signs alone": "...",
    "nothing": "",
}
SHORT = (
    "Free of charge.", "Yes.", "No.", "Sorry, no.", "Of course.", "30 days.", "$5.00.", "By card.", "You do.", "Up to 20 kg.",
    "Monday to Friday.", "Never.", "None.", "On request.",
)  # fmt: skip


def answered(home: Path, answer: str) -> Reply:
    """The reply to `QUESTION` of a shop whose page on it says `answer`."""

    def plant(records: Records, orders: Orders) -> None:
        records.upsert_faqs([Faq("gift", QUESTION, answer), Faq("wash", "How do I wash wool?", "Wash it by hand.")])

    return OrderChat(home, plant=plant).say(QUESTION, f"policy: {QUESTION}")


@pytest.mark.parametrize("answer", EMPTY.values(), ids=EMPTY.keys())
def test_an_empty_page_is_no_answer(tmp_path: Path, answer: str) -> None:
    reply = answered(tmp_path, answer)
    assert Note.NOT_STATED in reply.brief.notes
    assert (reply.brief.lines, reply.shown.sources) == ((), ())
    assert "help@oak.example" in reply.text


@pytest.mark.parametrize("answer", SHORT)
def test_a_short_answer_is_told(tmp_path: Path, answer: str) -> None:
    reply = answered(tmp_path, f"We get asked that a lot.\n\nGood news!\n\n{answer}\n\nAny shop takes it.")
    assert answer in reply.text
    assert "Good news" not in reply.text
    assert [source.id for source in reply.shown.sources] == ["gift"]


@pytest.mark.parametrize("answer", SHORT)
def test_a_short_answer_is_told_alone(tmp_path: Path, answer: str) -> None:
    assert answer in answered(tmp_path, answer).text


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("You can pay so:\n\n- Visa\n- Gift card\n- Cash", "You can pay so: Visa, Gift card, Cash."),
        ("We take the following cards.\n\n1. Visa\n2. Oak gift card", "We take the following cards: Visa, Oak gift card."),
        ("Two ways:\n\n- At the till, with a person.\n- Online.", "Two ways: At the till, with a person. Online."),
        ("**Yes, with a gift card:**\n\nIts code goes into the box.", "With a gift card: Its code goes into the box."),
    ],
)  # fmt: skip
def test_what_is_announced_is_told_with_it(tmp_path: Path, answer: str, told: str) -> None:
    assert told in answered(tmp_path, answer).text


def test_what_is_announced_stays_under_its_heading() -> None:
    page = Faq(
        "fees",
        "Fees",
        "They are:\n\n## Sofas\n\n- 10 %\n\n## Beds\n\nBy size:\n\n| Size | Fee |\n|---|---|\n| S | 5 % |",
    )
    assert [(line.title, line.text) for line in page_lines(page)] == [
        ("Fees", "They are:"), ("Fees > Sofas", "10 %"), ("Fees > Beds", "By size:"), ("Fees > Beds", "Size: S; Fee: 5 %"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["No worries!", "Don’t worry.", "(See below)", "How it works", "Dear customers,", "  "]
)
def test_more_that_says_nothing(text: str) -> None:
    assert not says_something(text)


@pytest.mark.parametrize("answer", ["TBD", "To be announced.", "Your answer goes here", "Sample text", "Coming soon!"])
def test_an_answer_that_nobody_wrote_is_reported_by_the_import(tmp_path: Path, answer: str) -> None:
    (tmp_path / "page.md").write_text(f"# Gift cards\n\n{answer}\n")
    (error,) = read_faqs(Source.open(tmp_path / "page.md"), Intake())
    assert isinstance(error, RowError)
    assert "nobody filled in" in error.reason
