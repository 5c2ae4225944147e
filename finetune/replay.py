"""Replay: a shop's transcripts taken through its dialogue, message by message, as if Aisle had been asked.

transcript ─▶ plan, tools, reader, brief ─▶ the person's reply, its facts as references ─▶ check ─▶ Replayed
                                                                                      └ dropped, with the reason

What the check refuses in a live reply is what training must not teach: facts that no record shows, promises that nothing bears, questions
whose answer nobody can use. A sentence that fails is left out where the rest stands alone, else the reply goes. Where the person went
on with what is left out, the reply is learned as a beginning: its words are, its end is not (`Replayed.ends`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields, replace

from assistant.checking.claims import ClaimsChecker
from assistant.conversation.message import clean
from assistant.dialogue.thread import Thread
from assistant.privacy.masker import Mask
from assistant.turn import Dialogue, Prepared
from finetune.human_reply import LONGEST_REPLY, HumanReply, Reason
from finetune.replayed import Replayed
from finetune.tracing.titles import Titles
from finetune.transcripts.transcript import Role, Transcript, TranscriptMessage
from retrieval.catalog.customer import Customer


@dataclass(frozen=True, slots=True)
class Dropped:
    """A reply that is not learned from."""

    transcript_id: str
    turn: int
    reason: Reason


@dataclass
class ReplayCounts:
    """What became of transcripts and of the replies in them, and why sentences were left out.

    `whole` replies were kept with every sentence; `open` ones are learned as beginnings.
    """

    transcripts: int = 0
    replies: int = 0
    kept: int = 0
    whole: int = 0
    open: int = 0
    dropped: Counter[Reason] = field(default_factory=Counter)
    sentences: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: ReplayCounts) -> ReplayCounts:
        return ReplayCounts(*(getattr(self, part.name) + getattr(other, part.name) for part in fields(self)))


@dataclass(frozen=True)
class Replay:
    """Replays transcripts through `dialogue`; `checker` is the one that live replies pass. Safe to share between threads.

    `customer` finds a customer by id. `mask` takes personal data out of the text kept for people to read (`Replayed.human`); a sentence
    in which it finds any that is no reference is not learned from.
    """

    dialogue: Dialogue
    checker: ClaimsChecker
    customer: Callable[[str], Customer | None]
    mask: Mask
    _titles: Titles = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_titles", Titles(self.dialogue.bench.catalog))

    def replayed(self, transcript: Transcript) -> tuple[list[Replayed], ReplayCounts]:
        """The replies that may be learned from, in order, and what became of the others."""
        counts = ReplayCounts(transcripts=1)
        return [turn for turn in self.turns(transcript, counts) if isinstance(turn, Replayed)], counts

    def turns(self, transcript: Transcript, counts: ReplayCounts) -> Iterator[Replayed | Dropped]:
        """Every reply of `transcript` in its place, or why it is dropped; `counts` grows.

        The thread of later turns holds what is kept of a reply, or all of it if nothing is. A customer whom the shop's records do not
        know is a visitor.
        """
        customer = self.customer(transcript.customer_id)
        thread = Thread()
        for number, (message, reply) in enumerate(_exchanges(transcript.messages), 1):
            prepared = self.dialogue.prepare(message.text, thread, customer)
            reading = HumanReply(self.checker, self._titles, self._is_personal(prepared, transcript.people), prepared)
            reading.read(clean(reply.text))
            yield self._outcome(transcript, number, reply, prepared, reading, counts)
            said = reading.text or " ".join(reading.traced)
            written = " ".join(said.split()[:LONGEST_REPLY])
            thread = self._pointed(self.dialogue.thread_after(prepared, written), prepared, reply.text)

    def _outcome(
        self,
        transcript: Transcript,
        number: int,
        reply: TranscriptMessage,
        prepared: Prepared,
        reading: HumanReply,
        counts: ReplayCounts,
    ) -> Replayed | Dropped:
        counts.replies += 1
        counts.sentences.update(reading.refused)
        if reason := reading.reason():
            counts.dropped[reason] += 1
            return Dropped(transcript.id, number, reason)
        counts.kept += 1
        counts.whole += not reading.refused
        counts.open += not reading.ends
        return Replayed(
            transcript_id=transcript.id,
            turn=number,
            system=self.dialogue.system,
            prepared=prepared,
            reply=reading.text,
            human=self.mask.mask_all([reply.text], transcript.people)[0].text,
            customer_id=transcript.customer_id,
            time=reply.time or transcript.time,
            ends=reading.ends,
            people=transcript.people,
        )

    def _is_personal(self, prepared: Prepared, people: tuple[str, ...]) -> Callable[[str], bool]:
        """Whether a sentence holds personal data, by the names of `people` and those that the conversation introduces too."""
        said = [*(turn.message for turn in prepared.thread.turns), prepared.message]
        return lambda sentence: self.mask.mask_all([*said, sentence], people)[-1].text != sentence

    def _pointed(self, thread: Thread, prepared: Prepared, reply: str) -> Thread:
        """The thread after a reply: where the person named other products than the brief has, "it" means those next."""
        named = self._titles.named(reply)
        groups = {self.dialogue.briefing.group(id) for id in prepared.brief.products}
        if not named or any(self.dialogue.briefing.group(id) in groups for id in named):
            return thread
        numbers = thread.numbers.adding([(id, self.dialogue.briefing.group(id)) for id in named])
        return replace(thread, numbers=numbers, shown=named)


def _exchanges(messages: Iterable[TranscriptMessage]) -> Iterator[tuple[TranscriptMessage, TranscriptMessage]]:
    """Each message of the customer with the reply that follows it; what the agent says first is no reply."""
    asked: TranscriptMessage | None = None
    for message in messages:
        if message.role is Role.CUSTOMER:
            asked = message
        elif asked is not None:
            yield asked, message
            asked = None
