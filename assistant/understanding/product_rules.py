"""Product rules: when a clause asks about a product, and when about products that are still to be found."""

from __future__ import annotations

import re

from assistant.intents import ABOUT_PRODUCT, TALK, IntentName
from assistant.understanding.clause import CLEAR, Clause
from assistant.understanding.grammar.references import Kind
from retrieval.catalog.filter import Sort

_I = IntentName
_SOUNDS_LIKE_POLICY = frozenset({_I.POLICY_QUESTION, _I.DELIVERY_PERIOD, _I.CHECK_REFUND_POLICY, _I.SHIPPING_COST})
_CONTINUES = re.compile(r"(?:and|what about|how about|what of|same for|then)\b", re.IGNORECASE)
_COMPARES = re.compile(r"\bvs\b|\bor\b|differen|compar", re.IGNORECASE)
_HAS = re.compile(r"(?:do you (?:\w+ )?(?:have|sell|stock|carry)|have you|got any|show me|any)\b", re.IGNORECASE)
_LIKE = re.compile(r"\b(?:something|anything|one|ones|similar|more) like\b", re.IGNORECASE)

_ASKS = re.compile(
    r"\?|^(?:how|what|which|who|where|when|why|is|are|was|does|do|did|can|could|has|have|will|tell)\b", re.IGNORECASE
)
_DEFINITE = re.compile(r"\b(?:the|this|that|it|these|those|them)\b", re.IGNORECASE)
_ADVISES = re.compile(
    r"\b(?:which|what)(?: one| ones| of (?:these|those|them|the two))? (?:would|do|should|shall|could) (?:you|i|we) "
    r"(?:choose|pick|take|get|buy|recommend|prefer|suggest|go for|go with)\b|\byour (?:pick|favou?rite)\b",
    re.IGNORECASE,
)
_WHY = re.compile(r"(?:and |but |ok,? )?why\b", re.IGNORECASE)
_SOLD = re.compile(
    r"(?:(?:and|so|but|ok|hi|hey|also),? )*(?:do (?:you|u|they)(?: guys| also| still| even)* (?:have|sell|stock|carry|got)|"
    r"(?:have you|you)(?: guys)? got|got any)\b",
    re.IGNORECASE,
)
_VERSUS = re.compile(r"\b(?:vs|versus|differences?|compared?|better)\b", re.IGNORECASE)
_WEIGHS = re.compile(r"\b(?:vs|versus|or|than|between|which|what|differ\w*|compar\w*|better|best)\b", re.IGNORECASE)
_BY_PRICE = re.compile(r"\b(?:cheap\w*|(?:less|least|more|most) expensive|pric\w+|dear\w+)\b", re.IGNORECASE)
_BY_RATING = re.compile(r"\brated\b", re.IGNORECASE)
_BACK = re.compile(r"\b(?:the|this|that|it|these|those|them|ones?)\b", re.IGNORECASE)
"""Points back at what was shown or spoken of."""
_FEW_WORDS = 3


def asks_without_product(clause: Clause, name: str) -> str:
    """A question about "it" needs a product; one about a kind of product is a search."""
    reading = clause.reading
    kinds = [value for condition in reading.types for value in condition.values]
    if name == _I.COMPARE and kinds and reading.pointing is None and not _WEIGHS.search(clause.text):
        return _I.FIND_PRODUCT  # "the mugs first"
    if name not in ABOUT_PRODUCT or name in (_I.COMPARE, _I.CART_ADD, _I.CART_REMOVE) or reading.product_ids:
        return name
    if reading.names_type and not (reading.pointing and clause.state.focus):
        return name if name in (_I.SIMILAR,) and clause.state.focus else _I.FIND_PRODUCT
    if clause.is_bare and reading.sort is not Sort.RELEVANCE and clause.has_search and reading.pointing is None:
        return _I.REFINE  # "best rated" orders what was found
    if _is_bare_word(clause) and not clause.has_product:
        return _I.REFINE if clause.has_search else _I.FIND_PRODUCT  # "waterproof" narrows, "axe" is looked for
    if name == _I.SIMILAR and reading.comparative and not clause.state.focus and clause.has_search:
        return _I.REFINE  # "a cheaper alternative" to all that was shown
    picks = reading.sort is not Sort.RELEVANCE or any(c.field != "availability" for c in reading.conditions)
    if not clause.state.focus and clause.has_search and picks and name in (_I.AVAILABILITY, _I.OPTIONS, _I.ASK_PRODUCT):
        return _I.REFINE
    by_brand = any(condition.field == "brand" for condition in reading.conditions)
    return _I.FIND_PRODUCT if by_brand and reading.pointing is None else name  # "what do you have from Kestrel?"


def _is_bare_word(clause: Clause) -> bool:
    """Whether a thing or a quality is all that is said."""
    reading = clause.reading
    is_short = reading.words <= _FEW_WORDS and not _DEFINITE.search(clause.text)
    return is_short and bool(reading.query) and reading.pointing is None and not _ASKS.search(clause.text.rstrip("? "))


def advises(clause: Clause, name: str) -> str:
    """ "Which would you choose?" asks to weigh what was shown, not for other things."""
    if name not in (_I.RECOMMEND, _I.BEST_SELLERS) and name not in TALK:
        return name
    return _I.COMPARE if len(clause.state.shown) > 1 and _ADVISES.search(clause.text) else name


def asks_why(clause: Clause, name: str) -> str:
    """ "Why that one?" asks about the product meant."""
    is_meant = bool(clause.reading.product_ids) or (clause.has_product and clause.reading.words <= _FEW_WORDS)
    is_other = name in (_I.RECOMMEND, _I.CAPABILITIES, _I.FIND_PRODUCT, _I.SIMILAR) or name in TALK
    return _I.ASK_PRODUCT if is_other and is_meant and _WHY.match(clause.text) else name


def sought_by_name(clause: Clause, name: str) -> str:
    """Looking for a product by its name is asking whether it is there; by its place among those shown, about it."""
    pointing = clause.reading.pointing
    by_place = pointing is not None and pointing.product_ids and pointing.kind in (Kind.ORDINAL, Kind.FACETS)
    if name not in (_I.FIND_PRODUCT, _I.REFINE) or not by_place or clause.reading.comparative:
        return name
    return _I.COMPARE if len(clause.reading.product_ids) > 1 and _COMPARES.search(clause.text) else _I.ASK_PRODUCT


def continues_question(clause: Clause, name: str) -> str:
    """ "And the second one?" says nothing but which: what was asked of the one before, else in general."""
    reading, pointing = clause.reading, clause.reading.pointing
    if pointing is None or not pointing.product_ids or pointing.kind not in (Kind.ORDINAL, Kind.NAME, Kind.FACETS):
        return name
    several = len(pointing.product_ids) > 1
    only_points = not reading.query and not reading.about and reading.words <= 7 and pointing.kind is not Kind.NAME
    if only_points and not several and clause.state.asked and name == _I.ASK_PRODUCT and _CONTINUES.match(clause.text):
        return clause.state.asked
    unsure = only_points and clause.best.probability < CLEAR and name in (_I.CART_ADD, _I.FIND_PRODUCT)
    if unsure or (name in TALK and reading.words <= 8):
        return _I.COMPARE if several else _I.ASK_PRODUCT
    return name


def asks_for_goods(clause: Clause, name: str) -> str:
    """ "Do you have first aid kits?" sounds like a question of policy; "anything like the Alder tent" like a search."""
    reading = clause.reading
    is_meant = clause.state.focus and _DEFINITE.search(clause.text)
    wants_kind = reading.names_type and reading.pointing is None and not is_meant
    if name in (_I.CART_ADD, _I.PLACE_ORDER) and wants_kind:
        return _I.FIND_PRODUCT  # "I want to buy 3 helmets"
    if name == _I.BROWSE and (reading.conditions or reading.names_type):
        return _I.FIND_PRODUCT
    if name == _I.POLICY_QUESTION and reading.names_type and (_HAS.match(clause.text) or reading.conditions):
        return _I.FIND_PRODUCT
    if name == _I.CART_ADD and clause.is_bare and clause.has_search and reading.conditions and not reading.product_ids:
        return _I.REFINE  # "the blue one", when none of those shown is blue
    is_likeness = reading.pointing is not None and reading.pointing.kind is Kind.NAME and _LIKE.search(clause.text)
    return _I.SIMILAR if name == _I.FIND_PRODUCT and is_likeness else name


def asks_whether_sold(clause: Clause, name: str) -> str:
    """ "Do you have skateboards?" asks for goods, or for a service: what the shop has of the two decides."""
    reading = clause.reading
    is_open = name in (_I.POLICY_QUESTION, _I.OUT_OF_SCOPE, _I.CAPABILITIES) and not reading.names_type
    is_asked = reading.query and reading.pointing is None and not _BACK.search(clause.text)
    return _I.BROWSE if is_open and is_asked and _SOLD.match(clause.text) else name


def compares_kinds(clause: Clause, name: str) -> str:
    """ "Gravel bike vs city bike?" compares the best of each."""
    kinds = [value for condition in clause.reading.types for value in condition.values]
    is_search = name in (_I.FIND_PRODUCT, _I.RECOMMEND, _I.BROWSE) and clause.reading.pointing is None
    return _I.COMPARE if is_search and len(kinds) > 1 and _VERSUS.search(clause.text) else name


def tells_rank(clause: Clause, name: str) -> str:
    """ "The cheapest of those" says nothing but which: by its price it is told."""
    reading, pointing = clause.reading, clause.reading.pointing
    if name != _I.ASK_PRODUCT or pointing is None or pointing.kind is not Kind.ORDINAL or reading.about:
        return name
    if _BY_PRICE.search(clause.text):
        return _I.PRICE
    return _I.RATING if _BY_RATING.search(clause.text) else name


def asks_of_product(clause: Clause, name: str) -> str:
    """A question that sounds like one of policy, about a property that the product meant has on its record."""
    reading = clause.reading
    if name not in _SOUNDS_LIKE_POLICY or not reading.about_own or reading.pointing is None or not reading.product_ids:
        return name
    on_terms = any(word in reading.about for word in ("return", "shipping", "delivery"))
    return _I.ASK_PRODUCT if on_terms or name in (_I.POLICY_QUESTION, _I.DELIVERY_PERIOD) else name


def offers(clause: Clause, name: str) -> str:
    """ "Any discount?" after one product was spoken of asks for its price; else "on sale" is a search."""
    if name == _I.NEW_ARRIVALS and clause.reading.product_ids:
        return _I.ASK_PRODUCT  # "is it new?"
    is_meant = clause.reading.product_ids or (clause.state.focus and clause.reading.words <= _FEW_WORDS)
    return _I.PRICE if name == _I.ON_SALE and is_meant and not clause.reading.names_type else name
