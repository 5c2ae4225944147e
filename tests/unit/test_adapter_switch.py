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
from peft import LoraConfig
from structlog.testing import capture_logs

from assistant.adapters.registry import NONE, SHIPPED, STATE_FILE, Registry, Serving
from assistant.adapters.switch import follow
from retrieval.errors import AdapterError, ModelError
from tests.unit.adapter_folders import tiny_llama, write_adapter

LORA = LoraConfig(r=2, target_modules=["q_proj"], task_type="CAUSAL_LM")
QUICK = 0.01


class Engine:
    """Stands for what is costly to open; it remembers what it was opened for."""

    def __init__(self, serving: Serving) -> None:
        self.name = serving.name


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    write_adapter(tiny_llama(), LORA, tmp_path / "shipped")
    tiny_llama().save_pretrained(tmp_path / "base")
    return Registry(tmp_path, str(tmp_path / "base"), tmp_path / "shipped")


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
    mine = shutil.copytree(tmp_path / "shipped", tmp_path / "2026-11")
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
