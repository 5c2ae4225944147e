"""Properties: what a question asks about a product ("how heavy" → weight), in the catalogue's own words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.understanding.grammar.text import Text, stems
from assistant.understanding.grammar.words import words

_CONCEPTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    # what is asked · how it is asked · names under which catalogues keep it, the best first
    ("weight", r"how (?:heavy|light)|weigh(?:s|t|ing)?|heavy|mass\b|lighter|heavier|(?:light|heavi)est", (
        "weight",
        "net_weight",
        "item_weight",
        "shipping_weight",
        "mass")),
    ("dimensions", r"dimensions?|measurements?|measure\b|how (?:big|large|small|wide|deep|tall|high)|what size "
        r"is|width|depth|height|length\b|footprint",
     ("dimensions", "measures", "size", "length", "height", "width",
         "depth",
         "diameter",
         "packed_size",
         "screen_size")),
    ("packed size", r"pack(?:ed)? (?:size|down|away)|when packed|folded (?:size|up)|how small does it", (
        "packed_size",
        "folded_size")),
    ("height", r"how (?:tall|high)|height", ("height", "standing_height", "seat_height")),
    ("length", r"how long(?! (?:does|will|is|do) (?:it|the|they|delivery|shipping)? ?(?:last|take|battery|"
        r"warranty|guarantee))|length", (
        "length",
        "blade_length",
        "back_length")),
    ("width", r"how wide|width", ("width", "diameter")),
    ("capacity", r"capacity|how (?:much|many) (?:people|persons|litres?|liters?|water|cups?|stuff|"
        r"can)?.{0,12}\b(?:hold|fit|sleep|carry|store|seat|serve)|volume|sleeps|how many (?:people|litres?|liters?|"
        r"cups)|how much (?:does it |can it )?hold",
     ("capacity", "volume", "people", "sleeps", "serves", "storage")),
    ("material", r"made (?:of|from|out of)|material|fabric|real leather|what is it made|composition|made with", (
        "material",
        "fabric",
        "shell",
        "outer")),
    ("battery life", r"battery|how long does (?:it|the charge|a charge) last|charge last|run ?time|recharg", (
        "battery_life",
        "battery",
        "run_time",
        "burn_time")),
    ("burn time", r"burn(?:s|ing)?(?: time)?|how long does (?:it|the candle) (?:burn|last)", (
        "burn_time",
        "run_time",
        "battery_life")),
    ("waterproof", r"waterproof|water[- ]?(?:resist\w*|repell\w*|tight)|rain ?proof|in the rain|get wet|"
        r"keep(?:s)? (?:me |you )?dry",
     ("waterproof", "waterproof_rating", "water_resistance", "water_repellent", "leakproof")),
    ("warranty", r"warrant(?:y|ies)|guarantees?", ("warranty", "warranty_information", "guarantee")),
    ("care", r"(?:machine[- ])?wash(?:able|ed|ing)?|how (?:do i|to|should i) (?:clean|wash|care)|tumble dry|"
        r"iron(?:ed)?\b|care instructions|dry clean|clean it", (
        "care",
        "care_instructions",
        "washing")),
    ("dishwasher safe", r"dishwasher", ("dishwasher_safe", "care")),
    ("microwave safe", r"microwave", ("microwave_safe",)),
    ("oven safe", r"\boven\b", ("oven_safe",)),
    ("made in", r"where (?:is|are|was|were) (?:it|they|this|these|that) (?:made|produced|manufactured|from)|made "
        r"in|country of origin|where does it come from|origin", (
        "made_in",
        "country_of_origin",
        "origin")),
    ("temperature", r"how (?:warm|cold)|temperature|degrees|in (?:the )?(?:winter|snow|cold|frost)|freezing", (
        "comfort_temperature",
        "temperature",
        "limit_temperature",
        "season")),
    ("season", r"season|for winter|for summer|year[- ]round", ("season", "comfort_temperature")),
    ("setup time", r"set ?up|pitch|assembl|put (?:it )?(?:up|together)|how long does it take to", (
        "setup_time",
        "assembly",
        "assembly_required")),
    ("power", r"watt(?:age|s)?|how powerful|\bpower\b", ("power", "wattage")),
    ("brightness", r"how bright|brightness|lumens?", ("brightness", "lumens")),
    ("screen size", r"screen|display", ("screen_size", "display", "resolution")),
    ("storage", r"storage|memory|\bram\b|how many gb", ("storage", "memory", "ram")),
    ("pages", r"how many pages|pages", ("pages", "number_of_pages", "page_count")),
    ("author", r"who (?:wrote|is the author)|author|written by", ("author", "authors", "writer")),
    ("publisher", r"publish(?:er|ed)", ("publisher", "imprint")),
    ("language", r"what language|which language|in english|language\b", ("language",)),
    ("ingredients", r"ingredients?|what(?:'s| is) in it|contain(?:s)?|allergen", (
        "ingredients",
        "contains",
        "allergens")),
    ("pockets", r"pockets?", ("pockets",)),
    ("fit", r"how does it fit|true to size|\bfit\b|runs? (?:small|large|big)", ("fit", "sizing")),
    ("age", r"what age|suitable for (?:children|kids|a \d)|how old|age (?:range|group)", (
        "age",
        "age_group",
        "reading_age",
        "recommended_age")),
    ("pieces", r"how many (?:pieces|parts|are in)|in the (?:box|set|pack)|included|come with", (
        "included",
        "pieces",
        "contents",
        "straps_included")),
    ("vegan", r"vegan|animal", ("vegan",)),
    ("sustainability", r"sustainab|eco[- ]?friendly|recycled|environment", (
        "certified",
        "sustainability",
        "material")),
    ("compatibility", r"compatib|work with|fit (?:a|an|my|the)\b", ("compatibility", "hob", "fits")),
    ("stove", r"induction|gas (?:hob|stove)", ("hob",)),
    ("brand", r"what brand|which brand|who makes|manufacturer|who is it by", ("brand",)),
    ("color", r"what colou?r is|which colou?r is", ("color",)),
    ("delivery", r"shipping|shipped|ships?|deliver\w*|arrives?", ("shipping_information", "delivery", "shipping")),
    ("return policy", r"return(?:s|ed|ing|able)?|send (?:it |them )?back|refund\w*|money back", ("return_policy", "returns")),
)  # fmt: skip
_COMPILED = tuple((concept, re.compile(rf"\b(?:{pattern})"), names) for concept, pattern, names in _CONCEPTS)
_PLAIN = (
    re.compile(r"\bwhat(?:'s| is| are)? (?:its|their) (?P<what>[a-z][a-z -]{2,30}?)(?= of\b| on\b|[?.!,]|$)"),
    re.compile(
        r"\b(?:does|do|will|would) (?:it|this|that|they|these|the [a-z]+(?: one)?) (?:also )?(?:have|"
        r"include|come with|contain|need|support|work with|fit) (?:an? |any |the |its own )?(?P<what>[a-z][a-z "
        r"-]{2,30}?)(?=[?.!,]|$)"
    ),
    re.compile(
        r"\b(?:is|are) (?:it|this|that|they|these|the [a-z]+ one) (?:really |very |also )?(?:suitable for|"
        r"good for|ok for|safe for|made for|meant for|suited to)? ?(?P<what>[a-z][a-z -]{2,30}?)(?=[?.!,]|$)"
    ),
)
_LOAD = re.compile(r"\bmax(?:imum)?\.? (?:weight|load)|\b(?:weight|load) limit|how much weight (?:can|does|will)")
_LOADS = ("max_load", "maximum_load", "max_weight", "load", "load_capacity", "weight_limit", "weight_capacity")
"""What a thing bears, which is not what it weighs."""
_TOO_PLAIN = words("no property")
_FIELDS = frozenset({"material", "size", "brand", "color"})


def _in_plain_words(lower: str) -> str:
    """The property in the customer's own words, for which a description may have an answer ("thread count")."""
    for pattern in _PLAIN:
        match = pattern.search(lower)
        if match and not set(match["what"].split()) <= _TOO_PLAIN:
            return " ".join(
                word for word in match["what"].split() if word not in ("a", "an", "the", "any", "for", "of")
            )
    return ""


class Properties:
    """Knows the attributes of one catalogue by name."""

    def __init__(self, attributes: Iterable[str]) -> None:
        self._names = tuple(sorted(attributes, key=lambda name: (-len(name.split("_")), name)))
        self._words = {name: frozenset(stems(name.replace("_", " "))) for name in self._names}

    def read(self, text: Text, has: Iterable[str] = ()) -> str:
        """The property asked about, or "". `has` are the attributes of the product in question, which are preferred.

        A name of the catalogue where it has one ("comfort_temperature"), else the plain word ("waterproof").
        """
        lower, own = text.lower, frozenset(has)
        if _LOAD.search(lower):
            return next((name for name in _LOADS if name in own), "maximum load")
        named = self._literal(lower, own)
        if named:
            return named
        first = ""
        for concept, pattern, names in _COMPILED:
            if not pattern.search(lower):
                continue
            known = [name for name in names if name in own] or [name for name in names if name in _FIELDS]
            if known:
                return known[0]
            first = first or next((name for name in names if name in self._words), concept)
        return first or _in_plain_words(lower)

    def _literal(self, lower: str, own: frozenset[str]) -> str:
        """An attribute called by its own name, longest first; one of the product's own before any other."""
        said = frozenset(stems(lower))
        named = [name for name in self._names if self._words[name] and self._words[name] <= said]
        return next(
            (name for name in named if name in own), named[0] if named and len(self._words[named[0]]) > 1 else ""
        )
