"""English: which words are ordinary ones, so that a typo or a brand is never read into them.

Ranks come from the frequency dictionary that symspellpy ships (82,765 words, most frequent first).
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

FUNCTION_WORDS: frozenset[str] = frozenset(
    """a an the this that these those some any all each every both either neither other another such same own no not none
    i you he she it we they me him her us them my your his its our their mine yours myself yourself who whom whose which what
    and or but nor so yet if then than because as until while of at by for with about against between into through during
    before after above below to from up down in out on off over under again once here there when where why how too very just
    only also even still already quite rather really well am is are was were be been being have has had having do does did
    doing can could will would shall should may might must ought let lets dont doesnt didnt isnt arent wasnt cant wont
    i'm i'd i'll i've it's that's what's who's where's there's don't doesn't didn't isn't aren't wasn't can't won't couldn't
    please thanks thank hi hello hey ok okay yes no yeah pls plz im id ive ur u r lol gonna wanna gotta me one ones
    want need like get got give show see find look looking search searching buy order sell stock carry offer recommend
    suggest tell know think help something anything nothing everything someone anyone thing things stuff item items product
    products kind kinds sort type types good nice great best better cheap cheaper cheapest expensive new more most less least
    much many few lot lots bit now today maybe perhaps actually instead around near per each under below max min""".split()
)
"""Words that carry no product meaning of their own."""

_ORDINARY_RANK = 3000


@lru_cache(maxsize=1)
def _ranks() -> dict[str, int]:
    text = (files("symspellpy") / "frequency_dictionary_en_82_765.txt").read_text("utf-8-sig")
    return {line.partition(" ")[0]: rank for rank, line in enumerate(text.splitlines())}


def is_word(word: str) -> bool:
    """Whether `word` (lower case) is an English word of any frequency, possessives and plurals included."""
    ranks = _ranks()
    return word in ranks or word.replace("'", "") in ranks or word in FUNCTION_WORDS


def is_ordinary(word: str) -> bool:
    """Whether `word` (lower case) is so frequent that it needs a sign beside it to be read as a name."""
    return word in FUNCTION_WORDS or _ranks().get(word, _ORDINARY_RANK) < _ORDINARY_RANK
