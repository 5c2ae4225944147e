"""Tiny causal models with random weights in Hugging Face folders: the embedded kind, and three other architectures."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen2ForCausalLM,
)

CHAT = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
INSTRUCT = (
    "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system role') }}{% elif m.role == 'user' %}"
    "[INST] {{ m.content }} [/INST]{% else %}{{ m.content }}<eos>{% endif %}{% endfor %}"
)
TEXTS = ["The {p1.name} costs {p1.price} at http://x.example, or 50% less.", "You're welcome. Anything else?"]
CONTEXT = 1600
_SEED = 0


def tiny_llama(folder: Path, context: int = CONTEXT) -> Path:
    """A Llama with grouped-query attention, as the embedded model is one."""
    torch.manual_seed(_SEED)
    return saved(LlamaForCausalLM(LlamaConfig(tie_word_embeddings=True, **_sizes(1, context))), folder, CHAT)


def tiny_gpt2(folder: Path, context: int = CONTEXT) -> Path:
    torch.manual_seed(_SEED)
    sizes = {"vocab_size": 400, "bos_token_id": 0, "eos_token_id": 0}
    return saved(GPT2LMHeadModel(GPT2Config(n_embd=32, n_layer=2, n_head=2, n_positions=context, **sizes)), folder, "")


def tiny_qwen2(folder: Path, template: str = CHAT, context: int = CONTEXT) -> Path:
    torch.manual_seed(_SEED)
    return saved(Qwen2ForCausalLM(Qwen2Config(**_sizes(1, context))), folder, template)


def tiny_mistral(folder: Path, context: int = CONTEXT) -> Path:
    torch.manual_seed(_SEED)
    return saved(MistralForCausalLM(MistralConfig(sliding_window=None, **_sizes(0, context))), folder, INSTRUCT)


def _sizes(eos: int, context: int) -> dict[str, int]:
    return {
        "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1, "intermediate_size": 48,
        "max_position_embeddings": context, "vocab_size": 400, "bos_token_id": 0, "eos_token_id": eos,
    }  # fmt: skip


def saved(model: PreTrainedModel, folder: Path, template: str) -> Path:
    """Writes `model` with a byte-level tokenizer; its `<eos>` has id 0, the chat template's marks those behind it."""
    plain = Tokenizer(models.BPE())
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    plain.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=["<eos>", "<|im_end|>", "<|im_start|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False,
    )  # fmt: skip
    plain.train_from_iterator(TEXTS * 20, trainer)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=plain, eos_token="<eos>")
    if template:
        tokenizer.chat_template = template
    tokenizer.save_pretrained(folder)
    model.save_pretrained(folder)
    return folder


TINY = {"llama": tiny_llama, "gpt2": tiny_gpt2, "qwen2": tiny_qwen2, "mistral": tiny_mistral}
