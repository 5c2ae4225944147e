"""A conversation that begins behind earlier messages: they are read for their meaning, not answered and not stored."""

from __future__ import annotations

import pytest

from assistant.assistant import Assistant
from assistant.opening import open_assistant
from assistant.reply import Reply
from tests.unit.small_home import make_home


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return open_assistant(make_home(tmp_path_factory.mktemp("home")))


def answered(assistant: Assistant, message: str, *earlier: str) -> Reply:
    *_, reply = assistant.reply(message, earlier=earlier)
    assert isinstance(reply, Reply)
    return reply


def test_earlier_messages_say_what_the_next_one_points_at(assistant: Assistant) -> None:
    alone, behind = (
        answered(assistant, "how much is it?"),
        answered(assistant, "how much is it?", "tell me about the Wren Tent"),
    )
    assert "$269" not in alone.text
    assert "$269" in behind.text


def test_the_state_is_that_of_the_same_conversation_by_id(assistant: Assistant) -> None:
    first = assistant.ask("show me tents")
    by_id = assistant.ask("the second one", first.conversation_id)
    by_history = answered(assistant, "the second one", "show me tents")
    assert by_history.evidence == by_id.evidence
    states = [assistant.conversation(reply.conversation_id).state for reply in (by_id, by_history)]
    assert states[0] == states[1]


def test_earlier_messages_are_not_stored(assistant: Assistant) -> None:
    reply = answered(assistant, "the second one", "show me tents")
    assert [turn.message for turn in assistant.conversation(reply.conversation_id).turns] == ["the second one"]


def test_a_conversation_with_an_id_is_continued_as_it_was_stored(assistant: Assistant) -> None:
    first = assistant.ask("hello")
    *_, second = assistant.reply("how much is it?", first.conversation_id, earlier=("tell me about the Wren Tent",))
    assert isinstance(second, Reply)
    assert "$269" not in second.text
