"""Conversations and judged pairs of the corpus, as they are written in YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from assistant.dialogue.need import Need
from assistant.planning.plan import MOST_STEPS, Step, step_of
from retrieval.errors import FeedError

Style = Literal[
    "terse", "long", "angry", "polite", "elderly", "teen", "non_native", "typos", "two_questions", "vague",
    "changed_mind", "follow_up", "for_others", "comparing", "advice", "complaint", "order", "not_sold", "rule_bound",
    "machine_test",
]  # fmt: skip
_JUDGED = re.compile(r"([+\-!~])\s+([^:\s]+):\s*(.+)", re.DOTALL)


class Mark(StrEnum):
    """What a line means for a question or need; see `data/conversations/README.md`."""

    SUPPORTS = "+"
    CONTRADICTS = "-"
    LIMITS = "!"
    SILENT = "~"


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """A mark, a record's id, and a fragment of one of its lines."""

    mark: Mark
    record: str
    fragment: str

    @classmethod
    def parse(cls, text: str) -> JudgedLine:
        """Read "+ alder-2: sideways rain". Raises ValueError if it has another form."""
        found = _JUDGED.fullmatch(text.strip())
        if not found:
            raise ValueError(f'{text!r} is not of the form "+ record-id: fragment" with one of + - ! ~')
        return cls(Mark(found[1]), found[2], found[3])


class WrittenTurn(BaseModel):
    """One message with its plan, the evidence that decides, and the reply. Fields as in the corpus's README."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    says: str = Field(min_length=1)
    plan: tuple[Step, ...] = Field(min_length=1, max_length=MOST_STEPS)
    need: Need | None = None
    show: tuple[str, ...] = Field(default=(), max_length=6)
    orders: tuple[str, ...] = Field(default=(), max_length=3)
    lines: tuple[JudgedLine, ...] = Field(default=(), max_length=8)
    sums: tuple[dict[str, Any], ...] = Field(default=(), max_length=4)
    reply: str = Field(min_length=1)

    @field_validator("plan", mode="before")
    @classmethod
    def _steps(cls, value: Any) -> Any:
        return tuple(step_of(step) for step in value or ())

    @field_validator("lines", mode="before")
    @classmethod
    def _lines(cls, value: Any) -> Any:
        return tuple(JudgedLine.parse(line) for line in value or ())

    @field_validator("reply")
    @classmethod
    def _one_line(cls, value: str) -> str:
        return " ".join(value.split())


class WrittenConversation(BaseModel):
    """One conversation of the corpus. `customer` is who is signed in, `page` the product whose page is open."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    style: tuple[Style, ...] = Field(min_length=1)
    customer: str = ""
    page: str = ""
    turns: tuple[WrittenTurn, ...] = Field(min_length=1, max_length=8)


class JudgedPairs(BaseModel):
    """A question or need with record lines and their marks."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    ask: str = Field(min_length=1)
    lines: tuple[JudgedLine, ...] = Field(min_length=1)

    @field_validator("lines", mode="before")
    @classmethod
    def _lines(cls, value: Any) -> Any:
        return tuple(JudgedLine.parse(line) for line in value or ())


def read_conversations(path: Path) -> Iterator[WrittenConversation | str]:
    """The conversations of one file; a bad one gives the text of its fault instead. Raises FeedError for no YAML."""
    for place, written in enumerate(yaml_rows(path), 1):
        name = written.get("id", f"conversation {place}") if isinstance(written, dict) else f"entry {place}"
        try:
            yield WrittenConversation.model_validate(written)
        except ValidationError as error:
            yield f"{path}: {name}: {faults_of(error)}"


def read_pairs(path: Path) -> Iterator[JudgedPairs | str]:
    """The judged pairs of one file; a bad one gives the text of its fault instead. Raises FeedError for no YAML."""
    for place, written in enumerate(yaml_rows(path), 1):
        try:
            yield JudgedPairs.model_validate(written)
        except ValidationError as error:
            yield f"{path}: pair {place}: {faults_of(error)}"


def yaml_rows(path: Path) -> list[Any]:
    """The entries of one file of the corpus, a list in YAML. Raises FeedError."""
    try:
        rows = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader, below
    except (OSError, yaml.YAMLError) as error:
        raise FeedError(
            f"{path} is not readable YAML: {error}", "Put texts that hold : or # or { into quotes."
        ) from error
    if not isinstance(rows, list):
        raise FeedError(f"{path} is not a list of entries.", "Begin each entry with a dash.")
    return rows


def faults_of(error: ValidationError) -> str:
    """What is wrong with an entry, in one line."""
    return "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())


class _Loader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):  # type: ignore[misc]
    """A safe loader that leaves "yes", "no", numbers and dates as the text they are written in."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag == "tag:yaml.org,2002:null"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
