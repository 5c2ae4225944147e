"""The team lead's report: known figures of a small world, shown to admins alone and without personal data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, insert

from assistant.access.staff import Role, StaffAccounts
from assistant.conversation.rating import Thumb
from assistant.conversation.resolution import ResolvedBy
from assistant.desk.reports import Day, Resolved, Satisfied, Waits, service_report
from assistant.desk.state import State
from assistant.desk_tables import CaseRow, DraftRow, EpisodeRow
from assistant.opening import open_live_assistant
from assistant.tables import ConversationRow, ResolutionRow, TurnRow
from retrieval.clock import utc_now
from retrieval.store.database import open_database, writing
from tests.unit.desk.desk_home import PASSWORD, PLANS, cookie_of, make_desk_home
from tests.unit.scripted_model import ruled_model
from ui.app import create_app
from ui.staff import COOKIE

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FOUND, MISSED, TALK = (
    {"plan": [{"find": {}}]},
    {"plan": [{"policy": {}}], "notes": ["not stated"]},
    {"plan": [{"talk": {}}]},
)


class World:
    """Writes rows as the shop's processes do, at times of its own."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.count = engine, 0

    def conversation(
        self, started: datetime, *turns: dict[str, object], customer: str | None = None, thumb: Thumb | None = None
    ) -> str:
        """A conversation whose turns are a minute apart; each is its `why`."""
        self.count += 1
        id = f"c{self.count}"
        with writing(self.engine) as connection:
            connection.execute(insert(ConversationRow).values(id=id, customer_id=customer, started=started, thread={}))
            for number, why in enumerate(turns, 1):
                connection.execute(
                    insert(TurnRow).values(
                        conversation_id=id, number=number, message=f"message {id}.{number} of maya@post.example <b>", reply="r",
                        shown={}, time=started + number * timedelta(minutes=1), fallback=False, model="", why=why,
                        rating=thumb, rating_reason="",
                    )
                )  # fmt: skip
        return id

    def resolved(self, id: str, turn: int, by: ResolvedBy, is_solved: bool | None, time: datetime) -> None:
        with writing(self.engine) as connection:
            values = {"conversation_id": id, "turn": turn, "resolved_by": by, "time": time, "is_solved": is_solved}
            connection.execute(insert(ResolutionRow).values(values))

    def handed_over(self, id: str, state: State, reason: str, started: datetime, first_reply: datetime | None) -> None:
        with writing(self.engine) as connection:
            connection.execute(
                insert(CaseRow).values(
                    conversation_id=id, state=state, since=started, changed=started, version=1, waiting_since=started,
                    reason=reason, mood="calm", by_email=False, email="", agent_id="", agent_name="", summary={}, handed_over=1,
                )
            )  # fmt: skip
            connection.execute(
                insert(EpisodeRow).values(
                    conversation_id=id, reason=reason, started=started, first_reply=first_reply, outcome="", agent_id=""
                )
            )

    def draft(self, id: str, kind: str, outcome: str, distance: int | None, decided: datetime) -> None:
        with writing(self.engine) as connection:
            connection.execute(
                insert(DraftRow).values(
                    conversation_id=id, about="turn 1", message="m", kind=kind, origin="assistant", text="t", why={},
                    facts=[], sources=[], made=decided, milliseconds=1.0, outcome=outcome, sent="", distance=distance,
                    seconds=None if distance is None else 30.0, agent_id="", decided=decided,
                )
            )  # fmt: skip


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    engine = open_database(database_url)
    yield World(engine)
    engine.dispose()


def report(world: World, now: datetime = MONDAY + 20 * DAY):  # type: ignore[no-untyped-def]
    since = MONDAY.replace(hour=0)
    return service_report(world.engine, since, since + 3 * DAY, now, ZoneInfo("UTC"))


def test_resolution_is_three_figures(world: World) -> None:
    confirmed = world.conversation(MONDAY, FOUND, TALK)
    world.resolved(confirmed, 2, ResolvedBy.ASSISTANT, True, MONDAY)
    world.conversation(MONDAY, FOUND)  # assumed: left after an answer
    world.conversation(MONDAY, MISSED)  # left without one
    world.conversation(MONDAY, TALK)  # nothing was asked
    came_back = world.conversation(MONDAY, FOUND, customer="C-1")
    world.conversation(MONDAY + 6 * DAY, FOUND, customer="C-1")  # begun after the period, within 7 days
    asked_on = world.conversation(MONDAY, FOUND, TALK, FOUND)
    world.resolved(asked_on, 2, ResolvedBy.ASSISTANT, None, MONDAY)
    unsolved = world.conversation(MONDAY, FOUND, TALK)
    world.resolved(unsolved, 2, ResolvedBy.PERSON, False, MONDAY)
    waiting = world.conversation(MONDAY, FOUND)
    world.handed_over(waiting, State.WAITING, "asked", MONDAY, None)
    found = report(world)
    assert came_back
    assert found.resolved == Resolved(ended=6, confirmed=1, assumed=1, again=2, unsolved=1, open=0)
    assert found.satisfied == {ResolvedBy.ASSISTANT: Satisfied(1, 0, 1), ResolvedBy.PERSON: Satisfied(0, 1, 0)}
    assert report(world, MONDAY + 2 * HOUR).resolved.ended == 0
    assert report(world, MONDAY + 3 * DAY).resolved.open == 6


def test_who_comes_back_after_seven_days_has_not_asked_again(world: World) -> None:
    world.conversation(MONDAY, FOUND, customer="C-1")
    world.conversation(MONDAY + 8 * DAY, FOUND, customer="C-1")
    assert report(world).resolved == Resolved(1, 0, 1, 0, 0, 0)


def test_days_waits_reasons_and_thumbs(world: World) -> None:
    for number, minutes in enumerate((2, 4, 6)):
        id = world.conversation(MONDAY + number * HOUR, FOUND, thumb=Thumb.UP)
        world.handed_over(id, State.CLOSED, "upset", MONDAY, MONDAY + timedelta(minutes=minutes))
    last = world.conversation(MONDAY + DAY, FOUND)
    world.handed_over(last, State.ASSISTANT, "asked", MONDAY + DAY, None)
    world.conversation(MONDAY + 5 * DAY, FOUND)  # outside the period
    found = report(world)
    assert found.days == tuple(
        Day(MONDAY.date() + number * DAY, *counts) for number, counts in enumerate(((3, 3), (1, 1), (0, 0)))
    )
    assert found.waits == Waits(3, 4.0, pytest.approx(5.6), 1)
    assert (found.reasons, found.thumbs) == ({"upset": 3, "asked": 1}, {Thumb.UP: 3})


def test_suggestions_and_what_was_not_answered(world: World) -> None:
    id = world.conversation(MONDAY, MISSED, FOUND, {"plan": [{"find": {}}], "notes": ["nothing found"]})
    for kind, outcome, distance in (("answer", "taken", 0), ("answer", "edited", 8), ("ask", "ignored", None)):
        world.draft(id, kind, outcome, distance, MONDAY)
    world.draft(id, "act", "refused", None, MONDAY - DAY)  # before the period
    found = report(world)
    assert found.accepted.outcomes == {"answer": {"taken": 1, "edited": 1}, "ask": {"ignored": 1}}
    assert (found.accepted.distance, found.accepted.seconds) == (4.0, 30.0)
    assert found.missed == 2
    assert [each.message[:12] for each in found.latest_missed] == ["message c1.3", "message c1.1"]


def test_an_empty_period_has_empty_figures(world: World) -> None:
    found = report(world)
    assert found.waits == Waits(0, 0.0, 0.0, 0)
    assert found.resolved == Resolved(0, 0, 0, 0, 0, 0)
    assert found.accepted.distance is None


def test_the_page_is_for_admins_and_shows_no_personal_data(tmp_path: Path) -> None:
    settings = make_desk_home(tmp_path)
    with ruled_model(PLANS):
        assistant = open_live_assistant(settings)
        app = create_app(assistant, settings)
        World(open_database(settings.resolved_database_url)).conversation(utc_now(), MISSED, FOUND)
        agent = cookie_of(app, "maya", "Maya")
        accounts: StaffAccounts = app.state.staff_accounts()
        accounts.add("lena", "Lena", Role.ADMIN, PASSWORD)
        admin = accounts.sign_in("lena", PASSWORD, "test")
        client = TestClient(app)
        assert client.get("/desk/reports").status_code == 401
        assert client.get("/desk/reports", headers={"cookie": f"{COOKIE}={agent}"}).status_code == 403
        lead = {"cookie": f"{COOKIE}={admin}"}
        for days in (-5, 7, 10**9):
            page = client.get(f"/desk/reports?days={days}", headers=lead)
            assert page.status_code == 200
        assert "message c1.1 of" in page.text
        assert "maya@post.example" not in page.text
        assert "<b>" not in page.text.split("could not answer")[1].split("<table")[1]
        assert "Reports</a>" in client.get("/desk", headers=lead).text
        assert "Reports</a>" not in client.get("/desk", headers={"cookie": f"{COOKIE}={agent}"}).text
        assistant.close()
