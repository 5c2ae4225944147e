"""Tiny models with random weights, one for each way in which a local engine speaks to a model."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from tests.unit.adapter_folders import tiny_gpt2, tiny_llama

TEMPLATE = (
    "{% for m in messages %}<{{ m.role }}>{{ m.content }}<eos>\n{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)


def write_models(root: Path) -> dict[str, Path]:
    """A Llama with a chat template and a GPT-2 without."""
    for name, model in (("llama", tiny_llama()), ("gpt2", tiny_gpt2())):
        model.resize_token_embeddings(400)
        model.config.eos_token_id = model.generation_config.eos_token_id = 1
        if name == "gpt2":
            model.config.n_positions = 1024
            model.transformer.wpe = torch.nn.Embedding(1024, 32)
        model.save_pretrained(root / name)
        plain = _byte_tokenizer()
        plain.chat_template = TEMPLATE if name == "llama" else None
        plain.save_pretrained(root / name)
    return {name: root / name for name in ("llama", "gpt2")}


def _byte_tokenizer() -> PreTrainedTokenizerFast:
    plain = Tokenizer(models.BPE())
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    plain.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=390,
        special_tokens=["<pad>", "<eos>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    plain.train_from_iterator(["The kettle costs little and is in stock."] * 20, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=plain, eos_token="<eos>")
