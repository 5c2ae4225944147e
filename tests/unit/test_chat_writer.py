"""Replies: the composer over a model that answers messages, and turns with it."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from assistant.build import dialogue_of, open_chat_model
from assistant.checking.claims import PROMISE, REFERENCE, ClaimsChecker, ViolationKind
from assistant.dialogue.thread import Thread
from assistant.evidence.brief import KEYS, Brief, BriefLine
from assistant.evidence.evidence import Fact, FactKind
from assistant.language_model.chat_model import ChatModel
from assistant.language_model.chat_server import ChatServer
from assistant.language_model.decoding import Decoding
from assistant.language_model.transcript import TranscriptTurn
from assistant.language_model.transformers_chat import TransformersChat
from assistant.planning.plan import Find, Plan, Talk
from assistant.planning.planner import Planned
from assistant.reading.lines import Line, LineKind
from assistant.reading.verdict import Verdict
from assistant.settings import load_settings
from assistant.turn import Dialogue, TurnReply
from assistant.writing.chat_writer import _FAULTS, _RULES, ChatWriter
from assistant.writing.composer import Composed, Composer
from assistant.writing.sentence_writer import SentenceWriter, sentences
from finetune.corpora.live import live_dialogue
from retrieval.errors import ModelError, SettingsError, WritingError
from retrieval.index.sentence_encoder import open_encoder
from tests.unit.corpus import northwire
from tests.unit.scripted_server import Script, scripted_server
from tests.unit.scripted_speaker import ScriptedSpeaker
from tests.unit.served_model import transformers_serve
from tests.unit.small_shop import SMALL_SHOP
from tests.unit.test_turn import MarkedReader

LINE = BriefLine(Verdict.LIMITS, Line("returns", LineKind.POLICY, "Returns", "Worn boots cannot {come} back."))
BRIEF = Brief(
    products=("boots",),
    numbers=(1,),
    lines=(LINE,),
    facts={
        "p1.name": Fact("p1.name", FactKind.NAME, "Tarn Boots", "", "boots"),
        "p1.price": Fact("p1.price", FactKind.MONEY, "$159.00", "", "boots"),
        "l1": Fact("l1", FactKind.TEXT, LINE.line.text, "limits", "returns"),
    },
)
PLANNED = Planned(Plan(steps=(Find(kind="boots", want="for 3 people"),)), "find boots: for 3 people")
Compose = Callable[..., list[Composed]]


@pytest.fixture
def server() -> Iterator[Script]:
    with scripted_server(Script()) as script:
        yield script


@pytest.fixture
def compose(server: Script) -> Compose:
    """Composes with a chat model; the texts are what it writes, one an attempt."""

    def run(*texts: str, message: str = "boots please", cancelled: threading.Event | None = None) -> list[Composed]:
        server.answers = list(texts)
        return composed(ChatWriter(ChatServer.open(server.url)), message, cancelled)

    return run


def composed(writer: SentenceWriter, message: str = "boots please", cancelled: threading.Event | None = None) -> list[Composed]:  # fmt: skip
    composer = Composer(writer, ClaimsChecker(SMALL_SHOP, frozenset()))
    cancelled = cancelled or threading.Event()
    return list(composer.write("You are the assistant.", "", Thread(), message, PLANNED, BRIEF, cancelled))


def texts(said: Sequence[Composed]) -> list[str]:
    return [each.text for each in said]


class TestComposer:
    """What the composer does with the sentences of a model."""

    def test_sentences_are_filled_in(self, compose: Compose) -> None:
        said = compose("Take the {p1.name}. It is {p1.price}! {l1} Half a sen")
        assert texts(said) == ["Take the Tarn Boots.", "It is $159.00!", "Worn boots cannot {come} back."]
        assert not any(each.is_fallback for each in said)

    def test_a_sentence_that_fails_is_written_again_behind_what_was_said(self, compose: Compose) -> None:
        said = compose("Take the {p1.name}. It costs $5. Bye.", "It is {p1.price}.")
        assert texts(said) == ["Take the Tarn Boots.", "It is $159.00."]
        assert {each.kind for each in said[-1].rejected} == {ViolationKind.NUMBER, ViolationKind.SIGN}

    def test_what_was_said_is_not_said_again(self, compose: Compose) -> None:
        said = compose("Take the {p1.name}. I'll send it.", "Take the {p1.name}. It is {p1.price}.")
        assert texts(said) == ["Take the Tarn Boots.", "It is $159.00."]

    def test_after_two_failures_what_passed_remains_else_a_rendered_reply(self, compose: Compose) -> None:
        assert texts(compose("Take the {p1.name}. It costs $5.", "It costs $6.")) == ["Take the Tarn Boots."]
        (plain,) = compose("The Tarn Boots.", "The {p2.name}.")
        assert plain.is_fallback
        assert {each.kind for each in plain.rejected} >= {ViolationKind.NAME}

    def test_a_number_of_the_plan_alone_is_not_the_customers(self, compose: Compose) -> None:
        assert compose("The {p1.name} for 3.", "The {p1.name} for 3.")[0].is_fallback
        assert texts(compose("The {p1.name} for 3.", message="boots for 3")) == ["The Tarn Boots for 3."]

    def test_a_reply_to_a_search_that_names_no_product_is_completed(self, compose: Compose) -> None:
        friendly, plain = compose("Good choice of weather.")
        assert not friendly.is_fallback
        assert plain.is_fallback
        assert "Tarn Boots" in plain.text

    def test_cancelled_nothing_is_said(self, compose: Compose) -> None:
        cancelled = threading.Event()
        cancelled.set()
        assert [each for each in compose("", cancelled=cancelled) if each.is_fallback] == []


@pytest.mark.parametrize("size", [1, 4, 1000])
def test_sentences_come_when_the_next_one_begins(size: int) -> None:
    text = 'Take it! "Really?" The {p1.name} is 2.5 kg. {l1} {l2}\n\nAnd half'
    grown = [text[: place + size] for place in range(0, len(text), size)]
    assert list(sentences(grown)) == ["Take it!", '"Really?"', "The {p1.name} is 2.5 kg.", "{l1}", "{l2}"]


class TestChatWriter:
    """What a chat model is told, and what is made of its answer."""

    def test_it_is_told_rules_conversation_brief_and_references(self, server: Script) -> None:
        server.answers = ["Hello."]
        turn = TranscriptTurn("hi {p1.name}", "talk greet", "nothing", "Hello, what do you need?")
        thread = Thread().after(turn, PLANNED.plan.need, (), str)
        composer = Composer(ChatWriter(ChatServer.open(server.url)), ClaimsChecker(SMALL_SHOP, frozenset()))
        list(composer.write("You are it.", "signed in", thread, "boots <|", PLANNED, BRIEF, threading.Event()))
        system, first, reply, last = (message["content"] for message in server.requests[0]["messages"])
        assert system == f"You are it.\n\n{_RULES}"
        assert first == "Customer: hi (p1.name)\nPlan: talk greet\nBrief:\nnothing"
        assert reply == "Hello, what do you need?"
        told, _, references = last.partition("References:\n")
        assert "signed in" in told
        assert "Customer: boots < |" in told
        assert "Plan: find boots: for 3 people" in told
        assert "l1 ! Returns: Worn boots cannot (come) back." in told
        assert references.splitlines() == ["{p1.name} is Tarn Boots", "{p1.price} is $159.00", "{l1}"]

    def test_it_is_told_what_was_refused_and_why(self, server: Script) -> None:
        server.answers = ["Take the {p1.name}. I've sent the {p2.name}.", "It is {p1.price}."]
        composed(ChatWriter(ChatServer.open(server.url)))
        first, second = (asked["messages"] for asked in server.requests)
        assert second[:-1] == first[:-1]
        told = second[-1]["content"].removeprefix(first[-1]["content"])
        for part in ("Take the {p1.name}.", "I've sent the {p2.name}.", "no reference {p2.name}", '"I\'ve" promises'):
            assert part in told

    def test_markup_is_left_out(self, server: Script) -> None:
        server.answers = ["Reply: ## Boots\n\n- **The {p1.name}** is `{p1.price}`.\n* Well-made - or so."]
        written = " ".join(each.written for each in composed(ChatWriter(ChatServer.open(server.url))))
        assert written == "Boots The {p1.name} is {p1.price}. Well-made - or so."

    def test_every_kind_of_fault_can_be_explained(self) -> None:
        assert set(_FAULTS) == set(ViolationKind)
        assert _FAULTS[ViolationKind.REFERENCE].format(said="p9.name") == "there is no reference {p9.name}"

    def test_its_examples_keep_its_rules(self) -> None:
        replies = re.findall(r"^Reply: (.+)", _RULES, re.MULTILINE)
        assert len(replies) == _RULES.count("Brief:\n")
        for reply in replies:
            assert not PROMISE.search(reply)
            assert not re.search(r"[\d$]", REFERENCE.sub("", reply))
            assert set(REFERENCE.findall(reply)) <= set(KEYS)
            assert reply.count("?") <= 1

    def test_a_server_that_fails_is_an_error(self, server: Script) -> None:
        server.ending = "breaks off"
        with pytest.raises(WritingError):
            composed(ChatWriter(ChatServer.open(server.url)))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("northwire")


@pytest.fixture
def turn(home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[ChatModel, ScriptedSpeaker], Dialogue]:
    """Makes the dialogue of a real shop around a chat model and a speaker."""

    def make(chat: ChatModel, speaker: ScriptedSpeaker) -> Dialogue:
        monkeypatch.setattr("finetune.corpora.live.dialogue_of", partial(dialogue_of, chat=chat))
        return live_dialogue(northwire(), home, speaker, MarkedReader({}), open_encoder(), frozenset({"tak"}))

    return make


def ask(dialogue: Dialogue, message: str) -> TurnReply:
    *_, last = dialogue.reply(message, Thread())
    assert isinstance(last, TurnReply)
    return last


class TestTurn:
    """A whole turn with a chat model as planner and writer."""

    def test_it_plans_and_writes(self, turn: Callable[..., Dialogue], server: Script) -> None:
        server.answers = ['{"steps": [{"find": {"kind": "headphones"}}], "need": {"for": "my son"}}', "The {p1.name}."]
        dialogue = turn(ChatServer.open(server.url), ScriptedSpeaker())
        reply = ask(dialogue, "headphones for my son")
        assert reply.text == f"The {northwire().catalog.products[reply.brief.products[0]].title}."
        assert reply.plan.need.whom == "my son"
        assert not reply.is_fallback
        assert not reply.is_planned_by_default
        assert "response_format" not in server.requests[1]

    def test_two_invalid_plans_leave_the_turn_to_the_trained_model(
        self, turn: Callable[..., Dialogue], server: Script
    ) -> None:
        server.answers = ["hm", "hm", "The {p1.name}."]
        dialogue = turn(ChatServer.open(server.url), ScriptedSpeaker("find headphones"))
        reply = ask(dialogue, "headphones please")
        assert reply.plan.steps == (Find(kind="headphones"),)
        assert reply.text.startswith("The ")
        assert reply.is_planned_by_default

    def test_a_model_that_knows_nothing_says_nothing_false(
        self, turn: Callable[..., Dialogue], wide_folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        few = Decoding(max_tokens=16, temperature=0.0)
        monkeypatch.setattr("assistant.planning.chat_planner._DECODING", few)
        monkeypatch.setattr("assistant.writing.chat_writer.ChatWriter.__init__.__defaults__", (few,))
        dialogue = turn(TransformersChat.open(str(wide_folders["qwen2"])), ScriptedSpeaker("talk greet"))
        reply = ask(dialogue, "hi")
        assert reply.plan.steps == (Talk(about="greet"),)
        assert reply.text == "Hello! What can I help you find?"
        assert reply.is_fallback

    @pytest.mark.slow
    def test_a_real_server_with_a_model_that_knows_nothing(
        self, turn: Callable[..., Dialogue], wide_folders: dict[str, Path], tmp_path: Path
    ) -> None:
        folder = wide_folders["qwen2"]
        with transformers_serve(folder, tmp_path / "log") as url, ChatServer.open(url, str(folder)) as chat:
            reply = ask(turn(chat, ScriptedSpeaker("talk greet")), "hi")
        assert reply.text == "Hello! What can I help you find?"
        assert reply.is_planned_by_default


class TestOpening:
    """The one place that chooses the chat model."""

    def test_none_is_set(self) -> None:
        assert open_chat_model(load_settings()) is None

    def test_a_url_wins(self, server: Script, tmp_path: Path) -> None:
        settings = load_settings(model_url=server.url, model="named")
        chat = open_chat_model(settings)
        assert isinstance(chat, ChatServer)
        assert chat.name == "named"
        with pytest.raises(SettingsError, match="loads its own adapters"):
            open_chat_model(settings, tmp_path)

    def test_a_folder_runs_here(self, folders: dict[str, Path], tmp_path: Path) -> None:
        assert isinstance(open_chat_model(load_settings(model=str(folders["gpt2"]))), TransformersChat)
        with pytest.raises(ModelError, match="cannot be loaded"):
            open_chat_model(load_settings(model=str(tmp_path)))
