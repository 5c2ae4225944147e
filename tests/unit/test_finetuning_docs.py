"""Every command of the page on fine-tuning, run as it stands there, from an export to a promoted adapter and back."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.adapters.registry import Registry
from assistant.cli import build_app
from assistant.opening import build_index
from assistant.settings import SOURCE_ROOT, load_settings
from finetune.corpora.shop import shop_folders
from retrieval.store.database import open_database
from retrieval.store.records import Records
from tests.exports import zendesk
from tests.unit.shop_chats import chats
from tests.unit.small_shop import FAQS, PRODUCTS
from tests.unit.tiny_conversation import small_corpus, tiny_install

PAGE = SOURCE_ROOT / "docs" / "finetuning.md"
WRITES = {
    "aisle finetune": ("adapter_model.safetensors", "adapter_config.json", "README.md", "examples.jsonl", "loss.png",
                       "report.json", "report.html"),
    "aisle transcripts": ("",),
    "aisle export": ("model.safetensors", "config.json", "tokenizer.json", "README.md"),
}  # fmt: skip


def commands() -> list[str]:
    blocks = re.findall(r"^```\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def test_the_page_names_every_command_of_adapters() -> None:
    told = {command.split()[1] for command in commands()}
    assert told == {"transcripts", "finetune", "adapters", "promote", "rollback", "judge", "export"}


@pytest.mark.slow
def test_every_command_of_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Base and shipped adapter are tiny ones, and one shop of the corpus is rehearsed."""
    for name, value in tiny_install(tmp_path).items():
        monkeypatch.setenv(name, value)
    corpus = small_corpus(tmp_path / "corpus")
    monkeypatch.setattr("finetune.tuning.examples.shop_folders", lambda whole: shop_folders(corpus))
    monkeypatch.setattr("finetune.corpora.model.shop_folders", lambda whole: shop_folders(corpus))
    home = _shop(tmp_path / "home")
    (tmp_path / "zendesk").mkdir()
    (tmp_path / "zendesk" / "tickets.json").write_text("".join(zendesk(chats(120))), encoding="utf-8")
    monkeypatch.setenv("AISLE_HOME", str(home))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("finetune.tuning.tuning.FEWEST_STEPS", 40)  # enough for what a test may take
    served = []
    for command in commands():
        arguments = shlex.split(command)[1:]
        done = CliRunner().invoke(build_app(), arguments)
        assert done.exit_code == 0, f"{command}\n{done.output}\n{done.exception!r}"
        if "--output" in arguments and "--dry-run" not in arguments:
            folder = tmp_path / arguments[arguments.index("--output") + 1]
            wanted = next(files for start, files in WRITES.items() if command.startswith(start))
            assert [name for name in wanted if not (folder / name).is_file()] == []
        served.append(Registry.of(load_settings(home=home)).serving().name)
    shown = [name for name, before in zip(served, ["", *served], strict=False) if name != before]
    assert shown == ["shipped", "2026-11", "shipped", "2026-11", "shipped"]


def _shop(home: Path) -> Path:
    settings = load_settings(home=home)
    records = Records(open_database(settings.resolved_database_url))
    records.upsert_products(PRODUCTS)
    records.upsert_faqs(FAQS)
    build_index(settings)
    return home
