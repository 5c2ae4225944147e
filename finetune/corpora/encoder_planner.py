"""Planning by a fine-tuned MiniLM that sees the context, for comparison: it names tools, and the arguments come from elsewhere."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import torch
import torch.nn.functional as functional
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from assistant.planning.plan import MOST_STEPS, STEPS, Find, Plan, Step, step_of
from finetune.corpora.planner_evaluation import PlannedTurn, PlanTurn, planned_turns
from finetune.corpora.shop import CorpusShop, held_out, shop_folders
from finetune.corpora.transcripts import corpus_conversations
from finetune.optimizing import cosine
from retrieval.index.sentence_encoder import packaged_model

TOOLS = tuple(STEPS)
_LONGEST, _BATCH, _PASSES, _RATE = 160, 16, 6, 6e-4
_LIKELY = 0.5


class EncoderPlanner:
    """A classifier of tools. `fit` trains one; `planning` makes it plan with the arguments that rules find."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self._model = model
        self._tokenizer = tokenizer

    @classmethod
    def fit(cls, turns: Sequence[PlannedTurn], seed: int = 1) -> Self:
        """Train on the tools of written plans."""
        torch.manual_seed(seed)
        folder = packaged_model()
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        base = AutoModelForSequenceClassification.from_pretrained(folder, num_labels=len(TOOLS), local_files_only=True)
        config = LoraConfig(
            task_type="SEQ_CLS", r=32, lora_alpha=32, target_modules=["query", "key", "value", "dense"],
            exclude_modules=r".*pooler.*", modules_to_save=["pooler", "classifier"],
        )  # fmt: skip
        model = get_peft_model(base, config)
        _fit(model, tokenizer, turns, seed)
        return cls(model, tokenizer)

    def planning(self, arguments: PlanTurn) -> PlanTurn:
        """Plans with the named tools; a step of `arguments` is kept if its tool is named."""

        def plan(asked: PlannedTurn) -> Plan:
            known = {step.tool: step for step in arguments(asked).steps}
            steps = [known.get(tool) or _default(tool, asked) for tool in self._tools(asked)]
            return Plan(steps=tuple(steps[:MOST_STEPS]), need=asked.thread.need)

        return plan

    def _tools(self, asked: PlannedTurn) -> list[str]:
        with torch.inference_mode():
            chances = torch.sigmoid(self._model(**_encoded(self._tokenizer, [asked])).logits[0])
        named = [tool for tool, chance in zip(TOOLS, chances.tolist(), strict=True) if chance >= _LIKELY]
        return named or [TOOLS[int(chances.argmax())]]


def training_turns(corpus: Path) -> list[PlannedTurn]:
    """Every turn of the shops that are not held out. Raises FeedError for a faulty corpus."""
    kept = held_out(corpus)
    return [
        turn
        for folder in shop_folders(corpus)
        if folder.name not in kept
        for turn in planned_turns(CorpusShop.load(folder), corpus_conversations(folder))
    ]


def context_text(asked: PlannedTurn) -> str:
    """What the classifier sees before the message: the turn before, the need, and how many products are on screen."""
    last = asked.thread.turns[-1] if asked.thread.turns else None
    before = f"{last.message} / {last.plan.splitlines()[0]} / {last.reply[-160:]}" if last else "start"
    signed = "signed in" if asked.conversation.written.customer else ""
    return f"{before} / {len(asked.thread.shown)} shown / {asked.thread.need.as_text()} / {signed}"


def _fit(model: Any, tokenizer: Any, turns: Sequence[PlannedTurn], seed: int) -> None:
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=_RATE, weight_decay=0.01)
    chance = random.Random(seed)
    steps = _PASSES * (len(turns) // _BATCH)
    model.train()
    for done in range(steps):
        batch = chance.sample(list(turns), _BATCH)
        for group in optimizer.param_groups:
            group["lr"] = _RATE * cosine(done / steps, 0.06)
        wanted = torch.tensor([[float(tool in _tools(each)) for tool in TOOLS] for each in batch])
        loss = functional.binary_cross_entropy_with_logits(model(**_encoded(tokenizer, batch)).logits, wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()


def _tools(asked: PlannedTurn) -> set[str]:
    return {step.tool for step in asked.turn.plan.steps}


def _encoded(tokenizer: Any, turns: Sequence[PlannedTurn]) -> Any:
    return tokenizer(
        [context_text(each) for each in turns], [each.turn.text.message for each in turns],
        padding=True, truncation="only_first", max_length=_LONGEST, return_tensors="pt",
    )  # fmt: skip


def _default(tool: str, asked: PlannedTurn) -> Step:
    """A step of a tool that the rules did not choose."""
    message, shown = asked.turn.text.message, asked.thread.shown
    written: dict[str, dict[str, Any]] = {
        "details": {"of": shown[:1], "question": message}, "compare": {"of": shown[:2]}, "choose": {"of": shown[:3]},
        "bundle": {"kinds": [message]}, "policy": {"question": message}, "order": {"what": "status"},
        "change": {"what": "cancel"}, "cart": {"what": "add", "of": shown[:1]}, "ask": {"about": "use"},
        "hand_over": {"reason": "asked"}, "talk": {"about": "ok"},
    }  # fmt: skip
    try:
        return step_of({tool: written.get(tool, {"want": message})})
    except ValueError:
        return Find(want=message)
