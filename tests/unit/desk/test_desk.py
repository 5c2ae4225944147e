"""The desk's state machine, in a real database."""

from __future__ import annotations

import shutil
import tempfile
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine

from assistant.conversation.conversation import Conversation, Turn
from assistant.conversation.store import Store
from assistant.desk.case import Agent, Cause, EntryKind, Summary
from assistant.desk.desk import Desk, visible
from assistant.desk.state import MOVES, OF_THE_AGENT, Move, MoveRefused, State, moved
from assistant.dialogue.thread import Thread
from retrieval.errors import ConversationNotFound
from retrieval.store.database import open_database

MAYA, NOOR = Agent("1", "Maya"), Agent("2", "Noor")
AGENTS = st.sampled_from([MAYA, NOOR])


def begun(engine: Engine, customer_id: str | None = "C-1") -> Conversation:
    store = Store(engine)
    turn = Turn("I want a person", "Of course.", datetime(2026, 11, 29, tzinfo=UTC))
    return store.append(store.open(None, customer_id), turn, Thread())


def handed_over(engine: Engine) -> tuple[Desk, str]:
    desk, conversation = Desk(engine), begun(engine)
    desk.hand_over(conversation.id, Cause.ASKED, Summary(need="a tent"), "You are first in line.")
    return desk, conversation.id


class Conversations(RuleBasedStateMachine):
    """Customers, two agents and Aisle do whatever they like in one conversation; the table of moves decides what happens."""

    @initialize(by_email=st.booleans())
    def begin(self, by_email: bool) -> None:
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(TEMPLATE[0], self.folder / "aisle.db")
        self.engine = open_database(f"sqlite:///{self.folder / 'aisle.db'}")
        self.desk, self.id = Desk(self.engine), begun(self.engine).id
        self.state, self.holder, self.by_email = State.ASSISTANT, "", by_email
        self.said: list[tuple[EntryKind, str]] = []
        self.version = 0

    def teardown(self) -> None:
        if hasattr(self, "engine"):
            self.engine.dispose()
            shutil.rmtree(self.folder)

    @rule(cause=st.sampled_from(Cause))
    def hand_over(self, cause: Cause) -> None:
        self._move(
            Move.HAND_OVER,
            "",
            lambda: self.desk.hand_over(self.id, cause, Summary(), "One moment.", by_email=self.by_email),
        )

    @rule(agent=AGENTS)
    def take(self, agent: Agent) -> None:
        self._move(Move.TAKE, agent.id, lambda: self.desk.move(self.id, Move.TAKE, agent))

    @rule(agent=AGENTS, to=AGENTS)
    def transfer(self, agent: Agent, to: Agent) -> None:
        self._move(Move.TRANSFER, to.id, lambda: self.desk.move(self.id, Move.TRANSFER, agent, to=to), agent)

    @rule(agent=AGENTS, move=st.sampled_from([Move.RELEASE, Move.HAND_BACK, Move.CLOSE]))
    def let_go(self, agent: Agent, move: Move) -> None:
        self._move(move, "", lambda: self.desk.move(self.id, move, agent), agent)

    @rule(move=st.sampled_from([Move.RESUME, Move.REOPEN]))
    def by_the_customer(self, move: Move) -> None:
        self._move(move, "", lambda: self.desk.move(self.id, move))

    @rule(agent=AGENTS, text=st.sampled_from(["Hello!", "<b>Hi</b>", " "]))
    def say(self, agent: Agent, text: str) -> None:
        try:
            self.desk.say(self.id, agent, text)
        except (MoveRefused, ConversationNotFound):
            assert not (self.state is State.WITH_AGENT and self.holder == agent.id and text.strip())
        else:
            assert self.state is State.WITH_AGENT
            assert self.holder == agent.id
            self.said.append((EntryKind.AGENT, text))

    @rule()
    def hear(self) -> None:
        is_silent = self.state is State.WITH_AGENT or (self.state is State.WAITING and not self.by_email)
        kept = self.desk.hear(self.id, "are you there?", "C-1")
        assert (kept is not None) == is_silent
        if is_silent:
            self.said.append((EntryKind.CUSTOMER, "are you there?"))

    @invariant()
    def the_database_agrees(self) -> None:
        case, entries = self.desk.case(self.id), self.desk.entries(self.id)
        assert (case.state if case else State.ASSISTANT) is self.state
        assert (case.agent.id if case and case.agent else "") == self.holder
        assert (case is not None and case.is_silent) == (
            self.state is State.WITH_AGENT or (self.state is State.WAITING and not case.by_email)  # type: ignore[union-attr]
        )
        assert [(each.kind, each.text) for each in entries if each.kind is not EntryKind.EVENT] == self.said
        replayed = State.ASSISTANT
        for each in entries:
            if each.kind is EntryKind.EVENT:
                replayed = MOVES[replayed, Move(each.text)]
        assert replayed is self.state
        is_open = self.id in {each.conversation_id for each in self.desk.open_cases()}
        assert is_open == (self.state in (State.WAITING, State.WITH_AGENT))

    def _move(self, move: Move, holder: str, act, agent: Agent | None = None) -> None:  # type: ignore[no-untyped-def]
        is_anothers = (
            move in OF_THE_AGENT and self.state is State.WITH_AGENT and (agent is None or self.holder != agent.id)
        )
        is_allowed = (self.state, move) in MOVES and not is_anothers
        before = self.desk.case(self.id)
        try:
            act()
        except (MoveRefused, ConversationNotFound):
            assert not is_allowed
            assert self.desk.case(self.id) == before
            return
        assert is_allowed
        self.state, self.holder = moved(self.state, move), holder
        if move is Move.HAND_OVER:
            self.said.append((EntryKind.AISLE, "One moment."))
        if self.state is State.WAITING and move is Move.RELEASE:
            self.by_email = False
        after = self.desk.case(self.id)
        assert after is not None
        assert after.version == (before.version if before else 0) + 1


TEMPLATE: list[Path] = []


def test_every_history_follows_the_table_of_moves(sqlite_template: Path) -> None:
    TEMPLATE[:] = [sqlite_template]
    run_state_machine_as_test(Conversations, settings=settings(max_examples=25, stateful_step_count=20, deadline=None))


def test_of_two_agents_who_take_at_once_one_gets_it(engine: Engine) -> None:
    desk, id = handed_over(engine)
    start, outcomes = threading.Barrier(2), list[str]()

    def take(agent: Agent) -> None:
        start.wait()
        try:
            desk.move(id, Move.TAKE, agent)
            outcomes.append(agent.name)
        except MoveRefused:
            outcomes.append("refused")

    threads = [threading.Thread(target=take, args=[agent]) for agent in (MAYA, NOOR)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    case = desk.case(id)
    assert case is not None
    assert case.agent is not None
    assert sorted(outcomes) == sorted([case.agent.name, "refused"])


def test_a_customer_sees_no_note_and_not_anothers_conversation(engine: Engine) -> None:
    desk, id = handed_over(engine)
    desk.note(id, MAYA, "has called twice")
    assert [entry.text for entry in visible(desk.entries(id))] == [Move.HAND_OVER, "You are first in line."]
    with pytest.raises(ConversationNotFound):
        desk.hear(id, "let me in", "C-2")
    assert desk.hear("\x00", "hello", None) is None


def test_a_wait_is_counted_from_the_queue_and_from_measured_cases(engine: Engine) -> None:
    desk, first = handed_over(engine)
    second = begun(engine).id
    assert (desk.wait(first).place, desk.wait(second).place, desk.wait().minutes) == (1, 2, None)
    for _ in range(3):
        _, id = handed_over(engine)
        desk.move(id, Move.TAKE, MAYA)
        desk.move(id, Move.CLOSE, MAYA, said="answered")
    assert desk.wait(first).minutes == 1
    assert desk.wait(second).place == 2
    desk.be_present(NOOR)
    desk.be_present(MAYA)
    desk.be_present(MAYA)
    assert desk.present() == (MAYA, NOOR)


def test_whoever_waits_longest_comes_first_and_mail_comes_last(engine: Engine) -> None:
    desk = Desk(engine)
    ids = [begun(engine).id for _ in range(3)]
    for place, id in enumerate(ids):
        desk.hand_over(id, Cause.ASKED, Summary(), "…", by_email=place == 0)
    desk.move(ids[1], Move.TAKE, MAYA)
    desk.move(ids[1], Move.RELEASE, MAYA)
    assert [case.conversation_id for case in desk.open_cases()] == [ids[1], ids[2], ids[0]]


def test_an_address_is_kept_once_it_is_awaited(engine: Engine) -> None:
    desk, id = Desk(engine), begun(engine).id
    assert desk.leave_email(id, "me@post.example", "me@post.example", "Thank you.") is None
    desk.hand_over(id, Cause.ASKED, Summary(), "…", by_email=True)
    case = desk.leave_email(id, "it is me@post.example", "me@post.example", "Thank you.")
    assert case is not None
    assert case.email == "me@post.example"
    assert [entry.text for entry in desk.entries(id)][-2:] == ["it is me@post.example", "Thank you."]
