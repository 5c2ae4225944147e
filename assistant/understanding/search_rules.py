"""Search rules: when a clause is a search, and whether it goes on with the one before it or starts afresh."""

from __future__ import annotations

import re

from assistant.conversation.conversation import State
from assistant.intents import ABOUT_PRODUCT, SEARCHES, SERVICE, TALK, IntentName
from assistant.understanding.audience import audience
from assistant.understanding.clause import CLEAR, HARDLY, UNSURE, Clause
from assistant.understanding.grammar.reading import Reading
from assistant.understanding.grammar.references import Kind
from assistant.understanding.refinement import holds
from retrieval.catalog.filter import Filter, Sort

_I = IntentName
_QUESTION = re.compile(r"(?:how|what|is|are|does|tell|which|can|why)\b", re.IGNORECASE)
_GOES_ON = re.compile(r"(?:and|but|or|with|for|in|only|without|what about|how about) ", re.IGNORECASE)
_WHICH = re.compile(r"(?:and |so |ok,? )?(?:which|what)\b", re.IGNORECASE)
_SERVES = re.compile(
    r"\b(?:return(?:s|ed|ing)?|refund\w*|exchang\w+|cancel\w*|deliver\w*|shipp\w+|ship|orders?|ordered|warrant\w+|repair\w*|"
    r"br[oe]k\w+|damaged|faulty|defective|missing|wrong|late|arriv\w+|received?|pay|paid|payments?|account|invoice|receipt|"
    r"complain\w*|track\w*|password|address|e-?mail|policy|pick(?:ed|ing)? up|bought|sent)\b",
    re.IGNORECASE,
)
"""Words of a matter of service, whatever goods are named beside them."""
_OF_PEOPLE = re.compile(r"\b(?:i|we|you|my|our|your|u)\b", re.IGNORECASE)
_FOR = re.compile(
    r"(?:(?:an?|some|any|the|new|good) )*(?!(?:what|how|who|where|when|why|is|are|do|can|thanks?|sorry)\b)[\w-]+(?: [\w-]+){0,2} "
    r"for (?:an?|my|our|the|his|her|their|\w+ing|\w+s)\b",
    re.IGNORECASE,
)
_CART = re.compile(r"\b(?:carts?|baskets?|trolley|checkout|check out|(?:my|the|shopping) bag)\b", re.IGNORECASE)
_RANKED = re.compile(
    r"(?:and |so |ok,? )?(?:(?:which|what)(?:'s| is| are| one| ones| of (?:them|those|these))?(?:'s| is| are)? )?(?:the )?"
    r"(?:most \w+|(?!rest\b|test\b|best\b|latest\b|request\b|interest\b|honest\b)\w{2,}est)"
    r"(?: one| ones| of (?:them|those|these|all))?[?!. ]*",
    re.IGNORECASE,
)
_GIFT = re.compile(
    r"\b(?:gift\w*|presents?|birthday|christmas|xmas|anniversary|wedding|valentine\w*|stocking\w*|santa|surprise|"
    r"for (?:my|a|an|our|his|her|their|some\w*|him|her|them)|(?:mother|father)'?s day|my \w+)\b",
    re.IGNORECASE,
)
_TASTE = re.compile(
    r"(?:and |well,? |but )?(?:s?he|they)(?:'s|'re| is| are)? (?:also |really |quite )?"
    r"(?:likes?|loves?|enjoys?|into|fond of|keen on|adores?|plays?|does|collects?|goes|go)\b",
    re.IGNORECASE,
)
_QUALITY = re.compile(r"(?:non-?)?\w{3,}(?:less|able|ible|proof|free|ised|ized|ated|ded|ted|ish|ic)", re.IGNORECASE)
"""A quality rather than a thing."""
_FEW_WORDS, _MOST_WORDS = 3, 12


def drops(clause: Clause, name: str) -> str:
    """Giving something up needs something to give up."""
    request = clause.state.request
    if clause.reading.dropped and request is not None and holds(request.filter, clause.reading.dropped):
        return _I.DROP_FILTER
    if name == _I.DROP_FILTER and not clause.reading.dropped:
        if clause.reading.demands and clause.has_search:
            return _I.REFINE
        return _I.FIND_PRODUCT if clause.reading.demands else _I.START_OVER if clause.has_search else _I.OUT_OF_SCOPE
    return name


def unknown_but_sought(clause: Clause, name: str) -> str:
    """Rejected by the head, but it speaks of the catalogue: a search."""
    reading, best = clause.reading, clause.best
    if name != _I.OUT_OF_SCOPE or _is_instruction(clause.text):
        return name
    if clause.is_bare and clause.has_search:
        return _I.REFINE
    if reading.names_type and best.name in SEARCHES and best.probability >= CLEAR and best.known >= HARDLY:
        return _I.FIND_PRODUCT
    speaks_of_it = reading.query and reading.known >= 0.5 * len(reading.query.split())
    if reading.pointing and reading.pointing.kind is Kind.NAME:
        if best.name in ABOUT_PRODUCT and best.known >= HARDLY:
            return best.name
        return _I.ASK_PRODUCT if _QUESTION.match(clause.text) else _I.FIND_PRODUCT
    if speaks_of_it and reading.words <= 8 and (best.known >= HARDLY or reading.words <= 2):
        return _I.FIND_PRODUCT
    return _I.FIND_PRODUCT if reading.conditions and reading.words <= 6 else name


def demands_after_courtesy(clause: Clause, name: str) -> str:
    """ "No, not orange" and "yes, in blue" are demands, however they begin."""
    is_talk = name in TALK and name not in (_I.OUT_OF_SCOPE, _I.OTHER_LANGUAGE)
    return _I.REFINE if is_talk and clause.is_bare and clause.has_search and clause.reading.conditions else name


def states_a_limit(clause: Clause, name: str) -> str:
    """ "Around 20 dollars" sounds like a question about a price, but limits the search."""
    is_limit = any(condition.field == "price" for condition in clause.reading.conditions)
    return _I.REFINE if name == _I.PRICE and clause.is_bare and clause.has_search and is_limit else name


def unsure_but_sought(clause: Clause, name: str) -> str:
    """A demand, or a kind of product with hardly a word around it, is a search, where the head has no clear idea."""
    bare_demand = clause.is_bare and clause.has_search and bool(clause.reading.conditions)
    if bare_demand and clause.reading.words <= _FEW_WORDS and name not in ABOUT_PRODUCT | SEARCHES:
        return _I.REFINE
    if clause.best.probability >= UNSURE or clause.best.known < HARDLY:
        return name
    if bare_demand:
        return _I.REFINE
    is_search = name in SEARCHES | ABOUT_PRODUCT
    return _I.FIND_PRODUCT if not is_search and clause.reading.names_type and clause.reading.words <= 6 else name


def names_goods(clause: Clause, name: str) -> str:
    """ "One person tent", "3 locks", "Kestrel": goods are named, no matter of service, and no product is pointed at."""
    reading = clause.reading
    brand = any(condition.field == "brand" for condition in reading.conditions) and reading.words <= _FEW_WORDS
    named = reading.names_type or (brand and clause.is_bare)
    is_other = name in SEARCHES | ABOUT_PRODUCT | {_I.BROWSE, _I.OTHER_LANGUAGE, _I.START_OVER}
    if is_other or not named or reading.pointing or reading.order_id or reading.words > _MOST_WORDS:
        return name
    if _SERVES.search(clause.text) or _is_instruction(clause.text) or (name in TALK and clause.best.known < HARDLY):
        return name
    if name in SERVICE and _OF_PEOPLE.search(clause.text):
        return name  # "can I bring my bike in for a service?"
    return _I.REFINE if clause.is_bare and clause.has_search else _I.FIND_PRODUCT


def seeks_for_use(clause: Clause, name: str) -> str:
    """ "A bag for my laptop" is looked for, though a bag is also what one fills at the checkout."""
    strays = name in TALK or name in (_I.CART_VIEW, _I.CART_ADD, _I.PLACE_ORDER)
    known = clause.reading.known > 0 and clause.reading.words <= 2 * _FEW_WORDS and not clause.reading.pointing
    if not strays or not known or _CART.search(clause.text) or not _FOR.match(clause.text):
        return name
    return name if _SERVES.search(clause.text) else _I.FIND_PRODUCT


def gives_to_oneself(clause: Clause, name: str) -> str:
    """ "I have 50 dollars, what can I get?" speaks of no gift."""
    is_gift = name != _I.GIFT or _GIFT.search(clause.text) or audience(clause.text)
    return name if is_gift or not clause.reading.demands else _I.FIND_PRODUCT


def ranks_what_was_found(clause: Clause, name: str) -> str:
    """ "The brightest", "which is the most secure?": orders what was found, though no measure of it is known."""
    if (
        name in SEARCHES
        or clause.reading.pointing
        or not clause.has_search
        or not _RANKED.fullmatch(clause.text.strip())
    ):
        return name
    return _I.REFINE


def tells_of_taste(clause: Clause, name: str) -> str:
    """ "She likes cooking", after a gift was looked for."""
    request = clause.state.request
    is_gift = request is not None and request.wants(_I.GIFT, _I.REFINE, _I.FIND_PRODUCT)
    strays = name in TALK or name in ABOUT_PRODUCT or name == _I.PRAISE
    return _I.REFINE if is_gift and strays and _TASTE.match(clause.text) else name


def refines_or_finds(clause: Clause, name: str) -> str:
    """A new kind of product is a new search; a bare demand goes on with the one before it."""
    reading = clause.reading
    if name == _I.REFINE:
        if not clause.has_search:
            return _I.FIND_PRODUCT if reading.demands or reading.query else _I.RECOMMEND
        return _I.FIND_PRODUCT if is_new_kind(clause.reading, clause.state) else name
    if name == _I.FIND_PRODUCT and clause.has_search and clause.is_bare:
        return _I.REFINE
    several = len(reading.product_ids) != 1 or (reading.pointing is not None and reading.pointing.kind is Kind.EXTREME)
    compared = clause.state.asked == _I.COMPARE and len(clause.state.shown) > 1
    if compared and name in ABOUT_PRODUCT and _WHICH.match(clause.text) and several:
        return _I.COMPARE
    ranks = reading.sort is not Sort.RELEVANCE and not reading.comparative and clause.has_search
    if ranks and several and (name == _I.COMPARE or (name in ABOUT_PRODUCT and _WHICH.match(clause.text))):
        return _I.REFINE  # "which of them is the cheapest?" orders what was found
    if name == _I.FIND_PRODUCT and clause.has_search and not reading.names_type and _GOES_ON.match(clause.text):
        return _I.REFINE  # "and for winter?"
    if name == _I.FIND_PRODUCT and clause.has_search and reading.words == 1 and _QUALITY.fullmatch(reading.query):
        return _I.REFINE  # "wireless"
    if name == _I.BEST_SELLERS and reading.sort not in (Sort.RELEVANCE, Sort.POPULARITY):
        return _I.FIND_PRODUCT
    if name == _I.MORE_RESULTS and is_new_kind(reading, clause.state):
        return _I.FIND_PRODUCT
    return name


def is_new_kind(reading: Reading, state: State) -> bool:
    """Whether the reading wants another kind of product than the search before it."""
    if not reading.names_type:
        return False
    before = _type_values(state.request.filter) if state.request else frozenset()
    return not _type_values(Filter(reading.types)) <= before


def starts_afresh(name: str, reading: Reading, state: State) -> bool:
    """Whether an intent opens a search of its own rather than going on with the one before it."""
    if state.request is None or name not in SEARCHES | {_I.START_OVER}:
        return name in SEARCHES
    if name in (_I.REFINE, _I.DROP_FILTER, _I.MORE_RESULTS):
        return False
    return bool(reading.names_type or reading.query or name != _I.ON_SALE)


def _is_instruction(text: str) -> bool:
    """Text that tells the assistant how to behave, or what to make up, rather than what is wanted."""
    return bool(
        re.search(
            r"\b(?:ignore|disregard|forget) (?:all |any |your |the |previous |prior |above "
            r")*(?:instructions?|rules|prompts?)\b|\bsystem prompt\b|\byou are now\b|\bpretend (?:to be|you)\b"
            r"|\b(?:write|compose|sing|translate|draw|tell)\b.{0,20}\b(?:poems?|songs?|stor(?:y|ies)|essays?|jokes?|haikus?|code|script)\b",
            text.lower(),
        )
    )


def _type_values(filter: Filter) -> frozenset[str]:
    return frozenset(value for c in filter.conditions if c.field == "product_type" for value in c.values)
