"""`aisle finetune`: from a shop's transcripts to a judged adapter, over a tiny base and a tiny conversation adapter."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from click.testing import Result
from typer.testing import CliRunner

from assistant.adapters.adapter import Adapter
from assistant.adapters.fitting import check_fits
from assistant.checking.claims import REFERENCE
from assistant.cli import build_app
from assistant.language_model.engine import Engine
from finetune.tuning.checkpoint import learning
from finetune.tuning.conversation_adapter import keep_share, open_conversation_adapter, weights_now
from finetune.tuning.examples_file import read_examples
from retrieval.errors import AisleError, ModelError
from tests.unit.small_home import make_home
from tests.unit.tiny_conversation import small_corpus, tiny_adapter, tiny_base

TALKS = (
    ("how much is the wren tent?", "Good choice! The Wren is 269 dollars."),
    ("what is your return policy?", "Hi Maya! You can return it within 30 days."),
    ("hello", "Hello! How can I help you today?"),
    ("thanks a lot! 0151 5550 1234", "You're very welcome, any time!"),
    ("where is my parcel?", "I have sent you a refund of $40."),
)
WRITTEN = {
    "adapter_model.safetensors", "adapter_config.json", "tokenizer.json", "everyday_words.txt", "README.md", "examples.jsonl",
    "training.json", "loss.png", "report.json", "report.html",
}  # fmt: skip


@dataclass(frozen=True)
class Start:
    """Everything that a run starts from."""

    home: Path
    base: Path
    adapter: Path
    corpus: Path

    @property
    def options(self) -> list[object]:
        return ["--base", self.base, "--adapter", self.adapter, "--corpus", self.corpus]


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Start:
    root = tmp_path_factory.mktemp("start")
    make_home(root / "home")
    base = tiny_base(root / "tiny")
    return Start(root / "home", base, tiny_adapter(base, root / "conversation"), small_corpus(root / "corpus"))


@pytest.fixture(scope="module")
def transcripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty short conversations, each with a reply that promises what nothing bears out."""
    path = tmp_path_factory.mktemp("export") / "talks.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number in range(40):
            talks = [TALKS[(number + place) % len(TALKS)] for place in range(3)]
            said = [f"{message} ({number})" if place == 0 else message for place, (message, _) in enumerate(talks)]
            messages = [
                {"role": role, "content": text}
                for message, (_, reply) in zip(said, talks, strict=True)
                for role, text in (("user", message), ("assistant", reply))
            ]
            file.write(json.dumps({"id": f"t{number}", "messages": messages}) + "\n")
    return path


def aisle(home: Path, monkeypatch: pytest.MonkeyPatch, *arguments: object) -> Result:
    monkeypatch.setenv("AISLE_HOME", str(home))
    return CliRunner().invoke(build_app(), [str(argument) for argument in arguments])


def record(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "training.json").read_text()))


@pytest.mark.slow
def test_transcripts_become_a_judged_adapter_that_serves_like_the_one_before(
    start: Start, transcripts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "2026-11"
    weights = (start.base / "model.safetensors").read_bytes()
    options = [*start.options, "--max-steps", 3, "--judged", 1, "--batch-tokens", 2000, "--learning-rate", 0.01]
    result = aisle(start.home, monkeypatch, "finetune", transcripts, "--output", output, *options)
    assert result.exit_code in (0, 1), result.output + repr(result.exception)
    assert {path.name for path in output.iterdir()} >= WRITTEN
    assert not (output / "checkpoints").exists()
    check_fits(Adapter.read(output), str(start.base))
    assert Engine.open(start.base, output).vocabulary == Engine.open(start.base, start.adapter).vocabulary
    assert (start.base / "model.safetensors").read_bytes() == weights
    kept = record(output)
    assert (kept["steps"], kept["adapter"], kept["base"]) == (3, "conversation", "tiny")
    assert kept["held_out_loss"] < kept["held_out_loss_before"]
    assert kept["corpus_loss"] < kept["corpus_loss_before"] + 0.1
    text = (output / "examples.jsonl").read_text()
    assert not re.search(r"5550|Maya", text)
    assert "2026-11" in (output / "README.md").read_text()

    again = aisle(start.home, monkeypatch, "finetune", transcripts, "--output", output, *start.options)
    assert isinstance(again.exception, AisleError)
    assert "holds an adapter already" in str(again.exception)
    judged = aisle(
        start.home, monkeypatch, "judge", output, transcripts, "--base", start.base, "--adapter", start.adapter, "--judged", 1
    )  # fmt: skip
    assert judged.exit_code in (0, 1), judged.output + repr(judged.exception)
    assert "2026-11 against conversation" in judged.output
    for part in ("train", "validation", "test"):
        for item in read_examples(output, part):
            assert not item.turns[-1].reply
            assert not re.search(r"[{$\d]", REFERENCE.sub("", item.reply))


@pytest.mark.slow
def test_a_dry_run_prints_the_counts_and_writes_nothing(
    start: Start, transcripts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "out"
    result = aisle(start.home, monkeypatch, "finetune", transcripts, "--output", output, "--dry-run", *start.options)
    assert result.exit_code == 0, result.output + repr(result.exception)
    assert re.search(r"^\d+ of \d+ replies can be learned from", result.output, re.MULTILINE)
    assert re.search(r"^\d+ replies left out: a promise that nothing bears out", result.output, re.MULTILINE)
    assert "split by customer and time" in result.output
    assert not output.exists()


WRONG = [
    (["--base", "nowhere"], r"nowhere.*does not exist|nowhere"),
    (["--adapter", "nowhere"], "nowhere holds no conversation adapter"),
    (["--rehearsal", "1"], "rehearsal is 1"),
    (["--contrast", "-1"], "contrast is -1"),
]


@pytest.mark.parametrize(("options", "said"), WRONG)
def test_what_cannot_work_says_what_to_do(
    options: list[str], said: str, start: Start, transcripts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = [*start.options, *options]
    result = aisle(start.home, monkeypatch, "finetune", transcripts, "--output", tmp_path / "out", *given)
    assert isinstance(result.exception, AisleError), repr(result.exception)
    assert re.search(said, str(result.exception))
    assert result.exception.hint


def test_training_goes_on_from_the_adapter_and_gives_back_a_share(start: Start) -> None:
    _, model = open_conversation_adapter(start.base, start.adapter)
    ids = torch.arange(20)[None]
    with torch.no_grad():
        before = model(input_ids=ids).logits.float()
    engine = Engine.open(start.base, start.adapter, bits=32)
    logs = engine.likelihoods([0, 1], [list(range(2, 20))])[0]
    expected = torch.log_softmax(before[0, 1:19], -1)[range(18), range(2, 20)].numpy()
    assert np.abs(logs - expected).max() < 0.05  # torch computes in bfloat16
    begun = weights_now(model)
    assert {name.split(".")[-1] for name in begun} <= {"weight", "trainable_tokens_delta", "default"}
    with torch.no_grad():
        for value in learning(model).values():
            value.add_(1.0)
    keep_share(model, begun, 0.25)
    assert all(torch.allclose(value, begun[name] + 0.25) for name, value in learning(model).items())


def test_an_adapter_of_another_base_is_refused(start: Start, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be opened over the base"):
        open_conversation_adapter(tmp_path / "nowhere", start.adapter)


def test_an_export_becomes_masked_openai_messages(
    start: Start, transcripts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text(transcripts.read_text() + '{"messages": 7}\n')
    output = tmp_path / "out" / "chats.jsonl"
    result = aisle(start.home, monkeypatch, "transcripts", broken, "--output", output)
    assert result.exit_code == 1
    assert "broken.jsonl, line 41" in result.output
    records = [json.loads(line) for line in output.read_text().splitlines()]
    assert result.output.startswith(f"{len(records)} transcripts with")  # near duplicates are left out
    assert {message["role"] for record in records for message in record["messages"]} == {"user", "assistant"}
    assert "5550 1234" not in output.read_text()
