"""Names of people, without a model: by what is said around them, by the shop's records, and by what was said before.

A name that is introduced once in a conversation is known in all of its messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from assistant.privacy.known import Known
from assistant.privacy.name_cues import LOWER_CUES, PAIR, STRONG_CUES, TITLE, WEAK_CUES
from assistant.privacy.name_words import ALSO_WORDS, NEVER_NAMES

_TITLE_WORD = re.compile(rf"{TITLE}\Z")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_PARTICLES = frozenset(
    ("van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "la", "le", "bin", "ibn", "al", "el", "ten", "ter", "zu", "y")
)  # fmt: skip
_SHOUTING = 0.6  # share of capitals from which on they tell nothing


class Names:
    """The people of one conversation, each by the words of one name."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._person_of: dict[str, int] = {}
        self._lower: set[str] = set()
        self._people = 0
        self._pattern: re.Pattern[str] | None = None

    def learn(self, texts: Iterable[str], told: Iterable[str] = ()) -> bool:
        """Takes in the names in `texts`, and those that an export tells. Returns whether any was new."""
        before = len(self._person_of)
        for name in told:
            if "@" not in name and not any(map(str.isdigit, name)):
                self._add(name)
        for text in texts:
            for name in self._in(text):
                self._add(name)
        return len(self._person_of) > before

    def spans(self, text: str) -> list[tuple[int, int, int]]:
        """Where names stand in `text`, as start, end and the number of the person."""
        if self._pattern is None:
            return []
        found = (match for match in self._pattern.finditer(text) if self._is_name(match["name"]))
        return [(*match.span(), self._person_of[match["name"].lower()]) for match in found]

    def _is_name(self, written: str) -> bool:
        """With a capital always; in lower case only what was so introduced or is no everyday word."""
        word = written.lower()
        return not written.islower() or word in self._lower or not (word in ALSO_WORDS or word in self._known.words)

    def _in(self, text: str) -> Iterator[str]:
        letters = [letter for letter in text if letter.isalpha()]
        is_shouting = len(letters) > 12 and sum(map(str.isupper, letters)) > _SHOUTING * len(letters)
        for cue in STRONG_CUES:
            for match in cue.finditer(text):
                yield self._cut(_given(match), is_strict=is_shouting)
        for cue in () if is_shouting else WEAK_CUES:
            yield from (self._cut(_given(match), is_strict=True) for match in cue.finditer(text))
        for cue in LOWER_CUES:
            for match in cue.finditer(text):
                if name := self._cut(match["name"], is_strict=True):
                    self._lower.update(name.lower().split())
                    yield name
        yield from self._recorded(text)
        if self._known.words and not is_shouting:
            yield from (match["name"] for match in PAIR.finditer(text) if self._is_strange(match["name"]))

    def _cut(self, name: str, is_strict: bool) -> str:
        """`name` up to the first word that is no part of one; "" when nothing is left, or no word of it is a stranger."""
        kept: list[str] = []
        for word in name.split():
            if _TITLE_WORD.match(word) and not kept:
                continue
            if word.lower().strip(".’'") in NEVER_NAMES:
                break
            kept.append(word)
        is_ordinary = all(word.lower() in self._known.words for word in kept)
        return "" if is_strict and is_ordinary else " ".join(kept)

    def _is_strange(self, pair: str) -> bool:
        """Whether two words with capitals side by side are a name: neither is a word of the shop or of every day."""
        words = [word.lower().strip(".") for word in pair.split() if word.lower() not in _PARTICLES]
        return not any(word in NEVER_NAMES or word in self._known.words for word in words)

    def _recorded(self, text: str) -> Iterator[str]:
        """Names of customers of the shop in full, in any case; with a capital a given name of theirs before another word."""
        if not self._known.names:
            return
        words = _LETTERS.findall(text)
        for length in (2, 3, 4):
            for place in range(len(words) - length + 1):
                name = " ".join(words[place : place + length])
                if name.lower() in self._known.names:
                    self._lower.update(name.lower().split())
                    yield name
        for match in PAIR.finditer(text):
            if match["name"].split()[0].lower() in self._known.given_names:
                yield self._cut(match["name"], is_strict=True)

    def _add(self, name: str) -> None:
        """A person, new or known by one of the words; the words alone stand for the person from now on."""
        words = [word.lower() for word in _LETTERS.findall(name) if len(word) > 1]
        words = [
            word
            for word in words
            if word not in NEVER_NAMES and word not in _PARTICLES and not _TITLE_WORD.match(word.title())
        ]
        fresh = [word for word in words if word not in self._person_of]
        if not fresh:
            return
        person = next((self._person_of[word] for word in words if word in self._person_of), self._people)
        self._people = max(self._people, person + 1)
        self._person_of.update(dict.fromkeys(fresh, person))
        forms = "|".join(re.escape(word) for word in sorted(self._person_of, key=len, reverse=True))
        between = rf"(?:[ \t]+(?:[^\W\d_]\.?|{'|'.join(sorted(_PARTICLES))}))*[ \t-]+"
        self._pattern = re.compile(
            rf"(?<![\w{{.@#-])(?:{TITLE}[ \t]+)?(?P<name>{forms})(?:{between}(?:{forms}))*(?:['’](?=\w*s\b))?(?![\w@}}-])",
            re.IGNORECASE,
        )


def _given(match: re.Match[str]) -> str:
    """The name, which some cues have in one of two places."""
    return match["name"] or match["again"]
