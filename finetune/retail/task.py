"""RetailTask: a customer, what they want, and the actions that were recorded for it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from retrieval.errors import FeedError


class Action(BaseModel):
    """One recorded call."""

    model_config = ConfigDict(frozen=True)

    name: str
    values: dict[str, Any] = Field(validation_alias=AliasChoices("kwargs", "arguments"))


class RetailTask(BaseModel):
    """`id` is the task's own, or the name of its file and its line there."""

    model_config = ConfigDict(frozen=True)

    id: str
    user_id: str
    instruction: str = ""
    actions: tuple[Action, ...]


def read_tasks(path: Path) -> Iterator[RetailTask]:
    """The tasks of a JSONL file, packed with gzip or not, one a line. Raises FeedError that names file and line."""
    try:
        content = path.read_bytes()
        text = (gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content).decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise FeedError(f"{path} cannot be read: {error}", "Name a JSONL file of tasks.") from error
    stem = path.name.split(".")[0]
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
            yield RetailTask.model_validate({**values, "id": str(values.get("id") or f"{stem}:{number}")})
        except (ValueError, TypeError, AttributeError, ValidationError) as error:
            told = str(error).strip().splitlines()[0]
            raise FeedError(f"{path}, line {number} is no task: {told}", "A task has user_id and actions.") from error
