"""The team lead's report at the desk, for admins: figures of some days, with a bar where a length is read faster than a number.

Agents see the conversations that were handed over and no others; the messages that Aisle could not answer are from all of them, so they are
masked.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from fastapi import APIRouter, Request
from sqlalchemy import Engine
from starlette.responses import HTMLResponse

from assistant.actions.orders import Orders
from assistant.conversation.rating import Thumb
from assistant.conversation.resolution import ResolvedBy
from assistant.desk.case import Agent, Cause
from assistant.desk.draft import DraftKind, Outcome
from assistant.desk.reports import service_report
from assistant.privacy.masker import Mask
from assistant.settings import Settings
from assistant.shop_mask import shop_mask
from retrieval.clock import utc_now
from retrieval.store.records import Records
from ui.desk.routes import DeskPages
from ui.staff import staff_admin

PERIODS = (7, 30, 90)
_CAUSES = {
    Cause.ASKED: "asked for a person",
    Cause.UPSET: "upset",
    Cause.FAILED_TWICE: "Aisle failed twice",
    Cause.RULE: "a rule asks for a person",
}


def open_mask(settings: Settings, engine: Engine) -> Mask:
    """What takes personal data out of the messages in the report. Raises StoreError, SettingsError and ModelError."""
    records = Records(engine)
    return shop_mask(records.catalog(), records, Orders(engine), settings)


def reports_router(pages: DeskPages, engine: Engine, settings: Settings, mask: Callable[[], Mask]) -> APIRouter:
    """The route `/desk/reports`. `mask` is opened with the first report."""
    router = APIRouter(prefix="/desk", include_in_schema=False)

    @router.get("/reports")
    def reports(request: Request, days: int = PERIODS[1]) -> HTMLResponse:
        member, now = staff_admin(request), utc_now()
        days = min(max(days, 1), 366)
        midnight = now.astimezone(settings.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        report = service_report(engine, midnight - timedelta(days=days - 1), now, now, settings.zone)
        missed = [(each.time, mask().mask_all([each.message])[0].text) for each in report.latest_missed]
        page = pages.render(
            "reports.html", request, Agent(member.name, member.title), report=report, chosen=days, periods=PERIODS, missed=missed,
            by=ResolvedBy, causes=_CAUSES, kinds=DraftKind, outcomes=Outcome, thumb=Thumb,
        )  # fmt: skip
        return HTMLResponse(page, headers={"Cache-Control": "no-store"})

    return router
