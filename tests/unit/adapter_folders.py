"""Small bases and adapters as peft writes them, and reports as judging writes them."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch
from peft import IA3Config, LoraConfig, PeftConfig, PrefixTuningConfig, get_peft_model
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM, PreTrainedModel

from assistant.adapters.adapter import Adapter
from assistant.adapters.verdict import REPORT_FILE, Verdict

GOOD = Verdict(
    judged=datetime(2026, 11, 20, tzinfo=UTC), digest="", before="shipped", after_name="2026-11", conversations=80,
    judged_replies=300, replies=200, loss_before=3.2, loss_after=2.7,
    loss_change=-0.5, loss_low=-0.6, loss_high=-0.4, wrong_facts=0, false_promises=0, fallbacks_before=4,
    fallbacks_after=3, fallback_rise_low=-0.01,
)  # fmt: skip


def tiny_llama() -> LlamaForCausalLM:
    torch.manual_seed(0)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=64, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=2,
            num_key_value_heads=1, eos_token_id=1, pad_token_id=0, bos_token_id=None,
        )
    )  # fmt: skip


def tiny_gpt2() -> GPT2LMHeadModel:
    torch.manual_seed(0)
    return GPT2LMHeadModel(
        GPT2Config(vocab_size=64, n_embd=32, n_layer=2, n_head=2, n_positions=64, bos_token_id=0, eos_token_id=0)
    )


def configs() -> dict[str, tuple[PreTrainedModel, PeftConfig]]:
    """A base and a configuration for every method that can be trained."""
    some: dict[str, Any] = {"task_type": "CAUSAL_LM"}
    both = ["q_proj", "v_proj"]
    return {
        "LoRA": (tiny_llama(), LoraConfig(r=4, target_modules=both, **some)),
        "LoRA on every layer": (tiny_llama(), LoraConfig(r=2, target_modules="all-linear", **some)),
        "LoRA on Conv1D": (tiny_gpt2(), LoraConfig(r=4, target_modules=["c_attn"], fan_in_fan_out=True, **some)),
        "DoRA": (tiny_llama(), LoraConfig(r=4, use_dora=True, target_modules=both, **some)),
        "IA3": (
            tiny_llama(),
            IA3Config(target_modules=["k_proj", "down_proj"], feedforward_modules=["down_proj"], **some),
        ),
        "prefix tuning": (tiny_llama(), PrefixTuningConfig(num_virtual_tokens=3, **some)),
    }


def write_base(model: PreTrainedModel, folder: Path) -> Path:
    model.save_pretrained(folder)
    return folder


def write_adapter(model: PreTrainedModel, config: PeftConfig, folder: Path, seed: int = 1) -> Path:
    """The adapter of `config` with random weights, so that it changes what the base says."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # peft uses a name that transformers gives up
        adapted = get_peft_model(model, config)
        chance = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for parameter in (item for item in adapted.parameters() if item.requires_grad):
                parameter.add_(torch.randn(parameter.shape, generator=chance) * 0.2)
        adapted.peft_config["default"].base_model_name_or_path = "../base"
        adapted.save_pretrained(folder, save_embedding_layers=False)
    return folder


def write_report(folder: Path, verdict: Verdict = GOOD, **changed: Any) -> Path:
    """A report on the adapter in `folder`, good but for what is `changed`."""
    told = replace(verdict, **{"digest": Adapter.read(folder).digest(), **changed})
    (folder / REPORT_FILE).write_text(json.dumps({"verdict": told.as_json()}))
    return folder
