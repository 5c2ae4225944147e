"""Arrows point one way: ui → assistant → retrieval, finetune → assistant, retrieval."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FORBIDDEN = {
    "retrieval": {"assistant", "finetune", "ui", "gradio", "fastapi", "tests", "data"},
    "assistant": {"finetune", "ui", "gradio", "fastapi", "starlette", "uvicorn", "tests", "data"},
    "finetune": {"ui", "gradio", "fastapi", "tests"},
    "ui": {"finetune", "tests"},
}


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("package", FORBIDDEN)
def test_no_package_imports_what_stands_above_it(package: str) -> None:
    broken = {
        str(path.relative_to(ROOT)): wrong
        for path in sorted((ROOT / package).rglob("*.py"))
        if (wrong := FORBIDDEN[package] & set(_imports(path)))
    }
    assert broken == {}


def test_the_steps_of_a_turn_form_no_circle() -> None:
    steps = {path.name for path in (ROOT / "assistant").iterdir() if (path / "__init__.py").is_file()} - {"cli"}
    uses = {
        step: {
            node.module.split(".")[1]
            for path in (ROOT / "assistant" / step).rglob("*.py")
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("assistant.")
        }
        & (steps - {step})
        for step in steps
    }
    tuple(TopologicalSorter(uses).static_order())  # raises CycleError


def test_help_loads_no_heavy_library() -> None:
    code = (
        "import sys; from assistant.cli import build_app; build_app();"
        "print([name for name in ('torch', 'transformers', 'chromadb', 'gradio', 'sqlalchemy', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"
