"""Names of people, without a model: by what is said around them, by the shop's records, and by what was said before.

A name that is introduced once in a conversation is known in all of its messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from assistant.privacy.casing import Recased, recased
from assistant.privacy.everyday_words import is_everyday, is_listed, is_stranger
from assistant.privacy.known import Known
from assistant.privacy.name_cues import (
    BESIDE_MASK,
    DETERMINED,
    GUARDED_CUES,
    INITIALED,
    LETTERED,
    LOWER_CUES,
    PAIR,
    PERSON_CUES,
    RUN,
    SENTENCE_START,
    STRONG_CUES,
    TITLE,
    WEAK_CUES,
)
from assistant.privacy.name_words import (
    ALSO_WORDS,
    GIVEN_NAMES,
    NEVER_NAMES,
    PARTICLES,
    PLACES,
    SURNAMES,
    frequent_words,
    plain,
)

_TITLE_WORD = re.compile(rf"{TITLE}\Z")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_INITIAL = re.compile(r"[^\W\d_]\.\Z")
_CAMEL = re.compile(r"[^\W\d_A-Z][A-Z]")
_CAMEL_NAME = re.compile(r"(?:Ma?c|De|Di|Del|Du|La|Le|Van|Von|Fitz|O['’])[A-Z]")
_BLANKS = re.compile(r"[ \t]{2,}")
_SCHEME = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}(?=://)")
_LINES = re.compile(r"(?:[ \t]*\n){3,}")


class Names:
    """The people of one conversation, each by the words of one name."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._person_of: dict[str, int] = {}
        self._lower: set[str] = set()
        self._people = 0
        self._pattern: re.Pattern[str] | None = None
        self._recased: dict[str, Recased] = {}

    def learn(self, texts: Iterable[str], told: Iterable[str] = ()) -> bool:
        """Takes in the names in `texts`, and those that an export tells. Returns whether any was new."""
        before = len(self._person_of)
        for name in told:
            if "@" not in name and not any(map(str.isdigit, name)):
                self._add(name)
        for text in (_SCHEME.sub("", given) for given in texts):  # "sqlite://…" names nobody
            cased = self.recased(text)
            for name in (*cased.names, *self._in(cased.text)):
                self._add(name)
                if cased.text != text:
                    self._lower.update(_LETTERS.findall(name.lower()))
        return len(self._person_of) > before

    def recased(self, text: str) -> Recased:
        """`text` with capitals for its names and addresses where it was typed without any, or in capitals alone."""
        if text not in self._recased:
            self._recased[text] = recased(text, self._is_given, self._known.words.__contains__)
        return self._recased[text]

    def spans(self, text: str) -> list[tuple[int, int, int]]:
        """Where names stand in `text`, as start, end and the number of the person."""
        if not self._person_of:
            return []
        self._pattern = self._pattern or self._compiled()
        found = (match for match in self._pattern.finditer(text) if self._is_name(match["name"]))
        return [(*match.span(), self._person_of[match["name"].lower()]) for match in found]

    def _compiled(self) -> re.Pattern[str]:
        """Matches each known word of a name, with the title and the other words of it around."""
        forms = "|".join(re.escape(word) for word in sorted(self._person_of, key=len, reverse=True))
        between = rf"(?:[ \t]+(?:[^\W\d_]\.?|{'|'.join(sorted(PARTICLES))}))*[ \t-]+"
        return re.compile(
            rf"(?<![\w{{.@#-])(?:{TITLE}[ \t]+|(?-i:April|June|August)[ \t]+)?(?:[^\W\d_]\.-)?(?P<name>{forms})(?:{between}(?:{forms}))*(?:['’](?=\w*s\b))?(?![\w@}}-])",
            re.IGNORECASE,
        )

    def _is_name(self, written: str) -> bool:
        """With a capital always; in lower case only what was so introduced or is no everyday word."""
        word = written.lower()
        return not written.islower() or word in self._lower or not (word in ALSO_WORDS or self._is_everyday(word))

    def _in(self, text: str) -> Iterator[str]:
        text = _LINES.sub("\n\n", _BLANKS.sub(" ", text))  # a run of blanks tells nothing, and costs a search much time
        for cue in STRONG_CUES:
            for match in cue.finditer(text):
                name = _given(match)
                if not self._known.is_shop(text[text.index(name, match.start()) :]):
                    yield self._cut(name, is_strict=False)
        for cue in WEAK_CUES:
            yield from (self._cut(_given(match), is_strict=True) for match in cue.finditer(text))
        for cue in PERSON_CUES:
            yield from (name for match in cue.finditer(text) if (name := _given(match)).lower() in GIVEN_NAMES)
        for cue in GUARDED_CUES:
            yield from (
                self._cut(match["name"], is_strict=True) for match in cue.finditer(text) if self._is_free(match)
            )
        for cue in LOWER_CUES:
            for match in cue.finditer(text):
                name = self._cut(match["name"], is_strict=True)
                if name and (self._is_given(first := name.split()[0]) or not is_everyday(first.lower())):
                    self._lower.update(name.lower().split())
                    yield name
        for match in INITIALED.finditer(text):
            if self._is_initialed(match):
                yield self._cut(match["name"], is_strict=False)
        yield from self._recorded(text)
        if self._known.words:
            yield from self._strangers(text)
            yield from self._halves(text)

    def _is_initialed(self, match: re.Match[str]) -> bool:
        """Whether a letter is the initial of the name behind it, and no "size M"."""
        word, is_dotted = match["name"].split()[-1].rsplit(".", 1)[-1].lower(), "." in match["name"]
        if not is_dotted and LETTERED.search(match.string, max(0, match.start() - 12), match.start()):
            return False
        return word in SURNAMES or (word not in frequent_words() and word not in self._known.words)

    def _is_free(self, match: re.Match[str]) -> bool:
        """Whether a name does not begin a sentence, where any word has a capital, or begins with no everyday word."""
        first = match["name"].split()[0]
        is_inside = not _is_at_start(match.string, match.start("name"))
        return is_inside or self._is_given(first) or self._is_strange(first)

    def _halves(self, text: str) -> Iterator[str]:
        """Words beside a name that is masked already: after one any, before one at a start of a sentence no frequent one."""
        for match in BESIDE_MASK.finditer(text):
            word, usual = _given(match), frequent_words() if _is_at_start(text, match.start()) else PLACES
            is_common = word.lower() in usual or word.lower() in self._known.words
            is_after = match["name"] is not None
            if word.lower() not in NEVER_NAMES and (is_after or not is_common or word.lower() in GIVEN_NAMES):
                yield word

    def _cut(self, name: str, is_strict: bool) -> str:
        """`name` up to the first word that is no part of one; "" when nothing is left, or no word of it is a stranger."""
        kept: list[str] = []
        for word in name.split():
            if not kept and (_TITLE_WORD.match(word) or _INITIAL.match(word) or len(word) == 1):
                continue
            if word.lower().strip(".’'") in NEVER_NAMES:
                break
            kept.append(word)
        return "" if is_strict and self._is_ordinary(kept) else " ".join(kept)

    def _is_ordinary(self, words: Sequence[str]) -> bool:
        """Whether nothing in it is a name: words of the shop, or a place or company with everyday words, "Smart TV"."""
        strangers = [word for word in words if word.lower() not in self._known.words or self._is_given(word)]
        other = [word.isupper() or (word.lower() in PLACES and word.lower() not in GIVEN_NAMES) for word in strangers]
        return all(other) or (any(other) and all(self._is_everyday(word.lower()) for word in words))

    def _strangers(self, text: str) -> Iterator[str]:
        """Words with capitals inside a sentence that are neither the shop's nor English: in a chat these are people.

        At the start of a sentence, where any word has a capital, only given names count, and pairs of strangers.
        """
        for run in RUN.finditer(text):
            words = run[0].split()
            if self._is_thing(run, words):
                continue
            if _is_at_start(text, run.start()):
                is_pair = len(words) > 1 and self._is_strange(words[0])
                is_pair = is_pair and (self._is_strange(words[1]) or words[1].lower() in SURNAMES)
                is_given = self._is_given(words[0]) and words[0].lower() not in ALSO_WORDS
                is_lone = self._is_strange(words[0]) and is_stranger(words[0].lower())
                words = words if is_pair or is_given or is_lone else words[1:]
            found = (place for place, word in enumerate(words) if self._is_given(word) or self._is_strange(word))
            start = next(found, None)
            if start is not None:
                yield self._cut(" ".join(words[start:]), is_strict=True)
            elif len(words) == 2 and words[0].lower() in GIVEN_NAMES and words[1].lower() not in self._known.words:
                yield self._cut(" ".join(words), is_strict=False)  # a name that is a word of the shop too, "Amber Fox"

    def _is_thing(self, run: re.Match[str], words: Sequence[str]) -> bool:
        """Whether an article, a number or a quotation mark stands before it, or it is a brand that ends in 's."""
        place, has_article = run.start(), DETERMINED.search(f"{words[0]} ") is not None and len(words) > 1
        article = DETERMINED.search(run.string, max(0, place - 10), place)
        if has_article or article:
            following = re.match(r"[ \t]+([^\W\d_]+)", run.string[run.end() : run.end() + 20])
            is_alone = article is not None and article[0].strip().lower() in ("a", "an")  # "is there a Whitfield here?"
            is_thing = not is_alone or (following is not None and following[1] not in NEVER_NAMES)
            return is_thing and not self._is_given(words[has_article])
        is_quoted = run.string[place - 1 : place] in ("'", '"', "‘", "“") and not self._is_given(words[0])
        is_brand = run.string[run.end() :].startswith(("'s", "’s")) and f"{words[-1].lower()}'s" in NEVER_NAMES
        return is_quoted or is_brand

    def _is_given(self, word: str) -> bool:
        found = word.lower()
        is_known = found in self._known.capitalised or found in NEVER_NAMES
        given = (
            part in GIVEN_NAMES or part in self._known.given_names
            for part in (found, plain(found), plain(found).split("-")[0])
        )
        return not is_known and any(given)

    def _is_strange(self, word: str) -> bool:
        """Whether a word is neither the shop's, nor English, nor a place or company, nor an abbreviation or "SanDisk"."""
        parts = re.sub(r"['’]s$", "", word.lower().strip(".’'")).split("-")
        is_brand = _CAMEL.search(word) is not None and not _CAMEL_NAME.match(word)
        return not word.isupper() and not is_brand and not all(self._is_everyday(part) for part in parts)

    def _is_everyday(self, word: str) -> bool:
        return word in self._known.words or word in PARTICLES or is_listed(word)

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
            if word not in NEVER_NAMES and word not in PARTICLES and not _TITLE_WORD.match(word.title())
        ]
        fresh = [word for word in words if word not in self._person_of]
        if not fresh:
            return
        person = next((self._person_of[word] for word in words if word in self._person_of), self._people)
        self._people = max(self._people, person + 1)
        self._person_of.update(dict.fromkeys(fresh, person))
        self._pattern = None


def _given(match: re.Match[str]) -> str:
    """The name, which some cues have in one of two places."""
    return match["name"] or match["again"]


def _is_at_start(text: str, place: int) -> bool:
    """Whether a sentence or a line begins at `place`, where any word has a capital."""
    return SENTENCE_START.search(text, max(0, place - 10), place) is not None
