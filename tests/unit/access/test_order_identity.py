"""Proof of one order by number, address and code, on SQLite and PostgreSQL: what opens, and what a guesser learns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, event, select

from assistant.access.attempts import TooManyAttempts
from assistant.access.mail import Mail, MailNotSent
from assistant.access.order_identity import CODE_LIFE, CodeRefused, OrderIdentity
from assistant.access.tables import OrderCodeRow
from assistant.actions.database_backend import DatabaseBackend
from assistant.actions.order import OrderStatus
from assistant.actions.orders import Orders
from assistant.actions.owner import Owner
from assistant.actions.policy import Policy
from assistant.conversation.conversation import Conversation, Turn
from assistant.conversation.store import PROOF_LIFE, Store
from assistant.dialogue.thread import Thread
from assistant.tables import ProvedOrderRow
from retrieval.catalog.customer import Customer
from retrieval.errors import ConversationNotFound
from retrieval.store.database import reading
from retrieval.store.records import Records
from tests.unit.actions.order_desk import order

HERE = "203.0.113.5"
EMAIL = "Ines@Example.org"


class Postbox:
    """Keeps what is sent."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.is_broken = False

    def send(self, mail: Mail) -> None:
        if self.is_broken:
            raise MailNotSent("The server is gone.")
        self.mails.append(mail)


class Desk:
    """An identity over a small shop, its mail and its clock."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.now = datetime(2026, 11, 29, 12, tzinfo=UTC)
        self.post = Postbox()
        self.store = Store(engine)
        self.identity = OrderIdentity(engine, self.post, Mail, "s" * 40, lambda: self.now)

    def owner(self, conversation: str) -> Owner | None:
        """What is proved in a conversation now."""
        return self.store.proved_order(conversation, self.now)

    def code(self, conversation: str, order: str = "A-1042", email: str = EMAIL, client: str = HERE) -> str:
        """The code that is sent; "" if none is."""
        sent = len(self.post.mails)
        self.identity.request(conversation, order, email, client)
        self.identity._post.submit(int).result()  # what was submitted before is done
        return self.post.mails[-1].text if len(self.post.mails) > sent else ""


@pytest.fixture
def desk(engine: Engine) -> Iterator[Desk]:
    Records(engine).upsert_customers(
        [Customer("C-1", "Ines", EMAIL.lower()), Customer("C-2", "Bo", "bo@example.org"), Customer("C-3", "No", "")]
    )
    placed = OrderStatus.PROCESSING
    Orders(engine).upsert([order("A-1042", placed), order("A-1043", placed), order("C-300", placed, "C-3")])
    made = Desk(engine)
    yield made
    made.identity.close()


def test_the_code_from_the_mail_proves_that_order_alone_in_that_conversation(desk: Desk) -> None:
    mine, other = desk.store.begin(), desk.store.begin()
    code = desk.code(mine)
    assert re.fullmatch(r"\d{4} \d{4}", code)
    assert desk.post.mails[-1].to == EMAIL.lower()
    assert desk.owner(mine) is None
    assert desk.identity.prove(mine, code, HERE) == "A-1042"
    owner = desk.owner(mine)
    assert owner == Owner(customer_id="C-1", order_id="A-1042")
    assert [desk.owner(id) for id in (other, "", "nothing", "\x00")] == [None] * 4
    backend = DatabaseBackend(desk.engine, Policy())
    assert [record.order.id for record in backend.find(owner)] == ["A-1042"]
    assert backend.find(owner, "A-1043") == ()  # hers too, and not proved


@pytest.mark.parametrize("order", ["A-1042", "a1042", " #A 1042 "])
def test_the_number_is_read_in_any_spelling_and_the_address_in_any_case(desk: Desk, order: str) -> None:
    assert desk.code(desk.store.begin(), order, " INES@example.ORG ")


@pytest.mark.parametrize(
    ("order", "email"),
    [("A-1042", "bo@example.org"), ("A-9999", EMAIL), ("", EMAIL), ("A-1042", ""), ("C-300", ""), ("%", "%"), ("A-1042\x00", "\ud800"),
     ("A-1042' or 1=1 --", "' or ''='"), ("A-1042", "ines@example.org, eve@example.org"), ("x" * 5000, "y" * 5000)],
)  # fmt: skip
def test_what_does_not_belong_together_sends_nothing_and_no_code_opens_it(desk: Desk, order: str, email: str) -> None:
    conversation = desk.store.begin()
    assert desk.code(conversation, order, email) == ""
    with reading(desk.engine) as connection:
        row = connection.execute(select(OrderCodeRow.order_id, OrderCodeRow.customer_id)).one()
    assert tuple(row) == ("", "")
    for code in ("", "0000 0000", "12345678"):
        with pytest.raises(CodeRefused):
            desk.identity.prove(conversation, code, HERE)
    assert desk.owner(conversation) is None


def test_the_server_does_the_same_work_whether_the_order_exists(desk: Desk) -> None:
    done: list[list[str]] = [[]]

    def note(*given: object) -> None:
        done[-1].append(str(given[2]))

    event.listen(desk.engine, "before_cursor_execute", note)
    said = []
    for number, email in (("A-1042", EMAIL), ("A-9999", EMAIL), ("A-1042", "eve@example.org")):
        conversation = desk.store.begin()
        done.append([])
        desk.code(conversation, number, email)
        done.append([])
        with pytest.raises(CodeRefused) as refused:
            desk.identity.prove(conversation, "0000 0001", HERE)
        said.append(str(refused.value))
        done.append([])
    event.remove(desk.engine, "before_cursor_execute", note)
    asked, tried = done[1::3], done[2::3]
    assert asked[0] == asked[1] == asked[2] != []
    assert tried[0] == tried[1] == tried[2] != []
    assert len(set(said)) == 1


def test_a_mail_that_cannot_be_sent_changes_nothing_for_who_asks(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.post.is_broken = True
    assert desk.code(desk.store.begin()) == ""
    logged = capsys.readouterr().out
    assert "code_not_sent" in logged
    assert "1042" not in logged
    assert "ines" not in logged.lower()


def test_a_code_can_be_tried_five_times_and_used_once(desk: Desk) -> None:
    conversation = desk.store.begin()
    code = desk.code(conversation)
    wrong = "0000 0000" if code != "0000 0000" else "1111 1111"
    for _ in range(5):
        with pytest.raises(CodeRefused):
            desk.identity.prove(conversation, wrong, HERE)
    with pytest.raises(CodeRefused):
        desk.identity.prove(conversation, code, HERE)
    again = desk.code(conversation)
    assert desk.identity.prove(conversation, again.replace(" ", "-"), HERE)
    with pytest.raises(CodeRefused):
        desk.identity.prove(conversation, again, HERE)


def test_a_code_is_of_one_conversation_and_the_latest_counts(desk: Desk) -> None:
    mine, other = desk.store.begin(), desk.store.begin()
    first, second = desk.code(mine), desk.code(mine)
    for conversation, code in ((other, second), (mine, first), ("", second)):
        with pytest.raises(CodeRefused):
            desk.identity.prove(conversation, code, HERE)
    assert desk.identity.prove(mine, second, HERE)


def test_codes_and_proofs_end(desk: Desk) -> None:
    conversation = desk.store.begin()
    code = desk.code(conversation)
    desk.now += CODE_LIFE
    with pytest.raises(CodeRefused):
        desk.identity.prove(conversation, code, HERE)
    desk.identity.prove(conversation, desk.code(conversation), HERE)
    desk.now += PROOF_LIFE - timedelta(seconds=1)
    assert desk.owner(conversation)
    desk.now += timedelta(seconds=1)
    assert desk.owner(conversation) is None


def test_a_proof_ends_where_a_customer_signs_in_and_is_not_begun_there(desk: Desk) -> None:
    conversation = desk.store.begin()
    desk.identity.prove(conversation, desk.code(conversation), HERE)
    late = desk.store.begin()
    code = desk.code(late)
    for id in (conversation, late):
        opened = desk.store.open(id, "C-2")
        desk.store.append(Conversation(id, "C-2"), Turn("hi", "hello", desk.now), opened.thread)
    assert desk.owner(conversation) is None
    with pytest.raises(ConversationNotFound):
        desk.identity.prove(late, code, HERE)
    with pytest.raises(ConversationNotFound):
        desk.code(conversation)
    with pytest.raises(ConversationNotFound):
        desk.code("no conversation")


def test_without_a_conversation_one_begins(desk: Desk) -> None:
    id_ = desk.identity.request("", "A-1042", EMAIL, HERE)
    assert desk.store.open(id_, None).thread == Thread()


@pytest.mark.parametrize("what", ["order", "address", "client"])
def test_asking_for_codes_is_limited_for_each_order_address_and_client(desk: Desk, what: str) -> None:
    conversation, most = desk.store.begin(), 20 if what == "client" else 6

    def ask(number: int) -> None:
        desk.identity.request(
            conversation,
            "A-1042" if what == "order" else f"B-{number}",
            EMAIL if what == "address" else f"{number}@example.org",
            HERE if what == "client" else f"198.51.100.{number}",
        )

    for number in range(most):
        ask(number)
    with pytest.raises(TooManyAttempts):
        ask(most)
    desk.now += timedelta(hours=1, seconds=1)
    ask(most)


def test_guessing_codes_is_limited_for_a_client(desk: Desk) -> None:
    for number in range(30):
        with pytest.raises(CodeRefused):
            desk.identity.prove(f"conversation {number}", "0000 0000", HERE)
    conversation = desk.store.begin()
    code = desk.code(conversation)
    with pytest.raises(TooManyAttempts):
        desk.identity.prove(conversation, code, HERE)
    assert desk.identity.prove(conversation, code, "198.51.100.1")


def test_the_database_holds_no_code(desk: Desk) -> None:
    conversation = desk.store.begin()
    code = desk.code(conversation)
    with reading(desk.engine) as connection:
        stored = str(connection.execute(select(OrderCodeRow)).all())
    assert code not in stored
    assert code.replace(" ", "") not in stored
    desk.identity.prove(conversation, code, HERE)
    with reading(desk.engine) as connection:
        assert connection.execute(select(OrderCodeRow)).all() == []
        assert len(connection.execute(select(ProvedOrderRow)).all()) == 1
