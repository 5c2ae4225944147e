"""Postal addresses, by their forms in English-speaking countries and the larger ones of Europe."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.privacy.everyday_words import is_everyday
from assistant.privacy.name_words import COUNTED, GIVEN_NAMES, STREET_WORDS

_UPPER = "".join(chr(code) for code in range(0x41, 0x250) if chr(code).isupper())
# Words are possessive (`*+`): a word that may end at each of its hyphens makes the forms below cost n**5.
_CAP = rf"[{_UPPER}][\w'’.-]*+"
_PART = rf"[{_UPPER}](?:[\w'’.]|-(?![{_UPPER}]))*+"
_STREETS = "|".join(sorted(STREET_WORDS, key=len, reverse=True))
_UNIT = r"(?:appartamento|piano|interno|scala|piso|puerta|planta|bajo|escalera|apartment|apt|suite|ste|unit|flat|floor|fl|room|rm|building|bldg|block|level|studio|lot|no|box|\#)\.?\s*\#?\s?\w{1,6}\b"
_STATE = (
    r"(?:A[AEKLPRSZ]|C[AOT]|D[CE]|F[LM]|G[AU]|HI|I[ADLN]|K[SY]|LA|M[ADEHINOPST]|N[CDEHJMVY]|O[HKR]|P[ARW]|RI|S[CD]|T[NX]"
    r"|UT|V[AIT]|W[AIVY]|NSW|VIC|QLD|TAS|ACT|NT|ON|QC|BC|AB|MB|SK|NS|NB|NL|PE|YT|NU)"
)
_UK = r"[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}"
_CANADA = r"[A-Z]\d[A-Z]\s?\d[A-Z]\d"
_POSTCODE = (
    rf"(?:\d{{5}}(?:-\d{{4}})?|{_UK}|{_CANADA}|\d{{4}}\s?[A-Z]{{2}}|\d{{6}}|\d{{4}}|\d{{3}}\s\d{{2,3}}|\d{{2}}-\d{{3}})"
)
_WORD = rf"(?:(?:St|Ste|Mt|Ft)\.|[{_UPPER}][\w'’-]*+)"
_CITY = rf"(?:['’][st][ -])?{_WORD}(?:[ /–-](?:(?:of|on|upon|am|an|aan|ob|bei|vor|auf|en|y|der|den|de|la|le|les|du|di|del|della|sur|sous|in|im|the|under)[ -]){{0,2}}{_WORD}){{0,3}}"
_GAP = r"(?:\s{0,4},\s{0,4}|[ \t]{0,4}\n\s{0,4}|[ ]{1,4})"
_NUMBER = r"\d{1,5}(?:\s?[-/]\s?\d{1,5})?(?:\s?[A-Za-z](?![\w']))?"

_TAIL = (
    rf"(?:{_GAP}(?i:{_UNIT}))?"
    rf"(?:{_GAP}(?:{_CITY}(?:{_GAP}{_STATE})?{_GAP}{_POSTCODE}|{_POSTCODE}{_GAP}{_CITY}|{_STATE}{_GAP}{_POSTCODE})(?!\w)"
    rf"|{_GAP}{_POSTCODE}(?!\w)|(?:\s*,\s*|\s*\n\s*){_CITY}(?:(?:\s*,\s*){_CITY})?(?:\s*,?\s*(?i:{_POSTCODE})(?!\w))?"
    rf"|\s*,\s*[a-z]+(?:\s[a-z]+)?\s*,?\s+(?i:{_STATE})?\s*(?i:{_POSTCODE})(?!\w))?"
)
_FORMS = (
    # 12 Elm Street, Apt 4B, Springfield, IL 62704
    rf"(?<![\w.$€£#-]){_NUMBER},?\s(?:(?:{_CAP}|\d+(?:st|nd|rd|th)|of|the|de|la)\s){{1,4}}?(?i:{_STREETS})\b\.?"
    rf"(?:\s(?:[NSEW]{{1,2}}|North|South|East|West)\b)?{_TAIL}",
    # the same in lower case
    rf"(?<![\w.$€£#-])\d{{1,5}}[a-z]?(?!{COUNTED})\s(?:[a-z'’]+\s){{1,2}}?"
    rf"(?:street|road|avenue|ave|lane|drive|court|boulevard|blvd|crescent|terrace|close|rd|ln|st)\b(?!\s[a-z]+ing\b)\.?{_TAIL}",
    # 12 rue de la Paix, 75002 Paris; Calle Mayor 5
    rf"(?<![\w.$€£#-]){_NUMBER},?\s(?:(?i:bis|ter),?\s)?(?i:rue|avenue|boulevard|bd|place|chemin|impasse|all[ée]e|quai|cours|route|passage|square)"
    rf"\s(?:(?:de\sla|de|du|des|d['’]|l['’])\s?)*{_PART}(?:[ -](?:(?:de|du|la)\s)?{_PART}){{0,3}}{_TAIL}",
    rf"\b(?i:rue|calle|c/|c\.|avenida|avda\.?|plaza|paseo|camino|ronda|via|viale|piazza|corso|largo|rua|travessa|strada|vicolo|contrada|borgo|canale|stretto|rotonda|incrocio|glorieta|cuesta|pasadizo|acceso|alameda|callej[oó]n|c[aá]ntico|vial|urbanizaci[oó]n|pasaje|rambla|v[ií]a|ca[ñn]ada|rambla)"
    rf"\s(?:(?:de\sla|de\slos|de\slas|de|del|della|delle|dei|di|da|do|dos|das|la)\s)*{_CAP}(?:\s(?:(?:de|y|e|del|da)\s)?{_CAP}){{0,3}},?\s(?:n[º°.]?\s?)?{_NUMBER}(?:\s(?i:piso|puerta|appartamento|apt\.?)\s?\w+)*{_TAIL}",
    # avenue Collet, 94386 Boucher: in French the house number may be missing
    rf"(?<!\w)(?:rue|avenue|boulevard|chemin|impasse|all[ée]e|quai)\s(?:(?:de\sla|de|du|des|d['’]|l['’])\s?)*{_PART}(?:[ -](?:(?:de|du|la)\s)?{_PART}){{0,3}}{_TAIL}",
    # H.No. 266, Dalia Nagar, 834381 Erode; 66/769, Thaker, Rourkela 207238; 4 Jennings Upper, Port Hill 2656
    rf"(?<![\w.$€£#-])(?:(?i:h\.?\s?no\.?|house(?:\sno\.?)?|flat|unit|suite|apt\.?|plot)\s?\d+[ ,]+)?{_NUMBER},?\s(?:{_CAP}[ ,]+){{1,5}}?"
    rf"(?:(?i:{_UNIT})[ ,]+)?(?:\d{{4,6}}\s{_CITY}|{_CITY},?\s\d{{4,6}})(?!\w)",
    rf"(?<![\w.$€£#-]){_NUMBER},?\s(?:{_CAP}\s){{1,4}}(?i:suite|apt\.?|apartment|unit|flat)\s?\#?\d+\w?{_TAIL}",
    rf"(?i:\bh\.?\s?no\.?\s?)\d+(?:[ ,]+(?:{_CAP}|&))*(?:[ ,]+\d{{4,6}}(?!\w)(?:\s{_CITY})?)?",
    rf"(?<![\w.$€£#-])(?:(?i:{_UNIT}),?\s)\d{{1,5}}\s(?:{_CAP}\s?){{1,4}}{_TAIL}",
    # Hauptstraße 12, 10115 Berlin; Keizersgracht 123, 1015 CJ Amsterdam
    rf"(?:\b(?:{_PART}[ -]){{0,3}})?\b[{_UPPER}][\w.-]{{0,40}}(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|ring|ufer|damm|steig|laan|straat|steeg|boulevard|dreef|hoek|markt|gracht|plein|dijk|kade|hof|pad|singel|baan|gatan|v[äa]gen|gade|vej|veien|gata|(?<!Sea)(?<!Col)gate|all[ée])\s{_NUMBER}{_TAIL}",
    rf"\b{_PART}(?:[ -](?:{_PART}|van|von|der|de|den)){{0,3}}[ -](?:Stra(?:ß|ss)e|Str\.|Weg|Platz|Allee|Gasse|Ring|Ufer|Damm|Straat|Laan|Plein)\s{_NUMBER}{_TAIL}",
    # PO Box 123, Springfield
    rf"\b(?i:p\.?\s?o\.?\s?box|post\s?office\sbox|postfach|psc|unit)\s?\d+(?:\s?,?\s(?i:box)\s\d+)?{_TAIL}",
    # USNS Lopez, FPO AP 12345 and the like
    rf"\b(?:{_CAP}\s){{0,2}}{_CAP}{_GAP}(?:FPO|APO|DPO)\s(?:A[AEP])\s\d{{5}}",
    # Springfield, IL 62704; London SW1A 2AA; 10115 Berlin after a comma
    rf"\b{_CITY}[ ]?,?\s{_STATE},?\s\d{{4,5}}(?:-\d{{4}})?(?!\w)",
    rf"(?:\b{_CITY},?\s)?(?<!\w)(?:{_UK}|{_CANADA})(?!\w)",
)
_ROOM = r"(?i:flat|apartment|apt|suite|ste|studio|unit|room|rm|floor|plot|door|house(?:\sno)?|villa|shop)\.?\s?#?\d{1,5}[A-Za-z]?"
_TOWNS = rf"(?:\s*,\s*{_CITY}|\s*\n\s*{_CITY}(?=\s*[\n,]?\s*{_POSTCODE}(?!\w)))"
_CODED = rf"(?:,?\s{_POSTCODE}(?!\w))?"
_ROOMS = re.compile(
    # Flat 73w, Fuller Mountains, Leeds LS1 4AB
    rf"(?<![\w.-]){_ROOM}\s*,\s*(?:\d{{1,4}}[A-Za-z]?,?\s)?{_CAP}(?:\s{_CAP}){{1,3}}{_TOWNS}{{0,2}}{_CODED}"
    # near 80/285 Parsons Roadside
    rf"|(?:(?<=\bat\s)|(?<=\bnear\s))\d{{2,5}}(?:/\d{{1,5}})?[A-Za-z]?,?\s{_CAP}(?:\s{_CAP}){{1,3}}{_CODED}"
)
_LOOSE_FORMS = (
    # 88 Billy Brace, St. Jon; 52/17, Dugar Chowk, Hubli 444121
    rf"(?<![\w.$€£#/-])\d{{1,5}}(?:/\d{{1,5}})?[A-Za-z]?,?\s{_CAP}(?:\s{_CAP}){{0,3}}(?:{_TOWNS}{{1,3}}{_CODED}|\s*[,\n]\s*{_POSTCODE}(?!\w)(?:\s{_CITY})?)",
    # to 48 Robles Gap
    rf"(?:(?<=\bto\s)|(?<=\bis\s)|(?<=\bfrom\s)|(?<=:\s)|(?<=\A)|(?<=\n))\d{{2,5}}(?:/\d{{1,5}})?[A-Za-z]?,?\s{_CAP}(?:\s{_CAP}){{1,3}}{_CODED}",
)
_LOOSE = re.compile("|".join(f"(?:{form})" for form in _LOOSE_FORMS))
"""Forms that a list of goods may have too; there they count only with a word that no dictionary has."""
_ASKED = re.compile(
    r"(?i)\b(?:post(?:al)?\s?code|zip(?:\scode)?|pin\s?code|city|town|area|region|suburb|district|county|street|house\snumber|address)\b[^?\n]{0,40}\?"
)
_HALF = re.compile(
    rf"(?:\b{_CITY},?\s+)?(?:{_STATE},?\s+)?(?<![\w.$€£#-])(?:{_UK}|{_CANADA}|\d{{5}}(?:-\d{{4}})?|\d{{6}}|\d{{4}}(?:\s?[A-Z]{{2}}|(?=\s*(?:[.,!?\n]|\Z))))(?!\w)(?:,?\s+{_CITY})?"
)
_LOOSE_HALF = re.compile(rf"\b{_CITY},?\s+\d{{4}}(?!\w)|(?<![\w.$€£#-])\d{{4}}\s+{_CITY}")
_MORE = re.compile(
    rf"(?:{_GAP}(?i:{_UNIT}))?(?:{_GAP}(?:{_CITY}(?:{_GAP}{_STATE})?{_GAP}{_POSTCODE}|{_POSTCODE}{_GAP}{_CITY}|{_STATE}{_GAP}{_POSTCODE})"
    rf"|\s{{0,4}}[,\n]\s{{0,4}}{_POSTCODE}|,[ ]{_CITY})(?!\w)"
)
"""What may follow a part that was found, such as a street without its town."""
_UNIT_CUT = re.compile(r"(?i:\b(?:apt|apartment|suite|ste|unit|flat|piso|puerta|piano|appartamento))\.?\Z")
_UNIT_NUMBER = re.compile(r"(?:\s?#?\d{1,5}[A-Za-z]?(?!\w))?")
_ADDRESS = re.compile("|".join(f"(?:{form})" for form in _FORMS))
_CUE = re.compile(
    r"(?i:\b(?:(?:shipping|delivery|billing|home|postal|mailing|street|new|my|our|correct|full|current|old|work|the)\s)*address"
    r"(?:\s(?:is|was|to|should\sbe|on\sfile\sis|as|being|would\sbe))*\s*[:=-]?\s*|\b(?:i|we)(?:\s(?:now|currently))?\s(?:live|moved|are|am\sliving)\s(?:at|to|in)\s)"
    rf"(?P<address>(?=[^\n.?!]{{0,80}}\d)(?:\d|[{_UPPER}])(?:(?!,?\s(?i:but|because|which|since|so|however|please|pls|plz|and\s(?:i|my|it|the|you|we|he|she|they)|i|not)\b)[^\n.?!;]|\.(?!\s|$)){{6,120}})"
)
_PIECE = rf"(?:\d[\w/-]*\.?|{_CAP}|&|'t|de|la|le|du|des|del|della|der|den|van|von|di|da|el|los|las|y|am|im|an|of|the|on|upon|in)"
_SEVERAL = rf"(?:{_PIECE}(?:\s?,\s?|\s)){{1,14}}{_PIECE}"
_SENT = re.compile(
    rf"(?i:\b(?:send|sent|ship|shipped|deliver|delivered|goes|went|going|on\s(?:its|the)\sway|dispatched|dispatch|redirect(?:ed)?|forward(?:ed)?|bring|brought|posted?|driver\s(?:was|is|went)"
    rf"|(?:changed?|updated?|set|corrected)\s(?:it|this|that|the\s\w+(?:\s\w+)?))(?:\s(?:it|them|this|that|everything|the\s\w+))?\s(?:to|at)[ \t]*:?[ \t]+|\b(?:i'm|i’m|i\sam|we're|we\sare|me)\sat\s)"
    rf"(?P<address>(?=[^\n.?!]{{0,60}}\d){_SEVERAL})"
)
_NAMED = re.compile(
    rf"(?P<address>(?=[^\n.?!]{{0,60}}\d){_SEVERAL})(?=(?i:\s(?:as|is|was)\s(?:your|my|our|the|his|her)\s(?:\w+\s)?address))"
)
_STREET = re.compile(rf"\d\w{{0,12}},?\s{{1,4}}(?:[^\W\d]{{1,40}}\s)?{_CAP}|{_CAP},?\s{{1,4}}\d")
_WORTH_A_LOOK = re.compile(
    r"\d|\b(?:rue|avenue|boulevard|chemin|impasse|all[ée]e|quai)\s|(?i:\b(?:live|moved|living)\s)"
)


def addresses(text: str, is_half_due: bool = False) -> list[tuple[int, int]]:
    """Where postal addresses stand in `text`, each with whatever of unit, city and postcode follows the street.

    Where half of one is due, because somebody asked for it, a town with a postcode is one as well.
    """
    if not _WORTH_A_LOOK.search(text):
        return []
    found = [match.span() for match in _ADDRESS.finditer(text)]
    found += [match.span() for match in _ROOMS.finditer(text)]
    found += [match.span() for match in _LOOSE.finditer(text) if _has_stranger(match[0])]
    if is_half_due:
        found += [match.span() for match in _HALF.finditer(text)]
        found += [match.span() for match in _LOOSE_HALF.finditer(text)]
    for cue in (_CUE, _SENT, _NAMED) if "address" in text.lower() else (_CUE, _SENT):
        found += [match.span("address") for match in cue.finditer(text) if _has_street(match["address"])]
    return joined((start, _extended(text, end)) for start, end in found)


def asks_for_place(text: str) -> bool:
    """Whether somebody asks for a town, a street or a code."""
    return _ASKED.search(text) is not None


def _extended(text: str, end: int) -> int:
    """Where what follows an address ends that belongs to it."""
    end = len(text[:end].rstrip())
    if _UNIT_CUT.search(text, max(0, end - 16), end):
        end = _UNIT_NUMBER.match(text, end).end()  # type: ignore[union-attr]  # it may be empty
    more = _MORE.match(text, end)
    return more.end() if more else end


def _has_stranger(text: str) -> bool:
    """Whether one of its words is a given name or in no dictionary: a street or town, not a list of goods."""
    return any(word in GIVEN_NAMES or not is_everyday(word) for word in re.findall(r"[^\W\d_]{3,}", text.lower()))


def _has_street(text: str) -> bool:
    """Whether words stand beside a number: a date, a number of an order or a mere place is no address."""
    return _STREET.search(text) is not None


def joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order; those that overlap become one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
