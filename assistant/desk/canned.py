"""Canned replies: texts that agents send often, with places that are filled from the conversation's records.

`canned.yaml` in the home maps a short name to a text; without the file there are a few to begin with. A place without a record stays
in its braces, and the desk does not send a message that has one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import yaml

from retrieval.errors import SettingsError

FILE_NAME = "canned.yaml"
PLACES = (
    "customer.name", "agent.name", "shop.name", "shop.email", "shop.phone", "order.id", "order.status", "order.expected",
    "order.tracking",
)  # fmt: skip
_PLACE = re.compile(r"\{([a-z]+\.[a-z_]+)\}")
_FIRST: Mapping[str, str] = {
    "hello": "Hello {customer.name}, this is {agent.name}. I have read what you wrote.",
    "moment": "Thank you for waiting, {customer.name}. I am looking into it now.",
    "order": "Your order {order.id} is {order.status}.",
    "tracking": "The tracking number of order {order.id} is {order.tracking}.",
    "email": "Please write to {shop.email}, so that a colleague can answer with the papers at hand.",
    "bye": "Is there anything else? If not, I wish you a good day.",
}


def load_canned(home: Path) -> Mapping[str, str]:
    """The shop's canned replies by name. Raises SettingsError that names the file and what is wrong in it."""
    path = home / FILE_NAME
    if not path.is_file():
        return _FIRST
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise SettingsError(f"{path} cannot be read: {reason}.", "It must be YAML in UTF-8.") from error
    if not isinstance(found, dict) or not all(isinstance(each, str) for pair in found.items() for each in pair):
        raise SettingsError(
            f"{path} must map names to texts.", 'Write a line such as `hello: "Hello {customer.name}"`.'
        )
    for name, text in found.items():
        for place in _PLACE.findall(text):
            if place not in PLACES:
                raise SettingsError(
                    f"{path}: {name} has the place {{{place}}}, which does not exist.",
                    f"Places are {', '.join(PLACES)}.",
                )
    return found


def fill_places(text: str, values: Mapping[str, str]) -> str:
    """`text` with its places filled; one without a value stays as it is."""
    return _PLACE.sub(lambda place: values.get(place[1]) or place[0], text)


def open_places(text: str) -> list[str]:
    """Places in a message that still wait for a value."""
    return [place for place in _PLACE.findall(text) if place in PLACES]
