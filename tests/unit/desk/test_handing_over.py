"""When a conversation goes to a person, and what the customer is told: only what the queue, the hours and the policy say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from assistant.actions.policy import People
from assistant.actions.policy_file import read_policy
from assistant.actions.refusal import Reason, Refusal
from assistant.conversation.conversation import Conversation, Turn
from assistant.conversation.store import Store
from assistant.conversation.why import Why
from assistant.desk.attended import Attended
from assistant.desk.case import Agent, Cause, EntryKind
from assistant.desk.desk import Desk, Wait
from assistant.desk.handing_over import Announcer, cause_of, email_in
from assistant.desk.state import Move, State
from assistant.dialogue.need import Need
from assistant.evidence.brief import Brief, Note
from assistant.evidence.change_result import ChangeResult
from assistant.evidence.change_result import State as ChangeState
from assistant.hours import Hours
from assistant.planning.plan import Change, Find, HandOver, Plan, Step, Talk
from assistant.reply import Reply, ReplyEvent, Sentence
from assistant.shown import Shown
from retrieval.catalog.customer import Customer
from retrieval.errors import ConversationNotFound, SettingsError
from tests.unit.small_shop import SMALL_SHOP

BERLIN = ZoneInfo("Europe/Berlin")
HOURS = Hours.parse("Mon-Fri 09:00-17:00, Sat 10:00-14:00", BERLIN, [date(2026, 12, 25)])
PEOPLE = People(hours="Mon-Fri 09:00-17:00, Sat 10:00-14:00", email_within="within one business day")
ANNOUNCER = Announcer(PEOPLE, HOURS)
MONDAY = datetime(2026, 11, 30, 10, 0, tzinfo=BERLIN)
SUNDAY = datetime(2026, 11, 29, 10, 0, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("moment", "closes", "opens"),
    [
        (MONDAY, MONDAY.replace(hour=17), MONDAY.replace(day=1, month=12, hour=9)),
        (SUNDAY, None, MONDAY.replace(hour=9)),
        (MONDAY.replace(hour=17), None, MONDAY.replace(day=1, month=12, hour=9)),
        (datetime(2026, 12, 25, 12, 0, tzinfo=BERLIN), None, datetime(2026, 12, 26, 10, 0, tzinfo=BERLIN)),
        (datetime(2026, 11, 30, 8, 30, tzinfo=UTC), MONDAY.replace(hour=17), MONDAY.replace(day=1, month=12, hour=9)),
    ],
)
def test_hours_open_and_close_by_the_shops_clock(moment: datetime, closes: datetime | None, opens: datetime) -> None:
    assert HOURS.closes(moment) == closes
    assert HOURS.opens(moment) == opens
    assert HOURS.is_open(moment) == (closes is not None)


def test_always_is_always() -> None:
    always = Hours.parse("always", UTC)
    assert all(always.is_open(SUNDAY + timedelta(minutes=7 * step)) for step in range(1500))


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC)))
def test_the_next_opening_is_open_and_nothing_before_it_is(moment: datetime) -> None:
    opens = HOURS.opens(moment)
    assert opens is not None
    assert opens > moment
    assert HOURS.is_open(opens)
    assert not HOURS.is_open(opens - timedelta(minutes=1))


@pytest.mark.parametrize("written", ["Mon-Fri", "Mo 9:00-17:00", "Mon 17:00-09:00", "Mon 09:00-24:30", "Mon 9-17"])
def test_hours_that_cannot_be_read_are_refused_with_their_line(written: str, tmp_path: Path) -> None:
    path = tmp_path / "policy.md"
    path.write_text(f"---\ncancel:\n  when: [processing]\npeople:\n  hours: {written}\n---\n")
    with pytest.raises(SettingsError, match=r"policy\.md, line 5: people\.hours"):
        read_policy(path)


@pytest.mark.parametrize(
    ("steps", "was_offered", "cause"),
    [
        ((HandOver(reason="asked"),), False, Cause.ASKED),
        ((Find(kind="tents"), HandOver(reason="upset")), False, Cause.UPSET),
        ((HandOver(reason="rule"),), True, Cause.RULE),
        ((HandOver(reason="cannot_help"),), False, None),
        ((HandOver(reason="cannot_help"),), True, None),
        ((HandOver(reason="asked"),), True, Cause.FAILED_TWICE),
        ((Find(kind="tents"),), True, None),
    ],
)
def test_a_cause_is_asked_upset_a_rule_or_a_yes_to_an_offer(
    steps: tuple[Step, ...], was_offered: bool, cause: Cause | None
) -> None:
    assert cause_of(Plan(steps=steps), Brief(), "well", was_offered=was_offered) is cause


@pytest.mark.parametrize(("reason", "cause"), [(Reason.NEEDS_PERSON, Cause.RULE), (Reason.WINDOW_OVER, None)])
def test_a_change_that_the_policy_leaves_to_people_is_a_cause(reason: Reason, cause: Cause | None) -> None:
    change = ChangeResult(
        ChangeState.REFUSED, refusal=Refusal(reason=reason, text="A person at the shop looks at this.")
    )
    assert (
        cause_of(Plan(steps=(Change(what="return"),)), Brief(change=change), "it is broken", was_offered=False) is cause
    )


@pytest.mark.parametrize(
    ("message", "is_angry"),
    [
        ("this is ridiculous, third time i ask", True),
        ("nobody answers my mails", True),
        ("I've called twice and no one picks up", True),
        ("what a joke of a shop", True),
        ("tell me a joke", False),
        ("the last time I bought a tent it was great", False),
        ("is there a service for boots?", False),
    ],
)
def test_anger_in_so_many_words_is_a_cause(message: str, is_angry: bool) -> None:
    assert cause_of(Plan(steps=(Find(kind="tents"),)), Brief(), message, was_offered=False) is (
        Cause.UPSET if is_angry else None
    )


def test_within_the_hours_the_place_and_the_measured_time_are_said() -> None:
    told = ANNOUNCER.hand_over(Cause.ASKED, Wait(2, 7), MONDAY, False)
    assert not told.by_email
    assert "number 2 in line" in told.text
    assert "about 10 minutes" in told.text
    assert "17:00" not in told.text
    late = ANNOUNCER.hand_over(Cause.ASKED, Wait(1, 30), MONDAY.replace(hour=16, minute=45), False)
    assert "later than 17:00" in late.text


def test_no_time_is_said_that_was_not_measured() -> None:
    assert "about" not in ANNOUNCER.hand_over(Cause.RULE, Wait(1, None), MONDAY, False).text


def test_outside_the_hours_an_address_is_asked_for_and_only_the_policy_promises() -> None:
    told = ANNOUNCER.hand_over(Cause.ASKED, Wait(1, 3), SUNDAY, False)
    assert told.by_email
    assert "tomorrow at 09:00" in told.text
    assert "e-mail address at which" in told.text
    assert "within one business day" in told.text
    silent = Announcer(People(hours=PEOPLE.hours), HOURS).hand_over(Cause.ASKED, Wait(1, 3), SUNDAY, True)
    assert "of your account" in silent.text
    assert "within" not in silent.text


def test_an_address_is_found_in_a_message() -> None:
    assert email_in("sure, it's maya.o@post.example, thanks") == "maya.o@post.example"
    assert email_in("no thanks") == ""


class PlannedAssistant:
    """Keeps real conversations; the plan for a message is what the test says."""

    catalog = SMALL_SHOP

    def __init__(self, engine: Engine) -> None:
        self._store = Store(engine)
        self.steps: dict[str, Step] = {}

    def conversation(self, conversation_id: str, customer_id: str | None = None) -> Conversation:
        return self._store.open(conversation_id, customer_id)

    def customer(self, customer_id: str) -> Customer | None:
        return Customer(customer_id, "Maya Okafor", "maya@post.example")

    def reply(
        self, message: str, conversation_id: str | None = None, customer_id: str | None = None, cancelled: object = None,
        earlier: Sequence[str] = (), page: str = "", press: object = None, *, hands_over: bool = False, after: str = "",
    ) -> Iterator[ReplyEvent]:  # fmt: skip
        conversation = self._store.open(conversation_id, customer_id)
        brief = Brief(notes=(Note.PERSON_OFFERED,) if "huh" in message else ())
        plan = Plan(steps=(self.steps.get(message, Talk(about="ok")),))
        thread = replace(
            conversation.thread,
            need=Need(use="camping"),
            shown=("wren",),
        )
        yield Sentence("Fine.")
        turn = Turn(message, "Fine.", datetime.now(UTC), why=Why.of(plan, brief, "Fine."))
        stored = self._store.append(conversation, turn, thread).turns[-1]
        yield Reply(conversation.id, "Fine.", "Fine.", plan, brief, Shown(), False, {}, turn=stored.number)


class Chat:
    """One customer's conversation with people behind the assistant; `now` is the moment."""

    def __init__(self, engine: Engine) -> None:
        self.assistant, self.desk = PlannedAssistant(engine), Desk(engine)
        self.now, self.noticed = MONDAY, list[str]()
        self.attended = Attended(self.assistant, self.desk, ANNOUNCER, self.noticed.append, lambda: self.now)
        self.id: str | None = None

    def say(self, message: str, step: Step | None = None, customer_id: str | None = None) -> Reply:
        if step is not None:
            self.assistant.steps[message] = step
        *_, reply = self.attended.reply(message, self.id, customer_id)
        assert isinstance(reply, Reply)
        self.id = reply.conversation_id
        return reply

    def state(self) -> State | None:
        case = self.desk.case(self.id or "")
        return case.state if case else None


@pytest.fixture
def chat(engine: Engine) -> Chat:
    return Chat(engine)


MAYA = Agent("1", "Maya")
PERSON = HandOver(reason="asked")


def test_a_hand_over_is_said_summed_up_and_then_aisle_is_silent(chat: Chat) -> None:
    chat.say("tents for camping", Find(kind="tents"))
    reply = chat.say("a person please", PERSON)
    assert reply.text.startswith("Fine. I am handing you over to a person. You are first in line.")
    case = chat.desk.case(reply.conversation_id)
    assert case is not None
    assert case.summary.need == "use camping"
    assert case.summary.products == ("Wren Tent",)
    assert case.summary.last_message == "a person please"
    assert case.summary.plan == ("hand over: reason asked",)
    silent = chat.say("hello?")
    assert silent.is_passed_on
    assert silent.turn == 0
    assert len(chat.assistant.conversation(reply.conversation_id).turns) == 2
    assert [entry.text for entry in chat.desk.entries(reply.conversation_id)][-1] == "hello?"
    assert chat.noticed == [reply.conversation_id] * 2


def test_handing_back_is_explicit_and_does_not_loop(chat: Chat) -> None:
    id = chat.say("a person please", PERSON).conversation_id
    chat.desk.move(id, Move.TAKE, MAYA)
    assert chat.say("are you Maya?").answerer is not None
    chat.desk.say(id, MAYA, "Yes!")
    chat.desk.move(id, Move.HAND_BACK, MAYA)
    assert chat.say("huh one").text == "Fine."
    assert chat.state() is State.ASSISTANT
    assert chat.say("yes", PERSON).answerer is not None
    assert chat.state() is State.WAITING


def test_an_offer_hands_nothing_over_until_the_customer_says_yes(chat: Chat) -> None:
    chat.say("huh one")
    assert chat.state() is None
    assert chat.say("and do you have tents?", Find(kind="tents")).text == "Fine."
    assert chat.state() is None
    chat.say("huh two")
    id = chat.say("yes please", PERSON).conversation_id
    case = chat.desk.case(id)
    assert case is not None
    assert (case.cause, case.state) == (Cause.FAILED_TWICE, State.WAITING)
    chat.desk.move(id, Move.RESUME)
    chat.say("a person please", PERSON)
    case = chat.desk.case(id)
    assert case is not None
    assert case.cause is Cause.ASKED


def test_a_conversation_is_handed_over_only_so_often(chat: Chat) -> None:
    for _ in range(PEOPLE.most):
        id = chat.say("a person please", PERSON).conversation_id
        assert chat.state() is State.WAITING
        chat.desk.move(id, Move.RESUME)
    assert chat.say("a person please", PERSON).text == "Fine."
    assert chat.state() is State.ASSISTANT


def test_outside_the_hours_aisle_stays_and_takes_an_address(chat: Chat) -> None:
    chat.now = SUNDAY
    id = chat.say("a person please", PERSON).conversation_id
    assert chat.say("and what tents do you have?").text == "Fine."
    thanks = chat.say("ok, maya@post.example")
    assert (
        thanks.text
        == "Thank you. The team answers at maya@post.example. You will get an answer within one business day."
    )
    again = chat.say("a person please", PERSON)
    assert again.text.endswith("with the team already.")
    case = chat.desk.case(id)
    assert case is not None
    assert (case.email, case.handed_over, case.state) == ("maya@post.example", 1, State.WAITING)


def test_a_signed_in_customer_is_answered_at_the_address_of_the_account(chat: Chat) -> None:
    chat.now = SUNDAY
    id = chat.say("a person please", PERSON, "C-1").conversation_id
    case = chat.desk.case(id)
    assert case is not None
    assert case.email == "maya@post.example"


def test_a_closed_conversation_opens_with_the_next_message(chat: Chat) -> None:
    id = chat.say("a person please", PERSON).conversation_id
    chat.desk.move(id, Move.TAKE, MAYA)
    chat.desk.move(id, Move.CLOSE, MAYA, said="answered by phone")
    assert chat.say("one more thing").text == "Fine."
    assert chat.state() is State.ASSISTANT
    assert [entry.text for entry in chat.desk.entries(id) if entry.kind is EntryKind.NOTE] == ["answered by phone"]


def test_nobody_else_reads_or_writes_in_the_conversation(chat: Chat) -> None:
    id = chat.say("a person please", PERSON, "C-1").conversation_id
    with pytest.raises(ConversationNotFound):
        list(chat.attended.reply("let me in", id, "C-2"))
    assert [entry.kind for entry in chat.desk.entries(id)] == [EntryKind.EVENT, EntryKind.AISLE]


def test_a_face_that_cannot_show_people_hands_nothing_over(chat: Chat, engine: Engine) -> None:
    plain = replace(chat.attended, hands_over=False)
    chat.assistant.steps["a person please"] = PERSON
    *_, reply = plain.reply("a person please")
    assert isinstance(reply, Reply)
    assert reply.text == "Fine."
    assert chat.desk.case(reply.conversation_id) is None
    chat.say("a person please", PERSON)
    *_, reply = plain.reply("hello?", chat.id)
    assert isinstance(reply, Reply)
    assert reply.is_passed_on
    assert reply.text == "Your message is passed on to the person who will answer."
