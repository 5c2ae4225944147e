"""Replies: what both sides wrote to the same messages, and what can be said of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from assistant.checking.claims import REFERENCE
from assistant.privacy.masker import Mask
from finetune.judging.difference import Conversations, Difference, Ratio
from finetune.judging.drafting import Drafted, drafts, tools
from finetune.judging.measure import Aim, Measure
from finetune.judging.plan import Plan, Progress, spread
from finetune.judging.report import Shown
from finetune.judging.side import Side
from finetune.judging.wording import distinct, distinct_difference, repeats, words
from finetune.replayed import Replayed

_SIDES = ("before", "after")
_MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class Replies:
    """What both sides replied to the same messages."""

    replayed: Sequence[Replayed]
    before: list[Drafted]
    after: list[Drafted]
    conversations: Conversations

    @classmethod
    def of(cls, replayed: Sequence[Replayed], before: Side, after: Side, plan: Plan, progress: Progress) -> Self:
        """Lets both sides write."""
        written = []
        for side in (before, after):
            drafts(side, replayed[:1])  # the first reply of an engine is slower than the others
            progress(f"writing, {side.name}", 0, len(replayed))
            written.append(drafts(side, replayed))
            progress(f"writing, {side.name}", len(replayed), len(replayed))
        ids = [item.transcript_id for item in replayed]
        return cls(replayed, written[0], written[1], Conversations(ids, plan.seed))

    def measures(self) -> list[Measure]:
        """Choice of facts, plans, safety, wording and speed."""
        return [*self._facts(), *self._plans(), *self._safety(), *self._wording(), *self._speed()]

    def verdict(self) -> dict[str, Any]:
        """The figures of the guards, by their names in a Verdict."""
        fallbacks = self._share(lambda drafted: drafted.is_fallback)
        return {
            "wrong_facts": sum(len(drafted.findings.wrong_facts) for drafted in self.after),
            "false_promises": sum(len(drafted.findings.promises) for drafted in self.after),
            "fallbacks_before": sum(drafted.is_fallback for drafted in self.before),
            "fallbacks_after": sum(drafted.is_fallback for drafted in self.after),
            "fallback_rise_low": fallbacks.low,
        }

    def refused_kinds(self) -> dict[str, dict[str, int]]:
        """How often the check refused a sentence for what, by side."""
        counted: dict[str, dict[str, int]] = {}
        for name, side in zip(_SIDES, (self.before, self.after), strict=True):
            kinds = [kind.value for drafted in side for kind in drafted.rejected.elements()]
            counted[name] = {kind: kinds.count(kind) for kind in sorted(set(kinds))}
        return counted

    def found(self, mask: Mask) -> dict[str, list[str]]:
        """The words of the adapter's replies that break a guard, for people to read."""
        wrong = [said for drafted in self.after for said in drafted.findings.wrong_facts]
        promises = [said for drafted in self.after for said in drafted.findings.promises]
        listed = {"wrong facts": wrong[:_MOST_LISTED], "false promises": promises[:_MOST_LISTED]}
        return {name: [masked.text for masked in mask.mask_all(texts)] for name, texts in listed.items()}

    def shown(self, count: int, mask: Mask) -> tuple[Shown, ...]:
        """`count` of the replies side by side, at even distances, without personal data."""
        chosen = spread(range(len(self.replayed)), count)
        return tuple(self._shown(index, mask) for index in chosen)

    def _shown(self, index: int, mask: Mask) -> Shown:
        item, before, after = self.replayed[index], self.before[index], self.after[index]
        masked = mask.mask_all([item.message, item.reply, before.written, after.written], item.people)
        message, human, *written = (found.text for found in masked)
        return Shown(
            message,
            tools(item.prepared.planned.plan),
            human,
            written[0],
            written[1],
            before.is_fallback,
            after.is_fallback,
        )

    def _facts(self) -> list[Measure]:
        human = [frozenset(REFERENCE.findall(item.reply)) for item in self.replayed]
        group = "Facts chosen as people chose them"
        pairs = {
            "precision": lambda drafted, own: (len(drafted.keys & own), len(drafted.keys)),
            "recall": lambda drafted, own: (len(drafted.keys & own), len(own)),
        }
        found = []
        for name, pair in pairs.items():
            sides = []
            for side in (self.before, self.after):
                counted = np.array([pair(drafted, own) for drafted, own in zip(side, human, strict=True)], np.float64)
                sides.append(Ratio(counted[:, 0], counted[:, 1]))
            difference = self.conversations.difference(*sides)
            found.append(Measure(group, name, difference, Aim.HIGHER, len(human), is_share=True))
        return found

    def _plans(self) -> list[Measure]:
        """How often both sides themselves plan and brief a message as the replay did, which the adapter before planned."""
        group, count = "Planned and read as in the replay", len(self.before)
        wanted = [(tools(item.prepared.planned.plan), item.prepared.brief.as_text()) for item in self.replayed]
        pairs = {
            "same tools": [[each.tools == told for each, (told, _) in zip(side, wanted, strict=True)] for side in self._sides],
            "same brief": [[each.brief == told for each, (_, told) in zip(side, wanted, strict=True)] for side in self._sides],
        }  # fmt: skip
        return [
            Measure(
                group, name, self.conversations.difference(*(Ratio.mean(list(map(float, side))) for side in sides)),
                Aim.NEITHER, count, is_share=True,
            )
            for name, sides in pairs.items()
        ]  # fmt: skip

    @property
    def _sides(self) -> tuple[list[Drafted], list[Drafted]]:
        return self.before, self.after

    def _safety(self) -> list[Measure]:
        group, count = "What customers would read", len(self.before)
        wrong = self._share(lambda drafted: bool(drafted.findings.wrong_facts))
        promises = self._share(lambda drafted: bool(drafted.findings.promises))
        fallbacks = self._share(lambda drafted: drafted.is_fallback)
        rejected = self._share(lambda drafted: bool(drafted.rejected))
        return [
            Measure(group, "replies with a wrong fact", wrong, Aim.LOWER, count, is_share=True),
            Measure(group, "replies with a false promise", promises, Aim.LOWER, count, is_share=True),
            Measure(group, "replies with a fallback", fallbacks, Aim.LOWER, count, is_share=True),
            Measure(group, "replies of which the check refused a sentence", rejected, Aim.LOWER, count, is_share=True),
        ]

    def _wording(self) -> list[Measure]:
        group, count = "Wording", len(self.before)
        human = [item.reply for item in self.replayed]
        ids = [item.transcript_id for item in self.replayed]
        texts = [[drafted.written for drafted in side] for side in (self.before, self.after)]
        length = self._ratio(lambda drafted: len(words(drafted.written)), lambda drafted: 1)
        again = self._share(lambda drafted: repeats(drafted.written))
        own_length = float(np.mean([len(words(text)) for text in human]))
        own_again = float(np.mean([repeats(text) for text in human]))
        return [
            Measure(group, "length", length, Aim.NEITHER, count, "words", human=own_length),
            *(
                Measure(
                    group, f"distinct-{size}", distinct_difference(ids, texts[0], texts[1], size), Aim.NEITHER, count,
                    human=distinct(human, size), is_share=True,
                )
                for size in (1, 2)
            ),
            Measure(group, "replies that repeat themselves", again, Aim.LOWER, count, human=own_again, is_share=True),
        ]  # fmt: skip

    def _speed(self) -> list[Measure]:
        pace = self._ratio(lambda drafted: len(words(drafted.written)), lambda drafted: drafted.seconds)
        time_taken = self._ratio(lambda drafted: drafted.seconds, lambda drafted: 1)
        group, count = "Speed, one reply at a time", len(self.before)
        return [
            Measure(group, "writing", pace, Aim.NEITHER, count, "words per second"),
            Measure(group, "time of a checked reply", time_taken, Aim.NEITHER, count, "seconds"),
        ]

    def _share(self, holds: Callable[[Drafted], bool]) -> Difference:
        return self._ratio(lambda drafted: float(holds(drafted)), lambda drafted: 1)

    def _ratio(self, over: Callable[[Drafted], float], under: Callable[[Drafted], float]) -> Difference:
        sides = (
            Ratio(np.array([over(each) for each in side], float), np.array([under(each) for each in side], float))
            for side in (self.before, self.after)
        )
        return self.conversations.difference(*sides)
