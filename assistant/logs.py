"""Logs: one line per event on standard error, coloured for a terminal, else JSON. Never message text, nor who a person is."""

from __future__ import annotations

import ipaddress
import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from assistant.privacy.masker import Mask

_LONGEST = 4000
_OURS = frozenset({"level", "timestamp"})
_IMPERSONAL = re.compile(r"[a-z_./]*")
"""Names of events, files and classes: what has neither a digit nor a sign nor a capital is not worth a look."""


def configure_logs(level: str) -> None:
    """Sends the logs of this process to standard error, from `level` ("INFO") on; standard output stays for replies.

    Values are masked. Tracebacks are plain: one with local variables would show what customers wrote.
    """
    is_terminal = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            mask_values,
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
            if is_terminal
            else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def mask_values(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: puts masks in the place of personal items in every text of the event, however deep.

    The address of a `client` stays, since whoever bans one must know it; without this, its digits would pass for a phone number.
    """
    return {
        name: value if name in _OURS or (name == "client" and _is_address(value)) else _masked(value)
        for name, value in event.items()
    }


def _is_address(value: Any) -> bool:
    try:
        ipaddress.ip_network(str(value), strict=False)
    except ValueError:
        return False
    return True


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        value = _clipped(value)
        return value if _IMPERSONAL.fullmatch(value) else _masker().mask_all([value])[0].text
    if isinstance(value, Mapping):
        return {_masked(name): _masked(held) for name, held in value.items()}
    return [_masked(held) for held in value] if isinstance(value, list | tuple | set | frozenset) else value


def _clipped(text: str) -> str:
    """Return `text` without its middle if it is very long: masking costs time, and a client can make a value long."""
    half = _LONGEST // 2
    return text if len(text) <= _LONGEST else f"{text[:half]} … {text[-half:]}"


@lru_cache(maxsize=1)
def _masker() -> Mask:
    # compiles many patterns, which a command without logs need not wait for
    from assistant.privacy.masker import Masker

    return Masker()
