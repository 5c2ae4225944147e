"""Persona: how one simulated customer types, in the same way through a whole conversation."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from finetune.simulation.customer_sentences import CustomerSentences

_SHORT = {
    "you": "u",
    "your": "ur",
    "are": "r",
    "please": "pls",
    "thanks": "thx",
    "because": "bc",
    "what": "wat",
    "with": "w",
}
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")


@dataclass(frozen=True)
class Persona:
    """Shares of messages or words that are typed in some way. `is_neat` people write sentences with capitals and full stops."""

    is_neat: bool
    slips: float
    shortens: float
    greets: float
    tells: float
    is_loud: bool

    @classmethod
    def drawn(cls, chance: random.Random) -> Self:
        """Somebody: one in three neat, one in seven hasty, one in fifty loud, some who tell a lot."""
        is_neat = chance.random() < 0.33
        return cls(
            is_neat=is_neat,
            slips=chance.choice((0.0, 0.0, 0.01, 0.02)) if is_neat else chance.choice((0.0, 0.02, 0.04, 0.09)),
            shortens=0.6 if not is_neat and chance.random() < 0.2 else 0.0,
            greets=chance.choice((0.0, 0.1, 0.5)),
            tells=chance.choice((0.0, 0.0, 0.0, 0.4)),
            is_loud=chance.random() < 0.02,
        )

    def opened(self, text: str, words: Mapping[str, str], sentences: CustomerSentences, chance: random.Random) -> str:
        """The first message of a conversation, with what this person says before it."""
        if chance.random() < self.tells and (story := sentences.draw("story", words, chance)):
            text = f"{story} {text}"
        if chance.random() < self.greets:
            text = chance.choice(sentences.words("greeting")) + text
        return text

    def typed(self, text: str, sentences: CustomerSentences, chance: random.Random) -> str:
        """`text` as this person types it."""
        if chance.random() < 0.12:
            text = text.rstrip("?.!") + chance.choice(sentences.words("ending"))
        text = " ".join(self._word(word, chance) for word in text.split())
        if self.is_neat:
            return _neat(text)
        text = text.lower()
        if chance.random() < 0.4:
            text = _APOSTROPHE.sub("", text).rstrip("?.") or text
        return text.upper() if self.is_loud else text

    def _word(self, word: str, chance: random.Random) -> str:
        if word in _SHORT and chance.random() < self.shortens:
            return _SHORT[word]
        if len(word) > 3 and word.isalpha() and chance.random() < self.slips:
            return _slip(word, chance)
        return word


def _slip(word: str, chance: random.Random) -> str:
    """One typing slip: a letter dropped, doubled or swapped with the next."""
    place = chance.randrange(1, len(word) - 1)
    before, letter, after = word[:place], word[place], word[place + 1 :]
    return chance.choice((before + after, before + letter * 2 + after, before + after[0] + letter + after[1:]))


def _neat(text: str) -> str:
    text = re.sub(r"\bi\b(?!\.)", "I", text)
    text = re.sub(r"(^|[.?!] )([a-z])", lambda found: found[1] + found[2].upper(), text)
    is_question = re.match(
        r"(?:what|which|how|is|are|do|does|can|could|where|when|why|who|has|have|will|would)\b", text, re.IGNORECASE
    )
    return text if text[-1] in ".?!:)" else text + ("?" if is_question else ".")
