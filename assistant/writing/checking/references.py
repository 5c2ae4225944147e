"""References: whether each reference exists, and says of its owner what its record says.

A reference cannot hold a wrong value, but a sentence can hold it wrongly: the price of one product behind the name of
another, "not" before "in stock", a date of delivery where the order was placed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.act import Act
from assistant.evidence.evidence import Evidence, Fact
from assistant.evidence.hints import CLOSED, IN_STOCK, OUT_OF_STOCK
from assistant.evidence.lexicon import words
from assistant.reference import REFERENCE_PATTERN
from assistant.writing.checking.clauses import Clause, Token, clauses, tokens
from assistant.writing.checking.sentences import streamed

_NOT = frozenset({"not", "never", "no", "nor", "neither", "hardly", "without"})
_NEGATION_REACH = 3
_MORE = frozenset({"more", "dearer", "pricier", "higher", "above"})
_LESS = frozenset({"less", "cheaper", "lower", "below"})
_ABOUT_FIRST = frozenset({Act.TOLD_STOCK, Act.TOLD_PRICE, Act.TOLD_RATING, Act.TOLD_OPTIONS, Act.DESCRIBED})
"""Acts whose "it" is p1, whatever was named last."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Words that must, or must not, stand in the clause of a reference."""

    needs: frozenset[str] = frozenset()
    bars: frozenset[str] = frozenset()


def _frame(needs: str = "", bars: str = "") -> Frame:
    return Frame(frozenset(needs.split()), frozenset(bars.split()))


_FRAMES: Mapping[str, Frame] = {
    "old_price": _frame(
        "was were from instead before usually normally regular original originally down used old reduced than "
        "previously formerly full earlier marked list"
    ),
    "saving": _frame(
        "save saves saved saving savings off less reduced cheaper down reduction lower under below by drop cut"
    ),
    "difference": _frame(
        "difference cheaper less more apart save saves by between extra dearer pricier gap higher lower"
    ),
    "expected": _frame(bars="arrived came reached received brought placed ordered"),
    "delivered": _frame(bars="will placed ordered expect"),
    "placed": _frame(bars="arrived delivered arrive arrives expected came due until"),
    "window": _frame("return returned returns back until window send returning"),
    "cheaper": _frame(bars="expensive pricier dearer"),
    "better_rated": _frame(bars="worse lower"),
}


def unknown(sentence: str, evidence: Evidence) -> Iterator[str]:
    """References that this turn does not have, and braces that are no reference."""
    known = {fact.key for fact in evidence.facts}
    yield from (key for key in REFERENCE_PATTERN.findall(sentence) if key not in known)
    rest = REFERENCE_PATTERN.sub("", sentence)
    yield from (sign for sign in "{}" if sign in rest)
    yield from (mark for mark in ("<|", "|>", "<act:") if mark in rest)


def misplaced(sentence: str, evidence: Evidence, before: str = "") -> Iterator[str]:
    """References that stand behind another's name, behind "not", or in words that turn their sense."""
    facts = {fact.key: fact for fact in evidence.facts}
    said = tokens(sentence)
    yield from _mispaired(said, facts, evidence, before)
    for clause in clauses(sentence):
        yield from _negated(clause)
        yield from _out_of_frame(clause, facts)
    yield from _against_its_mood(said, facts)
    yield from _turned_difference(said, facts)
    yield from _unrated(sentence, facts, evidence)
    yield from _denied_answer(said)


def _mispaired(said: Sequence[Token], facts: Mapping[str, Fact], evidence: Evidence, before: str) -> Iterator[str]:
    if any(token.text == "both" for token in said):
        return
    names = [place for place, token in enumerate(said) if _is_name(token.key)]
    for place, token in enumerate(said):
        fact = facts.get(token.key)
        if fact is None or _is_name(token.key) or not _is_product(token.key):
            continue
        if not names and token.key.startswith("p1.") and not _ABOUT_FIRST.isdisjoint(evidence.acts):
            continue
        owners = _owners(said, place, names) if names else _earlier_owner(said, before)
        records = {facts[key].record for key in owners if key in facts}
        if records and fact.record not in records:
            yield token.key


def _owners(said: Sequence[Token], place: int, names: Sequence[int]) -> list[str]:
    """The names that the reference at `place` may belong to."""
    following = [name for name in names if name > place]
    if following and said[place + 1].text in ("for", "on") and following[0] - place <= 3:
        return [said[following[0]].key]
    preceding = [name for name in names if name < place]
    preceding = [name for name in preceding if said[name].key != "item.name"] or preceding
    if not preceding:
        return [said[following[0]].key]
    return [said[_respective(said, place, preceding)].key]


def _respective(said: Sequence[Token], place: int, preceding: Sequence[int]) -> int:
    """The name that belongs to `place`: the nearest, or the one at its place in a list ("A and B cost a and b")."""
    field = said[place].key.partition(".")[2]
    last = preceding[-1]
    end = next((p for p in range(last + 1, len(said)) if _is_name(said[p].key)), len(said))
    same = [p for p in range(last + 1, end) if said[p].key.partition(".")[2] == field]
    if len(same) > 1 and place in same and len(preceding) >= len(same):
        return preceding[-len(same) :][same.index(place)]
    return last


def _earlier_owner(said: Sequence[Token], before: str) -> list[str]:
    """What "it" means in a sentence without a name: the one product that the last sentence with a name spoke of."""
    if not any(token.text in ("it", "its") for token in said) or any(
        token.text in ("other", "both", "them") for token in said
    ):
        return []
    for sentence in reversed(list(streamed([before]))):
        named = [key for key in REFERENCE_PATTERN.findall(sentence) if _is_name(key)]
        if named:
            return named
    return []


def _negated(clause: Clause) -> Iterator[str]:
    """Values that a "not" within a few words before turns into their opposite."""
    for place, token in enumerate(clause.tokens):
        if not token.key[1:2].isdigit() or token.key.endswith((".name", ".title", ".id", ".kind")):
            continue
        near = clause.words[max(0, place - _NEGATION_REACH) : place]
        if not _NOT.isdisjoint(near) and "only" not in near and "just" not in near:
            yield token.key


def _denied_answer(said: Sequence[Token]) -> Iterator[str]:
    """A "not" anywhere before a record's own answer: "this isn't something we offer: ..."."""
    for place, token in enumerate(said):
        if token.key.endswith(".text") and not _NOT.isdisjoint(word.text for word in said[:place]):
            yield token.key


def _out_of_frame(clause: Clause, facts: Mapping[str, Fact]) -> Iterator[str]:
    said = frozenset(clause.words)
    for key in clause.keys & facts.keys():
        field = key.partition(".")[2]
        frame = _FRAMES.get(field)
        if frame and ((frame.needs and frame.needs.isdisjoint(said)) or not frame.bars.isdisjoint(said)):
            yield key
        if (
            field == "window"
            and facts[key].hint == CLOSED
            and not {"can", "may", "have"}.isdisjoint(said)
            and "not" not in said
        ):
            yield key
        if field == "status" and "date" in said:
            yield key
    for first, second in zip(clause.tokens, clause.tokens[1:], strict=False):
        if second.key.endswith(".price") and first.text in ("was", "were", "save", "saves", "saved"):
            yield second.key
        if first.key.endswith((".price", ".old_price")) and second.text in ("off", "less", "more", "cheaper"):
            yield first.key


def _against_its_mood(said: Sequence[Token], facts: Mapping[str, Fact]) -> Iterator[str]:
    """Stock told in the wrong mood: "good news" with what is sold out, "unfortunately" with what is in stock."""
    joined = f" {' '.join(token.text for token in said)} "
    glad = any(
        f" {phrase} " in joined
        for phrase in ("good news", "great news", "luckily", "happily", "happy to say", "glad to say")
    )
    sorry = not words("regrets").isdisjoint(token.text for token in said)
    for token in said:
        if not token.key.endswith(".stock") or token.key not in facts:
            continue
        hint = facts[token.key].hint
        if (glad and hint == OUT_OF_STOCK) or (
            sorry and hint == IN_STOCK and len([t for t in said if t.key.endswith(".stock")]) == 1
        ):
            yield token.key


def _turned_difference(said: Sequence[Token], facts: Mapping[str, Fact]) -> Iterator[str]:
    """ "{p1.name} is {compare.difference} more" where p1 is the cheaper one: the subject and the word must agree."""
    cheaper = facts.get("compare.cheaper")
    for place, token in enumerate(said):
        if token.key != "compare.difference" or cheaper is None:
            continue
        subject = next((word.key for word in reversed(said[:place]) if _is_name(word.key)), "")
        near = next((word.text for word in said[place + 1 : place + 3] if word.text in _MORE | _LESS), "")
        if subject in facts and near and (facts[subject].record == cheaper.record) is (near in _MORE):
            yield token.key


def _unrated(sentence: str, facts: Mapping[str, Fact], evidence: Evidence) -> Iterator[str]:
    """A comparison by ratings that nobody gave."""
    is_rated = any(key.endswith((".rating", ".better_rated")) for key in facts)
    if Act.COMPARED in evidence.acts and not is_rated and not sentence.rstrip().endswith("?"):
        yield from (word for word in ("ratings", "rating", "rated") if word in sentence.lower().split())
        yield from ("ratings" for end in ("ratings.", "ratings,", "ratings;") if end in sentence.lower().split())


def _is_name(key: str) -> bool:
    return (key.endswith(".name") and (_is_product(key) or key == "item.name")) or key in (
        "compare.cheaper",
        "compare.better_rated",
    )


def _is_product(key: str) -> bool:
    return key[:1] == "p" and key[1:2].isdigit()
