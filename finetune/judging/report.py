"""Report: everything that judging found, as JSON beside the adapter and as a few plain sentences."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from assistant.adapters.verdict import REPORT_FILE, Verdict
from finetune.judging.measure import Measure
from retrieval.errors import ModelError

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Shown:
    """One reply side by side. Replies hold references in place of facts, and all texts are masked, so that nobody's data is kept."""

    message: str
    tools: tuple[str, ...]
    human: str
    before: str
    after: str
    before_fallback: bool
    after_fallback: bool


@dataclass(frozen=True, slots=True)
class Report:
    """`losses` are pairs, before and after, of the mean nats per word of each human reply. `about` tells how it was made."""

    verdict: Verdict
    measures: tuple[Measure, ...]
    losses: tuple[tuple[float, float], ...]
    shown: tuple[Shown, ...]
    about: Mapping[str, Any]

    def measure(self, name: str) -> Measure:
        """The measure called `name`. Raises KeyError."""
        return next((found for found in self.measures if found.name == name), None) or _absent(name)

    @property
    def summary(self) -> str:
        """What came out, for the terminal and the top of the page."""
        verdict = self.verdict
        change, low, high = (
            100 * math.expm1(nats) for nats in (verdict.loss_change, verdict.loss_low, verdict.loss_high)
        )
        lines = [
            f"{verdict.summary.capitalize()}: {verdict.after_name} against {verdict.before}.",
            f"Human replies are foretold with a perplexity per word of {math.exp(verdict.loss_after):.2f} instead of "
            f"{math.exp(verdict.loss_before):.2f}: {change:+.1f} %, 95 % interval {low:+.1f} % to {high:+.1f} %, "
            f"{verdict.judged_replies} replies of {verdict.conversations} conversations.",
            f"Written replies: {verdict.wrong_facts} wrong facts, {verdict.false_promises} false promises, fallbacks "
            f"{verdict.fallbacks_before} before and {verdict.fallbacks_after} after, of {verdict.replies} replies.",
        ]
        return "\n".join([*lines, *(f"It may not serve: {objection}." for objection in verdict.objections)])

    def as_json(self) -> dict[str, Any]:
        """All of it in plain values; a figure that does not exist is null."""
        return {
            "format": FORMAT,
            "verdict": self.verdict.as_json(),
            "summary": self.summary.splitlines(),
            "about": dict(self.about),
            "measures": [_without_nan({**asdict(measure), "verdict": measure.verdict}) for measure in self.measures],
            "losses": [list(pair) for pair in self.losses],
            "replies": [asdict(shown) for shown in self.shown],
        }

    def write(self, folder: Path) -> None:
        """Writes report.json and report.html into `folder`. Raises ModelError where that cannot be."""
        from finetune.judging.page import page

        text = json.dumps(self.as_json(), indent=2, ensure_ascii=False, allow_nan=False)
        try:
            (folder / "report.html").write_text(page(self), encoding="utf-8")
            (folder / REPORT_FILE).write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            raise ModelError(
                f"the report cannot be written to {folder}: {error.strerror or error}", "Correct the permissions."
            ) from error


def _absent(name: str) -> Measure:
    raise KeyError(name)


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(part) for key, part in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value
