"""Refusals: the log of who was refused and why, for whoever looks for attacks or bans addresses.

A process has one, which all its faces share.
"""

from __future__ import annotations

import structlog

from ui.protection import RateLimit, TooFast

_log = structlog.get_logger(__name__)


class Refusals:
    """Logs each client and reason once a minute, so that a flood cannot fill the disk. Safe to share between threads."""

    def __init__(self) -> None:
        self._once = RateLimit("1/minute")

    def note(self, client: str, reason: str) -> None:
        """Log that the address `client` was refused for `reason`, a code of the API's errors."""
        try:
            self._once.take(f"{reason} {client}")
        except TooFast:
            return
        _log.warning("refused", client=client, reason=reason)
