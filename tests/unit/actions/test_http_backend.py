"""HttpBackend against a real server: the same answers as the database's, once, and nothing that is somebody else's."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import TypeAdapter

from assistant.actions import http_backend
from assistant.actions.backend import BackendError, OrderBackend
from assistant.actions.database_backend import DatabaseBackend
from assistant.actions.http_backend import HttpBackend
from assistant.actions.order import OrderStatus
from assistant.actions.order_record import OrderRecord
from assistant.actions.owner import Owner
from assistant.actions.proposal import Done, Proposal
from assistant.actions.refusal import Reason, Refusal
from assistant.actions.requests import Cancel, ChangeAddress, Exchange, Pieces, Return, Swap
from retrieval.store.database import open_database
from tests.unit.actions.order_desk import ADA, BO, WORK, Clock, desk, policy
from tests.unit.actions.order_server import TOKEN, OrderServer, serving


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(sqlite_template: Path, tmp_path: Path, clock: Clock) -> Iterator[DatabaseBackend]:
    engine = open_database(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'aisle.db')}")
    yield desk(engine, policy(tmp_path), clock)
    engine.dispose()


@pytest.fixture
def server(database: DatabaseBackend, monkeypatch: pytest.MonkeyPatch) -> Iterator[OrderServer]:
    monkeypatch.setattr(http_backend, "_FIRST_PAUSE", 0.01)
    with serving(database) as running:
        yield running


@pytest.fixture
def backend(server: OrderServer) -> Iterator[HttpBackend]:
    with HttpBackend.open(server.url, TOKEN) as opened:
        yield opened


def proposed(backend: OrderBackend, owner: Owner = ADA) -> Proposal:
    found = backend.propose(owner, Cancel(order="A-1", reason="bored"))
    assert isinstance(found, Proposal), found
    return found


def test_orders_come_over_the_wire_as_they_are(backend: HttpBackend, database: DatabaseBackend) -> None:
    swap = Swap(product_id="shirt-red", new_product_id="shirt-blue")
    for request in (Exchange(order="A-3", swaps=(swap,)), Return(order="A-3", items=(Pieces(product_id="mug"),))):
        proposal = database.propose(ADA, request)
        assert isinstance(proposal, Proposal)
        database.execute(ADA, proposal.id, proposal.id)
    assert backend.find(ADA) == database.find(ADA)
    assert len(backend.find(ADA, limit=2)) == 2
    assert backend.find(ADA, "a3") == database.find(ADA, "A-3") != ()
    assert backend.find(ADA, "B-1") == backend.find(Owner(customer_id="C-3")) == ()


def test_a_change_is_proposed_and_run_once(backend: HttpBackend, server: OrderServer) -> None:
    proposal = proposed(backend)
    assert "$59.00 goes back to Visa ending in 4242 in 5 to 7 business days." in proposal.lines()
    done = backend.execute(ADA, proposal.id, "ключ 1")
    assert isinstance(done, Done)
    assert done.change == proposal.change
    assert server.keys == ["ключ 1"]
    assert backend.execute(ADA, proposal.id, "ключ 1") == done.model_copy(update={"repeated": True})
    assert backend.find(ADA, "A-1")[0].order.status is OrderStatus.CANCELLED


def test_an_answer_that_is_lost_is_asked_for_again_and_the_change_runs_once(
    backend: HttpBackend, server: OrderServer
) -> None:
    proposal = proposed(backend)
    server.lost = 2
    done = backend.execute(ADA, proposal.id, "k")
    assert isinstance(done, Done)
    assert done.repeated
    assert server.keys == ["k", "k", "k"]
    assert len(backend.find(ADA, "A-1")[0].refunds) == 1


def test_refusals_and_their_reasons_come_through(backend: HttpBackend, clock: Clock) -> None:
    found = backend.propose(ADA, Cancel(order="A-2"))
    assert isinstance(found, Refusal)
    assert (found.reason, found.section) == (Reason.WRONG_STATE, "Cancelling")
    first, second = proposed(backend), proposed(backend)
    assert second.cancels == first.id
    backend.withdraw(ADA, second.id)
    third = proposed(backend)
    clock.wait(minutes=11)
    for proposal, owner, reason in (
        (first, ADA, Reason.REPLACED),
        (second, ADA, Reason.WITHDRAWN),
        (third, BO, Reason.NO_SUCH_PROPOSAL),
        (third, ADA, Reason.EXPIRED),
    ):
        answer = backend.execute(owner, proposal.id, "k")
        assert isinstance(answer, Refusal)
        assert answer.reason is reason


def test_a_visitor_asks_the_shop_nothing(backend: HttpBackend, server: OrderServer) -> None:
    visitor = Owner(visitor_id="v-1")
    assert backend.find(visitor) == ()
    for found in (backend.propose(visitor, Cancel(order="A-1")), backend.execute(visitor, "p", "k")):
        assert isinstance(found, Refusal)
        assert found.reason is Reason.NOT_SIGNED_IN
    backend.withdraw(visitor, "p")
    assert server.calls == []


def test_ids_cannot_leave_their_place_in_the_address(backend: HttpBackend, server: OrderServer) -> None:
    for name in ("../orders", "a/b?c#d"):
        with pytest.raises(BackendError, match="status 404"):
            backend.execute(ADA, name, "k")
    assert isinstance(backend.execute(ADA, "..%2forders", "k"), Refusal)
    assert not any(call.endswith("orders") for call in server.calls)
    assert backend.find(ADA, "A-1&customer_id=C-2") == ()


def test_an_order_of_somebody_else_is_never_shown(
    backend: HttpBackend, server: OrderServer, database: DatabaseBackend
) -> None:
    records = TypeAdapter(tuple[OrderRecord, ...])
    server.instead = {"orders": records.dump_python(database.find(BO), mode="json")}
    with pytest.raises(BackendError, match="somebody else"):
        backend.find(ADA)
    server.instead = {"orders": records.dump_python(database.find(ADA), mode="json")}
    with pytest.raises(BackendError, match="somebody else"):
        backend.find(Owner(customer_id="C-1", order_id="A-1"))


@pytest.mark.parametrize(
    "answer", [{}, [], "x", {"proposal": {}}, {"refusal": {"reason": "x", "text": ""}}, {"done": None}]
)
def test_an_answer_that_makes_no_sense_is_an_error(backend: HttpBackend, server: OrderServer, answer: Any) -> None:
    server.instead = answer
    for ask in (lambda: backend.find(ADA), lambda: proposed(backend), lambda: backend.execute(ADA, "p", "k")):
        with pytest.raises(BackendError, match="makes no sense"):
            ask()


def test_another_change_than_was_asked_for_is_an_error(
    backend: HttpBackend, server: OrderServer, database: DatabaseBackend
) -> None:
    other = database.propose(ADA, ChangeAddress(order="A-1", address=WORK))
    assert isinstance(other, Proposal)
    done = database.execute(ADA, other.id, "k")
    server.instead = {"proposal": other.model_dump(mode="json")}
    with pytest.raises(BackendError, match="answered cancel with change_address"):
        proposed(backend)
    server.instead = {"done": done.model_dump(mode="json")}
    with pytest.raises(BackendError, match="told to run"):
        backend.execute(ADA, "another", "k")


def test_a_wrong_token_and_a_broken_server_are_errors_with_a_next_step(
    backend: HttpBackend, server: OrderServer
) -> None:
    with HttpBackend.open(server.url, "wrong") as other, pytest.raises(BackendError, match="status 401") as error:
        other.find(ADA)
    assert "AISLE_ORDERS_TOKEN" in error.value.hint
    assert "wrong" not in str(error.value)
    server.calls.clear()
    server.statuses = [503, 429]
    assert backend.find(ADA)
    assert len(server.calls) == 3
    server.statuses = [503, 503, 503]
    with pytest.raises(BackendError, match="status 503"):
        backend.find(ADA)
    server.calls.clear()
    server.statuses = [500]
    with pytest.raises(BackendError, match="status 500"):
        proposed(backend)
    assert len(server.calls) == 1


def test_a_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_backend, "_FIRST_PAUSE", 0.01)
    monkeypatch.setattr(http_backend, "_TIMEOUT", httpx2.Timeout(0.1))
    silent = socket.create_server(("127.0.0.1", 0))
    with HttpBackend.open(f"http://127.0.0.1:{silent.getsockname()[1]}/", TOKEN) as slow:
        with silent, pytest.raises(BackendError, match="Timeout"):
            slow.find(ADA)
        with pytest.raises(BackendError, match="did not do GET orders"):
            slow.find(ADA)


@pytest.mark.parametrize(
    "url", ["http://shop.example/api/", "http://10.0.0.7/api/", "ftp://127.0.0.1/", "shop.example"]
)
def test_a_token_never_travels_unencrypted(url: str) -> None:
    with pytest.raises(BackendError, match="unencrypted"):
        HttpBackend.open(url, TOKEN)
    with pytest.raises(BackendError, match="no token"):
        HttpBackend.open("https://shop.example/", "")
    HttpBackend.open("https://shop.example/api/", TOKEN).close()


def test_both_are_order_backends(backend: HttpBackend, database: DatabaseBackend) -> None:
    backends: tuple[OrderBackend, ...] = (backend, database)
    assert [len(each.find(ADA)) for each in backends] == [4, 4]
