from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.evidence.brief import Brief
from assistant.planning.plan import HandOver, Plan
from finetune.corpora.conversation_runs import hold_all, read_asked
from finetune.corpora.evidence_evaluation import (
    Rests,
    always_search,
    evaluate_evidence,
    rests_on,
    scores,
    with_written_plan,
)
from finetune.corpora.live import live_dialogue
from finetune.corpora.planner_evaluation import commonest, evaluate_planner, planned_turns
from finetune.corpora.shop import CorpusShop
from retrieval.errors import FeedError
from retrieval.index.sentence_encoder import open_encoder
from tests.unit.corpus import CORPUS, conversations, northwire
from tests.unit.scripted_speaker import ScriptedSpeaker
from tests.unit.test_turn import MarkedReader


def test_every_message_is_answered_in_the_light_of_those_before(tmp_path: Path) -> None:
    asked = tmp_path / "asked.jsonl"
    turns = [{"message": "got headphones", "judged_then": "wrong"}, {"message": "how much is the first"}]
    asked.write_text(json.dumps({"id": "a", "shop": "northwire", "turns": turns}) + "\n\n")
    speaker = ScriptedSpeaker("find headphones", "details #1: price")

    def live(shop: CorpusShop) -> object:
        return live_dialogue(shop, tmp_path / "home", speaker, MarkedReader({}), open_encoder(), frozenset())

    held = list(hold_all(asked, CORPUS, live, tmp_path / "out.jsonl"))  # type: ignore[arg-type]
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [row["message"] for row in rows] == ["got headphones", "how much is the first"]
    assert rows[1]["cards"] == rows[0]["cards"][:1]
    assert rows[1]["plan"][0]["details"]["of"] == rows[1]["cards"]
    assert str(northwire().catalog.products[rows[1]["cards"][0]].current_price) in held[1].reply.text


def test_a_conversation_of_an_unknown_shop_names_those_that_are_known(tmp_path: Path) -> None:
    asked = tmp_path / "asked.jsonl"
    asked.write_text(json.dumps({"id": "c7", "shop": "nowhere", "turns": [{"message": "hi"}]}))
    with pytest.raises(FeedError, match=r"'c7'.*'nowhere'") as caught:
        list(hold_all(asked, CORPUS, lambda shop: pytest.fail("no shop is opened"), None))
    assert "northwire" in str(caught.value)


@pytest.mark.parametrize("line", ["no json", '{"id": "a"}', '{"id": "a", "turns": []}'])
def test_a_line_that_cannot_be_read_names_itself(tmp_path: Path, line: str) -> None:
    path = tmp_path / "asked.jsonl"
    path.write_text(line)
    with pytest.raises(FeedError, match=r"asked\.jsonl:1"):
        list(read_asked(path))


def test_a_planner_that_knows_the_plan_scores_one_and_the_floor_less() -> None:
    turns = list(planned_turns(northwire(), conversations()[:20]))
    perfect = evaluate_planner(turns, lambda asked: asked.turn.plan)
    floor = evaluate_planner(turns, commonest)
    assert (perfect.tools, perfect.first_tool, perfect.arguments, perfect.need) == (1.0, 1.0, 1.0, 1.0)
    assert floor.tools < 0.5
    assert floor.tools_interval[0] <= floor.tools <= floor.tools_interval[1]


def test_the_written_brief_is_what_a_turn_rests_on() -> None:
    turns = list(planned_turns(northwire(), conversations()))
    group = northwire().briefing.group
    perfect = evaluate_evidence(turns, lambda asked: (asked.turn.plan, asked.turn.brief), group)
    nothing = evaluate_evidence(turns, lambda asked: (Plan(steps=(HandOver(reason="rule"),)), Brief()), group)
    assert scores(perfect).reached.value == 1.0
    assert {kind for kind, is_reached in nothing if is_reached} <= {Rests.ACTS}
    assert {rests_on(asked) for asked in turns} == set(Rests)


def test_the_written_plan_brings_more_evidence_than_a_search(tmp_path: Path) -> None:
    shop = northwire()
    turns = list(planned_turns(shop, conversations()[:12]))
    live = live_dialogue(shop, tmp_path, ScriptedSpeaker(), MarkedReader({}), open_encoder(), frozenset())
    written, searched = (
        scores(evaluate_evidence(turns, way(shop, live), shop.briefing.group))
        for way in (with_written_plan, always_search)
    )
    assert written.reached.value > searched.reached.value > 0
    assert f"reached {written.reached}" in str(written)
