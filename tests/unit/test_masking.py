"""What is trained on has no personal data, in replies either, and the settings choose what finds names."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from assistant.actions.orders import Orders
from assistant.language_model.transcript import TranscriptTurn
from assistant.privacy.known import Known
from assistant.privacy.masker import Mask, Masker
from assistant.privacy.presidio import PresidioMasker
from assistant.settings import Settings
from assistant.shop_mask import shop_mask
from finetune.masking import masked
from finetune.replayed import Replayed
from retrieval.errors import ModelError, SettingsError
from retrieval.store.database import open_database
from retrieval.store.records import Records
from tests.unit.replayed_turns import prepared
from tests.unit.replayed_turns import replayed as made_by_hand
from tests.unit.small_home import make_home

MASK = Masker(Known.of(texts=["The Wren is a tent, and a robin is a bird."], codes=["FF-20102"]))


def replayed(reply: str, earlier: str = "") -> Replayed:
    before = TranscriptTurn("my name is Robin Vale", "order status FF-20199", "o1 FF-20199 | shipped", earlier)
    return made_by_hand("t1", 2, reply, prepared("robin@example.org, thanks", thread=(before,)))


def mask_of(settings: Settings) -> Mask:
    engine = open_database(settings.resolved_database_url)
    records = Records(engine)
    return shop_mask(records.catalog(), records, Orders(engine), settings)


def test_a_name_that_only_the_messages_introduce_is_masked_in_replies_too() -> None:
    made = masked(replayed("It is ready, Robin.", earlier="Vale is noted."), MASK)
    assert "Robin" not in made.reply
    assert "Vale" not in made.turns[0].reply
    assert [turn.message for turn in made.turns] == ["my name is {customer.name}", "{customer.email}, thanks"]


def test_numbers_are_masked_in_plans_and_briefs_too_and_are_no_references_there() -> None:
    made = masked(replayed("Hello."), MASK)
    assert "20199" not in str(made)
    assert "{" not in made.turns[0].plan + made.turns[0].brief
    assert made.turns[0].brief.endswith(" | shipped")


def test_a_reply_with_references_stays_as_it_is() -> None:
    reply = "Hello {customer.name}! {p1.name} is {p1.price}. {l1}"
    made = masked(replayed(reply), MASK)
    assert made.reply == reply
    assert made.turns[0].message == "my name is {customer.name}"


@pytest.mark.parametrize("identity", ["dana@example.org", "+44 20 7946 0958", "Dana Whitfield"])
def test_a_conversation_that_is_named_after_a_person_gets_another_id(identity: str) -> None:
    made = masked(replace(replayed("Hello."), transcript_id=identity), MASK)
    assert made.transcript_id != identity
    assert made.transcript_id == masked(replace(replayed("Hi."), transcript_id=identity), MASK).transcript_id
    assert masked(replayed("Hello."), MASK).transcript_id == "t1"


def test_the_settings_choose_what_finds_names(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    assert isinstance(mask_of(settings), Masker)
    named = settings.model_copy(update={"names_model": "no_such_model"})
    with pytest.raises((ModelError, SettingsError), match=r"no_such_model|not installed"):
        mask_of(named)


@pytest.mark.skipif(find_spec("presidio_analyzer") is None, reason="the extra privacy is not installed")
def test_a_spacy_model_masks_transcripts(tmp_path: Path) -> None:
    import spacy

    pipeline = spacy.blank("en")
    pipeline.add_pipe("entity_ruler").add_patterns([{"label": "PERSON", "pattern": "quillon"}])
    pipeline.to_disk(tmp_path / "people")
    settings = make_home(tmp_path / "home", names_model=str(tmp_path / "people"))
    mask = mask_of(settings)
    assert isinstance(mask, PresidioMasker)
    assert mask.mask_all(["it was quillon"])[0].text == "it was {customer.name}"
