"""`aisle serve` with several workers whose language model answers by rule, in a process of its own.

    python -m tests.unit.workers_server SETTINGS PORT

SETTINGS are those of the shop as JSON.
"""

from __future__ import annotations

import json
import sys

from assistant.settings import Settings
from tests.unit.desk.desk_home import PLANS
from tests.unit.scripted_model import ruled_model
from ui.cli import listen, run


class Plans(dict[str, str]):
    """A plan for any message."""

    def __missing__(self, message: str) -> str:
        return "details [Wren Tent]: price"


def main() -> None:
    """Serve until stopped."""
    settings = Settings(_env_file=None, **json.loads(sys.argv[1]))
    with ruled_model(Plans(PLANS)):
        run(settings, listen("127.0.0.1", int(sys.argv[2])), {"C-1": ""})


if __name__ == "__main__":
    main()
