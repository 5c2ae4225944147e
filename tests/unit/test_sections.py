"""A section is quoted with its heading, and a question that names a section is answered from it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.dialogue.product_numbers import ProductNumbers
from assistant.evidence.brief import BriefLine
from assistant.evidence.briefing import Briefing
from assistant.evidence.sections import Sections
from assistant.reading.lines import page_lines
from assistant.reading.verdict import Verdict
from assistant.shop import Shop
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.faq import Faq
from retrieval.feeds.faqs import read_faqs
from retrieval.feeds.intake import Intake
from retrieval.feeds.source import Source

PAGE = """# Delivery

## United States
Delivery is free. It takes 3 days.

## Canada
Delivery costs $15.00 and takes 9 days.

## UK
Delivery costs $19.00.

## Express delivery to Alaska
Express delivery to Alaska costs $60.00.
"""
OTHERS = (
    Faq("wash", "Lamps: safety", "Never cover a lamp."),
    Faq("open", "When are you open?", "From 9 to 5."),
    Faq("q1", "Returns: how long?", "30 days."),
    Faq("q2", "Returns: who pays?", "You do."),
    Faq("how", "Returns: How to return", "Write to us."),
    Faq("opened", "Returns: Opened goods", "They stay with you."),
)


@pytest.fixture
def pages(tmp_path: Path) -> dict[str, Faq]:
    """Pages by what sets them apart: the heading of a section, or the title."""
    (tmp_path / "delivery.md").write_text(PAGE)
    found = [row for row in read_faqs(Source.open(tmp_path / "delivery.md"), Intake()) if isinstance(row, Faq)]
    return {each.title.removeprefix("Delivery: "): each for each in (*found, *OTHERS)}


@pytest.mark.parametrize(
    ("heading", "told"),
    [
        ("United States", "United States: Delivery is free. It takes 3 days."),
        ("Canada", "Canada: Delivery costs $15.00 and takes 9 days."),
        ("Express delivery to Alaska", "Express delivery to Alaska costs $60.00."),
        ("Lamps: safety", "Never cover a lamp."),
        ("When are you open?", "From 9 to 5."),
        ("Returns: who pays?", "You do."),
    ],
)
def test_a_section_is_told_under_its_heading(pages: dict[str, Faq], heading: str, told: str) -> None:
    lines = [BriefLine(Verdict.SUPPORTS, line) for line in page_lines(pages[heading])]
    briefing = Briefing(Catalog([], list(pages.values())), Shop("Oak"), lambda: datetime(2026, 11, 30, tzinfo=UTC))
    facts = briefing.brief(ProductNumbers(), lines=lines).facts
    assert " ".join(fact.text for key, fact in facts.items() if key.endswith(".quote")) == told


@pytest.mark.parametrize(
    ("question", "nearest", "meant"),
    [
        ("how much does shipping cost in the US?", "Canada", "United States"),
        ("do you deliver to the usa", "Canada", "United States"),
        ("delivery inside the U.S. please", "UK", "United States"),
        ("what is delivery to the United Kingdom?", "Canada", "UK"),
        ("delivery to great britain", "United States", "UK"),
        ("how much is delivery to Canada?", "United States", "Canada"),
        ("how much is delivery to Canada?", "Canada", "Canada"),
        ("can you bring it to us in time?", "Canada", "Canada"),
        ("to Canada or to the UK?", "United States", "United States"),
        ("how long does delivery take?", "Canada", "Canada"),
        ("lamps in Canada", "Lamps: safety", "Lamps: safety"),
        ("do you deliver to South America?", "Canada", "Canada"),
        ("can I return an opened tent?", "Returns: Opened goods", "Returns: Opened goods"),
    ],
)
def test_the_section_that_is_named_answers(pages: dict[str, Faq], question: str, nearest: str, meant: str) -> None:
    assert Sections(pages.values()).named(pages[nearest].id, question) == pages[meant].id
