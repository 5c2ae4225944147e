"""What is trained on has no personal data, in replies either, and the settings choose what finds names."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from assistant.evidence.evidence import Evidence
from assistant.language_model.prompt import Prompt, PromptTurn
from assistant.opening import open_assistant
from assistant.privacy.known import Known
from assistant.privacy.masker import Masker
from assistant.privacy.presidio import PresidioMasker
from finetune.masking import masked, shop_mask
from finetune.replayed import Replayed
from retrieval.errors import ModelError, SettingsError
from tests.unit.small_home import make_home

MASK = Masker(Known.of(texts=["The Wren is a tent, and a robin is a bird."]))


def replayed(reply: str, earlier: str = "") -> Replayed:
    turns = (PromptTurn("my name is Robin Vale", (), (), earlier), PromptTurn("robin@example.org, thanks", (), ()))
    return Replayed("t1", 1, Prompt("", turns), Evidence(()), reply, "Hello!")


def test_a_name_that_only_the_messages_introduce_is_masked_in_replies_too() -> None:
    made = masked(replayed("It is ready, Robin.", earlier="Vale is noted."), MASK)
    assert "Robin" not in made.reply
    assert "Vale" not in made.prompt.turns[0].reply
    assert [turn.message for turn in made.prompt.turns] == ["my name is {customer.name}", "{customer.email}, thanks"]


def test_a_reply_with_references_stays_as_it_is() -> None:
    reply = "Hello {customer.name}! {p1.name} is {p1.price}."
    made = masked(replayed(reply), MASK)
    assert made.reply == reply
    assert made.prompt.turns[0].message == "my name is {customer.name}"
    assert masked(made, MASK) == made


@pytest.mark.parametrize("identity", ["dana@example.org", "+44 20 7946 0958", "Dana Whitfield"])
def test_a_conversation_that_is_named_after_a_person_gets_another_id(identity: str) -> None:
    made = masked(replace(replayed("Hello."), transcript_id=identity), MASK)
    assert made.transcript_id != identity
    assert made.transcript_id == masked(replace(replayed("Hi."), transcript_id=identity), MASK).transcript_id
    assert masked(replayed("Hello."), MASK).transcript_id == "t1"


def test_the_settings_choose_what_finds_names(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    assistant = open_assistant(settings)
    assert isinstance(shop_mask(assistant, settings), Masker)
    named = settings.model_copy(update={"names_model": "no_such_model"})
    with pytest.raises((ModelError, SettingsError), match=r"no_such_model|not installed"):
        shop_mask(assistant, named)


@pytest.mark.skipif(find_spec("presidio_analyzer") is None, reason="the extra privacy is not installed")
def test_a_spacy_model_masks_transcripts(tmp_path: Path) -> None:
    import spacy

    pipeline = spacy.blank("en")
    pipeline.add_pipe("entity_ruler").add_patterns([{"label": "PERSON", "pattern": "quillon"}])
    pipeline.to_disk(tmp_path / "people")
    settings = make_home(tmp_path / "home", names_model=str(tmp_path / "people"))
    mask = shop_mask(open_assistant(settings), settings)
    assert isinstance(mask, PresidioMasker)
    assert mask.mask_all(["it was quillon"])[0].text == "it was {customer.name}"
