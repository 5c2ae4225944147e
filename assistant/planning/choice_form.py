"""Choice form: which of the things that were offered a message means: by place, number, words, or all of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from assistant.dialogue.waiting import Choice
from assistant.planning.grammar.english import FUNCTION_WORDS
from assistant.planning.grammar.text import Text, clean, stems
from assistant.planning.grammar.words import words

_PLACES = {
    "first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3, "fifth": 4, "5th": 4,
}  # fmt: skip
_BARE_PLACE = re.compile(r"(?:(?:number|no\.?|option|#)\s*)?([1-9])\.?")
_ALL = re.compile(r"\b(?:all|both|everything|every one|each|the (?:whole|entire) (?:lot|order|thing))\b")
_NOT_ALL = re.compile(r"\bnot (?:all|both|everything)\b|\ball i (?:want|need)\b")
_EXCEPT = re.compile(r"\b(?:except|but not|apart from|besides)\b")
_NEVER_TELLING = words("never telling")
_BREAK = re.compile(r"[,;:.]\s|\b(?:and|plus|also)\b", re.IGNORECASE)
_OTHER = re.compile(r"\b(?:the )?other (?:one|order)?\b")


def chosen(message: str, choices: Sequence[Choice], before: str = "") -> tuple[Choice, ...]:
    """The choices that `message` means; () if it means none, or could mean several that it does not name.

    `before` is the id of the choice that was spoken of: "the other one" is the one that is left.
    """
    said = clean(message).casefold()
    if _EXCEPT.search(said):
        return ()
    if exact := _exact(said, choices):
        return (exact,)
    by_id = [choice for choice in choices if _names_id(said, choice.id)]
    if by_id:
        return tuple(by_id)
    if len(choices) > 1 and means_all(message):
        return tuple(choices)
    if (place := _place(said, len(choices))) is not None:
        return (choices[place],)
    named = _by_words(said, choices)
    if not named and before and len(choices) == 2 and _OTHER.search(said):
        return tuple(choice for choice in choices if choice.id != before)
    return named


def means_all(message: str) -> bool:
    """Whether a message means all of something: "both", "everything"."""
    said = clean(message).casefold()
    return bool(_ALL.search(said)) and not _NOT_ALL.search(said)


def picked_one(message: str, choices: Sequence[Choice]) -> Choice | None:
    """The one choice whose very text, or whose place in the list, a message is."""
    said = clean(message).casefold()
    if exact := _exact(said, choices):
        return exact
    place = _place(said, len(choices))
    return choices[place] if place is not None else None


def named(message: str, choices: Sequence[Choice]) -> tuple[Choice, ...]:
    """The choices that a message names by telling words; () if it names none, or could mean several."""
    return _by_words(clean(message).casefold(), choices)


def likeliest(message: str, choices: Sequence[Choice]) -> tuple[Choice, ...]:
    """All choices with the most telling words of a message, several if they have as many; () if none has one."""
    telling, _ = _telling(clean(message).casefold(), choices)
    most = max(map(len, telling), default=0)
    return tuple(choice for choice, own in zip(choices, telling, strict=True) if most and len(own) == most)


def placed(message: str, shown: Sequence[str]) -> tuple[str, ...]:
    """The ids at the places of a list that a message names: "the second one", "the first two"; () if it names none."""
    said = clean(message).casefold()
    if found := re.search(r"\bfirst (2|3|two|three)\b", said):
        return tuple(shown[: {"2": 2, "two": 2, "3": 3, "three": 3}[found[1]]])
    if (
        re.search(r"\b(?:both|all)\b", said)
        and 1 < len(shown) <= 4
        and re.search(r"\b(?:both|all (?:of )?them)\b", said)
    ):
        return tuple(shown)
    tokens = [token.word for token in Text(said).tokens]
    places = [_PLACES[word] for word in tokens if word in _PLACES]
    if re.search(r"\blast (?:one|of)\b", said):
        places.append(len(shown) - 1)
    return tuple(dict.fromkeys(shown[place] for place in places if 0 <= place < len(shown)))


def parts_about(message: str, choices: Sequence[Choice]) -> dict[str, str]:
    """What a message says of each choice that it names, by its id: "the lamp for the red one and the kettle for 2L" in two parts.

    A part begins behind the sign or "and" before the choice is named, and ends where the next one begins. One choice has the whole message.
    """
    text = clean(message)
    if len(choices) < 2:
        return {choice.id: text for choice in choices}
    telling, counts = _telling(text.casefold(), choices)
    starts: list[tuple[int, str]] = []
    for choice, own in zip(choices, telling, strict=True):
        alone = {word for word in own if counts[word] == 1} or own
        spots = [token.start for token in Text(text).tokens if token.stem in alone]
        if spots:
            breaks = [found.end() for found in _BREAK.finditer(text[: spots[0]])]
            starts.append((breaks[-1] if breaks else 0, choice.id))
    ends = {start: min((later for later, _ in starts if later > start), default=len(text)) for start, _ in starts}
    return {id: text[start : ends[start]] for start, id in starts}


def _exact(said: str, choices: Sequence[Choice]) -> Choice | None:
    return next((choice for choice in choices if said.strip(" .!") == choice.text.casefold()), None)


def _names_id(said: str, id: str) -> bool:
    """Whether the id stands in the message, however it is spelled: "ff 20971" and "20971" name FF-20971."""
    if re.search(rf"(?<![\w-]){re.escape(id.casefold())}(?![\w-])", said):
        return bool(re.search(r"\d", id))
    digits = re.sub(r"\D", "", id)
    if len(digits) < 3:
        return False
    return bool(re.search(rf"(?<!\d){digits}(?!\d)", said))


def _place(said: str, count: int) -> int | None:
    if found := _BARE_PLACE.fullmatch(said.strip(" .!")):
        place = int(found[1]) - 1
        return place if place < count else None
    places = {_PLACES[token.word] for token in Text(said).tokens if token.word in _PLACES}
    if re.search(r"\b(?:last|latter)\b", said):
        places.add(count - 1)
    place = places.pop() if len(places) == 1 else -1
    return place if 0 <= place < count else None


def _by_words(said: str, choices: Sequence[Choice]) -> tuple[Choice, ...]:
    """The choices of which the message has telling words: those that not every choice has.

    One choice is meant if it alone has the most of them; several if each has one that is its own ("the mug and the lamp").
    """
    telling, counts = _telling(said, choices)
    most = max(map(len, telling), default=0)
    if not most:  # of two jackets "the down jacket" is told by a word that elsewhere tells nothing
        telling, counts = _telling(said, choices, _NEVER_TELLING)
        most = max(map(len, telling), default=0)
    if not most:
        return ()
    best = [place for place, each in enumerate(telling) if len(each) == most]
    if len(best) == 1:
        alone = [place for place, each in enumerate(telling) if any(counts[word] == 1 for word in each)]
        return tuple(choices[place] for place in sorted({*best, *alone}))
    alone = [place for place in best if any(counts[word] == 1 for word in telling[place])]
    return tuple(choices[place] for place in alone) if len(alone) == len(best) else ()


def _telling(
    said: str, choices: Sequence[Choice], ignored: frozenset[str] = FUNCTION_WORDS
) -> tuple[list[set[str]], Counter[str]]:
    """The words of the message that each choice has and not every one of them, and how many choices have each word."""
    spoken = {word for word in stems(said) if word not in ignored}
    own = [set(stems(f"{choice.text} {choice.also}")) - ignored for choice in choices]
    counts = Counter(word for each in own for word in each)
    return [
        spoken & {word for word in each if counts[word] < len(choices) or len(choices) == 1} for each in own
    ], counts
