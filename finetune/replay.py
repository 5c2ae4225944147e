"""Replay: a shop's transcripts taken through the assistant, message by message, as if Aisle had been asked.

transcript ─▶ the steps of a live turn ─▶ prompt and evidence ─▶ the person's reply, its facts as references ─▶ check ─▶ Replayed
                                                                                                           └ dropped, with the reason

What the check refuses in a live reply is what training must not teach: facts that no record shows, promises that no act
or policy bears out, questions whose answer nobody can use. A sentence that fails is left out where the rest stands alone, else the
reply goes. Where what is kept does not say all that the turn did ("I understand" where it asks to sign in), or the person went on with
what is left out, it is learnt as a beginning: its words are, its end is not (`Replayed.ends`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from enum import StrEnum

from assistant.act import Act
from assistant.assistant import Assistant, Prepared
from assistant.conversation.conversation import Conversation, State, Turn
from assistant.conversation.message import clean
from assistant.evidence.planning import LISTING_ACTS, POINTED_ACTS
from assistant.privacy.masker import Mask
from assistant.reference import REFERENCE_PATTERN
from assistant.writing.check import Check
from assistant.writing.checking.sentences import streamed
from assistant.writing.draft import Draft
from finetune.replayed import Replayed
from finetune.tracing.asking import asks_in_vain
from finetune.tracing.support import Support
from finetune.tracing.titles import Titles
from finetune.tracing.tracing import Tracing
from finetune.transcripts.transcript import Role, Transcript, TranscriptMessage

LONGEST_REPLY = 120
"""Words of a reply: a live one ends after 160 tokens."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LEANING = re.compile(
    r"[\s\"'(]*(?:it|its|it's|they|them|their|this|that|these|those|he|she|so|then|otherwise|however|also|but|and|or|both|either"
    r"|neither|instead|once|after that|in that case|if (?:so|it|this|that|not)|for that|to do (?:so|that|this)|the same|which)\b",
    re.IGNORECASE,
)
_POINTING = re.compile(r"\b(?:it|its|them|this|these|those|that (?=\w+ing\b|(?:is|was|has|one)\b))\b", re.IGNORECASE)
_FEELING = re.compile(
    r"(?:i|we)(?:'m| am| are| do)?(?: \w+ly)? (?:understand|apologi[sz]e|sorry|regret|appreciate)|sorry|thank", re.I
)
_PARTING = re.compile(
    r"\b(?:(?:anything|something|what) else|(?:any )?(?:further|more|other) (?:question|assistance|help|issue|concern|quer)"
    r"|hesitate|have a (?:\w+ )?(?:day|evening|weekend|one)|take care|thank you for (?:choosing|shopping))",
    re.IGNORECASE,
)
"""What people say last: no beginning."""
_ON_PRODUCTS = LISTING_ACTS | POINTED_ACTS | {
    Act.ASK_PREFERENCE, Act.ASK_WHICH_PRODUCT, Act.FOUND_NOTHING, Act.NO_MORE,
}  # fmt: skip
_TITLE = re.compile(r"\b(Mr|Mrs|Ms|Dr|St)\.(?=\s)")
_TELLING = 4
"""Words from which what is left of a reply says something."""
_WHOLE = re.compile(r"[.!?…:][\"'”’)*]*$")
_CLOSING = "\"'”’)* "


class Reason(StrEnum):
    """Why a reply is not learnt from."""

    UNTRACED = "a fact that no record shows"
    PROMISE = "a promise that no act or policy bears out"
    FORM = "a form that live replies may not have"
    LEANING = "what is left leans on what was left out"
    ASKING = "asks for what the turn cannot use"
    OTHER = "speaks of something else than the products of the turn"
    LONG = "longer than a live reply"
    COURTESY = "nothing but a courtesy is left"
    EMPTY = "nothing to read"


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
        reading = _Reading(self._check, self._support, self._personal(prepared, transcript.people), prepared)
        for sentence in streamed([_TITLE.sub(r"\1", clean(reply.text))]):
            reading.read(sentence)
        reading.finish()
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


class _Reading:
    """A person's reply read sentence by sentence."""

    def __init__(self, check: Check, support: Support, is_personal: Callable[[str], bool], prepared: Prepared) -> None:
        self._check = check
        self._is_personal = is_personal
        self._support = support
        self._evidence = prepared.evidence
        self._message = prepared.prompt.turns[-1].message
        self._tracing = Tracing(prepared.evidence)
        self._draft = Draft(prepared.prompt, prepared.evidence)
        self._broken = False
        self._is_cut = False
        self.kept: list[str] = []
        self.refused: list[str] = []

    def read(self, sentence: str) -> None:
        """Keeps the sentence, its facts as references, or notes why not."""
        before = " ".join(self.kept)
        traced = _ended(self._tracing.traced(" ".join(sentence.split()), before))
        if REFERENCE_PATTERN.fullmatch(traced) and traced in self.kept:
            return
        faults = self._faults(traced, before)
        if not faults and self._broken and _leans(traced):
            self._is_cut = True
            self.refused.append("leaning")
        elif faults:
            self._broken = self._is_cut = True
            self.refused += faults
        else:
            self._is_cut = False
            self.kept.append(traced)

    def finish(self) -> None:
        """Takes partings from the end of what is no end: whoever goes on behind them says them too early."""
        while self.kept and not self.ends and _PARTING.search(self.kept[-1]):
            self.kept.pop()
            self.refused.append("parting")

    def _faults(self, traced: str, before: str) -> list[str]:
        """What is wrong with a sentence by itself."""
        violations = self._check.violations(traced, self._evidence, self._message, before)
        if violations:
            return sorted({violation.kind.value for violation in violations})
        if self._is_personal(traced):
            return ["personal"]
        if self._support.unsupported(traced, self._evidence, self._message):
            return ["unsupported"]
        return ["asking"] if asks_in_vain(traced, self._evidence.acts) else []

    @property
    def text(self) -> str:
        """What is kept."""
        return " ".join(self.kept)

    @property
    def ends(self) -> bool:
        """Whether the reply ends where what is kept of it does, and says all that the turn did."""
        return not self._is_cut and not self.unsaid

    @property
    def unsaid(self) -> tuple[Act, ...]:
        """The acts of the turn that what is kept does not do."""
        self._draft.sentences[:] = self.kept
        return tuple(self._draft.unsaid())

    @property
    def _is_beside_the_point(self) -> bool:
        """Whether the turn spoke of products and the person of none: then they were asked something else."""
        spoken = _ON_PRODUCTS.intersection(self._evidence.acts)
        return bool(spoken) and spoken <= set(self.unsaid)

    def reason(self) -> Reason | None:
        """Why nothing, or not enough, is left; None where enough is."""
        words = len(self.text.split())
        if words > LONGEST_REPLY:
            return Reason.LONG
        if self.kept and self._is_beside_the_point:
            return Reason.OTHER
        if self.kept and not (self.refused and words < _TELLING):
            return None
        if self.kept:
            return Reason.COURTESY
        if not self.refused:
            return Reason.EMPTY
        if "promise" in self.refused:
            return Reason.PROMISE
        if set(self.refused) <= {"form", "answer", "pairing", "reference"}:
            return Reason.FORM
        if self.refused[-1] == "parting":
            return Reason.COURTESY
        if set(self.refused) <= {"asking", "leaning"}:
            return Reason.ASKING if "asking" in self.refused else Reason.LEANING
        return Reason.UNTRACED


def _leans(sentence: str) -> bool:
    """Whether `sentence` points at something said before it: "please apply it at checkout"."""
    if _LEANING.match(sentence):
        return True
    return _POINTING.search(sentence) is not None and _FEELING.match(sentence) is None


def _ended(sentence: str) -> str:
    """`sentence` with a full stop where a person left it out: a live sentence without an end is not shown."""
    if not sentence or _WHOLE.search(sentence) or re.search(r"\{(?:a\d\.text|p\d\.quote)\}$", sentence):
        return sentence
    return f"{sentence.rstrip(_CLOSING + ',;-–')}." if re.search(r"\w", sentence) else sentence


def _exchanges(messages: Iterable[TranscriptMessage]) -> Iterator[tuple[TranscriptMessage, TranscriptMessage]]:
    """Each message of the customer with the reply that follows it; what the agent says first is no reply."""
    asked: TranscriptMessage | None = None
    for message in messages:
        if message.role is Role.CUSTOMER:
            asked = message
        elif asked is not None:
            yield asked, message
            asked = None
