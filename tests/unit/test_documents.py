"""The documents are read by tests, so that they cannot fall behind the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = [f"AISLE_{name.upper()}" for name in Settings.model_fields]


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_documented(name: str) -> None:
    assert f"`{name}`" in (ROOT / "README.md").read_text()
    assert re.search(rf"^# ?{name}=", (ROOT / ".env.example").read_text(), re.MULTILINE)


def test_no_document_names_a_setting_that_does_not_exist() -> None:
    text = "".join(path.read_text() for path in [ROOT / "README.md", ROOT / ".env.example", *ROOT.glob("docs/*.md")])
    assert set(re.findall(r"AISLE_[A-Z_]+[A-Z]", text)) - {"AISLE_PUBLIC_DATA"} <= set(SETTINGS)


def test_every_make_target_is_documented() -> None:
    targets = re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    readme = (ROOT / "README.md").read_text()
    assert [target for target in targets if f"make {target}" not in readme] == []


def test_every_file_that_the_readme_links_to_exists() -> None:
    readme = (ROOT / "README.md").read_text()
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", readme)
    assert [link for link in links if not (ROOT / link).exists()] == []
