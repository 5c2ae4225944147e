"""Typed addresses: those in messages without capitals, found word by word from the house number on.

    typed_addresses("pls ship it to flat 2 12 swanson hollow leeds ls1 4ab thx") covers "flat 2 12 swanson hollow leeds ls1 4ab"

Capitals tell where a street ends; without them the words must: a street ends in one of the words that streets end in, and what
follows belongs to it as long as it is a number, a code, a direction or a word of no dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.privacy.everyday_words import is_everyday
from assistant.privacy.name_words import (
    CHAT_WORDS,
    COUNTED,
    GIVEN_NAMES,
    NEVER_NAMES,
    PLACES,
    STREET_WORDS,
    frequent_words,
)

_TOKEN = re.compile(r"\w+(?:['’/-]\w+)*")
_HOUSE = re.compile(r"\d{1,5}(?:[/-]\d{1,5})?[a-z]?")
_COUNTED = re.compile(COUNTED)
_CODE = re.compile(
    r"\d{4,6}(?:-\d{4})?|[a-z]{1,2}\d[a-z\d]?\d?[abd-hjlnp-uw-z]{0,2}|\d[a-z]{2}|[a-z]\d[a-z]\d[a-z]\d|\d{4}[a-z]{2}"
)
_ROOMS = frozenset((
    "flat", "apartment", "appartamento", "apt", "apts", "suite", "ste", "unit", "studio", "room", "rm", "floor", "fl",
    "bldg", "building", "block", "level", "lot", "piso", "piano", "puerta", "planta", "interno", "scala", "no", "nr",
    "box", "hno",
))  # fmt: skip
_DIRECTIONS = frozenset((
    "north", "south", "east", "west", "new", "old", "upper", "lower", "port", "lake", "san", "santa", "saint", "st",
    "ste", "le", "la", "el", "los", "las", "sint", "bad", "great", "little", "mount", "fort",
))  # fmt: skip
_JOINTS = frozenset((
    "de", "la", "le", "les", "du", "des", "del", "della", "dei", "di", "da", "do", "das", "dos", "y", "e", "of",
    "the", "on", "upon", "am", "an", "der", "den", "van", "von", "aan", "ob", "im", "in", "sur", "sous",
))  # fmt: skip
_FIRST_WORDS = frozenset((
    "rue", "calle", "avenida", "avda", "plaza", "paseo", "camino", "ronda", "via", "viale", "piazza", "corso",
    "largo", "rua", "travessa", "strada", "vicolo", "contrada", "borgo", "canale", "stretto", "rotonda", "incrocio",
    "glorieta", "cuesta", "pasadizo", "acceso", "alameda", "callejón", "callejon", "vial", "urbanización",
    "urbanizacion", "pasaje", "rambla", "vía", "cañada", "avenue", "boulevard", "chemin", "impasse", "allée", "quai",
))  # fmt: skip
_SUFFIX = re.compile(
    r"[\w'’-]{3,}(?:straße|strasse|str|weg|platz|allee|gasse|ring|ufer|damm|steig|laan|straat|steeg|boulevard|dreef|hoek|markt|gracht|plein|dijk|kade|hof|pad|singel|baan)"
)
_STATES = frozenset((
    "al", "ak", "az", "ar", "ca", "co", "ct", "de", "fl", "ga", "hi", "id", "il", "ia", "ks", "ky", "la", "md", "ma",
    "mi", "mn", "ms", "mo", "mt", "ne", "nv", "nh", "nj", "nm", "ny", "nc", "nd", "oh", "ok", "pa", "ri", "sc", "sd",
    "tn", "tx", "ut", "vt", "va", "wa", "wv", "wi", "wy", "dc", "nsw", "vic", "qld", "tas", "act", "on", "qc", "bc",
    "ab", "mb", "sk", "ns", "nb", "nl",
))  # fmt: skip
_LEADS = re.compile(
    r"\b(?:at|to|is|its|it's|address|addr|deliver|live|near|from|should be|label|for|have|than|of|use|moved|was|with)[ \t:]*\Z"
)
_LONG_NUMBER = 3  # digits of a house number that hardly anything else has where an address is expected
_MOST_STREET, _MOST_TAIL = 4, 9  # words of a street, and of what follows it


def typed_addresses(text: str, is_own: Callable[[str], bool]) -> list[tuple[int, int]]:
    """Where addresses stand in `text`, which is in lower case; `is_own` knows the words of the shop."""
    tokens = list(_TOKEN.finditer(text))
    words = [token[0] for token in tokens]
    found: list[tuple[int, int]] = []
    place = 0
    while place < len(words):
        end = _street_end(words, place, text[: tokens[place].start()], is_own)
        if end:
            end = _tail_end(words, end)
            first = _with_room(words, place)
            found.append((tokens[first].start(), tokens[end - 1].end()))
            place = end
        place += 1
    return found


def typed_halves(text: str) -> list[tuple[int, int]]:
    """Towns with their codes in lower case, in an answer to the question for them."""
    tokens = list(_TOKEN.finditer(text))
    words = [token[0] for token in tokens]
    found = []
    for place, word in enumerate(words):
        if re.fullmatch(r"\d{4,6}(?:[a-z]{2})?", word):
            first = place
            while first and (
                words[first - 1] in _DIRECTIONS or words[first - 1] in PLACES or not is_everyday(words[first - 1])
            ):
                first -= 1
            found.append((tokens[first].start(), tokens[_tail_end(words, place) - 1].end()))
    return found


def _street_end(words: Sequence[str], place: int, before: str, is_own: Callable[[str], bool]) -> int:
    """The word behind the street that begins at `place`; 0 where none begins."""
    word, rest = words[place], words[place + 1 : place + 2 + _MOST_STREET]
    if _SUFFIX.fullmatch(word) and not is_everyday(word) and rest and _HOUSE.fullmatch(rest[0]):
        return place + 2
    if word in _FIRST_WORDS:
        return _numbered_end(words, place)
    is_room = place > 1 and words[place - 2] in _ROOMS and _HOUSE.fullmatch(words[place - 1]) is not None
    if _HOUSE.fullmatch(word) and rest and not _COUNTED.match(" " + rest[0]) and rest[0] not in _ROOMS:
        return _named_end(
            words, place + 1, is_sure=_LEADS.search(before[-20:]) is not None or "/" in word or is_room, is_own=is_own
        )
    if is_room and word.isalpha():
        return _named_end(words, place, is_sure=True, is_own=is_own)
    return 0


def _numbered_end(words: Sequence[str], place: int) -> int:
    """Behind "calle mayor 5" or "12 rue de la paix": a house number within a few words, or one before."""
    for end in range(place + 1, min(place + 3 + _MOST_STREET, len(words))):
        if _HOUSE.fullmatch(words[end]) and end > place + 1:
            return end + 1
        if _stops(words[end]) and words[end] not in _JOINTS:
            break
    if place and _HOUSE.fullmatch(words[place - 1]):
        end = place + 1
        while end < len(words) and words[end] in _JOINTS:
            end += 1
        return min(end + 1, len(words))
    return 0


def _named_end(words: Sequence[str], place: int, is_sure: bool, is_own: Callable[[str], bool]) -> int:
    """Behind a street of which the name begins at `place`: at a word in which streets end, or a name and a code."""
    is_long = place > 0 and len(words[place - 1]) >= _LONG_NUMBER and words[place - 1].isdigit()
    for end in range(place, min(place + _MOST_STREET, len(words))):
        word, inner = words[end], words[place:end]
        if not word.isalpha() and not _SUFFIX.fullmatch(word) and "-" not in word and "'" not in word:
            return (
                end if inner and _CODE.fullmatch(word) and ((is_sure and is_long) or _is_strange(inner, is_own)) else 0
            )
        if word in _FIRST_WORDS and end == place:
            return _numbered_end(words, place)
        if inner and word in STREET_WORDS and (is_sure or is_long or _is_strange(inner, is_own)):
            return end + 1
        if _stops(word):
            return end if is_sure and inner and (is_long or _is_strange(inner, is_own)) else 0
    return min(place + 2, len(words)) if is_sure and (is_long or _is_strange(words[place : place + 2], is_own)) else 0


def _is_strange(words: Sequence[str], is_own: Callable[[str], bool]) -> bool:
    return any(len(word) > 2 and not is_own(word) and (word in GIVEN_NAMES or not is_everyday(word)) for word in words)


def _stops(word: str) -> bool:
    return (word in NEVER_NAMES and word not in _DIRECTIONS and word not in PLACES) or word in CHAT_WORDS


def _tail_end(words: Sequence[str], place: int) -> int:
    """Behind unit, town and code, as far as they follow."""
    end = place
    for here in range(place, min(place + _MOST_TAIL, len(words))):
        word, following = words[here], words[here + 1] if here + 1 < len(words) else ""
        if _CODE.fullmatch(word) or (_HOUSE.fullmatch(word) and here and words[here - 1] in _ROOMS):
            end = here + 1
        elif (
            (word in _STATES and _CODE.fullmatch(following))
            or (word in _ROOMS and _HOUSE.fullmatch(following))
            or word in _DIRECTIONS
            or word in _JOINTS
        ):
            continue
        elif word in PLACES or (word in STREET_WORDS and here == end) or not is_everyday(word):
            end = here + 1
        elif _CODE.fullmatch(following) and word not in frequent_words() and not _stops(word):
            continue
        else:
            break
    return end


def _with_room(words: Sequence[str], place: int) -> int:
    """The first word of "flat 2", "unit 7 level 3" or "h no 5" before the street, or the street's own."""
    first = place
    while first > 1 and words[first - 2] in _ROOMS and _HOUSE.fullmatch(words[first - 1]):
        first -= 2
    return first - 1 if first and (words[first - 1] in _ROOMS or words[first - 1] == "h") else first
