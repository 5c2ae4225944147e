"""Human reply: what a person replied, read sentence by sentence, and what of it may be learnt.

sentence ─▶ its facts as references ─▶ check of a live reply ─▶ personal? ─▶ borne out by a record? ─▶ in vain? ─▶ kept
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum

from assistant.act import Act
from assistant.assistant import Prepared
from assistant.evidence.planning import LISTING_ACTS, POINTED_ACTS
from assistant.reference import REFERENCE_PATTERN
from assistant.writing.check import Check
from assistant.writing.checking.sentences import streamed
from assistant.writing.draft import Draft
from finetune.tracing.asking import asks_in_vain
from finetune.tracing.regretting import regrets_in_vain
from finetune.tracing.support import Support
from finetune.tracing.thanking import thanks_in_vain
from finetune.tracing.tracing import Tracing

LONGEST_REPLY = 120
"""Words of a reply: a live one ends after 160 tokens."""

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
    ASKING = "asks, thanks or apologizes for what the turn knows nothing of"
    OTHER = "speaks of something else than the products of the turn"
    LONG = "longer than a live reply"
    COURTESY = "nothing but a courtesy is left"
    EMPTY = "nothing to read"


class HumanReply:
    """A reply to the turn that `prepared` is, read sentence by sentence.

    `kept` are the sentences to learn from, with references; `refused` tells what is wrong with the others.
    """

    def __init__(self, check: Check, support: Support, is_personal: Callable[[str], bool], prepared: Prepared) -> None:
        self._check = check
        self._is_personal = is_personal
        self._support = support
        self._evidence = prepared.evidence
        self._message = prepared.prompt.turns[-1].message
        self._asked = prepared.prompt.turns[-2].acts if len(prepared.prompt.turns) > 1 else ()
        self._tracing = Tracing(prepared.evidence)
        self._draft = Draft(prepared.prompt, prepared.evidence)
        self._broken = False
        self._is_cut = False
        self.kept = self._draft.sentences
        self.refused: list[str] = []

    def read(self, text: str) -> None:
        """Reads all of it."""
        for sentence in streamed([_TITLE.sub(r"\1", text)]):
            self._take(sentence)
        while self.kept and not self.ends and _PARTING.search(self.kept[-1]):
            self.kept.pop()
            self.refused.append("parting")

    def _take(self, sentence: str) -> None:
        """Keeps the sentence, its facts as references, or notes why not."""
        before = self.text
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

    def _faults(self, traced: str, before: str) -> list[str]:
        """What is wrong with a sentence by itself."""
        violations = self._check.violations(traced, self._evidence, self._message, before)
        if violations:
            return sorted({violation.kind.value for violation in violations})
        if self._is_personal(traced):
            return ["personal"]
        if self._support.unsupported(traced, self._evidence, self._message):
            return ["unsupported"]
        if thanks_in_vain(traced, self._asked):
            return ["thanking"]
        if regrets_in_vain(traced, self._evidence.acts):
            return ["regretting"]
        return ["asking"] if asks_in_vain(traced, self._evidence.acts) else []

    @property
    def text(self) -> str:
        """What is kept."""
        return self._draft.text

    @property
    def ends(self) -> bool:
        """Whether the reply ends where what is kept of it does, and says all that the turn did."""
        return not self._is_cut and not self.unsaid

    @property
    def unsaid(self) -> tuple[Act, ...]:
        """The acts of the turn that what is kept does not do."""
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
        if set(self.refused) <= {"asking", "thanking", "regretting", "leaning"}:
            return Reason.LEANING if set(self.refused) == {"leaning"} else Reason.ASKING
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
