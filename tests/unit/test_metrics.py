"""What /metrics shows."""

from __future__ import annotations

from dataclasses import replace

from tests.fake_assistant import FakeAssistant
from ui.metrics import Metrics


def test_plans_that_were_left_to_the_embedded_model_are_counted() -> None:
    metrics, reply = Metrics(), FakeAssistant().ask("hello")
    assert "aisle_plan_fallbacks_total 0.0\n" in metrics.render().decode()
    for by_default in (True, False, True):
        metrics.replied(replace(reply, planned_by_default=by_default))
    assert "aisle_plan_fallbacks_total 2.0\n" in metrics.render().decode()
