"""Staff pages over HTTP: cookies, form tokens, redirects, and the gate in front of a mounted app."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI, Request
from sqlalchemy import delete
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from assistant.access.staff import Role, StaffAccounts, StaffMember
from assistant.access.tables import AttemptRow, StaffRow
from retrieval.store.database import writing
from tests.unit.web import make_app
from ui.staff import COOKIE, StaffGate, staff_admin, staff_member

PASSWORD, OTHER = "four plain words here", "other plain words there"


def staff_app(home: Path) -> FastAPI:
    """The whole app, and below /only and /desk what staff alone may see."""
    app = make_app(home, shop_name="Oak & Fell")

    async def desk(scope, receive, send) -> None:
        await PlainTextResponse(staff_member(Request(scope)).actor)(scope, receive, send)

    @app.get("/only/staff")
    def only_staff(member: Annotated[StaffMember, Depends(staff_member)]) -> str:
        return member.title

    @app.get("/only/admins")
    def only_admins(member: Annotated[StaffMember, Depends(staff_admin)]) -> str:
        return member.title

    app.mount("/inside", StaffGate(desk))
    return app


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return staff_app(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def home(app: FastAPI) -> StaffAccounts:
    found: StaffAccounts = app.state.staff_accounts()
    return found


@pytest.fixture
def accounts(home: StaffAccounts) -> StaffAccounts:
    """Ada's account alone, with no attempts counted."""
    with writing(home._engine) as connection:
        connection.execute(delete(StaffRow))
        connection.execute(delete(AttemptRow))
    found = home
    found.add("ada", "Ada", Role.AGENT, PASSWORD)
    return found


@pytest.fixture
def client(app: FastAPI, accounts: StaffAccounts) -> TestClient:
    """A browser on the site, which follows no redirect by itself."""
    return TestClient(app, follow_redirects=False, headers={"accept": "text/html"})


def token(page: str) -> str:
    found = re.search(r'name="form_token" value="(\w+)"', page)
    assert found, page
    return found[1]


def sign_in(client: TestClient, password: str = PASSWORD, target: str = "", **headers: str):
    form = {
        "account": "ada",
        "password": password,
        "target": target,
        "form_token": token(client.get("/staff/login").text),
    }
    return client.post("/staff/login", data=form, headers=headers)


def test_a_member_signs_in_sees_who_they_are_and_signs_out(client: TestClient) -> None:
    assert client.get("/staff").headers["location"] == "/staff/login?next=/staff"
    before = client.get("/staff/login").cookies
    done = sign_in(client)
    assert (done.status_code, done.headers["location"]) == (303, "/staff")
    assert before.get(COOKIE) != client.cookies[COOKIE]
    page = client.get("/staff")
    assert "Signed in as <strong>ada</strong>, agent." in page.text
    assert "Oak &amp; Fell" in page.text
    signed_in = client.cookies[COOKIE]
    assert client.get("/staff/login").headers["location"] == "/staff"
    client.post("/staff/logout", data={"form_token": token(page.text)})
    client.cookies.set(COOKIE, signed_in)
    assert client.get("/staff").status_code == 303


def test_the_cookie_is_for_this_site_and_no_script_and_is_new_at_sign_in(client: TestClient) -> None:
    shown = client.get("/staff/login").headers["set-cookie"]
    given = sign_in(client).headers["set-cookie"]
    for cookie in (shown, given):
        assert re.fullmatch(rf"{COOKIE}=[\w-]{{40,}}; HttpOnly; Max-Age=43200; Path=/; SameSite=lax", cookie)
    assert shown.split(";")[0] != given.split(";")[0]


def test_behind_https_the_cookie_is_secure_and_keeps_to_its_path(tmp_path: Path) -> None:
    app = make_app(tmp_path, public_url="https://shop.example/aisle")
    app.state.staff_accounts().add("ada", "Ada", Role.AGENT, PASSWORD)
    with TestClient(app, base_url="https://shop.example/aisle", follow_redirects=False) as client:
        done = sign_in(client)
        assert "Path=/aisle;" in done.headers["set-cookie"]
        assert "Secure" in done.headers["set-cookie"]
        assert done.headers["location"] == "/aisle/staff"
        assert client.get("/staff", headers={"accept": "text/html"}).status_code == 200


@pytest.mark.parametrize(
    ("name", "password", "status"),
    [("ada", OTHER, 401), ("nobody", PASSWORD, 401), ("", "", 401), ("ada", "x" * 2000, 422)],
)
def test_what_does_not_fit_is_refused_in_the_same_words(
    client: TestClient, name: str, password: str, status: int
) -> None:
    form = {"account": name, "password": password, "form_token": token(client.get("/staff/login").text)}
    page = client.post("/staff/login", data=form)
    assert page.status_code == status
    assert client.get("/staff").status_code == 303
    if status == 401:
        assert "Name and password do not fit." in page.text
        assert password not in page.text or not password


def test_guessing_is_answered_with_429(client: TestClient) -> None:
    statuses = [sign_in(client, OTHER).status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    stopped = sign_in(client)
    assert stopped.status_code == 429
    assert 0 < int(stopped.headers["retry-after"]) <= 901
    assert "Too many attempts" in stopped.text


@pytest.mark.parametrize("given", ["", "0" * 64, "ä", None])
def test_a_form_of_another_site_signs_nobody_in(client: TestClient, given: str | None) -> None:
    own = token(client.get("/staff/login").text)
    form = {"account": "ada", "password": PASSWORD, "form_token": own if given is None else given}
    headers = {"sec-fetch-site": "cross-site"} if given is None else {}
    refused = client.post("/staff/login", data=form, headers=headers)
    assert refused.status_code == 403
    assert client.get("/staff").status_code == 303


def test_a_token_of_one_browser_is_no_good_in_another(client: TestClient, app: FastAPI) -> None:
    stolen = token(client.get("/staff/login").text)
    other = TestClient(app, follow_redirects=False)
    other.get("/staff/login")
    form = {"account": "ada", "password": PASSWORD, "form_token": stolen}
    assert other.post("/staff/login", data=form).status_code == 403


def test_the_password_is_changed_and_every_browser_signed_out(client: TestClient, app: FastAPI) -> None:
    sign_in(client)
    elsewhere = TestClient(app, follow_redirects=False, headers={"accept": "text/html"})
    sign_in(elsewhere)
    own = token(client.get("/staff").text)

    def change(old: str, new: str, form_token: str = own) -> int:
        return client.post("/staff/password", data={"old": old, "new": new, "form_token": form_token}).status_code

    assert change(OTHER, OTHER) == 401
    assert change(PASSWORD, "short") == 422
    assert change(PASSWORD, OTHER, "0" * 64) == 403
    assert elsewhere.get("/staff").status_code == 200
    assert change(PASSWORD, OTHER) == 200
    assert elsewhere.get("/staff").status_code == 303
    assert sign_in(client, OTHER).status_code == 303


@pytest.mark.parametrize(
    ("target", "leads"),
    [("/chat/", "/chat/"), ("/desk?a=1", "/desk?a=1"), ("//evil.example", "/staff"), ("https://evil.example", "/staff"),
     ("/\\evil.example", "/staff"), ("/a\r\nX-Bad: 1", "/staff"), ("/staff/login", "/staff"), ("", "/staff")],
)  # fmt: skip
def test_sign_in_leads_to_a_page_of_this_site_alone(client: TestClient, target: str, leads: str) -> None:
    assert sign_in(client, target=target).headers["location"] == leads


def test_a_route_and_a_mounted_app_know_the_member_and_nobody_else_gets_in(
    client: TestClient, accounts: StaffAccounts
) -> None:
    assert client.get("/inside/queue").headers["location"] == "/staff/login?next=/inside/queue"
    assert client.get("/inside/queue", headers={"accept": "*/*"}).status_code == 401
    assert client.get("/only/staff", headers={"accept": "*/*"}).json()["error"]["code"] == "staff_sign_in"
    sign_in(client)
    assert client.get("/only/staff").json() == "Ada"
    assert client.get("/only/admins").status_code == 403
    assert client.post("/inside/queue").text == "agent:ada"
    assert client.post("/inside/queue", headers={"origin": "https://evil.example"}).status_code == 403
    assert client.post("/inside/queue", headers={"sec-fetch-site": "same-site"}).status_code == 403
    accounts.disable("ada")
    assert client.get("/inside/queue").status_code == 303
    assert client.get("/only/staff").status_code == 303


def test_sign_in_leads_to_the_desk_where_there_is_one(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    app.mount("/desk", StaffGate(PlainTextResponse("the desk")))
    app.state.staff_accounts().add("ada", "Ada", Role.AGENT, PASSWORD)
    client = TestClient(app, follow_redirects=False)
    assert sign_in(client).headers["location"] == "/desk/"
    assert client.get("/desk/").text == "the desk"
    assert 'href="/desk/"' in client.get("/staff").text


def test_markup_in_a_name_is_shown_as_text(client: TestClient, accounts: StaffAccounts) -> None:
    form = {"account": '"><script>', "password": OTHER, "form_token": token(client.get("/staff/login").text)}
    assert "<script>" not in client.post("/staff/login", data=form).text
    accounts.add("eve", "<b>Eve</b>", Role.ADMIN, PASSWORD)
    form = {"account": "eve", "password": PASSWORD, "form_token": token(client.get("/staff/login").text)}
    client.post("/staff/login", data=form)
    assert "&lt;b&gt;Eve" in client.get("/staff").text


def test_pages_are_not_cached_and_not_framed_by_others(client: TestClient) -> None:
    headers = client.get("/staff/login").headers
    assert headers["cache-control"] == "no-store"
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert "unsafe-eval" not in headers["content-security-policy"]
