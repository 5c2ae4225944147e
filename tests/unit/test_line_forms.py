"""Rows of tables as a reply reads them out, and the yes or no that a page says to its own question."""

from __future__ import annotations

import pytest

from assistant.evidence.line_forms import line_forms, own_answer
from assistant.reading.lines import Line, LineKind, page_lines
from retrieval.catalog.faq import Faq
from retrieval.feeds.html_page import html_markdown


def _quotes(page: str) -> list[str]:
    return [line_forms(line)["quote"] for line in page_lines(Faq("page", "Page", page))]


def _table(*rows: tuple[str, ...]) -> str:
    head, *body = ("| " + " | ".join(row) + " |" for row in rows)
    return "\n".join([head, "|" + "---|" * len(rows[0]), *body])


@pytest.mark.parametrize(
    ("rows", "quote"),
    [
        ((("Problem", "Who repairs"), ("Snapped string", "We do")), "Snapped string – who repairs: we do."),
        ((("Service", "Cost"), ("Gift wrap", "£4.50")), "Gift wrap: cost £4.50."),
        ((("Service", "Time", "Cost"), ("Refret", "up to 10 days", "EUR 120")), "Refret: time up to 10 days, cost EUR 120."),
        ((("Service", "Time", "Cost"), ("Pick-up", "the same day", "free")), "Pick-up – time: the same day; cost: free."),
        ((("Weight", "Cost"), ("up to 2 kg", "$3")), "Weight up to 2 kg: cost $3."),
        ((("", "Mainland", "EU"), ("Parcel", "£3", "£12")), "Parcel: mainland £3, EU £12."),
        ((("REASON", "WHAT YOU GET?"), ("Late parcel", "A voucher.")), "Late parcel – what you get: a voucher."),
        ((("Rule", "Holds for"), ("Rental", "30 days from the day on which we send it")),
         "Rental – holds for: 30 days from the day on which we send it."),
        ((("Country", "By post", "By van"), ("Norway", "£18", "–")), "Norway: by post £18."),
        ((("Way", "Insured"), ("Courier", "Up to £500; more on request")), "Courier – insured: up to £500; more on request."),
    ],
)  # fmt: skip
def test_a_row_reads_well_under_any_header(rows: tuple[tuple[str, ...], ...], quote: str) -> None:
    assert _quotes(_table(*rows)) == [quote]


@pytest.mark.parametrize(
    ("rows", "quote"),
    [
        ("<tr><th>Problem</th><th>Who repairs</th></tr><tr><td>Snapped string</td><td>We do</td></tr>", "Snapped string – who repairs: we do."),
        ("<thead><tr><th>Service</th><th>Cost</th></tr></thead><tbody><tr><td>Gift wrap</td><td>£4.50</td></tr></tbody>", "Gift wrap: cost £4.50."),
        ("<tr><td>Gift wrap</td><td>£4.50</td></tr>", "Gift wrap: £4.50."),
        ("<tr><th>Sundays</th><td>Closed all day</td></tr>", "Sundays: Closed all day."),
    ],
)  # fmt: skip
def test_tables_of_html_pages_read_the_same(rows: str, quote: str) -> None:
    _, text = html_markdown(f"<main><table>{rows}</table></main>")
    assert _quotes(text) == [quote]


def test_a_sentence_with_colons_is_no_row() -> None:
    text = "Hours: 9 to 5; Saturday: by appointment."
    assert _quotes(text) == [text]


@pytest.mark.parametrize(
    ("title", "text", "answer"),
    [
        ("Can I pay in parts?", "Yes, in three parts from $90.", True),
        ("Do you deliver on Sundays?", "No. Parcels come from Monday to Saturday.", False),
        ("Do you deliver on Sundays?", "No parcels come on Sundays.", None),
        ("Sundays", "Yes, we are open.", None),
        ("Do you mend things?", "We mend what we sold.", None),
    ],
)
def test_a_page_answers_its_own_question_with_yes_or_no(title: str, text: str, answer: bool | None) -> None:
    assert own_answer(Line("page", LineKind.POLICY, title, text)) is answer
