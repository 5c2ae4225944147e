"""Detail form: what a message says of a change besides its products: how many, why, and a new address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.actions.address import Address
from assistant.dialogue.waiting import Detail
from assistant.planning.grammar.text import Text, clean, stems

_MOST = 999
_QUANTITY = re.compile(
    r"(?<![\w$£€.,-])(?:x\s?)?(\d{1,3})(?:\s?x\b|\b)(?!\s*(?:[$£€%]|dollars?|cm|mm|kg|g\b|l\b|ml\b|inch|\"|%|st\b|nd\b|rd\b|th\b|people|persons?|days?))"
)
_SIZE_BEFORE = re.compile(r"\b(?:size|number|no|option|for|eu|uk|us|under|below|order)\.?\s*#?$")
_PAIRS = re.compile(r"\b(?:(\d+) )?pairs?\b(?: of\b)?", re.IGNORECASE)
_COUPLE = re.compile(r"\b(?:a )?couple\b(?: of\b)?|\btwice\b", re.IGNORECASE)
_ONE = re.compile(
    r"\b(?:just|only|another|one more|a (?:second|third)) one\b|\b(?:one|1) (?:of|more|piece)\b|\banother\b"
    r"|\b(?:make|set) (?:it|this|that|them|those)(?: to)? (?:just |only )?one\b"
    r"|\b(?:return|exchange|swap|send|send back|add|put|remove|buy|take|want|need) (?:an?|one)\b(?! (?:of|few|couple))"
)
_SYNONYMS = {
    "damaged": "broken broke cracked crack smashed shattered torn ripped dented chipped scratched leaking leak stained bent",
    "faulty": "defective defect malfunction malfunctioning dead doesn't dont stopped broken",
    "wrong item": "wrong mixed",
    "missing parts": "missing incomplete lacks",
    "gift": "present gifted",
    "does not fit": "fit fits small big large tight loose long short narrow size",
    "not as expected": "expected different picture looked quality disappointed disappointing described",
    "no longer needed": "need needed anymore longer unwanted",
    "changed my mind": "mind want like dislike",
    "ordered by mistake": "mistake accident accidentally twice",
}
"""Words by which customers give the usual reasons of a policy."""
_WISH = re.compile(r"\b(?:need|want|like|love) to\b", re.IGNORECASE)
"""What leads to a request and is no reason: "I need to cancel"."""
_POSTAL = re.compile(
    r"\b(?:[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}|\d{5}-\d{4}|[A-Z]\d[A-Z]\s?\d[A-Z]\d|\d{4}\s?[A-Z]{2}|\d{4,6}|\d{3}\s\d{2})\b",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^.*?\b(?:address (?:is|to|should be|:)|(?:send|ship|deliver|post|mail|redirect) (?:it|that|this|them|everything|the order|my order|order \S+)? ?(?:to|at)|change (?:it|that|the address|my address) to|to:?|is|at)\b[\s:,]*(?=\w)",
    re.IGNORECASE,
)
_STREET = re.compile(
    r"^(?:\d+\w?(?:[-/]\d+\w?)?[ ,]+\D|(?:flat|apt|unit|apartment|suite|p\.?o\.? box)\b|.*\D\s\d+\w?(?:[-/]\d+)?$)",
    re.IGNORECASE,
)
_SECOND_LINE = re.compile(
    r"^(?:flat|apt|apartment|unit|suite|ste|floor|fl|c/o|room|building|#)\b|^#|\bfloor$", re.IGNORECASE
)
_REGION = re.compile(r"^[A-Z]{2,3}$")
_COUNTRIES = {
    alias: country
    for country, aliases in {
        "USA": "usa;us;u.s.;u.s.a.;america;united states;united states of america",
        "UK": "uk;u.k.;britain;great britain;united kingdom;england;scotland;wales;northern ireland",
        "Netherlands": "netherlands;the netherlands;holland", "Germany": "germany;deutschland", "Spain": "spain;españa",
        "Italy": "italy;italia", "Czechia": "czechia;czech republic", "Ireland": "ireland;eire", "Canada": "canada",
        "France": "france", "Portugal": "portugal", "Belgium": "belgium", "Austria": "austria", "Switzerland": "switzerland",
        "Denmark": "denmark", "Sweden": "sweden", "Norway": "norway", "Finland": "finland", "Poland": "poland",
        "Greece": "greece", "Hungary": "hungary", "Romania": "romania", "Australia": "australia", "Japan": "japan",
        "New Zealand": "new zealand", "India": "india", "Mexico": "mexico", "Brazil": "brazil",
        "South Africa": "south africa", "Singapore": "singapore",
    }.items()
    for alias in aliases.split(";")
}  # fmt: skip
"""Countries that end an address without being asked for; any other can be given when it is."""
_MISSING = {
    "street": Detail.STREET, "city": Detail.CITY, "postal code": Detail.POSTAL_CODE, "country": Detail.COUNTRY,
}  # fmt: skip
_LONGEST_PART = 8


def quantity_in(message: str) -> int:
    """How many pieces a message names, 0 if it names none or several numbers."""
    text = Text.of(message).lower
    found = [
        int(match[1])
        for match in _QUANTITY.finditer(text)
        if 0 < int(match[1]) <= _MOST and not _SIZE_BEFORE.search(text[: match.start()].rstrip())
    ]
    if len(set(found)) == 1:
        return found[0]
    return 1 if not found and _ONE.search(text) else 0


def pairs_in(message: str) -> int:
    """How many pairs a message names, 0 if none: "a pair of trowels", "2 pairs"."""
    found = _PAIRS.search(Text.of(message).lower)
    return int(found[1] or 1) if found else 0


def count_in(message: str) -> int:
    """How many pieces for the cart a message names, 0 if none: "a couple", "a pair of them", "x3"."""
    text = Text.of(message).lower
    if pairs := pairs_in(text):
        return 2 * pairs
    return 2 if _COUPLE.search(text) else quantity_in(text)


def reason_in(message: str, reasons: Sequence[str]) -> str:
    """The one of the policy's `reasons` that a message gives, "" if it gives none; words that name it itself count most."""
    said = set(stems(_WISH.sub(" ", clean(message))))
    scores = {}
    for reason in reasons:
        own = set(stems(reason))
        other = set(stems(_SYNONYMS.get(reason.casefold(), "")))
        scores[reason] = 2.0 * (len(own & said) / len(own)) + (1.0 if other & said else 0.0)
    best = max(scores.values(), default=0.0)
    likeliest = [reason for reason, score in scores.items() if score == best]
    return likeliest[0] if best >= 1.0 else ""


def missing_of(address: Address) -> Detail | None:
    """The first part of an address that is not known."""
    return next((_MISSING[name] for name in address.missing), None)


def address_in(message: str, before: Address | None = None) -> Address | None:
    """The address that a message holds, parts that it lacks left empty; None if nothing in it is a street or postal code.

    `before` is the address that it takes the place of: the new one is in the same country unless it names another.
    """
    text = " ".join(message.split()) if "\n" not in message else message
    parts = [part.strip(" .") for part in re.split(r"[,;\n]+", text) if part.strip(" .")]
    if not parts:
        return None
    parts[0] = _without_lead(parts[0])
    country, parts = _taken_country(parts)
    postal, parts = _taken_postal(parts)
    region, parts = _taken_region(parts)
    street = next(
        (place for place, part in enumerate(parts) if _STREET.match(part) and not _SECOND_LINE.match(part)), None
    )
    if street is None and not postal:
        return None
    second = [part for place, part in enumerate(parts) if place != street and _SECOND_LINE.search(part)]
    rest = [part for place, part in enumerate(parts) if place != street and part not in second]
    names = [part for part in rest if street is not None and parts.index(part) < street]
    towns = [part for part in rest if part not in names]
    return Address(
        line1=parts[street] if street is not None else "",
        city=towns[0] if towns else "",
        postal_code=postal.upper(),
        country=country or (before.country if before else ""),
        line2=", ".join(second),
        region=region or (towns[1] if len(towns) > 1 else ""),
        name=names[0] if names else "",
    )


def with_part(address: Address, detail: Detail, message: str) -> Address | None:
    """`address` with the part that was asked for, from a short answer; None if the message is no such part."""
    said = re.sub(
        r"^(?:it'?s|it is|the (?:city|country|postal code|zip(?: code)?|street) is|in)\s+",
        "",
        clean(message).strip(" ."),
        flags=re.IGNORECASE,
    )
    if not said or "?" in message or len(said.split()) > _LONGEST_PART:
        return None
    if detail is Detail.POSTAL_CODE:
        found = _POSTAL.search(said)
        return replace(address, postal_code=found[0].upper()) if found else None
    if detail is Detail.COUNTRY:
        return replace(address, country=_COUNTRIES.get(said.casefold(), said)) if not re.search(r"\d", said) else None
    if detail is Detail.STREET:
        return replace(address, line1=said) if re.search(r"\d", said) else None
    if re.search(r"\d", said):
        return None
    line1 = re.sub(rf"[\s,]+{re.escape(said)}$", "", address.line1, flags=re.IGNORECASE)
    return replace(address, city=said, line1=line1 or address.line1)


def _without_lead(part: str) -> str:
    """The part without the words that lead to an address; the last such words count, if an address follows."""
    text = part
    while (found := _LEAD.match(text)) and found.end() < len(text):
        text = text[found.end() :]
    if not _STREET.match(text) and (house := re.search(r"(?<![\w-])\d+\w?\s+\D", text)):
        text = text[house.start() :]
    return text


def _taken_country(parts: list[str]) -> tuple[str, list[str]]:
    *before, last = parts
    if country := _COUNTRIES.get(last.casefold()):
        return country, before
    words = last.split()
    for count in (3, 2, 1):
        tail = " ".join(words[-count:]).casefold()
        if len(words) > count and tail in _COUNTRIES and (len(tail) > 2 or words[-1].isupper()):
            return _COUNTRIES[tail], [*before, " ".join(words[:-count])]
    return "", parts


def _taken_postal(parts: list[str]) -> tuple[str, list[str]]:
    """The postal code, looked for from the end; a number that opens a part before others is a house's."""
    for place in range(len(parts) - 1, -1, -1):
        found = list(_POSTAL.finditer(parts[place]))
        if found and not (place == 0 and found[-1].start() == 0 and len(parts) == 1):
            code = found[-1]
            rest = (parts[place][: code.start()] + parts[place][code.end() :]).strip(" -")
            return code[0], [*parts[:place], *([rest] if rest else []), *parts[place + 1 :]]
    return "", parts


def _taken_region(parts: list[str]) -> tuple[str, list[str]]:
    """A state in capitals, alone or behind its city: "Portland OR"."""
    for place in range(len(parts) - 1, 0, -1):
        *town, last = parts[place].split()
        if _REGION.fullmatch(last):
            return last, [*parts[:place], *([" ".join(town)] if town else []), *parts[place + 1 :]]
    return "", parts
