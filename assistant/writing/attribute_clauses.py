"""Attribute clauses: what an attribute line says of a product, as a clause of plain English.

"Weight: 2.1 kg" is "it weighs {l1.value}", "Dishwasher safe: no" is "it isn't dishwasher safe". The wording follows from the form of
the attribute's name and value; names in the table of phrases have a wording of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from assistant.writing.phrases import filled, table

_ADJECTIVE = re.compile(
    r"(?<!^c)(?<!^t)(?:able|ible)$|(?:proof|free|safe|resistant|repellent|friendly|ready|less|tight)$|\w{3}(?:ed|thetic)$"
)
_NO_ADJECTIVES = frozenset({"cable", "table", "seed", "feed", "need", "speed", "bed"})
_ADJECTIVE_FIRST = frozenset(
    {
        "suitable",
        "safe",
        "toxic",
        "poisonous",
        "good",
        "cool",
        "made",
        "sold",
        "worn",
        "tested",
        "validated",
        "recommended",
        "compatible",
        "approved",
        "used",
    }
)
_MODALS = {"can": "can't", "may": "may not", "must": "must not", "should": "shouldn't"}
_PREPOSITIONS = frozenset(
    [
        "in",
        "on",
        "at",
        "for",
        "from",
        "to",
        "with",
        "by",
        "of",
        "up",
        "as",
        "than",
        "under",
        "over",
        "against",
        "within",
        "after",
    ]
)
_AMOUNT = re.compile(
    r"^(?:\d|(?:up to|from|about|at least|around|over|under|between|less than|more than|below|above) )", re.IGNORECASE
)
_NOT_AFTER_IS = re.compile(
    r"^(?:for|to|in|on|with|without|at|by|only|if|when|as|after|before|until|every|yes|no|do|keep|use|never|take|wash|ask)\b"
    r"|[.;:!?]",
    re.IGNORECASE,
)
_FIT = re.compile(r"(?:not )?(?:suitable|safe|recommended|approved|allowed|compatible)", re.IGNORECASE)
"""Values that say whether the product fits what the attribute names: "Pregnancy: suitable"."""
_MASS_ENDINGS = ("ion", "ing", "ness", "ity", "ance", "ence", "age", "ware", "wear")
_COUNTABLE = frozenset(
    {
        "option",
        "function",
        "version",
        "cushion",
        "station",
        "button",
        "string",
        "ring",
        "spring",
        "coating",
        "lining",
        "bottle",
        "handle",
    }
)
_TIME = re.compile(r"\b(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?)\b")
_ANSWERS = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Subject:
    """How a clause speaks of its product: `it` is "it", "they" or "the {p1.name}"."""

    it: str
    is_plural: bool = False

    @property
    def is_named(self) -> bool:
        """Whether the product is called by its name."""
        return self.it not in ("it", "they")

    def its(self, name: str) -> str:
        """A property of the product: "its volume", "the volume of the {p1.name}"."""
        if self.is_named:
            return f"the {name} of {self.it}"
        return f"{'their' if self.is_plural else 'its'} {name}"


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause without a capital letter and a full stop. `answer` is what a yes or no in the record says, else None."""

    text: str
    answer: bool | None = None


def attribute_clause(text: str, slot: str, subject: Subject, value_key: str = "") -> Clause:
    """What the attribute line `text` ("Weight: 2.1 kg") behind `slot` says of `subject`; its value is a reference.

    `value_key` is the reference to use in place of the line's own value.
    """
    spoken, _, value = text.partition(": ")
    name = spoken_name(spoken)
    reference = f"{{{value_key or f'{slot}.value'}}}"
    answer, note = _answer_of(value)
    if answer is not None and not (note and name in _table("forms")):
        said = _answered(name, answer, subject)
        return Clause(f"{said} ({{{slot}.note}})" if note else said, answer)
    return Clause(_stated(name, value, reference, subject))


def _answer_of(value: str) -> tuple[bool | None, str]:
    first, _, rest = re.sub(r"^(yes|no)\b[,;:]?", r"\1", value, flags=re.IGNORECASE).partition(" ")
    return _ANSWERS.get(first.casefold()), rest


def _answered(name: str, answer: bool, subject: Subject) -> str:
    if name in _table("answered"):
        return _worded(_table("answered")[name][0 if answer else 1], subject)
    kind, words = _kind(name), name.split()
    wording = _table("yes" if answer else "no")[kind]
    if kind == "verb":
        obj = f" {with_indefinite(' '.join(words[1:]))}" if words[0] == "needs" and len(words) == 2 else ""
        rest = obj or (f" {' '.join(words[1:])}" if words[1:] else "")
        base = base_form(words[0]) + rest
        return _worded(wording, subject, name=base if subject.is_plural else words[0] + rest, base=base)
    if kind == "modal":
        return _worded(wording, subject, name=name if answer else f"{_MODALS[words[0]]} {' '.join(words[1:])}")
    if kind in ("included", "needed"):
        thing = " ".join(words[:-2] if words[-2:] == ["built", "in"] else words[:-1])
        if kind == "needed":
            return _worded(wording, subject, name=with_indefinite(thing))
        verb = "are" if _is_plural(thing) else "is"
        said = _worded(wording, subject, name=f"{with_indefinite(thing)} {verb}", bare=f"{thing} {verb}")
        return said
    if words[-1] == "suitable" and len(words) > 1:
        return _worded(wording, subject, name=f"suitable for {with_indefinite(' '.join(words[:-1]))}")
    return _worded(wording, subject, name=with_indefinite(name) if kind == "noun" else name, bare=name)


def _stated(name: str, value: str, reference: str, subject: Subject) -> str:
    is_amount = bool(_AMOUNT.match(value))
    wording = _table("timed").get(name) if _TIME.search(value) else None
    wording = wording or (_table("measured").get(name) if is_amount else None) or _table("forms").get(name)
    words, kind = name.split(), _kind(name)
    spoken = name
    if wording is None and value.casefold() == "none" and kind == "noun":
        wording = _table("none")
    elif wording is None and " per " in name and value[:1].isdigit():
        wording, spoken = _table("rate"), _rate(name, value)
    elif wording is None and kind == "noun" and value.isdigit() and _is_plural(name):
        wording, spoken = _table("counted"), name[:-1] if value == "1" else name
    elif wording is None and kind == "verb" and (len(words) == 1 or words[-1] in _PREPOSITIONS or is_amount):
        wording = _table("verb")
        spoken = " ".join([base_form(words[0]) if subject.is_plural else words[0], *words[1:]])
    elif wording is None and (
        name == "worn" or (words[-1] in _PREPOSITIONS and len(words) > 1 and words[0] in _ADJECTIVE_FIRST)
    ):
        wording = _table("participle")
    elif wording is None and words[-1] in _PREPOSITIONS:
        wording = _table("up_to")
    elif wording is None and _FIT.fullmatch(value):
        wording = _table("fit")
    elif wording is None and kind not in ("noun", "use"):
        wording = _table("under")
    elif wording is None and _NOT_AFTER_IS.search(value) and not is_amount:
        wording = _table("quoted")
    elif wording is None:
        wording = _table("general_plural" if _is_plural(name) else "general")
    return _worded(wording, subject, name=spoken, v=reference)


def _worded(wording: str, subject: Subject, **values: str) -> str:
    the_page = f"the page of {subject.it}" if subject.is_named else "the page"
    the_name = subject.its(values.get("name", ""))
    text = filled(wording, subject.is_plural, it=subject.it, the_name=the_name, the_page=the_page, **values)
    if subject.is_named and subject.it not in text:
        return f"with {subject.it}, {text}"
    return text


def _kind(name: str) -> str:
    """What part of speech an attribute's name is."""
    words = name.split()
    first, last = words[0], words[-1]
    if first == "for":
        return "for"
    if first in _MODALS:
        return "modal"
    if first in _PREPOSITIONS:
        return "place"
    has_thing = len(words) > (2 if words[-2:] == ["built", "in"] else 1)
    if has_thing and (last in ("included", "supplied", "enclosed", "fitted") or words[-2:] == ["built", "in"]):
        return "included"
    if last in ("needed", "required") and len(words) > 1:
        return "needed"
    if first in _listed("verbs"):
        return "verb"
    if first in _ADJECTIVE_FIRST or last in _listed("adjectives"):
        return "adjective"
    if last not in _NO_ADJECTIVES and _ADJECTIVE.search(last):
        return "adjective"
    if last in _PREPOSITIONS:
        return "place"
    return "use" if last in _listed("uses") else "noun"


def _rate(name: str, value: str) -> str:
    """What follows the value of a rate: "cups per bag: 160 cups" → "per bag", "protein per serving: 24 g" → "of protein per serving"."""
    of, _, per = name.partition(" per ")
    return f"per {per}" if of in value.casefold() else f"of {of} per {per}"


def is_verb(name: str) -> bool:
    """Whether an attribute's name begins with a verb of the third person: "keeps hot", "serves"."""
    return name.split()[0] in _listed("verbs")


def base_form(verb: str) -> str:
    """A verb of the third person without its ending: "washes" → "wash", "fits" → "fit"."""
    if verb.endswith("ies") and len(verb) > 4:
        return f"{verb[:-3]}y"
    if re.search(r"(?:ch|sh|ss|x|zz|o)es$", verb):
        return verb[:-2]
    return verb.removesuffix("s")


def with_indefinite(thing: str) -> str:
    """A thing with "a" or "an" in front, unless it is a plural or no thing to count."""
    last = thing.split()[-1]
    is_mass = last in _listed("mass") or (last.endswith(_MASS_ENDINGS) and last not in _COUNTABLE)
    if is_mass or _is_plural(thing):
        return thing
    return f"{'an' if thing[0] in 'aeiou' else 'a'} {thing}"


def _is_plural(thing: str) -> bool:
    last = thing.split()[-1]
    return len(last) > 3 and last.endswith("s") and last != "lens" and not last.endswith(("ss", "us", "is"))


def spoken_name(spoken: str) -> str:
    """The name of an attribute as a sentence holds it: "Max load" → "maximum load", "Bpa free" → "BPA free"."""
    acronyms = _listed("acronyms")
    said = re.sub(r"\bmax\b", "maximum", re.sub(r"\bmin\b", "minimum", spoken.lower()))
    for plain, written in _table("spellings").items():
        said = re.sub(rf"\b{plain}\b", written, said)
    return " ".join(word.upper() if word in acronyms else word for word in said.split())


def _table(name: str) -> Any:
    return table(f"attributes.{name}")


def _listed(name: str) -> frozenset[str]:
    return frozenset(_table(name).split())
