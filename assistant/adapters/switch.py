"""Switch: holds what serves now, and follows the registry while the server runs.

Whoever writes a reply takes what serves once and keeps it to the end of that reply, so every reply comes from one adapter. The next
one is opened beside it; when the last reply that uses the old one has ended, nothing refers to that any more and its memory is free.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable
from typing import Generic, TypeVar

import structlog

from assistant.adapters.registry import Registry, Serving
from retrieval.errors import AisleError

Served = TypeVar("Served")

_LOOK_SECONDS = 0.5
_log = structlog.get_logger(__name__)


class Switch(Generic[Served]):
    """What serves now. Taking and changing are atomic, from any thread."""

    def __init__(self, served: Served) -> None:
        self._served = served

    def current(self) -> Served:
        """What serves now."""
        return self._served

    def change(self, served: Served) -> None:
        """Lets `served` serve from the next reply on."""
        self._served = served


def follow(
    registry: Registry, open_serving: Callable[[Serving], Served], seconds: float = _LOOK_SECONDS
) -> Switch[Served]:
    """A switch that holds what the registry says, and looks every `seconds` whether that has changed.

    What cannot be opened later is logged, and what serves stays. Raises AisleError when the first one cannot be opened. The
    thread that looks ends with the switch.
    """
    serving = registry.serving()
    stamp = registry.stamp(serving)
    switch = Switch(open_serving(serving))
    follower = _Follower(registry, open_serving, serving, stamp)
    threading.Thread(target=_watch, args=(weakref.ref(switch), follower, seconds), name="adapters", daemon=True).start()
    return switch


class _Follower(Generic[Served]):
    def __init__(
        self, registry: Registry, open_serving: Callable[[Serving], Served], serving: Serving, stamp: tuple[object, ...]
    ) -> None:
        self._registry = registry
        self._open = open_serving
        self._serving = serving
        self._stamp = stamp

    def changed(self) -> Served | None:
        """The next one to serve, opened; None where nothing has changed, or it cannot be opened."""
        stamp = self._registry.stamp(self._serving)
        if stamp == self._stamp:
            return None
        self._stamp = stamp
        try:
            wanted = self._registry.serving()
            return None if wanted == self._serving else self._opened(wanted)
        except AisleError as error:
            _log.error("adapter_not_switched", serving=self._serving.name, error=error.message, hint=error.hint)
        except Exception as error:  # a bug or a lack of memory must not end the watching
            _log.error("adapter_not_switched", serving=self._serving.name, error=repr(error), exc_info=error)
        return None

    def _opened(self, wanted: Serving) -> Served:
        start = time.perf_counter()
        served = self._open(wanted)
        _log.info(
            "adapter_switched",
            before=self._serving.name,
            now=wanted.name,
            seconds=round(time.perf_counter() - start, 2),
        )
        self._serving = wanted
        self._stamp = self._registry.stamp(wanted)
        return served


def _watch(switch: weakref.ref[Switch[Served]], follower: _Follower[Served], seconds: float) -> None:
    while True:
        time.sleep(seconds)
        if switch() is None:
            return
        _pass_on(switch, follower.changed())


def _pass_on(switch: weakref.ref[Switch[Served]], served: Served | None) -> None:
    holder = switch()
    if served is not None and holder is not None:
        holder.change(served)
