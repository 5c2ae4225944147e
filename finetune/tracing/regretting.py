"""Regretting: whether a sentence feels for a customer in whose message the turn found no trouble.

To apologize is an act, which code decides: whoever learns to say it anywhere apologizes for the question how long a return may take.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.act import Act

_TROUBLE = frozenset({Act.APOLOGIZE, Act.CALM, Act.LISTEN})
_FEELING = re.compile(
    r"\b(?:understand (?:you|the|how|that|why)|apolog\w+|sorry (?:for|about|to hear|that you)|regret|frustrat\w+|inconvenien\w+"
    r"|disappoint\w+|urgen\w+|concern\w*|unacceptable|upset\w*|distress\w*|worr\w+|stress\w*|annoy\w*|anxi\w+)\b",
    re.IGNORECASE,
)


def regrets_in_vain(sentence: str, acts: Iterable[Act]) -> bool:
    """Whether `sentence` feels for somebody though none of the `acts` of its turn takes in a trouble."""
    return _FEELING.search(sentence) is not None and _TROUBLE.isdisjoint(acts)
