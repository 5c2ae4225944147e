"""Promises: acts that a reply says were done, are being done or will be done.

Nothing is written to an order, a cart or a letter in a turn of dialogue, so every one of them is wrong. Shares nothing with the check.
"""

from __future__ import annotations

import re

_ACT = (
    "cancel|refund|reimburse|replace|exchange|escalate|forward|process|initiate|issue|submit|update|change|arrange|send|email|e-mail|mail|"
    "dispatch|ship|reserve|book|add|remove|delete|apply|credit|notify|contact|inform|open|file|log|register|order|reorder|set aside|hold|"
    "pass|note|place|put|call|ring|swap|extend|waive|check|look into|arrange for|make sure|ensure|let|keep|follow up|get back|remind|report|"
    "sort|deliver|confirm|schedule|activate|upgrade|subscribe|unsubscribe|charge|return"
)
_DONE = (
    "cancell?ed|refunded|reimbursed|replaced|exchanged|escalated|forwarded|processed|initiated|issued|submitted|updated|changed|arranged|"
    "sent|e-?mailed|mailed|dispatched|shipped|reserved|booked|added|removed|deleted|applied|credited|notified|contacted|informed|opened|"
    "filed|logged|registered|ordered|placed|put|set aside|held|passed|noted|swapped|extended|waived|checked|looked into|asked|reported|"
    "sorted|scheduled|activated|confirmed|upgraded|charged"
)
_WHO = r"(?:I|we|our team|the team|someone|somebody|a colleague|my colleagues?|the workshop|the warehouse)"
_CLAIMS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_WHO}(?:'ve| have|'s| has) (?:now |just |already |also |gone ahead and )?(?:{_DONE})\b",
        rf"\b(?:I|we) (?:just|already|now|went ahead and) (?:{_DONE})\b",
        rf"(?:^|[,;.] )(?:I|we) (?:{_DONE})\b(?! (?:by|with|in) )",
        rf"\b{_WHO}(?:'ll| will| shall| can promise to|(?:'m|'re| am| are| is) (?:going|about) to)(?: now| also| then| gladly| happily| just)? (?:{_ACT})\b",
        r"\bI(?:'m| am) (?:now |just |already )?(?:cancelling|canceling|refunding|sending|adding|processing|forwarding|booking|reserving|updating|changing|checking|arranging|ordering|placing|contacting|escalating)\b",
        rf"\b(?:refund|replacement|request|return|exchange|address|ticket|complaint|payment|voucher|code|label|confirmation|item|reservation)s?"
        rf" (?:has been|have been|is being|was just|is now|will be|has now been) (?:\w+ly )?(?:{_DONE})\b",
        rf"\b(?:it|that|they|these|both|everything|your order|the order|order [\ue000-\uf8ff\w-]+|[\ue000-\uf8ff]) (?:has|have)(?: now| already| just)? been (?:{_DONE})\b",
        r"\b(?:is|are|'s|'re) (?:now |already |both )?in your (?:cart|basket|bag)\b",
        r"\badded (?:it |them |both )?to your (?:cart|basket|bag|order|list)\b",
        r"\byou(?:'ll| will)(?: soon| shortly| then| also)? (?:receive|hear (?:back|from)|get (?:it|your|a|an|the) (?:refund|money|e-?mail|confirmation|replacement|voucher|label|code|discount|call)|be (?:contacted|refunded|notified|called|e-?mailed|credited))\b",
        r"\b(?:refund|replacement|new one|money|voucher|label) (?:is|will be) (?:\w+ )?(?:on (?:its|the) way|with you|coming)\b",
        r"\b(?:rest assured|consider it done|I promise|we promise|I guarantee|we guarantee|you have my word|all taken care of|taken care of that|all set for you)\b",
        r"^(?:done|sorted|booked|ordered|cancell?ed|added|reserved|sent|noted and passed on)\b\s*[.!,:;-]",
    )
)
_HOW = re.compile(r"\b(?:button|press|click|tap|choose|use)\b", re.IGNORECASE)
"""Says how the customer does it."""
_CONDITION = re.compile(r"\b(?:if|unless|whether|once|when|as soon as|before|until)\b[^,.;!?]*", re.IGNORECASE)


def promises(sentence: str) -> list[str]:
    """The words of `sentence` that claim an act; none under a condition."""
    if _HOW.search(sentence):
        return []
    said = _CONDITION.sub(" ", sentence)
    return [found[0].strip() for pattern in _CLAIMS if (found := pattern.search(said))]
