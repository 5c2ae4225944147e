"""The optional masker with a spaCy model: same protocol, clear errors, and real Presidio where it is installed."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.privacy.known import Known
from assistant.privacy.masker import Mask
from assistant.privacy.presidio import PresidioMasker
from retrieval.errors import ModelError, SettingsError

installed = pytest.mark.skipif(find_spec("presidio_analyzer") is None, reason="the extra privacy is not installed")


class FirstWord:
    """An analyser that takes the first word of each text for a person."""

    def analyze(self, text: str, **options: Any) -> list[SimpleNamespace]:
        assert options["entities"] == ["PERSON"]
        return [SimpleNamespace(start=0, end=len(text.split()[0]))]


def test_what_the_model_finds_is_masked_in_every_message() -> None:
    masker: Mask = PresidioMasker(FirstWord())
    masked = masker.mask_all(["Dana wants a tent", "Is Dana here? dana@example.com"])
    assert [each.text for each in masked] == [
        "{customer.name} wants a tent",
        "Is {customer.name} here? {customer.email}",
    ]


def test_a_word_of_the_shop_is_no_name_whatever_the_model_says() -> None:
    masker = PresidioMasker(FirstWord(), Known.of(texts=["Alder 2 Tent"]))
    assert masker.mask_all(["Alder is out of stock"])[0].text == "Alder is out of stock"


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(SettingsError, match=r"aisle\[privacy\]"):
        PresidioMasker.open()


@installed
def test_a_missing_model_is_named() -> None:
    with pytest.raises(ModelError, match="no_such_model"):
        PresidioMasker.open("no_such_model")


@installed
def test_real_presidio_masks_names_that_no_rule_knows(tmp_path: Path) -> None:
    import spacy

    pipeline = spacy.blank("en")
    pipeline.add_pipe("entity_ruler").add_patterns([{"label": "PERSON", "pattern": "Quillon"}])
    pipeline.to_disk(tmp_path / "people")
    masked = PresidioMasker.open(tmp_path / "people").mask_all(["nobody but Quillon knows", "so it was quillon"])
    assert [each.text for each in masked] == ["nobody but {customer.name} knows", "so it was {customer.name}"]
