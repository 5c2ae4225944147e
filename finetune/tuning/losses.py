"""Losses: the weighted cross-entropy of a batch, by the fast way where a model allows it.

Only replies count, and most tokens are prompt: the fast way takes only the places that count through the vocabulary
layer. Models that do something else behind it, such as scaling or capping logits, take the whole way.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from finetune.batches import Batch
from finetune.optimizing import weighted_loss

Loss = Callable[[nn.Module, Batch], Tensor]
"""Sum over a batch of weight times cross-entropy, in nats."""

_PROBE = 24
_CLOSE = 1e-4


def whole_loss(model: nn.Module, batch: Batch) -> Tensor:
    """The loss by the model's own logits, whatever it does to them."""
    seen = batch.ids[:, :-1]
    logits = model(input_ids=seen, attention_mask=torch.ones_like(seen)).logits[:, -seen.shape[1] :]
    weights = batch.weights[:, 1:]
    counted = weights > 0
    losses = functional.cross_entropy(logits[counted].float(), batch.wanted[:, 1:][counted], reduction="none")
    return (losses * weights[counted]).sum()


@torch.no_grad()
def loss_for(model: nn.Module, vocabulary: int) -> Loss:
    """The fast way where it gives the same as the whole way on a probe, else the whole way."""
    device = next(model.parameters()).device
    ids = torch.arange(_PROBE, device=device).remainder(vocabulary)[None]
    probe = Batch(ids, torch.ones_like(ids, dtype=torch.float32))
    try:
        fast = weighted_loss(model, probe)
    except (AttributeError, TypeError, ValueError):
        return whole_loss
    return weighted_loss if bool(abs(fast - whole_loss(model, probe)) < _CLOSE * _PROBE) else whole_loss
