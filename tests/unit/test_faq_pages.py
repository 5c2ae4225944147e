"""FAQ pages as people write them: each question is an answer of its own, and what is nobody's business stays out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.reading.lines import page_lines
from retrieval.catalog.faq import Faq
from retrieval.feeds.faqs import faq_files, read_faqs
from retrieval.feeds.intake import Intake
from retrieval.feeds.report import FeedRow, RowError, RowWarning
from retrieval.feeds.source import Source


def rows(folder: Path, text: str, name: str = "faq.md") -> list[FeedRow[Faq]]:
    (folder / name).write_text(text)
    return list(read_faqs(Source.open(folder / name), Intake()))


def told(folder: Path, text: str, name: str = "faq.md") -> list[tuple[str, str]]:
    """Title and words of each FAQ of a page."""
    found = rows(folder, text, name)
    assert all(isinstance(row, Faq) for row in found), found
    return [(row.title, " ".join(line.text for line in page_lines(row))) for row in found if isinstance(row, Faq)]


WRAP, CARDS = ("Do you wrap gifts?", "Yes, for $3."), ("Which cards?", "Visa and Amex.")
LAYOUTS = {
    "headings": "# Help\n\n## Do you wrap gifts?\n\nYes, for **$3**.\n\n## Which cards?\nVisa and Amex.",
    "no title": "## Do you wrap gifts?\nYes, for $3.\n\n## Which cards?\nVisa and Amex.",
    "no space": "#FAQ\n##Do you wrap gifts?\nYes, for $3.\n##Which cards?\nVisa and Amex.",
    "closed": "## Do you wrap gifts? ##\nYes, for $3.\n\n## Which cards? ##\nVisa and Amex.",
    "underlined": "Do you wrap gifts?\n------------------\nYes, for $3.\n\nWhich cards?\n------------\nVisa and Amex.",
    "under categories": "# FAQ\n\n## Gifts\n\n### Do you wrap gifts?\nYes, for $3.\n\n## Payment\n\n### Which cards?\nVisa and Amex.",
    "bold lines": "# FAQ\n\n**Do you wrap gifts?**\nYes, for $3.\n\n__Which cards?__\n\nVisa and Amex.",
    "a bold statement among questions": "# FAQ\n\n**Do you wrap gifts?**\nYes, for $3.\n\n**Which cards?**:\nVisa and Amex.",
    "bold and italic": "***Do you wrap gifts?***\nYes, for $3.\n\n***Which cards?***\nVisa and Amex.",
    "bold but for the sign": "**Do you wrap gifts**?\nYes, for $3.\n\n**Which cards**?\nVisa and Amex.",
    "italic": "*Do you wrap gifts?*\nYes, for $3.\n\n_Which cards?_\n\nVisa and Amex.",
    "plain lines": "Do you wrap gifts?\nYes, for $3.\n\nWhich cards?\n\nVisa and Amex.\n",
    "numbered headings": "## 1. Do you wrap gifts?\nYes, for $3.\n\n---\n\n## 2) Which cards?\nVisa and Amex.\n\n---\n",
    "pictures": "## \U0001f381 Do you wrap gifts?\nYes, for $3.\n\n## \U0001f4b3 Which cards?\nVisa and Amex.",
    "a table": "# FAQ\n\n| Question | Answer |\n|---|---|\n| Do you wrap gifts? | Yes, for $3. |\n| Which cards? | Visa and Amex. |\n",
    "German": "Frage: Do you wrap gifts?\nAntwort: Yes, for $3.\n\nFrage 2: Which cards?\nAntwort: Visa and Amex.",
    "Q and A": "Q: Do you wrap gifts?\nA: Yes, for $3.\n\nQ: Which cards?\nA: Visa and Amex.",
    "bold Q and A": "**Q:** Do you wrap gifts?\n**A:** Yes, for $3.\n\n**Q:** Which cards?\n**A:** Visa and Amex.",
    "numbers": "1. Do you wrap gifts?\n\n   Yes, for $3.\n\n2. Which cards?\n\n   Visa and Amex.",
    "bullets": "- **Do you wrap gifts?** Yes, for $3.\n- **Which cards?** Visa and Amex.",
    "details": "<details><summary>Do you wrap gifts?</summary>\n\nYes, for $3.\n</details>\n<details>\n<summary><b>Which cards?</b></summary>\nVisa<br>and Amex.\n</details>",
    "anchors": "## [Do you wrap gifts?](#wrap)\nYes, for $3.\n\n## *Which cards?* {#cards}\nVisa and Amex.",
    "Windows": "# Help\r\n\r\n## Do you wrap gifts?\r\nYes, for $3.\r\n\r\n## Which cards?\r\nVisa and Amex.\r\n",
    "comments": "## Do you wrap gifts?\nYes, for $3.<!-- costs us $1 -->\n\n<!-- ## Old? -->\n## Which cards?\nVisa and Amex.",
    "HTML": "<!DOCTYPE html><html><head><title>FAQ</title></head><body><nav>Home</nav><h1>FAQ</h1><h2>Do you wrap gifts?</h2><p>Yes, for <b>$3</b>."
    "</p><h2>Which cards?</h2><div>Visa and Amex.</div><footer>Oak Ltd</footer><script>track()</script></body></html>",
    "HTML terms": "<dl><dt>Do you wrap gifts?</dt><dd>Yes, for &#36;3.</dd><dt>Which cards?</dt><dd>Visa and Amex.</dd></dl>",
    "HTML details": "<body><details><summary>Do you wrap gifts?</summary><p>Yes, for $3.</p></details><details><summary>Which cards?</summary>Visa and Amex.</details>",
    "HTML bold": "<h1>FAQ</h1><p><strong>Do you wrap gifts?</strong></p><p>Yes, for $3.</p><p><b>Which cards?</b><br>Visa and Amex.</p>",
    "HTML buttons": "<body><div><button>Do you wrap gifts?</button><div hidden><p>Yes, for $3.</p></div><button>Which cards?</button><div hidden>Visa and Amex.</div>"
    "</div><button>Ask us</button></body>",
    "HTML plain": "<body><p>Do you wrap gifts?</p><p>Yes, for $3.</p><p>Which cards?</p><p>Visa and Amex.</p></body>",
    "HTML table": "<table><tr><th>Question</th><th>Answer</th></tr><tr><td>Do you wrap gifts?</td><td>Yes, for $3.</td></tr><tr><td>Which cards?</td><td>"
    "Visa and Amex.</td></tr></table>",
    "microdata": "<body><div itemscope itemtype='https://schema.org/Question'><span itemprop=name>Do you wrap gifts?</span><div itemprop=text>Yes, for $3.</div></div>"
    "<div itemscope itemtype='https://schema.org/Question'><span itemprop=name>Which cards?</span><div itemprop=text>Visa and Amex.</div></div></body>",
    "FAQPage": '<html><script type="application/ld+json">{"@context": "https://schema.org", "@type": "FAQPage", "mainEntity": [{"@type": "Question", "name":'
    ' "Do you wrap gifts?", "acceptedAnswer": {"text": "Yes, for $3."}}, {"@type": "Question", "name": "Which cards?", "acceptedAnswer": {"text":'
    ' "<p>Visa and Amex.</p>"}}]}</script></html>',
    "CSV": 'question,answer\nDo you wrap gifts?,"Yes, for $3."\nWhich cards?,Visa and Amex.',
    "blanks after commas": 'question, answer\n"Do you wrap gifts?", "Yes, for $3."\nWhich cards?, Visa and Amex.',
    "semicolons": '"Question";"Response"\n"Do you wrap gifts?";"Yes, for $3."\n"Which cards?";"Visa and Amex."',
    "JSON": '[{"q": "Do you wrap gifts?", "a": "Yes, for $3."}, {"q": "Which cards?", "a": "Visa and Amex."}]',
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_question_of_a_page_is_one_faq(tmp_path: Path, layout: str) -> None:
    assert told(tmp_path, LAYOUTS[layout]) == [WRAP, CARDS]


def test_sections_keep_what_they_are_about(tmp_path: Path) -> None:
    page = "Delivery\n========\n\nThree days.\n\nAlaska\n------\nTwelve days.\n\n## Is it free?\nNo.\n"
    assert told(tmp_path, page) == [
        ("Delivery", "Three days."),
        ("Delivery: Alaska", "Twelve days."),
        ("Delivery: Is it free?", "No."),
    ]


@pytest.mark.parametrize("heading", ["Exceptions", "Please note", "Conditions of return"])
def test_what_limits_an_answer_is_told_with_each_of_its_sections(tmp_path: Path, heading: str) -> None:
    page = f"# Returns\n\n30 days.\n\n## Sofas\n14 days.\n\n## Beds\n100 days.\n\n## {heading}\nNot from the sale.\n"
    assert told(tmp_path, page) == [
        ("Returns", "30 days. Not from the sale."),
        ("Returns: Sofas", "14 days. Not from the sale."),
        ("Returns: Beds", "100 days. Not from the sale."),
        (heading if "return" in heading else f"Returns: {heading}", "Not from the sale."),
    ]


def test_a_bold_line_that_asks_nothing_is_a_section_too(tmp_path: Path) -> None:
    page = "# Returns\n\n**How long?**\n30 days.\n\n**My parcel arrived broken.**\n\nSend a photo.\n"
    assert told(tmp_path, page) == [
        ("Returns: How long?", "30 days."),
        ("Returns: My parcel arrived broken.", "Send a photo."),
    ]
    assert told(tmp_path, "**Delivery**\nThree days.\n\n**Returns:**\n30 days.\n") == [
        ("Delivery", "Three days."),
        ("Returns", "30 days."),
    ]


@pytest.mark.parametrize(
    "page",
    [
        "# Returns\n\n30 days.\n\n**Not from the sale.**",
        "# Returns\n\n**Good news!**\n\n30 days.\n\nNot from the sale.",
        "# Returns\n\n30 days. Worn?\nNot from the sale.",
    ],
)
def test_emphasis_and_a_question_in_an_answer_are_no_headings(tmp_path: Path, page: str) -> None:
    ((title, text),) = told(tmp_path, page)
    assert title == "Returns"
    assert "30 days." in text
    assert "Not from the sale." in text


def test_steps_of_an_answer_stay_in_it(tmp_path: Path) -> None:
    page = "## How do I return it?\n\n1. Pack it.\n2. Still on?\n\n## Which cards?\nVisa.\n"
    assert told(tmp_path, page) == [("How do I return it?", "Pack it. Still on?"), ("Which cards?", "Visa.")]


def test_an_opening_that_only_announces_is_no_answer(tmp_path: Path) -> None:
    page = "# Returns\n\nHere is how, by kind of goods:\n\n### Sofas\n14 days.\n\n### Beds\n100 days.\n"
    assert [title for title, _ in told(tmp_path, page)] == ["Returns: Sofas", "Returns: Beds"]


def test_tables_and_lists_stay_readable(tmp_path: Path) -> None:
    page = "# Fees\n\n| Goods | Fee |\n|---|---|\n| Sofas<br>and beds | 10 % |\n| Lamps | none |\n\n- Pay by card.\n- Or cash.\n"
    assert told(tmp_path, page) == [
        ("Fees", "Goods: Sofas and beds; Fee: 10 % Goods: Lamps; Fee: none Pay by card. Or cash.")
    ]


def test_a_page_without_a_title_is_called_as_its_file(tmp_path: Path) -> None:
    assert told(tmp_path, "Three dollars.", "gift-wrapping.md") == [("Gift wrapping", "Three dollars.")]


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ("Parcels leave within {{ shop.days }} days. We use Parcelway.", "We use Parcelway."),
        ("We use Parcelway. It costs ${price}.", "We use Parcelway."),
        ("- {% if eu %}Free{% endif %}\n- We use Parcelway.", "We use Parcelway."),
        ("Write to [your email address]. We use Parcelway.", "We use Parcelway."),
        ("Call %PHONE_NUMBER% today. We use Parcelway.", "We use Parcelway."),
        ("TODO ask Jim. We use Parcelway.", "We use Parcelway."),
        ("| Way | Days |\n|---|---|\n| Ship | {days} |\n\nWe use Parcelway.", "We use Parcelway."),
    ],
)  # fmt: skip
def test_what_nobody_filled_in_is_not_told(tmp_path: Path, answer: str, kept: str) -> None:
    warning, faq = rows(tmp_path, f"---\ntitle: Delivery\n---\n{answer}")
    assert isinstance(warning, RowWarning)
    assert isinstance(faq, Faq)
    assert [line.text for line in page_lines(faq)] == [kept]


@pytest.mark.parametrize(
    "page", ["# {{ title }}\n\nText.", "# Delivery\n\nWithin {{days}} days.", "# Delivery\n\n[insert text here]"]
)
def test_a_page_of_placeholders_alone_is_reported(tmp_path: Path, page: str) -> None:
    (error,) = rows(tmp_path, page)
    assert isinstance(error, RowError)
    assert "nobody filled in" in error.reason


@pytest.mark.parametrize(
    "answer",
    ["Use code {SHIP5}.", "Weighs [about 2 kg].", "See [your orders](https://oak.example/orders).", "100 % wool."],
)
def test_what_only_looks_like_a_placeholder_is_told(tmp_path: Path, answer: str) -> None:
    assert len(told(tmp_path, f"# Page\n\n{answer}")) == 1


def test_pages_of_one_name_in_several_folders_are_all_kept(tmp_path: Path) -> None:
    for folder in ("a", "b", "c"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "faq.md").write_text(f"# About {folder}\n\nText.")
    intake = Intake()
    found = [row for file in faq_files(tmp_path) for row in read_faqs(Source.open(file), intake)]
    assert [row.id for row in found if isinstance(row, Faq)] == ["faq", "b-faq", "c-faq"]


def test_two_questions_in_the_same_words_are_both_kept(tmp_path: Path) -> None:
    page = "# FAQ\n\n## Shipping\n\n### How long?\nThree days.\n\n## Repairs\n\n### How long?\nTwo weeks.\n"
    assert told(tmp_path, page) == [
        ("Shipping: How long?", "Three days."),
        ("Repairs: How long?", "Two weeks."),
    ]


def test_a_folder_may_hold_pages_of_several_kinds(tmp_path: Path) -> None:
    for name, text in (
        ("a.md", "# A\n\nOne."),
        ("b.html", "<h1>B</h1><p>Two.</p>"),
        ("c.csv", "question,answer\nC?,Three."),
        (".draft.md", "# D\n\nFour."),
    ):
        (tmp_path / name).write_text(text)
    found = [row for file in faq_files(tmp_path) for row in read_faqs(Source.open(file), Intake())]
    assert [row.title for row in found if isinstance(row, Faq)] == ["A", "B", "C?"]


names = st.text(st.characters(categories=("Lu", "Ll", "Nd")), min_size=3, max_size=12)


@settings(max_examples=50, suppress_health_check=list(HealthCheck), deadline=None)
@given(
    st.lists(st.tuples(names, names), min_size=2, max_size=6, unique_by=lambda pair: pair[0].casefold()),
    st.integers(1, 3),
)
def test_no_question_and_no_answer_is_lost(tmp_path: Path, pairs: list[tuple[str, str]], level: int) -> None:
    page = "\n\n".join(f"{'#' * level} Is {question}?\n\nIt is {answer}." for question, answer in pairs)
    assert told(tmp_path, page) == [(f"Is {question}?", f"It is {answer}.") for question, answer in pairs]


@pytest.mark.parametrize(
    ("page", "titles"),
    [
        ("---\ntitle: Delivery\n---\n# Delivery\n\nFrom Cork.\n\n## EU\n\n9 euros.\n", ["Delivery", "Delivery: EU"]),
        ("# Delivery\n\nFrom Cork.\n\n## Delivery\n\nFast.\n\n## EU\n\n9 euros.\n", ["Delivery", "Delivery", "Delivery: EU"]),
        ("# Delivery\n\n## Delivery times\n\nTwo days.\n\n## Delivery costs\n\n9 euros.\n", ["Delivery times", "Delivery costs"]),
        ("# Returns\n\n## Return of sofas\n\n14 days.\n\n## Beds\n\n100 days.\n", ["Return of sofas", "Returns: Beds"]),
    ],
)  # fmt: skip
def test_a_title_does_not_say_its_page_twice(tmp_path: Path, page: str, titles: list[str]) -> None:
    assert [title for title, _ in told(tmp_path, page)] == titles


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("Can I pause or cancel?", "Food subscription: Can I pause or cancel?"),
        ("How long does it take?", "Food subscription: How long does it take?"),
        ("How much?", "Food subscription: How much?"),
        ("Can I change it?", "Food subscription: Can I change it?"),
        ("Can I pause my subscription?", "Can I pause my subscription?"),
        ("Does the discount apply to sale prices?", "Does the discount apply to sale prices?"),
        ("Which cards?", "Which cards?"),
    ],
)
def test_a_question_that_needs_its_page_is_told_with_it(tmp_path: Path, question: str, title: str) -> None:
    markdown = (
        f"# Food subscription\n\nSave 10 %.\n\n## {question}\n\nSo it is.\n\n## Is there a minimum term?\n\nNo.\n"
    )
    assert told(tmp_path, markdown)[1][0] == title
    page = f"<html><body><h1>Food subscription</h1><h2>{question}</h2><p>So.</p><h2>Is there a minimum term?</h2><p>No.</p></body></html>"
    assert told(tmp_path, page, "food.html")[0][0] == title
