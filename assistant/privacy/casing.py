"""Casing: gives a message that was typed without care the capitals that its names call for, so that they are recognised.

    recased("hi its rahul sharma, 12 elm street leeds ls1 4ab", ...).text == "hi its Rahul Sharma, 12 Elm Street Leeds LS1 4AB"

Nothing else changes; every character stays in its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from assistant.privacy.everyday_words import has_everyday_part, is_everyday, is_slip, is_usual
from assistant.privacy.name_cues import CLOSING
from assistant.privacy.name_words import (
    ALSO_WORDS,
    CHAT_WORDS,
    COUNTED,
    GIVEN_NAMES,
    PARTICLES,
    SURNAMES,
    frequent_words,
    plain,
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
_CLOSING = re.compile(rf"{CLOSING}(?P<line>[^\W\d_]+\.?(?:[ ][^\W\d_]+\.?){{0,2}})[ \t]*(?=\n|\Z)")
_TITLE = re.compile(r"(?<!\w)(?:mr|mrs|ms|mx|dr|prof)\.?[ ]\Z")
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
            or (match.start() in signed and not is_usual(word))
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
    if not is_sure and has_everyday_part(word):
        return False
    return not is_slip(word, of_frequent=is_sure or (is_cued and len(word) < _LONG))


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
    return word not in frequent_words() and not is_usual(word) and not word.endswith(("ed", "ing", "ly"))


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
