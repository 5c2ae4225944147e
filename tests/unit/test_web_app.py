"""The app around the faces: pages, sign-in, headers, health, metrics."""

from __future__ import annotations

import gzip
import json
import threading
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from retrieval.errors import ModelError, SettingsError
from tests.fake_assistant import FakeAssistant
from tests.unit.web import make_app
from ui.opening import OpeningAssistant, Readiness


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory):
    return make_app(tmp_path_factory.mktemp("home"), allowed_origins=["https://shop.example"])


@pytest.fixture
def client(app):
    return TestClient(app)


def test_the_shop_lists_products_and_the_widget(client):
    page = client.get("/")
    assert page.status_code == 200
    assert "Larkfield 2 tent" in page.text
    assert '<script src="/widget.js"' in page.text


def test_titles_are_escaped_on_pages(client):
    for path in ("/", "/products/T-2"):
        assert "<script>alert" not in client.get(path).text
    assert "&lt;script&gt;alert" in client.get("/products/T-2").text
    assert "javascript:" not in client.get("/").text


def test_pages_for_kinds_products_and_help(client):
    assert "Moorland kettle" not in client.get("/?kind=Tents").text
    assert "1 l" in client.get("/products/K-1").text
    assert 'id="returns"' in client.get("/help").text
    assert "<strong>30 days</strong>" in client.get("/help").text
    assert "<strong>30 days</strong>" in client.get("/help/returns").text
    assert client.get("/help/none").status_code == 404
    assert client.get("/products/none").status_code == 404
    assert client.get("/?page=99").status_code == 404
    assert client.get("/nothing").json()["error"]["code"] == "not_found"


def test_the_policy_and_the_sample_shops_checkout_have_pages(client, tmp_path: Path):
    policy = tmp_path / "policy.md"
    policy.write_text(
        "---\ncancel:\n  when: [processing]\n---\n## Cancelling <b>\nUntil it is *packed*.\n", encoding="utf-8"
    )
    shop = TestClient(make_app(tmp_path, policy=policy, demo=()))
    page = shop.get("/policy")
    assert page.status_code == 200
    assert '<article id="line-5">' in page.text
    assert "Cancelling &lt;b&gt;" in page.text
    assert "<em>packed</em>" in page.text
    assert shop.get("/cart/T-1:2").status_code == 404
    cart = client.get("/cart/T-1:2,K-1:1,none:1,T-2:x,")
    assert "2 × Larkfield 2 tent" in cart.text
    assert "1 × Moorland kettle" in cart.text
    assert "none" not in cart.text.split("<h1>")[1].split("</section>")[0]
    for address in ("/cart", "/cart/", "/cart/none:1"):  # the chat alone knows what is in the cart
        assert "The chat keeps your cart" in client.get(address).text


def test_a_real_shop_has_a_plain_preview_and_nothing_of_the_sample_shop(tmp_path: Path):
    settings = {"shop_name": "Oak & Elm", "shop_email": "help@oak.example", "color": "#123456", "color_dark": "#abcdef"}
    client = TestClient(make_app(tmp_path, demo=(), **settings))
    home = client.get("/")
    assert home.status_code == 200
    for part in (
        "<h1>Preview</h1>",
        "Larkfield 2 tent",
        "Oak &amp; Elm",
        "mailto:help@oak.example",
        "#123456",
        "#abcdef",
    ):
        assert part in home.text
    assert 'src="/widget.js"' in home.text
    assert "http://testserver/widget.js" in home.text
    pages = [home, client.get("/products/K-1"), client.get("/help"), client.get("/help/returns"), client.get("/none/x")]
    pages += [client.get("/?kind=Tents"), client.get("/products/none")]
    for page in pages:
        for trace in ("sample", "hero", "Outdoors", "Sign in", "every shelf"):
            assert trace not in page.text


@pytest.mark.parametrize("demo", [(), ("C-1",)])
def test_the_shelf_marks_what_is_on_sale_and_what_is_sold_out(tmp_path: Path, demo: tuple[str, ...]):
    home = TestClient(make_app(tmp_path, demo=demo)).get("/").text
    assert home.count('class="flag"') == home.count('<span class="flag">Sale</span>') == 1
    assert home.count('<span class="flag is-out">Sold out</span>') == 1


def test_examples_in_the_documentation_of_the_api_are_of_no_kind_of_shop(tmp_path: Path):
    document = json.dumps(make_app(tmp_path, demo=()).openapi()).lower()
    for word in ("larkfield", " tent", "tents", "camping", "fern & fell", "outdoor"):
        assert word not in document


def test_contacts_that_are_not_set_are_not_mentioned(tmp_path: Path):
    client = TestClient(make_app(tmp_path, demo=()))
    for path in ("/", "/products/K-1", "/help"):
        text = client.get(path).text
        assert "mailto:" not in text
        assert "<title>" in text
        assert "<title></title>" not in text
    assert "<title>Shopping assistant</title>" in client.get("/").text


def test_signing_in_is_kept_in_a_signed_cookie(client):
    client.post("/session", data={"customer_id": "C-1"})
    assert "Signed in as Ada Fell" in client.get("/").text
    assert "You are C-1." in client.post("/api/chat", json={"message": "mine"}).text
    client.post("/session", data={"customer_id": ""})
    assert "You are a visitor." in client.post("/api/chat", json={"message": "mine"}).text


def test_a_changed_cookie_signs_nobody_in(client):
    client.cookies.set("aisle_session", "eyJjdXN0b21lcl9pZCI6ICJDLTEifQ==.aaaa.bbbb")
    assert "You are a visitor." in client.post("/api/chat", json={"message": "mine"}).text


def test_only_demo_customers_can_be_picked_and_only_from_the_page(client, tmp_path):
    assert client.post("/session", data={"customer_id": "C-99"}).status_code == 404
    headers = {"sec-fetch-site": "cross-site"}
    assert client.post("/session", data={"customer_id": "C-1"}, headers=headers).status_code == 403
    assert TestClient(make_app(tmp_path, demo=())).post("/session", data={"customer_id": "C-1"}).status_code == 404


def test_only_allowed_shops_may_frame_and_call(client):
    chat = client.get("/chat/").headers["content-security-policy"]
    assert chat.endswith("frame-ancestors 'self' https://shop.example")
    page = client.get("/").headers
    assert page["content-security-policy"].endswith("frame-ancestors 'self'")
    assert "unsafe" not in page["content-security-policy"].split("style-src")[0]
    assert page["x-content-type-options"] == "nosniff"
    for path in ("/api/chat", "/chat/gradio_api/queue/join"):
        for origin, allowed in (("https://evil.example", False), ("https://shop.example", True)):
            headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
            answer = client.options(path, headers=headers).headers
            assert (answer.get("access-control-allow-origin") == origin) is allowed
            assert "access-control-allow-credentials" not in answer


@pytest.mark.parametrize(
    ("origin", "allowed"), [(None, True), ("https://shop.example", True), ("https://evil.example", False)]
)
def test_a_page_may_ask_whether_it_may_show_the_chat(client, origin, allowed):
    answer = client.get("/api/embedding", headers={"Origin": origin} if origin else {})
    assert answer.json() == {"allowed": allowed}
    assert answer.headers["access-control-allow-origin"] in ("*", origin)


def test_the_chat_takes_and_gives_no_files(client):
    assert client.post("/chat/gradio_api/upload", files={"files": ("a.txt", b"x")}).status_code == 404
    assert client.get("/chat/gradio_api/deep_link?session_hash=x").status_code == 404
    for path in ("/etc/passwd", "pyproject.toml", str(Path(__file__))):
        assert client.get(f"/chat/gradio_api/file={path}").status_code == 404
    assert client.get("/static/../app.py").status_code == 404
    assert client.get("/shop/images/..%2Fproducts.jsonl").status_code == 404


def test_the_chat_offers_no_other_interface(client):
    assert client.get("/chat/gradio_api/info").json() == {"named_endpoints": {}, "unnamed_endpoints": {}}


def test_the_widget_is_small_and_needs_nothing(client):
    script = client.get("/widget.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert len(gzip.compress(script.content)) <= 5_500  # a third of it texts in five languages
    assert "import " not in script.text


def test_metrics_count_without_personal_data(tmp_path: Path):
    client = TestClient(make_app(tmp_path, rate_limit="3/minute"))
    for message in ("tents", "fail", "secret words", "too many"):
        client.post("/api/chat", json={"message": message})
    text = client.get("/metrics").text
    assert 'aisle_requests_total{face="api",outcome="replied"} 2.0' in text
    assert 'aisle_requests_total{face="api",outcome="failed"} 1.0' in text
    assert 'aisle_requests_total{face="api",outcome="rate_limited"} 1.0' in text
    assert 'aisle_errors_total{kind="RuntimeError"} 1.0' in text
    assert 'aisle_step_seconds_count{step="planning"} 2.0' in text
    assert "aisle_replies_running 0.0" in text
    assert "secret words" not in text


def test_health_tells_starting_ready_and_failed(tmp_path: Path):
    gate = threading.Event()

    def open_slowly() -> FakeAssistant:
        gate.wait(20)
        return FakeAssistant()

    opening = OpeningAssistant(open_slowly)
    opening.start()
    client = TestClient(make_app(tmp_path, opening))
    assert (client.get("/healthz").status_code, client.get("/healthz").json()) == (
        503,
        {"status": "starting", "model": ""},
    )
    assert client.get("/").status_code == 503
    assert "opens in a moment" in client.get("/").text
    gate.set()
    assert opening.catalog.products
    assert (client.get("/healthz").status_code, client.get("/healthz").json()) == (
        200,
        {"status": "ready", "model": "fake+none"},
    )


def test_a_failed_start_is_told_without_its_details(tmp_path: Path):
    def fail() -> FakeAssistant:
        raise ModelError("/secret/path has no weights.", "Copy it again.")

    stopped = threading.Event()
    opening = OpeningAssistant(fail, on_failure=stopped.set)
    opening.start()
    assert stopped.wait(20)
    client = TestClient(make_app(tmp_path, opening))
    answer = client.post("/api/chat", json={"message": "hi"})
    assert (answer.status_code, opening.readiness) == (503, Readiness.FAILED)
    assert "/secret/path" not in answer.text
    assert "/secret/path" in str(opening.error)
    assert client.get("/healthz").json() == {"status": "failed", "model": ""}
    assert client.get("/").status_code == 503


@pytest.mark.parametrize(
    "settings", [{"rate_limit": "often"}, {"allowed_origins": ["*"]}, {"allowed_origins": ["shop.example/x"]}]
)
def test_settings_that_cannot_work_are_named(tmp_path: Path, settings):
    with pytest.raises(SettingsError, match="AISLE_"):
        make_app(tmp_path, **settings)


def test_cookies_are_secure_behind_https(tmp_path: Path):
    client = TestClient(make_app(tmp_path), client=("127.0.0.1", 1))
    form = {"data": {"customer_id": "C-1"}, "follow_redirects": False}
    assert "secure" not in client.post("/session", **form).headers["set-cookie"].lower()
    proxied = client.post("/session", **form, headers={"X-Forwarded-Proto": "https"})
    assert "; Secure" in proxied.headers["set-cookie"]
    public = TestClient(make_app(tmp_path, public_url="https://shop.example"))
    assert "; Secure" in public.post("/session", **form).headers["set-cookie"]


@pytest.mark.parametrize(
    ("settings", "forwarded", "sent"),
    [
        ({}, {}, None),
        ({}, {"X-Forwarded-Proto": "https"}, "max-age=31536000"),
        ({"public_url": "https://chat.shop.example"}, {}, "max-age=31536000"),
        ({"public_url": "https://shop.example/aisle"}, {}, None),
        ({"public_url": "http://chat.shop.example"}, {}, None),
    ],
)
def test_a_host_of_its_own_behind_https_stays_with_https(tmp_path: Path, settings, forwarded, sent):
    client = TestClient(make_app(tmp_path, **settings), client=("127.0.0.1", 1))
    assert client.get("/healthz", headers=forwarded).headers.get("strict-transport-security") == sent
    assert client.get("/", headers=forwarded).headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"origin": "http://testserver"}, 303),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "https://evil.example", "sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
    ],
)
def test_only_the_shops_own_page_signs_in(client, headers, status):
    form = {"customer_id": "C-1"}
    assert client.post("/session", data=form, headers=headers, follow_redirects=False).status_code == status
    client.cookies.clear()


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("10.2.3.4", {}, 200),
        ("fd00::1", {}, 200),
        ("8.8.8.8", {}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "10.2.3.4"}, 404),
        ("172.18.0.2", {"X-Forwarded-For": "8.8.8.8"}, 404),
    ],
)
def test_metrics_are_not_for_customers(app, address, headers, status):
    client = TestClient(app, client=(address, 1), headers=headers)
    assert client.get("/metrics").status_code == status


def test_a_refused_token_is_counted_and_said_in_the_chat(tmp_path: Path):
    client = TestClient(make_app(tmp_path))
    start = next(dep["id"] for dep in client.get("/chat/config").json()["dependencies"] if dep["api_name"] == "_start")
    body = {"data": ["", "a.b.c", ""], "fn_index": start, "session_hash": "abc"}
    assert "could not sign you in" in client.post("/chat/gradio_api/run/predict", json=body).text
    body["data"] = ["", "", ""]
    assert "could not sign you in" not in client.post("/chat/gradio_api/run/predict", json=body).text
    assert (
        client.post("/api/chat", json={"message": "hi"}, headers={"Authorization": "Bearer a.b.c"}).status_code == 401
    )
    assert "aisle_tokens_refused_total 2.0" in client.get("/metrics").text


def test_pages_are_apart_from_windows_of_other_sites(client):
    assert client.get("/").headers["cross-origin-opener-policy"] == "same-origin"
