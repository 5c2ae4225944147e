"""Exporting: what is merged is the same model, whole, and speaks as it was trained."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from peft import LoraConfig, PeftModel, PrefixTuningConfig
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaForCausalLM

from assistant.adapters.adapter import Adapter
from assistant.exporting import Spoken, export
from retrieval.errors import AdapterError
from tests.unit.adapter_folders import write_adapter
from tests.unit.model_folders import write_models

LORA = LoraConfig(r=4, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM")
CONV = LoraConfig(r=4, target_modules=["c_attn"], fan_in_fan_out=True, task_type="CAUSAL_LM")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_models(tmp_path_factory.mktemp("models"))


def made(base: Path, config: LoraConfig | PrefixTuningConfig, folder: Path) -> Adapter:
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    written = write_adapter(model, config, folder)
    text = (written / "adapter_config.json").read_text().replace('"../base"', f'"../{base.name}"')
    (written / "adapter_config.json").write_text(text)
    return Adapter.read(written)


@pytest.mark.parametrize(("name", "config", "spoken"), [("llama", LORA, Spoken.TEMPLATE), ("gpt2", CONV, Spoken.PLAIN)])
def test_the_merged_model_is_the_base_with_its_adapter(
    name: str,
    config: LoraConfig,
    spoken: Spoken,
    folders: dict[str, Path],
    tmp_path: Path,
) -> None:
    adapter = made(folders[name], config, tmp_path / "2026-11")
    exported = export(adapter, str(folders[name]), tmp_path / "out" / "merged")
    assert exported.difference <= 1e-4
    assert exported.spoken is spoken
    base = AutoModelForCausalLM.from_pretrained(folders[name], dtype=torch.float32)
    ids = torch.arange(20, 50)[None]
    with torch.inference_mode():
        beside = PeftModel.from_pretrained(base, adapter.folder).eval()(ids).logits
        merged = AutoModelForCausalLM.from_pretrained(exported.folder).eval()(ids).logits
        bare = AutoModelForCausalLM.from_pretrained(folders[name], dtype=torch.float32).eval()(ids).logits
    np.testing.assert_allclose(merged.numpy(), beside.numpy(), atol=1e-4)
    assert float((merged - bare).abs().max()) > 1e-3
    card = (exported.folder / "README.md").read_text()
    assert f"{exported.difference:.1e}" in card
    assert "convert_hf_to_gguf.py" in card
    assert list(exported.folder.parent.iterdir()) == [exported.folder]


def test_half_precision_is_rounded_after_the_check(folders: dict[str, Path], tmp_path: Path) -> None:
    adapter = made(folders["llama"], LORA, tmp_path / "made")
    exported = export(adapter, str(folders["llama"]), tmp_path / "merged", half=True)
    assert AutoModelForCausalLM.from_pretrained(exported.folder, dtype="auto").dtype == torch.bfloat16
    assert exported.difference <= 1e-4


def test_an_adapter_with_tokens_of_its_own_takes_them_along(folders: dict[str, Path], tmp_path: Path) -> None:
    base = folders["llama"]
    tokenizer = AutoTokenizer.from_pretrained(base)
    tokenizer.add_tokens(["{p1.name}", "{p1.price}"])
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    config = LoraConfig(
        r=4,
        target_modules=["q_proj"],
        task_type="CAUSAL_LM",
        trainable_token_indices={"embed_tokens": [len(tokenizer) - 2, len(tokenizer) - 1]},
    )
    written = write_adapter(model, config, tmp_path / "made")
    text = (written / "adapter_config.json").read_text().replace('"../base"', f'"../{base.name}"')
    (written / "adapter_config.json").write_text(text)
    tokenizer.save_pretrained(written)
    exported = export(Adapter.read(written), str(base), tmp_path / "merged")
    assert exported.spoken is Spoken.TRANSCRIPT
    assert AutoTokenizer.from_pretrained(exported.folder).convert_tokens_to_ids("{p1.price}") == len(tokenizer) - 1
    assert AutoModelForCausalLM.from_pretrained(exported.folder).config.vocab_size >= len(tokenizer)


def test_what_cannot_be_exported_is_told_and_leaves_nothing(
    folders: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    base = folders["llama"]
    adapter = made(base, LORA, tmp_path / "made")
    (tmp_path / "there").mkdir()
    with pytest.raises(AdapterError, match="exists already"):
        export(adapter, str(base), tmp_path / "there")
    prefix = made(base, PrefixTuningConfig(num_virtual_tokens=2, task_type="CAUSAL_LM"), tmp_path / "prefix")
    with pytest.raises(AdapterError, match="is a prefix"):
        export(prefix, str(base), tmp_path / "merged")
    with pytest.raises(AdapterError, match="made for the base"):
        export(adapter, str(folders["gpt2"]), tmp_path / "merged")

    def worse(model: LlamaForCausalLM, folder: Path, _save=LlamaForCausalLM.save_pretrained, **options: object) -> None:
        with torch.no_grad():
            model.model.embed_tokens.weight += 0.01
        _save(model, folder, **options)

    monkeypatch.setattr(LlamaForCausalLM, "save_pretrained", worse)
    with pytest.raises(AdapterError, match=r"differs by .* in a logit"):
        export(adapter, str(base), tmp_path / "merged")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["made", "prefix", "there"]
