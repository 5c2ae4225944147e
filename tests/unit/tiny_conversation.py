"""A tiny base model and a conversation adapter for it, with random weights: everything that `aisle finetune` starts from."""

from __future__ import annotations

import json
import re
from pathlib import Path

import torch
import yaml
from transformers import LlamaConfig, LlamaForCausalLM

from assistant.checking.claims import EVERYDAY_FILE
from assistant.language_model.base import _LAYOUT, base_folder
from assistant.language_model.whole_folder import MANIFEST
from assistant.settings import SOURCE_ROOT
from finetune.corpora.model import open_with_references, with_lora
from finetune.tuning.adapter_folder import write_adapter
from finetune.tuning.recipe import Recipe
from tests.unit.corpus import CORPUS
from tests.unit.tiny_models import CHAT, saved


def tiny_base(folder: Path) -> Path:
    torch.manual_seed(0)
    config = LlamaConfig(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1, intermediate_size=64, vocab_size=400,
        max_position_embeddings=2048, tie_word_embeddings=True, bos_token_id=0, eos_token_id=1,
    )  # fmt: skip
    return saved(LlamaForCausalLM(config), folder, CHAT)


def tiny_adapter(base: Path, folder: Path) -> Path:
    """An adapter that changes what the base says, as `aisle train conversation` would write it."""
    tokenizer, model = open_with_references(base)
    adapted = with_lora(model, len(tokenizer), Recipe(rank=4))
    adapted.peft_config["default"].base_model_name_or_path = base.name
    with torch.no_grad():
        for name, parameter in adapted.named_parameters():
            if "lora_B" in name:
                parameter.normal_(0, 0.05)
    folder.mkdir(parents=True)
    tokenizer.save_pretrained(folder)
    (folder / EVERYDAY_FILE).write_text("good\nchoice\nwelcom\ntim\nhello\ntoday\nhelp\n", encoding="utf-8")
    write_adapter(adapted, folder)
    return folder


def small_corpus(folder: Path, talks: int = 12) -> Path:
    """One shop of the corpus that is trained on, with its first few conversations and judged lines."""
    shop, copy = CORPUS / "northwire", folder / "northwire"
    copy.mkdir(parents=True)
    for path in shop.iterdir():
        if path.name not in ("conversations", "pairs"):
            (copy / path.name).symlink_to(path)
    for name in ("conversations", "pairs"):
        first = min((shop / name).glob("*.yaml"))
        entries = re.split(r"(?m)^(?=- )", first.read_text(encoding="utf-8"))
        (copy / name).mkdir()
        (copy / name / first.name).write_text("".join(entries[: talks + 1]), encoding="utf-8")
    (folder / "splits.yaml").write_text(yaml.safe_dump({"held_out": []}), encoding="utf-8")
    return folder


def tiny_install(root: Path) -> dict[str, str]:
    """The settings of an Aisle whose embedded base and shipped adapter are tiny ones; the other files that ship are the real ones."""
    base = tiny_base(base_folder(root / "cache"))
    files = {path.name: path.stat().st_size for path in base.iterdir()}
    source = {"file": "tiny.gguf", "sha256": "", "layout": _LAYOUT}
    (base / MANIFEST).write_text(json.dumps({"source": source, "files": files}), encoding="utf-8")
    models = root / "data" / "models"
    models.mkdir(parents=True)
    for folder in (SOURCE_ROOT / "data" / "models").iterdir():
        if folder.name != "conversation":
            (models / folder.name).symlink_to(folder)
    tiny_adapter(base, models / "conversation")
    return {"AISLE_CACHE": str(root / "cache"), "AISLE_DATA": str(root / "data")}
