"""Server-sent events, as the tests read them."""

from __future__ import annotations


def events(body: str) -> list[tuple[str, str]]:
    """(name, data) of each server-sent event."""
    found = []
    for block in body.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        found.append((fields.get("event", ""), fields["data"]))
    return found
