"""The registry of adapters: what fits, what may serve, and that every change is whole."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from assistant.adapters.adapter import CONFIG_FILE, WEIGHTS_FILE, Adapter
from assistant.adapters.change import Action, Change, promoted
from assistant.adapters.fitting import check_fits
from assistant.adapters.registry import NONE, SHIPPED, STATE_FILE, Registry
from assistant.adapters.verdict import Verdict
from assistant.settings import load_settings
from retrieval.errors import AdapterError
from tests.unit.adapter_folders import GOOD, configs, write_adapter, write_base, write_report


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base with the adapters `shipped`, `2026-10` and `2026-11`, the last two judged good."""
    root = tmp_path_factory.mktemp("made")
    for seed, name in enumerate(("shipped", "2026-10", "2026-11")):
        model, config = configs()["LoRA"]
        if not seed:
            write_base(model, root / "base")
        write_report(write_adapter(model, config, root / name, seed))
    return root


@pytest.fixture
def registry(made: Path, tmp_path: Path) -> Registry:
    return Registry(tmp_path, str(made / "base"), made / "shipped")


@pytest.fixture
def own(made: Path, tmp_path: Path) -> Path:
    """A folder of its own with the adapter 2026-11, to be harmed."""
    return Path(shutil.copytree(made / "2026-11", tmp_path / "own" / "2026-11"))


class TestPromoting:
    def test_at_first_the_shipped_adapter_serves(self, registry: Registry, made: Path) -> None:
        serving = registry.serving()
        assert (serving.name, serving.folder) == (SHIPPED, made / "shipped")
        assert [(entry.name, entry.serves) for entry in registry.entries()] == [(SHIPPED, True), (NONE, False)]

    def test_a_model_without_a_shipped_adapter_begins_alone(self, made: Path, tmp_path: Path) -> None:
        registry = Registry(tmp_path, str(made / "base"))
        assert (registry.serving().name, registry.serving().folder) == (NONE, None)

    def test_a_folder_is_copied_in_and_serves(self, registry: Registry, made: Path, tmp_path: Path) -> None:
        change = registry.promote(str(made / "2026-11"))
        assert (change.adapter, change.before, change.forced) == ("2026-11", SHIPPED, False)
        assert change.by
        folder = registry.serving().folder
        assert folder == tmp_path / "adapters" / "2026-11"
        assert Adapter.read(folder).digest() == Adapter.read(made / "2026-11").digest()
        assert [entry.name for entry in registry.entries() if entry.serves] == ["2026-11"]

    def test_rollback_goes_back_step_by_step(self, registry: Registry, made: Path) -> None:
        registry.promote(str(made / "2026-10"))
        registry.promote(str(made / "2026-11"))
        assert registry.rollback("it is rude").adapter == "2026-10"
        assert registry.serving().name == "2026-10"
        assert registry.rollback().adapter == SHIPPED
        with pytest.raises(AdapterError, match="nothing to go back to"):
            registry.rollback()
        assert registry.promote("2026-11").adapter == "2026-11"
        assert registry.rollback().adapter == SHIPPED
        assert registry.changes()[2].reason == "it is rude"

    def test_what_comes_with_the_model_needs_no_report(self, registry: Registry, made: Path) -> None:
        registry.promote(str(made / "2026-11"))
        assert registry.promote(NONE).adapter == NONE
        assert registry.serving().folder is None
        assert registry.promote(SHIPPED).adapter == SHIPPED

    def test_a_base_that_needs_an_adapter_does_not_serve_alone(self, made: Path, own: Path, tmp_path: Path) -> None:
        registry = Registry(tmp_path / "home", str(made / "base"), own, needs_adapter=True)
        with pytest.raises(AdapterError, match=r"neither plan nor read[\s\S]*promote shipped"):
            registry.promote(NONE)
        assert registry.changes() == ()
        assert [entry.name for entry in registry.entries()] == [SHIPPED]

    def test_the_same_folder_twice_is_one_adapter(self, registry: Registry, made: Path) -> None:
        registry.promote(str(made / "2026-11"))
        registry.promote(str(made / "2026-11"))
        assert [entry.name for entry in registry.entries()] == [SHIPPED, NONE, "2026-11"]

    def test_another_one_of_the_same_name_is_refused(self, registry: Registry, made: Path, own: Path) -> None:
        registry.promote(str(made / "2026-11"))
        tensors = load_file(own / WEIGHTS_FILE)
        save_file({name: tensor + 1 for name, tensor in tensors.items()}, own / WEIGHTS_FILE)
        write_report(own)
        with pytest.raises(AdapterError, match="another adapter '2026-11' already"):
            registry.promote(str(own))
        assert Adapter.read(registry.serving().folder or own).digest() == Adapter.read(made / "2026-11").digest()

    def test_an_unknown_name_lists_what_there_is(self, registry: Registry) -> None:
        with pytest.raises(AdapterError, match="no adapter and no folder 'nope'; known are: shipped"):
            registry.promote("nope")

    @pytest.mark.parametrize("name", ["shipped", "none", "-x", "two words"])
    def test_a_name_that_cannot_be_is_refused(self, name: str, registry: Registry, made: Path, tmp_path: Path) -> None:
        folder = shutil.copytree(made / "2026-11", tmp_path / "own" / name)
        with pytest.raises(AdapterError, match="cannot be the name"):
            registry.promote(str(folder))

    def test_two_promotions_at_once_both_count(self, registry: Registry, made: Path) -> None:
        threads = [Thread(target=registry.promote, args=(str(made / name),)) for name in ("2026-10", "2026-11")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {change.adapter for change in registry.changes()} == {"2026-10", "2026-11"}
        assert registry.changes()[1].before == registry.changes()[0].adapter

    def test_a_model_server_loads_its_own(self) -> None:
        with pytest.raises(AdapterError, match="loads its own adapters"):
            Registry.of(load_settings(model_url="http://127.0.0.1:9/v1"))


class TestGuards:
    @pytest.mark.parametrize(
        ("changed", "told"),
        [
            ({"loss_high": 0.01}, "not better than 'shipped': -0.500 nats per word"),
            ({"conversations": 9}, "9 held-out conversations are too few"),
            ({"wrong_facts": 1}, "wrong facts: 1 in 200 replies"),
            ({"false_promises": 2}, "false promises: 2 in 200 replies"),
            ({"fallbacks_after": 9}, "fallbacks up from 4 to 9"),
            ({"fallbacks_after": 5, "fallback_rise_low": 0.001}, "fallbacks up from 4 to 5"),
            ({"digest": "0" * 64}, "judged other weights"),
        ],
    )
    def test_a_refusal_says_which(self, changed: dict[str, object], told: str, registry: Registry, own: Path) -> None:
        write_report(own, **changed)
        with pytest.raises(AdapterError, match=told):
            registry.promote(str(own))
        assert registry.serving().name == SHIPPED

    def test_one_that_was_not_judged_is_refused(self, registry: Registry, own: Path) -> None:
        (own / "report.json").unlink()
        with pytest.raises(AdapterError, match="has not been judged"):
            registry.promote(str(own))

    def test_a_report_that_is_none_is_told(self, registry: Registry, own: Path) -> None:
        for text in ("{}", "no", "[]", '{"verdict": {"replies": "many"}}'):
            (own / "report.json").write_text(text)
            with pytest.raises(AdapterError, match=r"report\.json cannot be read"):
                registry.promote(str(own))

    def test_force_records_who_and_why(self, registry: Registry, own: Path) -> None:
        write_report(own, wrong_facts=1)
        with pytest.raises(AdapterError, match="gives the reason"):
            registry.promote(str(own), force=True, reason=" ")
        registry.promote(str(own), force=True, reason="the wrong fact was read: it is right")
        stored = json.loads((registry._folder / STATE_FILE).read_text())["changes"][-1]
        assert stored["forced"] is True
        assert stored["by"]
        assert "was read" in stored["reason"]

    def test_one_more_fallback_within_chance_is_no_objection(self, registry: Registry, own: Path) -> None:
        write_report(own, replies=30, fallbacks_after=6)
        assert registry.promote(str(own)).forced is False

    def test_a_report_reads_back_as_it_was(self, made: Path) -> None:
        verdict = Verdict.read(made / "2026-11")
        assert verdict is not None
        assert (verdict.better, verdict.broken_guards, verdict.summary) == (True, (), "better")
        assert verdict.judged == GOOD.judged


class TestFitting:
    @pytest.mark.parametrize("method", list(configs()))
    def test_every_method_fits_the_base_it_was_made_for(self, method: str, tmp_path: Path) -> None:
        model, config = configs()[method]
        base = write_base(model, tmp_path / "base")
        adapter = Adapter.read(write_adapter(model, config, tmp_path / "made"))
        check_fits(adapter, str(base))
        assert adapter.method == method.split(" on ")[0]
        tensors = load_file(adapter.folder / WEIGHTS_FILE)
        name = sorted(tensors)[0]
        wide = {**tensors, name: tensors[name].repeat(2, 1) if tensors[name].dim() > 1 else tensors[name].repeat(2)}
        save_file(wide, adapter.folder / WEIGHTS_FILE)
        with pytest.raises(AdapterError, match="has the shape"):
            check_fits(adapter, str(base))
        save_file({key: value for key, value in tensors.items() if key != name}, adapter.folder / WEIGHTS_FILE)
        with pytest.raises(AdapterError, match="lacks"):
            check_fits(adapter, str(base))

    @pytest.mark.parametrize(
        ("harm", "told"),
        [
            (lambda own: _settings(own, base_model_name_or_path="org/other"), "made for the base 'org/other'"),
            (lambda own: _settings(own, peft_version="1.2.0"), r"peft 1\.2\.0.*another major version"),
            (lambda own: _settings(own, target_modules=["q_proj"]), "has no place for"),
            (lambda own: _settings(own, target_modules=["q_proj", "v_proj", "o_proj"]), "lacks"),
            (lambda own: _settings(own, r=8), "has the shape"),
            (lambda own: _settings(own, peft_type="NEW_KIND"), "does not fit"),
            (lambda own: (own / WEIGHTS_FILE).write_bytes((own / WEIGHTS_FILE).read_bytes()[:-9]), "only in part"),
            (lambda own: (own / WEIGHTS_FILE).unlink(), "does not exist"),
            (lambda own: (own / CONFIG_FILE).write_text("{"), "cannot be read"),
            (lambda own: (own / CONFIG_FILE).write_text("[]"), "not a JSON object"),
            (lambda own: (own / CONFIG_FILE).unlink(), "is no adapter"),
        ],
    )
    def test_what_does_not_fit_is_named(
        self, harm: Callable[[Path], object], told: str, registry: Registry, own: Path
    ) -> None:
        harm(own)
        with pytest.raises(AdapterError, match=told) as caught:
            registry.promote(str(own), force=True, reason="try")
        assert caught.value.hint
        assert registry.serving().name == SHIPPED

    def test_a_base_that_is_not_here_is_named(self, made: Path, tmp_path: Path) -> None:
        adapter = Adapter.read(made / "2026-11")
        with pytest.raises(AdapterError, match=r"base model .* cannot be read"):
            check_fits(adapter, str(tmp_path / "base"))


class TestDamage:
    def test_a_damaged_state_file_is_told(self, registry: Registry, made: Path, tmp_path: Path) -> None:
        registry.promote(str(made / "2026-11"))
        for text in ("", "{", '{"format": 9, "changes": []}', '{"format": 1, "changes": [{}]}', "[]"):
            (tmp_path / "adapters" / STATE_FILE).write_text(text)
            with pytest.raises(AdapterError, match="says what adapter serves"):
                registry.serving()

    def test_a_folder_that_vanished_is_told(self, registry: Registry, made: Path, tmp_path: Path) -> None:
        registry.promote(str(made / "2026-10"))
        registry.promote(str(made / "2026-11"))
        shutil.rmtree(tmp_path / "adapters" / "2026-11")
        with pytest.raises(AdapterError, match="is gone"):
            registry.serving()
        assert registry.rollback().adapter == "2026-10"
        assert registry.serving().name == "2026-10"

    def test_a_half_copied_folder_is_told(self, registry: Registry, made: Path, tmp_path: Path) -> None:
        registry.promote(str(made / "2026-11"))
        weights = tmp_path / "adapters" / "2026-11" / WEIGHTS_FILE
        weights.write_bytes(weights.read_bytes()[:100])
        with pytest.raises(AdapterError, match="not those that were promoted"):
            registry.serving()

    def test_another_base_is_told(self, registry: Registry, made: Path, tmp_path: Path) -> None:
        registry.promote(str(made / "2026-11"))
        other = Registry(tmp_path, "org/other-model")
        with pytest.raises(AdapterError, match="made for the base"):
            other.serving()

    def test_a_damaged_adapter_is_listed_with_its_fault(self, registry: Registry, made: Path, tmp_path: Path) -> None:
        registry.promote(str(made / "2026-11"))
        (tmp_path / "adapters" / "half").mkdir()
        faults = {entry.name: entry.fault for entry in registry.entries()}
        assert "does not exist" in faults["half"]
        assert faults["2026-11"] == ""

    @pytest.mark.skipif(os.getuid() == 0, reason="root may write anywhere")
    def test_a_home_that_cannot_be_written_is_told(self, made: Path, tmp_path: Path) -> None:
        tmp_path.chmod(0o500)
        with pytest.raises(AdapterError, match="cannot be written"):
            Registry(tmp_path, str(made / "base"), made / "shipped").promote(SHIPPED)


KILLED_AT_EACH_STEP = """
import os, sys
from pathlib import Path
import assistant.adapters.registry as registry_file
from assistant.adapters.registry import Registry

registry_file.check_fits = lambda adapter, base: None  # it writes nothing, and takes seconds to load
base, home, old, new = map(Path, sys.argv[1:])
Registry(home, str(base)).promote(str(old))

def counted(call, steps):
    def step(*arguments, **options):
        steps.append(1)
        if len(steps) == deadly:
            os.kill(os.getpid(), 9)
        return call(*arguments, **options)
    return step

deadly, seen = 0, []
while True:
    deadly += 1
    child = os.fork()
    if child == 0:
        steps = []
        for name in ("fsync", "replace", "open", "mkdir"):
            setattr(os, name, counted(getattr(os, name), steps))
        import shutil
        shutil.copy2 = counted(shutil.copy2, steps)
        Registry(home, str(base)).promote(str(new))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    serving = Registry(home, str(base)).serving()  # raises where it is damaged
    seen.append(serving.name)
    if status == 0:
        break
    assert os.WIFSIGNALED(status), status
left = [path.name for path in (home / "adapters").iterdir() if path.name.startswith(".copying-")]
print(deadly, seen.count(old.name), seen.count(new.name), left)
"""


def test_killed_at_any_step_it_leaves_the_old_or_the_new(made: Path, tmp_path: Path) -> None:
    command = [made / "base", tmp_path, made / "2026-10", made / "2026-11"]
    done = subprocess.run(
        [sys.executable, "-c", KILLED_AT_EACH_STEP, *map(str, command)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    steps, old, new, left = done.stdout.split(maxsplit=3)
    assert int(steps) > 8
    assert int(old) > 3
    assert int(new) >= 1
    assert left.strip() == "[]"


names = st.sampled_from(["a", "b", "c"])


@given(st.lists(st.tuples(st.booleans(), names), max_size=12))
def test_going_back_undoes_promotions_in_turn(steps: list[tuple[bool, str]]) -> None:
    """Against a plain list used as a stack."""
    changes: list[Change] = []
    stack = ["first"]
    for back, name in steps:
        if back and len(stack) > 1:
            stack.pop()
            changes.append(Change(Action.ROLLBACK, stack[-1], "", GOOD.judged, ""))
        elif not back:
            stack.append(name)
            changes.append(Change(Action.PROMOTE, name, "", GOOD.judged, ""))
    assert promoted(changes, "first") == stack


def _settings(folder: Path, **changed: object) -> None:
    path = folder / CONFIG_FILE
    path.write_text(json.dumps({**json.loads(path.read_text()), **changed}))
