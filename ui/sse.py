"""Server-sent events: the text form of one event.

Format: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
MEDIA_TYPE = "text/event-stream"


def event(data: str, name: str = "") -> str:
    """One event; `data` is JSON and so holds no line break."""
    return f"event: {name}\ndata: {data}\n\n" if name else f"data: {data}\n\n"
