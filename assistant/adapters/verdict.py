"""Verdict: what the judging of an adapter came to, as it stands in the adapter's `report.json`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from pydantic import TypeAdapter, ValidationError

from retrieval.errors import AdapterError

REPORT_FILE = "report.json"
JUDGE_AGAIN = 'Judge it with `aisle judge`, or insist with --force --reason "...".'

FEWEST_CONVERSATIONS = 10
"""Below it an interval over conversations means nothing."""

FEWEST_FALLBACKS_MORE, LARGEST_RISE = 3, 0.02
"""So many fallbacks more, and a larger rise of their share, are refused even where too few replies were judged to be sure."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Figures on held-out replies, the base or former adapter before against the judged adapter after.

    `loss_change` is in nats per word of the human reply, below 0 where the adapter foretells it better; `loss_low` and
    `loss_high` are its 95 % interval. `fallback_rise_low` is the lower end of the interval of the rise of the share of
    replies in which a plain phrase stood in. `digest` is that of the judged adapter. The loss is over `judged_replies` of so
    many `conversations`, the guards over the `replies` that were written.
    """

    judged: datetime
    digest: str
    before: str
    after_name: str
    conversations: int
    judged_replies: int
    replies: int
    loss_before: float
    loss_after: float
    loss_change: float
    loss_low: float
    loss_high: float
    wrong_facts: int
    false_promises: int
    fallbacks_before: int
    fallbacks_after: int
    fallback_rise_low: float

    @property
    def better(self) -> bool:
        """Whether the human replies are foretold better, beyond chance."""
        return self.loss_high < 0 and self.conversations >= FEWEST_CONVERSATIONS

    @property
    def broken_guards(self) -> tuple[str, ...]:
        """What the adapter must not do and did, in words; none for a safe one."""
        found = []
        if self.wrong_facts:
            found.append(f"wrong facts: {self.wrong_facts} in {self.replies} replies, and there may be none")
        if self.false_promises:
            found.append(f"false promises: {self.false_promises} in {self.replies} replies, and there may be none")
        more = self.fallbacks_after - self.fallbacks_before
        is_large = more >= FEWEST_FALLBACKS_MORE and more > LARGEST_RISE * self.replies
        if self.fallback_rise_low > 0 or is_large:
            found.append(
                f"fallbacks up from {self.fallbacks_before} to {self.fallbacks_after} of {self.replies} replies"
            )
        return tuple(found)

    @property
    def objections(self) -> tuple[str, ...]:
        """Why the adapter may not serve, in words; none for one that may."""
        if self.better:
            return self.broken_guards
        if self.conversations < FEWEST_CONVERSATIONS:
            told = f"{self.conversations} held-out conversations are too few to tell, it takes {FEWEST_CONVERSATIONS}"
            return (told, *self.broken_guards)
        change = f"{self.loss_change:+.3f} nats per word, 95 % interval {self.loss_low:+.3f} to {self.loss_high:+.3f}"
        return (f"not better than {self.before!r}: {change}", *self.broken_guards)

    @property
    def summary(self) -> str:
        """One word or two: "better", "not better" or "guards broken"."""
        if self.broken_guards:
            return "guards broken"
        return "better" if self.better else "not better"

    @property
    def text(self) -> str:
        """See `Judged.text`."""
        change = f"{self.loss_before:.3f} → {self.loss_after:.3f} nats per word on {self.judged_replies} replies"
        return f"{self.summary}: {change}"

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """The verdict in the report of `folder`; None for an adapter that was not judged. Raises AdapterError."""
        path = folder / REPORT_FILE
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))["verdict"]
            return TypeAdapter(cls).validate_python(stored)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, ValidationError) as error:
            raise AdapterError(f"{path} cannot be read as a report: {_first_line(error)}", JUDGE_AGAIN) from error

    def as_json(self) -> dict[str, Any]:
        """The figures and what they come to, for `report.json`."""
        told = {"summary": self.summary, "objections": list(self.objections)}
        return {**asdict(self), "judged": self.judged.isoformat(), **told}


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
