"""Every operation of the OpenAPI document, asked with requests made from its schema: no answer is a server error.

The desk's routes are for its own pages and not in the document; the test puts them into one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, assume, given, settings
from schemathesis import Case
from schemathesis.schemas import APIOperation

from assistant.access.staff import Role, StaffAccounts
from assistant.opening import open_live_assistant
from tests.unit.desk.desk_home import PASSWORD, PERSON, PLANS, make_desk_home
from tests.unit.scripted_model import ruled_model
from tests.unit.web import make_app
from tests.unit.workers_server import Plans
from ui.app import create_app
from ui.staff import COOKIE

EXAMPLES = 10


def failures(
    operation: APIOperation, headers: Mapping[str, str] | None = None, conversation: str = ""
) -> tuple[list[str], list[int]]:
    """Requests that the schema of `operation` allows and that were answered with 500 or above, and every status.

    `conversation` takes the place of the id in paths.
    """
    statuses: list[int] = []
    found: list[str] = []

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def ask(case: Case) -> None:
        assume(
            "fail" not in repr(case.body)
        )  # hypothesis finds the word in our code, and the fake assistant fails at it
        if "conversation_id" in case.path_parameters and conversation:
            case.path_parameters["conversation_id"] = conversation
        answer = case.call(headers=dict(headers or {}), timeout=120)
        statuses.append(answer.status_code)
        if answer.status_code >= 500:
            found.append(f"{answer.status_code} for {case.as_curl_command()}")

    ask()
    return found, statuses


def test_no_request_that_the_schema_allows_is_a_server_error(tmp_path: Path) -> None:
    schema = schemathesis.openapi.from_asgi("/openapi.json", make_app(tmp_path))
    operations = [each.ok() for each in schema.get_all_operations()]
    assert {"/api/chat", "/v1/chat/completions", "/api/import"} <= {each.path for each in operations}
    assert [failure for each in operations for failure in failures(each)[0]] == []


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[FastAPI]:
    """The desk of a small shop, with its routes in the document; the stream of changes never ends and is left out."""
    settings = make_desk_home(tmp_path)
    with ruled_model(Plans(PLANS)):
        assistant = open_live_assistant(settings)
        app = create_app(assistant, settings, {"C-1": ""})
        for router in (each.original_router for each in app.routes if hasattr(each, "original_router")):
            for route in router.routes:
                if isinstance(route, APIRoute) and route.path.startswith("/desk"):
                    router.include_in_schema = True
                    route.include_in_schema = route.path != "/desk/events"
        yield app
        assistant.close()


def test_no_request_at_the_desk_is_a_server_error(desk: FastAPI) -> None:
    accounts: StaffAccounts = desk.state.staff_accounts()
    accounts.add("ada", "Ada", Role.ADMIN, PASSWORD)
    headers = {"cookie": f"{COOKIE}={accounts.sign_in('ada', PASSWORD, 'test')}"}
    schema = schemathesis.openapi.from_asgi("/openapi.json", desk)
    operations = [each.ok() for each in schema.get_all_operations() if each.ok().path.startswith("/desk")]
    assert len(operations) >= 18
    with TestClient(desk) as client:
        wrong, reached = [], set()
        for each in operations:
            client.post("/session", data={"customer_id": "C-1"})
            text = client.post("/api/chat", json={"message": PERSON}).text
            conversation = text.split('"conversation_id":"')[1].split('"')[0]
            client.cookies.clear()
            client.post(f"/desk/c/{conversation}/move/take", json={}, headers=headers)
            found, statuses = failures(each, headers, conversation)
            wrong += found
            assert 401 not in statuses, each.path
            if 200 in statuses:
                reached.add(each.path)
        assert wrong == []
    assert {"/desk/c/{conversation_id}", "/desk/c/{conversation_id}/say", "/desk/reports", "/desk/rehearsal"} <= reached
