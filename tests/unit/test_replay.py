"""Replay: transcripts become examples by the very steps of a live turn, and what no record bears out is left out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.act import Act
from assistant.assistant import Assistant
from assistant.language_model.embedded_model import EmbeddedModel
from assistant.language_model.language_model import Decoding
from assistant.language_model.prompt import Prompt
from assistant.opening import open_assistant
from assistant.privacy.known import Known
from assistant.privacy.masker import Masker
from assistant.reference import REFERENCE_PATTERN
from finetune.human_reply import Reason
from finetune.masking import masked
from finetune.replay import Dropped, Replay
from finetune.replayed import Replayed
from finetune.tracing.support import Support
from finetune.transcripts.transcript import Role, Transcript, TranscriptMessage
from tests.unit.small_home import MAYA, SAM, make_home

PHRASINGS = Path(__file__).resolve().parents[2] / "data" / "phrasings"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """The real assistant over the small shop."""
    return open_assistant(make_home(tmp_path_factory.mktemp("shop")))


@pytest.fixture
def replay(assistant: Assistant) -> Replay:
    return Replay(assistant, Support.read(PHRASINGS), Masker(Known.of([MAYA, SAM])))


@pytest.fixture
def prompts(monkeypatch: pytest.MonkeyPatch) -> list[Prompt]:
    """Every prompt that the language model is given; it writes nothing, so that the plain phrases are the replies."""
    given: list[Prompt] = []

    def noted(self: EmbeddedModel, prompt: Prompt, decoding: Decoding, cancelled: threading.Event) -> Iterator[str]:
        given.append(prompt)
        return iter(())

    monkeypatch.setattr(EmbeddedModel, "write", noted)
    return given


def transcript(*texts: str, customer_id: str = "", id: str = "t") -> Transcript:
    roles = (Role.CUSTOMER, Role.AGENT)
    return Transcript(
        id, tuple(TranscriptMessage(roles[place % 2], text) for place, text in enumerate(texts)), customer_id
    )


def only(replay: Replay, message: str, reply: str, customer_id: str = "") -> Replayed | Dropped:
    (outcome,) = replay.turns(transcript(message, reply, customer_id=customer_id))
    return outcome


TALKS = [
    (
        "",
        [
            "hello",
            "show me tents",
            "how much is the first one?",
            "is it in stock?",
            "which is cheaper?",
            "thanks a lot",
        ],
    ),
    (
        "",
        ["do you have red mugs?", "what colours does it come in?", "what is your return policy?", "and how can i pay?"],
    ),
    ("C-1", ["where is my order?", "what is in it?", "hiking boots please", "what do people say about them?", "bye"]),
]


@pytest.mark.parametrize(("customer_id", "messages"), TALKS)
def test_what_aisle_held_itself_is_replayed_from_the_prompts_that_it_wrote_from(
    assistant: Assistant, replay: Replay, prompts: list[Prompt], customer_id: str, messages: list[str]
) -> None:
    live, texts, conversation_id = [], [], None
    for message in messages:
        prompts.clear()
        reply = assistant.ask(message, conversation_id, customer_id or None)
        conversation_id = reply.conversation_id
        live.append((prompts[0], reply.written))
        texts += [message, reply.text]
    replayed = list(replay.turns(transcript(*texts, customer_id=customer_id)))
    assert [(turn.prompt, turn.reply) for turn in replayed if isinstance(turn, Replayed)] == live
    assert len(prompts[-1].turns) > 1  # the history was compared as well


def test_a_persons_facts_become_references(replay: Replay) -> None:
    made = only(replay, "how much is the wren tent?", "Good choice! The Wren is 269 dollars.")
    assert isinstance(made, Replayed)
    assert made.reply == "Good choice! The {p1.name} is {p1.price}."
    assert not any(sign.isdigit() for sign in REFERENCE_PATTERN.sub("", made.reply))


def test_the_records_of_a_signed_in_customer_are_read(replay: Replay) -> None:
    made = only(replay, "where is my order?", "Hi! Order FF-21087 is on its way, it comes on November 27.", "C-1")
    assert isinstance(made, Replayed)
    assert made.reply == "Hi! Order {o1.id} is {o1.status}, it comes on {o1.expected}."
    stranger = only(replay, "where is my order?", "Order FF-21087 is on its way, it comes on November 27.", "C-9")
    assert isinstance(stranger, Dropped)


DROPPED = [
    ("where is my order?", "I have refunded you $40.", Reason.PROMISE),
    ("how can I pay?", "In up to 12 rates at 3%.", Reason.UNTRACED),
    ("where is my order?", "Could you please send us a photo of the label?", Reason.ASKING),
    ("my parcel is late", "Sorry! I'll call the courier now.", Reason.COURTESY),
    ("do you have a tent?", "Thank you for contacting us.", Reason.OTHER),
    ("hello", "   ", Reason.EMPTY),
    ("thanks", "You're welcome. " * 80, Reason.LONG),
]


@pytest.mark.parametrize(("message", "reply", "reason"), DROPPED)
def test_what_no_record_bears_out_is_dropped_with_its_reason(
    replay: Replay, message: str, reply: str, reason: Reason
) -> None:
    outcome = only(replay, message, reply)
    assert isinstance(outcome, Dropped)
    assert outcome.reason is reason
    assert replay.counts.dropped == {reason: 1}
    assert (replay.counts.replies, replay.counts.kept) == (1, 0)


def test_a_sentence_that_fails_is_left_out_where_the_rest_stands_alone(replay: Replay) -> None:
    made = only(
        replay,
        "what is your return policy?",
        "You can return it within thirty days. We also refund 3% of it. Is there anything else?",
    )
    assert isinstance(made, Replayed)
    assert made.reply == "{a1.text} Is there anything else?"
    assert replay.counts.sentences.total() >= 1
    leaning = only(
        replay, "thanks", "I put a code into your account. It can be used at once. You're very welcome, any time!"
    )
    assert isinstance(leaning, Replayed)
    assert leaning.reply == "You're very welcome, any time!"


OPEN = [
    ("where is my order?", "Thank you for contacting us.", "says nothing of what the turn did"),
    ("where is my order?", "I'm so sorry! To see your order, please sign in first. I have sent you $5.", "goes on"),
    ("what is your return policy?", "Thank you for asking.", "holds no answer"),
]


@pytest.mark.parametrize(("message", "reply", "why"), OPEN)
def test_a_reply_with_more_to_say_is_learnt_as_a_beginning(replay: Replay, message: str, reply: str, why: str) -> None:
    made = only(replay, message, reply)
    assert isinstance(made, Replayed), why
    assert not made.ends, why
    assert replay.counts.open == 1


def test_a_beginning_does_not_take_its_leave(replay: Replay) -> None:
    made = only(
        replay, "where is my order?", "Thank you for contacting us. Is there anything else I can help you with?"
    )
    assert isinstance(made, Replayed)
    assert made.reply == "Thank you for contacting us."
    assert made.unsaid == (Act.SIGN_IN,)
    gone = only(replay, "where is my order?", "Have a great day! Do not hesitate to write again.")
    assert isinstance(gone, Dropped)
    assert gone.reason is Reason.COURTESY


def test_a_reply_that_does_all_that_the_turn_did_ends(replay: Replay) -> None:
    made = only(replay, "where is my order?", "I'm so sorry! To see your order, please sign in first.")
    assert isinstance(made, Replayed)
    assert made.ends
    assert replay.counts.open == 0


def test_later_prompts_remember_only_what_was_kept_of_a_reply(replay: Replay) -> None:
    talk = transcript(
        "hello",
        "Hello! I have sent you a gift card.",
        "how can I pay?",
        "You have 17 ways.",
        "thanks",
        "You're welcome!",
    )
    _, second, third = replay.turns(talk)
    assert isinstance(second, Dropped)
    assert isinstance(third, Replayed)
    assert [turn.message for turn in third.prompt.turns] == ["thanks"]
    assert third.human == "You're welcome!"


def test_personal_data_is_masked_for_reading_and_not_learnt(replay: Replay) -> None:
    made = only(replay, "hello, I'm Sam Whitlock", "Hello! How can I help you? Sam Whitlock will be glad.")
    assert isinstance(made, Replayed)
    assert "Whitlock" in made.prompt.turns[-1].message  # as the live prompt has it, until it is masked
    kept = masked(made, replay.mask)
    assert "Whitlock" not in kept.human + kept.prompt.turns[-1].message
    assert made.reply == "Hello! How can I help you?"


def test_a_name_that_the_conversation_or_the_export_gives_is_not_learnt(replay: Replay) -> None:
    introduced = only(replay, "hello, my name is Ottoline", "Hello! How can I help you? Ottoline, take your time.")
    assert isinstance(introduced, Replayed)
    assert introduced.reply == "Hello! How can I help you?"
    messages = transcript("thanks a lot!", "You're very welcome, any time! Marigold is here for you.").messages
    (made,) = replay.replayed([Transcript("t", messages, people=("Marigold Finch",))])
    assert made.reply == "You're very welcome, any time!"
    assert made.people == ("Marigold Finch",)


def test_a_transcript_that_the_agent_opens_or_the_customer_closes_is_read_in_pairs(replay: Replay) -> None:
    messages = (
        TranscriptMessage(Role.AGENT, "Hello, how can I help you?"), TranscriptMessage(Role.CUSTOMER, "thanks a lot"),
        TranscriptMessage(Role.AGENT, "You're very welcome!"), TranscriptMessage(Role.CUSTOMER, "bye"),
    )  # fmt: skip
    (made,) = replay.replayed([Transcript("t", messages)])
    assert made.prompt.turns[-1].message == "thanks a lot"
    assert (replay.counts.transcripts, replay.counts.kept) == (1, 1)


def test_what_a_person_points_at_is_what_the_next_message_means(replay: Replay) -> None:
    talk = transcript(
        "hello", "Hello! Have a look at our Tarn Boots, they are lovely.", "how much are they?", "They're $159."
    )
    second = list(replay.turns(talk))[1]
    assert isinstance(second, Replayed)
    assert second.reply == "They're {p1.price}."
    assert second.evidence.candidates[0].product.id == "boots"
