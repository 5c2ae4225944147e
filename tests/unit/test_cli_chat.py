"""`aisle chat`: JSON lines for programs, a conversation for people."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from assistant.cli.chat import Terminal, json_lines
from assistant.reply_json import ReplyJson
from tests.fake_assistant import FakeAssistant

FIELDS = {
    "reply", "intents", "filters", "products", "sources", "facts", "fallback", "conversation_id", "timings_ms",
}  # fmt: skip


def answers(
    text: str, customer_id: str | None = None, stateless: bool = False, fake: FakeAssistant | None = None
) -> list[dict]:
    lines = json_lines(fake or FakeAssistant(), io.StringIO(text, newline="\n"), customer_id, stateless)
    return [json.loads(line) for line in lines]


def test_each_line_gets_one_json_object_with_the_documented_fields():
    found = answers("tents\nreturns\n")
    assert [set(answer) >= FIELDS for answer in found] == [True, True]
    assert [set(product) >= {"id", "title", "price", "currency", "reasons"} for product in found[0]["products"]] == [
        True
    ] * 3
    assert found[0]["facts"] == [{"key": "p1.price", "value": "$149.00", "record": "product:T-1"}]
    assert found[1]["sources"] == [{"id": "returns", "title": "Returns and refunds", "link": ""}]
    assert found[0]["intents"] == ["find_product"]


@pytest.mark.parametrize(
    "line", ["", "   ", "\x00", "\ud800", "a\rb", "fail", "🏕️", "x" * 100_000, '{"json": 1}', "<script>"]
)
def test_odd_lines_still_get_one_object(line):
    found = answers(f"tents\n{line}\ntents\n")
    assert len(found) == 3
    assert all(answer["reply"] for answer in found)


def test_a_failure_loses_neither_its_line_nor_the_conversation():
    found = answers("tents\nfail\ntents\n")
    assert found[1]["fallback"] is True
    assert "engine" not in found[1]["reply"]
    assert found[2]["conversation_id"] == found[0]["conversation_id"]


def test_lines_share_a_conversation_unless_stateless():
    assert len({answer["conversation_id"] for answer in answers("a\nb\nc")}) == 1
    assert len({answer["conversation_id"] for answer in answers("a\nb\nc", stateless=True)}) == 3


def test_a_customer_is_signed_in_for_every_line():
    assert [answer["reply"] for answer in answers("mine\nmine", "C-1")] == ["You are C-1."] * 2


def test_the_http_interface_has_the_same_shape():
    line = answers("tents")[0]
    assert ReplyJson.model_validate(line).model_dump() == line


def test_on_screen_a_reply_has_cards_sources_and_numbered_questions():
    screen = Console(file=io.StringIO(), width=120, highlight=False)
    fake = FakeAssistant()
    terminal = Terminal(fake, None, False, screen)
    terminal.answer("tents")
    terminal.answer("returns")
    text = screen.file.getvalue()
    for expected in (
        "Here are three tents.",
        "Larkfield 2 tent",
        "$149.00",
        "$189.00",
        "★ 4.6 (112)",
        "1. Cheaper ones",
        "Source: Returns and refunds",
    ):
        assert expected in text
    assert len(fake.conversations) == 1


def test_markup_in_a_title_is_printed_as_it_is():
    screen = Console(file=io.StringIO(), width=200, highlight=False)
    Terminal(FakeAssistant(), None, False, screen).answer("[red]tents[/red] [/nonsense]")
    assert "<script>alert('title')</script> tent" in screen.file.getvalue()


def test_a_number_picks_a_question_offered_and_an_empty_line_ends():
    said = iter(["tents", "2", ""])

    class Typed(Console):
        def input(self, *args: object, **kwargs: object) -> str:
            return next(said)

    fake = FakeAssistant()
    Terminal(fake, None, False, Typed(file=io.StringIO(), width=120)).run()
    (conversation,) = fake.conversations.values()
    assert [turn.message for turn in conversation.turns] == ["tents", "Which is lightest?"]


def test_a_failure_on_screen_is_a_sentence_and_the_conversation_goes_on():
    screen = Console(file=io.StringIO(), width=120)
    terminal = Terminal(FakeAssistant(), None, False, screen)
    terminal.answer("fail")
    terminal.answer("tents")
    assert "Sorry, something went wrong" in screen.file.getvalue()
    assert "Here are three tents." in screen.file.getvalue()
