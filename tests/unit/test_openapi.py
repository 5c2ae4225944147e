"""Every operation of the OpenAPI document, asked with requests made from its schema: no answer is a server error."""

from __future__ import annotations

from pathlib import Path

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.schemas import APIOperation

from tests.unit.web import make_app

EXAMPLES = 10


def failures(operation: APIOperation) -> list[str]:
    """Requests that the schema of `operation` allows and that were answered with 500 or above."""
    found: list[str] = []

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def ask(case: Case) -> None:
        answer = case.call()
        if answer.status_code >= 500:
            found.append(f"{answer.status_code} for {case.as_curl_command()}")

    ask()
    return found


def test_no_request_that_the_schema_allows_is_a_server_error(tmp_path: Path) -> None:
    schema = schemathesis.openapi.from_asgi("/openapi.json", make_app(tmp_path))
    operations = [each.ok() for each in schema.get_all_operations()]
    assert {"/api/chat", "/v1/chat/completions", "/api/import"} <= {each.path for each in operations}
    assert [failure for each in operations for failure in failures(each)] == []
