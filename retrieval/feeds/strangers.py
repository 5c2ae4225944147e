"""Words of strangers: a review that promises or leads away is not told to others, and a name that holds a sentence is told in quotation marks."""

from __future__ import annotations

import re

_LEADS_AWAY = re.compile(
    r"https?:|\bwww\.|\S@\w|\b[a-z0-9-]+\.(?-i:com|net|org|info|biz|shop|store|example|io|co|me|ly|de|fr|es|it|eu|uk|COM|NET|ORG)\b"
    r"|\b(?:call|text|whats ?app|telegram|message)\b[^.!?]{0,20}\d{3}",
    re.IGNORECASE,
)
"""Links, addresses and numbers to call."""
_NUMBER = re.compile(r"\+?\d[\d\s()./-]{7,}\d")
"""A telephone number; in a name it may as well be a size or the code of a parcel."""
_OFFERS = re.compile(
    r"\b(?:discounts?|coupons?|vouchers?|promo(?:tion)?(?:al)? codes?|cash ?back|compensation|gift cards?)\b",
    re.IGNORECASE,
)
"""What only the shop may offer; a shop may also sell it, as gift cards."""
_PROMISES = re.compile(
    r"\b(?:refunds?|refunded|reimburse\w*)\b"
    r"|\byour (?:orders?|account|payment|parcel|card|money)\b|\byou(?:'re| are) (?:entitled|eligible)\b"
    r"|\b(?:price|costs?|now|only|just)\b[^.!?]{0,20}[$€£¥]\s*\d",
    re.IGNORECASE,
)
"""What only the shop may say: money back, prices, and what happens with an order."""
_SPEAKS_FOR_OTHERS = re.compile(
    r"(?:^|[.!?\n]\s*)(?:assistant|system|user|customer|support|customer service|admin(?:istrator)?|moderator|bot|ai|the shop)\s*:"
    r"|\b(?:ignore|disregard|forget|override)\b[^.!?]{0,40}\b(?:instructions?|prompts?|rules?|polic(?:y|ies)|previous)\b",
    re.IGNORECASE,
)
"""Text that is put in somebody's mouth, or speaks to whoever reads it out."""
_ARTICLE = re.compile(r"\W?(?:an?|the)\s", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<!\w)(\w*)[.!?…。！？]+[\"'”’)\]]*(?=\s|$)")
"""The end of a sentence with the word before it, or a full stop that is none."""
_ABBREVIATIONS = frozenset(
    [
        "dr",
        "mr",
        "mrs",
        "ms",
        "st",
        "ste",
        "mt",
        "ft",
        "no",
        "nos",
        "nr",
        "vol",
        "vols",
        "vs",
        "inc",
        "co",
        "corp",
        "ltd",
        "bros",
        "jr",
        "sr",
        "prof",
        "capt",
        "approx",
        "ca",
        "incl",
        "excl",
        "max",
        "min",
        "cm",
        "mm",
        "in",
        "oz",
        "lb",
        "lbs",
        "qt",
        "pt",
        "gal",
        "pc",
        "pcs",
        "pk",
        "pkt",
        "ed",
        "edn",
        "fl",
        "art",
        "ref",
        "ser",
        "gen",
        "dept",
        "asst",
        "assoc",
        "etc",
        "orig",
        "ave",
        "blvd",
        "rd",
        "tel",
        "fig",
        "pp",
        "bl",
        "tbsp",
        "tsp",
    ]
)
_INNER_MARKS = str.maketrans({"“": "’", "”": "’", "„": "’", "«": "’", "»": "’", '"': "″"})


def is_quotable(text: str) -> bool:
    """Whether a review may be quoted in the assistant's replies."""
    return not any(pattern.search(text) for pattern in (_LEADS_AWAY, _NUMBER, _OFFERS, _PROMISES, _SPEAKS_FOR_OTHERS))


def as_name(title: str) -> str:
    """`title` as a sentence names it: in quotation marks if it could be heard as the assistant's own words.

    That is a title with the end of a sentence, a link or a promise in it. Whoever writes the titles of a shop, a seller of a market
    among them, speaks as a title does.
    """
    is_told = _holds_sentence(title) or any(
        pattern.search(title) for pattern in (_LEADS_AWAY, _PROMISES, _SPEAKS_FOR_OTHERS)
    )
    return f"“{title.translate(_INNER_MARKS)}”" if is_told else title


def with_article(name: str) -> str:
    """Return `name` with "the" in front, unless it begins with an article itself: "the Hand Trowel", "A Garden in 12 Weekends"."""
    return name if _ARTICLE.match(name) else f"the {name}"


def _holds_sentence(title: str) -> bool:
    """Whether a full stop, a question mark or an exclamation mark ends a sentence, and not an abbreviation or an initial."""
    words = [found[1].casefold() for found in _SENTENCE_END.finditer(title)]
    return any(word not in _ABBREVIATIONS and not (len(word) == 1 and word.isalpha()) for word in words)
