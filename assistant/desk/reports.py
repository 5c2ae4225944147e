"""Reports: what a team lead wants to know of the conversations of some days.

Resolution is three figures, because no one of them is the truth: what customers confirmed, what is assumed because they left after an
answer, and what was asked again within seven days. They may overlap, and each is a share of the conversations that have ended.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median, quantiles
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Engine, select

from assistant.conversation.rating import Thumb
from assistant.conversation.resolution import ResolvedBy
from assistant.desk.case import EntryKind
from assistant.desk.state import State
from assistant.desk_tables import CaseRow, DraftRow, EntryRow, EpisodeRow
from assistant.evidence.brief import Note
from assistant.tables import ConversationRow, ResolutionRow, TurnRow
from retrieval.store.database import reading

AGAIN = timedelta(days=7)
"""A customer who comes back within this time had not got what they needed."""
ENDED = timedelta(days=1)
"""A conversation in which nobody has written for this long has ended."""
_MISSES = frozenset({Note.NOT_STATED.value, Note.NOTHING_FOUND.value})
_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Day:
    """Conversations that began on a day, and how many of them went to a person."""

    day: date
    conversations: int
    handed_over: int


@dataclass(frozen=True, slots=True)
class Waits:
    """Minutes from hand-over to a person's first message: how many episodes, the median, nine of ten, and how many got none."""

    answered: int
    middle: float
    late: float
    unanswered: int


@dataclass(frozen=True, slots=True)
class Resolved:
    """How the conversations that ended were resolved; the figures may overlap. `open` can still be asked again."""

    ended: int
    confirmed: int
    assumed: int
    again: int
    unsolved: int
    open: int


@dataclass(frozen=True, slots=True)
class Satisfied:
    """Answers to the question at the end: yes, no, and none."""

    yes: int = 0
    no: int = 0
    silent: int = 0


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of suggested replies by kind, and the median characters and seconds of those that were sent."""

    outcomes: Mapping[str, Mapping[str, int]]
    distance: float | None
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Missed:
    """A message to which no record had an answer."""

    time: datetime
    message: str


@dataclass(frozen=True, slots=True)
class ServiceReport:
    """The report on conversations that began in [since, until), as known at `now`."""

    since: datetime
    until: datetime
    days: tuple[Day, ...]
    turns: int
    waits: Waits
    resolved: Resolved
    reasons: Mapping[str, int]
    satisfied: Mapping[ResolvedBy, Satisfied]
    thumbs: Mapping[Thumb, int]
    accepted: Accepted
    missed: int
    latest_missed: tuple[Missed, ...]


@dataclass(slots=True)
class _Told:
    """What is known of one conversation."""

    customer_id: str | None
    started: datetime
    last: datetime
    turns: list[tuple[int, datetime, bool, bool]] = field(
        default_factory=list
    )  # number, time, is small talk, is a miss
    state: str = State.ASSISTANT
    is_handed_over: bool = False
    resolutions: list[tuple[int, datetime, bool | None]] = field(default_factory=list)


def service_report(engine: Engine, since: datetime, until: datetime, now: datetime, zone: ZoneInfo) -> ServiceReport:
    """The report; days are those of `zone`. Raises StoreError."""
    with reading(engine) as connection:
        told, missed, thumbs = _conversations(connection, since, until)
        satisfied = _resolutions(connection, told, since, until)
        waits, reasons = _episodes(connection, since, until)
        return ServiceReport(
            since=since,
            until=until,
            days=_days(told.values(), since, until, zone),
            turns=sum(len(each.turns) for each in told.values()),
            waits=waits,
            resolved=_resolved(told.values(), _begun(connection, since), now),
            reasons=reasons,
            satisfied=satisfied,
            thumbs=thumbs,
            accepted=_accepted(connection, since, until),
            missed=len(missed),
            latest_missed=tuple(sorted(missed, key=lambda each: each.time, reverse=True)[:_SHOWN]),
        )


def _began(since: datetime, until: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return ConversationRow.started >= since, ConversationRow.started < until


def _conversations(
    connection: Connection, since: datetime, until: datetime
) -> tuple[dict[str, _Told], list[Missed], Counter[Thumb]]:
    query = select(ConversationRow.id, ConversationRow.customer_id, ConversationRow.started)
    period = _began(since, until)
    rows = connection.execute(query.where(*period))
    told = {row.id: _Told(row.customer_id, row.started, row.started) for row in rows}
    missed: list[Missed] = []
    thumbs: Counter[Thumb] = Counter()
    turns = select(
        TurnRow.conversation_id, TurnRow.number, TurnRow.time, TurnRow.message, TurnRow.why, TurnRow.rating
    ).join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
    turns = turns.where(*period).order_by(TurnRow.conversation_id, TurnRow.number)
    for row in connection.execute(turns.execution_options(yield_per=500)):
        is_missed = not _MISSES.isdisjoint(row.why.get("notes", ()))
        is_talk = all("talk" in step for step in row.why.get("plan", ()))
        each = told[row.conversation_id]
        each.turns.append((row.number, row.time, is_talk, is_missed))
        each.last = max(each.last, row.time)
        if is_missed:
            missed.append(Missed(row.time, row.message))
        if row.rating:
            thumbs[Thumb(row.rating)] += 1
    wrote = EntryRow.kind.in_([EntryKind.CUSTOMER, EntryKind.AGENT])
    entries = select(EntryRow.conversation_id, EntryRow.time).join(
        ConversationRow, ConversationRow.id == EntryRow.conversation_id
    )
    for entry in connection.execute(entries.where(wrote, *period)):
        told[entry.conversation_id].last = max(told[entry.conversation_id].last, entry.time)
    cases = select(CaseRow.conversation_id, CaseRow.state).join(
        ConversationRow, ConversationRow.id == CaseRow.conversation_id
    )
    for case in connection.execute(cases.where(*period)):
        told[case.conversation_id].state, told[case.conversation_id].is_handed_over = case.state, True
    return told, missed, thumbs


def _resolutions(
    connection: Connection, told: Mapping[str, _Told], since: datetime, until: datetime
) -> dict[ResolvedBy, Satisfied]:
    query = select(
        ResolutionRow.conversation_id, ResolutionRow.turn, ResolutionRow.time, ResolutionRow.resolved_by,
        ResolutionRow.is_solved,
    ).join(ConversationRow, ConversationRow.id == ResolutionRow.conversation_id)  # fmt: skip
    counts: dict[str, Counter[bool | None]] = {by: Counter() for by in ResolvedBy}
    for row in connection.execute(query.where(*_began(since, until)).order_by(ResolutionRow.id)):
        told[row.conversation_id].resolutions.append((row.turn, row.time, row.is_solved))
        counts[row.resolved_by][row.is_solved] += 1
    return {by: Satisfied(counts[by][True], counts[by][False], counts[by][None]) for by in ResolvedBy}


def _begun(connection: Connection, since: datetime) -> dict[str, list[datetime]]:
    """When each customer began their conversations."""
    query = select(ConversationRow.customer_id, ConversationRow.started).where(
        ConversationRow.customer_id.is_not(None), ConversationRow.started >= since
    )
    found: dict[str, list[datetime]] = {}
    for row in connection.execute(query):
        found.setdefault(str(row.customer_id), []).append(row.started)
    return found


def _resolved(told: Iterable[_Told], begun: Mapping[str, Sequence[datetime]], now: datetime) -> Resolved:
    """Small talk alone is no conversation that could be resolved."""
    asked = [each for each in told if each.is_handed_over or any(not is_talk for _, _, is_talk, _ in each.turns)]
    ended = [
        each for each in asked
        if now - each.last >= ENDED and each.state not in (State.WAITING, State.WITH_AGENT)
    ]  # fmt: skip
    confirmed = assumed = again = unsolved = 0
    for each in ended:
        answers = [is_solved for _, _, is_solved in each.resolutions if is_solved is not None]
        is_again = _is_again(each, begun.get(each.customer_id or "", ()))
        is_missed = bool(each.turns) and each.turns[-1][3] and each.state != State.CLOSED
        confirmed += answers[-1:] == [True]
        unsolved += answers[-1:] == [False]
        again += is_again
        assumed += not answers and not is_again and not is_missed
    return Resolved(len(ended), confirmed, assumed, again, unsolved, sum(now - each.last < AGAIN for each in ended))


def _is_again(told: _Told, begun: Sequence[datetime]) -> bool:
    """Whether the customer asked on after a resolution, or began another conversation soon after the last word of this one."""
    for turn, time, _ in told.resolutions:
        if any(number > turn and not is_talk and asked - time <= AGAIN for number, asked, is_talk, _ in told.turns):
            return True
    return any(told.last < started <= told.last + AGAIN for started in begun)


def _episodes(connection: Connection, since: datetime, until: datetime) -> tuple[Waits, dict[str, int]]:
    query = select(EpisodeRow.reason, EpisodeRow.started, EpisodeRow.first_reply).where(
        EpisodeRow.started >= since, EpisodeRow.started < until
    )
    rows = connection.execute(query).all()
    minutes = [(row.first_reply - row.started).total_seconds() / 60 for row in rows if row.first_reply is not None]
    late = quantiles(minutes, n=10, method="inclusive")[-1] if len(minutes) > 1 else sum(minutes)
    waits = Waits(len(minutes), median(minutes) if minutes else 0.0, late, len(rows) - len(minutes))
    return waits, dict(Counter(row.reason for row in rows).most_common())


def _accepted(connection: Connection, since: datetime, until: datetime) -> Accepted:
    query = select(DraftRow.kind, DraftRow.outcome, DraftRow.distance, DraftRow.seconds).where(
        DraftRow.decided >= since, DraftRow.decided < until, DraftRow.outcome != ""
    )
    outcomes: dict[str, Counter[str]] = {}
    distances, seconds = [], []
    for row in connection.execute(query):
        outcomes.setdefault(row.kind, Counter())[row.outcome] += 1
        if row.distance is not None:
            distances.append(row.distance)
            seconds.append(row.seconds or 0.0)
    return Accepted(outcomes, median(distances) if distances else None, median(seconds) if seconds else None)


def _days(told: Iterable[_Told], since: datetime, until: datetime, zone: ZoneInfo) -> tuple[Day, ...]:
    begun, handed = Counter[date](), Counter[date]()
    for each in told:
        day = each.started.astimezone(zone).date()
        begun[day] += 1
        handed[day] += each.is_handed_over
    first, last = since.astimezone(zone).date(), (until - timedelta(microseconds=1)).astimezone(zone).date()
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return tuple(Day(day, begun[day], handed[day]) for day in days)
