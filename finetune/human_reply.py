"""Human reply: what a person replied, read sentence by sentence, and what of it may be learned.

sentence ─▶ its facts as references ─▶ claims checker ─▶ personal? ─▶ in vain? ─▶ kept
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import StrEnum

from assistant.checking.claims import REFERENCE, ClaimsChecker
from assistant.language_model.transcript import harmless
from assistant.planning.plan import Ask
from assistant.turn import Prepared
from assistant.writing.composer import words_heard
from finetune.tracing.acting import claims_act
from finetune.tracing.asking import asks_in_vain, has_use
from finetune.tracing.thanking import thanks_in_vain
from finetune.tracing.titles import Titles
from finetune.tracing.tracing import Tracing
from finetune.tracing.waiting import lets_wait

LONGEST_REPLY = 90
"""Words of a reply; so many have the longest of the corpus."""

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[.!?…][\"'”’)])\s+|\s*\n\s*")
_ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|e\.g|i\.e|approx|incl)\.$", re.IGNORECASE)
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
"""What people say last: no beginning, for whoever goes on behind it has said it too early."""
_TELLING = 4
"""Words from which what is left of a reply says something."""
_WHOLE = re.compile(r"[.!?…:][\"'”’)*]*$|\{l\d\}$")
_CLOSING = "\"'”’)* "
_VAIN = frozenset({"asking", "thanking", "waiting"})


class Reason(StrEnum):
    """Why a reply is not learned from."""

    UNTRACED = "a fact that no record shows"
    PROMISE = "a promise that nothing bears out"
    LEANING = "what is left leans on what was left out"
    VAIN = "asks, thanks or lets wait for what the turn knows nothing of"
    LONG = "longer than a live reply"
    COURTESY = "nothing but a courtesy is left"
    EMPTY = "nothing to read"


class HumanReply:
    """A reply to the turn that `prepared` is, read sentence by sentence.

    `kept` are the sentences to learn from, with references; `refused` says what is wrong with the others; `traced` is all of it.
    """

    def __init__(
        self, checker: ClaimsChecker, titles: Titles, is_personal: Callable[[str], bool], prepared: Prepared
    ) -> None:
        self._checker = checker
        self._titles = titles
        self._is_personal = is_personal
        self._brief = prepared.brief
        self._heard = words_heard(prepared.thread, prepared.message, prepared.planned)
        self._was_asked = any(turn.plan.startswith(f"{Ask.tool} ") for turn in prepared.thread.turns[-1:])
        self._has_use = has_use(prepared.planned.plan, prepared.brief)
        self._tracing = Tracing(prepared.brief)
        self._broken = self._is_cut = False
        self.kept: list[str] = []
        self.traced: list[str] = []
        self.refused: list[str] = []

    def read(self, text: str) -> None:
        """Reads all of it."""
        for sentence in sentences(harmless(text)):
            self._take(sentence)
        while self.kept and self._is_cut and _PARTING.search(self.kept[-1]):
            self.kept.pop()
            self.refused.append("parting")

    def _take(self, sentence: str) -> None:
        """Keeps the sentence, its facts as references, or notes why not."""
        traced = _ended(self._tracing.traced(sentence, self.text))
        self.traced.append(traced)
        if REFERENCE.fullmatch(traced) and traced in self.kept:
            return
        faults = self._faults(traced)
        if not faults and self._broken and _leans(traced):
            faults = ["leaning"]
        if faults:
            self._broken = self._is_cut = True
            self.refused += faults
        else:
            self._is_cut = False
            self.kept.append(traced)

    def _faults(self, traced: str) -> list[str]:
        """What is wrong with a sentence by itself."""
        violations = self._checker.violations(traced, self._brief, self._heard, is_first=not self.kept)
        if violations:
            return sorted({violation.kind.value for violation in violations})
        told = f"{self._heard} {self._brief.as_text()}".lower()
        if any(word not in told for word in self._titles.hinted(REFERENCE.sub(" ", traced))):
            return ["other product"]
        if claims_act(traced):
            return ["promise"]
        if self._is_personal(traced):
            return ["personal"]
        if thanks_in_vain(traced, self._was_asked):
            return ["thanking"]
        if lets_wait(traced):
            return ["waiting"]
        return ["asking"] if asks_in_vain(traced, self._has_use) else []

    @property
    def text(self) -> str:
        """What is kept."""
        return " ".join(self.kept)

    @property
    def ends(self) -> bool:
        """Whether the reply ends where what is kept of it does."""
        return not self._is_cut

    def reason(self) -> Reason | None:
        """Why nothing, or not enough, is left; None where enough is."""
        words = len(self.text.split())
        if words > LONGEST_REPLY:
            return Reason.LONG
        if self.kept:
            return Reason.COURTESY if self.refused and words < _TELLING else None
        if not self.refused:
            return Reason.EMPTY
        if "promise" in self.refused:
            return Reason.PROMISE
        if self.refused[-1] == "parting":
            return Reason.COURTESY
        if set(self.refused) == {"leaning"}:
            return Reason.LEANING
        return Reason.VAIN if set(self.refused) <= _VAIN | {"leaning"} else Reason.UNTRACED


def sentences(text: str) -> Iterator[str]:
    """The sentences of a chat message; a line break ends one, an abbreviation does not."""
    begun = ""
    for part in _SENTENCE_END.split(text.strip()):
        begun = f"{begun} {part}".strip() if part else begun
        if begun and not _ABBREVIATION.search(begun):
            yield " ".join(begun.split())
            begun = ""
    if begun:
        yield " ".join(begun.split())


def _leans(sentence: str) -> bool:
    """Whether `sentence` points at something said before it: "please apply it at checkout"."""
    if _LEANING.match(sentence):
        return True
    return _POINTING.search(sentence) is not None and _FEELING.match(sentence) is None


def _ended(sentence: str) -> str:
    """`sentence` with a full stop where a person left it out: a live sentence without an end is not shown."""
    if _WHOLE.search(sentence) or not re.search(r"\w", sentence):
        return sentence
    return f"{sentence.rstrip(_CLOSING + ',;-–')}."
