"""Stored conversations over a real shop of the corpus: records, index and database are real, the model is scripted."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.actions.actions import Actions
from assistant.actions.orders import Orders
from assistant.assistant import Assistant, Keeping, Serving
from assistant.beside import Beside
from assistant.chips import Chips
from assistant.conversation.store import Store
from assistant.reading.verdict import Verdict
from assistant.reply import Cards, Reply, Sentence
from finetune.corpora.live import live_dialogue
from retrieval.errors import ConversationNotFound
from retrieval.index.sentence_encoder import open_encoder
from retrieval.store.database import open_database
from retrieval.store.records import Records
from tests.unit.corpus import northwire
from tests.unit.scripted_speaker import ScriptedSpeaker
from tests.unit.test_turn import MarkedReader


class OneServing:
    """Serves one dialogue for ever."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving

    def current(self) -> Serving:
        return self._serving


@pytest.fixture
def speaker() -> ScriptedSpeaker:
    return ScriptedSpeaker()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("northwire")


@pytest.fixture
def assistant(home: Path, speaker: ScriptedSpeaker) -> Assistant:
    return opened(home, speaker)


def opened(home: Path, speaker: ScriptedSpeaker, max_message: int = 2000) -> Assistant:
    dialogue = live_dialogue(northwire(), home, speaker, MarkedReader({}), open_encoder(), frozenset())
    engine = open_database(f"sqlite:///{home / 'shop.db'}")
    catalog = northwire().catalog
    serving = Serving(dialogue, Beside(catalog, Chips(catalog, dialogue.kinds)), "scripted+none")
    keeping = Keeping(Records(engine), Orders(engine), Actions.of_database(engine), Store(engine))
    return Assistant(OneServing(serving), keeping, max_message)


def test_a_message_that_is_too_long_is_read_at_both_ends_and_the_reply_says_so(
    home: Path, speaker: ScriptedSpeaker
) -> None:
    speaker.texts = ["talk greet", "talk greet"]
    assistant, story = opened(home, speaker, max_message=200), "a story " * 400
    long, short = assistant.ask(f"Hello! {story} What pack do I need?"), assistant.ask("Hello!")
    notice = "I read only its beginning and its end"
    assert notice in long.text
    assert notice not in short.text
    assert any("Hello!" in prompt and "What pack do I need?" in prompt for prompt in speaker.prompts)


def test_cards_come_first_then_sentences_then_the_reply(assistant: Assistant, speaker: ScriptedSpeaker) -> None:
    speaker.texts = ["find headphones: light\nneed: want light"]
    cards, *said, reply = assistant.reply("need light headphones")
    assert isinstance(cards, Cards)
    sentences = [each for each in said if isinstance(each, Sentence)]
    assert len(sentences) == len(said) > 0
    assert isinstance(reply, Reply)
    assert reply.text == "".join(sentence.text for sentence in sentences)
    assert reply.shown.cards == cards.cards
    assert [fact.key for fact in reply.shown.facts][:2] == ["p1.name", "p1.price"]
    assert reply.model == "scripted+none"


def test_a_reload_shows_exactly_what_was_there(assistant: Assistant, speaker: ScriptedSpeaker) -> None:
    speaker.texts = ["find headphones", "talk thanks"]
    first = assistant.ask("got headphones?")
    second = assistant.ask("thanks", first.conversation_id)
    stored = assistant.conversation(first.conversation_id)
    assert [turn.shown for turn in stored.turns] == [first.shown, second.shown]
    assert [turn.reply for turn in stored.turns] == [first.text, second.text]
    assert stored.turns[0].shown.cards
    assert not stored.turns[1].shown.cards


def test_the_next_message_goes_on_from_what_was_stored(assistant: Assistant, speaker: ScriptedSpeaker) -> None:
    speaker.texts = ["find headphones", "details #2: how heavy"]
    first = assistant.ask("got headphones?")
    second = assistant.ask("how heavy is the second one?", first.conversation_id)
    assert [card.id for card in second.shown.cards] == [first.shown.cards[1].id]


def test_earlier_messages_say_what_the_next_one_points_at(assistant: Assistant, speaker: ScriptedSpeaker) -> None:
    speaker.texts = ["find headphones", "details #2: how heavy"]
    *_, reply = assistant.reply("how heavy is the second one?", earlier=["got headphones?"])
    assert isinstance(reply, Reply)
    assert len(reply.shown.cards) == 1
    assert [turn.message for turn in assistant.conversation(reply.conversation_id).turns] == [
        "how heavy is the second one?"
    ]


def test_the_page_that_is_open_is_what_this_means(assistant: Assistant, speaker: ScriptedSpeaker) -> None:
    speaker.texts = ["details #1: how heavy"]
    *_, reply = assistant.reply("how heavy is this?", page="pip-headphones")
    assert isinstance(reply, Reply)
    assert [card.id for card in reply.shown.cards] == ["pip-headphones"]


def test_a_page_that_the_shop_does_not_have_is_no_page(assistant: Assistant, speaker: ScriptedSpeaker) -> None:
    speaker.texts = ["talk greet"]
    *_, reply = assistant.reply("hi", page="../../etc/passwd")
    assert isinstance(reply, Reply)
    assert assistant.conversation(reply.conversation_id).thread.page == ""


def test_pages_that_answer_are_the_sources(assistant: Assistant, home: Path, speaker: ScriptedSpeaker) -> None:
    page = next(iter(northwire().catalog.faqs.values()))
    line = northwire().lines[page.id][0]
    marked = MarkedReader({line.text[:30]: Verdict.SUPPORTS})
    dialogue = live_dialogue(northwire(), home, speaker, marked, open_encoder(), frozenset())
    engine = open_database(f"sqlite:///{home / 'shop.db'}")
    beside = Beside(northwire().catalog, Chips(northwire().catalog, dialogue.kinds))
    reading = Assistant(
        OneServing(Serving(dialogue, beside, "scripted")),
        Keeping(Records(engine), Orders(engine), Actions.of_database(engine), Store(engine)),
    )
    speaker.texts = [f"policy: {page.title}"]
    reply = reading.ask(page.title)
    assert [source.id for source in reply.shown.sources] == [page.id]
    assert line.text[1:] in reply.text


def test_another_customers_conversation_is_closed(assistant: Assistant, speaker: ScriptedSpeaker) -> None:
    owner = next(iter(northwire().customers))
    speaker.texts = ["talk greet"]
    reply = assistant.ask("hi", customer_id=owner)
    with pytest.raises(ConversationNotFound):
        assistant.ask("hi", reply.conversation_id)


def test_chips_are_messages_that_do_not_repeat_what_was_said(assistant: Assistant, speaker: ScriptedSpeaker) -> None:
    speaker.texts = ["find headphones"]
    reply = assistant.ask("Which one would you take?")
    assert reply.shown.chips
    assert "Which one would you take?" not in reply.shown.chips
    assert len(set(reply.shown.chips)) == len(reply.shown.chips) <= 4
