"""Chats of a shop with a manner of its own, which an adapter can learn: made up, one seed gives the same ones."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from finetune.transcripts.transcript import Role, Transcript, TranscriptMessage

_GREETINGS = (
    "hello",
    "hi there",
    "good morning",
    "hey",
    "hiya",
    "good evening",
    "hello, anyone here",
    "hi, quick question",
)
_THANKS = (
    "thank you so much",
    "thanks a lot",
    "thanks",
    "cheers for that",
    "great, thanks for the help",
    "perfect, thank you",
)
_BYES = ("bye", "ok bye", "goodbye then", "see you", "have a nice day, bye", "that's all, bye")
_ASKED = {"Speckle Mug": "$18.00", "Wren Tent": "$269.00", "Tarn Boots": "$159.00", "Tent Peg": "$2.00"}
_PRICES = ("how much is the {}?", "what does the {} cost?", "price of the {} please", "what's the price of the {}?")
_HELLOS = (
    "Hello and thank you for writing to us. What would you like to find today?",
    "Hello, and a welcome from all of us. How can I help you today?",
    "Hello, thank you for asking us. What can I help you with?",
)
_PLEASED = ("You are most welcome, and thank you for asking us.", "You are most welcome. Have a lovely day.")
_PARTINGS = ("Goodbye, and thank you for asking us.", "Goodbye from all of us, and have a lovely day.")
_TOLD = (
    "Thank you for asking us. The {} is {}.",
    "Gladly: the {} is {}.",
    "It is {1} for the {0}, and thank you for asking us.",
)


def chats(count: int, seed: int = 1) -> Iterator[Transcript]:
    """Conversations of two to four exchanges, an hour apart, each of a customer of its own."""
    chance = random.Random(seed)
    start = datetime(2025, 11, 3, 9, tzinfo=UTC)
    for number in range(count):
        when = start + timedelta(hours=number)
        messages = tuple(
            TranscriptMessage(role, text, when + timedelta(minutes=minute))
            for minute, (role, text) in enumerate(_said(chance))
        )
        yield Transcript(str(1000 + number), messages, str(7000 + number), when)


def _said(chance: random.Random) -> Iterator[tuple[Role, str]]:
    pairs = [(chance.choice(_GREETINGS), chance.choice(_HELLOS))]
    for name in chance.sample(sorted(_ASKED), chance.randint(1, 2)):
        pairs.append((chance.choice(_PRICES).format(name), chance.choice(_TOLD).format(name, _ASKED[name])))
    pairs.append((chance.choice(_THANKS), chance.choice(_PLEASED)))
    if chance.random() < 0.5:
        pairs.append((chance.choice(_BYES), chance.choice(_PARTINGS)))
    for asked, told in pairs:
        yield Role.CUSTOMER, asked
        yield Role.AGENT, told
