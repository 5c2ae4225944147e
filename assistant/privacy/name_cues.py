"""Cues of names: what people write around a name when they introduce, greet, sign for or speak of somebody."""

from __future__ import annotations

import re

_UPPER = "".join(chr(code) for code in (*range(0x41, 0x250), *range(0x1E00, 0x1F00)) if chr(code).isupper())
_PARTICLE = r"(?:van|von|der|den|de|del|della|di|da|dos|la|le|bin|ibn|al|el|ten|ter|zu|y)"
_CAP = rf"(?:[{_UPPER}]['’])?[{_UPPER}](?:[\w’]|'(?!s\b)|-(?=[{_UPPER}]))+(?:(?<=-[{_UPPER}])\.(?=[ \t]))?"
_INITIAL = rf"(?:[{_UPPER}]\.(?:-[{_UPPER}](?:\w+|\.))?|[{_UPPER}])(?=\s)"
_REST = rf"(?:[ \t]+(?:(?:{_PARTICLE}[ \t]+){{1,2}}{_CAP}|{_INITIAL}|{_CAP}))"
TITLE = r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof)\.?"
_NAME = rf"(?:(?:{TITLE}[ \t]+)?(?:{_CAP}|{_INITIAL}(?=[ \t]+[{_UPPER}])){_REST}{{0,4}})"
_LOWER = r"[^\W\d_]{2,}(?:['’-][^\W\d_]+)?(?:[ \t]+[^\W\d_]{2,}(?:['’-][^\W\d_]+)?){0,2}"
_END = r"(?=\s*(?:[,.;!?)\n]|$|and\b|from\b|here\b|with\b|i\b|but\b|my\b))"

_STRONG = re.compile(
    rf"""(?i:\b(?:my\s(?:full\s|first\s|last\s|sur)?name(?:\sis|'s|’s|\swas)?|(?:full\s|first\s|last\s|sur|account\s|customer\s|billing\s|recipient(?:'s)?\s|card\s?holder(?:'s)?\s)?name(?:\son\s(?:it|the\s\w+(?:\s\w+)?))?(?:\s(?:is|was)|'s|’s)?
        |call\sme|they\scall\sme|i'm\scalled|i\sam\scalled|goe?s?\sby|(?:in|under|on|to)\sthe\sname(?:\sof)?|card\s?holder|account\s(?:holder|owner)|recipient|receiver|consignee|contact(?:\sperson)?|addressee|addressed\sto|registered\s(?:to|in|under|as)|billed\sto|attn|attention|c/o|signed\sfor\sby|signed\sby|received\sby|on\sbehalf\sof|care\sof))
        [ \t]*(?:(?i:is|was|would\sbe)\s+)?[ \t]*[:=-]?[ \t]*["“']?(?P<name>{_NAME})""",
    re.X,
)
_STRONG_LOWER = re.compile(
    rf"\b(?i:my name is|my name's|my name’s|name is|name:|call me|in the name of|under the name(?: of)?)[ \t]+(?P<name>{_LOWER}){_END}"
)
_SELF = re.compile(
    rf"""(?i:\b(?:i'm|i’m|im|i\sam|this\sis|it's|it’s|its|it\sis|that's|that\sis|here\sis|speaking\s(?:with|to)|(?:chatting|talking|connected)\s(?:with|to)|spoke\s(?:with|to)|talked\s(?:with|to)
        |dealt\swith|helped\sby|served\sby|assisted\sby|spoken\s(?:with|to)|heard\sfrom|written\sto|a\sguy\scalled|someone\s(?:called|named)|named|called))[ \t]+(?P<name>{_NAME})""",
    re.X,
)
_HELLO = re.compile(
    rf"(?i:\b(?:hi+|hello|hey+|hiya|howdy|dear|(?:good\s)?(?:morning|afternoon|evening|day))(?:\s(?:again|there))?)[ \t]*[,!]?[ \t]*(?P<name>{_NAME})(?=\s*(?:[,.!?:;)\n–-]|$))"
)
_GREETING = re.compile(
    rf"""(?i:\b(?:hi+|hello|hey+|hiya|howdy|dear|good\s(?:morning|afternoon|evening|day)|greetings|welcome(?:\sback)?|thanks(?:\s(?:again|so\smuch|a\slot|a\sbunch|very\smuch))?|thank\syou(?:\s(?:so\smuch|very\smuch|again|kindly))?|thx|ty|cheers|ta|sorry(?:\sabout\sthat)?|apologies|bye|goodbye|take\scare|good\sday))
        [ \t]*[,!]?[ \t]*(?P<name>{_NAME})(?=\s*(?:[,.!?:;)\n–-]|$|\b[a-z]))""",
    re.X,
)
_GREETING_LOWER = re.compile(
    r"(?i:\b(?:hi+|hello|hey+|hiya|dear|thanks|thank you|cheers|thx|morning|afternoon|evening))[ \t]*,?[ \t]+(?P<name>[^\W\d_]{3,})(?=\s*(?:[,!]|\n|$))"
)
_VOCATIVE = re.compile(
    rf"(?i:(?:^|[.!?]\s+|\n)(?:yes|no|sure|ok|okay|all right|great|perfect|of course|certainly|absolutely|no problem|no worries|you're welcome|you’re welcome|my pleasure|nice to meet you|understood|got it|alright|lovely|brilliant|wonderful|excellent|fantastic|right|well|i understand|i see|one moment|bear with me|please wait|not at all|that's great|sounds good|happy to help|glad to help|my apologies|don't worry|do not worry|i'm sorry|i am sorry|have a (?:good|great|nice|lovely) (?:day|one|weekend|evening)))[ \t]*,[ \t]*(?P<name>{_NAME})(?=\s*(?:[,.!?\n–-]|$))"
)
_SIGN_OFF = re.compile(
    rf"""(?i:\b(?:regards|best(?:\swishes)?|wishes|many\sthanks|thanks(?:\s(?:again|in\sadvance|so\smuch))?|thank\syou|cheers|sincerely|truly|faithfully|respectfully|love|take\scare|all\sthe\sbest|yours|cordially|warmly|greetings|xx|ta))
        [ \t]*[,.!–-]*\s*(?P<name>{_NAME})(?=[ \t]*[.,!x]*[ \t]*(?:\n|$)|[ \t]+(?:at|from)\b)""",
    re.X,
)
_LAST_LINE = re.compile(
    rf"(?:\n[ \t]*(?:[-–—~*]+[ \t]*)?|(?<=[.!?])[ \t]+[-–—~]+[ \t]*)(?P<name>{_NAME})[ \t]*[.!]?[ \t]*(?:\n|\Z)"
)
_FIRST_LINE = re.compile(rf"\A[ \t]*(?P<name>{_NAME})[ \t]*[,:][ \t]*\n")
_TITLED = re.compile(
    rf"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Herr|Frau|Madame|Monsieur|Señor|Señora|Signor|Signora)\b\.?[ \t]+(?P<name>{_CAP}{_REST}{{0,3}})"
)
_HERE = re.compile(
    rf"(?:^|[.!?\n]\s*)(?P<name>{_NAME})(?i:[ \t]+(?:here|speaking|calling|is\s(?:my|the)\s(?:full\s)?name))\b|\b(?i:it's|its|it’s)[ \t]+(?P<again>{_NAME})[ \t]+(?i:again|here)\b"
)
_RELATION = re.compile(
    rf"""(?i:\b(?:husband|wife|spouse|son|daughter|mother|father|mum|mom|dad|brother|sister|partner|friend|colleague|boss|neighbou?r|girlfriend|boyfriend|fianc[ée]e?|aunt|auntie|uncle|cousin|nephew|niece|grandson|granddaughter|grandma|grandpa|grandmother|grandfather|roommate|flatmate|housemate|landlord|secretary
        |agent|rep|representative|advis[eo]r|driver|courier|technician|teammate|manager|supervisor|assistant|receptionist|concierge|postman|lady|gentleman|guy|man|woman|person|customer|buyer))[ \t]*(?:,|is|named|called|\()?[ \t]*(?P<name>{_NAME})""",
    re.X,
)
_VERB = re.compile(
    rf"""(?i:\b(?:ask(?:ed)?(?:\sfor)?|tell|told|inform|met|emailed|phoned|called|texted|messaged|cc'?d|cc|let|gift\sfor|present\sfor|(?:parcel|package|order|delivery|letter|surprise|one|it|this|them|birthday|ordered|bought|address(?:ed)?|made\sout)\s(?:is\s|was\s|goes\s|out\s)?(?:for|to|by)
        |belongs\sto|sent\s(?:it\s)?to|send\s(?:it\s)?to|deliver(?:ed)?\s(?:it\s)?to|ship(?:ped)?\s(?:it\s)?to|left\swith|hand(?:ed)?\s(?:it\s)?to|according\sto|paid\sby|placed\sby|ordered\sby|signed\s(?:for\s)?(?:by|as)))[ \t]+(?P<name>{_NAME})""",
    re.X,
)
_ADDRESSED = re.compile(
    rf"(?i:\b(?:you|your|yours|thanks?|sorry|please|welcome|day|weekend|evening|moment|course|problem|worries|help|pleasure)\b[^.!?\n]{{0,40}}),[ \t]*(?P<name>{_NAME})(?=[ \t]*[.!?](?:\s|$))",
    re.M,
)
_SIGNED = re.compile(
    rf"^[ \t]*(?P<name>{_NAME})[ \t]*(?:,|[|/–—-][ \t]*(?=[{_UPPER}]))[ \t]*(?i:(?:the\s)?(?:customer|client|support|service|sales|help|returns|care|team|store|shop|manager|your))\b",
    re.M,
)
_TOGETHER = re.compile(rf"(?P<name>{_NAME})(?=[ \t]+and[ \t]+(?:I|me|myself|my)\b)")
_UNDER = re.compile(
    rf"(?i:\b(?:be|is|it's|it’s|booked|order|orders|placed|filed|listed|saved|look|try)[ \t]+under)[ \t]+(?P<name>{_NAME})(?=[ \t]*(?:[.,!?;)\n]|$))"
)
_SUBJECT = re.compile(
    rf"(?P<name>{_NAME})(?=[ \t]+(?i:from\s(?:your|our|the|customer|support)|said|says|told|wants?|wanted|asked|asks|called|placed|ordered|bought|paid|signed|wrote|writes|knows|knew|likes|loves|lives|thinks|needs|may|will|would|can|could|promised|confirmed|mentioned|helped|explained|recommended|replied|answered|assured|picked|collected|received)\b)"
)
_POSSESSIVE = re.compile(
    rf"(?<![\w{_UPPER}])(?P<name>{_CAP})['’]s[ \t]+(?i:order|account|parcel|package|birthday|address|name|card|phone|number|email|house|delivery|reply|message|present|gift|wedding|purchase|refund|profile)\b"
)
PAIR = re.compile(
    rf"(?<![\w@/.-])(?P<name>{_CAP}(?:[ \t]+{_INITIAL})?(?:[ \t]+{_PARTICLE}){{0,2}}[ \t]+{_CAP}(?:[ \t]+{_CAP})?)(?![\w@])"
)
_CELL = re.compile(
    rf"(?im)^[ \t]*(?:name|full name|customer|contact|from|to|recipient|ship to|deliver to|shipping to|billing|sender|cardholder)[ \t]*[:=|-][ \t]*(?-i:(?P<name>{_NAME}))"
)

CLOSING = (
    r"(?i:regards|wishes|sincerely|truly|faithfully|cheers|thanks|advance|greetings|love|best|care|week|weekend|day|evening|bye|yours|saludos|gr[uü](?:ß|ss)e?|mfg|cordialement)"
    r"[ \t]*[,.!-]*[ \t]*\n\s*"
)
"""The last words of a message, as far as the line behind them."""
_CLOSING = re.compile(rf"{CLOSING}(?P<name>{_NAME})[ \t]*(?=\n|\Z)")
STRONG_CUES = (_CLOSING, _SIGNED, _STRONG, _TITLED, _HELLO, _SIGN_OFF, _HERE, _CELL)
"""After these whatever is written with a capital is a name, unless it is a word that never is one."""
_VOCATIVE_START = re.compile(
    rf"(?:^|[.!?]\s+)(?P<name>{_NAME}),[ \t]*(?=(?:could|can|would|will|shall|I|I'm|we|your|you|please|thank|thanks|is|do|did|have|may|let|if|it|sorry|what|where|when)\b)",
    re.M,
)
PERSON_CUES = (_GREETING, _VOCATIVE, _VOCATIVE_START, _RELATION, _ADDRESSED)
"""After these a given name is a name even where the shop's texts have the word."""
WEAK_CUES = (
    _GREETING,
    _VOCATIVE,
    _RELATION,
    _ADDRESSED,
    _SELF,
    _LAST_LINE,
    _FIRST_LINE,
    _VERB,
    _POSSESSIVE,
    _UNDER,
)
"""After these it is a name if it is no word of the shop's texts either."""
GUARDED_CUES = (_VOCATIVE_START, _SUBJECT, _TOGETHER)
"""At the start of a sentence these say little: "Certainly, we can", "Rest assured"."""
LOWER_CUES = (_STRONG_LOWER, _GREETING_LOWER)
"""In these a name may be written in lower case."""

RUN = re.compile(rf"(?<![\w@/.#&-]){_CAP}(?:[ \t]+(?:(?:{_PARTICLE}[ \t]+){{1,2}}{_CAP}|{_INITIAL}|{_CAP}))*(?![\w@/])")
"""Words with capitals side by side."""
SENTENCE_START = re.compile(r"(?:^|[.!?:;…\n\"“”(•*>|–—-])[ \t\"“'‘(*•-]*\Z")
"""What stands before a word that begins a sentence or a line."""
INITIALED = re.compile(rf"(?<![\w.{{])(?P<name>(?:(?:[{_UPPER}]\.[ \t]?){{1,3}}|(?<=[ ])[A-HJ-Z][ \t]){_CAP})(?!\w)")
"""A name behind an initial, "J. Farley" or "J Farley"."""
LETTERED = re.compile(
    r"(?i:\b(?:size|sizes|vitamin|plan|type|model|class|grade|option|part|room|unit|row|block|tower|wing|gate|level|section|version|series|colou?r|cup|usb)|[.!?:]|\A|\n)[ \t]*\Z"
)
"""What stands before a capital letter that is no initial."""
DETERMINED = re.compile(r"(?i:\b(?:the|a|an|these|those|your|two|three|four|both|any))[ \t]+\Z")
"""What stands before a word with a capital that is a thing: "the Thule box"."""
_MASK = r"(?:\{customer\.name\}|\{person\.1\}|\[name\])"
BESIDE_MASK = re.compile(rf"{_MASK}[ \t]+(?P<name>{_CAP})(?!\w)|(?<!\w)(?P<again>{_CAP})[ \t]+{_MASK}")
"""A word with a capital beside a name that is masked already: its other half."""
