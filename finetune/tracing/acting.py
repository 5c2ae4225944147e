"""Acting: whether a sentence says that somebody does, did, will do or can do something for the customer.

People who answer for a shop say "we will start an investigation", for they do. Aisle looks up and proposes, and does nothing else; the
claims checker refuses the commonest promises in live replies, and training is stricter, because what is learned is said again and again.
"""

from __future__ import annotations

import re

_WHO = (
    r"(?:I|we|they|someone|somebody|(?:the|our|my) (?:\w+ )?(?:teams?|colleagues?|managers?|specialists?|agents?|couriers?|departments?|executives?)"
    r"|an? (?:\w+ )?(?:colleague|manager|specialist|agent|executive|supervisor|representative))"
)
_ADVERBS = (
    r"(?:\s+(?:now|also|then|just|already|currently|still|gladly|certainly|definitely|personally|only|be|\w+ly))*"
)
_HARMLESS = (
    r"(?:happy|glad|pleased|delighted|here|sorry|able|unable|afraid|sure|see|say|tell|show|look forward|recommend|suggest|pick|choose"
    r"|take|go|start|stay|stick|lean|understand|apologi[sz]e|mean|know|think|help|assist|answer|compare|like|love|want|ask|try|do without)\b"
)
_PARTICIPLE = r"(?:\w+ed|sent|found|made|given|taken|done|spoken|put|seen|begun|got|told|gone|been)\b"
_DOING = (
    r"(?:arrange|offer|initiate|expedite|provide|request|attempt|change|process|issue|send|contact|escalate|refund|replace|give|extend|waive|apply"
    r"|cancel|update|check|look into|investigate|ship|reserve|credit|transfer|connect|forward|submit|file|raise|register|schedule|confirm|verify|review"
    r"|share|track|book|create|open|resolve|fix|ensure|guarantee|assure|compensate|reimburse|prioriti[sz]e|reopen|redirect|place|add|remove)\b"
)
_MATTER = r"(?:refund|return|replacement|request|payment|case|issue|ticket|complaint|investigation|claim|report|package|parcel|pickup|details)s?"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_WHO}(?:'ll|\s+will|\s+shall|(?:'m|'re|\s+am|\s+are|\s+is)\s+(?:going|about)\s+to){_ADVERBS}\s+(?!{_HARMLESS})\w+",
        rf"\b{_WHO}(?:'m|'re|\s+am|\s+are|\s+is){_ADVERBS}\s+(?!looking forward|hoping|going\b|missing|being\b)\w+ing\b",
        rf"\b{_WHO}(?:'ve|\s+have|\s+has|\s+had){_ADVERBS}\s+{_PARTICIPLE}",
        rf"\b{_WHO}{_ADVERBS}\s+(?:checked|found(?!\s+(?:no|none|nothing)\b)|sent|made|took|spoke|escalated|forwarded|processed|initiated|reviewed|noted|contacted|arranged|updated)\b",
        rf"\b(?:and|,|to)\s+(?:will|then)\s+(?!{_HARMLESS}){_DOING}",
        rf"\band will do\b|\b{_WHO}\s+(?:can|could|may|might|would){_ADVERBS}\s+{_DOING}",
        rf"\b{_MATTER}\s+(?:was|were|is|are|has been|have been|is being|will be)(?:\s+\w+ly)?\s+{_PARTICIPLE}",
        r"\byou(?:'ll|\s+will|\s+can|\s+should)\s+(?:\w+ly\s+)?(?:expect|receive|hear|get\s+(?:a|an|your)\s+(?:refund|call|e-?mail|replacement|confirmation))\b",
        r"\b(?:rest assured|bear with|in the meantime|as soon as possible|at the earliest|work(?:ing)? on (?:it|this|your))\b",
    )
)


def claims_act(sentence: str) -> bool:
    """Whether `sentence` claims, promises or offers an act; questions promise by what they offer too."""
    return any(pattern.search(sentence) for pattern in _PATTERNS)
