"""Look: how the chat presents itself, from settings; the widget's `data-*` attributes win over it for their page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from assistant.settings import Settings
from ui.page import said_by_page
from ui.strings import Strings, languages

_WIDGET = Path(__file__).parent / "static" / "widget.js"
QUESTIONS = 4
"""How many first questions fit."""
_LONGEST = {"title": 80, "logo": 500, "greeting": 300, "questions": 400, "language": 10}
"""Characters of what a page may say of the look."""
_FIRST_QUESTIONS = (
    "Show me what's on sale",
    "Recommend something for me",
    "What is your returns policy?",
    "Where is my order?",
)


@dataclass(frozen=True, slots=True)
class Look:
    """What a customer sees before the first message, and `contacts`, "" if none are set, when the chat cannot be reached.

    `logo` is an address, "" for a plain mark.
    """

    title: str
    logo: str
    greeting: str
    questions: tuple[str, ...]
    language: str
    color: str
    color_dark: str
    theme: str
    position: str
    contacts: str

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The look that the settings choose. A logo that is a file is at `logo`, next to the widget's script."""
        return cls(
            title=settings.shop_name,
            logo="logo" if settings.logo_file is not None else settings.logo,
            greeting=settings.greeting,
            questions=tuple(settings.first_questions) or _FIRST_QUESTIONS,
            language=settings.language,
            color=settings.color,
            color_dark=settings.color_dark,
            theme=settings.theme,
            position=settings.position,
            contacts=" · ".join(filter(None, (settings.shop_email, settings.shop_phone, settings.shop_hours))),
        )

    def on_page(self, given: str) -> Look:
        """The look with what a page says of title, logo, greeting, questions and language, as JSON; the rest stays."""
        said = said_by_page(given, _LONGEST)
        questions = tuple(filter(None, (text.strip() for text in said.get("questions", "").split("|"))))[:QUESTIONS]
        return Look(
            title=said.get("title") or self.title,
            logo=said.get("logo") or self.logo,
            greeting=said.get("greeting") or self.greeting,
            questions=questions or self.questions,
            language=said.get("language") or self.language,
            color=self.color,
            color_dark=self.color_dark,
            theme=self.theme,
            position=self.position,
            contacts=self.contacts,
        )

    @property
    def has_own_questions(self) -> bool:
        """True if the shop has chosen the first questions."""
        return self.questions != _FIRST_QUESTIONS

    def for_widget(self) -> dict[str, Any]:
        """What the widget's script needs, by the names of its `data-*` attributes where it has one."""
        return {
            "title": self.title,
            "color": self.color,
            "colorDark": self.color_dark,
            "theme": self.theme,
            "position": self.position,
            "language": self.language,
            "contacts": self.contacts,
        }


def widget_script(look: Look) -> str:
    """The widget's script with the shop's look and the texts of every language in it."""
    texts = {
        code: [
            strings("title"), strings("open_chat", title="{title}"), strings("close_chat", title="{title}"),
            *_when_lost(look, strings), strings("not_allowed", origin="{origin}"),
        ]
        for code, strings in languages().items()
    }  # fmt: skip
    shop = json.dumps({**look.for_widget(), "texts": texts}, ensure_ascii=False).replace("<", "\\u003c")
    return _WIDGET.read_text(encoding="utf-8").replace("/*shop*/ {}", shop)


def chat_look(look: Look) -> str:
    """The JSON that the chat's own script needs: the look, and by language what it says while it opens or a reply is missing."""
    keys = ("kept", "unanswered", "opening", "slow")
    texts = {
        code: dict(zip(("lost", "reach", "again"), _when_lost(look, strings), strict=True))
        | {key: strings(key) for key in keys}
        for code, strings in languages().items()
    }
    return json.dumps({**look.for_widget(), "texts": texts})


def _when_lost(look: Look, strings: Strings) -> tuple[str, str, str]:
    """That the assistant cannot be reached, who can, and what the button says that tries again."""
    reach = strings("reach_us", contacts=look.contacts) if look.contacts else ""
    return strings("lost"), reach, strings("retry")
