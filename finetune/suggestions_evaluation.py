"""Suggestions evaluation: how well the nearest past replies of people find what a person answered, and how long three drafts take.

Replies of 20 public service dialogues form a group, masked as the desk keeps them; behind each message all 20 are ranked as the desk ranks
past replies of the training split, and by the parts of that score. Floors: chance, and BM25 between message and reply.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from assistant.actions.orders import Orders
from assistant.desk.drafting import draft_replies
from assistant.desk.past_replies import PastReplies
from assistant.dialogue.thread import Thread
from assistant.opening import open_assistant
from assistant.privacy.masker import Mask
from assistant.settings import Settings
from assistant.shop_mask import shop_mask
from finetune.judging.ranking import CANDIDATES, bm25_places, groups, place, recall
from finetune.learn_cli import past_replies
from finetune.score import Score
from finetune.service_transcripts import sample_shop, service_transcripts
from finetune.transcripts.writing import masked
from retrieval.index.encoder import Encoder
from retrieval.index.sentence_encoder import open_encoder
from retrieval.store.database import open_database
from retrieval.store.records import Records

_DEPTHS = (1, 3)
_DESK, _VOTES, _COSINE = "as the desk ranks", "replies to similar messages", "cosine of message and reply"
_SHOP = "Fern & Field"
Progress = Callable[[str, int, int], None]
"""Called with what is done, how much of it, and of how much."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A message of a customer, what a person replied, and the dialogue they are from."""

    message: str
    reply: str
    transcript_id: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """How often one way of ranking has the person's reply first, and among the first three."""

    way: str
    first: Score
    first_three: Score


@dataclass(frozen=True, slots=True)
class SuggestionsReport:
    """What was measured; `seconds` and `processor_seconds` are one figure for each message that drafts were made for."""

    past: int
    ranked: tuple[Ranked, ...]
    seconds: tuple[float, ...]
    processor_seconds: tuple[float, ...]
    drafts: tuple[int, ...]

    def lines(self) -> Iterator[str]:
        """The report as text."""
        yield f"{self.past:,} past replies; the person's reply among {CANDIDATES}:"
        for each in self.ranked:
            yield f"  {each.way}: R@1 {each.first}, R@3 {each.first_three}"
        if self.seconds:
            for name, values in (("seconds", self.seconds), ("processor seconds", self.processor_seconds)):
                middle, late = np.percentile(values, [50, 95])
                yield f"Drafts for {len(values)} messages, {name}: p50 {middle:.2f}, p95 {late:.2f}"
            yield f"  three drafts for {sum(count >= 3 for count in self.drafts)} of {len(self.drafts)}"

    def values(self) -> dict[str, object]:
        """The report as JSON."""
        return {
            "past": self.past,
            "ranked": {
                each.way: {
                    "R@1": [each.first.share, *each.first.interval], "R@3": [each.first_three.share, *each.first_three.interval],
                    "replies": each.first.count,
                }
                for each in self.ranked
            },
            "seconds": list(self.seconds), "processor_seconds": list(self.processor_seconds), "drafts": list(self.drafts),
        }  # fmt: skip


def evaluate(
    data: Path, shipped: Path, share: float, replies: int, drafted: int, seed: int, progress: Progress
) -> SuggestionsReport:
    """Rank `replies` replies of the evaluation split by a `share` of the training split, and time the drafts for `drafted` messages.

    Raises FeedError where the public set is absent.
    """
    with sample_shop(shipped) as settings, TemporaryDirectory() as folder:
        mask, encoder = _mask(settings), open_encoder(settings.encoder)
        rows = list(past_replies(masked(service_transcripts(data, "train", _SHOP, share, seed), mask)))
        progress("embedding", 0, len(rows))
        PastReplies.build(Path(folder), rows, encoder)
        past = PastReplies.open(Path(folder), encoder)
        if past is None:
            raise AssertionError("a build that was just written is there")
        answered = list(_answered(data, mask))
        ranked = tuple(_ranked(answered, past, encoder, replies, seed, progress))
        times, spent, counts = [], [], []
        if drafted:
            serving = open_assistant(settings).serving
            for number, each in enumerate(answered[:: max(len(answered) // drafted, 1)][:drafted], 1):
                began, busy = time.perf_counter(), time.process_time()
                found = draft_replies(serving, past, Thread(), each.message, None, threading.Event())
                times.append(time.perf_counter() - began)
                spent.append(time.process_time() - busy)
                counts.append(len(found.drafts))
                progress("drafting", number, drafted)
        return SuggestionsReport(len(rows), ranked, tuple(times), tuple(spent), tuple(counts))


def _mask(settings: Settings) -> Mask:
    engine = open_database(settings.resolved_database_url)
    records = Records(engine)
    return shop_mask(records.catalog(), records, Orders(engine), settings)


def _answered(data: Path, mask: Mask) -> Iterator[Answered]:
    """Messages and replies of the evaluation split, by the same rules as past replies."""
    for transcript in masked(service_transcripts(data, "eval_public", _SHOP), mask):
        yield from (Answered(row.message, row.reply, transcript.id) for row in past_replies([transcript]))


def _ranked(
    answered: Sequence[Answered], past: PastReplies, encoder: Encoder, replies: int, seed: int, progress: Progress
) -> Iterator[Ranked]:
    chosen = groups(answered, replies, seed)
    places: dict[str, list[float]] = {_DESK: [], _VOTES: [], _COSINE: [], "BM25": []}
    for number, group in enumerate(chosen, 1):
        candidates = encoder.encode_documents([each.reply for each in group])
        asked = encoder.encode_queries([each.message for each in group])
        for right, each in enumerate(group):
            places[_DESK].append(place(past.scores(each.message, candidates).tolist(), right))
            places[_VOTES].append(place(past.votes(each.message, candidates).tolist(), right))
            places[_COSINE].append(place((candidates @ asked[right]).tolist(), right))
        places["BM25"] += bm25_places(group)
        progress("ranking", number, len(chosen))
    count = len(places["BM25"])
    for way, found in places.items():
        first, three = (Score(int(sum(recall(found, depth))), count) for depth in _DEPTHS)
        yield Ranked(way, first, three)
    yield Ranked("chance", *(Score(round(count * depth / CANDIDATES), count) for depth in _DEPTHS))
