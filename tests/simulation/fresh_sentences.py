"""The fourth to sixth set of sentences: careless and careful writers, names with titles, addresses in two messages.

Each was written and committed before anything was measured on it. The fourth and the fifth led to changes of the masker after
that, the sixth did not: it measures the masker as it is.
"""

from __future__ import annotations

from assistant.privacy.kind import Kind

CUSTOMER: dict[Kind, tuple[str, ...]] = {
    Kind.NAME: (
        "^Hi, this is {} from Pune.", "^hey its {}", "^Hello! {} again, we chatted on Tuesday.", "^{} here, still waiting on my boots.", "^Hi team, {} writing from San Antonio.",
        "\n{}\nSent from my phone", "\n\nWith best regards\n{}\nLeeds", "\nMany thanks and have a nice week,\n{}", "\nYours truly, {}", "\nxoxo {}", "\nMfG\n{}", "\nSaludos,\n{}", "\ncheers mate, {}",
        "\n--\n{}", "\nGrateful customer {}", "My roommate {} opened the box by accident.", "It was bought by my late husband {}.", "The account belongs to my mum, {}.", "I am not {}, you have the wrong person.",
        "The parcel was handed to some {}, whom I don't know.", "Pls change the recipient to {}.", "Could you put it under {} instead", "When I rang, a certain {} told me it was in stock.", "{} from your team said I would get a call back",
        "I already explained everything to {}.", "Is {} working today?", "Please thank {} for me, that was great help.", "Can my assistant {} collect it?", "The invoice has to be made out to {}.", "We're a couple, {} and I both want one.",
        "Kids are called {} and Bo, both need a pair.", "You have misspelt it, it is {}.", "My passport says {}.", "Just write {} on the parcel.", "name {}", "full name - {}", "Receiver : {}", "I'm {}, order from last week",
        "As far as I know {} paid with her own card.", "thx {} ur the best", "No {}, that is not what I asked.", "Ok {}, I will wait.", "It's for a friend, {}, who turns forty.", "yes that's me, {}",
    ),
    Kind.ADDRESS: (
        "Could it come to {} instead?", "My flat is {}, second bell from the top.", "pls deliver at {}", "Here it is: {}", "I typed the wrong one, should be {}", "For the label: {}", "The van stopped outside {} and drove off again.",
        "I'm staying at {} until Sunday.", "Pick it up from {} please.", "addr: {}", "Ship to\n{}", "Use my work one: {}", "It was supposed to reach {} on Monday.", "Address\n{}\nThanks", "We no longer live at {}.",
        "Someone at {} took it.", "you have {} on file but thats my ex's", "{} is where I need it.", "Is {} in your delivery area?", "My mother lives at {}, send it there.", "i want it at {}", "The old one was {}.",
    ),
    Kind.EMAIL: ("send the label to {} pls", "its {}", "Mail me: {}", "I registered with {} I think", "You keep writing to {}, which I cannot open any more.", "Contact - {}"),
    Kind.PHONE: ("my no is {}", "You can get hold of me under {}.", "if the driver is lost: {}", "Cell {}", "I never gave you {}, remove it.", "ph {}"),
    Kind.CARD: ("It's the Visa {}.", "cc {}", "Charged twice on {}, see the statement.", "I used {} at the checkout.", "new card {} please swap"),
    Kind.IBAN: ("Wire it to {} please.", "acct {}", "my bank says {} is right", "Refund goes to {}, not to the card.", "Here's the IBAN {}"),
    Kind.ORDER: (
        "Nothing has shipped for order {} yet.", "ord# {}", "i placed order {} on friday", "About my purchase, order number {}:", "Can I add socks to order {}?", "Two orders actually, the first is order {}.", "ref {}", "Re: order {}",
    ),
    Kind.TRACKING: ("tracking says {} is in Leipzig", "Parcel {} - any idea?", "the slip has tracking no {}", "I looked up {} and it found nothing.", "Your tracking link {} is dead."),
}  # fmt: skip
AGENT: dict[Kind, tuple[str, ...]] = {
    Kind.NAME: (
        "^Hi {}, sorry to keep you.", "^Good afternoon, {}! How are you?", "^Hello, you're through to {}.", "^{}, thank you for holding.", "^Hey {} 👋", "Thank you, {}, that is all I need.", "Let me hand you over to {}.", "I'm afraid {} is off today.",
        "As my colleague {} wrote yesterday, it is on its way.", "Our records say that {} accepted the parcel.", "Am I right that you are {}?", "So the new recipient will be {}.", "\nKind regards\n{}\nFern & Fell", "\n{} | Customer Happiness", "\nTake care!\n{}",
        "\nBest from Seattle, {}", "{} from the warehouse has found it.", "Could you confirm that {} is the cardholder?", "I do understand, {}, and I am sorry.", "Speak soon, {}.", "I have changed the name to {}.", "I'll let {} know right away.", "One second {} while I look.",
        "Dear {},\nyour parcel has been found.", "You will hear from {} by noon.", "The tailor, {}, needs two more days.", "Our {} will measure it for you.", "No worries at all, {}! 😊",
    ),
    Kind.ADDRESS: (
        "Just to confirm, {}?", "I've updated it to {}.", "The parcel was dropped at {}.", "Is it fine if we send it to {}?", "According to the carrier it went to {}.", "I have it as {}.", "Delivery: {}", "The courier tried {} twice.", "We will collect it from {} tomorrow.",
    ),
    Kind.EMAIL: ("A copy went to {}.", "Does {} look right?", "Please check {} and the spam folder."),
    Kind.PHONE: ("Would {} be the best one?", "The driver rang {} without luck.", "I have {} here."),
    Kind.CARD: ("Money went back to {}.", "Our system shows {} as the card."),
    Kind.IBAN: ("The transfer to {} bounced.", "So that is {}, right?"),
    Kind.ORDER: ("I am looking at order {} now.", "Order {} was refunded today.", "That is order {}, isn't it?", "I've merged it with order {}."),
    Kind.TRACKING: ("The courier's number is {}.", "Tracking {} shows it in transit.", "Try {} on the carrier's site."),
}  # fmt: skip
LATER = (
    "ok {}, got it",
    "{} told me the same.",
    "I will ask {} then.",
    "Thank you {}",
    "Was it {} who packed it?",
    "For {}, as I said.",
)
HALVES = (
    ("It's {}", "And the town and postcode, please?", "{}"),
    ("new address is {}", "Thanks! Which city is that in?", "its {}"),
    ("{} is the street", "May I have the postal code as well?", "Sure, {}."),
    ("Please send it to {}", "Which area would that be?", "That's {}"),
)
"""The street, the agent's question, and what follows the street."""

LAST_CUSTOMER: dict[Kind, tuple[str, ...]] = {
    **CUSTOMER,
    Kind.NAME: (
        "^Hiya, {} from Bath again.", "^good morning this is {}", "^Hello, I'm {} and I bought a lamp in March.", "^evening all, {} here", "^{} - customer since 2019.",
        "\n\nThanks in advance,\n{}", "\nHave a good day\n{}", "\nregards {}", "\nWith kind wishes,\n\n{}\nAustin", "\nBye, {}", "\nGruß\n{}", "\nCordialement, {}", "\n~ {}", "\n{}\n(sent by phone)",
        "My partner {} signed up for the newsletter.", "The lady on the phone, {}, was lovely.", "Please put the name {} on the gift tag.", "It should be addressed to {} at the front desk.", "The parcel belongs to {}, my tenant.",
        "Has {} written back yet?", "I was promised a call from {}.", "My son {} broke the strap.", "can u ask {} abt it", "{} said it would be free", "the account name is {}", "Billed to: {}", "contact person: {}",
        "Who is {} and why did they sign?", "We share an account, my wife {} ordered last time.", "Hi {}, me again.", "great thanks {}", "Sorry {}, I mixed up the numbers.", "Yes {}, exactly that one.", "am {} btw",
        "My surname changed, I am now {}.", "You may leave it with {} next door.", "The courier wrote down {}.", "Both {} and I tried it on.", "I think it was {} who helped me in the shop.", "i got a mail from {}, is it real?",
    ),
    Kind.ADDRESS: (
        "New delivery address: {}", "Please reroute it to {}.", "ship 2 {}", "The parcel shop near {} is closed.", "My door is at {}, the bell is broken.", "Could you leave it at {}?", "I no longer use {}.", "our warehouse: {}", "{} that's me",
        "deliver everything to {} pls", "The invoice shows {}, which is wrong.", "it must be {} not the old one", "From tomorrow I am at {}.", "Return label for {} please.", "I wrote {} at checkout.", "can the driver come to {} today",
    ),
    Kind.EMAIL: ("mail is {}", "Forward it to {}, thanks.", "login {} does not work", "Everything goes to {} by mistake."),
    Kind.PHONE: ("mobile {}", "Ring {} when you are outside.", "u can text me {}", "Landline: {}", "The number {} is out of service."),
    Kind.CARD: ("The card number {} was rejected.", "pay with {}", "I see {} on my receipt."),
    Kind.IBAN: ("transfer to {} pls", "My account: {}", "The bank told me {} is closed."),
    Kind.ORDER: ("where is my order {}", "Order number: {}", "I'm writing about order {}.", "order no {} is incomplete", "Please split order {} in two."),
    Kind.TRACKING: ("tracking number {} not found", "My parcel, {}, is lost.", "the tracking {} stopped on friday"),
}  # fmt: skip
LAST_AGENT: dict[Kind, tuple[str, ...]] = {
    **AGENT,
    Kind.NAME: (
        "^Welcome back, {}!", "^Hi {}, thanks for reaching out.", "^Good evening {}.", "^Hello {}, that is not a problem at all.", "Bear with me, {}.", "I'm {}, I will take it from here.", "Shall I address it to {}?",
        "My supervisor {} has approved it.", "The parcel was accepted by {} at noon.", "Thank you for the photo, {}.", "\nBest regards\n{}\nReturns", "\nYours,\n{}", "\n{} from Fern & Fell", "\nCheers, {}", "Have a great weekend, {}!",
        "Could you ask {} to confirm it?", "{} in the store has put one aside.", "Your order is in the name of {}.", "We have told {} already.", "All right, {}, it is done.", "Is {} the person who will be at home?", "Let me check that with {}.",
    ),
    Kind.ADDRESS: (
        "I have noted {}.", "Our courier will be at {} at two.", "Your parcel is waiting near {}.", "Should we use {} instead?", "The label was printed for {}.", "It reads {} here.", "The delivery to {} failed.", "I see two addresses, the first is {}.",
    ),
    Kind.EMAIL: ("I will write to {}.", "The voucher went to {}."),
    Kind.PHONE: ("The number on file is {}.", "We called {} twice."),
    Kind.CARD: ("The refund to {} is on its way.", "I can see card {}."),
    Kind.IBAN: ("I have {} for the refund.", "Is {} still your account?"),
    Kind.ORDER: ("Your order {} was packed today.", "I have put order {} on hold.", "Is this about order {}?"),
    Kind.TRACKING: ("Here is your tracking number: {}.", "The parcel {} is at the depot."),
}  # fmt: skip
LAST_LATER = (
    "Thanks again, {}.",
    "{} can confirm it.",
    "I told {} as well.",
    "so it is {}",
    "Could {} call me?",
    "Ok {}.",
)
LAST_HALVES = (
    ("I live at {}", "What is your postcode, please?", "{}"),
    ("send to {}", "Sure! And the city and zip code?", "{} thanks"),
    ("It goes to {}", "Could you tell me the town too?", "Yes, {}"),
)

FINAL_CUSTOMER: dict[Kind, tuple[str, ...]] = {
    **LAST_CUSTOMER,
    Kind.NAME: (
        "^Hello there, {} here from Bristol.", "^hi {} again", "^Dear team, I am {}, a customer of yours.", "^Hi! My name's {}, quick question.", "^{} wrote this, not my assistant.", "hey this is {} from yesterday",
        "\nSincerely,\n{}", "\nThank you very much\n{}", "\nGreetings from Dresden, {}", "\nbest {}", "\n- {} -", "\nKind regards, {}\nMadrid", "\n{}", "\nsee you, {}",
        "My father {} paid for it.", "The flat belongs to {}.", "Ring the bell that says {}.", "It was handed to {} at reception.", "The order confirmation greets me as {}, that is not me.", "i want it in the name of {}",
        "Somebody called {} phoned me.", "could {} get back to me", "{} has the receipt.", "My colleagues {} and Jo use it daily.", "Do you know when {} is back?", "The tracking page says received by {}.", "surname and first name: {}",
        "Thanks {}, very kind.", "no thanks {}", "Hello {}, any news?", "I'd like to praise {} for the help.", "It is a birthday gift, her name is {}.", "my friend {} told me abt ur shop", "well {}, what now?",
    ),
    Kind.ADDRESS: (
        "The correct address would be {}.", "I'd like it at {}.", "My new flat: {}", "deliver it to {} instead pls", "You sent it to {}!", "i am living at {} now", "Where is {} on your map?", "Can you ship to {}?", "Send one to {} and one to me.",
        "It never got to {}.", "My shop is located at {}.", "address for the invoice {}", "{} - that is where the sofa goes.", "Please correct it: {}",
    ),
}  # fmt: skip
FINAL_AGENT: dict[Kind, tuple[str, ...]] = {
    **LAST_AGENT,
    Kind.NAME: (
        "^Good day {}, how may I help?", "^Hi {}, I hope you are well.", "^Thanks for your message, {}.", "^Dear {},", "This is {} from the workshop.", "You can ask for {} when you call.", "I have informed {} about it.", "Is there a {} in your household?",
        "{} will call you tomorrow.", "So the name is {}?", "\nKind regards,\n{}", "\nBest wishes, {}\nFern & Fell", "\n{}", "\nYours sincerely\n{}", "I am glad to hear that, {}.", "We will write to {} today.", "It was signed by {}.", "Perfect, {}, thank you.", "As {} in our warehouse says, it is packed.",
    ),
    Kind.ADDRESS: (
        "We will deliver to {} then.", "Is it {}?", "The address is {}, correct?", "I sent it to {}.", "Our driver could not find {}.", "Your invoice goes to {}.", "You have moved from {}, right?",
    ),
}  # fmt: skip
FINAL_LATER = ("Thank you, {}.", "{} said so.", "ask {} pls", "It is for {}, yes.", "I hope {} likes it.")
FINAL_HALVES = (
    ("My street is {}", "Thank you. What is the postcode and the town?", "{}"),
    ("{} is where I live", "Could you give me your zip code as well?", "of course, {}"),
)

SETS = (
    (CUSTOMER, AGENT, LATER, HALVES),
    (LAST_CUSTOMER, LAST_AGENT, LAST_LATER, LAST_HALVES),
    (FINAL_CUSTOMER, FINAL_AGENT, FINAL_LATER, FINAL_HALVES),
)
"""What customers and agents say, what is said later, and addresses in two messages."""
