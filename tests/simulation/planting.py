"""Planting: personal items of many countries, put into conversations in the ways in which people write them.

Names, addresses and numbers are Faker's; the sentences were written for this measurement, not from the masker's cues.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from faker import Faker

from assistant.privacy.kind import Kind
from finetune.transcripts.transcript import Role, Transcript, TranscriptMessage
from tests.simulation.sentences import SETS

LOCALES = ("en_US", "en_GB", "en_CA", "en_AU", "en_IN", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL")
_IBAN_LOCALES = ("en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL")


@dataclass(frozen=True)
class Planted:
    """An item and the pieces of it of which none may remain."""

    kind: Kind
    value: str
    pieces: tuple[str, ...]


@dataclass
class Planting:
    """Draws items and conversations from one seed; `planted` holds the items of each conversation by its id.

    `sentences` is which set of them is used, from 1; `is_careful` lets every customer write with capitals and signs.
    """

    seed: int
    fillers: list[str]
    sentences: int = 1
    is_careful: bool = False
    planted: dict[str, list[Planted]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.set = SETS[self.sentences - 1]
        self.fakers = {locale: Faker(locale, use_weighting=False) for locale in LOCALES}
        for number, faker in enumerate(self.fakers.values()):
            faker.seed_instance(self.seed * 100 + number)
        self.ordinary = {
            word.strip(".,!?").lower() for text in (*self.fillers, *_all_sentences()) for word in text.split()
        }

    def transcripts(self, items: int) -> Iterator[Transcript]:
        """Conversations with `items` planted items in all, one to three of them in each."""
        number = 0
        while items > 0:
            number += 1
            transcript = self._transcript(str(self.seed * 1_000_000 + number), min(items, self.dice.randint(1, 3)))
            items -= len(self.planted[transcript.id])
            yield transcript

    def _transcript(self, identity: str, items: int) -> Transcript:
        kinds = self.dice.sample(list(Kind), items)
        start = datetime(2026, 1, 1, 8, tzinfo=UTC) + timedelta(minutes=self.dice.randrange(400_000))
        texts: list[list[str]] = [[self.dice.choice(self.fillers)] for _ in range(self.dice.choice((4, 6)))]
        closings, planted = [""] * len(texts), []
        for kind in kinds:
            item = self._item(kind)
            planted.append(item)
            place = self.dice.randrange(len(texts))
            if kind is Kind.ADDRESS and self.set.halves and place in range(0, len(texts) - 2, 2) and self._is(0.3):
                self._halved(item, place, texts)
                continue
            sentence = self.dice.choice((self.set.customer, self.set.agent)[place % 2][kind])
            written = sentence.strip("^").replace("{}", item.value)
            if sentence.startswith("\n"):
                closings[place] += written
            else:
                texts[place].insert(0 if sentence[0] == "^" else self.dice.randint(0, len(texts[place])), written)
            if kind is Kind.NAME and self.dice.random() < 0.5:
                self._again(item, place, texts)
        self.planted[identity] = planted
        messages = tuple(
            TranscriptMessage(
                (Role.CUSTOMER, Role.AGENT)[place % 2],
                self._typed(" ".join(text) + closings[place], is_customer=place % 2 == 0),
                start + timedelta(minutes=place),
            )
            for place, text in enumerate(texts)
        )
        return Transcript(identity, messages, str(self.dice.randrange(10_000, 99_999)), start)

    def _again(self, item: Planted, place: int, texts: list[list[str]]) -> None:
        """The same person again in a later message, by the first name or the whole name."""
        if place + 1 < len(texts):
            later = self.dice.randrange(place + 1, len(texts))
            said = self.dice.choice((item.value, item.pieces[0]))
            texts[later].append(self.dice.choice(self.set.later).replace("{}", said))

    def _halved(self, item: Planted, place: int, texts: list[list[str]]) -> None:
        """An address of which the agent has to ask for the second half."""
        first, question, second = self.dice.choice(self.set.halves)
        street, rest = item.pieces[0], item.value.removeprefix(item.pieces[0]).lstrip(", \n") or "the same town"
        texts[place].append(first.replace("{}", street))
        texts[place + 1].append(question)
        texts[place + 2].insert(0, second.replace("{}", rest))

    def _typed(self, text: str, is_customer: bool) -> str:
        """A message as its writer types it."""
        if not is_customer or self.is_careful or not (self.set.careless or self.set.loud):
            return text
        drawn = self.dice.random()
        if drawn < self.set.careless:
            return _careless(text)
        return text.upper() if drawn < self.set.careless + self.set.loud else text

    def _is(self, share: float) -> bool:
        return self.dice.random() < share

    def _item(self, kind: Kind) -> Planted:
        makers: dict[Kind, Callable[[], Planted]] = {
            Kind.NAME: self._name,
            Kind.ADDRESS: self._address,
            Kind.EMAIL: lambda: self._whole(Kind.EMAIL, self._faker().email()),
            Kind.PHONE: self._phone,
            Kind.CARD: self._card,
            Kind.IBAN: self._iban,
            Kind.ORDER: self._order,
            Kind.TRACKING: self._tracking,
        }
        return makers[kind]()

    def _faker(self, locales: tuple[str, ...] = LOCALES) -> Faker:
        return self.fakers[self.dice.choice(locales)]

    def _whole(self, kind: Kind, value: str) -> Planted:
        return Planted(kind, value, (value,))

    def _name(self) -> Planted:
        """A first and last name, or a first name alone; none of the words is an everyday word of these conversations."""
        while True:
            faker = self._faker()
            words = [faker.first_name(), *([faker.last_name()] if self.dice.random() < 0.7 else [])]
            if all(part.lower() not in self.ordinary and len(part) > 2 for word in words for part in word.split()):
                return self._called(words)

    def _called(self, words: list[str]) -> Planted:
        """By the whole name, or also by title or initial where the set is formal."""
        if self.set.is_formal and len(words) == 2 and self._is(0.25):
            start = self.dice.choice(("Mr", "Mrs", "Ms", "Mr.", "Dr.", words[0][0], f"{words[0][0]}."))
            return Planted(Kind.NAME, f"{start} {words[1]}", (words[1],))
        return Planted(Kind.NAME, " ".join(words), tuple(words))

    def _address(self) -> Planted:
        faker = self._faker()
        street = faker.street_address().replace("\n", ", ")
        postcode, city = faker.postcode(), faker.city()
        forms = [f"{street}, {city} {postcode}", f"{street}, {postcode} {city}", f"{street}, {city}", street]
        if self.set.is_formal:
            forms += [f"{street}\n{city}\n{postcode}", f"{street}\n{postcode} {city}"]
        line = self.dice.choice(forms)
        return Planted(Kind.ADDRESS, line, tuple(piece for piece in (street, postcode) if piece in line))

    def _phone(self) -> Planted:
        while True:
            number = self._faker().phone_number()
            if sum(map(str.isdigit, number)) >= 7:
                return self._whole(Kind.PHONE, number)

    def _card(self) -> Planted:
        number = self._faker().credit_card_number()
        if len(number) == 16 and self.dice.random() < 0.5:
            number = self.dice.choice((" ", "-")).join(number[place : place + 4] for place in range(0, 16, 4))
        return self._whole(Kind.CARD, number)

    def _iban(self) -> Planted:
        number = self._faker(_IBAN_LOCALES).iban()
        spaced = " ".join(number[place : place + 4] for place in range(0, len(number), 4))
        return self._whole(Kind.IBAN, self.dice.choice((number, spaced, number.lower())))

    def _order(self) -> Planted:
        forms = (
            "FF-2####",
            "FF-2####",
            "ff-2####",
            "#####",
            "#10###",
            "ORD-######",
            "SO#######",
            "###-#######-#######",
            "W########",
        )
        form = self.dice.choice(forms)
        value = "".join(
            str(self.dice.randint(1, 9)) if letter == "#" and (place or form[0] != "#") else letter
            for place, letter in enumerate(form)
        )
        return Planted(Kind.ORDER, value, (value.lstrip("#"),))

    def _tracking(self) -> Planted:
        forms = (
            "1Z999AA1##########",
            "94001################",
            "TBA############",
            "RR#########GB",
            "PW##########",
            "############",
            "JD##################",
            "#### #### ####",
        )
        value = "".join(str(self.dice.randint(1, 9)) if letter == "#" else letter for letter in self.dice.choice(forms))
        return self._whole(Kind.TRACKING, value)


def _careless(text: str) -> str:
    """As people write in a hurry: no capitals, and no signs at the ends of words."""
    return re.sub(r"[,.!?;:]+(?=\s|$)", "", text.lower())


def _all_sentences() -> Iterator[str]:
    for each in SETS:
        yield from each.later
        yield from (sentence for halves in each.halves for sentence in halves)
        yield from (
            sentence for speaker in (each.customer, each.agent) for kind in speaker.values() for sentence in kind
        )
