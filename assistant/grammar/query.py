"""Query: the words to search for: what is left of a message when asking, filters and references are taken away."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable

from assistant.grammar.english import FUNCTION_WORDS
from assistant.grammar.text import Span, Text, Token

_ASKING = frozenset(
    """interested after fancy wondering available availability stocked have got hold catalogue catalog shop store website site
    price prices priced pricing cost costs costing budget rated rating ratings star stars review reviews range option options choice
    choices list results result category categories section browse browsing purchase purchasing get getting pick choose choosing
    see seeing view display check suggest suggestion suggestions recommendation recommendations recommended idea ideas advise advice
    try trying wish hoping hope love like likes prefer preferably possible possibly ideally definitely probably either else different
    size sized color colored material brand make made quality nothing without except excluding not other than apart from instead
    moment currently lately recently soon asap urgently quickly quick afford affordable inexpensive pricey worth decent fine okay perfect proper
    buying ordering shopping thinking needed wanted wants needs required requires sells carrying stocking seem seems sure
    compare compared comparison similar alternative alternatives show sort sorted filter filters narrow first second third last next also too
    sale offer offers deal deals discount discounts discounted reduced bargain promotion promotions clearance popular bestseller bestsellers best-seller
    trending arrivals arrival newest latest cart basket bag add put
    hello hey hi there please thanks thank cheers mate dear sir madam guys team someone somebody anybody one's""".split()
)
_GIFTING = frozenset(
    """gift gifts gifting present presents birthday bday christmas xmas anniversary wedding housewarming graduation valentine valentines
    mother mothers father fathers day dad daddy mum mom mummy mommy wife husband boyfriend girlfriend partner friend friends sister
    brother son daughter grandma grandpa grandmother grandfather granny nan aunt uncle niece nephew cousin colleague coworker boss
    teacher neighbour neighbor kid secret santa stocking filler fillers surprise who loves enjoys him her them someone turning year old""".split()
)
_OPENING = re.compile(
    r"^(?:hi|hello|hey|so|ok|okay|well|and|also|actually|please|then|now|there|yes|no|thanks|um|[,.!?]"
    r"|(?:can|could|would|will) you(?: please)?(?: (?:show|find|get|give|help|recommend|suggest)(?: me)?(?: find)?)?"
    r"|(?:do|would) you (?:also )?(?:have|sell|carry|stock|got|do)|have you(?: got)?|got|is there|are there"
    r"|(?:i|we)(?:'m|'re| am| are| was| were)? (?:just )?(?:looking|searching|hunting|after|in need|in search|trying)(?: to (?:find|buy|get))?(?: for| of)?"
    r"|(?:i|we)(?:'d| would|'ll)?(?: really| also| just)? (?:need|want|like|love)(?: to (?:buy|get|find|see|have|purchase))?"
    r"|show me|find me|give me|get me|help me find|looking for|searching for|search for|need|want)\b[ ,]*"
)
_CLOSING = re.compile(r"[ ,]*\b(?:please|pls|thanks|thank you|thx|asap|if possible)$")
_MOST_OPENINGS = 4
_LINKS = frozenset({"for", "with", "of", "and", "to", "in", "on", "my"})


def query(
    text: Text, correct: Callable[[str], str], kept: Iterable[Span] = (), said: Collection[str] = (), *, is_gift: bool = False
) -> str:
    """The content words of `text` in order, mistyped ones mended; small words only between two of them.

    `kept` are places whose words are wanted whatever they are (the names of product types). `said` are stems that
    stand in the filter already ("weight" in "a weight under 2 kg") and need not be said again.
    """
    wanted = tuple(kept)
    words: list[str] = []
    pending: list[str] = []
    for token in text.tokens:
        if not token.is_word:
            pending = []
        elif _is_within(token, wanted) or _is_content(token.word, token.stem, said, is_gift):
            fixed = correct(token.stem)
            words += pending if words else []
            words.append(token.word if fixed == token.stem else fixed)
            pending = []
        elif token.word in _LINKS and words and len(pending) < 1:
            pending.append(token.word)
        else:
            pending = []
    return " ".join(words)


def need(text: Text) -> str:
    """A need in the customer's own words ("something to keep me warm at home"), without the asking around it.

    An encoder reads a sentence better than its content words alone where no kind of product is named.
    """
    words = text.visible.strip(" .?!,")
    for _ in range(_MOST_OPENINGS):
        shorter = _OPENING.sub("", words)
        if shorter == words:
            break
        words = shorter
    return _CLOSING.sub("", words).strip(" .?!,")


def _is_within(token: Token, spans: Iterable[Span]) -> bool:
    return any(start <= token.start < end for start, end in spans)


def _is_content(word: str, stem: str, said: Collection[str], is_gift: bool) -> bool:
    if word in FUNCTION_WORDS or stem in FUNCTION_WORDS or word in _ASKING or stem in _ASKING or stem in said:
        return False
    if is_gift and (word in _GIFTING or stem in _GIFTING):
        return False
    return len(word) > 1 or word.isdigit()
