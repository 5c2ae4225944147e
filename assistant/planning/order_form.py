"""Order form: what a message asks of a customer's own orders, read by code: which order it means, and what of it.

Whose orders there are, what is in them and how late they are is never read here; `assistant/tools/orders.py` has the records.
"""

from __future__ import annotations

import re
from enum import StrEnum

from assistant.dialogue.thread import Thread
from assistant.planning.grammar.periods import without_period
from assistant.planning.grammar.text import Text, clean
from assistant.planning.request_form import points, without_lead_in
from assistant.reference import ORDER_SLOTS

_SPENT = re.compile(
    r"\bhow much (?:money )?(?:have|did|do|'ve) (?:i|we) (?:already |ever |actually )?(?:spen[dt]|paid|pay)\b(?! (?:for|per|to|if|on (?:the|a|an|shipping|delivery))\b)"
    r"|\bwhat (?:have|did|do) (?:i|we) (?:spen[dt]|paid|pay)\b(?! (?:for|to|if|on (?:the|a|an|shipping|delivery))\b)"
    r"|\bwhat(?:'s| is| was) (?:the total of )?(?:all )?my (?:total|overall) (?:spen\w+|orders?)\b|\b(?:total|sum) of (?:all )?(?:of )?my orders\b"
    r"|\bwhat (?:do|did) (?:all )?my orders (?:come to|cost|add up to)\b|\bmy (?:total )?spending\b"
)
_FIRST = re.compile(
    r"\bwhich (?:one |order |parcel |package |delivery |of (?:them|these|those|my \w+) )*(?:will |is |should |does |do |gets? )*(?:\w+ing |be )?"
    r"(?:arriv\w*|com\w*|get here|here|delivered|due|reach\w* me)\b[^.?!]{0,20}\b(?:first|next|soonest|sooner|earliest|before)\b"
    r"|\bwhat(?:'s| is| will) (?:be )?(?:arriv\w+|com\w+|delivered) (?:first|next|soonest)\b"
    r"|\b(?:next|first|earliest) (?:parcel|package|delivery|order)\b[^.?!]{0,20}\b(?:arriv\w*|com\w*|here|due)\b"
    r"|\bwhich (?:of my )?(?:order|parcel|package|deliver(?:y|ies))s? (?:is|comes|arrives) (?:the )?(?:first|next|soonest|earliest)\b"
)
_NOUN = r"(?:orders?|parcels?|packages?|deliver(?:y|ies)|shipments?|purchases?)\b(?! (?:address|label|option|note|number to|confirmation))"
_OWN = re.compile(
    rf"\b(?:my|our) (?:[\w#-]+ ){{0,2}}?{_NOUN}|\b(?:i|we)(?:'ve| have)? (?:just |last |recently )?(?:ordered|bought)\b|\b(?:did|have) (?:i|we) (?:\w+ )?(?:buy|bought|order)"
)
_THE_ORDER = re.compile(rf"\b(?:the|this|that) {_NOUN}")
_BOUGHT = r"(?:buy|bought|order|ordered|purchased?|get|got|gotten)"
_BUY = r"(?:buy|bought|order|ordered|purchased?)"
_SEVERAL = (
    r"(?:(?P<count>\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|couple(?: of)?|few|several|handful of)\s+)"
)
_LAST_ORDERS = re.compile(
    rf"\b(?:my|our|the|show|list|see) (?:me )?(?:my |our |the )?(?:very )?(?:last|latest|newest|most recent|recent|past|previous) {_SEVERAL}?(?:orders|purchases|parcels|packages|deliveries|shipments)\b"
)
_SHOWS = re.compile(r"\b(?:show|list|see|look at|give me|view)\b(?! (?:\w+ ){0,2}back\b)")
_NUMBERS = {
    word: number for number, word in enumerate(["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 2)
} | {"couple": 2, "couple of": 2}  # fmt: skip
_LATEST = re.compile(
    rf"\b(?:last|latest|newest|most recent) (?!{_SEVERAL.replace('?P<count>', '?:')})(?:\w+ )?(?:order|purchase|parcel|package|delivery|shipment|one|things?|stuff|items?)\b"
    rf"|\b(?:i|we)(?:'ve| have)? (?:just {_BUY}|(?:last|most recently) {_BOUGHT})\b|\b{_BOUGHT} (?:\w+ )?(?:last|most recently)\b(?! (?!time\b)\w)"
)
_BEFORE_IT, _CLAUSE_END = r"before (?:that|this|it|(?:the )?(?:last|latest))", r"(?=\s*(?:[,.;:!?]|$)| (?:and|but)\b)"
_BEFORE = re.compile(
    rf"\b{_BEFORE_IT} (?:one|order|purchase)\b|\b(?:order|one|purchase) (?:before|{_BEFORE_IT}){_CLAUSE_END}"
    r"|\b(?:previous|prior|penultimate|(?:second|2nd)[ -](?:to[ -])?last|last but (?:one|1)) (?:order|purchase|one)\b"
)
_BEFORE_THAT = re.compile(rf"\b{_BEFORE_IT}{_CLAUSE_END}")
"""It means an order by itself, "what did I buy before that?", unless the message asks when something comes."""
_OLDEST = re.compile(
    rf"\b(?:my|our|the) (?:very )?(?:first|oldest|earliest)(?: ever)? (?:order|purchase)\b|\b(?:did|have) (?:i|we) first {_BOUGHT}\b"
)
_SENT = r"sent|shipped|dispatched|posted|packed|left"
_ITS_ARRIVAL = r"(?:arrived|came|come|delivered|here|received|turned up|got here)"
_IS = r"(?:(?:'s|'ve|'m|'re)|(?: (?:is|are|has|have|was|were|did|you|i|we|still|been|just|already|yet|now|even|only)))*"
_WHICH_ONE = rf"(?:\bones?(?=(?: that| which| not| still| being| on| you| i| we)\b|'s\b)(?: (?:that|which))?|\b(?:orders?|parcels?|packages?|deliver(?:y|ies)|shipments?|purchases?|things?|stuff|items?) (?:that|which)){_IS}"
_NOT_YET = r"(?: not|n'?t)(?: (?:yet|been|even))*"
_ORDER_THAT_IS = r"\b(?:(?:the|my|our|your|this|an?) (?:(?:last|latest|newest|first|other|recently) )?{0} (?:one|order|parcel|package)s?|(?:that|these|those|any|all|which|some|no) {0} (?:order|parcel|package)s?)\b"
"""A participle before its noun. Without a determiner it is a verb: "you sent one with a hole"."""
_STATES_NAMED = (
    ("unsent", rf"{_WHICH_ONE}{_NOT_YET} (?:{_SENT})\b|{_WHICH_ONE} (?:being (?:prepared|packed|processed)|waiting to be \w+)|\b(?:unsent|unshipped|undispatched) (?:one|order|parcel)s?\b"),
    ("waited for", rf"{_WHICH_ONE}{_NOT_YET} (?:{_ITS_ARRIVAL}|got(?:ten)?|get)\b|{_WHICH_ONE} (?:waiting for|missing)\b|\bundelivered (?:one|order|parcel)s?\b"),
    ("late", rf"{_WHICH_ONE} (?:late|delayed|overdue)\b|\b(?:late|overdue) (?:one|order|parcel|package)s?\b|" + _ORDER_THAT_IS.format("delayed")),
    ("sent", rf"{_WHICH_ONE} (?:on (?:its|the|their) way|in transit|under ?way|coming|{_SENT})\b|" + _ORDER_THAT_IS.format("(?:sent|shipped|dispatched)")),
    ("arrived", rf"{_WHICH_ONE} {_ITS_ARRIVAL}\b|" + _ORDER_THAT_IS.format("delivered")),
    ("cancelled", rf"{_WHICH_ONE} cancell?ed\b|" + _ORDER_THAT_IS.format("cancell?ed")),
    ("returned", rf"{_WHICH_ONE} (?:returned|sent back)\b|" + _ORDER_THAT_IS.format("returned")),
)  # fmt: skip
_STATE_FORMS = tuple((name, re.compile(form)) for name, form in _STATES_NAMED)
_ORDERING = re.compile(r"\b(?:order\w*|purchase\w*|bought|buy)\b")
_JUST_ORDERED = re.compile(
    rf"\b(?:i|we)(?:'ve| have)? (?:only )?just {_BUY}\b|\b(?:i|we)(?:'ve| have)? {_BUY} (?:\w+ )?(?:just|a (?:minute|moment)|an hour|earlier today)\b"
)
_PAID = re.compile(
    r"\b(?:how much|what) (?:money )?(?:have|did|do|'ve) (?:i|we) (?:already |actually |then )?(?:pay|paid)\b(?! (?:for|to|if|on (?:the|a|an|shipping|delivery))\b)"
)
_WHOLE = re.compile(
    r"\b(?:all|total|altogether|overall|so far|until now|ever|orders|everything|here|at your|with you|to you)\b"
)
_DEAR = r"(?:biggest|largest|most expensive|priciest|dearest|costliest|highest)"
_CHEAP = r"(?:smallest|cheapest|least expensive|lowest)"
_EXTREME = (
    r"\b(?:my|our|i|we)\b[^.?!]{{0,30}}\b{0}(?: \w+){{0,2}}? (?:orders?|purchases?)\b"
    r"|\b{0}(?: \w+){{0,2}}? (?:orders?|purchases?)\b[^.?!]{{0,30}}\b(?:i|we|my|our|mine)\b"
    r"|\bwhich (?:of my |one of my |order of mine |order |purchase )(?:orders? |purchases? )?(?:was|is|were) (?:the |my )?{0}\b"
)
_LARGEST = re.compile(
    _EXTREME.format(_DEAR)
    + r"|\bwhich (?:of my )?orders? (?:cost|costs|was) (?:me )?(?:the )?most\b|\bthe most i(?:'ve| have)? (?:ever )?(?:spent|paid) on (?:an|one) order\b"
)
_SMALLEST = re.compile(
    _EXTREME.format(_CHEAP) + r"|\bwhich (?:of my )?orders? (?:cost|costs|was) (?:me )?(?:the )?least\b"
)
_WHICH_OF_THEM = (
    r"^which (?:one |order |of (?:them|these|those|the (?:two|2)|my orders) )?(?:is|was|costs?|were)(?: the)? "
)
_DEARER = re.compile(
    rf"{_WHICH_OF_THEM}(?:more expensive|dearer|pricier|bigger|larger|more|{_DEAR}|most)\b(?! (?:recent|urgent))"
)
_CHEAPER = re.compile(rf"{_WHICH_OF_THEM}(?:cheaper|less expensive|less|smaller|{_CHEAP}|least)\b")
_GOODS = re.compile(
    rf"\b(?:did|have|has|had) (?:i|we) (?:ever |already |once |actually |previously |last |first )*{_BUY} (?P<goods>[^.?!,;]+)"
    r"|\b(?:was|is|are|were) there (?:ever )?(?P<inside>[^.?!,;]+?) in (?:any|one|some)?(?: of)? ?my (?:past |old |previous |earlier )?orders?\b"
    r"|\bwhich (?:one )?(?:of my )?orders? (?:has|had|holds?|contains?|contained|included?|includes|did i (?:buy|get|order)) (?P<held>[^.?!,;]+)"
)
_TOLD_GOODS = re.compile(
    rf"(?P<ahead>[^.?!,;]*)\b(?:i|we)(?:'ve| have)? (?:ever|already) {_BUY} (?P<goods>(?:(?!\b(?:and|but|so)\b)[^.?!,;])+)(?P<behind>.?)"
)
"""Goods that somebody has bought; a question only behind words that ask, or before a question mark."""
_ASKS_WHETHER = re.compile(
    r"\b(?:know|tell me|see|check|say|remember|sure|find out|look up|wonder(?:ing)?|is it (?:true|possible|right)|could it be)(?: if| whether| that)?$|\bwhether$"
)
_BEHIND_GOODS = re.compile(
    r"\s+(?:from (?:you|here|this|your)|here|before|already|ever|in (?:the past|my|any|it|one)|with (?:you|this)|off you|at (?:your|this)|in|on|since|last|this|during|again|yet"
    r"|and (?:when|how|what|where|which|did|is|was)|for)\b.*$"
)
_BARE_GOODS = re.compile(r"^(?:an?|any|some|one|the|my|our|those|these|that|this|another|\d+)\s+")
_ANYTHING = frozenset(["anything", "something", "everything", "stuff", "things", "thing"])
_NO_NAMES = "it them this that these those one ones here nothing more what order orders right wrong correct too"
_NO_GOODS = _ANYTHING | frozenset(_NO_NAMES.split())
_LONGEST_GOODS = 5
_LATE = re.compile(
    r"(?<!too )(?<!later or )\b(?:late|delayed|overdue|lost|missing)\b|\bstill (?:\w+ )?(?:waiting|missing|nothing|not|has ?n[o']t|no sign)\b"
    r"|\b(?:has ?n[o']t|have ?n[o']t|has not|have not|did ?n[o']t|did not|never|not yet|nor has it|no longer)\b[^.?!]{0,20}\b(?:arriv\w*|c[oa]me|been delivered|turned up|shown up|reached me|received?|got(?:ten)?)\b"
    r"|\b(?:should|supposed|meant|was) (?:have|to|due)\b[^.?!]{0,20}\b(?:here|arrived?|there|been|come|ago)\b"
)
_WHY = re.compile(
    r"\b(?:why|how come|what(?:'s| is)? the (?:reason|hold[- ]?up)|what(?:'s| is)? (?:taking|keeping)|whats (?:taking|keeping))\b"
)
_STATE = (
    r"(?:arriv\w*|com(?:e|es|ing)(?! back| with| in\b)|came|get(?:s|ting)? (?:here|to me)|here|deliver(?:ed|s|ing|y)?|ship(?:s|ping)?|send|dispatch\w*|due"
    rf"|{_SENT}|expected?|reach\w* me|late|delay\w*|overdue|on (?:its|the|their) way|moving|moved|stuck|held up|taking|take|long|cancell?ed|processed|track\w*)"
)
_STANDING = re.compile(
    rf"\bwhere\b(?![^.?!]*\b(?:made|manufactured|produced|from|located)\b)[^.?!]{{0,24}}\b(?:it|they|my|our|{_NOUN})\b|\bwhen\b[^.?!]*\b{_STATE}\b|\bwhen(?:'s| is| are) (?:it|my|the)\b"
    rf"|\b(?:has|have|is|are|did|was|were|will|does|hasn'?t|haven'?t|isn'?t|didn'?t|wasn'?t)\b[^.?!]*\b(?:arriv\w*|c[oa]me(?! back| with| in\b)|coming|here|delivered|{_SENT}|prepared|processed|cancell?ed|on (?:its|the|their) way|(?<!too )late|delayed)\b"
    r"|\bstatus\b|\bany (?:news|updates?)\b|\bhow (?:late|many days late|much longer)\b|\bhow long (?:will|until|till|more)\b|\bwhat(?:'s| is|s)? (?:happening|going on|up) with\b"
)
_TRACKING = re.compile(
    r"\b(?:what(?:'s| is|s|)|give|send|tell|have|need|want|get|which|and|my|show)\b[^.?!]*\btracking(?: (?:number|no|code|id|link|info\w*))?\b"
    r"|^(?:the )?tracking (?:number|no|code|id|link)\b|\b(?:track|follow) (?:it|my|the|this|that)\b"
)
_CONTENTS = re.compile(
    r"\bwhat(?:'s| is| was| were| are|s)? (?:all |exactly )?(?:in|inside) (?:it|there|that|this|them|(?:my|our|the) (?:[\w-]+ ){0,2}?(?:order|parcel|package|box|delivery|purchase|one)s?)\b"
    rf"|\bwhat (?:all )?(?:did|have) (?:i|we) (?:last |just )?(?:\w+ )?{_BOUGHT}\b|\bwhich (?:items|things|products) (?:are|were|did)\b|\bwhat(?:'s| is| was|s) (?:my|our|the) (?:last|latest|newest|first|previous|most recent) (?:order|purchase)$"
    r"|\b(?:contents?|items) of (?:my|the|that) (?:\w+ )?order\b"
)
_PLACED = re.compile(
    rf"\bwhen (?:did|have|was|were) (?:i|we) (?:last |first |even |actually )*(?:make|place|{_BOUGHT})\b|\bwhen (?:was|were|did i place) (?:it|that|this|(?:my|the) (?:[\w-]+ )?(?:order|purchase)) ?(?:placed|ordered|bought|made)?$"
    rf"|\bhow long ago\b|\bwhat (?:day|date)\b[^.?!]*\b{_BOUGHT}\b|\bmy (?:last|latest|previous|first) (?:order|purchase) (?:placed|made)\b"
)
_COST = re.compile(
    r"\bhow much (?:was|is|were)\b[^.?!]*\b(?:order|purchase|it|that|this|that one)$|\b(?:how much|what) (?:did|does)\b[^.?!]*\b(?:order|purchase|it|that|this|that one) (?:cost|come to)\b"
    r"|\btotal of (?:it|that|this|(?:my|the) (?:\w+ )?(?:order|purchase))\b"
    r"|\bhow much did (?:i|we) (?:pay|spend) (?:for|on) (?:it|that|this|(?:my|the) (?:\w+ )?(?:order|purchase))\b"
)
_GENERAL = re.compile(
    r"\b(?:if|in case|how (?:do|does|can|could|would|to)|can (?:i|we|you)(?! (?:tell|say|check|see|look|give|send|please))|could (?:i|we)|may i|what (?:can|should|do|happens)|do you(?! (?:know|have any (?:idea|news)))|policy|usually|normally"
    r"|generally|when it comes to|allowed|in stock|available|availability|restock\w*|sale|refund\w*|money|return\w*|exchang\w*|invoice|receipt|cancel(?!l?ed)\w*|address|label|free|cost of)\b"
)
"""Words of a question to the shop's pages, or of something that another step does; such a message asks nothing of where an order stands."""
_HOW_TO = re.compile(r"\b(?:how (?:do|does|can|could|would|to)|where (?:do|can)|do you|will i)\b")
_ROW = re.compile(r"^(o\d) (\S+) \|", re.MULTILINE)
_NAMES_PRODUCT = re.compile(r"^p\d #", re.MULTILINE)
_ABOUT_MONEY = re.compile(
    r"\b(?:charg\w*|fees?|costs?|cost me|pay|paid|money|refund\w*|price|bill\w*|for free|free)\b|\bhow much\b"
)
_SHORT = 6
_AROUND_A_PERIOD = re.compile(
    r"[\s,.?!]*(?:(?:and|or|but|so|ok|okay|then|please|only|just|what|how|about|much|all|of|in|for|during|over|from|since|the)(?:[\s,.?!]+|$))*"
)
"""Words of a message that names nothing but a period: "ok, and what about all of last year?"."""


MANY = 99
"""As many orders as there are."""


class Aspect(StrEnum):
    """What a message asks of one order."""

    CONTENTS = "contents"
    STANDING = "standing"
    TRACKING = "tracking"
    WHY = "why"
    PLACED = "placed"
    COST = "cost"


_OF_ARRIVAL = frozenset([Aspect.STANDING, Aspect.WHY, Aspect.TRACKING])


class OrderState(StrEnum):
    """How far an order has come, where a message names it by that: "the one that has not been sent"."""

    UNSENT = "unsent"
    SENT = "sent"
    WAITED_FOR = "waited for"
    """It has not arrived, whether it was sent or not."""
    LATE = "late"
    ARRIVED = "arrived"
    CANCELLED = "cancelled"
    RETURNED = "returned"


class Place(StrEnum):
    """Which of a customer's orders a message means by when it was placed."""

    LATEST = "latest"
    BEFORE = "before"
    """The one before the order that was spoken of, or before the latest."""
    OLDEST = "oldest"


def asks_spent(message: str, thread: Thread) -> bool:
    """Whether a customer asks what all of their orders came to: "how much did I spend here?".

    What was paid is asked of one order where one is in view, or where the message asks something else of it, too.
    """
    said = _lower(message)
    if not _SPENT.search(said):
        return False
    is_of_one = bool(order_in_view(thread)) or not asked_of_order(message) <= {Aspect.COST}
    return not (_asks_paid(message) and is_of_one)


def _asks_paid(message: str) -> bool:
    """Whether a message asks what was paid without saying that it means more than one order: "what did I pay?"."""
    said = _lower(message)
    return bool(_PAID.search(said)) and not _WHOLE.search(said) and without_period(message) is None


def asks_first(message: str) -> bool:
    """Whether a customer asks which of their orders comes first."""
    return bool(_FIRST.search(_lower(message)))


def goes_on_about_spending(message: str, thread: Thread) -> bool:
    """Whether a message names nothing but another time behind a question what orders came to: "and last month?"."""
    is_behind = bool(thread.turns) and re.search(r"^s1 spent", thread.turns[-1].brief, re.MULTILINE)
    if not is_behind or (rest := without_period(message)) is None:
        return False
    return _AROUND_A_PERIOD.fullmatch(rest) is not None


def place_of(message: str) -> Place | None:
    """Which order a message means by its place in time; None if it names none. "The order before that" comes before "last"."""
    said = _lower(message)
    if _BEFORE_THAT.search(said):
        asked = asked_of_order(message)
        if not asked or asked - _OF_ARRIVAL:
            return Place.BEFORE
    forms = ((_BEFORE, Place.BEFORE), (_OLDEST, Place.OLDEST), (_LATEST, Place.LATEST))
    found = next((place for form, place in forms if form.search(said)), None)
    if found is None and re.search(rf"\bwhen (?:did|have) (?:i|we) last {_BOUGHT}\b", said):
        return Place.LATEST
    return found


def state_of(message: str) -> OrderState | None:
    """How far the order has come that a message names by that: "the parcel that hasn't arrived"; None if it names none so."""
    said = _lower(message)
    return next((OrderState(name) for name, form in _STATE_FORMS if form.search(said)), None)


def last_orders(message: str) -> int:
    """How many of the last orders a message asks for, "my last 3 orders"; `MANY` if it gives no number, 0 if it asks for no such list."""
    said = _lower(message)
    found = _LAST_ORDERS.search(said)
    if found is None or (_GENERAL.search(said) and not _SHOWS.search(said)):
        return 0
    count = found["count"] or ""
    return int(count) if count.isdigit() else _NUMBERS.get(count, MANY)


def means_own_orders(message: str) -> bool:
    """Whether a message asks of whichever of the customer's orders it holds for: "can I send back anything from my old orders?"."""
    said = _lower(message)
    is_any = re.search(r"\b(?:orders|purchases|any(?:thing)?|something|what|which)\b", said)
    return bool(_OWN.search(said) and is_any) and state_of(message) is None and place_of(message) is None


def was_just_ordered(message: str) -> bool:
    """Whether a message speaks of what was ordered only just now, so that it can hardly have arrived."""
    return bool(_JUST_ORDERED.search(_lower(message)))


def speaks_of_ordering(message: str) -> bool:
    """Whether a message calls something an order or says that it was bought: "my last order", but not "the last thing I got"."""
    return bool(_ORDERING.search(_lower(message)))


def asks_extreme(message: str) -> int:
    """1 if a customer asks for the order with the largest total of all, -1 for the smallest, 0 for neither."""
    said = _lower(message)
    return 1 if _LARGEST.search(said) else -1 if _SMALLEST.search(said) else 0


def asks_dearer(message: str) -> int:
    """1 if a message asks which of those told costs more, -1 for less, 0 for neither; the most of "my orders" is that of all."""
    said = without_lead_in(_lower(message))
    if "my orders" in said and asks_extreme(message):
        return 0
    return 1 if _DEARER.search(said) else -1 if _CHEAPER.search(said) else 0


def goods_bought(message: str) -> str:
    """The goods in a question about a past purchase: "tent" in "did I ever buy a tent"; "" if there are none."""
    said = _BEHIND_GOODS.sub("", f" {_asked_goods(message)}").strip()
    bare = _BARE_GOODS.sub("", said)
    words = re.findall(r"[\w'-]+", bare)
    if not words or len(words) > _LONGEST_GOODS or words[0] in _NO_GOODS:
        return ""
    return " ".join(words)


def names_things(message: str, goods: str) -> bool:
    """Whether goods are spoken of as things, "a tent", "my tent", "socks", so that it makes sense to say that none was bought."""
    is_determined = re.search(
        rf"\b(?:an?|any|some|one|the|my|our|those|these|another|\d+) {re.escape(goods)}\b", _lower(message)
    )
    return bool(is_determined) or goods.endswith("s")


def asks_when_bought(message: str) -> bool:
    """Whether a message asks when something was bought."""
    return bool(_PLACED.search(_lower(message)))


def asks_about_own_purchase(message: str) -> bool:
    """Whether a message asks what was ever bought, without naming goods: "have I ordered anything this year?"."""
    return not _ANYTHING.isdisjoint(_asked_goods(message).split()[:1])


def asked_of_order(message: str) -> frozenset[Aspect]:
    """What a message asks of an order, whichever one it is; several things of "what's in it and when does it come"."""
    said = _lower(message)
    found = {
        Aspect.CONTENTS: _CONTENTS.search(said),
        Aspect.PLACED: _PLACED.search(said),
        Aspect.COST: _asks_paid(message) or (_COST.search(said) and not _SPENT.search(said)),
        Aspect.TRACKING: _TRACKING.search(said) and not _HOW_TO.search(said),
    }
    asked = {each for each, form in found.items() if form}
    if not _GENERAL.search(said):
        if _WHY.search(said) and re.search(rf"\b{_STATE}\b", said):
            asked.add(Aspect.WHY)
        elif _STANDING.search(said) or reports_late(message):
            asked.add(Aspect.STANDING)
    return frozenset(asked)


def reports_late(message: str) -> bool:
    """Whether a customer says that an order of theirs is late or has not come; "what if it's late" does not."""
    said = _lower(message)
    return bool(_LATE.search(said)) and not _GENERAL.search(said)


def asks_why_unsent(message: str) -> bool:
    """Whether a message asks why something has not been sent."""
    said = _lower(message)
    return bool(_WHY.search(said)) and bool(
        re.search(
            r"n[o']t (?:\w+ ){0,3}(?:ship\w*|sent|dispatch\w*|left|packed)\b|\bnot (?:\w+ ){0,3}(?:ship\w*|sent|dispatch\w*|left|packed)\b",
            said,
        )
    )


def asks_about_money(message: str) -> bool:
    """Whether a message asks what is charged or paid back: "will I be charged"."""
    return bool(_ABOUT_MONEY.search(_lower(message)))


def orders_told(thread: Thread) -> tuple[str, ...]:
    """The numbers of the orders that the reply before told, in their order."""
    rows = dict(_ROW.findall(thread.turns[-1].brief)) if thread.turns else {}
    return tuple(rows[slot] for slot in ORDER_SLOTS if slot in rows)


def order_in_view(thread: Thread) -> str:
    """The order that the conversation is about: the one told last, if no product has been told since; "" if there is none."""
    for turn in reversed(thread.turns):
        if _NAMES_PRODUCT.search(turn.brief):
            return ""
        rows = _ROW.findall(turn.brief)
        if rows:
            return str(rows[0][1]) if len(rows) == 1 else ""
    return ""


def is_about_orders(message: str, thread: Thread) -> bool:
    """Whether what a message asks is asked of the customer's orders: it names one as theirs, or points at the one in view.

    Without an order or a product in view "has it shipped yet" is about an order, too.
    """
    said = _lower(message)
    if _OWN.search(said):
        return True
    has_goods_in_view = bool(thread.shown or thread.page)
    is_in_view = bool(order_in_view(thread) or orders_told(thread))
    if not is_in_view and has_goods_in_view:
        return False
    if _THE_ORDER.search(said) or _TRACKING.search(said):
        return True
    is_bare = len(said.split()) <= _SHORT and not re.search(r"\b(?:an?|the|your|you)\b (?!delay|status|order)", said)
    return points(message) or (is_in_view and is_bare)


def _asked_goods(message: str) -> str:
    """Like `goods_bought`, but with everything that follows the goods in the sentence."""
    if found := _GOODS.search(_lower(message)):
        return str(next(filter(None, found.groups())))
    told = _TOLD_GOODS.search(_folded(message))
    if told is None:
        return ""
    ahead = without_lead_in(f"{told['ahead'].strip()} ")
    asks = told["behind"] == "?" if not ahead else _ASKS_WHETHER.search(ahead)
    return str(told["goods"]) if asks else ""


def _lower(message: str) -> str:
    return _folded(message).rstrip(" ?!.")


def _folded(message: str) -> str:
    return Text(" ".join(clean(message).casefold().split())).lower
