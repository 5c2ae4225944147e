"""Clauses: a written sentence as plain tokens, cut where one statement ends and the next begins."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.evidence.lexicon import words

_TOKEN = re.compile(r"\{([a-z][a-z0-9_]*\.[a-z0-9_]+)\}|([A-Za-z]+(?:[-'][A-Za-z]+)*)|(\d[\d.,:/]*)|(\S)")
_WHOLE = {
    "won't": "will not",
    "can't": "can not",
    "cannot": "can not",
    "shan't": "shall not",
    "let's": "let us",
    "ain't": "is not",
}
_ENDINGS = (("n't", "not"), ("'ll", "will"), ("'ve", "have"), ("'re", "are"), ("'m", "am"), ("'d", "would"))
_IS_BEFORE = frozenset(
    {
        "it",
        "that",
        "this",
        "he",
        "she",
        "here",
        "there",
        "what",
        "who",
        "where",
        "how",
        "when",
        "everything",
        "all",
        "one",
    }
)
_ASIDES = re.compile(
    r", (?:however|though|of course|then|too|also|please|sir|madam|certainly|therefore),", re.IGNORECASE
)
_BREAKS = frozenset({",", ";", ":", "—", "–", ".", "!", "?", "(", ")"})
_AUXILIARIES = frozenset(
    {
        "is", "are", "am", "was", "were", "has", "have", "had", "do", "does", "did", "will", "would", "can", "could",
        "shall", "should", "may", "might", "must",
    }
)  # fmt: skip


class Mode(StrEnum):
    """How a clause means what it says."""

    STATEMENT = "statement"
    QUESTION = "question"
    CONDITION = "condition"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Token:
    """One word in lower case, one sign, or one reference ("{p1.price}", then `key` is "p1.price")."""

    text: str
    key: str = ""
    is_word: bool = True


@dataclass(frozen=True, slots=True)
class Clause:
    """A run of tokens that makes one statement."""

    tokens: tuple[Token, ...]
    mode: Mode

    @property
    def words(self) -> tuple[str, ...]:
        """Every token's text; a reference stands as its key in braces."""
        return tuple(token.text for token in self.tokens)

    @property
    def keys(self) -> frozenset[str]:
        """The references of this clause."""
        return frozenset(token.key for token in self.tokens if token.key)


def tokens(sentence: str) -> list[Token]:
    """`sentence` in lower case with contractions written out: "I've" is "i have", "can't" is "can not"."""
    found: list[Token] = []
    for match in _TOKEN.finditer(_ASIDES.sub("", sentence.replace("’", "'"))):
        key, word, number, sign = match.groups()
        if key:
            found.append(Token(match.group(), key))
        elif word:
            found.extend(Token(part) for part in _written_out(word.lower()))
        else:
            found.append(Token(number or sign, is_word=False))
    return found


def clauses(sentence: str) -> list[Clause]:
    """The clauses of `sentence` in order. References, and words that a list joins, stay in one clause."""
    parts = list(_cut(tokens(sentence)))
    return [Clause(tuple(part), _mode(part, sentence)) for part in parts if part]


def _written_out(word: str) -> list[str]:
    if word in _WHOLE:
        return _WHOLE[word].split()
    for ending, full in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending):
            return [word.removesuffix(ending), full]
    if word.endswith("'s"):
        stem = word.removesuffix("'s")
        return [stem, "is"] if stem in _IS_BEFORE else [stem]
    return [word]


def _cut(sentence: Sequence[Token]) -> Iterator[list[Token]]:
    part: list[Token] = []
    for place, token in enumerate(sentence):
        rest = sentence[place + 1 :]
        if token.text in _BREAKS and not token.is_word:
            yield part
            part = []
        elif part and (token.text in words("subordinators") or _joins_statements(token, rest)):
            yield part
            part = [token]
        else:
            part.append(token)
    yield part


def _joins_statements(token: Token, rest: Sequence[Token]) -> bool:
    """Whether "and" or "but" opens a new statement: a subject, an auxiliary or a verb of service comes next."""
    if token.text not in words("conjunctions") or not rest:
        return False
    return rest[0].text in words("pronouns") | words("agents") | _AUXILIARIES | {
        "your",
        "the",
        "our",
        "a",
        "my",
    } or token.text in ("but", "so")


def _mode(part: Sequence[Token], sentence: str) -> Mode:
    opening = [token.text for token in part[:3] if token.text not in words("conjunctions") | words("adverbs")]
    first = opening[0] if opening else ""
    if first in words("conditions") or tuple(opening[:2]) in (("in", "case"), ("should", "you"), ("as", "if")):
        return Mode.CONDITION
    if first in words("times") or tuple(opening[:2]) == ("as", "soon"):
        return Mode.TIME
    if sentence.rstrip("\"') ").endswith("?") and (first in _AUXILIARIES or first in words("question_words")):
        return Mode.QUESTION
    return Mode.STATEMENT
