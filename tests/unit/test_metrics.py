"""What /metrics shows."""

from __future__ import annotations

from ui.metrics import Metrics


def test_fallbacks_of_the_planner_are_counted_as_they_are_when_asked() -> None:
    metrics, count = Metrics(), [0]
    metrics.watch_plans(lambda: count[0])
    for number in (0.0, 3.0):
        count[0] = int(number)
        assert f"aisle_plan_fallbacks_total {number}\n" in metrics.render().decode()
