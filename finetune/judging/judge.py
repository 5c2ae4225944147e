"""Judge: measures an adapter against what served before it, on replies that neither has seen.

    replayed ─▶ likelihood of the human reply · ranking it among 20 · replies of both sides, verified ─▶ measures ─▶ report

Every reply counts for the likelihood; ranking and writing, which take longer, count as many as the plan says.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from assistant.adapters.verdict import Verdict
from assistant.privacy.masker import Mask, Masker
from finetune.judging.difference import Conversations, Ratio
from finetune.judging.foretold import Foretold
from finetune.judging.measure import Aim, Measure
from finetune.judging.plan import Plan, Progress, spread
from finetune.judging.ranking import CANDIDATES, Group, bm25_places, groups, model_places, recall
from finetune.judging.replies import Replies
from finetune.judging.report import Report
from finetune.judging.side import Side
from finetune.replayed import Replayed
from retrieval.errors import FeedError


def judge(
    replayed: Sequence[Replayed],
    before: Side,
    after: Side,
    *,
    digest: str = "",
    mask: Mask | None = None,
    plan: Plan | None = None,
    progress: Progress = lambda stage, done, total: None,
) -> Report:
    """Everything about `after`, the adapter of this `digest`, in place of `before`.

    `mask` keeps personal data out of the replies shown. Raises FeedError without anything to judge on, WritingError when a model fails.
    """
    if not replayed:
        raise FeedError("no held-out replies are left to judge by", "Give more transcripts.")
    plan, start = plan or Plan(), time.perf_counter()
    foretold = Foretold.of(replayed, before, after, plan.seed, progress)
    written = Replies.of(spread(replayed, plan.written), before, after, plan, progress)
    measures = (*foretold.measures(), *_ranked(replayed, before, after, plan, progress), *written.measures())
    verdict = Verdict(
        judged=datetime.now(UTC),
        digest=digest,
        before=before.name,
        after_name=after.name,
        conversations=foretold.conversations.count,
        judged_replies=len(replayed),
        replies=len(written.replayed),
        **foretold.verdict(),  # type: ignore[arg-type]
        **written.verdict(),
    )
    about = {**asdict(plan), "candidates": CANDIDATES, "seconds": round(time.perf_counter() - start, 1)}
    mask = mask or Masker()
    about |= {"found": written.found(mask)}
    about |= {"refused": written.refused_kinds()}
    return Report(verdict, measures, foretold.pairs(), written.shown(plan.shown, mask), about)


def _ranked(replayed: Sequence[Replayed], before: Side, after: Side, plan: Plan, progress: Progress) -> list[Measure]:
    held = groups(replayed, plan.ranked, plan.seed)
    if not held:
        return []
    items = [item for group in held for item in group]
    conversations = Conversations([item.transcript_id for item in items], plan.seed)
    places = [_places(side, held, progress) for side in (before, after)]
    lexical = [found for group in held for found in bm25_places(group)]
    measures = []
    for depth in (1, 3):
        sides = (Ratio.mean(recall(each, depth)) for each in places)
        floors = {"chance": depth / CANDIDATES, "BM25": Ratio.mean(recall(lexical, depth)).value}
        name = f"R@{depth} among {CANDIDATES}"
        measures.append(
            Measure(
                "Human reply found", name, conversations.difference(*sides), Aim.HIGHER, len(items),
                floors=floors, is_share=True,
            )
        )  # fmt: skip
    return measures


def _places(side: Side, held: Sequence[Group], progress: Progress) -> list[float]:
    places: list[float] = []
    for done, group in enumerate(held, 1):
        places += model_places(side, group)
        progress(f"ranking, {side.name}", done, len(held))
    return places
