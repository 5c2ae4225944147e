"""Replay: a shop's transcripts taken through the assistant, message by message, as if Aisle had been asked.

transcript ─▶ the steps of a live turn ─▶ prompt and evidence ─▶ the person's reply, its facts as references ─▶ check ─▶ Replayed
                                                                                                           └ dropped, with the reason

What the check refuses in a live reply is what training must not teach: facts that no record shows, promises that no act
or policy bears out, questions whose answer nobody can use. A sentence that fails is left out where the rest stands alone, else the
reply goes. Where what is kept does not say all that the turn did ("I understand" where it asks to sign in), or the person went on with
what is left out, it is learnt as a beginning: its words are, its end is not (`Replayed.ends`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime

from assistant.assistant import Assistant, Prepared
from assistant.conversation.conversation import Conversation, State, Turn
from assistant.conversation.message import clean
from assistant.privacy.masker import Mask
from assistant.writing.check import Check
from finetune.human_reply import HumanReply, Reason
from finetune.replayed import Replayed
from finetune.tracing.support import Support
from finetune.tracing.titles import Titles
from finetune.transcripts.transcript import Role, Transcript, TranscriptMessage

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Dropped:
    """A reply that is not learnt from."""

    transcript_id: str
    turn: int
    reason: Reason


@dataclass
class ReplayCounts:
    """What became of transcripts and of the replies in them, and why sentences were left out.

    `whole` replies were kept with every sentence; `open` ones are learnt as beginnings.
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


class Replay:
    """Replays transcripts through `assistant`; `check` is the one that live replies pass, without manners.

    `mask` takes personal data out of the text kept for people to read (`Replayed.human`); a sentence in which it finds any
    that is no reference is not learnt from.
    """

    def __init__(self, assistant: Assistant, support: Support, mask: Mask) -> None:
        self._assistant = assistant
        self._support = support
        self._check = Check.of(assistant.catalog)
        self._titles = Titles(assistant.catalog)
        self.mask = mask
        self.counts = ReplayCounts()

    def replayed(self, transcripts: Iterable[Transcript]) -> Iterator[Replayed]:
        """The replies that may be learnt from, in order; `counts` tells what became of the others."""
        for transcript in transcripts:
            self.counts.transcripts += 1
            for outcome in self.turns(transcript):
                if isinstance(outcome, Replayed):
                    yield outcome

    def turns(self, transcript: Transcript) -> Iterator[Replayed | Dropped]:
        """Every reply of `transcript` in its place, or why it is dropped.

        The history of later turns holds what is kept of a reply; where nothing is, later prompts begin behind it, as live ones
        do behind an empty reply. A customer whom the shop's records do not know is a visitor.
        """
        known = transcript.customer_id if self._assistant.customer(transcript.customer_id) else None
        conversation = Conversation(transcript.id, known)
        for number, (message, reply) in enumerate(_exchanges(transcript.messages), 1):
            prepared = self._assistant.prepare(conversation, message.text)
            outcome, kept = self._outcome(transcript, number, reply, prepared)
            yield outcome
            turn = Turn(
                prepared.request.message,
                reply.text,
                prepared.prompt.answered(kept),
                reply.time or message.time or _EPOCH,
            )
            state = self._pointed(prepared, reply.text)
            conversation = replace(conversation, turns=(*conversation.turns, turn), state=state)

    def _personal(self, prepared: Prepared, people: tuple[str, ...]) -> Callable[[str], bool]:
        """Whether a sentence holds personal data, by the names of `people` and those that the conversation introduces too."""
        said = [turn.message for turn in prepared.prompt.turns]
        return lambda sentence: self.mask.mask_all([*said, sentence], people)[-1].text != sentence

    def _pointed(self, prepared: Prepared, reply: str) -> State:
        """The state that the turn leaves: where the person named other products than it showed, "it" means those next."""
        shown = {candidate.product.id for candidate in prepared.evidence.candidates}
        named = self._titles.named(reply)
        if not named or not shown.isdisjoint(self._same(named)):
            return prepared.state
        return replace(prepared.state, shown=named, focus=named[0] if len(named) == 1 else "")

    def _same(self, ids: Iterable[str]) -> set[str]:
        """The products and their variants: which colour is meant is not said by a title."""
        catalog = self._assistant.catalog
        return {variant.id for id in ids for variant in catalog.variants(catalog.products[id])} | set(ids)

    def _outcome(
        self, transcript: Transcript, number: int, reply: TranscriptMessage, prepared: Prepared
    ) -> tuple[Replayed | Dropped, str]:
        self.counts.replies += 1
        reading = HumanReply(self._check, self._support, self._personal(prepared, transcript.people), prepared)
        reading.read(clean(reply.text))
        self.counts.sentences.update(reading.refused)
        if reason := reading.reason():
            self.counts.dropped[reason] += 1
            return Dropped(transcript.id, number, reason), "" if reason is Reason.LONG else reading.text
        self.counts.kept += 1
        self.counts.whole += not reading.refused
        self.counts.open += not reading.ends
        time = reply.time or transcript.time
        human = self.mask.mask_all([reply.text], transcript.people)[0].text
        made = Replayed(
            transcript.id, number, prepared.prompt, prepared.evidence, reading.text, human, transcript.customer_id, time,
            ends=reading.ends, unsaid=reading.unsaid, people=transcript.people,
        )  # fmt: skip
        return made, reading.text


def _exchanges(messages: Iterable[TranscriptMessage]) -> Iterator[tuple[TranscriptMessage, TranscriptMessage]]:
    """Each message of the customer with the reply that follows it; what the agent says first is no reply."""
    asked: TranscriptMessage | None = None
    for message in messages:
        if message.role is Role.CUSTOMER:
            asked = message
        elif asked is not None:
            yield asked, message
            asked = None
