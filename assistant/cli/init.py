"""`aisle init`: asks who the shop is and writes `shop.yaml`, so that the shop speaks with its own name and contacts."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.shop_file import LOGO_TYPES
from retrieval.errors import SettingsError

if TYPE_CHECKING:
    from assistant.settings import Settings

_LARGEST_LOGO = 1_000_000
_QUESTIONS = {
    "shop_name": "Name of the shop",
    "shop_email": "E-mail address of a person there",
    "shop_phone": "Telephone number",
    "shop_hours": "Hours in which a person answers",
    "currency": "Currency of the prices",
    "timezone": "Time zone of the dates of sales and orders, such as Europe/Berlin",
    "language": "Language of buttons and labels (en, de, fr, es, it)",
    "return_days": "Return policy: days after delivery in which an order may be returned",
    "color": "Color of the chat (#rrggbb)",
    "color_dark": "The same in dark mode",
    "logo": "Logo: a file (svg, png, webp, jpg, gif) or a URL",
    "allowed_origins": "Address of the shop's pages, such as https://www.myshop.example",
}
"""What is asked, in this order; an empty answer leaves the setting at its default."""

Home = Annotated[Path | None, typer.Option(help="Directory of the shop (AISLE_HOME).")]
Name = Annotated[str | None, typer.Option(help="Name of the shop.")]
Email = Annotated[str | None, typer.Option(help="E-mail address of a person at the shop.")]
Phone = Annotated[str | None, typer.Option(help="Telephone number of the shop.")]
Hours = Annotated[str | None, typer.Option(help="When a person answers.")]
Currency = Annotated[str | None, typer.Option(help="Currency of prices that name none.", metavar="CODE")]
Timezone = Annotated[
    str | None, typer.Option(help="Time zone of dates that name none, such as Europe/Berlin.", metavar="ZONE")
]
Language = Annotated[str | None, typer.Option(help="Language of buttons and labels: en, de, fr, es or it.")]
ReturnDays = Annotated[str | None, typer.Option(help="Days after delivery for returns.", metavar="DAYS")]
Color = Annotated[str | None, typer.Option(help="Color of the chat, as #rrggbb.")]
ColorDark = Annotated[str | None, typer.Option(help="The same in dark mode.")]
Logo = Annotated[str | None, typer.Option(help="Picture for the heading: a file, which is copied, or a URL.")]
Site = Annotated[str | None, typer.Option(help="Addresses of pages that may show the chat, with commas.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing: options that are absent stay at their default.")]
Force = Annotated[
    bool, typer.Option("--force", help="Replace the shop.yaml that is there; its values are kept as answers.")
]


def register(app: typer.Typer) -> None:
    """Adds `init`."""
    app.command("init")(init)


def init(
    home: Home = None,
    name: Name = None,
    email: Email = None,
    phone: Phone = None,
    hours: Hours = None,
    currency: Currency = None,
    timezone: Timezone = None,
    language: Language = None,
    return_days: ReturnDays = None,
    color: Color = None,
    color_dark: ColorDark = None,
    logo: Logo = None,
    site: Site = None,
    yes: Yes = False,
    force: Force = False,
) -> None:
    """Write shop.yaml: the shop's name, contacts, currency, time zone, language, return policy, colors and logo."""
    from assistant.settings import load_settings
    from assistant.shop_file_text import shop_file_text

    settings = load_settings(home=home)
    _refuse_occupied(settings, force)
    given: dict[str, object] = {
        "shop_name": name, "shop_email": email, "shop_phone": phone, "shop_hours": hours, "currency": currency,
        "timezone": timezone, "language": language, "return_days": return_days, "color": color, "color_dark": color_dark,
        "logo": logo, "allowed_origins": site,
    }  # fmt: skip
    chosen = _checked(settings.home, {name: value for name, value in given.items() if value is not None})
    if not yes:
        chosen = _asked(chosen, given)
    path = settings.resolved_shop_file
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    values = _told(chosen) | {"logo": _kept_logo(chosen.logo, path.parent)}
    path.write_text(shop_file_text(values), encoding="utf-8")
    _tell_next(path, chosen)


def _refuse_occupied(settings: Settings, force: bool) -> None:
    path = settings.resolved_shop_file
    if settings.sample_note.exists():
        raise SettingsError(
            f"{settings.home} is the home of the sample shop.", "Give yours another one: aisle init --home DIR"
        )
    if path.exists() and not force:
        raise SettingsError(f"{path} exists already.", "Edit it, or ask again with --force.")


def _asked(chosen: Settings, given: dict[str, object]) -> Settings:
    """Asks for what no option gave, until each answer is one that can be used."""
    typer.echo("Press Enter where there is nothing to say; everything can be changed later in shop.yaml.", err=True)
    for name, question in _QUESTIONS.items():
        while given[name] is None:
            current = getattr(chosen, name)
            shown = ",".join(current) if isinstance(current, list) else str(current)
            answer = typer.prompt(question, default=shown, show_default=bool(shown), err=True)
            if answer == shown:  # what nobody states leaves room for what policy.md states
                break
            try:
                chosen = _checked(chosen.home, _told(chosen) | {name: answer})
                break
            except SettingsError as error:
                typer.echo(error.message, err=True)
    return chosen


def _told(settings: Settings) -> dict[str, object]:
    return {name: getattr(settings, name) for name in settings.model_fields_set}


def _checked(home: Path, values: dict[str, object]) -> Settings:
    """The settings with `values`. Raises SettingsError for one that cannot be used, a logo that is no picture included."""
    from assistant.settings import load_settings

    settings = load_settings(**{**values, "home": home})
    logo = _picked_logo(settings.logo)
    if logo and not logo.is_file():
        logo = settings.logo_file  # the one that an earlier `aisle init` copied
    if logo is None:
        return settings
    if logo.suffix.lower() not in LOGO_TYPES:
        raise SettingsError(f"The logo {logo} is no picture for pages.", f"Take one of: {', '.join(LOGO_TYPES)}.")
    if not logo.is_file():
        raise SettingsError(f"The logo {logo} is no file.", "Name a picture, or its URL.")
    if logo.stat().st_size > _LARGEST_LOGO:
        raise SettingsError(f"The logo {logo} is larger than a megabyte.", "Take a smaller picture.")
    return settings


def _picked_logo(logo: str) -> Path | None:
    return Path(logo).expanduser() if logo and not re.match("https?://", logo) else None


def _kept_logo(logo: str, folder: Path) -> str:
    """Copies a logo next to the shop file; what the file says of it."""
    picked = _picked_logo(logo)
    if picked is None or not picked.is_file():
        return logo
    copy = folder / f"logo{picked.suffix.lower()}"
    if picked.resolve() != copy.resolve():
        shutil.copyfile(picked, copy)
    return copy.name


def _tell_next(path: Path, settings: Settings) -> None:
    from assistant.actions.policy_file import FILE_NAME

    lines = [f"Wrote {path}. Next:", ""]
    if Path(os.environ.get("AISLE_HOME", "var")) != settings.home:
        lines.append(f"  export AISLE_HOME={settings.home}")
    lines += [
        "  aisle import products FILE     # a product feed or an export of your shop",
        "  aisle import faqs FOLDER       # policies and questions in Markdown, your return policy among them",
        "  aisle index",
        "  aisle serve",
        "",
        "For questions about orders also `aisle import customers FILE` and `aisle import orders FILE`; what may be canceled, changed and",
        f"returned stands in {settings.home / FILE_NAME}, which you write (docs/orders.md).",
    ]
    typer.echo("\n".join(lines))
