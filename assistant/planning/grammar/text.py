"""Text: a message made fit for reading: plain characters, numbers in digits, tokens with their places."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from assistant.planning.grammar.numbers import in_digits
from retrieval.folding import folded

LONGEST = 1500
"""Characters of a message that are read; the rest of a longer one is left unread."""

HIDDEN = "\x1f"
"""Stands for each character that an earlier module has read."""

_TAG = re.compile(
    r"<\s*(script|style)\b.*?(?:<\s*/\s*\1\s*>|$)|<!--.*?(?:-->|$)|</?[a-zA-Z][^<>]{0,300}>", re.DOTALL | re.IGNORECASE
)
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?|[^\w\s]")
_PLAIN = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "…": ".", "×": "x"}
)

Span = tuple[int, int]
"""Start and end of a piece of `Text.cased`, end excluded."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or sign: `word` in lower case, `stem` without accents, plural or possessive, `cased` as written."""

    word: str
    stem: str
    cased: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        """Whether it is a word or number rather than a sign."""
        return self.word[0].isalnum()


@dataclass(frozen=True)
class Text:
    """`cased` keeps the customer's capitals; `lower` has the same length, character by character."""

    cased: str

    @classmethod
    def of(cls, message: str) -> Text:
        """Cleans a message of any kind and length: no markup, no control characters, numbers in digits."""
        return cls(in_digits(clean(message)))

    @cached_property
    def lower(self) -> str:
        """The text in lower case."""
        return "".join(low if len(low := char.lower()) == 1 else char for char in self.cased)

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """Words, numbers and signs in order; hidden characters belong to none."""
        found = []
        for match in _TOKEN.finditer(self.cased):
            word = self.lower[match.start() : match.end()]
            found.append(Token(word, stem(word), match.group(), match.start(), match.end()))
        return tuple(token for token in found if token.word != HIDDEN)

    def without(self, spans: Iterable[Span]) -> Text:
        """This text with `spans` hidden; places stay the same."""
        chars = list(self.cased)
        for start, end in spans:
            chars[start:end] = HIDDEN * (end - start)
        return Text("".join(chars))


def clean(message: str) -> str:
    """`message` as one line of plain characters, at most LONGEST of them."""
    text = _TAG.sub(" ", message[: LONGEST * 4])
    text = unicodedata.normalize("NFKC", html.unescape(text)).translate(_PLAIN)
    text = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(text.split())[:LONGEST]


_IRREGULAR = {
    "women": "woman", "men": "man", "children": "child", "knives": "knife", "shelves": "shelf", "scarves": "scarf",
    "feet": "foot", "mice": "mouse", "people": "person", "persons": "person", "loaves": "loaf", "leaves": "leaf",
    "gray": "grey", "colour": "color", "colours": "color", "colors": "color", "womens": "woman", "mens": "man",
    "womans": "woman", "mans": "man", "kids": "child", "kid": "child", "childrens": "child", "jewellery": "jewelry",
    "fibre": "fiber", "aluminum": "aluminium", "wooden": "wood", "woollen": "wool", "woolen": "wool", "golden": "gold",
    "tyre": "tire", "tyres": "tire", "moisturizer": "moisturiser", "moisturizers": "moisturiser", "pyjamas": "pajamas",
    "litre": "liter", "litres": "liter", "metre": "meter", "metres": "meter", "theatre": "theater",
}  # fmt: skip
_SINGULAR_IN_S = ("ss", "us", "is", "ous", "ens")


def stem(word: str) -> str:
    """`word` in lower case without accents, plural, possessive or a second spelling: "Women's" and "womens" → "woman"."""
    plain = folded(word)
    if plain.endswith("'s"):
        plain = plain[:-2]
    plain = plain.replace("'", "")
    if plain in _IRREGULAR:
        return _IRREGULAR[plain]
    if len(plain) <= 3 or not plain.endswith("s") or plain.endswith(_SINGULAR_IN_S):
        return plain
    if plain.endswith("ies") and len(plain) > 4:
        return plain[:-3] + "y"
    if plain.endswith(("ches", "shes", "xes", "sses", "zzes")):
        return plain[:-2]
    return plain[:-1]


def stems(phrase: str) -> tuple[str, ...]:
    """The stems of the words of `phrase`, signs left out."""
    return tuple(token.stem for token in Text(unicodedata.normalize("NFC", phrase)).tokens if token.is_word)
