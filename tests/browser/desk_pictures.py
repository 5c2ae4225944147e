"""The picture of the reports page in docs/desk.md, of a month that is made up: `python -m tests.browser.desk_pictures`."""

from __future__ import annotations

import random
import sys
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import Engine, update

from assistant.access.staff import Role, StaffAccounts
from assistant.conversation.rating import Thumb
from assistant.conversation.resolution import ResolvedBy
from assistant.desk.state import State
from assistant.opening import open_live_assistant
from assistant.tables import TurnRow
from retrieval.clock import utc_now
from retrieval.store.database import open_database, writing
from tests.browser.chromium import launch
from tests.unit.desk.desk_home import PASSWORD, PLANS, make_desk_home
from tests.unit.desk.test_reports import FOUND, MISSED, TALK, World
from tests.unit.scripted_model import ruled_model
from tests.unit.web import served
from ui.app import create_app
from ui.staff import COOKIE

IMAGES = Path(__file__).parents[2] / "docs" / "images"
_DAYS, _SIZE = 30, (1180, 1240)
_UNANSWERED = (
    "do you sharpen knives that were bought elsewhere?",
    "can my dog come into the store in Leeds?",
    "is the lantern allowed in hand luggage",
    "do you lend skis for a weekend",
    "who makes the zips of the Wren Tent?",
)


def draw(browser: Browser) -> None:
    """Draw docs/images/reports.png."""
    with TemporaryDirectory() as home, ruled_model(PLANS):
        settings = make_desk_home(Path(home), shop_name="Elm & Fell")
        _month(open_database(settings.resolved_database_url))
        assistant = open_live_assistant(settings)
        app = create_app(assistant, settings)
        accounts: StaffAccounts = app.state.staff_accounts()
        accounts.add("lena", "Lena", Role.ADMIN, PASSWORD)
        cookie = accounts.sign_in("lena", PASSWORD, "picture")
        with served(app) as url:
            context = browser.new_context(viewport={"width": _SIZE[0], "height": _SIZE[1]}, device_scale_factor=1.5)
            context.add_cookies([{"name": COOKIE, "value": cookie, "url": url}])
            page = context.new_page()
            page.goto(f"{url}/desk/reports?days={_DAYS}")
            page.screenshot(path=IMAGES / "reports.png", full_page=True)
            context.close()
        assistant.close()
    sys.stdout.write("docs/images/reports.png\n")


def _month(engine: Engine) -> None:
    """Conversations of thirty days, drawn at random with a fixed seed: more on weekdays, some of them handed over."""
    world, dice, now = World(engine), random.Random(11), utc_now()
    for back in range(_DAYS):
        day = now - timedelta(days=back, hours=2)
        for _ in range(dice.randint(6, 14) if day.weekday() < 5 else dice.randint(2, 6)):
            _conversation(world, dice, day - timedelta(minutes=dice.randint(0, 400)))
    for number, message in enumerate(_UNANSWERED):
        id = world.conversation(now - timedelta(hours=3 + 9 * number), MISSED)
        with writing(engine) as connection:
            connection.execute(update(TurnRow).where(TurnRow.conversation_id == id).values(message=message))


def _conversation(world: World, dice: random.Random, started: datetime) -> None:
    turns = [FOUND] * dice.randint(1, 3) + ([TALK] if dice.random() < 0.6 else [])
    thumb = dice.choices([None, Thumb.UP, Thumb.DOWN], [12, 3, 1])[0]
    id = world.conversation(started, *turns, thumb=thumb)
    by = ResolvedBy.ASSISTANT
    if dice.random() < 0.18:
        by, reason = ResolvedBy.PERSON, dice.choices(["asked", "upset", "failed_twice", "rule"], [6, 2, 3, 2])[0]
        answered = started + timedelta(minutes=dice.uniform(1, 14)) if dice.random() < 0.9 else None
        world.handed_over(id, State.CLOSED, reason, started, answered)
        for kind in ("answer", "ask", "act"):
            outcome = dice.choices(["taken", "edited", "refused", "ignored"], [3, 3, 1, 6])[0]
            distance = {"taken": 0, "edited": dice.randint(4, 40)}.get(outcome)
            world.draft(id, kind, outcome, distance, started)
    if turns[-1] is TALK:
        world.resolved(id, len(turns), by, dice.choices([True, None, False], [8, 5, 1])[0], started)


def main() -> None:
    """Draw it."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if isinstance(browser, str):
            raise SystemExit(browser)
        draw(browser)
        browser.close()


if __name__ == "__main__":
    main()
