"""Conversations held for reading and for checks: every message of a file is answered live, on the shop it belongs to.

    aisle evaluate conversations FILE --json > replies.jsonl

A file holds one JSON object a line: `{"id": …, "shop": …, "turns": [{"message": …}]}`. `shop` is a folder of the corpus, or "sample".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.dialogue.thread import Thread
from assistant.planning.plan import written_step
from assistant.turn import Dialogue, TurnReply
from finetune.corpora.shop import SAMPLE, CorpusShop, shop_folders
from retrieval.errors import FeedError


class AskedTurn(BaseModel):
    """One message; whatever else a file says about it is kept out."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    message: str


class AskedConversation(BaseModel):
    """The messages of one conversation, in order."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    shop: str = "sample"
    customer: str = ""
    turns: tuple[AskedTurn, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class HeldTurn:
    """One message with the reply to it."""

    conversation: AskedConversation
    message: str
    reply: TurnReply

    def as_json(self) -> dict[str, Any]:
        """For reading: reply, plan, need, brief, cards, verdicts and timings."""
        brief = self.reply.brief
        return {
            "id": self.conversation.id,
            "shop": self.conversation.shop,
            "message": self.message,
            "reply": self.reply.text,
            "written": self.reply.written,
            "fallback": self.reply.is_fallback,
            "plan": [written_step(step) for step in self.reply.plan.steps],
            "need": self.reply.plan.need.as_text(),
            "cards": list(brief.products),
            "lines": [
                {"verdict": told.verdict.value, "record": told.line.record, "text": told.line.text}
                for told in brief.lines
            ],
            "notes": [note.value for note in brief.notes],
            "timings_ms": self.reply.timings_ms,
        }


def json_line(held: HeldTurn) -> str:
    """One turn as one line of JSON."""
    return json.dumps(held.as_json(), ensure_ascii=False)


def text_of(held: HeldTurn, is_first: bool) -> str:
    """One turn as a person reads it, under a heading if it `is_first` in its conversation."""
    heading = f"\n## {held.conversation.id} ({held.conversation.shop})\n" if is_first else ""
    mark = " [plain]" if held.reply.is_fallback else ""
    first = held.reply.timings_ms.get("first sentence", 0.0)
    return f"{heading}> {held.message}\n{held.reply.text}{mark} ({first:.0f} ms)"


def read_asked(path: Path) -> Iterator[AskedConversation]:
    """The conversations of a file. Raises FeedError that names the line that cannot be read."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            try:
                yield AskedConversation.model_validate_json(line)
            except ValidationError as error:
                raise FeedError(
                    f"{path}:{number}: {error.errors()[0]['msg']}", "See the form above in --help."
                ) from error


def hold(asked: AskedConversation, shop: CorpusShop, dialogue: Dialogue) -> Iterator[HeldTurn]:
    """The turns of one conversation, each answered in the light of those before it."""
    thread, customer = Thread(), shop.customers.get(asked.customer)
    for turn in asked.turns:
        last = [event for event in dialogue.reply(turn.message, thread, customer)][-1]
        if not isinstance(last, TurnReply):
            raise AssertionError("a reply that is not cancelled ends with the finished reply")
        thread = last.thread
        yield HeldTurn(asked, turn.message, last)


def hold_all(
    path: Path, corpus: Path, live: Callable[[CorpusShop], Dialogue], output: Path | None
) -> Iterator[HeldTurn]:
    """Every turn of every conversation of a file; with `output` each is also written there, one JSON object a line."""
    dialogues: dict[str, tuple[CorpusShop, Dialogue]] = {}
    written = output.open("w", encoding="utf-8") if output else None
    try:
        for asked in read_asked(path):
            name = SAMPLE if asked.shop == "sample" else asked.shop
            if not (corpus / name).is_dir():
                known = ", ".join(["sample", *sorted(folder.name for folder in shop_folders(corpus))])
                raise FeedError(
                    f"{path}: conversation {asked.id!r} is of an unknown shop: {asked.shop!r}", f"Known are {known}."
                )
            if name not in dialogues:
                shop = CorpusShop.load(corpus / name)
                dialogues[name] = shop, live(shop)
            for held in hold(asked, *dialogues[name]):
                if written:
                    written.write(json_line(held) + "\n")
                yield held
    finally:
        if written:
            written.close()
