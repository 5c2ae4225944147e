"""Metrics: what an operator watches, in the Prometheus text format at `/metrics`. No message, name or id is in it."""

from __future__ import annotations

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from assistant.reply import Reply
from retrieval.errors import StoreError

_FAILING_SECONDS = 60  # then a balancer may try again whether it has recovered
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """Counters of one app. Each app has a registry of its own, so that two in one process do not mix."""

    def __init__(self) -> None:
        self._store_failed: float | None = None
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "aisle_requests", "Messages by face and outcome.", ["face", "outcome"], registry=self.registry
        )
        self._steps = Histogram(
            "aisle_step_seconds", "Time per step of a reply.", ["step"], buckets=_SECONDS, registry=self.registry
        )
        self._fallbacks = Counter(
            "aisle_fallbacks", "Replies with a plain phrase in place of a failed sentence.", registry=self.registry
        )
        self._default_plans = Counter(
            "aisle_plan_fallbacks",
            "Messages that the embedded model planned because two plans of the chosen model were invalid.",
            registry=self.registry,
        )
        self._errors = Counter(
            "aisle_errors", "Replies that failed, by kind of error.", ["kind"], registry=self.registry
        )
        self._tools = Counter("aisle_tools", "Tools that replies called.", ["tool"], registry=self.registry)
        self._replies = Counter(
            "aisle_replies",
            "Finished replies, by the model and adapter that wrote them.",
            ["model"],
            registry=self.registry,
        )
        self._tokens = Counter(
            "aisle_tokens_refused", "Sign-in tokens that were expired, forged or not for Aisle.", registry=self.registry
        )
        self._running = Gauge("aisle_replies_running", "Replies being made now.", registry=self.registry)

    def started(self) -> float:
        """Counts a reply as running; the value returned is given back to `ended`."""
        self._running.inc()
        return time.perf_counter()

    def replied(self, reply: Reply) -> None:
        """Count a finished reply, its steps and tools."""
        self._store_failed = None
        self._replies.labels(reply.model).inc()
        for step, milliseconds in reply.timings_ms.items():
            self._steps.labels(step).observe(milliseconds / 1000)
        for planned in reply.plan.steps:
            self._tools.labels(planned.tool).inc()
        if reply.fallback:
            self._fallbacks.inc()
        if reply.planned_by_default:
            self._default_plans.inc()

    def ended(self, start: float, face: str, outcome: str) -> None:
        """Counts the end of a reply that `started` at `start`: "replied", "failed", "cancelled" or "refused"."""
        self._running.dec()
        self._requests.labels(face, outcome).inc()
        self._steps.labels("request").observe(time.perf_counter() - start)

    def refused(self, face: str, why: str) -> None:
        """Counts a message that was not read: "rate_limited" or "busy"."""
        self._requests.labels(face, why).inc()

    def token_refused(self) -> None:
        """Count a token that was expired, forged or not for Aisle."""
        self._tokens.inc()

    def failed(self, error: BaseException) -> None:
        """Count an error by its class, and remember when the database failed."""
        if type(error) is StoreError:  # not its subclass, which says that a client sent an unknown id
            self._store_failed = time.monotonic()
        self._errors.labels(type(error).__name__).inc()

    @property
    def is_failing(self) -> bool:
        """True for a minute after the database failed, unless a reply was stored since."""
        return self._store_failed is not None and time.monotonic() - self._store_failed < _FAILING_SECONDS

    def render(self) -> bytes:
        """Everything in the Prometheus text format."""
        return generate_latest(self.registry)
