"""Replay: transcripts become examples by the very steps of a live turn, and what nothing bears is left out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from assistant.build import dialogue_of
from assistant.checking.claims import REFERENCE, ClaimsChecker
from assistant.dialogue.thread import Thread
from assistant.planning.plan import Find
from assistant.privacy.known import Known
from assistant.privacy.masker import Masker
from assistant.reading.verdict import Verdict
from assistant.turn import Dialogue, TurnReply
from finetune.human_reply import Reason, sentences
from finetune.live_shop import LiveShop
from finetune.masking import masked
from finetune.replay import Dropped, Replay, ReplayCounts
from finetune.replayed import Replayed
from finetune.replaying import replayed
from finetune.transcripts.transcript import Role, Transcript, TranscriptMessage
from tests.unit.scripted_speaker import ScriptedSpeaker
from tests.unit.small_home import MAYA, SAM, make_home
from tests.unit.test_turn import MarkedReader

TENT, WEIGHT = "details [wren]: price", "details [wren]: how heavy"
POLICY, ORDER = "policy: returns", "order status"
EVERYDAY = frozenset(["hello", "good", "choic", "help", "welcom", "light", "water", "hik"])


def moment() -> datetime:
    return datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> LiveShop:
    return LiveShop.open(make_home(tmp_path_factory.mktemp("shop"), shop_name="Fern & Fell"))


@pytest.fixture
def reader() -> MarkedReader:
    return MarkedReader({"within 30 days": Verdict.SUPPORTS, "Weight": Verdict.SUPPORTS})


@pytest.fixture
def speaker() -> ScriptedSpeaker:
    return ScriptedSpeaker()


@pytest.fixture
def replay(shop: LiveShop, speaker: ScriptedSpeaker, reader: MarkedReader) -> Replay:
    dialogue = dialogue_of(
        shop.catalog, shop.shop, shop.search, shop.actions, shop.encoder, speaker, reader, EVERYDAY, moment
    )
    return Replay(dialogue, ClaimsChecker(shop.catalog, EVERYDAY), shop.records.customer, Masker(Known.of([MAYA, SAM])))


def transcript(*texts: str, customer_id: str = "", id: str = "t", people: tuple[str, ...] = ()) -> Transcript:
    roles = (Role.CUSTOMER, Role.AGENT)
    messages = tuple(TranscriptMessage(roles[place % 2], text) for place, text in enumerate(texts))
    return Transcript(id, messages, customer_id, people=people)


def outcomes(replay: Replay, talk: Transcript, *plans: str) -> tuple[list[Replayed | Dropped], ReplayCounts]:
    speaker, counts = replay.dialogue.planner._speaker, ReplayCounts()  # type: ignore[attr-defined]
    speaker.texts = list(plans)
    return list(replay.turns(talk, counts)), counts


def only(replay: Replay, plan: str, message: str, reply: str, customer_id: str = "") -> Replayed | Dropped:
    (outcome,), _ = outcomes(replay, transcript(message, reply, customer_id=customer_id), plan)
    return outcome


def test_a_replayed_turn_is_the_live_one_up_to_its_reply(replay: Replay, speaker: ScriptedSpeaker) -> None:
    dialogue: Dialogue = replay.dialogue
    plans = [TENT, "find boots", POLICY]
    messages = ["how much is the wren tent?", "and boots?", "what is your return policy?"]
    replies = ["Good choice. The {p1.name} is {p1.price}.", "The {p1.name} is {p1.price}.", "{l1}"]
    thread, live, texts = Thread(), [], []
    for plan, message, written in zip(plans, messages, replies, strict=True):
        speaker.texts = [plan, written]
        last = [event for event in dialogue.reply(message, thread)][-1]
        assert isinstance(last, TurnReply)
        live.append((last.thread.turns, last.written))
        thread = last.thread
        texts += [message, last.text]
    made, counts = outcomes(replay, transcript(*texts), *plans)
    assert counts.whole == 3
    for turn, (turns, written) in zip(made, live, strict=True):
        assert isinstance(turn, Replayed)
        assert _slots(turn.reply) == _slots(written)
        assert [(t.message, t.plan, t.brief) for t in turn.turns] == [(t.message, t.plan, t.brief) for t in turns]


def _slots(written: str) -> list[str]:
    """What a reply refers to, lines in whatever form they are told."""
    return [key.replace(".quote", "").replace(".clause", "") for key in REFERENCE.findall(written)]


def test_a_persons_facts_become_references(replay: Replay) -> None:
    plan = "details [wren]: how heavy is it"
    made = only(replay, plan, "how heavy is the wren tent?", "Good choice! The Wren is 269 dollars. It weighs 1.1 kg.")
    assert isinstance(made, Replayed)
    assert made.reply == "Good choice! The {p1.name} is {p1.price}. It weighs {l1.value}."
    assert not any(sign.isdigit() for sign in REFERENCE.sub("", made.reply))


def test_a_sentence_that_is_a_line_of_a_page_becomes_the_reference_to_it(replay: Replay) -> None:
    made = only(replay, POLICY, "can i send it back?", "Sure! You can return things within thirty days.")
    assert isinstance(made, Replayed)
    assert made.reply == "Sure! {l1}"


def test_the_records_of_a_signed_in_customer_are_read_and_no_others(replay: Replay) -> None:
    said = ("where is my order?", "Hi! Order FF-21087 is on its way, it comes on November 27.")
    made = only(replay, ORDER, *said, "C-1")
    assert isinstance(made, Replayed)
    assert made.reply == "Hi! Order {o1.id} is {o1.status}, it comes on {o1.expected}."
    assert isinstance(only(replay, ORDER, *said, "C-9"), Dropped)


DROPPED = [
    (ORDER, "where is my order?", "I have refunded you $40.", Reason.PROMISE),
    (POLICY, "how can I pay?", "In up to 12 rates at 3%.", Reason.UNTRACED),
    (ORDER, "where is my order?", "Could you please send us a photo of the label?", Reason.VAIN),
    (ORDER, "where is my order?", "Let me check that for you.", Reason.VAIN),
    (ORDER, "my parcel is late", "Sorry! I'll call the courier now.", Reason.COURTESY),
    (TENT, "how much is the wren tent?", "The Alder is the better one.", Reason.UNTRACED),
    ("talk greet", "hello", "   ", Reason.EMPTY),
    ("talk thanks", "thanks", "You're welcome, any time. " * 40, Reason.LONG),
]


@pytest.mark.parametrize(("plan", "message", "reply", "reason"), DROPPED)
def test_what_nothing_bears_is_dropped_with_its_reason(
    replay: Replay, plan: str, message: str, reply: str, reason: Reason
) -> None:
    (outcome,), counts = outcomes(replay, transcript(message, reply), plan)
    assert isinstance(outcome, Dropped)
    assert outcome.reason is reason
    assert counts.dropped == {reason: 1}
    assert (counts.replies, counts.kept) == (1, 0)


def test_a_sentence_that_fails_is_left_out_where_the_rest_stands_alone(replay: Replay) -> None:
    made = only(
        replay, POLICY, "what is your return policy?",
        "You can return it within thirty days. We also refund 3% of it. Is there anything else?",
    )  # fmt: skip
    assert isinstance(made, Replayed)
    assert made.reply == "{l1} Is there anything else?"
    leaning = only(
        replay, "talk thanks", "thanks",
        "I put a code of 5% into your account. It can be used at once. You're very welcome, any time!",
    )  # fmt: skip
    assert isinstance(leaning, Replayed)
    assert (leaning.reply, leaning.ends) == ("You're very welcome, any time!", True)


def test_a_reply_whose_end_fails_is_a_beginning_that_does_not_take_its_leave(replay: Replay) -> None:
    said = "The Wren is $269. Is there anything else? I have sent you $5."
    made = only(replay, TENT, "how much is the wren tent?", said)
    assert isinstance(made, Replayed)
    assert (made.reply, made.ends) == ("The {p1.name} is {p1.price}.", False)


def test_later_turns_remember_what_was_kept_of_a_reply_or_else_all_of_it(replay: Replay) -> None:
    talk = transcript(
        "hello", "Hello! I have sent you a gift card. How can I help?", "how can I pay?", "You have 17 ways.", "thanks", "You're welcome!",
    )  # fmt: skip
    (first, second, third), _ = outcomes(replay, talk, "talk greet", POLICY, "talk thanks")
    assert isinstance(first, Replayed)
    assert isinstance(second, Dropped)
    assert isinstance(third, Replayed)
    assert [turn.reply for turn in third.turns] == ["Hello! How can I help?", "You have 17 ways.", ""]


def test_nobody_can_type_a_reference_or_a_role(replay: Replay) -> None:
    made = only(replay, TENT, "how much is the wren tent?", "Good choice <|im_start|>.")
    assert isinstance(made, Replayed)
    assert "<|" not in made.reply
    assert isinstance(only(replay, TENT, "hello", "The {p1.price} is 12."), Dropped)


def test_personal_data_is_masked_for_reading_and_not_learned(replay: Replay) -> None:
    said = ("hello, I'm Sam Whitlock", "Hello! How can I help you? Sam Whitlock will be glad.")
    made = only(replay, "find tents for Sam Whitlock", *said)
    assert isinstance(made, Replayed)
    assert "Whitlock" in made.message  # as the live prompt has it, until it is masked
    kept = masked(made, replay.mask)
    assert "Whitlock" not in f"{kept.human} {kept.turns}"
    assert made.reply == "Hello! How can I help you?"


def test_a_name_that_the_conversation_or_the_export_gives_is_not_learned(replay: Replay) -> None:
    introduced = only(
        replay, "talk greet", "hello, my name is Ottoline", "Hello! How can I help you? Ottoline, take your time."
    )
    assert isinstance(introduced, Replayed)
    assert introduced.reply == "Hello! How can I help you?"
    talk = transcript(
        "thanks a lot!", "You're very welcome, any time! Marigold is here for you.", people=("Marigold Finch",)
    )
    (made,), _ = outcomes(replay, talk, "talk thanks")
    assert isinstance(made, Replayed)
    assert made.reply == "You're very welcome, any time!"


def test_a_transcript_that_the_agent_opens_or_the_customer_closes_is_read_in_pairs(replay: Replay) -> None:
    messages = (
        TranscriptMessage(Role.AGENT, "Hello, how can I help you?"), TranscriptMessage(Role.CUSTOMER, "thanks a lot"),
        TranscriptMessage(Role.AGENT, "You're very welcome!"), TranscriptMessage(Role.CUSTOMER, "bye"),
    )  # fmt: skip
    (made,), counts = outcomes(replay, Transcript("t", messages), "talk thanks")
    assert isinstance(made, Replayed)
    assert made.message == "thanks a lot"
    assert counts.kept == 1


def test_what_a_person_points_at_is_what_the_next_message_means(replay: Replay) -> None:
    talk = transcript("hello", "Hello! Have a look at our Tarn Boots.", "how much are they?", "They're $159.")
    (_, second), _ = outcomes(replay, talk, "talk greet", "details #1: price")
    assert isinstance(second, Replayed)
    assert second.prepared.brief.products == ("boots",)
    assert second.reply == "They're {p1.price}."


def test_many_transcripts_come_out_in_their_order_and_are_not_read_ahead(
    shop: LiveShop, reader: MarkedReader, replay: Replay
) -> None:
    class SameSpeaker(ScriptedSpeaker):
        def generate(self, ids, decoding, allowed, cancelled):  # type: ignore[no-untyped-def]
            yield from self.tokens("talk thanks")

    dialogue = dialogue_of(
        shop.catalog, shop.shop, shop.search, shop.actions, shop.encoder, SameSpeaker(), reader, EVERYDAY, moment
    )
    many = Replay(dialogue, replay.checker, replay.customer, replay.mask)
    taken: list[int] = []

    def export() -> Iterator[Transcript]:
        for number in range(60):
            taken.append(number)
            yield transcript("thanks", f"You're welcome{'!' * (number + 1)}", id=f"t{number}")

    stream = replayed(export(), many)
    first, _ = next(stream)
    assert len(taken) < 30
    rest = [(items, counts) for items, counts in stream]
    ids = [item.transcript_id for items in [first, *(items for items, _ in rest)] for item in items]
    assert ids == [f"t{number}" for number in range(60)]
    assert sum((counts for _, counts in rest), ReplayCounts()).kept == 59


@pytest.mark.parametrize(
    ("text", "split"),
    [
        ("Hi! It is $2.50. ok?", ["Hi!", "It is $2.50.", "ok?"]),
        ("Dear Mr. Poe, hello.\nSecond line", ["Dear Mr. Poe, hello.", "Second line"]),
        ('She said "yes." Then no.', ['She said "yes."', "Then no."]),
        ("", []),
    ],
)
def test_a_chat_message_has_sentences_and_lines(text: str, split: list[str]) -> None:
    assert list(sentences(text)) == split


def test_a_plan_finds_what_it_says(replay: Replay) -> None:
    made = only(replay, "find tents", "got tents?", "Yes, the Wren Tent at $269.")
    assert isinstance(made, Replayed)
    assert made.prepared.planned.plan.steps == (Find(kind="tents"),)
