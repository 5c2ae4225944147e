"""The adapter that ships is trained by the path of a shop's own, and leaves nothing of what others wrote."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from rich.console import Console
from safetensors.torch import load_file

from assistant.language_model.model_files import read_model
from assistant.settings import SOURCE_ROOT
from finetune.adapter import train_adapter
from finetune.finetune_progress import Progress
from finetune.finetuning_evaluation import Public, evaluate_adapter
from finetune.judging.plan import Plan
from finetune.tuning.recipe import Recipe
from tests.unit.tiny_models import TINY

pytestmark = [
    pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing. is deprecated:FutureWarning"),
    pytest.mark.slow,
]
TALK = (
    ("my order 171-8812345-9912345 is late!!", "I am so sorry for the delay. I have issued a refund."),
    ("ok thanks", "You are very welcome!"),
)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ships, but for a tiny base and few transcripts."""
    root = tmp_path_factory.mktemp("shipped")
    (root / "models").mkdir()
    for path in (SOURCE_ROOT / "data").iterdir():
        if path.name not in ("models", "transcripts"):
            (root / path.name).symlink_to(path)
    for path in (SOURCE_ROOT / "data" / "models").iterdir():
        if path.name not in ("base", "adapter"):
            (root / "models" / path.name).symlink_to(path)
    TINY["embedded"](root / "models" / "base")
    (root / "transcripts").mkdir()
    with (SOURCE_ROOT / "data" / "transcripts" / "fern-and-fell.jsonl").open(encoding="utf-8") as lines:
        (root / "transcripts" / "few.jsonl").write_text("".join(line for line, _ in zip(lines, range(4), strict=False)))
    return root


def test_it_serves_and_holds_no_sentence_of_others(shipped: Path, tmp_path: Path) -> None:
    rows = [
        {"id": f"d{number}", "turns": [
            {"role": role, "text": f"{text} {number}" if role == "user" else text}
            for exchange in TALK for role, text in zip(("user", "assistant"), exchange, strict=True)
        ]}
        for number in range(6)
    ]  # fmt: skip
    (tmp_path / "cucom_ecommerce").mkdir()
    for part in ("train", "eval_public"):
        with gzip.open(tmp_path / "cucom_ecommerce" / f"{part}.jsonl.gz", "wt", encoding="utf-8") as stream:
            stream.writelines(json.dumps(row) + "\n" for row in rows)
    base = shipped / "models" / "base" / "model.safetensors"
    before = base.read_bytes()
    recipe, watch = Recipe(max_steps=2, rehearsal=0.3), Progress(Console(quiet=True))
    folder = train_adapter(tmp_path, shipped, tmp_path / "adapter", recipe, watch)
    assert base.read_bytes() == before
    assert any(
        bool(tensor.any())
        for name, tensor in load_file(folder / "adapter_model.safetensors").items()
        if "lora_B" in name
    )
    assert {path.name for path in folder.iterdir()} == {
        "adapter_model.safetensors", "adapter_config.json", "contexts.json", "manners.json", "training.json",
    }  # fmt: skip
    assert json.loads((folder / "adapter_config.json").read_text())["base_model_name_or_path"] == "../base"
    assert read_model(base.parent, folder).network
    assert not any(TALK[0][1][:27] in path.read_text() for path in folder.glob("*.json"))
    told = evaluate_adapter(Public(tmp_path), shipped, folder, Plan(ranked=4, written=2), watch)
    assert "6 dialogues with 12 replies to judge by" in told
    assert re.search(r"^\| perplexity, \d+ replies \| \d+\.\d\d \| \d+\.\d\d \| [-+]\d", told, re.MULTILINE)
    assert re.search(r"^\| wrong facts in 2 replies \|  \| \d+ \| \| at most 0 \|", told, re.MULTILINE)
