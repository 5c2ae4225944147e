"""Charts: small drawings in SVG for the report's page, without a script or a library. Colours come from the page's style."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from finetune.judging.difference import Difference

_WIDTH, _BAR, _LABEL = 340, 28, 62


def bars(values: Mapping[str, float], title: str) -> str:
    """Shares as horizontal bars, the largest across; the keys "before" and "after" have their colours, others are floors."""
    height = _BAR * len(values) + 8
    room = (_WIDTH - _LABEL - 64) / max(*values.values(), 0.01)
    parts = []
    for row, (name, value) in enumerate(values.items()):
        top = row * _BAR + 4
        width = max(room * value, 1.0)
        kind = name if name in ("before", "after") else "floor"
        parts.append(
            f'<text x="{_LABEL - 10}" y="{top + 16}" class="label end">{escape(name)}</text>'
            f'<rect x="{_LABEL}" y="{top + 3}" width="{width:.1f}" height="{_BAR - 8}" rx="3" class="{kind}"/>'
            f'<text x="{_LABEL + width + 8:.1f}" y="{top + 16}" class="figure">{100 * value:.1f}\u00a0%</text>'
        )
    return _drawing(height, title, "".join(parts))


def histogram(losses: Sequence[tuple[float, float]], title: str, bins: int = 30) -> str:
    """How the loss of single replies changed: bars left of the line are replies that are foretold better now."""
    changes = np.array([after - before for before, after in losses])
    if not len(changes):
        return ""
    reach = float(max(np.quantile(np.abs(changes), 0.98), 0.05))
    counts, edges = np.histogram(np.clip(changes, -reach, reach), bins=bins, range=(-reach, reach))
    height, floor, step = 190, 160, _WIDTH / bins
    parts = []
    for place, count in enumerate(counts):
        tall = 140 * count / max(counts.max(), 1)
        kind = "after" if edges[place] + edges[place + 1] < 0 else "worse"
        parts.append(
            f'<rect x="{place * step + 1:.1f}" y="{floor - tall:.1f}" width="{step - 2:.1f}" height="{tall:.1f}" class="{kind}">'
            f"<title>{count} replies between {edges[place]:+.2f} and {edges[place + 1]:+.2f}</title></rect>"
        )
    parts.append(f'<line x1="{_WIDTH / 2}" x2="{_WIDTH / 2}" y1="8" y2="{floor + 6}" class="axis"/>')
    for share, told in ((0.0, f"{-reach:+.1f}"), (0.5, "0"), (1.0, f"{reach:+.1f}")):
        anchor = {0.0: "start", 0.5: "middle", 1.0: "end"}[share]
        parts.append(f'<text x="{share * _WIDTH}" y="{height - 8}" class="label" text-anchor="{anchor}">{told}</text>')
    parts.append(
        f'<text x="{_WIDTH * 0.25}" y="{height - 8}" class="label" text-anchor="middle">foretold better</text>'
    )
    parts.append(f'<text x="{_WIDTH * 0.75}" y="{height - 8}" class="label" text-anchor="middle">foretold worse</text>')
    return _drawing(height, title, "".join(parts))


def whisker(difference: Difference, scale: float, kind: str) -> str:
    """The interval of a change as a line about 0, in units of `scale`, its largest reach."""
    if not scale or not np.isfinite([difference.low, difference.high]).all():
        return ""
    middle, half = 70.0, 64.0

    def place(value: float) -> float:
        return middle + half * max(-1.0, min(1.0, value / scale))

    return (
        '<svg class="whisker" viewBox="0 0 140 16" aria-hidden="true">'
        '<line x1="70" x2="70" y1="1" y2="15" class="axis"/>'
        f'<line x1="{place(difference.low):.1f}" x2="{place(difference.high):.1f}" y1="8" y2="8" class="range {kind}"/>'
        f'<circle cx="{place(difference.change):.1f}" cy="8" r="4" class="dot {kind}"/></svg>'
    )


def _drawing(height: int, title: str, content: str) -> str:
    return (
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(title, quote=True)}">'
        f"{content}</svg>"
    )
