"""The writer shows nothing unchecked, says every act in the end, and survives whatever the model does."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from assistant.act import Act
from assistant.conversation.conversation import Conversation
from assistant.evidence.evidence import Evidence, Fact, FactKind
from assistant.evidence.hints import IN_STOCK
from assistant.language_model.language_model import Decoding
from assistant.language_model.prompt import Prompt
from assistant.writing.check import Check
from assistant.writing.checking.goods import Goods
from assistant.writing.draft import Written
from assistant.writing.history import prompt_for
from assistant.writing.plain_phrases import PlainPhrases
from assistant.writing.writer import Writer

SHIPPED = PlainPhrases.load(Path(__file__).parents[2] / "data" / "phrasings")
PHRASES = PlainPhrases(
    {
        Act.TOLD_PRICE: ("The {p1.name} comes to {p1.price}.",),
        Act.ANSWERED: ("{a1.text}",),
        Act.NOT_UNDERSTOOD: ("Sorry, what do you need?",),
        Act.SIGN_IN: ("Please sign in first.",),
    }
)
PRICE = Evidence(
    (Act.TOLD_PRICE,),
    (
        Fact("p1.name", FactKind.NAME, "Tarn Tent", "", "product:t"),
        Fact("p1.price", FactKind.MONEY, "$90.00", "", "product:t"),
        Fact("p1.stock", FactKind.STOCK, "in stock", IN_STOCK, "product:t"),
    ),
)
ANSWER = Evidence(
    (Act.ANSWERED, Act.TOLD_PRICE),
    (*PRICE.facts, Fact("a1.text", FactKind.TEXT, "Returns take a day.", "", "faq:r")),
)


class Scripted:
    """A model that gives one prepared reply after the other, in pieces of three characters."""

    name = "scripted"

    def __init__(self, *replies: str | Exception) -> None:
        self._replies = list(replies)
        self.prompts: list[Prompt] = []
        self.decodings: list[Decoding] = []

    def write(self, prompt: Prompt, decoding: Decoding, cancelled: threading.Event) -> Iterator[str]:
        self.prompts.append(prompt)
        self.decodings.append(decoding)
        reply = self._replies.pop(0) if self._replies else ""
        if isinstance(reply, Exception):
            raise reply
        yield from (reply[place : place + 3] for place in range(0, len(reply), 3))


def _write(model: Scripted, evidence: Evidence = PRICE) -> Sequence[Written]:
    prompt = prompt_for("", Conversation("c"), "how much is it?", evidence)
    writer = Writer(model, PHRASES, Check(Goods()), Decoding(temperature=0.0, seed=7))
    return list(writer.write(prompt, evidence, threading.Event()))


def _text(written: Sequence[Written]) -> str:
    return "".join(sentence.text for sentence in written)


def test_a_right_reply_is_shown_as_it_was_written() -> None:
    written = _write(Scripted("Sure. The {p1.name} is {p1.price}."))
    assert _text(written) == "Sure. The Tarn Tent is $90.00."
    assert [sentence.written for sentence in written] == ["Sure.", "The {p1.name} is {p1.price}."]
    assert not any(sentence.fallback for sentence in written)


def test_a_sentence_that_fails_is_written_once_more_from_where_the_reply_stands() -> None:
    model = Scripted("Sure. It costs $5.", " The {p1.name} is {p1.price}.")
    assert _text(_write(model)) == "Sure. The Tarn Tent is $90.00."
    assert [prompt.begun for prompt in model.prompts] == ["", "Sure."]
    first, second = model.decodings
    assert (first.temperature, first.seed) == (0.0, 7)
    assert second.temperature > 0
    assert second.seed != 7


def test_a_sentence_that_keeps_failing_falls_back_to_a_plain_phrase() -> None:
    written = _write(Scripted(*["I have refunded you $5."] * 20))
    assert _text(written) == "The Tarn Tent comes to $90.00."
    assert [(sentence.fallback, sentence.completed) for sentence in written] == [(True, False)]


def test_what_the_model_leaves_out_it_is_asked_for_alone() -> None:
    model = Scripted("The {p1.name} is {p1.price}.", "{a1.text}")
    written = _write(model, ANSWER)
    assert _text(written) == "The Tarn Tent is $90.00. Returns take a day."
    assert model.prompts[1].turns[-1].acts == (Act.ANSWERED,)
    assert model.prompts[1].keys == {"a1.text"}
    assert not any(sentence.fallback for sentence in written)


def test_what_the_model_leaves_out_for_good_is_said_plainly_and_counted() -> None:
    written = _write(Scripted("The {p1.name} is {p1.price}.", ""), ANSWER)
    assert _text(written) == "The Tarn Tent is $90.00. Returns take a day."
    assert [(sentence.fallback, sentence.completed) for sentence in written] == [(False, False), (True, True)]


@pytest.mark.parametrize("error", [RuntimeError("broken"), ValueError("secret words of the customer")])
def test_a_model_that_breaks_is_answered_for(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    written = _write(Scripted(error))
    assert _text(written) == "The Tarn Tent comes to $90.00."
    assert written[0].fallback
    logged = capsys.readouterr().out
    assert type(error).__name__ in logged
    assert str(error) not in logged


def test_a_courtesy_does_not_stand_for_what_the_turn_did() -> None:
    asked = Evidence((Act.SIGN_IN,), ())
    told_again = Scripted("I understand your concern.", "To see it, please sign in.")
    assert _text(_write(told_again, asked)) == "I understand your concern. To see it, please sign in."
    silent = _write(Scripted("I understand your concern.", "Thank you for your patience with us."), asked)
    assert _text(silent) == "I understand your concern. Please sign in first."
    assert silent[-1].fallback
    assert silent[-1].completed


def test_a_model_that_breaks_off_leaves_whole_sentences() -> None:
    assert _text(_write(Scripted("The {p1.name} is {p1.price}. And it"))) == "The Tarn Tent is $90.00."


def test_a_reference_that_does_not_exist_is_never_shown() -> None:
    assert _text(_write(Scripted(*["It is {p6.old_price}."] * 9))) == "The Tarn Tent comes to $90.00."


def test_a_silent_model_is_answered_for() -> None:
    assert _text(_write(Scripted())) == "The Tarn Tent comes to $90.00."


def test_a_sentence_is_not_said_twice() -> None:
    assert _text(_write(Scripted("Sure. Sure. The {p1.name} is {p1.price}."))) == "Sure. The Tarn Tent is $90.00."


def test_a_courtesy_alone_is_not_an_answer() -> None:
    evidence = Evidence((Act.NOT_UNDERSTOOD,))
    assert _text(_write(Scripted("No problem."), evidence)) == "No problem. Sorry, what do you need?"


def test_cancelling_stops_the_model_and_the_reply() -> None:
    cancelled, closed = threading.Event(), threading.Event()

    class Endless(Scripted):
        def write(self, prompt: Prompt, decoding: Decoding, cancelled: threading.Event) -> Iterator[str]:
            try:
                while True:
                    yield "Sure, one of these. "
            finally:
                closed.set()

    prompt = prompt_for("", Conversation("c"), "hi", PRICE)
    stream = Writer(Endless(), PHRASES, Check(Goods())).write(prompt, PRICE, cancelled)
    assert next(stream).text == "Sure, one of these."
    cancelled.set()
    assert list(stream) == []
    assert closed.is_set()


def test_an_endless_model_is_stopped() -> None:
    class Endless(Scripted):
        def write(self, prompt: Prompt, decoding: Decoding, cancelled: threading.Event) -> Iterator[str]:
            words = ("this", "that", "another", "the first", "the last")
            while True:
                yield from (f"I'd look at {word} {kind} one. " for word in words for kind in words)

    assert len(_write(Endless())) <= 10


@pytest.mark.parametrize("act", Act)
def test_every_act_has_something_plain_to_say(act: Act) -> None:
    evidence = Evidence((act,))
    prompt = prompt_for("", Conversation("c"), "hm", evidence)
    written = list(Writer(Scripted(), SHIPPED, Check(Goods())).write(prompt, evidence, threading.Event()))
    assert _text(written).strip()
