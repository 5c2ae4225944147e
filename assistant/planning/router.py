"""Router: which tool a message asks for, read by a small encoder that sees the conversation before it.

all-MiniLM-L6-v2 with a LoRA adapter and one linear layer on its mean-pooled tokens (`aisle train router`). A second layer weighs what it
says against how near the shop's records are to the message (`aisle train weighing`): "can I still pull out" reads like a question about the
thing in view, and a page has the answer. If the router is sure of a tool that the plan lacks, the plan is written again and begins with
that tool: an encoder of 22 million parameters picks tools better than the language model does, which fills in their arguments. A question
to the shop alone has none, so then the language model is not asked.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from assistant.dialogue.thread import Thread
from assistant.planning.plan import STEPS
from assistant.planning.route import FEATURES, Nearness, Route
from retrieval.index.adapted_encoder import loading, pooled
from retrieval.index.one_thread import one_thread
from retrieval.index.sentence_encoder import load_adapted

TOOLS = tuple(STEPS)
HEAD_FILE, WEIGHING_FILE = "head.safetensors", "weighing.safetensors"
LONGEST = 96
"""Tokens of message and conversation together; the conversation is cut, and the message only if it alone has as many."""
SURE = 0.7
"""Probability from which a plan is held to a tool; below it the language model picks as well or better."""
_OTHERS = 0.2
"""Probability of a further tool from which a message may want it too; then the language model, which plans several steps, is asked."""
_PAGE_NEAR = 0.5
"""Nearness of a page from which it likely answers, chosen on the held-out shops. Where the nearest is farther, the language model plans too."""
_ROUTED = frozenset({"find", "details", "compare", "choose", "bundle", "policy"})
"""Tools that a plan is held to. Orders, changes, the cart and people hang on single words ("check out", an order number, "complain"), which
the language model reads better."""
_REPLY_END = 160


class EncoderRouter(torch.nn.Module):
    """The encoder and its linear layers. Safe to share between threads once it is in evaluation mode."""

    def __init__(self, encoder: Any, tokenizer: Any) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = torch.nn.Linear(encoder.config.hidden_size, len(TOOLS))
        self.weighing = torch.nn.Linear(len(TOOLS) + FEATURES, len(TOOLS))
        torch.nn.init.eye_(self.weighing.weight)  # until it is fitted, what the router says by itself
        torch.nn.init.zeros_(self.weighing.bias)
        self._tokenizer = tokenizer

    def forward(self, texts: list[tuple[str, str]]) -> torch.Tensor:
        """Logits of shape (len(texts), tools) for pairs of a message and the conversation before it; a message may have several tools."""
        messages, before = zip(*texts, strict=True)
        vectors = pooled(self.encoder, self._tokenizer, messages, before, longest=LONGEST, keeps_first=True)
        logits: torch.Tensor = self.head(vectors)
        return logits

    def first(self, logits: torch.Tensor, near: list[Nearness]) -> torch.Tensor:
        """Logits of the first tool, shape (len(near), tools), from those of `forward` and how near the records are."""
        features = torch.tensor([each.as_features() for each in near])
        weighed: torch.Tensor = self.weighing(torch.cat([logits, features], dim=1))
        return weighed

    def route(self, context: str, thread: Thread, message: str, near: Nearness) -> Route:
        """Which tool the plan for `message` has to have."""
        with torch.inference_mode(), one_thread():
            logits = self([(message, before_text(context, thread))])
            first = torch.softmax(self.first(logits, [near])[0], dim=0)
            chances = torch.sigmoid(logits[0])
        best = int(first.argmax())
        if TOOLS[best] not in _ROUTED or float(first[best]) < SURE:
            return Route()
        others = (float(chance) for place, chance in enumerate(chances) if place != best)
        is_answered = TOOLS[best] != "policy" or near.page >= _PAGE_NEAR
        return Route(TOOLS[best], is_answered and all(chance < _OTHERS for chance in others))


def before_text(context: str, thread: Thread) -> str:
    """What the router reads of a conversation: the turn before, how many products are in view, the need and the surroundings."""
    last = thread.turns[-1] if thread.turns else None
    before = f"{last.message} / {last.plan.partition(chr(10))[0]} / {last.reply[-_REPLY_END:]}" if last else "start"
    return f"{before} / {len(thread.shown)} shown / {thread.need.as_text()} / {context}"


def open_router(folder: Path) -> EncoderRouter:
    """The router in `folder`. Raises ModelError that says how to get one."""
    router = open_unweighed_router(folder)
    with loading("router", folder, trained="weighing"):
        _load(router.weighing, folder / WEIGHING_FILE)
    return router


def open_unweighed_router(folder: Path) -> EncoderRouter:
    """The router in `folder` as it is before its weighing is fitted. Raises ModelError that says how to get one."""
    with loading("router", folder):
        transformer = load_adapted(folder)[0]
        router = EncoderRouter(transformer.auto_model, transformer.tokenizer)
        _load(router.head, folder / HEAD_FILE)
    return router.eval()


def _load(layer: torch.nn.Linear, file: Path) -> None:
    from safetensors.torch import load_file

    layer.load_state_dict({name: value.float() for name, value in load_file(file).items()})
