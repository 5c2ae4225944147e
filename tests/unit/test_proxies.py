"""Reverse proxies: whose word is taken for the client, the scheme, the host and the path."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.requests import HTTPConnection
from starlette.testclient import TestClient

from assistant.settings import load_settings
from retrieval.errors import SettingsError
from tests.unit.web import make_app
from ui.proxies import client_of

PROXY, STRANGER = ("172.18.0.9", 5000), ("203.0.113.5", 5000)


def statuses(client: TestClient, addresses: list[str]) -> list[int]:
    return [
        client.post("/api/chat", json={"message": "hi"}, headers={"X-Forwarded-For": address}).status_code
        for address in addresses
    ]


def test_visitors_behind_a_trusted_proxy_have_a_limit_each(tmp_path: Path) -> None:
    app = make_app(tmp_path, rate_limit="2/minute", trusted_proxies="172.18.0.0/16, 127.0.0.1")
    addresses = [f"198.51.100.{number}" for number in range(4)]
    assert statuses(TestClient(app, client=PROXY), addresses) == [200] * 4
    assert statuses(TestClient(app, client=PROXY), [addresses[0]] * 2) == [200, 429]


def test_a_stranger_cannot_choose_who_he_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = make_app(tmp_path, rate_limit="2/minute")
    assert statuses(TestClient(app, client=STRANGER), [f"198.51.100.{n}" for n in range(4)]) == [200, 200, 429, 429]
    assert capsys.readouterr().out.count("proxy_not_trusted") == 1


def test_only_the_address_that_a_trusted_proxy_added_counts(tmp_path: Path) -> None:
    app = make_app(tmp_path, rate_limit="2/minute", trusted_proxies=[PROXY[0]])
    chains = [f"198.51.100.{number}, {STRANGER[0]}" for number in range(3)]
    assert statuses(TestClient(app, client=PROXY), chains) == [200, 200, 429]


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::9", "2001:db8:1:2::/64"),
        ("198.51.100.7", "198.51.100.7"),
        ("testclient", "testclient"),
    ],
)
def test_a_network_of_ipv6_is_one_client(address: str, client: str) -> None:
    assert client_of(HTTPConnection({"type": "http", "client": (address, 1)})) == client


PREFIXED = {"X-Forwarded-Prefix": "/aisle"}


@pytest.mark.parametrize(
    ("settings", "headers", "path"),
    [
        ({}, PREFIXED, "/"),  # the proxy strips the prefix and names it
        ({}, PREFIXED, "/aisle/"),  # names it, and passes it on
        ({"public_url": "https://shop.example/aisle"}, {}, "/"),  # strips it and says nothing
        ({"public_url": "https://shop.example/aisle/"}, {}, "/aisle/"),
    ],
)
def test_pages_work_under_a_path(tmp_path: Path, settings: dict, headers: dict, path: str) -> None:
    client = TestClient(make_app(tmp_path, **settings), client=("127.0.0.1", 1), headers=headers)
    page = client.get(path)
    assert page.status_code == 200
    assert '<script src="/aisle/widget.js"' in page.text
    assert 'href="/aisle/products/K-1"' in page.text
    assert 'href="/"' not in page.text
    for found in ("widget.js", "static/pages.css", "products/K-1", "help/returns", "healthz", "chat/"):
        assert client.get(path + found).status_code == 200, found
    assert (
        client.post(f"{path}session", data={"customer_id": ""}, follow_redirects=False).headers["location"] == "/aisle/"
    )
    chat = client.get(f"{path}chat/")
    assert "/aisle/chat" in chat.text
    assert "unsafe-inline" in chat.headers["content-security-policy"].split("style-src")[0]


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Gradio-Server", "X-Forwarded-Prefix"])
def test_a_stranger_puts_no_address_into_a_page(tmp_path: Path, header: str) -> None:
    client = TestClient(make_app(tmp_path), client=STRANGER)
    page = client.get("/chat/", headers={header: "/evil.example"})
    assert page.status_code == 200
    assert "evil.example" not in page.text
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("prefix", ["//evil.example", "/a b", "/<script>", "/x?y", "relative", "/" + "a" * 200])
def test_an_odd_prefix_is_none(tmp_path: Path, prefix: str) -> None:
    client = TestClient(make_app(tmp_path), client=("127.0.0.1", 1))
    assert 'src="/widget.js"' in client.get("/", headers={"X-Forwarded-Prefix": prefix}).text


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"trusted_proxies": ["nginx"]}, "AISLE_TRUSTED_PROXIES"),
        ({"trusted_proxies": ["10.0.0.1/8"]}, "AISLE_TRUSTED_PROXIES"),
        ({"public_url": "shop.example"}, "AISLE_PUBLIC_URL"),
        ({"public_url": "https://shop.example/a?b=c"}, "AISLE_PUBLIC_URL"),
        ({"public_url": "ftp://shop.example"}, "AISLE_PUBLIC_URL"),
    ],
)
def test_settings_that_cannot_work_are_named(tmp_path: Path, settings: dict, name: str) -> None:
    with pytest.raises(SettingsError, match=name):
        make_app(tmp_path, **settings)


@pytest.mark.parametrize(
    "written",
    [
        "https://a.example,https://b.example",
        " https://a.example , https://b.example ,",
        '["https://a.example", "https://b.example"]',
    ],
)
def test_a_list_is_written_with_commas_or_as_json(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("AISLE_ALLOWED_ORIGINS", written)
    monkeypatch.setenv("AISLE_TRUSTED_PROXIES", "10.0.0.0/8,::1")
    settings = load_settings()
    assert settings.allowed_origins == ["https://a.example", "https://b.example"]
    assert settings.trusted_proxies == ["10.0.0.0/8", "::1"]


def test_a_list_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AISLE_ALLOWED_ORIGINS", '["https://a.example"')
    with pytest.raises(SettingsError, match="AISLE_ALLOWED_ORIGINS"):
        load_settings()
