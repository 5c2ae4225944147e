"""`aisle adapters`, `promote` and `rollback`, as an operator sees them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from assistant.cli import build_app
from retrieval.errors import AdapterError
from tests.unit.adapter_folders import write_report
from tests.unit.tiny_conversation import tiny_install


@pytest.fixture(scope="module")
def install(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return tiny_install(tmp_path_factory.mktemp("install"))


@pytest.fixture
def folder(install: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An adapter that was judged good, beside an empty home."""
    for name, value in (install | {"AISLE_HOME": str(tmp_path / "home"), "COLUMNS": "200"}).items():
        monkeypatch.setenv(name, value)
    shipped = Path(install["AISLE_DATA"]) / "models" / "conversation"
    return write_report(Path(shutil.copytree(shipped, tmp_path / "2026-11")))


def aisle(*arguments: object) -> Result:
    return CliRunner().invoke(build_app(), [str(argument) for argument in arguments])


def test_the_list_tells_what_serves_and_how_it_was_judged(folder: Path) -> None:
    assert "▶  shipped" in aisle("adapters").output
    told = aisle("promote", folder, "--reason", "friendlier").output
    assert told.strip() == "2026-11 serves now, in place of shipped."
    listed = aisle("adapters", "--history").output
    assert "▶  2026-11  smollm2-135m-instruct  LoRA" in listed
    assert "better: 3.200 → 2.700 nats per word on 300 replies" in listed
    assert "promoted 2026-11 after shipped: friendlier" in listed
    assert aisle("rollback").output.strip() == "shipped serves again, in place of 2026-11."
    assert "rolled back to shipped after 2026-11" in aisle("adapters", "--history").output


def test_a_refusal_names_the_guard_and_force_is_told(folder: Path) -> None:
    write_report(folder, false_promises=1)
    assert isinstance(aisle("promote", folder).exception, AdapterError)
    told = aisle("promote", folder, "--force", "--reason", "it was read").output
    assert "It was forced." in told
    assert "guards broken" in aisle("adapters").output
    assert "forced: it was read" in aisle("adapters", "--history").output


def test_what_the_environment_names_wins_and_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AISLE_ADAPTER", "mine")
    assert "AISLE_ADAPTER is set to 'mine' and wins" in aisle("promote", folder).stderr


def test_the_embedded_base_does_not_serve_alone(folder: Path) -> None:
    refused = aisle("promote", "none").exception
    assert isinstance(refused, AdapterError)
    assert "aisle promote shipped" in refused.hint
    assert "none" not in aisle("adapters").output


def test_a_damaged_folder_is_listed_with_its_fault(folder: Path, tmp_path: Path) -> None:
    aisle("promote", folder)
    (tmp_path / "home" / "adapters" / "half").mkdir()
    assert "cannot be used" in aisle("adapters").output
