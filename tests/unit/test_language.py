"""Which messages are in a language that Aisle does not speak."""

from __future__ import annotations

import pytest

from assistant.planning.language import is_other_language


@pytest.mark.parametrize(
    "message",
    [
        "¿Dónde está mi pedido?",
        "Haben Sie Zelte für zwei Personen?",
        "avez-vous des lampes de bureau",
        "dove posso ritirare il mio ordine",
    ],
)
def test_other_languages_are_told(message: str) -> None:
    assert is_other_language(message)


@pytest.mark.parametrize(
    "message",
    [
        "teh backpak for skool",
        "do u ship 2 germany",
        "hi",
        "merino top?",
        "",
        "??!",
        "42",
        "sais 37-622",
        "thx, gr8",
        "got any Fjällräven jackets",
    ],
)
def test_english_of_any_kind_and_signs_are_not(message: str) -> None:
    assert not is_other_language(message)
