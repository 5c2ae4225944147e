"""What encoders of ours with a LoRA adapter share, such as the finder and the router: errors that say how to get another, and vectors of texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrieval.errors import ModelError

if TYPE_CHECKING:
    import torch


@contextmanager
def loading(name: str, folder: Path, trained: str = "") -> Iterator[None]:
    """Raises ModelError, which says how to get another, if what is called `name` cannot be loaded from `folder`.

    `trained` is the part that `aisle train` makes again; by default all of it.
    """
    try:
        yield
    except Exception as error:  # peft, safetensors, json and torch each raise their own kinds
        reason = str(error).strip().partition("\n")[0]
        raise ModelError(
            f"the {name} in {folder} cannot be loaded: {reason}",
            f"Restore the folder data/models/{name} from the repository, or run: aisle train {trained or name}",
        ) from error


def pooled(
    encoder: Any,
    tokenizer: Any,
    first: Sequence[str],
    second: Sequence[str] | None = None,
    *,
    longest: int,
    keeps_first: bool = False,
) -> torch.Tensor:
    """Mean-pooled vectors of texts, or of pairs of texts, shape (len(first), dimension), not normalized.

    `longest` is in tokens of a text or pair. The longer text of a pair is cut; with `keeps_first` the second, unless the first
    leaves no room for it.
    """
    keeps_first = keeps_first and second is not None and _leave_room(tokenizer, first, longest)
    encoded = tokenizer(
        list(first),
        None if second is None else list(second),
        padding=True,
        truncation="only_second" if keeps_first else "longest_first",
        max_length=longest,
        return_tensors="pt",
    )
    hidden = encoder(**encoded).last_hidden_state
    mask = encoded["attention_mask"].unsqueeze(-1).to(hidden.dtype)
    vectors: torch.Tensor = (hidden * mask).sum(1) / mask.sum(1)
    return vectors


def _leave_room(tokenizer: Any, first: Sequence[str], longest: int) -> bool:
    """Whether each text leaves a token for the other one of its pair; the tokenizer raises for a text that must be cut to nothing."""
    room = longest - tokenizer.num_special_tokens_to_add(pair=True)
    cut = tokenizer(list(first), add_special_tokens=False, truncation=True, max_length=longest)
    return all(len(ids) < room for ids in cut["input_ids"])
