"""`aisle index` does nothing when nothing changed, and says so; a damaged index and a changed text are built anew."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

import assistant.opening
from assistant.cli import build_app
from retrieval.catalog.faq import Faq
from retrieval.index.home import IndexHome
from retrieval.store.database import open_database
from retrieval.store.records import Records
from tests.unit.small_shop import FAQS, PRODUCTS


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with an index."""
    home = tmp_path_factory.mktemp("shop")
    records = records_of(home)
    records.upsert_products(PRODUCTS)
    records.upsert_faqs(FAQS)
    assert f"Indexed {len(PRODUCTS)} products and {len(FAQS)} FAQs." in index(home).output
    return home


def records_of(home: Path) -> Records:
    return Records(open_database(f"sqlite:///{home / 'aisle.db'}"))


def index(home: Path) -> Result:
    result = CliRunner().invoke(build_app(), ["index", "--home", str(home)])
    assert result.exit_code == 0, result.output
    return result


def build(home: Path) -> str:
    """Name of the build in use."""
    return IndexHome(home).current().name


def test_without_a_change_no_model_is_loaded_and_nothing_is_written(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(assistant.opening, "build_index")
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    before = build(home)
    said = " ".join(index(home).output.split())
    assert said.startswith("Nothing changed since 20")
    assert f"{len(PRODUCTS)} products and {len(FAQS)} FAQs are indexed." in said
    assert build(home) == before


def lose_vectors(folder: Path) -> None:
    (folder / "vectors.npy").unlink()


def damage_words(folder: Path) -> None:
    path = next(path for path in (folder / "faq-words").rglob("*") if path.is_file())
    path.write_bytes(path.read_bytes()[:-1] + b"?")


def lose_the_store(folder: Path) -> None:
    for path in (folder / "chroma").rglob("*"):
        if path.is_file():
            path.write_bytes(b"")


@pytest.mark.parametrize("damage", [lose_vectors, damage_words, lose_the_store], ids=lambda damage: damage.__name__)
def test_a_damaged_index_is_built_anew(home: Path, damage: Callable[[Path], None]) -> None:
    before = build(home)
    damage(IndexHome(home).current())
    assert "Indexed" in index(home).output
    assert build(home) != before
    assert "Nothing changed" in index(home).output


def test_a_changed_page_is_indexed(home: Path) -> None:
    records_of(home).upsert_faqs([Faq("gift", "Do you wrap gifts?", "Yes, for $3.")])
    assert f"{len(FAQS) + 1} FAQs" in index(home).output
    assert "Nothing changed" in index(home).output
