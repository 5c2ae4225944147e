"""Further messages: what else customers could say at a point of a written conversation, by the tool that each wants, as `turns.yaml` has them.

A conversation shows one way to go on; the router must tell many apart. A message here has a label and nothing else, so that one writer
can write hundreds, and those whose words hint at another tool.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from assistant.planning.plan import MOST_STEPS, STEPS
from finetune.corpora.conversation import faults_of, yaml_rows
from finetune.corpora.planner_evaluation import PlannedTurn, planned_turns
from finetune.corpora.shop import CorpusShop
from finetune.corpora.transcripts import corpus_conversations
from retrieval.errors import FeedError

FILE = "turns.yaml"


class WrittenPoint(BaseModel):
    """One entry: the conversation and the number of the turn whose message these stand in for, and the messages by their tools."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: str = Field(pattern=r"^\S+ [1-9]\d*$")
    says: Mapping[str, tuple[str, ...]] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _tools_as_keys(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {"at": value.get("at", ""), "says": {key: each for key, each in value.items() if key != "at"}}

    @field_validator("says")
    @classmethod
    def _known_tools(cls, value: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
        for key in value:
            tools = key.split("+")
            if len(tools) > MOST_STEPS or not set(tools) <= set(STEPS):
                raise ValueError(
                    f"{key!r} names no tool of {', '.join(STEPS)}, nor one to {MOST_STEPS} of them joined by +"
                )
        return value

    @property
    def place(self) -> tuple[str, int]:
        """The conversation's id and the place of the turn, from 0."""
        id, turn = self.at.split()
        return id, int(turn) - 1


@dataclass(frozen=True, slots=True)
class FurtherMessage:
    """A message, the tools it wants, and the written turn in whose place it stands."""

    message: str
    tools: frozenset[str]
    instead_of: PlannedTurn


def read_points(path: Path) -> Iterator[WrittenPoint | str]:
    """The entries of one file; a bad one gives the text of its fault instead. Raises FeedError for no YAML."""
    for place, written in enumerate(yaml_rows(path), 1):
        try:
            yield WrittenPoint.model_validate(written)
        except ValidationError as error:
            yield f"{path}: entry {place}: {faults_of(error)}"


def further_messages(shop: CorpusShop) -> Iterator[FurtherMessage]:
    """Every further message of a shop, none if it has no such file. Raises FeedError at the first bad entry."""
    path = shop.folder / FILE
    if not path.exists():
        return
    turns = {
        (turn.conversation.written.id, place): turn
        for conversation in corpus_conversations(shop.folder)
        for place, turn in enumerate(planned_turns(shop, [conversation]))
    }
    for point in read_points(path):
        if isinstance(point, str) or point.place not in turns:
            fault = point if isinstance(point, str) else f"{path}: no conversation has the turn {point.at!r}"
            raise FeedError(fault, "Run: aisle corpus check")
        for tools, messages in point.says.items():
            for message in messages:
                yield FurtherMessage(message, frozenset(tools.split("+")), turns[point.place])
