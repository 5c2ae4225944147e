"""Words of strangers: what the public writes under products is told to others, so it may promise nothing and lead nowhere."""

from __future__ import annotations

import re

_LEADS_AWAY = re.compile(
    r"https?:|\bwww\.|\S@\w|\b[a-z0-9-]+\.(?-i:com|net|org|info|biz|shop|store|example|io|co|me|ly|de|fr|es|it|eu|uk|COM|NET|ORG)\b"
    r"|\+?\d[\d\s()./-]{7,}\d|\b(?:call|text|whats ?app|telegram|message)\b[^.!?]{0,20}\d{3}",
    re.IGNORECASE,
)
"""Links, addresses and telephone numbers."""
_PROMISES = re.compile(
    r"\b(?:refunds?|refunded|reimburse\w*|discounts?|coupons?|vouchers?|promo(?:tion)?(?:al)? codes?|cash ?back|compensation|gift cards?)\b"
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


def is_quotable(text: str) -> bool:
    """Whether a review may be quoted in the assistant's replies."""
    return not any(pattern.search(text) for pattern in (_LEADS_AWAY, _PROMISES, _SPEAKS_FOR_OTHERS))
