"""`aisle finetune`: from a shop's transcripts to a judged adapter, for the embedded kind of model and three architectures."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from assistant.adapters.adapter import Adapter
from assistant.adapters.fitting import check_fits
from assistant.cli import build_app
from assistant.reference import REFERENCE_PATTERN
from finetune.tuning.examples_file import read_examples
from retrieval.errors import AisleError
from tests.unit.small_home import make_home
from tests.unit.tiny_models import TINY

pytestmark = [
    pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing. is deprecated:FutureWarning"),
    pytest.mark.slow,
]
TALKS = (
    ("how much is the wren tent?", "Good choice! The Wren is 269 dollars."),
    ("what is your return policy?", "Hi Maya! You can return it within 30 days."),
    ("hello", "Hello! How can I help you today?"),
    ("thanks a lot! 0151 5550 1234", "You're very welcome, any time!"),
    ("where is my parcel?", "I have sent you a refund of $40."),
)
WRITTEN = {
    "adapter_model.safetensors", "adapter_config.json", "README.md", "examples.jsonl", "policy.md", "training.json", "loss.png",
    "report.json", "report.html",
}  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    make_home(folder)
    return folder


@pytest.fixture(scope="module")
def transcripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty short conversations, each with a reply that promises what nothing bears out."""
    path = tmp_path_factory.mktemp("export") / "talks.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number in range(60):
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


@pytest.mark.parametrize("kind", list(TINY))
def test_transcripts_become_a_judged_adapter(
    kind: str, home: Path, transcripts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base, output = TINY[kind](tmp_path / kind), tmp_path / "2026-11"
    weights = (base / "model.safetensors").read_bytes()
    result = aisle(
        home, monkeypatch, "finetune", transcripts, "--output", output, "--base", base, "--max-steps", 4, "--judged", 1,
        "--batch-tokens", 4000, "--rank", 4,
    )  # fmt: skip
    assert result.exit_code in (0, 1), result.output + repr(result.exception)
    assert {path.name for path in output.iterdir()} >= WRITTEN
    assert not (output / "checkpoints").exists()
    check_fits(Adapter.read(output), str(base))
    assert (base / "model.safetensors").read_bytes() == weights
    kept = record(output)
    assert kept["steps"] == 4
    assert kept["held_out_loss"] < kept["held_out_loss_before"]
    text = (output / "examples.jsonl").read_text()
    assert not re.search(r"5550|Maya|\$40", text)
    assert "{p1.name} is {p1.price}" in text
    assert "2026-11" in (output / "README.md").read_text()


def test_a_dry_run_tells_the_counts_and_writes_nothing(
    home: Path, transcripts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = aisle(home, monkeypatch, "finetune", transcripts, "--output", tmp_path / "out", "--dry-run")
    assert result.exit_code == 0
    assert re.search(r"^\d+ of \d+ replies can be learnt from", result.output, re.MULTILINE)
    assert re.search(r"^\d+ replies left out: a promise that no act or policy bears out", result.output, re.MULTILINE)
    assert "split by customer and time" in result.output
    assert not (tmp_path / "out").exists()


def test_what_is_learnt_from_is_read_back_as_it_was_written(
    home: Path, transcripts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base, output = TINY["embedded"](tmp_path / "tiny"), tmp_path / "out"
    aisle(
        home, monkeypatch, "finetune", transcripts, "--output", output, "--base", base, "--max-steps", 1, "--judged", 1,
        "--variants", 0.5, "--rehearsal", 0.2,
    )  # fmt: skip
    lines = [json.loads(line) for line in (output / "examples.jsonl").read_text().splitlines()]
    assert {line["split"] for line in lines} == {"train", "validation", "test"}
    for part in ("train", "validation", "test"):
        read = list(read_examples(output, part))
        assert [item.reply for item in read] == [line["reply"] for line in lines if line["split"] == part]
        for item in read:
            assert not item.prompt.turns[-1].reply
            assert set(REFERENCE_PATTERN.findall(item.reply)) <= item.prompt.keys
    again = aisle(home, monkeypatch, "finetune", transcripts, "--output", output, "--base", base)
    assert isinstance(again.exception, AisleError)
    assert "holds an adapter already" in str(again.exception)


WRONG = [
    (["--base", "nowhere"], "cannot be loaded"),
    (["--method", "magic"], "Choose among: lora, dora, ia3, prefix"),
    (["--rank", "0"], "rank is 0"),
    (["--target", "sideways"], "finds no layer"),
]


@pytest.mark.parametrize(("options", "said"), WRONG)
def test_what_cannot_work_says_what_to_do(
    options: list[str], said: str, home: Path, transcripts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = aisle(home, monkeypatch, "finetune", transcripts, "--output", tmp_path / "out", *options)
    assert isinstance(result.exception, AisleError)
    assert said in str(result.exception)
    assert result.exception.hint


def test_an_export_becomes_masked_openai_messages(
    home: Path, transcripts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text(transcripts.read_text() + '{"messages": 7}\n')
    output = tmp_path / "out" / "chats.jsonl"
    result = aisle(home, monkeypatch, "transcripts", broken, "--output", output)
    assert result.exit_code == 1
    assert "broken.jsonl, line 61" in result.output
    records = [json.loads(line) for line in output.read_text().splitlines()]
    assert result.output.startswith(f"{len(records)} transcripts with")  # near duplicates are left out
    assert {message["role"] for record in records for message in record["messages"]} == {"user", "assistant"}
    assert "5550 1234" not in output.read_text()
