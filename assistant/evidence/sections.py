"""Sections: pages of a shop that stood under headings of one page, such as "Delivery: Canada" next to "Delivery: Alaska".

The import gives each heading a page of its own, whose text often holds only under it: "Delivery costs $15.00" is said of Canada.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from assistant.evidence.wording import stems
from retrieval.catalog.faq import Faq

_PLACES = (
    (
        re.compile(
            r"\bU\.S\.(?:A\.)?|\bUSA?\b|\b(?i:usa|the us|the states|(?<!south )(?<!north )(?<!latin )(?<!central )america)\b"
        ),
        " United States ",
    ),
    (re.compile(r"\bU\.K\.|\bUK\b|\b(?i:uk|great britain|britain)\b"), " United Kingdom "),
    (re.compile(r"\bE\.U\.|\bEU\b|\b(?i:the eu)\b"), " European Union "),
)
"""Names of places that headings and customers often write in different ways."""


class Sections:
    """Knows the headings of sections, by the ids of their pages."""

    def __init__(self, pages: Iterable[Faq]) -> None:
        """A page with a colon in its title is a section if another one has the same words before it."""
        by_topic: dict[str, dict[str, str]] = defaultdict(dict)
        for page in pages:
            topic, _, heading = page.title.partition(": ")
            if heading and not heading.endswith("?"):
                by_topic[topic][page.id] = heading
        self._topics = {id: _words(topic) for topic, headings in by_topic.items() for id in headings}
        self._beside = {id: headings for headings in by_topic.values() if len(headings) > 1 for id in headings}

    def heading(self, page: str) -> str:
        """Return the heading under which the text of `page` holds; "" if it is no section."""
        return self._beside.get(page, {}).get(page, "")

    def named(self, page: str, question: str) -> str:
        """Return the section next to `page` whose heading the question names, if it is one and that of `page` is not named; else `page`."""
        asked = _words(question)
        own = {id: _words(heading) - self._topics[id] for id, heading in self._beside.get(page, {}).items()}
        named = [id for id, words in own.items() if words and words <= asked]
        return named[0] if len(named) == 1 else page


def says_heading(heading: str, text: str) -> bool:
    """True if a text has all words of a heading, so that it need not be said with it."""
    words = _words(heading)
    return words <= _words(text) if words else heading.casefold() in text.casefold()


def _words(text: str) -> frozenset[str]:
    for pattern, name in _PLACES:
        text = pattern.sub(name, text)
    return stems(text)
