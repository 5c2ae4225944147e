"""Decoding: which tokens a reply may hold, how one is drawn, and what may not follow what was said.

The rule is the same for every local engine: a fact is named only by a reference of this turn; outside references a
reply holds no digit, currency sign, link, e-mail sign or marker.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Sequence

from assistant.language_model.decoding import Decoding

FORBIDDEN = re.compile(r"[\d{}<>@%|\\\x00-\x1f$¢£¤¥֏؋৲৳฿₠-⃀�\x7f]|https?|www|//", re.IGNORECASE)
"""Text that a reply must not hold outside references. `\\d` covers the digits of every script."""

CANDIDATES = 40
"""Tokens that a draw chooses among at most."""

_RUN = 6
_LINK = re.compile("https?|www|//", re.IGNORECASE)
_WHOLE = re.compile(r"""(?:[.!?]|\{a\d\.text\}|\{p\d\.quote\})["”')]*\s*$""")
_TAIL = 16


def is_plain(text: str) -> bool:
    """Whether `text` may stand in a reply as it is."""
    return FORBIDDEN.search(text) is None


class Sampler:
    """Draws tokens by temperature and top-p, the same ones for the same seed."""

    def __init__(self, decoding: Decoding) -> None:
        self.temperature = decoding.temperature
        self._top_p = decoding.top_p
        self._chance = random.Random(decoding.seed)

    def draw(self, tokens: Sequence[int], logits: Sequence[float]) -> int:
        """One of `tokens`, which come with their logits in falling order."""
        if self.temperature <= 0:
            return tokens[0]
        weights = [math.exp((logit - logits[0]) / self.temperature) for logit in logits]
        limit, total, kept = self._top_p * sum(weights), 0.0, 0
        for weight in weights:
            total += weight
            kept += 1
            if total >= limit:
                break
        return self._chance.choices(tokens[:kept], weights[:kept])[0]


class Draft:
    """What a reply holds so far, and which token may not come next."""

    def __init__(self) -> None:
        self._seen: dict[tuple[int, ...], set[int]] = {}
        self._last: list[int] = []
        self._tail = ""

    def add(self, token: int, text: str) -> None:
        """Takes note of the token that comes next, whose text is `text`."""
        if len(self._last) == _RUN - 1:
            self._seen.setdefault(tuple(self._last), set()).add(token)
        self._last = [*self._last, token][-(_RUN - 1) :]
        self._tail = (self._tail + text)[-_TAIL:]

    @property
    def whole(self) -> bool:
        """Whether the reply could end here: behind a final mark, or a fact that is a sentence of its own."""
        return _WHOLE.search(self._tail) is not None

    def bars(self, token: int, text: str) -> bool:
        """Whether `token` would say a run of six tokens a second time, or complete the start of a link."""
        return token in self._seen.get(tuple(self._last), ()) or _LINK.search(self._tail + text) is not None
