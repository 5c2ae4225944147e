"""The chat's fixed texts: every language has every one, and the English ones are those that errors say."""

from __future__ import annotations

import re
from typing import get_args

import pytest
import yaml

from assistant.settings import Settings
from ui import protection, replies, strings
from ui.strings import languages, strings_of

TEXTS = yaml.safe_load((strings._FILE).read_text(encoding="utf-8"))


def blanks(text: str) -> list[str]:
    return sorted(re.findall(r"\{\w+\}", text))


def test_every_language_that_can_be_chosen_has_its_texts() -> None:
    assert set(languages()) == set(get_args(Settings.model_fields["language"].annotation))


@pytest.mark.parametrize("language", TEXTS)
def test_every_language_has_every_text_with_the_same_blanks(language: str) -> None:
    assert {key: blanks(text) for key, text in TEXTS[language].items()} == {
        key: blanks(text) for key, text in TEXTS["en"].items()
    }


@pytest.mark.parametrize("language", sorted(TEXTS.keys() - {"en"}))
def test_texts_are_translated_and_say_that_english_is_understood(language: str) -> None:
    same = [key for key, text in TEXTS[language].items() if text == TEXTS["en"][key]]
    assert set(same) <= {"conversation", "source", "sources", "no"}
    assert any(word in TEXTS[language]["hello"].lower() for word in ("englis", "anglais", "inglés", "inglese"))


def test_english_is_what_programs_are_told_too() -> None:
    english = strings_of("en")
    assert (english("failed"), english("busy"), english("too_fast")) == (
        replies.SORRY,
        replies.BUSY,
        protection.TOO_FAST,
    )


def test_a_region_is_its_language_and_an_unknown_language_is_english() -> None:
    assert strings_of("de-AT").language == "de"
    assert strings_of("FR").language == "fr"
    for unknown in ("", "tlh", "d", "../en"):
        assert strings_of(unknown).language == "en"
