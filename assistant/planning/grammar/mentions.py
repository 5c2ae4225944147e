"""Mentions: values of the catalogue's facets named in a message, and whether they are wanted or ruled out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.planning.grammar.coverage import Coverage
from assistant.planning.grammar.english import FUNCTION_WORDS, is_ordinary
from assistant.planning.grammar.lexicon import LONGEST_PHRASE, Entry, Lexicon, is_size
from assistant.planning.grammar.negation import is_lacking, is_negated, is_owned
from assistant.planning.grammar.synonyms import BASIC_COLORS, BASIC_MATERIALS
from assistant.planning.grammar.text import Span, Text, Token
from retrieval.catalog.filter import Condition, Operator

_CUES: dict[str, frozenset[str]] = {
    "brand": frozenset({"by", "from", "brand", "only", "just", "like", "prefer", "any", "want", "but"}),
    "color": frozenset({"in", "color", "only", "just", "the", "or", "and", "prefer", "a", "that", "like"}),
    "material": frozenset(
        {"of", "in", "with", "material", "only", "from", "a", "or", "and", "the", "any", "prefer", "real", "genuine"}
    ),
    "size": frozenset({"size", "in", "a", "an", "sized", "the", "wear", "need", "take", "am", "is", "me", "i'm"}),
    "": frozenset({"only", "with", "for", "in", "that", "just", "is", "are", "be", "a", "an", "the", "and", "or"}),
}
"""Words before an ordinary word that make it a value of the field."""

_SIGNS_INSIDE = frozenset({"&", "-", ".", "/"})
_LETTER_SIZES = frozenset({"xs", "s", "m", "l", "xl", "xxl", "xxxl", "2xl", "3xl"})
_JOINING = frozenset({"and", "or", ",", "/", "&", "nor", "+", "vs", "versus", "than"})
_NOT_TYPES = frozenset(
    {"home", "sale", "new", "other", "gift", "general", "all", "misc", "top", "light", "service", "care"}
)
_VERBS = frozenset({"costs", "comes", "sleeps", "weighs", "fits", "works", "looks", "needs", "has", "is", "does"})
_USES = frozenset({"for", "to", "with"})
_POSSESSED_PLACES = frozenset({"my", "at", "your", "our", "their", "to"})


@dataclass(frozen=True, slots=True)
class Mention:
    """One value, or several that one word names, of one field. `tokens` are the first and last token, end excluded.

    `others` are what else the same words may mean where they stand ("terracotta" is a colour and a material).
    """

    field: str
    values: tuple[str, ...]
    tokens: tuple[int, int]
    span: Span
    negated: bool = False
    whole: bool = True
    others: tuple[Entry, ...] = ()

    @property
    def condition(self) -> Condition:
        """The mention as a condition."""
        return Condition(self.field, Operator.NOT_IN if self.negated else Operator.IN, self.values)


class Mentions:
    """Reads mentions with one catalogue's lexicon."""

    def __init__(self, lexicon: Lexicon, coverage: Coverage) -> None:
        self._lexicon = lexicon
        self._coverage = coverage

    def read(self, text: Text, types: Sequence[Condition] = ()) -> tuple[Mention, ...]:
        """All mentions in `text`; `types` are the product types of the search so far, in case the message names none."""
        tokens = text.tokens
        stems = [self._lexicon.correct(token.stem) if token.is_word else token.word for token in tokens]
        found: list[Mention] = []
        index = 0
        while index < len(tokens):
            mention = self._longest(tokens, stems, index)
            found += [mention] if mention else []
            index = mention.tokens[1] if mention else index + 1
        return self._consistent(_without_modifiers(found, tokens, self._coverage), tokens, types)

    def _longest(self, tokens: Sequence[Token], stems: Sequence[str], start: int) -> Mention | None:
        for phrase, end in _phrases(tokens, stems, start):
            entries = self._lexicon.entries.get(phrase, ())
            fitting = [entry for entry in entries if self._fits(entry, tokens, stems, start, end)]
            if fitting:
                entry, *others = fitting
                span = (tokens[start].start, tokens[end - 1].end)
                negated = not is_size(entry.field) and is_negated(tokens, start, end, self._lexicon.words)
                if entry.field == "product_type":
                    negated = is_owned(tokens, start) or (negated and not is_lacking(tokens, start))
                return Mention(entry.field, entry.values, (start, end), span, negated, entry.whole, tuple(others))
        return self._unknown_color(tokens, stems, start)

    def _unknown_color(self, tokens: Sequence[Token], stems: Sequence[str], start: int) -> Mention | None:
        """A colour that no product of a shop with colours has: wanted all the same, so that its lack is told."""
        token, word = tokens[start], stems[start]
        known = (word,) in self._lexicon.entries or word in self._lexicon.titles
        if known or token.word not in BASIC_COLORS or not self._coverage.has_colors:
            return None
        negated = is_negated(tokens, start, start + 1, self._lexicon.words)
        return Mention("color", (token.word,), (start, start + 1), (token.start, token.end), negated)

    def _fits(self, entry: Entry, tokens: Sequence[Token], stems: Sequence[str], start: int, end: int) -> bool:
        """Whether the words at `start` can mean `entry` where they stand."""
        word, before = stems[start], stems[start - 1] if start else ""
        following = stems[end] if end < len(stems) and tokens[end].is_word else ""
        if entry.field == "product_type":
            return self._fits_type(tokens, stems, start, end)
        if is_size(entry.field):
            return _fits_size(tokens, start, end, before, following)
        if end - start > 1:
            return True
        cued = before in _CUES.get(entry.field, _CUES[""]) or is_negated(tokens, start, end, self._lexicon.words)
        beside_type = self._begins_type(tokens, stems, end) or following in ("one", "color", "brand")
        if word in FUNCTION_WORDS:
            return beside_type and entry.whole
        if entry.field == "brand":
            capital = tokens[start].cased[0].isupper() and start > 0
            return not is_ordinary(word) or cued or beside_type or capital or len(_content(stems)) == 1
        basic = {"color": BASIC_COLORS, "material": BASIC_MATERIALS}.get(entry.field, frozenset())
        if word in basic:
            return True
        if (
            following
            and not beside_type
            and following in self._lexicon.titles
            and not self._lexicon.entries.get((following,))
        ):
            return False
        alone = entry.field in ("color", "material") and len(_content(stems)) == 1
        return not is_ordinary(tokens[start].word) or cued or beside_type or alone

    def _fits_type(self, tokens: Sequence[Token], stems: Sequence[str], start: int, end: int) -> bool:
        """A type is the head of its phrase: "tents", "a tent for two", but not the "tent" of "tent pegs"."""
        last, before = tokens[end - 1], stems[start - 1] if start else ""
        if end - start == 1 and (stems[start] in _NOT_TYPES or stems[start] in FUNCTION_WORDS):
            return False
        if before in ("my", "your", "shopping") and stems[start] in ("basket", "cart", "bag", "trolley"):
            return False
        if end - start == 1 and is_ordinary(stems[start]) and before in _POSSESSED_PLACES and last.word == stems[start]:
            return before not in ("at", "to")
        following = stems[end] if end < len(stems) and tokens[end].is_word else ""
        if not following or following in FUNCTION_WORDS or last.word != last.stem:
            return True
        if self._lexicon.names_type(following) or tokens[end].word in _VERBS:
            return True
        return following not in self._lexicon.titles and tokens[end].word == following

    def _begins_type(self, tokens: Sequence[Token], stems: Sequence[str], start: int) -> bool:
        """Whether a product type is named at `start`."""
        if start >= len(tokens):
            return False
        named = (self._lexicon.entries.get(phrase, ()) for phrase, _ in _phrases(tokens, stems, start))
        return any(entry.field == "product_type" for entries in named for entry in entries)

    def _consistent(
        self, found: Sequence[Mention], tokens: Sequence[Token], types: Sequence[Condition]
    ) -> tuple[Mention, ...]:
        """Only what some product can meet together with the types; a word that cannot is left for the text search."""
        named = [mention.condition for mention in found if mention.field == "product_type" and not mention.negated]
        kinds = named[-1:] or list(types)
        kept = []
        for mention in (meant for ambiguous in found for meant in self._meant(ambiguous, kinds)):
            narrowed = self._narrowed(mention, kinds)
            if (
                mention.negated
                and mention.field == "product_type"
                and not self._coverage.allows([*kinds, mention.condition])
            ):
                continue
            firm = mention.field in ("product_type", "brand", "color", "material") and mention.whole
            firm = firm or (mention.field == "size" and self._coverage.has_size(kinds))
            if not mention.negated and not firm and not self._coverage.allows([*kinds, narrowed.condition]):
                if mention.field not in ("color", "material", "product_type"):
                    continue
                narrowed = mention
            kept.append(narrowed)
        return tuple(kept)

    def _meant(self, mention: Mention, kinds: Sequence[Condition]) -> list[Mention]:
        """What ambiguous words mean: everything, when ruled out; else what most of the wanted kind has."""
        if mention.field == "product_type" or not mention.others:
            return [mention]
        also = [replace(mention, field=entry.field, values=entry.values, whole=entry.whole) for entry in mention.others]
        if mention.negated:
            return [mention, *also]
        return [max([mention, *also], key=lambda meant: self._coverage.count([*kinds, meant.condition]))]

    def _narrowed(self, mention: Mention, kinds: Sequence[Condition]) -> Mention:
        """A size word that fits several spellings, cut to those that the wanted types have."""
        if not is_size(mention.field) or not kinds:
            return mention
        values = tuple(
            value for value in mention.values
            if self._coverage.allows([*kinds, Condition(mention.field, Operator.IN, (value,))])
        )  # fmt: skip
        return replace(mention, values=values) if values else mention


def _phrases(tokens: Sequence[Token], stems: Sequence[str], start: int) -> Iterator[tuple[tuple[str, ...], int]]:
    """The phrases that begin at `start`, longest first, with where each ends; signs inside a name do not count."""
    if not tokens[start].is_word:
        return
    places = [start]
    for place in range(start + 1, len(tokens)):
        if tokens[place].is_word:
            places.append(place)
        elif tokens[place].word not in _SIGNS_INSIDE:
            break
        if len(places) == LONGEST_PHRASE:
            break
    for length in range(len(places), 0, -1):
        yield tuple(stems[place] for place in places[:length]), places[length - 1] + 1


def _content(stems: Iterable[str]) -> list[str]:
    return [stem for stem in stems if stem not in FUNCTION_WORDS and stem[0].isalnum()]


def _fits_size(tokens: Sequence[Token], start: int, end: int, before: str, following: str) -> bool:
    """Sizes need a sign: "size 10", "in medium", "XL", "a large one"; bare numbers and "small" alone are none."""
    first = tokens[start]
    if before == "size" or following == "size":
        return True
    if end - start > 1:
        return True
    if first.word in _LETTER_SIZES:
        return first.cased.isupper() and (len(first.word) > 1 or before in _CUES["size"] or len(tokens) == 1)
    if first.word.isdigit():
        return before in ("size", "eu", "uk", "us")
    listed = tokens[start - 1].word == "," and (end == len(tokens) or not tokens[end].is_word) if start else False
    return before in _CUES["size"] or following in ("one", "size") or len(tokens) == 1 or listed


def _holds(whole: Mention, part: Mention, coverage: Coverage) -> bool:
    """Whether every product of the one type is of the other as well."""
    return coverage.count([whole.condition, part.condition]) == coverage.count([part.condition])


def _without_modifiers(found: Sequence[Mention], tokens: Sequence[Token], coverage: Coverage) -> list[Mention]:
    """Types in a row are one thing: "hiking boots" means boots, "men's shoes" both, "tents and boots" either."""
    kept: list[Mention] = []
    for mention in found:
        before = next((m for m in reversed(kept) if m.field == "product_type"), None)
        if mention.field != "product_type" or before is None or mention.negated != before.negated:
            kept.append(mention)
            continue
        between = [token.word for token in tokens[before.tokens[1] : mention.tokens[0]]]
        if not mention.negated and _holds(before, mention, coverage):
            kept[kept.index(before)] = mention  # "a camping trip ... a tent" wants the tent
        elif not mention.negated and _holds(mention, before, coverage):
            continue
        elif _JOINING.intersection(between) or mention.negated:
            kept.append(mention)
        elif _USES.intersection(between) and len(between) <= 3:
            continue  # "boots for hiking", "a lock for my bike": what stands behind "for" is the use
        elif coverage.allows([before.condition, mention.condition]):
            kept.append(mention)
        else:
            kept[kept.index(before)] = mention
    return kept
