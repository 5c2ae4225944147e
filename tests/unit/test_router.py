"""The router that ships, one that was just trained, and what a planner does with one."""

from __future__ import annotations

import json
import random
import shutil
import threading
from pathlib import Path

import pytest
import torch

from assistant.dialogue.thread import Thread
from assistant.language_model.transcript import TranscriptTurn
from assistant.planning.grammar.grammar import Grammar
from assistant.planning.plan import Find, Policy
from assistant.planning.planner import LanguageModelPlanner
from assistant.planning.route import NOTHING_NEAR, Nearness, Route
from assistant.planning.router import LONGEST, TOOLS, open_router, open_unweighed_router
from assistant.reading.finder import open_finder
from finetune.corpora.further import further_messages
from finetune.corpora.planner_evaluation import planned_turns
from finetune.corpora.public_intents import public_messages
from finetune.corpora.router_evaluation import evaluate_router
from finetune.corpora.router_training import Routed as RoutedMessage
from finetune.corpora.router_training import RouterRecipe, router_examples, train_router
from finetune.corpora.shop import CorpusShop
from finetune.corpora.transcripts import corpus_conversations
from finetune.corpora.weighing_training import NearMessage, NearRecords, fit, router_logits
from retrieval.errors import FeedError, ModelError
from tests.unit.corpus import CORPUS
from tests.unit.grammar_shops import SHOPS
from tests.unit.scripted_speaker import ScriptedSpeaker

SHIPPED = Path("data/models/router")


class Routed:
    """A router that always names one tool."""

    def __init__(self, tool: str, is_alone: bool = False) -> None:
        self._route = Route(tool, is_alone)

    def route(self, context: str, thread: Thread, message: str, near: Nearness) -> Route:
        return self._route


def test_the_router_that_ships_picks_most_first_tools_of_a_held_out_shop() -> None:
    router = open_router(SHIPPED)
    shop = CorpusShop.load(CORPUS / "velvet-hour")
    turns = list(planned_turns(shop, corpus_conversations(CORPUS / "velvet-hour")))[:80]
    records = NearRecords(shop, open_finder(Path("data/models/finder")))
    picked = [
        router.route(each.conversation.context, each.thread, said, records.near(each.thread, said)).tool
        for each in turns
        for said in (each.turn.text.message,)
    ]
    right = [tool == each.turn.plan.steps[0].tool for tool, each in zip(picked, turns, strict=True) if tool]
    assert len(right) > 30
    assert sum(right) / len(right) > 0.6


@pytest.mark.parametrize("unit", ["tent ", "\N{HANGUL SYLLABLE GAG}", "\N{GRINNING FACE}", "?! "])
def test_a_message_of_any_length_is_routed(unit: str) -> None:
    router = open_router(SHIPPED)
    thread = Thread(turns=(TranscriptTurn("a stove", "find stoves", "", "Here are two stoves. " * 20),))
    for count in (0, 1, *range(LONGEST - 6, LONGEST + 3), 2000 // len(unit)):
        for before in (Thread(), thread):
            assert router.route("", before, unit * count, NOTHING_NEAR).tool in ("", *TOOLS)


def test_only_the_conversation_is_cut_where_the_message_leaves_room(monkeypatch: pytest.MonkeyPatch) -> None:
    router, seen = open_router(SHIPPED), []
    tokenizer = router._tokenizer
    forward = router.encoder.forward
    monkeypatch.setattr(
        router.encoder, "forward", lambda **given: seen.append(given["input_ids"][0]) or forward(**given)
    )
    for count in (4, LONGEST - 4, LONGEST - 3, 400):
        router([("tent " * count, "and " * 300)])
    tents = [int((ids == tokenizer.convert_tokens_to_ids("tent")).sum()) for ids in seen]
    assert [len(ids) for ids in seen] == [LONGEST] * 4
    assert tents[:2] == [4, LONGEST - 4]
    assert all(LONGEST // 2 - 3 < count < LONGEST - 4 for count in tents[2:])


@pytest.mark.parametrize(("tool", "first"), [("", Find), ("policy", Policy), ("find", Find)])
def test_a_plan_is_held_to_the_routed_tool(tool: str, first: type) -> None:
    written: list[list[int]] = []

    class Held(ScriptedSpeaker):
        """Writes the text that the grammar lets out."""

        def generate(self, ids, decoding, allowed, cancelled):  # type: ignore[no-untyped-def]
            for text in ("find tents", "policy: do you sell tents"):
                choice = allowed([])
                if choice is None or self.tokens(text)[0] in choice:
                    written.append(self.tokens(text))
                    yield from self.tokens(text)
                    return

    names = Grammar(SHOPS["outdoor"]).names
    planner = LanguageModelPlanner(Held(), names, router=Routed(tool))
    plan = planner.plan("", "", Thread(), "tents?", threading.Event()).plan
    assert isinstance(plan.steps[0], first)


@pytest.mark.parametrize(
    ("tool", "steps", "plans"),
    [("", "fp", 1), ("policy", "fp", 1), ("find", "fp", 1), ("talk", "t", 2)],
)
def test_a_plan_that_has_the_routed_tool_is_kept_whole(tool: str, steps: str, plans: int) -> None:
    asked: list[object] = []

    class Writes(ScriptedSpeaker):
        """Writes a search and a question, or small talk where it is held to that."""

        def generate(self, ids, decoding, allowed, cancelled):  # type: ignore[no-untyped-def]
            asked.append(ids)
            choice = allowed([])
            is_free = choice is None or self.tokens("find tents")[0] in choice
            yield from self.tokens("find tents\npolicy: do you send tents abroad" if is_free else "talk ok")

    planner = LanguageModelPlanner(Writes(), Grammar(SHOPS["outdoor"]).names, router=Routed(tool))
    plan = planner.plan("", "", Thread(), "tents? and do you send them abroad", threading.Event()).plan
    assert "".join(step.tool[0] for step in plan.steps) == steps
    assert len(asked) == plans


def test_a_plan_is_asked_for_within_the_models_window() -> None:
    class Small(ScriptedSpeaker):
        context = 400

        def generate(self, ids, decoding, allowed, cancelled):  # type: ignore[no-untyped-def]
            assert len(ids) + decoding.max_tokens <= self.context
            return super().generate(ids, decoding, allowed, cancelled)

    speaker = Small("find tents")
    planner = LanguageModelPlanner(speaker, Grammar(SHOPS["outdoor"]).names)
    thread = Thread(turns=(TranscriptTurn("stoves? " * 40, "find stoves", "nothing", "Here."),))
    assert isinstance(planner.plan("", "", thread, "tents? " * 250, threading.Event()).plan.steps[0], Find)
    assert "stoves" not in speaker.prompts[0]


def test_each_part_of_a_message_is_routed_as_if_those_before_it_were_answered() -> None:
    heard: list[tuple[str, list[str], tuple[str, ...]]] = []

    class Hears:
        """A router that is sure of nothing."""

        def route(self, context: str, thread: Thread, message: str, near: Nearness) -> Route:
            heard.append((message, [turn.message for turn in thread.turns], tuple(thread.shown)))
            return Route()

    wish, question, other = "I need a tent.", "does it stand alone?", "and is it heavy"
    names = Grammar(SHOPS["outdoor"]).names
    planner = LanguageModelPlanner(ScriptedSpeaker("find tents"), names, router=Hears(), found=lambda said: ("tent-2",))
    planner.plan("", "", Thread(shown=("mug-1",)), f"{wish} {question} {other}", threading.Event())
    assert heard[:3] == [
        (wish, [], ("mug-1",)),
        (question, [wish], ("tent-2",)),
        (other, [wish, question], ("tent-2",)),
    ]


def test_a_question_behind_a_wish_is_one_about_what_is_wished_for() -> None:
    router, shop = open_router(SHIPPED), CorpusShop.load(CORPUS / "tonewood")
    records = NearRecords(shop, open_finder(Path("data/models/finder")))
    question = "can I plug headphones in"
    behind = Thread(turns=(TranscriptTurn("looking for an amp for the kitchen", "find", "", ""),), shown=("porch-amp",))
    assert router.route("", behind, question, records.near(behind, question)).tool == "details"
    assert router.route("", Thread(), question, records.near(Thread(), question)).tool != "details"
    paying = "do you take paypal?"
    assert router.route("", behind, paying, records.near(behind, paying)).tool == "policy"


def test_a_router_is_trained_saved_and_opened_again(tmp_path: Path) -> None:
    steps: list[int] = []
    recipe = RouterRecipe(rank=2, lowest=5, passes=0.01, batch=8)
    folder = train_router(CORPUS, tmp_path / "router", recipe=recipe, watch=lambda done, of, loss: steps.append(done))
    assert steps == list(range(1, len(steps) + 1))
    assert json.loads((folder / "training.json").read_text())["public sets"] is False
    trained = open_router(folder)
    assert trained.route("", Thread(), "do you have tents", NOTHING_NEAR).tool in ("", "find")
    said = [("do you have tents", "start"), ("can I send it back", "start")]
    near = [Nearness(0.1, None), Nearness(0.8, 0.3)]
    assert torch.equal(trained.first(trained(said), near), trained(said))  # nothing is weighed yet
    assert not (folder / "README.md").exists()
    assert str(Path.home()) not in (folder / "adapter_config.json").read_text()


def test_a_question_to_the_shop_alone_is_planned_in_the_words_of_the_customer() -> None:
    names = Grammar(SHOPS["outdoor"]).names
    planner = LanguageModelPlanner(ScriptedSpeaker(), names, router=Routed("policy", is_alone=True))
    plan = planner.plan("", "", Thread(), "can  I send tents back", threading.Event()).plan
    assert plan.steps == (Policy(question="can I send tents back"),)  # the speaker has no plan to write


def test_the_weighing_learns_what_the_records_tell() -> None:
    router = open_router(SHIPPED)
    torch.nn.init.eye_(router.weighing.weight)
    torch.nn.init.zeros_(router.weighing.bias)
    said = RoutedMessage("and for this one", "start", frozenset())
    messages = [
        NearMessage(said, Nearness(page, 0.5), "policy" if page > 0.5 else "details") for page in (0.1, 0.2, 0.8, 0.9)
    ]
    fit(router, messages)
    with torch.inference_mode():
        best = router.first(router_logits(router, messages), [each.near for each in messages]).argmax(1)
    assert [TOOLS[place] for place in best] == [each.first for each in messages]


def test_every_further_message_is_an_example_in_the_place_of_its_turn() -> None:
    shop = CorpusShop.load(CORPUS / "northwire")
    further = list(further_messages(shop))
    assert len(further) > 800
    assert {tool for each in further for tool in each.tools} == set(TOOLS)
    assert sum(len(each.tools) > 1 for each in further) > 20
    examples = {
        (each.message, each.tools) for each in router_examples(CORPUS, None, RouterRecipe(asks=0.0), random.Random(1))
    }
    for each in further:
        assert each.instead_of.thread.turns  # a further message follows at least one reply
        assert (each.message, each.tools) in examples


def test_the_router_that_ships_beats_searching_on_turns_and_asks() -> None:
    shares = evaluate_router(CORPUS, open_router(SHIPPED), open_finder(Path("data/models/finder")))
    assert shares["turns of conversations"].cases > 1_400
    assert shares["asks"].cases > 600
    for name in ("turns of conversations", "asks"):
        assert shares[name].value > shares[f"{name}, without the records"].value
        assert shares[name].low > shares[f"{name}, always searching"].high
        assert shares[f"{name}, where sure"].value > shares[name].value


def test_a_damaged_router_says_how_to_get_another(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="aisle train router"):
        open_router(tmp_path)


def test_a_router_without_its_weighing_says_how_to_fit_it(tmp_path: Path) -> None:
    folder = tmp_path / "router"
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("weighing.safetensors"))
    with pytest.raises(ModelError, match=r"weighing\.safetensors(?s:.*)aisle train weighing"):
        open_router(folder)
    unweighed = open_unweighed_router(folder)
    logits = unweighed([("can I send it back", "start")])
    assert torch.equal(unweighed.first(logits, [Nearness(0.8, 0.3)]), logits)


def test_a_missing_public_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="bitext_intents"):
        list(public_messages(tmp_path, random.Random(1)))
