"""ReferenceRule: holds a model with any tokenizer to the rule of `decoding.py`, working on the text of its tokens.

Outside a reference a token must be plain text, or plain text with the start of a legal reference behind it. Inside one it
must go on with a legal spelling, up to and including the closing brace.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.language_model.decoding import is_plain
from assistant.reference import spell

_OPENING = re.compile(r"[^{}]*\{[^{}]*")
_CLOSING = re.compile(r"\}[^{}]*")


class TokenTexts:
    """The text of every token of a tokenizer, sorted by the part that it may play; made once for a model."""

    def __init__(self, texts: Sequence[str], ends: Iterable[int], special: Iterable[int]) -> None:
        """`texts` by token id; `ends` are the tokens that end a reply; `special` tokens play no part."""
        barred = {*ends, *special}
        usable = [(token, text) for token, text in enumerate(texts) if text and token not in barred]
        self.texts = texts
        self.ends = tuple(ends)
        self.plain = [token for token, text in usable if is_plain(text)]
        self.openings = [(token, text) for token, text in usable if _OPENING.fullmatch(text)]
        self.closings = [(token, text) for token, text in usable if _CLOSING.fullmatch(text) and is_plain(text[1:])]
        self.by_text: dict[str, list[int]] = {}
        for token, text in usable:
            self.by_text.setdefault(text, []).append(token)


class ReferenceRule:
    """Which tokens may come next in one reply."""

    def __init__(self, tokens: TokenTexts, keys: Iterable[str]) -> None:
        self._tokens = tokens
        self._spellings = sorted(spell(key) for key in keys)
        opened = [token for token, text in tokens.openings if self._opens(text)]
        self._outside = [*tokens.plain, *opened, *tokens.ends]
        self._open = ""

    def allowed(self) -> list[int]:
        """Tokens that may come next; never empty."""
        if not self._open:
            return self._outside
        rests = {spelling[len(self._open) :] for spelling in self._spellings if spelling.startswith(self._open)}
        found = {token for rest in rests for size in range(1, len(rest) + 1) for token in self._spelling(rest[:size])}
        if "}" in rests:
            found.update(token for token, _ in self._tokens.closings)
        return sorted(found) or list(self._tokens.ends)

    def add(self, token: int) -> None:
        """Takes note of the token that was chosen."""
        text = self._open + self._tokens.texts[token]
        start = text.rfind("{")
        self._open = text[start:] if start > text.rfind("}") else ""

    def _spelling(self, text: str) -> Sequence[int]:
        return self._tokens.by_text.get(text, ())

    def _opens(self, text: str) -> bool:
        before, start = text.split("{")
        return is_plain(before) and any(spelling.startswith("{" + start) for spelling in self._spellings)
