"""Request form: whether a message asks for goods, or adds to what the customer needs, judged by how it begins.

With products in view, a small model takes most messages for questions about them. "What about boots for her" and "it's around
freezing where we go" are not, and their first words show it.
"""

from __future__ import annotations

import re

from assistant.planning.grammar.text import Text, clean
from assistant.planning.grammar.words import words

_POINTERS = words("pointers")
_LEAD_IN = r"(?:(?:and|but|ok(?:ay)?|so|hm+|oh|ah|well|also|then|now|great|nice|cool|fine|perfect|right|alright|lovely|super|thanks|hi|hello|hey|yes|no|btw)[\s,.!]+)*"
_GOODS = re.compile(
    rf"^{_LEAD_IN}(?:(?:do|can|would) (?:you|u|ya|y'all) (?:guys )?(?:also )?(?:have|sell|carry|stock|keep|do|offer|recommend|suggest)"
    r"|an?\b|some\b|another\b|what about|how about|any\b|anything (?:under|below|over|between|around|cheaper|for|in|with|without|that|like|similar|\w+er\b)|got\b(?! it\b)|have you got|you got|is there|are there|more like|something|somethin|show me|find me|give me"
    r"|(?:i(?:'m| am|m)? |we(?:'re| are)? )(?:also )?(?:need|want|looking|after|searching)|looking for|need\b|want\b|which .* do you"
    r"|(?:which|what) (?:\w+ ){1,2}(?:would|do you|goes?|fits?|works?|suits?)\b)"
)
_TELLS = re.compile(
    rf"^{_LEAD_IN}(?:i'?m?|we(?:'re)?|my|our|she(?:'s)?|he(?:'s)?|they(?:'re)?|it'?s|there'?s?|in|for|with|without|under|below|not|maybe"
    r"|rather|more|less|preferably|ideally)\b"
)
_COMPARES = re.compile(r"\b(?:differen\w+|compared?|comparison|versus|vs|or|better|between)\b")
_SENTENCE_END = re.compile(r"[.!?]\s+")
_OF_IT = re.compile(r"\b(?:it|they|them)\b")
_NAMED_BEFORE_IT = re.compile(r"\b(?:the|your) (?!(?:\w+ ){0,2}ones?\b)\w+.*?\b(?:it|they|them)\b")
_BEYOND = re.compile(
    r"\b(?:what|anything|something) else (?:do|does|would|will|should|might|could|can) (?:i|we|he|she|they|you)\b"
)
_DESCRIBE = re.compile(
    r"\b(?:tell me|know|info\w*|details?) (?:\w+ ){0,2}about\b|\bmore (?:info\w*|details?)\b|\bdescribe\b"
)
_DIFFERENCE = re.compile(r"\b(?:differen\w+|compare[ds]?|comparison)\b")
_NOT_ONES = re.compile(r"\b(?:no|not|without) (?:\w+ ){0,2}ones?\b")
_OF_THOSE = re.compile(rf"^{_LEAD_IN}which (?:one )?of (?:those|these|them)\b")
_AMONG_THOSE = re.compile(r"\b(?:of|among|from) (?:those|these|them)\b")
_ONLY_LEADS = re.compile(rf"^{_LEAD_IN}")
_GOES_ON = re.compile(
    r"\b(?:ones?|others?|another|else|more|(?:some|any)(?:thing)?(?! to\b))(?! of\b)\b|\b\w+er\b|^(?:what|how) about\b"
)
_ALIKE = r"(?:similar|comparable)"
_LIKE = re.compile(
    r"\b(?:(?:some|any)(?:thing|one)?|ones?|more|else|(?:have|got|sell|any|other|show me|find me|want|need) \w+) (?:\w+ )?"
    rf"(?:{_ALIKE}|like (?:it|this|that|these|those|the))\b|\b{_ALIKE} (?:ones?|options?|products?|items?|things?)\b|\balternatives?\b"
)
_NOT_SEEN = re.compile(
    r"\blike the\b|\b(?:similar|comparable|alternatives?) to (?!it\b|this\b|that\b|these\b|those\b|them\b)"
)
_OTHERS = re.compile(
    rf"^{_LEAD_IN}(?:(?:some|any)(?:thing|one) (?:else|different)|(?:not|other than|besides) (?:those|these|that one|them)|(?:show me )?(?:more|others?))\b[^a-z]*(?:please|pls)?[^a-z]*$"
    r"|\b(?:other|different|more) (?:ones|options|choices|models)\b|\bwhat else (?:do|have) you\b"
)
_WHICH = re.compile(
    rf"^{_LEAD_IN}which (?:one |of (?:them|these|those|the two) )?(?:is|are|has|have|weighs?|holds?|costs?)\b"
)
_USE = re.compile(rf"^{_LEAD_IN}(?:(?:it|they|that|this)(?:'?s|'?re| is| are| would be)\s+)?for\b")
_ASKS_IN_WORDS = (
    r"(?:^|[,.;:-]\s*|\b(?:and|but|so|ok|well|also)\s+)(?:(?:what|who|when|where|how)s?|which|why)\b"
    r"|\b(?:whether|tell me|know|wonder(?:ing)?|explain)\b"
    r"|\b(?:can|could|may|will|would|should|do|does|is|are) (?:i|we|you|it|they|he|she|this|that|these|those|there)\b"
    r"|^(?:is|are|was|does|do|did|can|could|will|would|has|have|should)\b"
)
_ASKS, _QUESTION = re.compile(rf"\?|{_ASKS_IN_WORDS}"), re.compile(_ASKS_IN_WORDS)


_SEVERAL = re.compile(
    r"\b(?:set ?up|everything|kit|bundle|outfit|gear|equipment|starter|complete|all (?:i|we|he|she) need|essentials"
    r"|what (?:else )?(?:do|does|will|would|should) (?:i|we|he|she|they|you) (?:need|bring|take|pack))\b"
)
_PEOPLE = re.compile(r"\b(?:i|i'?m|i'?ve|me|my|we|us|our|you|u|your)\b")
_TOTAL = re.compile(
    r"\b(?:total|together|altogether|in all|combined|all in|sum)\b"
    r"|\b(?:how much|what) (?:is|are|for|would|will|do|does)(?: it be)?(?: for)? (?:\d|both|a pair)"
    r"|\b(?:how much|what) (?:\w+ ){0,5}(?:pay|cost|be)\b.*\b(?:with|and|plus)\b"
)
LONGEST = 200
"""Most characters of a question or wish in a plan; a longer part of a message is cut."""
_HOW_MANY = re.compile(
    r"\b(?:how much|what) (?:is|are|for|would|will|do|does)(?: it be)?(?: for)? (?P<count>[1-9]\d{0,2})"
    r"(?![\d.,]*\d|\s*%|\s*(?:cm|mm|m|kg|g|l|ml|inch(?:es)?|people|persons?|days?|weeks?|months?|years?)\b)"
)
_OPENS_QUESTION = (
    r"(?:(?:until|at|by|to|for|from) )?(?:(?:what|how)s?\b|(?:when|where)(?:s|'s| (?:is|are|do|does|did|can|could|will|would|should|must))\b)"
    r"|(?:can|could|do|does|is|are|will|would|may|must) (?:i|we|you|u|it|they|he|she|the|there|this|that|these|my|your|any)\b"
)
_BETWEEN_REQUESTS = re.compile(
    rf"(?<=[?.!])\s+|[,;]\s+(?={_OPENS_QUESTION})|[,;.]?\s+\b(?:and|also|plus)\b[\s,]+(?={_OPENS_QUESTION}|wh(?:ich|o)\b)",
    re.IGNORECASE,
)
_COMMAS = (",", ";")
_CONDITION = re.compile(rf"^{_LEAD_IN}(?:what )?if\b")
_NO_GOODS = re.compile(
    r"\b(?:need|want|looking for|after|searching for)s? (?:(?:it|them|this|that|these|those|to|you|your|someone|somebody|more)\b"
    r"|(?:an? |the |my |some )?(?:refund|invoice|receipt|replacement|exchange|money|help|answer|advice|information)\b)"
)
"""Somebody needs or wants something that no shop sells."""
_WISHES = re.compile(r"\b(?:need|want|looking|after|searching|show me|find me|give me)\b|\bplease\b")
_ASKS_BY_ITSELF = re.compile(
    rf"\?|^{_LEAD_IN}(?:{_OPENS_QUESTION}|(?:which|who) (?:(?:\w+ ){{0,2}}(?:is|are|do|does|can|could|will|would|should)|\w+ (?:fits?|suits?|works?)|pays?)\b)"
    r"|\b(?:whether|tell me|wonder(?:ing)?)\b|\b(?:can|could|may|will|would|should|do|does|is|are) (?:i|we|you|it|they|he|she|this|that|these|those|there)\b"
)
"""A part of a message that has this asks something; "should be light" and "where it always rains" go on with what was said before."""
_AHEAD = re.compile(
    r"\b(?:pre|back)[ -]?order(?:ed|s|ing)?\b|\border(?:ed)? (?:it |one |this |that )?(?:in advance|ahead)\b"
)
_MOST_REQUESTS, _FEWEST_WORDS = 3, 3


def compares(message: str) -> bool:
    """Whether the message sets things side by side: "what's the difference", "this or that"."""
    return bool(_COMPARES.search(message.casefold()))


def tells_use(message: str) -> bool:
    """Whether the message says who or what the product is for: "it's for a gas cooker", "for my dad"."""
    return bool(_USE.match(message.strip().casefold().replace("’", "'")))


def opens_with_use(message: str) -> bool:
    """Whether the message begins with what the thing is for: "and for winter?"."""
    return without_lead_in(message).startswith("for ")


def asks_in_words(message: str) -> bool:
    """Whether the message has the words of a question; a question mark alone does not count ("cracked heels?")."""
    return bool(_QUESTION.search(message.strip().casefold()))


def points(message: str) -> bool:
    """Whether the message points at something that was named or shown: "can you ship it to London"."""
    return any(token.word in _POINTERS for token in Text(clean(message)).tokens)


def speaks_of_it(message: str) -> bool:
    """Whether a message of one sentence speaks of "it" or "them", and so of what was spoken of before: "can it go in the oven".

    "And the monitor, has it a stand" speaks of the monitor.
    """
    said = message.strip().casefold()
    return bool(_OF_IT.search(said)) and not _SENTENCE_END.search(said) and not _NAMED_BEFORE_IT.search(said)


def speaks_of_people(message: str) -> bool:
    """Whether the message mentions the customer or the shop, not only the product: "can I put it in the oven"."""
    return bool(_PEOPLE.search(message.casefold()))


def asks_for_several(message: str) -> bool:
    """Whether the message asks for a set of things rather than for one: "everything for two people", "what does she need"."""
    return bool(_SEVERAL.search(message.casefold()))


def asks_for_others(message: str) -> bool:
    """Whether the message asks for others than those shown: "something else?", "not those", "any other ones"."""
    return bool(_OTHERS.search(message.casefold()))


def asks_for_like(message: str) -> bool:
    """Whether the message asks for others like a product: "anything similar?", "something like the Tide towel"."""
    return bool(_LIKE.search(message.casefold()))


def asks_for_like_named(message: str) -> bool:
    """Whether what the others shall be like is called by a name, "similar to a hammock", and is not just what is in view."""
    return asks_for_like(message) and bool(_NOT_SEEN.search(message.casefold()))


def asks_beyond(message: str) -> bool:
    """Whether the message asks what is needed beside what was spoken of: "what else would we need"."""
    return bool(_BEYOND.search(message.casefold()))


def asks_to_describe(message: str) -> bool:
    """Whether the message asks for a description rather than a property: "tell me more about the second one"."""
    return bool(_DESCRIBE.search(message.casefold()))


def asks_which_of_those(message: str) -> bool:
    """Whether the message asks for one of those that were shown: "which of those waters itself"."""
    return bool(_OF_THOSE.match(message.casefold()))


def chooses_among_those(message: str) -> bool:
    """Whether the message is about some of those that were shown: "and the cheapest of them?"."""
    return bool(_AMONG_THOSE.search(message.casefold()))


def without_lead_in(message: str) -> str:
    """The message without words that only lead to it: "ok cool, got it in red?" asks "got it in red?"."""
    return _ONLY_LEADS.sub("", message.casefold()).strip()


def asks_difference(message: str) -> bool:
    """Whether the message asks in what things differ."""
    return bool(_DIFFERENCE.search(message.casefold()))


def compares_again(message: str) -> bool:
    """Whether the message asks which of those just compared is meant: "which is more waterproof?"."""
    return bool(_WHICH.match(message.casefold()))


def asks_total(message: str) -> bool:
    """Whether the message asks what several things cost together."""
    return bool(_TOTAL.search(Text.of(message).lower))


def count_asked(message: str) -> int:
    """How many of one thing the message asks the price of, "what would 25 cost"; 1 if it names no number."""
    found = _HOW_MANY.search(Text.of(message).lower)
    return int(found["count"]) if found else 1


def without_count(message: str) -> str:
    """The message without the number that `count_asked` reads, which is no place in a list: "what would 2 cost"."""
    found = _HOW_MANY.search(message.casefold())
    return f"{message[: found.start('count')]}{message[found.end('count') :]}" if found else message


def requests_in(message: str) -> tuple[str, ...]:
    """The parts of a message that asks several questions, or wishes for goods and asks, in its own words; () for any other.

    A sentence that asks nothing belongs to the part that follows it; the last part has all that is left.
    """
    said = " ".join(message.split())
    ends = [*(found.start() for found in _BETWEEN_REQUESTS.finditer(said)), len(said)]
    starts = [0, *(found.end() for found in _BETWEEN_REQUESTS.finditer(said))]
    asked: list[tuple[int, int]] = []
    opened, has_wish = 0, False
    for start, end in zip(starts, ends, strict=True):
        part = said[start:end]
        if said[end : end + 1] in _COMMAS and _CONDITION.match(part.casefold()):
            continue  # "what if it breaks, do you mend it?" is one question
        is_wish = not has_wish and is_wish_for_goods(part)
        asks = is_wish or _ASKS_BY_ITSELF.search(part.casefold().replace("’", "'"))
        if asks and len(without_lead_in(part).split()) >= _FEWEST_WORDS:
            asked.append((opened, end))
            has_wish, opened = has_wish or is_wish, next((at for at in starts if at >= end), end)
    if asked:
        asked[-1] = (asked[-1][0], len(said))
    requests = tuple(said[start:end].strip(" ,;") for start, end in asked)
    return requests if 1 < len(requests) <= _MOST_REQUESTS else ()


def is_wish_for_goods(part: str) -> bool:
    """Whether a part of a message wishes for goods and asks no question: "I need a lamp for reading"."""
    said = part.casefold().replace("’", "'")
    is_wish = bool(_WISHES.search(said)) and not _NO_GOODS.search(said) and not _ASKS_BY_ITSELF.search(said)
    return is_wish and asks_for_goods(part)


def part_of(message: str, words: str) -> str:
    """The part of a message that begins with `words`, which may be cut to `LONGEST` characters; "" if none does."""
    return next((part for part in requests_in(message) if words and part[:LONGEST] == words[:LONGEST]), "")


def asks_for_goods(message: str) -> bool:
    """Whether the message asks what the shop has: "do you have a pad that goes with it", "what about boots for her"."""
    said = message.strip().casefold().replace("’", "'")
    return any(_GOODS.match(sentence.strip()) for sentence in _SENTENCE_END.split(said))


def orders_ahead(message: str) -> bool:
    """Whether the message speaks of ordering what is not there yet: "can I pre-order the lamp?"."""
    return bool(_AHEAD.search(message.casefold()))


def goes_on(message: str) -> bool:
    """Whether a message that asks for goods asks for others of the same: "anything cheaper", "do you have one in red"."""
    return bool(_GOES_ON.search(message.casefold()))


def tells_need(message: str) -> bool:
    """Whether the message tells something and asks nothing: "she's 110cm tall", "in neutral colours"."""
    said = message.strip().casefold().replace("’", "'")
    return bool(_TELLS.match(said) or _NOT_ONES.search(said)) and not _ASKS.search(said)
