"""Settings: their sources, their defaults in every document, and errors that name the place in one line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from pydantic import SecretStr

from assistant.settings import SOURCE_ROOT, Settings, load_settings
from assistant.shop_file import SETTINGS
from retrieval.errors import SettingsError
from tests.fake_assistant import FakeAssistant
from ui.app import create_app

ROOT = Path(__file__).parents[2]
NAMES = {f"AISLE_{name.upper()}": field for name, field in Settings.model_fields.items()}


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No `.env` and no home of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)


def shown_default(default: object) -> str:
    if isinstance(default, Path):
        return str(default.relative_to(SOURCE_ROOT) if default.is_absolute() else default)
    if isinstance(default, SecretStr) or default is None:
        return ""
    return ",".join(default) if isinstance(default, list) else str(default)


def test_the_readme_the_example_and_the_code_agree_on_every_setting() -> None:
    coded = {name: (shown_default(field.default), field.description) for name, field in NAMES.items()}
    rows = re.findall(r"^\| `(AISLE_\w+)` \| (?:`(.*?)`)? ?\| (.*) \|$", (ROOT / "README.md").read_text(), re.M)
    assert {name: (default, told) for name, default, told in rows} == coded
    assert [row[0] for row in rows] == list(coded)
    example = re.findall(r"^# (.*)\n# (AISLE_\w+)=(.*)$", (ROOT / ".env.example").read_text(), re.M)
    assert [(name, (default, told)) for told, name, default in example] == list(coded.items())


def test_by_default_no_shop_is_named() -> None:
    told = str(Settings(_env_file=None).model_dump()) + (ROOT / ".env.example").read_text()
    sample = yaml.safe_load((ROOT / "data" / "shop" / "shop.yaml").read_text())
    for key in ("name", "email", "phone", "hours"):
        assert sample[key] not in told


def test_the_shop_file_gives_the_settings_that_it_names(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(
        'name: Oak & Co\nphone: 0123456\nemail:\ncolor: "#FFF"\nreturn_days: 14\n'
        "first_questions:\n- Wood, or steel?\n- What is new?\nallowed_origins: https://A.example/, https://b.example\n"
    )
    settings = load_settings(home=tmp_path)
    assert (settings.shop_name, settings.shop_phone, settings.shop_email) == ("Oak & Co", "0123456", "")
    assert (settings.color, settings.return_days) == ("#fff", 14)
    assert settings.first_questions == ["Wood, or steel?", "What is new?"]
    assert settings.allowed_origins == ["https://a.example", "https://b.example"]


def test_the_environment_wins_over_the_shop_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shop.yaml").write_text("name: Oak\nphone: '1'\n")
    monkeypatch.setenv("AISLE_HOME", str(tmp_path))
    monkeypatch.setenv("AISLE_SHOP_NAME", "Elm")
    monkeypatch.setenv("AISLE_SHOP_PHONE", "")
    settings = load_settings()
    assert (settings.shop_name, settings.shop_phone) == ("Elm", "1")


def test_every_key_of_the_shop_file_is_a_setting_and_no_secret() -> None:
    for name in SETTINGS.values():
        assert not isinstance(Settings.model_fields[name].default, SecretStr)


def test_other_programs_may_use_the_same_env_file(tmp_path: Path) -> None:
    Path(".env").write_text("POSTGRES_PASSWORD=x\nAISLE_SHOP_NAME=Oak\n")
    assert load_settings().shop_name == "Oak"
    Path(".env").write_text("AISLE_SHOPNAME=Oak\n")
    with pytest.raises(SettingsError, match="AISLE_SHOPNAME is no setting"):
        load_settings()


WRONG = {
    "AISLE_RETURN_DAYS": "soon", "AISLE_SHOP_EMAIL": "call us", "AISLE_CURRENCY": "dollars", "AISLE_LANGUAGE": "tlh",
    "AISLE_COLOR": "blue", "AISLE_COLOR_DARK": "#12", "AISLE_THEME": "night", "AISLE_POSITION": "top",
    "AISLE_GREETING": "x" * 301, "AISLE_FIRST_QUESTIONS": "a|b|c|d|e",
    "AISLE_THREADS": "-1", "AISLE_PORT": "70000", "AISLE_ALLOWED_ORIGINS": "shop.example", "AISLE_PUBLIC_URL": "here",
    "AISLE_TRUSTED_PROXIES": "nginx", "AISLE_SECRET": "short", "AISLE_RATE_LIMIT": "often", "AISLE_MAX_MESSAGE": "1",
    "AISLE_LOG_LEVEL": "LOUD", "AISLE_SHOP_FILE": "none.yaml",
}  # fmt: skip


@pytest.mark.parametrize(("name", "value"), WRONG.items())
def test_a_wrong_setting_is_one_line_that_names_it(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        create_app(FakeAssistant(), load_settings(home=tmp_path))
    assert name in str(caught.value) or value in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("color: #fff\n", "color in"),
        ("color: blue\n", "color in"),
        ("return_days: many\n", "return_days in"),
        ("first_questions: [a, b, c, d, e]\n", "first_questions in"),
        ("first_questions: [{a: b}]\n", "first_questions in"),
        ("colr: x\n", "'colr'"),
        ("secret: x\n", "'secret'"),
        ("name: [oak\n", "not valid YAML"),
        ("- oak\n", "no settings"),
    ],
)
def test_a_wrong_line_of_the_shop_file_is_named_with_the_file(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings(home=tmp_path)
    assert told in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_command_line_prints_one_line_and_never_a_secret(tmp_path: Path) -> None:
    for name, value in (("AISLE_PORT", "seven"), ("AISLE_SECRET", "hunter2")):
        command = [sys.executable, "-c", "from assistant.cli import main; main()", "serve"]
        given = os.environ | {name: value, "AISLE_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, env=given, cwd=tmp_path, capture_output=True, text=True)
        last = done.stderr.strip().splitlines()[-1]
        assert done.returncode == 2
        assert last.startswith(f"aisle: {name}")
        assert "hunter2" not in done.stderr
