"""The change of adapters under way: replies keep theirs, the next ones get the new one, the old one goes."""

from __future__ import annotations

import gc
import shutil
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest
import structlog
import torch
from peft import LoraConfig
from structlog.testing import capture_logs
from transformers import LlamaForCausalLM

from assistant.act import Act
from assistant.adapters.registry import NONE, SHIPPED, STATE_FILE, Registry, Serving
from assistant.adapters.switch import Switch, follow
from assistant.evidence.evidence import Evidence
from assistant.language_model.embedded_model import EmbeddedModel
from assistant.language_model.language_model import Decoding
from assistant.language_model.prompt import Prompt, PromptFact, PromptTurn
from assistant.settings import SOURCE_ROOT, load_settings
from assistant.writers import open_writers
from retrieval.errors import AdapterError, ModelError
from tests.unit.adapter_folders import write_adapter
from tests.unit.model_folders import write_models
from tests.unit.small_shop import SMALL_SHOP

MODELS = SOURCE_ROOT / "data" / "models"
PROMPT = Prompt("", (PromptTurn("thanks a lot, bye", (Act.GOODBYE,), (PromptFact("shop.name", ""),)),))
QUICK = 0.01


class Engine:
    """Stands for what is costly to open; it remembers what it was opened for."""

    def __init__(self, serving: Serving) -> None:
        self.name = serving.name


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path, str(MODELS / "base"), MODELS / "adapter")


def until(holds: Callable[[], bool]) -> None:
    for _ in range(1000):
        if holds():
            return
        time.sleep(0.01)
    pytest.fail("it never came to hold")


def test_a_promotion_is_followed(registry: Registry) -> None:
    switch = follow(registry, Engine, QUICK)
    assert switch.current().name == SHIPPED
    registry.promote(NONE)
    until(lambda: switch.current().name == NONE)
    registry.rollback()
    until(lambda: switch.current().name == SHIPPED)


def test_the_old_one_is_used_to_the_end_and_then_let_go(registry: Registry) -> None:
    switch = follow(registry, Engine, QUICK)
    in_progress = switch.current()
    old = weakref.ref(in_progress)
    registry.promote(NONE)
    until(lambda: switch.current().name == NONE)
    assert in_progress.name == SHIPPED
    del in_progress
    gc.collect()
    assert old() is None


def test_without_its_switch_nobody_watches(registry: Registry) -> None:
    opened: list[str] = []

    def open_serving(serving: Serving) -> Engine:
        opened.append(serving.name)
        return Engine(serving)

    before = set(threading.enumerate())
    switch = follow(registry, open_serving, QUICK)
    (watcher,) = set(threading.enumerate()) - before
    del switch
    watcher.join(timeout=10)
    assert not watcher.is_alive()
    registry.promote(NONE)
    time.sleep(5 * QUICK)
    assert opened == [SHIPPED]


def test_what_cannot_be_opened_is_logged_and_what_serves_stays(registry: Registry, tmp_path: Path) -> None:
    fail = threading.Event()

    def open_serving(serving: Serving) -> Engine:
        if fail.is_set():
            raise ModelError("out of memory", "Buy some.")
        return Engine(serving)

    with capture_logs() as logs:
        structlog.configure()
        switch = follow(registry, open_serving, QUICK)
        fail.set()
        registry.promote(NONE)
        until(lambda: any(entry.get("error") == "out of memory" for entry in logs))
        (tmp_path / "adapters" / STATE_FILE).write_text("{")
        until(lambda: any("says what adapter serves" in entry.get("error", "") for entry in logs))
        assert switch.current().name == SHIPPED
        fail.clear()
        (tmp_path / "adapters" / STATE_FILE).unlink()
        registry.promote(NONE)
        until(lambda: switch.current().name == NONE)
    assert {entry["event"] for entry in logs if entry["log_level"] == "error"} == {"adapter_not_switched"}


def test_a_folder_that_vanishes_while_it_serves_is_logged_and_it_serves_on(registry: Registry, tmp_path: Path) -> None:
    mine = shutil.copytree(MODELS / "adapter", tmp_path / "2026-11")
    registry.promote(str(mine), force=True, reason="to lose it")
    with capture_logs() as logs:
        structlog.configure()
        switch = follow(registry, Engine, QUICK)
        shutil.rmtree(tmp_path / "adapters" / "2026-11")
        until(lambda: any(entry["event"] == "adapter_not_switched" for entry in logs))
        assert switch.current().name == "2026-11"
        registry.rollback()
        until(lambda: switch.current().name == SHIPPED)


def test_the_first_one_must_open(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "adapters").mkdir()
    (tmp_path / "adapters" / STATE_FILE).write_text("{")
    with pytest.raises(AdapterError, match="says what adapter serves"):
        follow(registry, Engine, QUICK)


def test_replies_of_the_real_engine_are_whole_and_from_one_adapter(registry: Registry, tmp_path: Path) -> None:
    def open_serving(serving: Serving) -> EmbeddedModel:
        return EmbeddedModel.open(MODELS / "base", serving.folder, adapter_name=serving.name, cores=2)

    greedy = Decoding(temperature=0.0)
    base = LlamaForCausalLM.from_pretrained(MODELS / "base", dtype=torch.float32)
    loud = write_adapter(base, LoraConfig(r=2, target_modules=["q_proj"], task_type="CAUSAL_LM"), tmp_path / "loud")
    expected = {
        engine.name: "".join(engine.write(PROMPT, greedy, threading.Event()))
        for engine in (open_serving(Serving("loud", loud)), open_serving(Serving(NONE, None)))
    }
    assert len(set(expected.values())) == 2
    registry.promote(NONE)
    switch: Switch[EmbeddedModel] = follow(registry, open_serving, QUICK)
    written: list[tuple[str, str]] = []
    stop = threading.Event()

    def talk() -> None:
        while not stop.is_set():
            engine = switch.current()
            pieces = []
            for piece in engine.write(PROMPT, greedy, threading.Event()):
                pieces.append(piece)
                time.sleep(0.002)  # so that changes fall into replies
            written.append((engine.name, "".join(pieces)))

    threads = [threading.Thread(target=talk) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for name, model in ((str(loud), "base+loud"), (NONE, "base"), ("loud", "base+loud")):
            registry.promote(name, force=True, reason="to see it change")
            until(lambda model=model: switch.current().name == model)
            time.sleep(0.2)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert set(written) == set(expected.items())


@pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing. is deprecated:FutureWarning")
def test_a_model_on_transformers_follows_too(tmp_path: Path) -> None:
    base = write_models(tmp_path)["llama"]
    config = LoraConfig(r=2, target_modules=["q_proj"], task_type="CAUSAL_LM")
    adapter = write_adapter(LlamaForCausalLM.from_pretrained(base), config, tmp_path / "2026-11")
    text = (adapter / "adapter_config.json").read_text().replace('"../base"', '"../llama"')
    (adapter / "adapter_config.json").write_text(text)
    settings = load_settings(home=tmp_path / "home", model=str(base))
    writers = open_writers(settings, SMALL_SHOP)
    assert writers.current().model_name == str(base)
    Registry.of(settings).promote(str(adapter), force=True, reason="to see it change")
    until(lambda: writers.current().model_name == f"{base}+2026-11")
    evidence = Evidence((Act.GREET,))
    prompt = Prompt("", (PromptTurn("hi", (Act.GREET,), ()),))
    assert list(writers.current().write(prompt, evidence, threading.Event()))
