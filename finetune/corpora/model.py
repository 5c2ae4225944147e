"""Trains the adapter that plans, reads and writes, on the corpus.

    aisle train conversation --output data/models/conversation

One LoRA adapter learns the two parts of a transcript that the model writes, plans and replies, and the verdicts on record lines.
References are tokens of their own.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, AutoTokenizer

from assistant.adapters.adapter import WEIGHTS_FILE
from assistant.checking.claims import EVERYDAY_FILE
from assistant.evidence.brief import KEYS
from assistant.language_model.base import INSTALL
from assistant.language_model.transcript import encode
from assistant.reference import spell
from finetune.batches import Passes
from finetune.corpora.everyday import everyday_stems
from finetune.corpora.pairs import reading_pairs
from finetune.corpora.reading_examples import reading_examples
from finetune.corpora.shop import held_out, shop_folders
from finetune.corpora.transcripts import CorpusConversation, corpus_conversations
from finetune.example import Example
from finetune.tuning.adapter_folder import check_free, draw_losses, write_adapter, write_record
from finetune.tuning.checkpoint import Checkpoints
from finetune.tuning.processes import Processes
from finetune.tuning.recipe import Recipe
from finetune.tuning.tuning import Tuning, Watch
from retrieval.errors import ModelError

CONTEXT = 1024
"""Tokens of a conversation that are learnt from; the earliest turns of a longer one are left out."""
RECIPE = Recipe(
    rank=16, scale=2.0, learning_rate=1e-3, passes=3.0, batch_tokens=2048, parts=2, evaluations=9,
)  # fmt: skip
"""Three passes: on held-out conversations the loss is lowest after the second, and those weights are kept."""
_VALIDATION_SHARE = 0.05


def train_conversation(
    corpus: Path, base: Path, output: Path, recipe: Recipe = RECIPE, watch: Watch = lambda noted: None
) -> Path:
    """Trains an adapter for the model folder `base` and writes it to `output`. Goes on after an interruption.

    Raises FeedError for a faulty corpus, ModelError for a base that cannot be used or an `output` that is taken.
    """
    check_free(output)
    tokenizer, model = open_with_references(base)
    conversations = training_conversations(corpus)
    random.Random(recipe.seed).shuffle(conversations)
    count = max(1, round(len(conversations) * _VALIDATION_SHARE))
    validation, training = conversations[:count], conversations[count:]
    tokens = token_function(tokenizer)
    adapted = with_lora(model, len(tokenizer), recipe)
    adapted.peft_config["default"].base_model_name_or_path = base.name
    checkpoints = Checkpoints(
        output / "checkpoints", {"recipe": recipe.as_json(), "conversations": len(conversations), "base": base.name}
    )
    tuning = Tuning(
        adapted,
        _passes(corpus, training, tokens, recipe.seed),
        [conversation_example(each, tokens) for each in validation],
        recipe,
        Processes.join(),
        checkpoints,
    )
    course = tuning.run(watch)
    output.mkdir(parents=True, exist_ok=True)
    tokenizer.save_pretrained(output)
    write_record({"base": base.name, "recipe": recipe.as_json(), "conversations": len(training)}, course, output)
    draw_losses(course, output / "loss.png")
    (output / EVERYDAY_FILE).write_text("\n".join(sorted(everyday_stems(training))) + "\n", encoding="utf-8")
    write_adapter(adapted, output)
    _halve(output / WEIGHTS_FILE)
    checkpoints.clear()
    return output


def _halve(weights: Path) -> None:
    """Store an adapter in bfloat16: half the size, and the engine rounds further than that."""
    tensors = {name: tensor.to(torch.bfloat16) for name, tensor in load_file(weights).items()}
    save_file(tensors, weights, metadata={"format": "pt"})


def _passes(
    corpus: Path, conversations: Sequence[CorpusConversation], tokens: Callable[[str], list[int]], seed: int
) -> Passes:
    """Every pass reads all conversations, and all judged lines in a new order."""
    kept = held_out(corpus)
    spoken = [conversation_example(each, tokens) for each in conversations]
    pairs = [pair for folder in shop_folders(corpus) if folder.name not in kept for pair in reading_pairs(folder, seed)]

    def examples(number: int) -> list[Example]:
        return [*spoken, *reading_examples(pairs, tokens, random.Random(f"{seed} {number}"))]

    return examples


def training_conversations(corpus: Path) -> list[CorpusConversation]:
    """Every conversation of the shops that are not held out."""
    kept = held_out(corpus)
    return [each for folder in shop_folders(corpus) if folder.name not in kept for each in corpus_conversations(folder)]


def open_with_references(base: Path) -> tuple[Any, Any]:
    """Tokenizer and model of `base`, both with one more token for each reference.

    A new token begins as the mean of the words of its key. Attention is computed plainly ("eager"): on processors that is a third
    faster in bf16 than PyTorch's fused kernel. Raises ModelError if the base cannot be loaded.
    """
    try:
        tokenizer = AutoTokenizer.from_pretrained(base, local_files_only=True)
        model = AutoModelForCausalLM.from_pretrained(
            base, local_files_only=True, dtype=torch.bfloat16, attn_implementation="eager"
        )
    except (OSError, ValueError) as error:
        raise ModelError(f"the base model {base} cannot be loaded: {error}", f"Run: {INSTALL}") from error
    model.requires_grad_(False)
    words = [tokenizer(key.replace(".", " "), add_special_tokens=False)["input_ids"] for key in KEYS]
    tokenizer.add_tokens([spell(key) for key in KEYS])
    table = model.get_input_embeddings().weight
    means = torch.stack([table[ids].float().mean(0) for ids in words])
    model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    with torch.no_grad():
        model.get_input_embeddings().weight[-len(KEYS) :] = means.to(table.dtype)
    return tokenizer, model


def with_lora(model: Any, vocabulary: int, recipe: Recipe) -> Any:
    """The model with a fresh LoRA adapter and trainable rows for the references; nothing else can learn."""
    torch.manual_seed(recipe.seed)
    config = LoraConfig(
        task_type="CAUSAL_LM",
        r=recipe.rank,
        lora_alpha=round(recipe.scale * recipe.rank),
        target_modules="all-linear",
        trainable_token_indices={"embed_tokens": list(range(vocabulary - len(KEYS), vocabulary))},
        bias="none",
    )
    return get_peft_model(model, config)


def token_function(tokenizer: Any) -> Callable[[str], list[int]]:
    """How text becomes token ids: nothing is added before or behind."""

    def tokens(text: str) -> list[int]:
        ids: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids

    return tokens


def conversation_example(conversation: CorpusConversation, tokens: Callable[[str], list[int]]) -> Example:
    """The ids of one conversation; plans and replies count in the loss, nothing else does."""
    kept = conversation
    while True:
        ids, learned = encode(kept.transcript(), tokens)
        if len(ids) <= CONTEXT or len(kept.turns) == 1:
            return Example(np.array(ids[:CONTEXT], np.int64), np.array(learned[:CONTEXT], np.float32))
        kept = replace(kept, turns=kept.turns[1:])
