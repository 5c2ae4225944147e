"""Planting: personal items of many countries, put into conversations in the ways in which people write them.

Names, addresses and numbers are Faker's; the sentences were written for this measurement, not from the masker's cues.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from faker import Faker

from assistant.privacy.kind import Kind
from finetune.transcripts.transcript import Role, Transcript, TranscriptMessage

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

    `sentences` is which of three sets of them is used.
    """

    seed: int
    fillers: list[str]
    sentences: int = 1
    planted: dict[str, list[Planted]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
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
            sentence = self.dice.choice(_SETS[self.sentences - 1][place % 2][kind])
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
                " ".join(text) + closings[place],
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
            texts[later].append(self.dice.choice(LATER).replace("{}", said))

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
                return Planted(Kind.NAME, " ".join(words), tuple(words))

    def _address(self) -> Planted:
        faker = self._faker()
        street = faker.street_address().replace("\n", ", ")
        postcode, city = faker.postcode(), faker.city()
        line = self.dice.choice(
            (f"{street}, {city} {postcode}", f"{street}, {postcode} {city}", f"{street}, {city}", street)
        )
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


CUSTOMER: dict[Kind, tuple[str, ...]] = {
    Kind.NAME: (
        "^Hi, my name is {}.", "^Hello, this is {}.", "^Good evening, {} here.", "^Hi I'm {} and I need a hand.", "\nBest regards,\n{}", "\nThanks,\n{}",
        "\n\nKind regards\n{}", "\n{}", "The order should be under {}.", "Name on the account: {}", "It is a present for my sister {}.",
        "My husband {} placed it.", "I spoke to {} on the phone yesterday.", "Please address it to {}.", "Dear {},\nthank you for the quick answer.",
        "Hi {}, thanks for getting back to me.", "Your colleague {} promised me a reply.", "It says it was signed for by {}, who is that?",
        "You can call me {}.", "The card belongs to {}.", "Could you let {} know?", "The account is registered to {}.", "Thanks so much {}!", "My full name is {}.",
        "I'm ordering on behalf of {}.", "Customer name: {}", "I bought it together with my friend {}.", "Mr. {} from your store helped me.", "ok thank you {}",
    ),
    Kind.ADDRESS: (
        "Please send it to {}.", "My address is {}.", "I live at {}.", "We moved, the new address is {}.", "Deliver to: {}", "Can you change the delivery address to {}?",
        "It went to {} instead.", "Ship it to {} please.", "Billing address: {}", "I'm at {} if the driver asks.",
    ),
    Kind.EMAIL: ("My email is {}.", "You can reach me at {}.", "I used {} to sign up.", "email: {}", "Please write to {} instead.", "The account is {}"),
    Kind.PHONE: ("My number is {}.", "Call me on {}.", "You can text {} any time.", "Phone: {}", "{} is the best number.", "Reach me at {} after six.", "tel {}"),
    Kind.CARD: ("I paid with {}.", "My card number is {}.", "The card is {} and it was charged twice.", "card: {}", "Use {} please."),
    Kind.IBAN: ("Please refund to {}.", "My IBAN is {}.", "The account is {}, in my name.", "Bank details: {}", "Send the money to {} please."),
    Kind.ORDER: (
        "My order number is {}.", "Where is order {}?", "It's about order {}.", "I want to return {} please, that is my order.", "Order no. {} never came.",
        "order id: {}", "The confirmation says order {}.", "Order number {} is wrong.",
    ),
    Kind.TRACKING: ("The tracking number is {}.", "Tracking: {}", "I was given {} to track it.", "tracking code {} does nothing", "The parcel {} is stuck.", "It says {} was delivered."),
}  # fmt: skip
AGENT: dict[Kind, tuple[str, ...]] = {
    Kind.NAME: (
        "^Hello {}, thank you for writing.", "^Hi {}!", "^Dear {},", "^Good morning {}.", "Thank you for your patience, {}.", "I'm {} and I'll look into it.", "My name is {}.",
        "You are chatting with {}.", "\nKind regards,\n{}", "\nBest,\n{}\nCustomer Care", "Am I speaking with {}?", "I see the parcel was received by {}.", "Thanks, {}.", "You're welcome, {}!",
        "I have asked my colleague {} to check.", "The account is in the name of {}.", "Certainly, {}.", "Is the recipient {}?", "Our driver {} left a card.", "Sorry about that, {}.",
        "I've noted that {} may collect it.", "The order was placed by {}.", "Have a lovely day, {}!",
    ),
    Kind.ADDRESS: (
        "We have {} as your address.", "It is on its way to {}.", "Is {} still right?", "The parcel goes to {}.", "Shipping address: {}", "The driver was at {} this morning.", "I changed it to {}.",
    ),
    Kind.EMAIL: ("I have sent it to {}.", "Is {} your email?", "The confirmation went to {}.", "We have {} on file."),
    Kind.PHONE: ("We tried to call {}.", "Is {} still your number?", "The driver will ring {}.", "I have {} as your phone number."),
    Kind.CARD: ("The refund goes to {}.", "I see the payment with card {}.", "The card {} was declined."),
    Kind.IBAN: ("The refund goes to {}.", "We have {} as your bank account.", "Is the IBAN {} right?"),
    Kind.ORDER: ("I found order {}.", "Your order {} is being packed.", "Order {} left on Monday.", "Is it order {}?", "I can see {} in our system, that order is paid."),
    Kind.TRACKING: ("The tracking number is {}.", "You can follow it with {}.", "The carrier has it under {}.", "Your parcel {} left the depot.", "Tracking number: {}"),
}  # fmt: skip
NEW_CUSTOMER: dict[Kind, tuple[str, ...]] = {
    **CUSTOMER,
    Kind.NAME: (
        "^Hey there, {} speaking.", "^Good day! {} from the running club.", "{} is my name.", "\nCheers\n{}", "\nWarm wishes, {}", "\n- {}", "I was told to ask for {}.",
        "It went out to {} by mistake.", "The label reads {}.", "Last week {} answered and was very kind.", "My daughter {} turns ten and I need it by then.", "Make it out to {} please.",
        "It's me again, {}.", "My neighbour {} took the parcel in.", "On the invoice it must say {}.", "I go by {}.", "The person I talked to was {}.", "I think {} has my case.",
        "Can {} pick it up for me?", "The gift card is for {}.", "Please put {} on the label.", "Account holder: {}", "Thank you very much indeed, {}.", "You can find me as {}.", "sorry for the trouble {}",
    ),
    Kind.ADDRESS: (
        "The parcel should have come to {}.", "We are at {}.", "Where I want it: {}", "I have since moved to {}.", "Please have it brought to {}.", "My place is {}.", "It says {} on the label.",
        "Our office is at {}.", "The right one is {}.", "send everything to {}",
    ),
    Kind.EMAIL: ("Drop me a line at {}.", "I log in with {}.", "It must be {} or my work one.", "{} works best."),
    Kind.PHONE: ("I am on {}.", "Best to ring {}.", "My mobile: {}", "They should call {} before they come.", "WhatsApp {} is fine."),
    Kind.CARD: ("You charged {} again.", "It ends wrong, the whole number is {}.", "Take it from {}."),
    Kind.IBAN: ("You can transfer it to {}.", "Mine is {}.", "Money back to {}."),
    Kind.ORDER: ("I ordered under {}.", "Any news on order {}?", "The one with order number {}.", "My order ({}) is late.", "Please cancel order {}.", "order # {}"),
    Kind.TRACKING: ("The link shows {}.", "Number {} has not moved for days.", "{} is what the carrier gave me.", "Shipment {} is lost."),
}  # fmt: skip
NEW_AGENT: dict[Kind, tuple[str, ...]] = {
    **AGENT,
    Kind.NAME: (
        "^Good afternoon {}, how can I help?", "^Hey {},", "{} here from Fern & Fell, happy to help.", "Allow me to look, {}.", "\nAll the best,\n{} at Fern & Fell", "\nYours, {}", "May I call you {}?",
        "I have passed this on to {} in the workshop.", "I can see that {} spoke with you.", "Just a second, {}.", "The courier says {} took it in.", "Right you are, {}!", "It is booked for {}.",
        "So that is {}, correct?", "Our technician {} will have a look.", "I am {}, and I work in the shop.", "Enjoy your trip, {}!", "We have {} down as the recipient.",
    ),
    Kind.ADDRESS: ("The label says {}.", "Our records show {}.", "I can send a new one to {}.", "So that would be {}?", "It was left at {}.", "We still have {} for you."),
    Kind.EMAIL: ("Please look in the inbox of {}.", "I see {} here.", "A link is on its way to {}."),
    Kind.PHONE: ("The courier has {}.", "Shall we ring {}?", "I see {} in your account."),
    Kind.CARD: ("It was charged to {}.", "The card on file is {}."),
    Kind.IBAN: ("We sent it to {}.", "On file is {}."),
    Kind.ORDER: ("Order {} is ready.", "That would be order {}.", "I have cancelled order {}.", "Found it: order number {}."),
    Kind.TRACKING: ("It travels as {}.", "Please follow {}.", "The parcel number is {}."),
}  # fmt: skip
"""A second set, written when the masker did well on the first; it then led to the recognition of names without cues."""
BLIND_CUSTOMER: dict[Kind, tuple[str, ...]] = {
    **NEW_CUSTOMER,
    Kind.NAME: (
        "^Morning! {}, from flat two.", "I'd like it sent care of {}.", "You spoke with my wife {} earlier.", "Whoever packed this, {} I believe, did well.", "\nBest wishes from {}", "\nxx {}",
        "My manager {} has to approve it.", "I signed up as {}.", "It was {} who rang me.", "For the record, I am {}.", "Would {} be in today?", "The gift is from {} and me.",
        "Nobody called {} lives here.", "I'd rather deal with {} again.", "The name is {}, by the way.", "{} and I share the account.", "I have an email from {} about it.", "Tell {} it fits.",
    ),
    Kind.ADDRESS: (
        "It needs to be at {} by Friday.", "Nothing arrived at {} yet.", "Put {} on it, please.", "I gave you {} when I ordered.", "My parents at {} did not get it either.", "From {} it is a long way.",
    ),
}  # fmt: skip
BLIND_AGENT: dict[Kind, tuple[str, ...]] = {
    **NEW_AGENT,
    Kind.NAME: (
        "^Thanks for waiting, {}.", "^Hello again {},", "My colleague is {}.", "I'm passing you to {} now.", "\nWarmly,\n{}", "\n{}, customer service", "{} will be with you shortly.", "Would that be {}?",
        "A note from {} says it was fixed.", "It's {} from the returns desk.", "Good to hear from you, {}.", "The signature reads {}.", "I have {} on the other line.", "Please ask for {} at the counter.",
    ),
    Kind.ADDRESS: ("Shall it go to {}?", "The van was near {} at noon.", "Your account has {}.", "Do you mean {}?", "I have put {} in."),
}  # fmt: skip
"""A third set, written last. At first sight 1.8 % of names and 1.0 % of addresses survived in it; it was learned from too."""
LATER = (
    "Thanks, {}.",
    "As {} said before.",
    "This is for {} then.",
    "{} will be glad.",
    "Shall I tell {}?",
    "Please ask {} again.",
)

_SETS = ((CUSTOMER, AGENT), (NEW_CUSTOMER, NEW_AGENT), (BLIND_CUSTOMER, BLIND_AGENT))


def _all_sentences() -> Iterator[str]:
    yield from LATER
    for sentences in (found for pair in _SETS for speaker in pair for found in speaker.values()):
        yield from sentences
