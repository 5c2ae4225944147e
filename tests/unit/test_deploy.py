"""The files for Docker, and the commands of docs/deploy.md, fit the program. No Docker is needed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from assistant.cli import build_app
from assistant.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
DOCS = (ROOT / "docs" / "deploy.md").read_text()
SETTINGS = {f"AISLE_{name.upper()}" for name in Settings.model_fields}


def test_every_service_is_healthy_before_it_counts_and_writes_to_volumes_alone() -> None:
    for name, service in COMPOSE["services"].items():
        assert service["read_only"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert name == "app" or service["healthcheck"]["test"], name
        assert all(volume.split(":")[0] in COMPOSE["volumes"] for volume in service["volumes"]), name
    app = COMPOSE["services"]["app"]
    assert {waited["condition"] for waited in app["depends_on"].values()} == {"service_healthy"}
    assert set(app["depends_on"]) == set(COMPOSE["services"]) - {"app"}
    assert app["user"].split(":")[0] == re.search(r"^USER (\d+)$", DOCKERFILE, re.M)[1]  # type: ignore[index]
    assert app["ports"] == ["127.0.0.1:7860:7860"]
    assert "HEALTHCHECK" in DOCKERFILE


def test_the_settings_of_the_files_exist_and_no_secret_is_in_them() -> None:
    used = set(COMPOSE["services"]["app"]["environment"]) | set(re.findall(r"AISLE_\w+", DOCKERFILE + DOCS))
    assert used <= SETTINGS
    assert "${POSTGRES_PASSWORD:?" in COMPOSE["services"]["database"]["environment"]["POSTGRES_PASSWORD"]


def test_the_images_are_the_versions_that_are_tested() -> None:
    pinned = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text().splitlines())
    assert COMPOSE["services"]["chroma"]["image"] == f"chromadb/chroma:{pinned['chromadb']}"
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.M)
    allowed = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.M)
    assert sorted(" ".join(copied).split()) == sorted(allowed)
    assert all((ROOT / name).exists() for name in allowed)


@pytest.mark.parametrize(
    "command", sorted(set(re.findall(r"^(?:aisle|docker compose run .*?app) ((?:[a-z]+ ?)+)", DOCS, re.M)))
)
def test_every_command_of_the_page_exists(command: str) -> None:
    found: Any = get_command(build_app())
    for word in command.split():
        if not hasattr(found, "commands"):
            break  # an argument
        assert word in found.commands, command
        found = found.commands[word]
    assert not hasattr(found, "commands"), command
