"""`aisle serve`: taking the port."""

from __future__ import annotations

import pytest

from retrieval.errors import SettingsError
from ui.cli import listen


def test_a_port_in_use_names_the_ways_out():
    first = listen("127.0.0.1", 0)
    try:
        port = first.getsockname()[1]
        with pytest.raises(SettingsError, match=rf"Port {port} .*in use[\s\S]*--port[\s\S]*AISLE_PORT"):
            listen("127.0.0.1", port)
    finally:
        first.close()


def test_a_host_that_is_not_this_machine_is_named():
    with pytest.raises(SettingsError, match="AISLE_HOST"):
        listen("192.0.2.1", 7860)
