"""Sentences: how people write what the measurement of privacy plants; "{}" is the item.

The sets were written one after another, each without a look at the cues of the masker.
"""

from __future__ import annotations

from dataclasses import dataclass

from assistant.privacy.kind import Kind
from tests.simulation import fresh_sentences as fresh


@dataclass(frozen=True)
class SentenceSet:
    """Sentences of customers and agents by kind, and those that name a person again.

    `halves` are addresses in two messages with the agent's question between them; `careless` is the share of the messages
    of customers without capitals and punctuation, `loud` the share in capitals, and `is_formal` whether names have titles
    and initials.
    """

    customer: dict[Kind, tuple[str, ...]]
    agent: dict[Kind, tuple[str, ...]]
    later: tuple[str, ...]
    halves: tuple[tuple[str, str, str], ...] = ()
    careless: float = 0.0
    loud: float = 0.0
    is_formal: bool = False


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

SETS = (
    SentenceSet(CUSTOMER, AGENT, LATER),
    SentenceSet(NEW_CUSTOMER, NEW_AGENT, LATER),
    SentenceSet(BLIND_CUSTOMER, BLIND_AGENT, LATER),
    *(SentenceSet(*parts, careless=0.2, loud=0.03, is_formal=True) for parts in fresh.SETS),
)
