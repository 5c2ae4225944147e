"""Casing: gives a message that was typed without care the capitals that its names call for, so that they are recognised.

    recased("hi its rahul sharma, 12 elm street leeds ls1 4ab", ...).text == "hi its Rahul Sharma, 12 Elm Street Leeds LS1 4AB"

Nothing else changes; every character stays in its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from string import ascii_lowercase

from assistant.privacy.name_words import (
    ALSO_WORDS,
    CHAT_WORDS,
    GIVEN_NAMES,
    NEVER_NAMES,
    PARTICLES,
    PLACES,
    SURNAMES,
    all_words,
    english_words,
    frequent_words,
    plain,
    written_words,
)

IsName = Callable[[str], bool]

_WORD = re.compile(r"(?<![\w{\[@#/'’.-])[^\W\d_]+(?:['’-][^\W\d_]+)*(?![\w}\]@]|\.\w)")
_INSIDE = re.compile(r"[^\s.!?:;…\n\"“(*•>|–—-][ \t]+[^\W\d_a-z]*?(?!I\b)[A-Z][a-z]")
_SHOUTING = 0.6  # share of capitals from which on they tell nothing
_FEW = 12  # letters of which no share is taken
_BEFORE_NAME = re.compile(r"(?<![\w'’&.])(?:mr|mrs|ms|mx|dr|prof|[b-hjlo-qs-tvz])(?=\.?[ ][^\W\d_a-z])")
_MODALS = frozenset(("may", "will", "can", "long", "day", "page", "price", "little", "love", "cross", "case"))
_NEAR = 30  # characters before a word in which a cue stands
_SHORTEST, _SHORTEST_CUED = 4, 3  # letters of a word that may be a name because it is no other
_LONG = 6  # letters from which on a name is hardly ever a slip away from an everyday word
_LENGTHY = 8  # letters of words that are hardly ever like a name
_SHORTEST_STEM = 3
_FEWEST_BONES = 4
_PREFIX = re.compile(r"^(?:re|mis|un|pre|non|over)(?=\w{4})")
_ENDINGS = (
    "s",
    "ed",
    "d",
    "ing",
    "er",
    "ers",
    "ment",
    "ments",
    "ly",
    "able",
    "less",
    "ish",
    "wise",
    "ive",
    "ion",
    "al",
    "ic",
    "ous",
    "ity",
    "ness",
    "y",
    "ful",
    "age",
    "ance",
    "ence",
    "or",
)
_SHORTEST_MEANT = 4  # letters of a word that somebody may have meant
_KIN = (
    r"husband|wife|spouse|son|daughter|mother|father|mum|mom|dad|brother|sister|partner|friend|colleague|boss|neighbou?r|girlfriend|boyfriend|fianc[ée]e?|aunt"
    r"|uncle|cousin|nephew|niece|grandma|grandpa|roommate|flatmate|manager|agent|rep|driver|assistant"
)
_SURE_CUE = re.compile(
    r"(?:\b(?:this is|here is|(?:my|full|first|last|customer) name(?: is|'s)?|name is|call me|called|named|receiver|recipient|billed to|ok|okay|yes|sorry|bye|(?:hi|hello|hey|hiya|dear)(?: team| all| there| everyone| again)?|good (?:morning|afternoon|evening)"
    rf"|(?:thanks|thank you)(?: so much| very much| again| a lot)?|thx|ty|cheers|regards|wishes|sincerely|ask for|speak (?:to|with)|sp[eo]ke (?:to|with)|talked (?:to|with)|attn|c/o|care of|signed for by|on behalf of|{_KIN})"
    r"[ \t]*[,:!-]?[ \t]*|\n[ \t]*(?:[-–—~*]+[ \t]*)?|(?:xx|xoxo)[ \t]+)\Z"
)
_CUE = re.compile(
    r"(?:\b(?:i'm|i’m|im|i am|it's|it’s|its|it is|it was|that's|thats|name|names|love|yours|tell|told|ask|asked|let|from|with|under|by|for|to)"
    r"[ \t]*[,:!-]?[ \t]*)\Z"
)
_LETTER = re.compile(r"(?<![\w'’&.])[b-hjlo-qs-tvz]\.?[ ]\Z")
_CLOSING = re.compile(
    r"(?:regards|wishes|sincerely|truly|faithfully|cheers|thanks|advance|greetings|love|best|care|week|weekend|day|evening|bye|yours|saludos|gr(?:u|ü)(?:ß|ss)e?|mfg|cordialement)"
    r"[ \t]*[,.!-]*[ \t]*\n\s*(?P<line>[^\W\d_]+\.?(?:[ ][^\W\d_]+\.?){0,2})[ \t]*(?=\n|\Z)"
)
_TITLE = re.compile(r"(?<!\w)(?:mr|mrs|ms|mx|dr|prof)\.?[ ]\Z")
COUNTED = (
    r"\s*(?:day|hour|minute|week|month|year|season|way|person|people|piece|inch|star|percent|night|mile|foot|man|pack|litre|liter|dollar|rupee|buck|pound|euro|cent|percent|gram|watt|volt|mah|ml|gb|mb|cm|mm|kg|usd|eur|gbp|rs|inr"
    r"|x|of|in|a|the|and|or|to|more|other|from|for|per|at|on|business|working|items?|orders?|times?|products?|am|pm)s?\b"
)
"""Behind a number: what is counted or measured, and no street."""
_STREET = re.compile(
    rf"(?<![\w.$€£#-])\d{{1,5}}[a-z]?(?!{COUNTED}),?[ ](?P<words>(?:[^\W\d_]+[ ]){{1,3}}?)(?=(?:street|str|st|road|rd|avenue|ave|lane|ln|drive|dr|court|ct|boulevard"
    r"|blvd|place|pl|square|terrace|close|crescent|way|gardens|grove|mews|hill|nagar|marg|chowk)\b)"
)
_CODE = re.compile(
    r"(?<!\w)(?:[a-z]{1,2}\d[a-z\d]?\s?\d[abd-hjlnp-uw-z]{2}|[a-z]\d[a-z]\s?\d[a-z]\d"
    r"|[1-9]\d{3}\s?(?!am|as|at|be|by|do|go|gb|hp|if|in|is|it|lb|mb|me|mg|ml|mm|my|no|of|ok|on|or|oz|pm|px|rs|so|to|up|us|we)[a-z]{2}(?=\s|$))(?!\w)"
)
_TOWN = re.compile(
    r"(?<=[ ,\n])[^\W\d_]{3,}(?=,?\s(?:[A-Z]{2},?\s\d{5}|[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|[A-Z]\d[A-Z]\s?\d[A-Z]\d|\d{4}\s?[A-Z]{2}|\d{5,6})(?!\w))"
    r"|(?<=\d{5}[ ])[^\W\d_]{3,}|(?<=\d{4}[ ][A-Z]{2}[ ])[^\W\d_]{3,}"
)
_STATE = re.compile(r"(?<=[ ,])[a-z]{2}(?=,?[ ]\d{5}(?!\d))")


def is_shouting(text: str) -> bool:
    """Whether most letters are capitals, which then tell nothing."""
    letters = [letter for letter in text if letter.isalpha()]
    return len(letters) > _FEW and sum(map(str.isupper, letters)) > _SHOUTING * len(letters)


def is_careless(text: str) -> bool:
    """Whether no word inside a sentence has a capital, or hardly anything else."""
    return is_shouting(text) or not _INSIDE.search(text)


@dataclass(frozen=True, slots=True)
class Recased:
    """A text with the capitals that it should have; `names` are those that were in lower case, or in capitals like all else."""

    text: str
    names: tuple[str, ...] = ()


def recased(text: str, is_given: IsName, is_own: IsName) -> Recased:
    """`text` with capitals where it has none inside its sentences, or hardly anything else; any other as it is.

    `is_given` knows given names, `is_own` words of the shop, both in lower case.
    """
    if not is_careless(text):
        return Recased(text)
    if is_shouting(text) and len(text.lower()) == len(text):
        text = text.lower()
    runs = _runs(text, is_given, is_own)
    pieces, end = [], 0
    for match in (match for run in runs for match in run):
        pieces += [text[end : match.start()], _capitals(match[0])]
        end = match.end()
    made = _BEFORE_NAME.sub(lambda match: match[0].capitalize(), "".join([*pieces, text[end:]]))
    names = (" ".join(match[0] for match in run) for run in runs if run[0][0].islower())
    return Recased(_with_codes(made), tuple(names))


def _runs(text: str, is_given: IsName, is_own: IsName) -> list[list[re.Match[str]]]:
    """The words of each name in `text`, in order."""
    words = [match for match in _WORD.finditer(text) if match[0].lower() not in PARTICLES]
    lower, chosen = text.lower(), set[int]()
    signed = {place for line in _CLOSING.finditer(lower) for place in range(*line.span("line"))}
    beside = {place for place in range(1, len(words)) if _is_gap(lower[words[place - 1].end() : words[place].start()])}
    for place, match in enumerate(words):
        word, before = match[0].lower(), lower[max(0, match.start() - _NEAR) : match.start()]
        surname = words[place + 1][0].lower() if place + 1 in beside else ""
        if (
            _TITLE.search(before)
            or (match.start() in signed and not _is_usual(word))
            or (place in beside and place - 1 in chosen and _is_surname(word))
            or (_LETTER.search(before) and (word in SURNAMES or not is_everyday(word)) and not is_own(word))
            or _is_name(word, before, is_given, is_own)
            or (word in ALSO_WORDS and word in GIVEN_NAMES and _is_sure_surname(surname))
        ):
            chosen.add(place)
    chosen |= {place - 1 for place in chosen & beside if _is_first(words[place - 1][0].lower(), is_own)}
    runs: list[list[re.Match[str]]] = []
    for place in sorted(chosen):
        if place in beside and place - 1 in chosen:
            runs[-1].append(words[place])
        else:
            runs.append([words[place]])
    return runs


def _is_name(word: str, before: str, is_given: IsName, is_own: IsName) -> bool:
    """Whether no dictionary has the word, nor a word of which it may be a slip, or somebody is named here."""
    is_sure = _SURE_CUE.search(before) is not None
    if is_own(word):
        return is_sure and word in GIVEN_NAMES
    if is_given(word) and (is_sure or word not in ALSO_WORDS):
        return True
    is_cued = is_sure or _CUE.search(before) is not None
    if len(word) < (_SHORTEST_CUED if is_cued else _SHORTEST) or is_everyday(word):
        return False
    parts = re.split(r"['’-]", word)
    if not is_sure and any(is_everyday(part) or part in all_words() for part in parts):
        return False
    return not is_slip(word, of_frequent=is_sure or (is_cued and len(word) < _LONG))


def is_stranger(word: str) -> bool:
    """Whether a word in lower case is in no dictionary, and no slip of one that is."""
    parts = re.split(r"['’-]", word)
    if len(word) < _SHORTEST or any(is_everyday(part) or part in all_words() for part in parts):
        return False
    return not is_everyday(word) and not is_slip(word, of_frequent=False)


def _is_first(word: str, is_own: IsName) -> bool:
    """Whether a word before a surname may be the given name, in no list as it is."""
    return len(word) >= _SHORTEST_CUED and not is_everyday(word) and not is_own(word)


def _is_sure_surname(word: str) -> bool:
    """Whether a word can only be a surname, so that the one before it, a name and a word alike, is the name."""
    return word not in ALSO_WORDS and (word in SURNAMES or (len(word) >= _SHORTEST and not is_everyday(word)))


def _is_surname(word: str) -> bool:
    """Whether a word behind a given name belongs to it: "rahul sharma" and "wayne church", not "rahul wants"."""
    if plain(word) in SURNAMES:
        return word not in _MODALS
    return word not in frequent_words() and not _is_usual(word) and not word.endswith(("ed", "ing", "ly"))


def _is_usual(word: str) -> bool:
    return word in NEVER_NAMES or word in PLACES or word in CHAT_WORDS


def _is_gap(between: str) -> bool:
    """Whether nothing but blanks, an initial and particles stand between two words."""
    return all(len(part.strip(".")) <= 1 or part in PARTICLES for part in between.split(" ")) and "\n" not in between


def _with_codes(text: str) -> str:
    for pattern in (_CODE, _STATE):
        text = pattern.sub(lambda match: match[0].upper(), text)
    text = _STREET.sub(lambda match: _capitals(match[0]), text)
    return _TOWN.sub(
        lambda match: match[0] if match[0].lower() in frequent_words() | CHAT_WORDS else _capitals(match[0]), text
    )


def _capitals(text: str) -> str:
    return re.sub(r"(?<![^\W_])[^\W\d_]", lambda match: match[0].upper(), text)


@lru_cache(maxsize=50_000)
def is_everyday(word: str) -> bool:
    """Whether a word in lower case is a common one of the language or of chats, or made of such, "bedsheet", "canceled"."""
    word = re.sub(r"['’]", "", word)
    return any(_is_listed(form) or _is_bent(form) or _is_compound(form) for form in (word, _PREFIX.sub("", word)))


def _is_listed(word: str) -> bool:
    return word in NEVER_NAMES or word in PLACES or word in CHAT_WORDS or word in english_words()


def _is_bent(word: str) -> bool:
    cut = [word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending)]
    stems = [*cut, *(stem[:-1] for stem in cut if stem[-1:] == stem[-2:-1])]
    return any(len(stem) >= _SHORTEST_STEM and (_is_listed(stem) or _is_listed(f"{stem}e")) for stem in stems)


def _is_compound(word: str) -> bool:
    cuts = range(_SHORTEST_STEM, len(word) - _SHORTEST_STEM + 1)
    return any(word[:cut] in frequent_words() and _is_listed(word[cut:]) for cut in cuts)


@lru_cache(maxsize=50_000)
def is_slip(word: str, of_frequent: bool) -> bool:
    """Whether somebody may have meant an everyday word: by one slip behind the first letter, or with other vowels.

    A word that has no vowels, or begins a frequent one, is cut short. `of_frequent` leaves rarer words out.
    """
    first, rest = word[0], _single(word[1:])
    cuts = [(rest[:place], rest[place:]) for place in range(len(rest) + 1)]
    slips = {rest}
    slips |= {head + tail[1:] for head, tail in cuts if tail}
    slips |= {head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1}
    slips |= {head + letter + tail[1:] for head, tail in cuts if tail for letter in ascii_lowercase}
    slips |= {head + letter + tail for head, tail in cuts for letter in ascii_lowercase}
    bones = _bones(word)
    is_cut_short = not re.search(r"[aeiouyà-ÿ]", word[1:]) or any(other.startswith(word) for other in frequent_words())
    is_voweled = len(bones) >= _FEWEST_BONES and bones in _skeletons()
    return is_cut_short or is_voweled or any(first + _single(slip) in _singles(of_frequent) for slip in slips)


@lru_cache(maxsize=1)
def _skeletons() -> frozenset[str]:
    return frozenset(map(_bones, frequent_words()))


def _bones(word: str) -> str:
    """The first letter and the consonants behind it."""
    return word[0] + _single(re.sub(r"[aeiouy]", "", word[1:]))


@lru_cache(maxsize=2)
def _singles(of_frequent: bool) -> frozenset[str]:
    words = (
        frequent_words()
        if of_frequent
        else written_words() | {word for word in english_words() if len(word) >= _LENGTHY}
    )
    return frozenset(word[0] + _single(word[1:]) for word in words if len(word) >= _SHORTEST_MEANT or of_frequent)


def _single(letters: str) -> str:
    return re.sub(r"(.)\1", r"\1", letters)
