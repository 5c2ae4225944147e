"""The home of the sample shop: whose name is said there, and that no other shop is replaced by it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from assistant.cli import build_app
from assistant.sample_shop import prepare_sample, sample_settings
from assistant.settings import SOURCE_ROOT, Settings
from retrieval.errors import StoreError
from retrieval.store.database import open_database
from retrieval.store.records import Records
from tests.unit.small_shop import PRODUCTS

SAMPLE = SOURCE_ROOT / "data" / "shop"


def test_the_sample_shop_is_named_by_its_own_file(tmp_path: Path) -> None:
    written = yaml.safe_load((SAMPLE / "shop.yaml").read_text())
    settings = sample_settings(home=tmp_path)
    assert (settings.shop_name, settings.shop_email) == (written["name"], written["email"])
    assert (settings.shop_phone, settings.shop_hours) == (written["phone"], written["hours"])
    assert settings.logo_file is not None
    assert settings.logo_file.is_file()


def test_a_shop_of_ones_own_is_never_replaced_by_the_sample_shop(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, home=tmp_path)
    records = Records(open_database(settings.resolved_database_url))
    records.upsert_products(PRODUCTS)
    before = records.catalog().version
    with pytest.raises(StoreError, match="holds a shop already"):
        prepare_sample(settings)
    assert records.catalog().version == before
    assert not settings.sample_note.exists()


def test_an_import_into_the_home_of_the_sample_shop_says_so(tmp_path: Path) -> None:
    (tmp_path / "customers.jsonl").write_text('{"id": "C-1", "name": "Ada", "email": "ada@post.example"}\n')
    home = tmp_path / "home"
    command = ["import", "customers", str(tmp_path / "customers.jsonl"), "--home", str(home)]
    assert "sample shop" not in CliRunner().invoke(build_app(), command).output
    Settings(_env_file=None, home=home).sample_note.write_text("")
    assert "is the home of the sample shop" in CliRunner().invoke(build_app(), command).output
