"""A home that cannot be written: the advice says so, and never to run what cannot work either."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from retrieval.errors import AisleError, IndexMissing, SearchIndexError, SettingsError, StoreError
from retrieval.index.index import Index
from retrieval.store.database import open_database
from retrieval.store.records import Records
from tests.unit.small_home import MAYA
from tests.unit.small_shop import SMALL_SHOP
from tests.unit.word_encoder import WordEncoder
from ui.identity import load_secret

ENCODER = WordEncoder()
NOBODY = 65534


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that any user can reach, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="aisle-home-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@contextmanager
def read_only(home: Path) -> Iterator[None]:
    """Within, nothing in `home` can be written; root becomes a user who has no rights there."""
    paths = [home, *home.rglob("*")]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        for path in paths:
            path.chmod(0o755 if path.is_dir() else 0o644)


def advice(error: AisleError) -> str:
    assert "\n" not in error.message
    return error.hint


def test_a_first_index_that_cannot_be_written(home: Path) -> None:
    with read_only(home):
        with pytest.raises(IndexMissing) as missing:
            Index.open(home / "shop", SMALL_SHOP, ENCODER)
        with pytest.raises(SearchIndexError) as unwritten:
            Index.write(home / "shop", SMALL_SHOP, ENCODER)
    for error in (missing.value, unwritten.value):
        assert advice(error).startswith("Free space or correct the permissions (or choose another AISLE_HOME)")


def test_an_index_that_chroma_cannot_open_without_writing(home: Path) -> None:
    Index.build(home, SMALL_SHOP, ENCODER).close()
    with read_only(home), pytest.raises(SearchIndexError) as caught:
        Index.open(home, SMALL_SHOP, ENCODER).close()
    assert "correct the permissions" in advice(caught.value)


def test_an_index_of_other_texts(home: Path) -> None:
    Index.build(home, SMALL_SHOP, ENCODER).close()
    other = WordEncoder("other@2")
    with read_only(home), pytest.raises(SearchIndexError) as caught:
        Index.open(home, SMALL_SHOP, other)
    assert "correct the permissions" in advice(caught.value)
    with pytest.raises(SearchIndexError, match="Run: aisle index"):
        Index.open(home, SMALL_SHOP, other)


@pytest.mark.parametrize("folder", ["", "shop"])
def test_a_database_that_cannot_be_made(home: Path, folder: str) -> None:
    with read_only(home), pytest.raises(StoreError) as caught:
        open_database(f"sqlite:///{home / folder / 'aisle.db'}")
    assert "its folder can be written" in advice(caught.value)


def test_a_database_that_cannot_be_written(home: Path) -> None:
    url = f"sqlite:///{home / 'aisle.db'}"
    open_database(url).dispose()
    with read_only(home), pytest.raises(StoreError) as caught:
        Records(open_database(url)).upsert_customers([MAYA])
    assert "its folder can be written" in advice(caught.value)


def test_a_secret_that_cannot_be_kept(home: Path) -> None:
    with read_only(home), pytest.raises(SettingsError, match=f"The secret cannot be kept at {home}.*Set AISLE_SECRET"):
        load_secret("", home)
