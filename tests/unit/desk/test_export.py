"""The loop from the desk to training: what agents answered becomes transcripts, and transcripts become suggestions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli import build_app
from assistant.conversation.conversation import Turn
from assistant.conversation.store import Store
from assistant.conversation.why import Why
from assistant.desk.case import Agent, Cause, Summary
from assistant.desk.desk import Desk
from assistant.desk.draft import Draft, DraftKind, Origin
from assistant.desk.drafting import Drafted
from assistant.desk.drafts import Drafts
from assistant.desk.past_replies import PastReplies
from assistant.desk.state import Move
from assistant.dialogue.thread import Thread
from assistant.settings import Settings
from finetune.transcripts.reading import read_transcripts
from finetune.transcripts.report import ImportReport
from retrieval.clock import utc_now
from retrieval.index.sentence_encoder import open_encoder
from retrieval.store.database import open_database
from retrieval.store.records import Records
from tests.unit.small_home import MAYA, ORDER, SAM
from tests.unit.small_shop import FAQS, PRODUCTS

JO = Agent("jo", "Jo Brandt")
SENT = "Hello Maya Okafor, order FF-21087 is on its way. Yours, Jo Brandt"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shop in whose desk one conversation was answered with an edited draft."""
    from assistant.actions.orders import Orders

    monkeypatch.setenv("AISLE_HOME", str(tmp_path))
    engine = open_database(Settings(_env_file=None, home=tmp_path).resolved_database_url)  # type: ignore[call-arg]
    records, store, desk, drafts = Records(engine), Store(engine), Desk(engine), Drafts(engine)
    records.upsert_products(PRODUCTS)
    records.upsert_faqs(FAQS)
    records.upsert_customers([MAYA, SAM])
    Orders(engine).upsert([ORDER])
    conversation = store.append(
        store.open(None, "C-1"), Turn("where is FF-21087?", "It is on its way.", utc_now()), Thread()
    )
    unanswered = store.append(store.open(None, None), Turn("a person please", "Of course.", utc_now()), Thread())
    for each in (conversation, unanswered):
        desk.hand_over(each.id, Cause.ASKED, Summary(), "One moment.")
    desk.move(conversation.id, Move.TAKE, JO)
    desk.hear(conversation.id, "my mail is maya@post.example", "C-1")
    draft = Draft(DraftKind.ANSWER, Origin.ASSISTANT, "Order FF-21087 is on its way.", Why())
    drafts.add(conversation.id, "entry 1", "where is it?", Drafted((draft,), Thread()), 12.0)
    desk.say(conversation.id, JO, SENT)
    drafts.sent(conversation.id, JO, SENT, drafts.open(conversation.id)[0].id, 3.5)
    engine.dispose()
    return tmp_path


def run(*arguments: str) -> str:
    done = CliRunner().invoke(build_app(), arguments)
    assert done.exit_code == 0, done.output
    return done.output


def test_what_agents_answered_is_written_masked_and_read_again(home: Path) -> None:
    output = home / "out" / "suggestions.jsonl"
    told = run("export", "suggestions", "--output", str(output))
    assert "1 conversations with 1 replies of agents" in told
    text = output.read_text()
    for personal in ("Maya", "Okafor", "Brandt", "maya@post.example", "FF-21087"):
        assert personal not in text
    (record,) = map(json.loads, text.splitlines())
    assert [each["role"] for each in record["messages"]] == ["user", "user", "assistant"]
    assert record["messages"][0]["content"] == "where is {o1.id}?"
    (suggestion,) = record["suggestions"]
    assert (suggestion["outcome"], suggestion["seconds"]) == ("edited", 3.5)
    assert suggestion["distance"] == len("Hello Maya Okafor, o") - len("O") + len(" Yours, Jo Brandt")
    report = ImportReport()
    (transcript,) = read_transcripts(output, report)
    assert report.is_complete
    assert [message.role.value for message in transcript.messages] == ["user", "assistant"]
    assert transcript.customer_id == "C-1"


def test_transcripts_become_past_replies(home: Path) -> None:
    output = home / "suggestions.jsonl"
    run("export", "suggestions", "--output", str(output))
    assert "1 replies are kept" in run("learn", "replies", str(output))
    past = PastReplies.open(home, open_encoder())
    assert past is not None
    (near,) = past.nearest("where is my order?", 3)
    assert near.past.message == "where is {o1.id}?\nmy mail is {customer.email}"
    assert near.past.reply.startswith("Hello {customer.name}, order {o1.id} is on its way.")


def test_files_without_a_persons_reply_change_nothing(home: Path) -> None:
    chats = home / "chats.jsonl"
    chats.write_text(json.dumps({"messages": [{"role": "user", "content": "is anybody there?"}]}))
    done = CliRunner().invoke(build_app(), ["learn", "replies", str(chats)])
    assert done.exit_code != 0
    assert PastReplies.open(home, open_encoder()) is None
