"""Threads: which conversation a history belongs to, for clients that send histories instead of ids."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import astuple, dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """One message and the reply to it."""

    message: str
    reply: str


class Threads:
    """Remembers the latest `size` histories by their hash.

    An entry is used up by the first who continues it, so two clients with the same history never write into one
    conversation: the second finds nothing and starts one of its own. Customers are kept apart.
    """

    def __init__(self, size: int = 10_000) -> None:
        self._ids: OrderedDict[str, str] = OrderedDict()
        self._size = size
        self._lock = threading.Lock()

    def keep(self, customer_id: str | None, said: Sequence[Said], conversation_id: str) -> None:
        """Notes that `said` is the history of `conversation_id`; the oldest note goes when there are too many."""
        with self._lock:
            self._ids[_key(customer_id, said)] = conversation_id
            while len(self._ids) > self._size:
                self._ids.popitem(last=False)

    def take(self, customer_id: str | None, said: Sequence[Said]) -> str | None:
        """The conversation whose history is `said`, once."""
        with self._lock:
            return self._ids.pop(_key(customer_id, said), None)


def _key(customer_id: str | None, said: Sequence[Said]) -> str:
    text = json.dumps([customer_id, [astuple(turn) for turn in said]])
    return hashlib.sha256(text.encode()).hexdigest()
