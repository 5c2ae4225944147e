"""Negation: whether a named value is ruled out ("not leather", "no wool or silk", "anything but red", "leather-free")."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from assistant.planning.grammar.text import Token
from assistant.planning.grammar.words import words

_NEGATORS = words("negators")
_NEGATING_PAIRS = frozenset(
    {
        ("other", "than"), ("apart", "from"), ("aside", "from"), (
            "rather",
            "than"), (
            "instead",
            "of"), (
            "anything",
            "but"),
        ("any", "but"), ("everything", "but"), ("all", "but"), ("free", "of"), ("but", "not"), ("allergic", "to"),
        ("away", "from"), ("rid", "of"), ("nothing", "from"), ("nothing", "by"), ("nothing", "in"), ("none", "of"),
        ("nothing", "with"), ("none", "in"), ("sick", "of"), ("tired", "of"), ("leave", "out"), ("fan", "of"),
    }
)  # fmt: skip
_BETWEEN = words("within negation")
_JOINING = frozenset({"or", "and", "nor", ",", "/", "&"})
_REACH = 6
_HAVING = frozenset({"have", "has", "had", "got", "own", "owns"})
_OWNERS = frozenset({"i", "we", "he", "she", "they", "i've", "we've", "he's", "she's", "they've", "ive"})
_ASKING = frozenset({"do", "does", "did", "can", "could", "would", "will", "should", "if"})
_ENDS_OWNING = _NEGATORS | {"to", "any", "with", "for", "in", "on", ",", ".", "?", "!"}
_POSITIVE_AGAIN = frozenset({"but", "instead", "just", "only", ";", ".", "!", "?"})


def is_negated(tokens: Sequence[Token], start: int, end: int, vocabulary: Collection[str]) -> bool:
    """Whether the value at tokens `start` to `end` is ruled out; `vocabulary` are the words of all values.

    The reach of a negator goes over filler words and over a list of values ("no wool, silk or leather").
    """
    if _is_free(tokens, end):
        return True
    index = start - 1
    while index >= 0:
        token = tokens[index]
        if index and (tokens[index - 1].stem, token.stem) in _NEGATING_PAIRS:
            return not _is_undone(tokens, index)
        if token.word in _NEGATORS:
            return not _is_undone(tokens, index)
        if token.word in _POSITIVE_AGAIN:
            return False
        joined = (
            token.word in _JOINING
            and index > 0
            and (tokens[index - 1].stem in vocabulary or tokens[index - 1].word in _JOINING)
        )
        listed = token.stem in vocabulary and index + 1 < start and _continues_list(tokens, index, vocabulary)
        if not (token.word in _BETWEEN or token.stem in _BETWEEN or joined or listed or token.word == "-"):
            return False
        index -= 1
    return False


def is_lacking(tokens: Sequence[Token], start: int) -> bool:
    """Whether somebody lacks the thing at `start`, and so may want it: "I don't have a tent"."""
    before = [token.word for token in tokens[max(0, start - _REACH) : start]]
    place = next((at for at in range(len(before) - 1, 0, -1) if before[at] in _HAVING), 0)
    return place > 0 and before[place - 1] in _NEGATORS and not _OWNERS.isdisjoint(before[: place - 1])


def is_owned(tokens: Sequence[Token], start: int) -> bool:
    """Whether the thing at `start` is one that somebody has: "he already has binoculars", "I've got a gas cooker"."""
    before = [token.word for token in tokens[max(0, start - _REACH) : start]]
    place = next((at for at in range(len(before) - 1, -1, -1) if before[at] in _HAVING), None)
    if place is None or not _ENDS_OWNING.isdisjoint(before[place + 1 :]):
        return False
    subject = [word for word in before[:place] if word not in _HAVING and word not in ("already", "also", "still")]
    asks = len(subject) > 1 and subject[-2] in _ASKING  # "do they have tents"
    return (bool(subject) and subject[-1] in _OWNERS and not asks) or before[place] in ("own", "owns")


def _continues_list(tokens: Sequence[Token], index: int, vocabulary: Collection[str]) -> bool:
    """Whether the value at `index` is one of a list, or a word of one of several words."""
    following = tokens[index + 1]
    return following.word in _JOINING or following.stem in vocabulary


def _is_free(tokens: Sequence[Token], end: int) -> bool:
    """ "leather-free", "leather free"."""
    following = [token.word for token in tokens[end : end + 2]]
    return following[:1] == ["free"] or following == ["-", "free"]


def _is_undone(tokens: Sequence[Token], index: int) -> bool:
    """ "not only leather", "no problem with leather", "doesn't have to be leather" rule nothing out."""
    following = [token.word for token in tokens[index + 1 : index + 4]]
    before = [token.word for token in tokens[max(0, index - 2) : index]]
    if before[:1] in (["do"], ["does"], ["did"]) and before[1:] in (["you"], ["we"], ["they"]):
        return True  # "do you not have green ones?" asks for them
    if following[:1] in (["only"], ["just"], ["necessarily"], ["sure"], ["problem"]):
        return True
    return following[:2] in (["have", "to"], ["need", "to"], ["has", "to"], ["you", "have"], ["mind"]) or following[
        :1
    ] == ["mind"]
