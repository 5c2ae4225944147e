"""Placeholders of templates that nobody filled: "within {{ shop.handling_time }} days" is never told to a customer."""

from __future__ import annotations

import re

_PLACEHOLDER = re.compile(
    r"\{\{[^{}]{0,200}\}\}|\{%[^{}]{0,200}%\}|<%[^<>]{0,200}%>|\$\{[^{}\n]+\}|%%?[A-Z][A-Z_]{2,40}%%?(?![\w%])|%\([a-z_]+\)[sd]|\{[a-z][\w ]*(?:[._|:][\w ]+)*\}"
    r"|\[\[[\w .-]+\]\]|\[(?:insert|your|enter|add|company|shop|store|name of)\b[^\]\n]*\](?!\()|<(?:insert|your)\b[^<>\n]*>"
    r"|\b(?:lorem ipsum|TODO|FIXME|XXX+)\b",
    re.IGNORECASE,
)
_UNWRITTEN = re.compile(
    r"(?:tb[acd]|to be (?:added|announced|completed|confirmed|decided|defined|determined|supplied|written)|coming soon|under construction"
    r"|(?:insert|enter|add|write) (?:your |the )?(?:answer|content|copy|text)(?: here)?|(?:sample|dummy|filler) text|placeholder(?: text)?"
    r"|(?:your |the )?(?:answer|content|copy|text) (?:goes|comes|follows|will follow)(?: here)?)",
    re.IGNORECASE,
)
"""The whole of a sentence that stands where nobody has written one yet."""
_CODE = re.compile(r"\{[A-Z0-9-]+\}")
"""A voucher's code in braces, which is none."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9\"'(*_{\[])")


def placeholder_in(text: str) -> str:
    """The first placeholder of `text`, or ""."""
    found = (match[0] for match in _PLACEHOLDER.finditer(text) if not _CODE.fullmatch(match[0]))
    return next(found, "")


def is_unwritten(sentence: str) -> bool:
    """True if a sentence says only that it has not been written yet: "TBD", "Answer goes here."."""
    return _UNWRITTEN.fullmatch(sentence.strip().rstrip(".!… ")) is not None


def without_placeholders(text: str) -> str:
    """`text` without the sentences and lines that hold one."""
    lines = text.split("\n")
    kept = [" ".join(part for part in _SENTENCE.split(line) if not placeholder_in(part)) for line in lines]
    return "\n".join(
        line for line, before in zip(kept, lines, strict=True) if line.strip() or not before.strip()
    ).strip()
