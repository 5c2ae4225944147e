"""Own words: what somebody wrote in an e-mail, without quoted mail, signature and disclaimer, which others or nobody said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from bs4 import BeautifulSoup

_HTML_QUOTE = re.compile(
    r"<blockquote|gmail_|moz-|yahoo_quoted|divRplyFwdMsg|appendonsend|protonmail_quote|zd-comment|<hr\b", re.IGNORECASE
)
_QUOTED = (
    "blockquote", ".gmail_quote", ".gmail_quote_container", ".gmail_attr", ".gmail_signature", ".moz-cite-prefix", ".moz-signature", ".yahoo_quoted",
    ".protonmail_quote", ".protonmail_signature_block",
)  # fmt: skip
_QUOTED_FROM = ("#divRplyFwdMsg", "#appendonsend", "#reply-intro", "#mail-editor-reference-message-container")
"""Where a quoted mail begins that goes on to the end of the message, as in Outlook."""
_WROTE = re.compile(
    "|".join(
        rf"^[ \t]*{begins}\b(?=[^\n]*[\d@])[^\n]{{4,200}}(?:\n(?!>)[^\n]{{1,120}}){{0,2}}?\b{wrote}[^\n:]{{0,100}}\s*:[ \t]*$"
        for begins, wrote in (
            ("On", "wrote"), ("Am", "schrieb"), ("Le", "a écrit"), ("El", "escribió"), ("Il", "ha scritto"), ("Op", "schreef"),
        )
    ),
    re.MULTILINE,
)  # fmt: skip
"""The line, or two or three, that says whose mail is quoted below: "On 1 Oct 2026, Ines <ines@oak.example> wrote:"."""
_MARK = re.compile(
    r"^[ \t]*(?:#{1,3}-?[^\n]{0,80}\babove this line\b[^\n]*|-*[^\n]{0,40}\breply (?:above|below) this line\b[^\n]*"
    r"|-{2,}\s*(?:Original Message|Forwarded message|Ursprüngliche Nachricht|Message d'origine|Mensaje original|Messaggio originale|Oorspronkelijk bericht)\s*-*"
    r"|Begin forwarded message:|_{10,}|-{20,})[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_FROM = re.compile(r"(?:\*?(?:From|Von|De|Da|Van)\s?:\*?)\s.+", re.IGNORECASE)
_HEADER = re.compile(
    r"\*?(?:Sent|Date|To|Subject|Cc|Gesendet|Datum|An|Betreff|Envoyé|À|Objet|Enviado|Para|Asunto|Inviato|Oggetto|Verzonden|Aan|Onderwerp)\s?:\*?\s*.*",
    re.IGNORECASE,
)
_SENT_FROM = re.compile(
    r"(?:(?:Sent|Get|Sent via|Sent using) (?:from (?:my|the) |with |Outlook|Yahoo|ProtonMail|Proton Mail|Mail for).{0,60}|Von meinem .{1,40} gesendet|Gesendet mit .{1,40}"
    r"|Envoyé (?:de|depuis) mon .{1,40}|Enviado desde mi .{1,40}|Inviato da(?:l mio)? .{1,40}|Verstuurd vanaf mijn .{1,40})\.?",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:(?:with )?(?:(?:kind(?:est)?|best|warm(?:est)?|many) )?(?:regards|wishes)|(?:yours )?(?:sincerely|truly|faithfully)(?: yours)?|all the best"
    r"|mit (?:freundlichen|besten|lieben) grüßen|(?:viele|liebe|beste|herzliche) grüße|mfg|(?:bien )?cordialement|(?:un )?(?:cordial )?saludos?(?: cordiales)?"
    r"|cordiali saluti|met vriendelijke groet(?:en)?)[,.!]?",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"(?:many |kind |with )?(?:thanks|thank you|thx|cheers|best|danke|merci|gracias|grazie)[,.!]?(?: (?:and|&) (?:best |kind )?regards[,.!]?)?",
    re.IGNORECASE,
)
"""Closings that also say something: alone at the end of a message they stay."""
_DISCLAIMER = re.compile(
    r"(?:confidential(?:ity)?\b|disclaimer\b|legal notice|this (?:e-?mail|message|communication|transmission)\b.{0,80}\b(?:confidential|privileged|intended|addressee|virus)"
    r"|the (?:information|contents?) (?:contained )?(?:in|of) this (?:e-?mail|message)|if you (?:are not|have received) (?:the intended|this (?:e-?mail|message))"
    r"|please consider the environment|virus[- ]free|diese e-?mail (?:enthält|ist)|ce (?:message|courriel) .{0,60}confidentiel)",
    re.IGNORECASE | re.DOTALL,
)
_MOST_LINES, _LONGEST_LINE, _LONGEST_NAME = 9, 90, 4
"""Lines of a signature below its closing, their characters, and words of the name that it begins with."""
_DASHES = re.compile(r"--[ \u00a0]?|—|–|_{2,9}|={3,}|\*{3,}")


def without_quoted_html(text: str) -> str:
    """HTML without the elements in which mail programs quote and sign; other text as it is."""
    if not _HTML_QUOTE.search(text):
        return text
    soup = BeautifulSoup(text, "html.parser")
    for element in soup.select(", ".join(_QUOTED)):
        element.decompose()
    for element in soup.select(", ".join(_QUOTED_FROM)):
        for following in list(element.find_all_next()):
            following.decompose()
        element.decompose()
    kept = str(soup)
    soup.decompose()  # its elements point at each other, and an export has many
    return kept


def own_words(text: str) -> str:
    """`text` without quoted mail, signature and disclaimer; "" if nothing else is in it."""
    text = _before_marks(_without_quotes(text.replace("\u00a0", " ")))
    lines = [line.rstrip() for line in text.strip().split("\n")]
    lines = _without_signature([line for line in lines if not _SENT_FROM.fullmatch(line.strip())])
    paragraphs = re.split(r"\n\s*\n", "\n".join(lines).strip())
    own = [paragraph for paragraph in paragraphs if not _DISCLAIMER.match(paragraph.strip(" *_-#\t"))]
    return "\n\n".join(own).strip()


def _without_quotes(text: str) -> str:
    """Without lines that begin with ">" and the line that says whose they are, wherever they stand."""
    lines = text.split("\n")
    if not any(line.lstrip().startswith(">") for line in lines):
        return text
    kept = "\n".join(line if not line.lstrip().startswith(">") else "\0" for line in lines)
    kept = re.sub(rf"(?:{_WROTE.pattern})\s*\n(?=\0)", "", kept, flags=re.MULTILINE)
    return "\n".join(line for line in kept.split("\n") if line != "\0")


def _before_marks(text: str) -> str:
    """What stands above the first mark of a quoted mail; below it, if nothing stands above."""
    places = [match.start() for pattern in (_WROTE, _MARK) for match in pattern.finditer(text)]
    lines = text.split("\n")
    at = 0
    for number, line in enumerate(lines):
        below = [each.strip() for each in lines[number + 1 : number + 4]]
        if _FROM.fullmatch(line.strip()) and sum(_HEADER.fullmatch(each) is not None for each in below) > 1:
            places.append(at)
        at += len(line) + 1
    for place in sorted(places):
        if above := text[:place].strip():
            return above
    return _MARK.sub("", text) if places and _MARK.match(text.lstrip()) else "" if places else text


def _without_signature(lines: Sequence[str]) -> list[str]:
    """The lines above a signature: below two dashes, or below a closing with few short lines behind it."""
    first = next((number for number, line in enumerate(lines) if line.strip()), len(lines))
    for number, line in enumerate(lines[first + 1 :], start=first + 1):
        said = line.strip()
        if _DASHES.fullmatch(said):
            return list(lines[:number])
        if (closes := _CLOSING.fullmatch(said)) or _THANKS.fullmatch(said):
            below = filter(None, map(str.strip, lines[number + 1 :]))
            rest = list(takewhile(lambda each: not _DISCLAIMER.match(each), below))
            signs = len(rest) <= _MOST_LINES and not any(
                len(each) > _LONGEST_LINE or each.endswith("?") for each in rest
            )
            names_somebody = bool(rest) and len(rest[0].split()) <= _LONGEST_NAME
            if signs and (closes or names_somebody):
                return list(lines[:number])
    return list(lines)
