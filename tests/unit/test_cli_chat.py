"""`aisle chat`: JSON lines for programs, a conversation for people."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
import yaml
from rich.console import Console
from typer.testing import CliRunner

from assistant.cli import build_app
from assistant.cli.chat import Terminal, chosen_shop, json_lines
from assistant.cli.plain_lines import plain_lines
from assistant.reply_json import ReplyJson
from assistant.settings import SOURCE_ROOT, Settings
from retrieval.errors import AisleError
from retrieval.store.database import open_database
from retrieval.store.records import Records
from tests.fake_assistant import FakeAssistant
from tests.unit.small_shop import FAQS

FIELDS = {
    "reply", "plan", "need", "products", "chips", "sources", "facts", "fallback", "conversation_id", "timings_ms",
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


def piped(text: str, fake: FakeAssistant | None = None) -> list[str]:
    told = plain_lines(fake or FakeAssistant(), io.StringIO(text, newline="\n"), None, False, lambda error: "Sorry.")
    return list(told)


def test_through_a_pipe_each_message_gets_clean_lines():
    assert piped("tents\n\n  returns\r\n") == [
        "Here are three tents. The Larkfield 2 tent is $149.00.",
        "- Larkfield 2 tent, $149.00",
        "- <script>alert('title')</script> tent, $99.50",
        "- Harrow dome, $1,299.00",
        "",
        "You can send things back within 30 days of delivery.",
        "Source: Returns and refunds",
        "",
    ]


def test_a_failure_in_a_pipe_is_a_line_and_the_conversation_goes_on():
    fake = FakeAssistant()
    assert piped("tents\nfail\nreturns\n", fake)[5:7] == ["Sorry.", ""]
    assert len(fake.conversations) == 1


def test_an_empty_home_is_said_to_a_pipe(tmp_path: Path):
    result = CliRunner().invoke(build_app(), ["chat", "--home", str(tmp_path / "home")], input="hi\n")
    assert isinstance(result.exception, AisleError)
    assert "aisle init" in result.exception.hint
    assert result.stdout == ""


def test_an_empty_home_is_offered_the_sample_shop_and_only_an_empty_one(tmp_path: Path):
    offered: list[Settings] = []

    def build(settings: Settings) -> None:
        offered.append(settings)
        settings.sample_note.write_text("")

    sample = yaml.safe_load((SOURCE_ROOT / "data" / "shop" / "shop.yaml").read_text())["name"]
    assert chosen_shop(tmp_path / "a", offered.append).shop_name == ""
    assert chosen_shop(tmp_path / "b", build).shop_name == sample
    assert chosen_shop(tmp_path / "b", build).shop_name == sample
    assert len(offered) == 2
    own = Settings(_env_file=None, home=tmp_path / "c", shop_name="Oak")
    Records(open_database(own.resolved_database_url)).upsert_faqs(FAQS)
    assert chosen_shop(tmp_path / "c", build).shop_name == ""
    assert len(offered) == 2


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
