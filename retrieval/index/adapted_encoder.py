"""Adapted encoders: the default sentence encoder with a LoRA adapter of ours, as the finder and the router are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrieval.errors import ModelError
from retrieval.index.sentence_encoder import load_packaged

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer


def load_adapted(folder: Path) -> SentenceTransformer:
    """The default model with the adapter in `folder` merged into it."""
    from peft import PeftModel

    model = load_packaged()
    model[0].auto_model = PeftModel.from_pretrained(model[0].auto_model, str(folder)).merge_and_unload()
    return model


@contextmanager
def loading(name: str, folder: Path) -> Iterator[None]:
    """Raises ModelError, which says how to get another, if what is called `name` cannot be loaded from `folder`."""
    try:
        yield
    except Exception as error:  # peft, safetensors, json and torch each raise their own kinds
        reason = str(error).strip().partition("\n")[0]
        raise ModelError(
            f"the {name} in {folder} cannot be loaded: {reason}",
            f"Restore the folder data/models/{name} from the repository, or run: aisle train {name}",
        ) from error


def pooled(
    encoder: Any,
    tokenizer: Any,
    first: Sequence[str],
    second: Sequence[str] | None = None,
    *,
    longest: int,
    cut: str = "longest_first",
) -> torch.Tensor:
    """Mean-pooled vectors of texts, or of pairs of texts, shape (len(first), dimension), not normalized.

    `longest` is in tokens of a text or pair; `cut` is the tokenizer's name for which text of a pair is cut.
    """
    encoded = tokenizer(
        list(first),
        None if second is None else list(second),
        padding=True,
        truncation=True if second is None else cut,
        max_length=longest,
        return_tensors="pt",
    )
    hidden = encoder(**encoded).last_hidden_state
    mask = encoded["attention_mask"].unsqueeze(-1).to(hidden.dtype)
    vectors: torch.Tensor = (hidden * mask).sum(1) / mask.sum(1)
    return vectors
