"""What docs/api.md and the OpenAPI document say of malformed bodies and event streams is what the server does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.unit.web import events, make_app
from ui.errors import ErrorJson

JSON = "application/json"
API = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
PATHS = (
    "/api/chat",
    "/v1/chat/completions",
    "/api/feedback",
    "/api/satisfaction",
    "/api/orders/code",
    "/api/orders/proof",
)
GOOD = {"message": "hi", "messages": [{"role": "user", "content": "hi"}]}
BODIES: dict[str, tuple[bytes, int]] = {
    "no UTF-8": (b'{"message": "\xff", "messages": [{"role": "user", "content": "\xff"}]}', 400),
    "deep lists": (b'{"message": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
    "deep objects": (b'{"a":' * 20_000 + b"1" + b"}" * 20_000, 400),
    "open lists": (b"[" * 50_000, 400),
    "a huge number": (b'{"message": "a", "x": ' + b"9" * 5000 + b"}", 400),
    "a huge message": (b'{"message": ' + b"9" * 5000 + b', "messages": ' + b"9" * 5000 + b"}", 400),
    "no JSON": (b"{", 422),
    "nothing": (b"", 422),
    "a list": (b"[]", 422),
    "other fields": (b'{"text": "hi"}', 422),
    "too large": (b'{"message": "' + b"a" * 1_100_000 + b'"}', 413),
}  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    return TestClient(make_app(tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="module")
def document(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").json()
    return found


def test_every_error_of_the_document_has_the_one_shape(document: dict[str, Any]) -> None:
    shape = {"$ref": "#/components/schemas/ErrorJson"}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for status, response in operation["responses"].items():
                if status.startswith("2") or path == "/healthz":
                    continue
                schema = response["content"][JSON]["schema"]
                is_import = path == "/api/import" and status in ("409", "422")
                assert is_import or schema == shape, f"{method} {path} {status}: {schema}"
    assert "HTTPValidationError" not in document["components"]["schemas"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("body", BODIES)
def test_a_malformed_body_is_answered_as_documented(
    client: TestClient, document: dict[str, Any], path: str, body: str
) -> None:
    content, status = BODIES[body]
    answer = client.post(path, content=content, headers={"content-type": JSON})
    assert answer.status_code == status
    assert str(status) in document["paths"][path]["post"]["responses"]
    error = ErrorJson.model_validate(answer.json(), strict=True).error
    assert error.code == error.type
    assert re.search(rf"^\| {status} \| .*`{error.code}`.* \|", API, re.M)


def test_the_documents_say_the_same_of_each_status(document: dict[str, Any]) -> None:
    told = document["paths"]["/api/chat"]["post"]["responses"]
    for status in ("400", "422"):
        assert f"| {status} | `invalid_request` | {told[status]['description']} |" in API


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"1e999", b"9" * 4000, b"-0"])
def test_odd_numbers_in_fields_that_nobody_reads_are_no_error(client: TestClient, number: bytes) -> None:
    content = json.dumps(GOOD).encode()[:-1] + b', "x": ' + number + b"}"
    for path in PATHS[:2]:
        assert client.post(path, content=content, headers={"content-type": JSON}).status_code == 200


def kind(client: TestClient, path: str, **more: object) -> tuple[str, str]:
    """The content type of the answer, and its text."""
    answer = client.post(path, json={**GOOD, "message": "tents", **more})
    assert answer.status_code == 200
    return answer.headers["content-type"].partition(";")[0], answer.text


def test_streams_are_documented_as_they_are(client: TestClient, document: dict[str, Any]) -> None:
    chat, completions = (document["paths"][path]["post"]["responses"]["200"]["content"] for path in PATHS[:2])
    assert set(chat) == {"text/event-stream"}
    assert set(completions) == {"text/event-stream", JSON}
    assert all(content["text/event-stream"]["schema"] == {"type": "string"} for content in (chat, completions))
    type_, text = kind(client, "/api/chat")
    assert type_ in chat
    shown = events(chat["text/event-stream"]["example"])
    assert dict.fromkeys(name for name, _ in events(text)) == dict.fromkeys(name for name, _ in shown)
    for name, data in shown:
        real = next(json.loads(given) for other, given in events(text) if other == name)
        assert json.loads(data).keys() <= real.keys()
    assert kind(client, "/v1/chat/completions")[0] == JSON
    type_, text = kind(client, "/v1/chat/completions", stream=True)
    assert type_ == "text/event-stream"
    shown, real_chunks = events(completions["text/event-stream"]["example"]), events(text)
    assert shown[-1] == real_chunks[-1] == ("", "[DONE]")
    for example, real_data in ((shown[0], real_chunks[0]), (shown[-2], real_chunks[-2])):
        assert json.loads(example[1]).keys() <= json.loads(real_data[1]).keys()


def test_a_stream_that_fails_on_its_way_ends_as_documented(client: TestClient) -> None:
    assert "An `error` event ends a reply that failed on its way." in API
    answer = client.post("/api/chat", json={"message": "fail"})
    assert answer.status_code == 500
    assert ErrorJson.model_validate(answer.json()).error.code == "reply_failed"
