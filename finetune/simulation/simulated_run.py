"""Simulated run: customers talk to the live dialogue of several shops, every reply is verified and written down.

One JSON object a turn, so that a run that was interrupted goes on where it was: whole conversations are kept, the last one, if it is
not finished, is held again.
"""

from __future__ import annotations

import json
import random
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from assistant.dialogue.thread import Thread
from assistant.planning.plan import written_step
from assistant.turn import Dialogue, TurnReply
from assistant.writing.composer import Composed
from finetune.corpora.shop import CorpusShop
from finetune.simulation.customer import Said, SimulatedCustomer
from finetune.simulation.customer_sentences import CustomerSentences
from finetune.simulation.shop_words import ShopWords
from finetune.verification.finished_turn import Fault, FinishedTurn
from finetune.verification.verifier import Verifier
from retrieval.errors import FeedError

_MOST_MESSAGES = (1, 2, 3, 3, 4, 4, 5, 6)
_SIGNED_IN, _ON_A_PAGE = 0.5, 0.15
Row = dict[str, Any]


@dataclass(frozen=True)
class SimulatedShop:
    """One shop with its live dialogue."""

    shop: CorpusShop
    dialogue: Dialogue


def simulate(live: SimulatedShop, turns: int, seed: int, done: int = 0) -> Iterator[Row]:
    """Turns of conversations with the shop, from conversation number `done` on; at most `turns`."""
    sentences, words, verifier = CustomerSentences.load(), ShopWords(live.shop), Verifier(live.shop)
    held = 0
    while held < turns:
        talk = _Talk(live, words, sentences, verifier, seed, done)
        for row in talk.rows(turns - held):
            held += 1
            yield row
        done += 1


class _Talk:
    """One conversation."""

    def __init__(
        self,
        live: SimulatedShop,
        words: ShopWords,
        sentences: CustomerSentences,
        verifier: Verifier,
        seed: int,
        number: int,
    ) -> None:
        self._live, self._verifier, self._seed, self._number = live, verifier, seed, number
        chance = random.Random(f"{live.shop.name}-{seed}-{number}")
        customers = sorted(live.shop.customers.values(), key=lambda each: each.id)
        self._account = chance.choice(customers) if customers and chance.random() < _SIGNED_IN else None
        self._customer = SimulatedCustomer(words, sentences, chance, self._account, chance.choice(_MOST_MESSAGES))
        self._page = chance.choice(words.products).id if chance.random() < _ON_A_PAGE else ""

    def rows(self, most: int) -> Iterator[Row]:
        """Its turns, `most` at most; the last one says so."""
        thread = Thread()
        if self._page:
            thread = thread.opened_on(self._page, self._live.dialogue.briefing.group(self._page))
        heard: list[str] = []
        earlier: tuple[str, ...] = (self._page,) if self._page else ()
        said = self._customer.says(None)
        place = 0
        while said is not None:
            place += 1
            heard.append(said.text)
            row: Row = self._about(said, place)
            try:
                reply, rejected = self._answer(said.text, thread)
            except Exception:  # whatever breaks a reply is a finding of the run, and other conversations go on
                yield row | {"error": traceback.format_exc(), "last": True}
                return
            faults = self._faults(reply, said, heard, earlier)
            thread, earlier = reply.thread, (*earlier, *reply.brief.products)
            following = self._customer.says(reply) if place < most else None
            yield row | _outcome(reply, rejected, faults) | {"last": following is None}
            said = following

    def _about(self, said: Said, place: int) -> Row:
        limits = said.limits
        return {
            "id": f"{self._live.shop.name}-{self._seed}-{self._number}", "shop": self._live.shop.name, "seed": self._seed,
            "number": self._number, "place": place, "customer": self._account.id if self._account else "", "page": self._page,
            "goal": said.goal, "message": said.text,
            "limits": {"budget": str(limits.budget or ""), "color": limits.color, "size": limits.size},
        }  # fmt: skip

    def _answer(self, message: str, thread: Thread) -> tuple[TurnReply, list[str]]:
        """The finished reply, and what the claims checker rejected on the way."""
        rejected: dict[str, None] = {}
        last: TurnReply | None = None
        for event in self._live.dialogue.reply(message, thread, self._account):
            if isinstance(event, Composed):
                rejected |= dict.fromkeys(f"{each.kind.value}: {each.said}" for each in event.rejected)
            elif isinstance(event, TurnReply):
                last = event
        if last is None:
            raise AssertionError("a reply that is not cancelled ends with the finished reply")
        return last, list(rejected)

    def _faults(self, reply: TurnReply, said: Said, heard: Sequence[str], earlier: Sequence[str]) -> list[Fault]:
        account = self._account.id if self._account else ""
        turn = FinishedTurn.of(reply.text, heard, reply.brief, reply.plan.steps, account, said.limits, earlier)
        return self._verifier.faults(turn)


def _outcome(reply: TurnReply, rejected: Sequence[str], faults: Sequence[Fault]) -> Row:
    brief = reply.brief
    return {
        "reply": reply.text, "written": reply.written, "fallback": reply.is_fallback, "rejected": list(rejected),
        "plan": [written_step(step) for step in reply.plan.steps], "need": reply.plan.need.as_text(), "brief": brief.as_text(),
        "products": list(brief.products), "orders": list(brief.orders), "notes": [note.value for note in brief.notes],
        "lines": [{"verdict": told.verdict.value, "record": told.line.record, "text": told.line.text} for told in brief.lines],
        "faults": [{"kind": fault.kind.value, "said": fault.said, "sentence": fault.sentence} for fault in faults],
        "timings_ms": {name: round(value, 1) for name, value in reply.timings_ms.items()}, "error": "",
    }  # fmt: skip


def read_rows(path: Path, seed: int) -> list[Row]:
    """The turns of the conversations in a file of an earlier run that are whole. Raises FeedError for a run with another seed."""
    rows: list[Row] = []
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                rows.append(json.loads(line))
            except json.JSONDecodeError:
                break  # the line that was being written when the run was interrupted
    if any(row["seed"] != seed for row in rows):
        raise FeedError(
            f"{path} holds a run with seed {rows[0]['seed']}, not {seed}", "Name another file, or that seed."
        )
    whole = {row["id"] for row in rows if row["last"]}
    return [row for row in rows if row["id"] in whole]


def run(
    shops: Mapping[str, Callable[[], SimulatedShop]],
    turns: int,
    seed: int,
    output: Path,
    progress: Callable[[int, str], None] = lambda done, shop: None,
) -> list[Row]:
    """Every turn of a run over `shops`, as many of each; those that `output` holds already are not held again.

    A shop is only opened if turns of it are missing. Raises FeedError, and what opening a shop raises.
    """
    rows = read_rows(output, seed)
    share = -(-turns // len(shops))
    with output.open("w", encoding="utf-8") as file:
        for row in rows:
            _write(file, row)
        for name, opened in shops.items():
            known = [row for row in rows if row["shop"] == name]
            if len(known) >= share:
                continue
            done = max((row["number"] + 1 for row in known), default=0)
            for row in simulate(opened(), share - len(known), seed, done):
                rows.append(row)
                _write(file, row)
                progress(len(rows), name)
    return rows


def _write(file: TextIO, row: Row) -> None:
    file.write(json.dumps(row, ensure_ascii=False) + "\n")
    file.flush()
