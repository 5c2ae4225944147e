"""`aisle init`: asks who the shop is; and what `aisle serve` says is missing."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import Result
from typer.testing import CliRunner

from assistant.cli import build_app
from assistant.settings import SOURCE_ROOT, Settings, load_settings
from assistant.setup_check import missing
from assistant.shop_file import SETTINGS
from assistant.shop_file_text import shop_file_text
from retrieval.errors import SettingsError
from retrieval.store.database import open_database
from retrieval.store.records import Records
from tests.unit.small_shop import FAQS, PRODUCTS

LOGO = SOURCE_ROOT / "data" / "shop" / "logo.svg"


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def init(*options: str, answers: str = "") -> Result:
    return CliRunner().invoke(build_app(), ["init", *options], input=answers)


def test_answers_become_the_settings_of_the_shop(tmp_path: Path) -> None:
    answers = ["Oak & Co: wood", "help@oak.example", "+44 20 7946 0000", "", "gbp", "Europe/London", "de", "14", "#123456", "",
               str(LOGO), "https://oak.example, https://www.oak.example"]  # fmt: skip
    result = init("--home", "oak", answers="\n".join(answers) + "\n")
    assert result.exit_code == 0, result.output
    settings = load_settings(home=Path("oak"))
    assert (settings.shop_name, settings.shop_email) == ("Oak & Co: wood", "help@oak.example")
    assert (settings.shop_phone, settings.shop_hours) == ("+44 20 7946 0000", "")
    assert (settings.currency, settings.language, settings.return_days) == ("GBP", "de", 14)
    assert (settings.color, settings.color_dark) == ("#123456", "")
    assert settings.timezone == "Europe/London"
    assert settings.allowed_origins == ["https://oak.example", "https://www.oak.example"]
    assert settings.logo_file is not None
    assert settings.logo_file.read_bytes() == LOGO.read_bytes()


def test_a_wrong_answer_is_explained_and_asked_again() -> None:
    answers = "Oak\nnot an address\nhelp@oak.example\n\n\n\nEurope/Atlantis\nEurope/Paris\n\nlong\n7\nblue\n#123\n\nnone.svg\n\n\n"
    result = init(answers=answers)
    assert result.exit_code == 0, result.output
    assert "it must be an e-mail address" in result.output
    assert "it must be a time zone such as Europe/Berlin" in result.output
    assert "none.svg is no file" in result.output
    settings = load_settings()
    assert (settings.shop_email, settings.return_days, settings.color) == ("help@oak.example", 7, "#123")
    assert settings.logo == ""


def test_without_questions_the_options_are_written_and_nothing_else() -> None:
    result = init("--yes", "--name", 'Oak "& Co"', "--site", "https://oak.example", "--timezone", "Europe/Dublin")
    assert result.exit_code == 0, result.output
    written = yaml.safe_load(Path("var/shop.yaml").read_text())
    assert written == {"name": 'Oak "& Co"', "timezone": "Europe/Dublin", "allowed_origins": ["https://oak.example"]}


def _written_after(answers: str) -> str:
    result = init("--force", "--home", "asked", answers=answers)
    assert result.exit_code == 0, result.output
    return Path("asked/shop.yaml").read_text()


def test_an_option_is_written_also_where_it_is_the_default_and_the_next_steps_name_every_record() -> None:
    days = str(Settings.model_fields["return_days"].default)
    result = init("--yes", "--return-days", days, "--language", "en")
    assert result.exit_code == 0, result.output
    assert yaml.safe_load(Path("var/shop.yaml").read_text()) == {"return_days": int(days), "language": "en"}
    assert "\n# return_days: " in _written_after(answers="\n" * 12)
    for step in (
        "import products",
        "import faqs",
        "aisle index",
        "aisle serve",
        "import customers",
        "import orders",
        "policy.md",
    ):
        assert step in result.output


def test_the_file_explains_every_key(tmp_path: Path) -> None:
    text = shop_file_text({})
    for key, name in SETTINGS.items():
        assert f"\n# {key}: " in text
        assert (Settings.model_fields[name].description or "")[:40] in text
    (tmp_path / "off.yaml").write_text(text)
    assert load_settings(shop_file=tmp_path / "off.yaml").model_dump(exclude={"shop_file"}) == Settings().model_dump(
        exclude={"shop_file"}
    )


@pytest.mark.parametrize("name", SETTINGS.values())
def test_what_is_written_is_read_back(tmp_path: Path, name: str) -> None:
    values = {"return_days": 3, "currency": "EUR", "timezone": "Europe/Berlin", "language": "fr", "color": "#abcdef", "color_dark": "#fedcba",
              "theme": "dark", "position": "left", "shop_email": "a@b.example", "first_questions": ["A, b?", "#c: d"],
              "allowed_origins": ["https://a.example", "http://127.0.0.1:80"]}  # fmt: skip
    value = values.get(name, 'é "#1": \\ yes\n0123 \u2028')
    (tmp_path / "shop.yaml").write_text(shop_file_text({name: value}), encoding="utf-8")
    assert getattr(load_settings(home=tmp_path), name) == value


def test_a_shop_file_is_not_replaced_unasked() -> None:
    assert init("--yes", "--name", "Oak").exit_code == 0
    result = init("--yes", "--name", "Elm")
    assert isinstance(result.exception, SettingsError)
    assert load_settings().shop_name == "Oak"
    assert init("--yes", "--email", "help@oak.example", "--force").exit_code == 0
    assert (load_settings().shop_name, load_settings().shop_email) == ("Oak", "help@oak.example")


def test_the_home_of_the_sample_shop_is_no_place_for_another() -> None:
    settings = load_settings()
    settings.home.mkdir()
    settings.sample_note.write_text("")
    assert isinstance(init("--yes", "--name", "Oak").exception, SettingsError)


@pytest.mark.parametrize(
    ("option", "value"), [("--email", "x"), ("--color", "blue"), ("--logo", "none.svg"), ("--logo", "words.txt")]
)
def test_a_wrong_option_writes_nothing(option: str, value: str) -> None:
    Path("words.txt").write_text("words")
    result = init("--yes", option, value)
    assert isinstance(result.exception, SettingsError)
    assert not Path("var/shop.yaml").exists()


def test_what_is_missing_is_said_with_the_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AISLE_ALLOWED_ORIGIN", "https://oak.example")
    told = "\n".join(missing(load_settings()))
    for part in (
        "name, email, phone and hours are not set", "aisle init", "allowed_origins", "aisle import products",
        "aisle import faqs", "AISLE_ALLOWED_ORIGIN is no setting and has no effect. Is AISLE_ALLOWED_ORIGINS meant?",
    ):  # fmt: skip
        assert part in told


def test_nothing_is_missing_in_a_shop_that_is_ready() -> None:
    assert init("--yes", "--name", "Oak", "--email", "help@oak.example", "--phone", "1", "--hours", "always",
                "--site", "https://oak.example", "--logo", str(LOGO)).exit_code == 0  # fmt: skip
    settings = load_settings()
    records = Records(open_database(settings.resolved_database_url))
    records.upsert_products(PRODUCTS)
    records.upsert_faqs(FAQS)
    assert list(missing(settings)) == []
    settings.logo_file.unlink()
    assert len(list(missing(settings))) == 1


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "CET+1h", "../etc/passwd"])
def test_a_time_zone_that_is_none_is_refused(zone: str) -> None:
    result = init("--yes", "--timezone", zone)
    assert isinstance(result.exception, SettingsError)
    assert not Path("var/shop.yaml").exists()
