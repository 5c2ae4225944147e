"""What every test shares: no network beyond this machine, one home per test, the sample catalogue."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache

import pytest
import structlog
from hypothesis import settings

# Before any library reads them: nothing may ask a hub, send usage, or fight over cores.
os.environ.update(
    HF_HUB_OFFLINE="1", GRADIO_ANALYTICS_ENABLED="False", TOKENIZERS_PARALLELISM="false", ANONYMIZED_TELEMETRY="False"
)
for name in [name for name in os.environ if name.startswith("AISLE_")]:
    del os.environ[name]

settings.register_profile("untimed", settings.default, deadline=None)  # how long an example takes is no test's matter
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def _fresh_logs() -> Iterator[None]:
    """A command that a test runs sends logs to a stream that ends with it; the next test must not write there."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def open_shop(tmp_path_factory: pytest.TempPathFactory):
    """Opens a shop by name, once for the whole run."""
    from tests.shops import open_shop as open_one

    @cache
    def open_named(name: str):
        return open_one(name, tmp_path_factory.mktemp(name))

    return open_named
