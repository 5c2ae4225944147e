"""Utterances: our own examples of what customers say, with slots filled from several kinds of shop.

`data/utterances/*.yaml` maps an intent to phrasings; `slots.yaml` holds the words for each kind of shop. A phrasing is held
out as a whole, so that no other filling of a held-out phrasing is ever trained on.
"""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from assistant.intents import BITEXT, IntentName

UTTERANCES = Path("data/utterances")
_SLOT = re.compile(r"\{(\w+?)(?: ?\d)?\}")
_HELD_OUT_OF = 5
_ALSO_DISGUISED = 0.35
_OPENINGS = (
    "",
    "",
    "",
    "",
    "",
    "",
    "hi, ",
    "hello ",
    "please ",
    "hey, ",
    "so ",
    "um ",
    "ok, ",
    "excuse me, ",
    "quick question: ",
)
_CLOSINGS = ("", "", "", "", "", "", " please", "?", " pls", "!", " thanks", "...", ".", " thx")


@dataclass(frozen=True, slots=True)
class Phrasing:
    """One way to say one thing, slots still open."""

    text: str
    intent: IntentName

    @property
    def is_held_out(self) -> bool:
        """Whether it is kept from training, to measure on: one in five, by a hash of its text."""
        return zlib.crc32(self.text.encode()) % _HELD_OUT_OF == 0


@dataclass(frozen=True, slots=True)
class Utterance:
    """One text with its intent. `origin` is the phrasing it was made from, so that its likes stay together.

    `is_validation` marks the validation part of a public training split that has one.
    """

    text: str
    intent: str
    origin: str = ""
    is_validation: bool = False


class Slots:
    """Words for the slots, by kind of shop; `shared` ones belong to all."""

    def __init__(self, shops: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        self._shared = {name: tuple(map(str, words)) for name, words in shops["shared"].items()}
        self._shops = {
            shop: {name: tuple(map(str, words)) for name, words in slots.items()}
            for shop, slots in shops.items()
            if shop != "shared"
        }

    def fill(self, text: str, chance: random.Random) -> str:
        """`text` with each slot filled from one kind of shop, drawn at random."""
        words = {**self._shared, **self._shops[chance.choice(list(self._shops))]}
        return _SLOT.sub(lambda found: chance.choice(words[found.group(1)]), text)


def read_phrasings(folder: Path = UTTERANCES) -> tuple[tuple[Phrasing, ...], Slots]:
    """All phrasings, each once, and the slots. Raises ValueError for an intent that `assistant/intents.py` does not name."""
    slots = Slots(yaml.safe_load((folder / "slots.yaml").read_text("utf-8")))
    phrasings: dict[str, Phrasing] = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.stem == "slots":
            continue
        for intent, texts in yaml.safe_load(path.read_text("utf-8")).items():
            for text in texts:
                phrasings.setdefault(str(text), Phrasing(str(text), IntentName(intent)))
    return tuple(phrasings.values()), slots


def fill_phrasings(phrasings: Sequence[Phrasing], slots: Slots, per_intent: int, seed: int) -> Iterator[Utterance]:
    """About `per_intent` utterances or more for each intent: every phrasing first as it is, then some in other guises.

    What a phrasing becomes depends on it and the seed alone, so a new phrasing leaves the others as they were.
    """
    by_intent: dict[IntentName, list[Phrasing]] = {}
    for phrasing in phrasings:
        by_intent.setdefault(phrasing.intent, []).append(phrasing)
    for intent, group in by_intent.items():
        wanted = per_intent // 3 if intent in BITEXT else per_intent  # those have a public set beside ours
        for phrasing in group:
            chance = random.Random(f"{seed} {phrasing.text}")
            yield Utterance(slots.fill(phrasing.text, chance), intent.value, phrasing.text)
            guises = (wanted - 1) // len(group) or chance.random() < _ALSO_DISGUISED
            for _ in range(guises if per_intent else 0):
                yield Utterance(disguised(slots.fill(phrasing.text, chance), chance), intent.value, phrasing.text)


def disguised(text: str, chance: random.Random) -> str:
    """`text` as another customer might type it: with courtesies, other capitals, without signs, mistyped."""
    guise = chance.choice(_OPENINGS) + text + chance.choice(_CLOSINGS)
    if chance.random() < 0.3:
        guise = guise[:1].upper() + guise[1:]
    if chance.random() < 0.2:
        guise = re.sub(r"[?,.!']", "", guise)
    if chance.random() < 0.03:
        guise = guise.upper()
    return mistyped(guise, chance) if chance.random() < 0.25 else guise


def mistyped(text: str, chance: random.Random) -> str:
    """`text` with one letter dropped, doubled or swapped with the next, inside a word of five letters or more."""
    words = [match for match in re.finditer(r"[a-zA-Z]{5,}", text)]
    if not words:
        return text
    word = chance.choice(words)
    place = chance.randrange(word.start() + 1, word.end() - 1)
    kinds = (text[place + 1 :], text[place] * 2 + text[place + 1 :], text[place + 1] + text[place] + text[place + 2 :])
    return text[:place] + chance.choice(kinds)
