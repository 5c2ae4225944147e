"""Question form: whether a message asks for a yes or a no, and which field of a product record a question is about."""

from __future__ import annotations

import re

_AUXILIARIES = [
    "is",
    "are",
    "was",
    "were",
    "am",
    "do",
    "does",
    "did",
    "can",
    "could",
    "will",
    "would",
    "has",
    "have",
    "had",
    "may",
    "might",
    "must",
    "should",
    "shall",
    "isn't",
    "aren't",
    "wasn't",
    "weren't",
    "don't",
    "doesn't",
    "didn't",
    "can't",
    "couldn't",
    "won't",
    "wouldn't",
    "hasn't",
    "haven't",
    "shouldn't",
]
_QUESTION_WORDS = [
    "what",
    "which",
    "who",
    "whom",
    "whose",
    "when",
    "where",
    "why",
    "how",
    "what's",
    "who's",
    "where's",
    "how's",
]
_LEAD_INS = [
    "ok",
    "okay",
    "so",
    "and",
    "but",
    "also",
    "hi",
    "hello",
    "hey",
    "hm",
    "hmm",
    "ah",
    "oh",
    "well",
    "great",
    "nice",
    "cool",
    "good",
    "then",
    "now",
    "sorry",
    "please",
    "thanks",
    "cheers",
    "sure",
    "or",
    "just",
    "btw",
    "actually",
    "yes",
    "no",
    "yeah",
]
"""Words that may stand before the question proper."""
_CLAUSE = re.compile(r"[.?!,;:\n]+|\s-+\s|\b(?:and|but|or|so)\b")
_PIECE = re.compile(
    r"(?P<lead>(?:(?:and|but|or|so)\s+)?)(?P<clause>\S.*?)(?P<sign>[.?!,;:]+(?=\s|$)|\s-+(?=\s)|(?=\s+(?:and(?! tired\b)|but|or|so)\b)|(?=\n)|$)",
    re.IGNORECASE,
)
"""A clause with the conjunction before it and the sign behind it; the dot in "$3.50" or an address ends none."""
_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)?")
_TAG = re.compile(r"\b(?:right|correct|yes|yeah|no|isn't it|doesn't it|don't you|can i)\s*\?", re.IGNORECASE)
_ALTERNATIVE = re.compile(r"\bor\b(?! not\b| is that\b| anything\b| something\b)")
_REDUCED = (
    r"\bon (?:sale|offer|discount)\b"
    r"|\b(?:is|are|it'?s|this|that|one) (?:\w+ ){0,2}(?:reduced|discounted|marked down)(?=\W*$| (?:right |at )?(?:now|today|the moment)\b)"
)
_SALE = r"(?:sale|offer|deal|discount|promo(?:tion)?|reduction|(?:sale|special|reduced|lower|low|this|that|current) price)(?! (?:code|voucher|coupon))"
_ENDS = r"(?:end(?:s|ing)?|over|finish\w*|stop\w*|expires?|run(?:s|ning)?|lasts?|valid|holds?|good|stays?)"
_SALE_END = (
    r"(?!.*\b(?:return\w*|refund\w*|exchang\w*|cancel\w*|deliver\w*|arriv\w*|start\w*|begins?|next|gift cards?|vouchers?)\b)"
    rf".*\b(?:(?:until|till|til) when\b.*\b(?:{_SALE}|price|reduced|discounted)\b"
    rf"|(?:when|what (?:day|date)|which day|how (?:much )?long(?:er)?)\b.*\b{_SALE}\b.*\b{_ENDS}\b"
    r"|how (?:much )?long(?:er)?\b.*\b(?:reduced|discounted|on (?:sale|offer)|at (?:this|that) price)\b"
    rf"|when\b.*\b(?:ends?|over)\b.*\b{_SALE}\b"
    r"|when\b.*\b(?:go|goes|going|be|back)\b.*\b(?:back up|(?:full|normal|regular|old|original|usual) price)\b)"
)
_FIELDS = {
    "sale_end": rf"\A{_SALE_END}",
    "quantity": r"\bhow many\b.*\b(?:left|in stock|(?:do|have) (?:you|u))\b|\bhow many (?:of \w+ |(?:\w+ )?ones )?are\b|\bare \d+\b.*\bin stock\b",
    "restock": r"\bwhen\b.*\b(?:back|available|in stock|again)\b",
    "stock": r"\b(?:in stock|availability|sold out|still have|still there)\b|\bavailable(?=\W*$|\W+(?:now|today|again|right|at|yet|still|online|and|or|but)\b)",
    "price": rf"\b(?:costs?|price[ds]?|how much (?:is|are|for)|expensive|cheaper|total)\b|\bis (?:it|this|that) free\b|{_REDUCED}",
    "colors": r"\bcolou?rs?\b",
    "sizes": r"\bsizes\b|\b(?:which|what|other|another|smaller|smallest|bigger|biggest|larger|largest) size\b",
    "rating": r"\b(?:rated|ratings?|reviews?|any good(?! (?:in|for|at|on|with|against|if|when)\b))\b|\b(?:customers?|others|people|buyers)\b.*\b(?:say|think|like)\b",
}
"""What a question about each field is like; the first that fits counts."""
_HOW = re.compile(
    r"\bhow (?!(?:about|come|do|does|did|can|could|is|are|will|would|soon|often)\b|much (?:is|are|for|would|do|does)\b(?!.*\b(?:weigh|hold|measure)))\w+"
)
_TROUBLE = re.compile(
    r"\b(?:broken?|smash\w*|shatter\w*|spill\w*|damaged?|faulty|defective|missing|leak\w*|crack\w*|scratch\w*|stained|torn|ripped|dead|(?<!too )late|lost"
    r"|wrong (?:item|size|color|one|product)|stopped working|does ?n[o']t work|not work\w*|never (?:came|arrived)|complain\w*)\b",
    re.IGNORECASE,
)
_HAPPENED = re.compile(
    r"\b(?:arrived?|came|got|is|it's|was|are|were|been|has|have|my|mine|stopped|broke)\b", re.IGNORECASE
)
_CASE = re.compile(r"\b(?:if|in case|when)\b", re.IGNORECASE)
_ANGER = re.compile(
    r"\b(?:ridiculous|unacceptable|outrageous|disgrace(?:ful)?|shambles|furious|livid|fed up"
    r"|sick (?:and tired )?of (?:this|waiting|you|asking)|(?:what a joke|joke of a)"
    r"|worst (?:shop|store|service|company|experience)|(?:terrible|horrible|awful|appalling|shocking|great) (?:customer )?service[.!]*$"
    r"|rip[- ]?off|scam(?:mers)?|liars?|useless (?:bot|shop|answer|service)"
    r"|(?:second|third|fourth|fifth|[2-9](?:nd|rd|th)|tenth|last|hundredth) time (?:i|we) (?:\w+ )?(?:ask|wr[io]te|call|mail|message|contact|say|tell)\w*"
    r"|(?:nobody|no ?one) (?:has |ever |even |there )*(?:answer|pick|call|repl|respond|bother)\w*)(?!\w)",
    re.IGNORECASE,
)
"""Forms of anger; few of the messages of the corpus have one."""
_GREETING = re.compile(r"\s*(?:hello|hi|hiya|hey|good (?:morning|afternoon|evening|day)|greetings)\b", re.IGNORECASE)


_HAVING = re.compile(
    r"\b(?:(?:do|would|does) (?:you|u|ya|the shop) (?:\w+ )?(?:have|sell|stock|carry|do|make)|have (?:you|u)\b|(?:is|are) there\b"
    r"|(?:you|u|ya) (?:got|have|sell)\b|got (?:any|some|a|an)\b)",
    re.IGNORECASE,
)


def asks_whether_sold(message: str) -> bool:
    """Whether a message asks if the shop has something, which a yes answers as soon as it does: "do you have tents?"."""
    return bool(_HAVING.search(message)) and not any(
        _opening(clause) in _QUESTION_WORDS for clause in _CLAUSE.split(message.casefold())
    )


def asks_yes_no(message: str, question: str) -> bool:
    """Whether `question`, as a plan puts what `message` asks, is to be answered with yes or no.

    A fragment ("balcony?") is what its plan makes of it; a message with a question word and no verb first asks for more than yes.
    """
    asked = question.casefold()
    words = _opening(asked)
    if not words or words not in _AUXILIARIES or _ALTERNATIVE.search(asked):
        return False
    openings = [_opening(clause) for clause in _CLAUSE.split(message.casefold())]
    if _TAG.search(message) or any(word in _AUXILIARIES for word in openings):
        return True
    return not any(word in _QUESTION_WORDS for word in openings)


def asks_whether_reduced(message: str) -> bool:
    """Whether a message asks if something is on sale, and not what or how much."""
    said = message.casefold().replace("’", "'")
    is_open = any(_opening(clause) in _QUESTION_WORDS for clause in _CLAUSE.split(said))
    return bool(re.search(_REDUCED, said)) and not is_open


def asks_for_value(message: str) -> bool:
    """Whether a message asks how long, how heavy, how many of something a thing is or has, and for no field of the record: no question for an option."""
    return bool(_HOW.search(message.casefold())) and not asked_fields(message)


def asked_field(question: str) -> str:
    """The field of a product's own record that a question is about: one of the keys of the table above, or ""."""
    return next(iter(asked_fields(question)), "")


def asked_fields(question: str) -> tuple[str, ...]:
    """All fields of a product's own record that a question is about, "what's the biggest size and what does it cost"."""
    asked = question.casefold()
    return tuple(field for field, form in _FIELDS.items() if re.search(form, asked))


def reports_trouble(message: str) -> bool:
    """Whether the customer says that something went wrong with what they have bought; "what if it's late" does not."""
    found = _TROUBLE.search(message)
    return found is not None and bool(_HAPPENED.search(message)) and not _CASE.search(message[: found.start()])


def sounds_angry(message: str) -> bool:
    """Whether the customer says in so many words that they have had enough, or that nobody answers them."""
    return bool(_ANGER.search(message))


def without_anger(message: str) -> str:
    """Return the message without the clauses that only say how angry the customer is; all of it if nothing would be left.

    What stays is kept as written. A clause that loses what followed it without a sign takes the sign of that: "it is late and you are
    liars, help" becomes "it is late, help".
    """
    kept: list[str] = []
    is_unsigned = False
    for piece in _PIECE.finditer(message):
        lead, clause, sign = piece.groups()
        if not _ANGER.search(clause):
            kept.append(f"{lead if kept else ''}{clause}{sign}")
            is_unsigned = not sign
        elif kept and is_unsigned:
            kept[-1] += sign
            is_unsigned = not sign
    return " ".join(kept).rstrip(" ,;:-") or message


def greets(message: str) -> bool:
    """Whether a message begins with a greeting."""
    return bool(_GREETING.match(message))


def _opening(clause: str) -> str:
    """The first word of a clause that is no lead-in, or ""."""
    words = (word.replace("’", "'") for word in _WORD.findall(clause))
    return next((word for word in words if word not in _LEAD_INS), "")
