"""Drafts for an agent: they differ, they are ready, they state nothing that no record says, and what becomes of them is kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.assistant import Assistant
from assistant.checking.claims import everyday_words
from assistant.conversation.store import Store
from assistant.desk.attended import Attended
from assistant.desk.case import Agent
from assistant.desk.desk import Desk
from assistant.desk.draft import DraftKind, Origin, Outcome
from assistant.desk.drafting import draft_replies
from assistant.desk.drafts import Drafts, edit_distance
from assistant.desk.past_replies import PastReplies, PastReply
from assistant.desk.state import Move
from assistant.desk.suggesting import Suggesting
from assistant.dialogue.thread import Thread
from assistant.opening import open_assistant
from assistant.reply import Reply
from assistant.settings import Settings
from retrieval.errors import SearchIndexError
from retrieval.index.encoder import Encoder
from retrieval.index.sentence_encoder import open_encoder
from retrieval.store.database import open_database
from retrieval.store.records import Records
from tests.unit.desk.desk_home import PERSON, PLANS, PRICE, RETURNS, STATUS, TENTS, make_desk_home
from tests.unit.desk.test_handing_over import ANNOUNCER
from tests.unit.scripted_model import ruled_model
from tests.unit.small_home import MAYA as CUSTOMER

MAYA = Agent("1", "Maya")
GIFT = "can you wrap it as a gift?"
WEIGHTS = "what weight is the Wren Tent? and what weight are the Tarn Boots?"
PAST = (
    PastReply("where is my parcel?", "Hello {customer.name}, order {o1.id} is {o1.status}."),
    PastReply("where is my order", "Your order {o9.id} will arrive tomorrow for $5."),
    PastReply("do you wrap presents?", "Is it for a birthday?"),
    PastReply("my phone number", "I have called you at [phone]."),
    PastReply("can you wrap it as a gift", "We wrap it as a gift."),
    PastReply("can you wrap it as a gift?", "Yes, we can do that."),
    PastReply("do you wrap gifts?", "Gifts are wrapped for free on Sundays."),
)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return make_desk_home(tmp_path_factory.mktemp("drafts"))


@pytest.fixture(scope="module")
def assistant(settings: Settings) -> Iterator[Assistant]:
    words = everyday_words(settings.data / "models" / "conversation")
    plans = {
        **PLANS,
        GIFT: "policy: gift wrapping",
        WEIGHTS: "hand_over upset\ndetails [Wren Tent]: what weight is the tent\ndetails [Tarn Boots]: what weight are the boots",
    }
    with ruled_model(plans), pytest.MonkeyPatch.context() as patch:
        patch.setattr("assistant.opening.everyday_words", lambda folder: words)
        yield open_assistant(settings)


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return open_encoder()


def drafted(assistant: Assistant, message: str, past: PastReplies | None = None, is_known: bool = True):  # type: ignore[no-untyped-def]
    customer = CUSTOMER if is_known else None
    return {
        draft.kind: draft
        for draft in draft_replies(assistant.serving, past, Thread(), message, customer, threading.Event()).drafts
    }


def test_three_drafts_answer_ask_and_act(assistant: Assistant) -> None:
    found = drafted(assistant, STATUS)
    assert list(found) == [DraftKind.ANSWER, DraftKind.ASK, DraftKind.ACT]
    assert "FF-21087" in found[DraftKind.ANSWER].text
    assert found[DraftKind.ASK].text.endswith("?")
    assert found[DraftKind.ACT].text == "I can look into order FF-21087 for you right now. Shall I do that?"
    assert {fact.record for fact in found[DraftKind.ANSWER].facts} >= {"order:FF-21087"}
    assert found[DraftKind.ANSWER].why.plan == ({"order": {"what": "status"}},)


@pytest.mark.parametrize("message", [PRICE, TENTS, RETURNS, STATUS, PERSON, GIFT])
def test_drafts_differ_and_none_is_empty(assistant: Assistant, message: str) -> None:
    found = drafted(assistant, message)
    texts = [draft.text for draft in found.values()]
    assert len(set(texts)) == len(texts) >= 2
    assert all(text.strip() for text in texts)


def test_an_answer_names_the_page_that_it_quotes(assistant: Assistant) -> None:
    assert drafted(assistant, RETURNS)[DraftKind.ANSWER].sources == ("Returning an item",)


def test_each_line_stays_with_its_question_when_the_hand_over_before_it_is_left_out(assistant: Assistant) -> None:
    answer = drafted(assistant, WEIGHTS)[DraftKind.ANSWER]
    assert [next(iter(step)) for step in answer.why.plan] == ["details", "details"]
    assert answer.text == "The Wren Tent weighs 1.1 kg. The Tarn Boots weigh 900 g."


def test_who_asks_for_a_person_alone_is_greeted(assistant: Assistant) -> None:
    assert drafted(assistant, PERSON)[DraftKind.ANSWER].text.startswith("Hello Maya, thank you")
    assert drafted(assistant, PERSON, is_known=False)[DraftKind.ANSWER].text.startswith("Hello, thank you")


def test_what_no_page_says_is_not_an_answer(assistant: Assistant) -> None:
    assert DraftKind.ANSWER not in drafted(assistant, GIFT)


def test_a_visitor_gets_no_draft_from_somebodys_order(assistant: Assistant) -> None:
    assert all("FF-21087" not in draft.text for draft in drafted(assistant, STATUS, is_known=False).values())


def test_past_replies_are_filled_anew_and_invented_facts_left_out(
    assistant: Assistant, tmp_path: Path, encoder: Encoder
) -> None:
    PastReplies.build(tmp_path, PAST, encoder)
    past = PastReplies.open(tmp_path, encoder)
    assert past is not None
    found = drafted(assistant, STATUS, past)
    assert found[DraftKind.ANSWER].origin is Origin.ASSISTANT or "FF-21087" in found[DraftKind.ANSWER].text
    gift = drafted(assistant, GIFT, past)
    texts = [draft.text for each in (found, gift) for draft in each.values()]
    assert all("wrap" not in text and "Yes" not in text for text in texts)
    assert not any("tomorrow" in text or "$5" in text or "[phone]" in text or "{" in text for text in texts)
    near = past.nearest("where is my parcel?", 4)
    assert near[0].past == PAST[0]
    assert near[0].nearness > 0.99


def test_a_reply_that_fits_is_found_behind_another_message(tmp_path: Path, encoder: Encoder) -> None:
    fitting = PastReply("one more thing", "The red tent is 12 feet wide, so it fits four people.")
    others = [PastReply(f"question {number} about my bill", "Your bill is paid.") for number in range(40)]
    PastReplies.build(tmp_path, [*others, fitting], encoder)
    past = PastReplies.open(tmp_path, encoder)
    assert past is not None
    best = past.nearest("how wide is the red tent?", 3)[0]
    assert best.past == fitting
    assert best.fit > best.nearness


def test_a_very_near_reply_of_a_person_comes_first(assistant: Assistant, tmp_path: Path, encoder: Encoder) -> None:
    PastReplies.build(tmp_path, [PastReply(STATUS, "Hello {customer.name}, order {o1.id} is {o1.status}.")], encoder)
    answer = drafted(assistant, STATUS, PastReplies.open(tmp_path, encoder))[DraftKind.ANSWER]
    assert answer.origin is Origin.PAST
    assert answer.text == "Hello Maya, order FF-21087 is on its way."
    assert {fact.key for fact in answer.facts} == {"customer.name", "o1.id", "o1.status"}


def test_a_new_build_takes_the_place_of_the_old_one(tmp_path: Path, encoder: Encoder) -> None:
    assert PastReplies.open(tmp_path, encoder) is None
    PastReplies.build(tmp_path, PAST, encoder)
    PastReplies.build(tmp_path, PAST[:1], encoder)
    opened = PastReplies.open(tmp_path, encoder)
    assert opened is not None
    assert len(opened) == 1
    (tmp_path / "replies" / "current").write_text("gone")
    assert PastReplies.open(tmp_path, encoder) is None
    PastReplies.build(tmp_path, PAST, encoder)
    name = (tmp_path / "replies" / "current").read_text()
    (tmp_path / "replies" / name / "replies.jsonl").write_text('{"message": 1')
    with pytest.raises(SearchIndexError, match="cannot be read"):
        PastReplies.open(tmp_path, encoder)
    PastReplies.build(tmp_path, PAST, encoder)
    name = (tmp_path / "replies" / "current").read_text()
    (tmp_path / "replies" / name / "mean.npy").unlink()
    with pytest.raises(SearchIndexError, match="an older Aisle wrote them"):
        PastReplies.open(tmp_path, encoder)


class Case:
    """A case with drafts over the real parts."""

    def __init__(self, assistant: Assistant, settings: Settings) -> None:
        engine = open_database(settings.resolved_database_url)
        self.desk, self.drafts, self.store = Desk(engine), Drafts(engine), Store(engine)
        self.suggesting = Suggesting(
            self.desk, self.drafts, self.store, Records(engine), lambda: assistant.serving, lambda: None
        )
        self.attended = Attended(assistant, self.desk, ANNOUNCER)
        self.attended = replace(
            self.attended,
            announcer=replace(
                ANNOUNCER, hours=replace(ANNOUNCER.hours, spans=tuple((day, 0, 1440) for day in range(7)))
            ),
        )
        self.id = ""

    def say(self, message: str) -> None:
        *_, reply = self.attended.reply(message, self.id or None, "C-1")
        assert isinstance(reply, Reply)
        self.id = reply.conversation_id


@pytest.fixture
def case(assistant: Assistant, settings: Settings) -> Iterator[Case]:
    made = Case(assistant, settings)
    yield made
    made.suggesting.close()


def test_drafts_answer_what_was_asked_before_the_person_and_are_made_once(case: Case) -> None:
    case.say(STATUS)
    case.say(PERSON)
    assert case.suggesting.make(case.id)
    assert not case.suggesting.make(case.id)
    assert "FF-21087" in case.drafts.open(case.id)[0].text


def test_of_two_processes_that_draft_for_one_message_the_first_keeps_its_drafts(case: Case) -> None:
    case.say(PRICE)
    case.say(PERSON)
    drafted = draft_replies(case.suggesting._serving(), None, Thread(), PRICE, None, threading.Event())
    case.drafts.add(case.id, "turn 2", PRICE, drafted, 1.0)
    before = case.drafts.open(case.id)
    case.drafts.add(case.id, "turn 2", PRICE, drafted, 1.0)
    assert before
    assert case.drafts.open(case.id) == before


def test_a_new_message_brings_new_drafts_and_the_old_ones_count_as_ignored(case: Case) -> None:
    case.say(STATUS)
    case.say(PERSON)
    case.suggesting.make(case.id)
    before = {draft.id for draft in case.drafts.open(case.id)}
    case.say(PRICE)
    assert case.suggesting.make(case.id)
    after = case.drafts.open(case.id)
    assert before.isdisjoint({draft.id for draft in after})
    assert "$269" in after[0].text
    mine = [each for each in case.drafts.decided() if each.conversation_id == case.id]
    assert {each.outcome for each in mine} == {Outcome.IGNORED}


def test_what_an_agent_does_with_a_draft_is_kept(case: Case) -> None:
    case.say(STATUS)
    case.say(PERSON)
    case.suggesting.make(case.id)
    case.desk.move(case.id, Move.TAKE, MAYA)
    answer, ask, act = case.drafts.open(case.id)
    case.drafts.refuse(case.id, MAYA, ask.id)
    text = answer.text + " Bye!"
    case.desk.say(case.id, MAYA, text)
    case.drafts.sent(case.id, MAYA, text, answer.id, 12.5)
    assert case.drafts.open(case.id) == ()
    kept = {each.kind: each for each in case.drafts.decided() if each.conversation_id == case.id}
    assert kept[DraftKind.ANSWER].outcome is Outcome.EDITED
    assert (kept[DraftKind.ANSWER].distance, kept[DraftKind.ANSWER].seconds) == (5, 12.5)
    assert kept[DraftKind.ANSWER].message == STATUS
    assert kept[DraftKind.ASK].outcome is Outcome.REFUSED
    assert kept[act.kind].outcome is Outcome.IGNORED
    assert kept[act.kind].sent == text
    assert not case.suggesting.make(case.id)  # the last word is the agent's


def test_aisle_knows_afterwards_what_the_person_answered(case: Case) -> None:
    case.say(PERSON)
    case.desk.move(case.id, Move.TAKE, MAYA)
    case.say(PRICE)
    case.suggesting.make(case.id)
    case.desk.say(case.id, MAYA, "It is {cheap}, <|im_end|> really.")
    thread = case.store.open(case.id, "C-1").thread
    assert thread.turns[-1].message == PRICE
    assert thread.turns[-1].reply == "It is (cheap), < |im_end|> really."
    assert thread.shown == ("wren",)
    assert thread.misses == 0


@given(st.text(max_size=12), st.text(max_size=12))
def test_the_edit_distance_is_a_metric_with_known_values(one: str, other: str) -> None:
    assert edit_distance("kitten", "sitting") == 3
    assert edit_distance(one, other) == edit_distance(other, one)
    assert (edit_distance(one, other) == 0) == (one == other)
    assert edit_distance(one, "") == len(one)
    assert abs(len(one) - len(other)) <= edit_distance(one, other) <= max(len(one), len(other))
