"""Page: a report as one HTML file that opens anywhere, offline: no script, no font, no picture from elsewhere.

Everything that people or models wrote is escaped, and the page forbids scripts to itself.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path

from finetune.judging.charts import bars, histogram, whisker
from finetune.judging.measure import Aim, Measure
from finetune.judging.report import Report, Shown

_STYLE = Path(__file__).with_name("page.css")
_REFERENCE = re.compile(r"\{([a-z]\w*(?:\.\w+)?)\}")
_BADGES = {"better": "good", "not better": "fair", "guards broken": "bad"}


def page(report: Report) -> str:
    """The whole page."""
    verdict = report.verdict
    title = f"{verdict.after_name} against {verdict.before}"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE.read_text(encoding='utf-8')}</style></head><body><main>"
        f"{_head(report)}{_charts(report)}{_tables(report)}{_replies(report)}{_about(report)}</main></body></html>\n"
    )


def _head(report: Report) -> str:
    verdict = report.verdict
    objections = "".join(f"<li>{escape(objection)}{_words(report, objection)}</li>" for objection in verdict.objections)
    refusal = f'<div class="refusal"><h2>Why it may not serve</h2><ul>{objections}</ul></div>' if objections else ""
    change, low, high = (100 * math.expm1(nats) for nats in (verdict.loss_change, verdict.loss_low, verdict.loss_high))
    cards = [
        (
            "Perplexity of human replies",
            f"{math.exp(verdict.loss_after):.2f}",
            f"{math.exp(verdict.loss_before):.2f} before",
        ),
        ("Change", _signed(f"{change:+.1f}\u00a0%"), _signed(f"95 % interval {low:+.1f}\u00a0% to {high:+.1f}\u00a0%")),
        ("Wrong facts", str(verdict.wrong_facts), f"in {verdict.replies} replies"),
        ("False promises", str(verdict.false_promises), f"in {verdict.replies} replies"),
        ("Fallbacks", str(verdict.fallbacks_after), f"{verdict.fallbacks_before} before, of {verdict.replies} replies"),
    ]
    shown = "".join(
        f'<div class="card"><dt>{escape(name)}</dt><dd><b>{escape(figure)}</b><span>{escape(note)}</span></dd></div>'
        for name, figure, note in cards
    )
    return (
        f'<header><p class="eyebrow">Report on an adapter</p><h1>{escape(verdict.after_name)} '
        f"<small>against {escape(verdict.before)}</small></h1>"
        f'<p class="badge {_BADGES[verdict.summary]}">{escape(verdict.summary)}</p>'
        f'<p class="lead">{escape(_lead(report))}</p>{refusal}<dl class="cards">{shown}</dl></header>'
    )


def _words(report: Report, objection: str) -> str:
    """The words that broke this guard, where the report has them."""
    said = report.about.get("found", {}).get(objection.split(":")[0], [])
    return "".join(f"<br><q>{escape(words)}</q>" for words in said)


def _lead(report: Report) -> str:
    verdict = report.verdict
    told = {
        "better": "It foretells what people replied better than before, beyond chance, and what it writes is safe.",
        "not better": "It does not foretell what people replied better than before, or not beyond chance.",
        "guards broken": "It does what no adapter may do; it should not serve as it is.",
    }
    return (
        f"{told[verdict.summary]} Measured on {verdict.judged_replies} replies of {verdict.conversations} conversations "
        "that were held back from training."
    )


def _charts(report: Report) -> str:
    drawings = []
    for measure in report.measures:
        if measure.name.startswith("R@"):
            sides = {"before": measure.difference.before, "after": measure.difference.after}
            drawn = bars({**measure.floors, **sides}, measure.name)
            note = (
                f"How often the human reply ranks {'first' if '@1' in measure.name else 'among the first three'} of 20."
            )
            drawings.append(_figure(measure.name, note, drawn))
    changed = histogram(report.losses, "Change of the loss of single replies")
    drawings.insert(
        0, _figure("Reply by reply", "Change of the mean loss of each human reply, in nats per word.", changed)
    )
    return f'<section><h2>At a glance</h2><div class="figures">{"".join(drawings)}</div></section>'


def _figure(title: str, note: str, drawing: str) -> str:
    return f"<figure><figcaption><b>{escape(title)}</b> {escape(note)}</figcaption>{drawing}</figure>"


def _tables(report: Report) -> str:
    parts = []
    for group, measures in groupby(report.measures, key=lambda measure: measure.group):
        rows = "".join(map(_row, measures))
        parts.append(f'<tr class="group"><th colspan="6" scope="rowgroup">{escape(group)}</th></tr>{rows}')
    return (
        '<section><h2>All figures</h2><div class="wide"><table><thead><tr><th scope="col">Measure</th><th scope="col">Before</th>'
        '<th scope="col">After</th><th scope="col">Change, 95 % interval</th><th scope="col"><span class="unseen">Interval</span></th>'
        f'<th scope="col">Beside</th></tr></thead><tbody>{"".join(parts)}</tbody></table></div></section>'
    )


def _row(measure: Measure) -> str:
    difference, kind = measure.difference, measure.verdict or "even"
    unit = f' <span class="unit">{escape(measure.unit)}</span>' if measure.unit else ""
    change = (
        f'{_change(difference.change, measure)} <span class="interval">{_change(difference.low, measure)} to '
        f"{_change(difference.high, measure)}</span>"
    )
    reach = max(map(abs, (difference.low, difference.high, difference.change)))
    aim = {Aim.LOWER: "lower is better", Aim.HIGHER: "higher is better", Aim.NEITHER: ""}[measure.aim]
    return (
        f'<tr class="{kind}"><th scope="row">{escape(measure.name)}{unit}<small>{escape(aim)}</small></th>'
        f"<td>{_figure_of(difference.before, measure)}</td><td>{_figure_of(difference.after, measure)}</td>"
        f"<td>{change}</td><td>{whisker(difference, reach, kind)}</td><td>{escape(_beside(measure))}</td></tr>"
    )


def _figure_of(value: float, measure: Measure) -> str:
    if not math.isfinite(value):
        return "–"
    return f"{100 * value:.1f}\u00a0%" if measure.is_share else f"{value:.3g}" if abs(value) < 1 else f"{value:.2f}"


def _change(value: float, measure: Measure) -> str:
    if not math.isfinite(value):
        return "–"
    if measure.is_share or measure.is_relative:
        return _signed(f"{100 * value:+.1f}\u00a0{'%' if measure.is_relative else 'points'}")
    return _signed(f"{value:+.3f}")


def _signed(figure: str) -> str:
    """With a minus sign as long as the plus sign."""
    return figure.replace("-", "−")


def _beside(measure: Measure) -> str:
    told = [f"{name} {_figure_of(value, measure)}" for name, value in measure.floors.items()]
    if measure.human is not None:
        told.append(f"people {_figure_of(measure.human, measure)}")
    return ", ".join(told)


def _replies(report: Report) -> str:
    if not report.shown:
        return ""
    rows = "".join(map(_reply, report.shown))
    return (
        f"<section><h2>{len(report.shown)} replies side by side</h2><p>Drawn at even distances, unedited. What stands in a box is a "
        "reference: Aisle fills it from the shop's records.</p>"
        f'<div class="replies">{rows}</div></section>'
    )


def _reply(shown: Shown) -> str:
    tools = " ".join(f"<code>{escape(tool)}</code>" for tool in shown.tools)
    columns = (
        ("Person", shown.human, False),
        ("Before", shown.before, shown.before_fallback),
        ("After", shown.after, shown.after_fallback),
    )
    cells = "".join(
        f'<div class="said {name.lower()}"><h4>{name}{" <em>plain phrase</em>" if fallback else ""}</h4><p>{_marked(text)}</p></div>'
        for name, text, fallback in columns
    )
    return f'<article><h3>“{_marked(shown.message)}” {tools}</h3><div class="columns">{cells}</div></article>'


def _marked(text: str) -> str:
    return "".join(_pieces(text)) or "–"


def _pieces(text: str) -> Iterator[str]:
    for place, part in enumerate(_REFERENCE.split(text)):
        yield f"<mark>{escape(part)}</mark>" if place % 2 else escape(part)


def _about(report: Report) -> str:
    about, verdict = report.about, report.verdict
    refused = "; ".join(
        f"{side}: " + (", ".join(f"{kind} {count}" for kind, count in kinds.items()) or "none")
        for side, kinds in about.get("refused", {}).items()
    )
    told = [
        ("Models", f"{about.get('before_model', '')} and {about.get('after_model', '')}"),
        (
            "Judged",
            f"{verdict.judged:%Y-%m-%d %H:%M} UTC in {about.get('seconds', 0):.0f} seconds, seed {about.get('seed', '')}",
        ),
        (
            "Loss",
            "natural logarithms of the plain network, 32 bits, over the reply's tokens and its end; perplexity is its exponential",
        ),
        (
            "Intervals",
            "95 %, 2,000 draws of whole conversations with replacement, the same for both sides; distinct-n by jackknife",
        ),
        (
            "Ranking",
            f"each human reply among {about.get('candidates', 20)}, the others drawn from other conversations; by mean log-probability",
        ),
        (
            "Guards",
            "replies as customers would read them, verified by code that shares nothing with the check that guards them",
        ),
        ("Drafted sentences that the check refuses", refused or "none"),
        ("Weights judged", verdict.digest or "not named"),
    ]
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in told)
    return f'<section class="about"><h2>How it was measured</h2><dl>{rows}</dl></section>'
