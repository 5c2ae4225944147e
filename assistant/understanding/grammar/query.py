"""Query: the words to search for: what is left of a message when asking, filters and references are taken away."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable

from assistant.understanding.grammar.english import FUNCTION_WORDS
from assistant.understanding.grammar.text import LONGEST, Span, Text, Token
from assistant.understanding.grammar.words import words

_ASKING = words("asking")
_GIFTING = words("gifting")
_OPENING = re.compile(
    r"^(?:hi|hello|hey|so|ok|okay|well|and|also|actually|please|then|now|there|yes|no|thanks|um|[,.!?]"
    r"|(?:can|could|would|will) (?:you|u)(?: please)?(?: (?:show|find|get|give|help|recommend|suggest)(?: me)?(?: find)?)?"
    r"|(?:do|would) you (?:also )?(?:have|sell|carry|stock|got|do)|have you(?: got)?|got|is there|are there"
    r"|(?:i|we)(?:'m|'re| am| are| was| were)? (?:just )?(?:looking|searching|hunting|after|in need|in search|trying)"
    r"(?: to (?:find|buy|get))?(?: for| of)?"
    r"|(?:i|we)(?:'d| would|'ll)?(?: really| also| just)? (?:need|want|like|love)(?: to (?:buy|get|find|see|have|purchase))?"
    r"|what (?:do|would|can) you (?:recommend|suggest|have|offer|sell)(?: me)?(?: for)?|(?:recommend|suggest)(?: me)?"
    r"|show me|find me|give me|get me|help me find|looking for|searching for|search for|need|want)\b[ ,]*"
)
_CLOSING = re.compile(r"[ ,]*\b(?:please|pls|thanks|thank you|thx|asap|if possible)$")
_NOT_SOUGHT = re.compile(
    r"\bfor (?:my|our|his|her|their|a|the) (?:\w+ )?(?:wife|husband|mum|mom|mother|dad|father|friend|girlfriend|boyfriend|"
    r"partner|sister|brother|"
    r"son|daughter|grand\w+|aunt|uncle|niece|nephew|cousin|boss|colleague|teacher|neighbou?r)s?\b"
    r"|\b(?:for )?(?:an? |my |our )?\d{1,2}[- ]?(?:years?|yrs?)[- ]?olds?\b"
    r"|\b(?:without|except|excluding|non|no|not)[ -](?:any |an? |the |too |so |very )?[a-z]+\b"
)
"""Parts of a message that a search must not look for: for whom it is, and what is ruled out."""
_MOST_OPENINGS = 4
_BEFORE, _BEHIND = 30, 60
"""Characters before and behind a product type within which words still say what it should be like."""
_LINKS = frozenset({"for", "with", "of", "and", "to", "in", "on", "my"})


def query(
    text: Text,
    correct: Callable[[str], str],
    kept: Iterable[Span] = (),
    said: Collection[str] = (),
    *,
    is_gift: bool = False,
) -> str:
    """The content words of `text` in order, mistyped ones mended; small words only between two of them.

    `kept` are places whose words are wanted whatever they are (the names of product types). `said` are stems that
    stand in the filter already ("weight" in "a weight under 2 kg") and need not be said again.
    """
    wanted = tuple(kept)
    first, last = (
        (min(span[0] for span in wanted) - _BEFORE, max(span[1] for span in wanted) + _BEHIND)
        if wanted
        else (0, LONGEST)
    )
    words: list[str] = []
    pending: list[str] = []
    for token in text.tokens:
        if not token.is_word or not first <= token.start <= last:
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


def sought(text: Text) -> Text:
    """`text` without what a search must not look for."""
    return text.without(match.span() for match in _NOT_SOUGHT.finditer(text.lower))


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
