"""Corpus: the public sets as conversations of `PromptTurn`s, the form in which a live conversation reaches the model.

Values in people's replies are references (`referencing.py`), sentences that promise are left out (`promises.py`), and what
is left is labelled with the acts it performs. Where nothing of a reply is left the conversation is cut there, so that
a reply never answers something that the model has not seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from assistant.act import Act
from assistant.language_model.prompt import PromptTurn
from finetune.dialogue import Dialogue, read_dialogues, read_rows
from finetune.promises import is_promise, sentences
from finetune.referencing import facts_of, referenced

SERVICE = "cucom_ecommerce"
TASKS = ("star", "multiwoz21_valtest", "taskmaster4")
TALK = "topical_chat"
DOCUMENTS = "ms_business_docs"
OWN_FOLDERS = ("phrasings", "utterances", "shop")
_HERE = Path(__file__).resolve().parent.parent / "data"
_TEXT_SUFFIXES = frozenset({".md", ".txt", ".jsonl", ".yaml", ".csv"})

_ACT_PATTERNS: tuple[tuple[Act, re.Pattern[str]], ...] = tuple(
    (act, re.compile(pattern, re.I))
    for act, pattern in (
        (Act.WELCOME, r"\byou(?:'re| are| 're) (?:very |most )?welcome\b|\bmy pleasure\b|\bglad (?:i|we) could\b"),
        (Act.GREET, r"^(?:hello|hi|good (?:morning|afternoon|evening))\b|\bthank you for contacting\b|\bwelcome to\b"),
        (Act.APOLOGIZE, r"\bapologi[sz]e|\bapologies\b|\b(?:very |truly |so |deeply |really )?sorry\b|\bregret\b"),
        (Act.GOODBYE, r"\bhave a (?:great|good|nice|wonderful|lovely|pleasant)\b|\bgood ?bye\b|\btake care\b|\benjoy\b"),
        (Act.GLAD, r"\bglad\b|\bhappy to hear\b|\bpleased\b|\bappreciate your (?:kind|feedback)"),
        (
            Act.LISTEN,
            r"\?$|\bplease (?:provide|share|tell|confirm|describe|let|check|upload|send|enter|verify|specify)\b"
            r"|\bunderst(?:and|ood)\b|\bthank you for (?:providing|sharing|confirming|the|your|bringing|reaching)\b|\bhow can i\b",
        ),
        (
            Act.ACKNOWLEDGE,
            r"^(?:ok|okay|sure|certainly|of course|alright|all right|great|perfect|no problem|noted|thank you|thanks)\b",
        ),
    )
)  # fmt: skip


@dataclass
class Counts:
    """What became of the sentences of people's replies."""

    kept: int = 0
    promises: int = 0
    unlabelled: int = 0
    empty_replies: int = 0


def acts_of(reply: str) -> tuple[Act, ...]:
    """The acts that the sentences of a reply perform, each once, in order; `listen` where none is recognised."""
    found = dict.fromkeys(act for sentence in sentences(reply) if (act := act_of(sentence)))
    return tuple(found) or (Act.LISTEN,)


def act_of(sentence: str) -> Act | None:
    """The act of one sentence, None where no rule knows it."""
    return next((act for act, pattern in _ACT_PATTERNS if pattern.search(sentence)), None)


def service_conversations(
    data: Path, split: str = "train", *, counts: Counts, strict: bool = False
) -> Iterator[list[PromptTurn]]:
    """Conversations of the service set without promises; `strict` also drops sentences that no act explains."""
    for dialogue in read_dialogues(data, SERVICE, split):
        yield from conversations(referenced(dialogue), counts, strict=strict)


def task_conversations(data: Path, counts: Counts) -> Iterator[list[PromptTurn]]:
    """Conversations of the task sets without promises."""
    for source in TASKS:
        for dialogue in read_dialogues(data, source):
            yield from conversations(referenced(_joined_punctuation(dialogue)), counts)


def conversations(dialogue: Dialogue, counts: Counts, *, strict: bool = False) -> Iterator[list[PromptTurn]]:
    """`dialogue` cut at the replies of which nothing may be learnt."""
    turns: list[PromptTurn] = []
    for exchange in dialogue.exchanges:
        reply = _learnable(exchange.reply, counts, strict)
        if reply:
            turns.append(PromptTurn(exchange.message, acts_of(reply), facts_of(reply), reply))
        elif turns:
            yield turns
            turns = []
    if turns:
        yield turns


def plain_texts(data: Path, documents: int) -> Iterator[str]:
    """Open conversation as plain text, one speaker a line, then the first `documents` help-centre pages."""
    for dialogue in read_dialogues(data, TALK):
        yield "\n".join(f"{exchange.message}\n{exchange.reply}" for exchange in dialogue.exchanges)
    for row in islice(read_rows(data, DOCUMENTS), documents):
        yield str(row["text"])


def public_texts(data: Path) -> Iterator[str]:
    """All text that the tokenizer learns from."""
    counts = Counts()
    for turns in _chained(service_conversations(data, counts=counts), task_conversations(data, counts)):
        for turn in turns:
            yield turn.message
            yield turn.reply
    yield from plain_texts(data, documents=100)


def own_texts() -> Iterator[str]:
    """Lines of our own phrasings, utterances and sample shop, four times over so that the tokenizer heeds them."""
    for name in OWN_FOLDERS * 4:
        for file in sorted((_HERE / name).rglob("*")):
            if file.suffix in _TEXT_SUFFIXES:
                yield from file.read_text(encoding="utf-8").splitlines()


def _chained(*sources: Iterable[list[PromptTurn]]) -> Iterator[list[PromptTurn]]:
    for source in sources:
        yield from source


def _learnable(reply: str, counts: Counts, strict: bool) -> str:
    kept = []
    for sentence in sentences(reply):
        if is_promise(sentence):
            counts.promises += 1
        elif strict and act_of(sentence) is None:
            counts.unlabelled += 1
        else:
            kept.append(sentence)
    counts.kept += len(kept)
    counts.empty_replies += not kept
    return " ".join(kept)


def _joined_punctuation(dialogue: Dialogue) -> Dialogue:
    """Undoes tokenised spacing ("you 're welcome ." becomes "you're welcome.")."""
    return Dialogue(
        dialogue.source,
        tuple(type(exchange)(_joined(exchange.message), _joined(exchange.reply)) for exchange in dialogue.exchanges),
    )


def _joined(text: str) -> str:
    text = re.sub(r"\s+([.,!?;:])", r"\1", text)
    return re.sub(r"\s+('(?:s|re|ve|ll|d|m)|n't)\b", r"\1", text)
