from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.feeds.text import clean, plain, unescaped


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("plain & simple, 5 < 6 > 4", "plain & simple, 5 < 6 > 4"),
        ("a &amp; b stays without a tag", "a &amp; b stays without a tag"),
        ("<p>One &amp; two</p><p>three</p>", "One & two\nthree"),
        ("one<br/>two<BR>three", "one\ntwo\nthree"),
        ("<ul>\n  <li>first</li>\n  <li>second</li>\n</ul>", "first\nsecond"),
        ("<b>bold</b>ly", "boldly"),
        ("<script>alert('<p>')</script>safe<style>p { }</style>", "safe"),
        ("before<script>never closed", "before"),
        ("<!-- secret --><i>shown</i><!-- never closed", "shown"),
        ("<p>&lt;b&gt;not a tag&lt;/b&gt;</p>", "<b>not a tag</b>"),
    ],
)
def test_html_becomes_text(html: str, text: str) -> None:
    assert plain(html) == text


@pytest.mark.parametrize(
    "piece",
    ["<!--", "<p ", "<a ", "<a b='", "</", "<!", "<![CDATA[", "<script>", "&amp;", "<p>", "<p><!--", "<script></"],
)
def test_no_text_is_slow_to_read(piece: str) -> None:
    """Python's own parser needs minutes for some of these."""
    assert len(plain("<p>" + piece * 100_000)) <= len(piece) * 100_000


@given(st.text())
def test_clean_text_stays_clean(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert not any(letter < " " and letter not in "\n\t" for letter in cleaned)


def test_lone_surrogates_are_no_text() -> None:
    with pytest.raises(ValueError, match="not text"):
        clean("half \ud83d")


def test_entities() -> None:
    assert unescaped("Salt &amp;amp; Pepper, &amp;#8211;, a &amp b") == "Salt & Pepper, –, a & b"
    assert unescaped("AT&T") == "AT&T"
    assert unescaped("0&amp;GT") == "0&GT"
    assert unescaped("Tarn &amp; Co &#39;s &eacute;") == "Tarn & Co 's é"
