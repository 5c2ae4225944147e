"""Router: which tool a message asks for, read by a small encoder that sees the conversation before it.

all-MiniLM-L6-v2 with a LoRA adapter and one linear layer on its mean-pooled tokens (`aisle train router`). If the router is sure of
a tool that the plan lacks, the plan is written again and begins with that tool: an encoder of 22 million parameters picks tools better than the
language model does, and the language model fills in their arguments.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from assistant.dialogue.thread import Thread
from assistant.planning.plan import STEPS
from retrieval.index.adapted_encoder import load_adapted, loading, pooled
from retrieval.index.one_thread import one_thread

TOOLS = tuple(STEPS)
HEAD_FILE = "head.safetensors"
LONGEST = 96
"""Tokens of message and conversation together; the conversation is cut, and the message only if it alone has as many."""
SURE = 0.8
"""Probability from which a plan is held to a tool; below it the language model picks as well or better."""
_ROUTED = frozenset({"find", "details", "compare", "choose", "bundle", "policy"})
"""Tools that a plan is held to. Orders, changes, the cart and people hang on single words ("check out", an order number, "complain"), which
the language model reads better."""
_REPLY_END = 160


class EncoderRouter(torch.nn.Module):
    """The encoder and its linear layer. Safe to share between threads once it is in evaluation mode."""

    def __init__(self, encoder: Any, tokenizer: Any) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = torch.nn.Linear(encoder.config.hidden_size, len(TOOLS))
        self._tokenizer = tokenizer

    def forward(self, texts: list[tuple[str, str]]) -> torch.Tensor:
        """Logits of shape (len(texts), tools) for pairs of a message and the conversation before it."""
        messages, before = zip(*texts, strict=True)
        vectors = pooled(self.encoder, self._tokenizer, messages, before, longest=LONGEST, keeps_first=True)
        logits: torch.Tensor = self.head(vectors)
        return logits

    def tool(self, context: str, thread: Thread, message: str) -> str:
        """The tool that a plan for `message` surely begins with, or "" if none is sure."""
        with torch.inference_mode(), one_thread():
            chances = torch.sigmoid(self([(message, before_text(context, thread))])[0])
        best = int(chances.argmax())
        return TOOLS[best] if TOOLS[best] in _ROUTED and float(chances[best]) >= SURE else ""


def before_text(context: str, thread: Thread) -> str:
    """What the router reads of a conversation: the turn before, how many products are in view, the need and the surroundings."""
    last = thread.turns[-1] if thread.turns else None
    before = f"{last.message} / {last.plan.partition(chr(10))[0]} / {last.reply[-_REPLY_END:]}" if last else "start"
    return f"{before} / {len(thread.shown)} shown / {thread.need.as_text()} / {context}"


def open_router(folder: Path) -> EncoderRouter:
    """The router in `folder`. Raises ModelError that says how to get one."""
    from safetensors.torch import load_file

    with loading("router", folder):
        transformer = load_adapted(folder)[0]
        router = EncoderRouter(transformer.auto_model, transformer.tokenizer)
        router.head.load_state_dict({name: value.float() for name, value in load_file(folder / HEAD_FILE).items()})
        return router.eval()
