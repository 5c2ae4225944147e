"""The weights that ship: small enough, whole, described, and able to say what they were trained to say."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest
import torch
import yaml
from transformers import AutoModelForCausalLM, AutoTokenizer

from assistant.act import Act
from assistant.language_model.embedded_model import EmbeddedModel
from assistant.language_model.language_model import Decoding
from assistant.language_model.prompt import SPECIAL_TOKENS, Prompt, PromptFact, PromptTurn
from assistant.reference import REFERENCE_PATTERN
from assistant.settings import SOURCE_ROOT

BASE, ADAPTER = SOURCE_ROOT / "data" / "models" / "base", SOURCE_ROOT / "data" / "models" / "adapter"
MEGABYTES = 64
CASES = [
    ("how much is it?", Act.TOLD_PRICE, ("p1.name", "p1.price"), "p1.price"),
    ("do you take returns?", Act.ANSWERED, ("a1.text", "a1.title"), "a1.text"),
    (
        "where is my parcel",
        Act.ORDER_STATUS,
        ("o1.id", "o1.status=shipped", "o1.placed", "o1.expected", "o1.items=several"),
        "o1.status",
    ),
    ("can I talk to a person", Act.CONTACT, ("shop.email", "shop.phone"), "shop."),
    ("hello", Act.GREET, (), ""),
    ("my parcel came broken", Act.LISTEN, (), ""),
]


@pytest.fixture(scope="module")
def model() -> EmbeddedModel:
    return EmbeddedModel.open(BASE, ADAPTER)


def test_base_and_adapter_are_small() -> None:
    files = [file for folder in (BASE, ADAPTER) for file in folder.rglob("*") if file.is_file()]
    assert sum(file.stat().st_size for file in files) < MEGABYTES * 1_000_000
    assert not [file for file in files if file.suffix in (".bin", ".pt", ".pkl")]


def test_the_base_is_an_ordinary_hugging_face_folder() -> None:
    tokenizer = AutoTokenizer.from_pretrained(BASE, local_files_only=True)
    model = AutoModelForCausalLM.from_pretrained(BASE, local_files_only=True)
    assert model.config.model_type == "llama"
    assert 10_000_000 <= model.num_parameters() <= 60_000_000
    assert model.dtype == torch.bfloat16
    assert [tokenizer.convert_tokens_to_ids(token) for token in SPECIAL_TOKENS] == list(range(len(SPECIAL_TOKENS)))


@pytest.mark.parametrize("folder", [BASE, ADAPTER], ids=["base", "adapter"])
def test_cards_tell_data_licence_recipe_and_results(folder: Path) -> None:
    _, header, text = (folder / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    assert yaml.safe_load(header)["license"] == "apache-2.0"
    assert {"## Data", "## Recipe", "## Results", "## Known failures"} <= set(
        re.findall(r"^## .*$", text, re.MULTILINE)
    )
    assert "aisle train" in text
    assert "perplexity, service replies, all, base + adapter" in text


def test_the_adapters_card_shows_thirty_replies() -> None:
    text = (ADAPTER / "README.md").read_text(encoding="utf-8")
    assert len(re.findall(r"^\d+\. “", text, re.MULTILINE)) == 30


@pytest.mark.parametrize(("message", "act", "keys", "said"), CASES, ids=[case[1].value for case in CASES])
def test_it_says_what_was_done(model: EmbeddedModel, message: str, act: Act, keys: tuple[str, ...], said: str) -> None:
    facts = tuple(PromptFact(key, "", hint) for key, _, hint in (key.partition("=") for key in keys))
    turn = PromptTurn(message, (act,), facts)
    reply = "".join(model.write(Prompt("", (turn,)), Decoding(temperature=0.0), threading.Event()))
    assert len(reply.split()) > 1 or reply.strip() == "{a1.text}"
    assert set(REFERENCE_PATTERN.findall(reply)) <= {fact.key for fact in facts}
    assert "{" + said in reply if said else "{" not in reply
