"""Simulated customers over a real shop: search, index, database, tools and verifier are real, the language model scripted."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import cast, get_args

import pytest

from assistant.evidence.brief import Brief, Note
from assistant.language_model.decoding import Decoding
from assistant.language_model.engine import Allowed
from assistant.planning.plan import Ask, Find, Plan, Step
from assistant.turn import TurnReply
from finetune.corpora.live import live_dialogue
from finetune.corpora.shop import CorpusShop
from finetune.simulation import customer as customers
from finetune.simulation.customer import Said, SimulatedCustomer
from finetune.simulation.customer_sentences import CustomerSentences
from finetune.simulation.shop_words import ShopWords
from finetune.simulation.simulated_run import Row, SimulatedShop, run
from finetune.simulation.simulation_report import drawn, report
from finetune.verification.finished_turn import Limits
from finetune.verification.numerals import numbers
from retrieval.errors import AisleError, FeedError
from retrieval.index.sentence_encoder import open_encoder
from tests.unit.corpus import CORPUS, northwire
from tests.unit.scripted_speaker import ScriptedSpeaker
from tests.unit.test_turn import MarkedReader

SENTENCES = CustomerSentences.load()
GOALS = {goal for table in (customers._GOALS, customers._AFTER_PRODUCTS, customers._AFTER_ORDERS, customers._AFTER_PAGES, customers._AFTER_NOTHING) for goal in table}  # fmt: skip


class EndlessSpeaker(ScriptedSpeaker):
    """Plans a search for headphones whatever is asked, and names the first product."""

    def generate(
        self, ids: Sequence[int], decoding: Decoding, allowed: Allowed, cancelled: threading.Event
    ) -> Iterator[int]:
        plans = self.text(ids).rstrip().endswith("plan")
        self.texts = ["find headphones" if plans else "The {p1.name} is {p1.price}."]
        yield from super().generate(ids, decoding, allowed, cancelled)


def reply(*products: str, steps: tuple[Step, ...] = (Find(kind="headphones"),), text: str = "Here.", notes: tuple[Note, ...] = ()) -> TurnReply:  # fmt: skip
    brief = Brief(products=products, numbers=tuple(range(1, len(products) + 1)), notes=notes)
    return cast(TurnReply, SimpleNamespace(text=text, plan=Plan(steps=steps), brief=brief, is_fallback=False))


def customer(seed: int, shop: CorpusShop | None = None, most: int = 6) -> SimulatedCustomer:
    shop = shop or northwire()
    return SimulatedCustomer(ShopWords(shop), SENTENCES, random.Random(seed), shop.customers.get("C-1"), most)


def conversation(seed: int, *replies: TurnReply) -> list[Said]:
    talking = customer(seed, most=len(replies) + 1)
    said = [talking.says(None), *(talking.says(each) for each in replies)]
    return [each for each in said if each]


SHOWN = reply("drift-headphones-black", "stillroom-headphones", "pip-headphones")


def test_every_goal_and_every_question_back_has_sentences() -> None:
    asked = {f"answer_{about}" for about in get_args(Ask.model_fields["about"].annotation)}
    assert GOALS | asked | {"answer", "bye"} <= set(SENTENCES.sections)
    with pytest.raises(AisleError, match="no section"):
        SENTENCES.draw("nonsense", {}, random.Random(1))


def test_no_sentence_is_left_with_a_choice_or_a_slot() -> None:
    for seed in range(300):
        for said in conversation(seed, SHOWN, reply(notes=(Note.NOTHING_FOUND,)), SHOWN):
            assert said.text
            assert not set(said.text) & set("{}|")


def test_the_same_replies_lead_to_the_same_messages() -> None:
    assert conversation(3, SHOWN, SHOWN) == conversation(3, SHOWN, SHOWN)
    assert len({conversation(seed)[0].text for seed in range(200)}) > 150


def test_a_limit_was_named_by_the_customer_and_a_new_wish_has_none() -> None:
    seen = 0
    for seed in range(400):
        heard = ""
        for said in conversation(seed, SHOWN, SHOWN, SHOWN):
            heard += f" {said.text}"
            if said.limits.budget is not None:
                seen += 1
                assert f"{said.limits.budget:f}" in numbers(heard)
            if said.goal == "mind":
                assert said.limits == Limits()
    assert seen > 50


def test_a_cheaper_one_is_asked_below_the_price_that_was_shown() -> None:
    said = [each for seed in range(300) for each in conversation(seed, SHOWN) if each.goal == "cheaper"]
    prices = [each.limits.budget for each in said if any(letter.isdigit() for letter in each.text)]
    assert prices
    assert all(price is not None and price < Decimal(149) for price in prices)


def test_a_customer_answers_what_is_asked_back_and_leaves_after_thanks() -> None:
    back = reply(steps=(Ask(about="budget"),), text="How much would you like to spend?")
    goals = [conversation(seed, back)[-1].goal for seed in range(200)]
    assert goals.count("answer_budget") > 120
    talking = customer(1)
    talking._last = "thanks"
    assert talking.says(SHOWN) is None


def test_nothing_that_was_not_shown_is_counted() -> None:
    for seed in range(200):
        _, said = conversation(seed, reply("pip-headphones"))
        assert said.goal not in ("compare", "second", "pick")


@pytest.mark.parametrize("name", ["fern-and-fell", "velvet-hour"])
def test_customers_of_any_shop_have_something_to_say(name: str) -> None:
    shop = CorpusShop.load(CORPUS / name)
    goals = {said.goal for seed in range(300) for said in [customer(seed, shop).says(None)] if said}
    assert {"need", "named", "policy", "page", "not_sold", "hostile"} <= goals


def test_a_shop_without_orders_customers_or_pages_has_customers_too() -> None:
    full = northwire()
    bare = CorpusShop(full.folder, full.card, type(full.catalog)(full.catalog.products.values()), {}, {})
    for seed in range(100):
        said = SimulatedCustomer(ShopWords(bare), SENTENCES, random.Random(seed)).says(None)
        assert said is not None
        assert said.goal not in ("page", "rule_age", "rule_return")


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> SimulatedShop:
    home, shop = tmp_path_factory.mktemp("simulated"), northwire()
    dialogue = live_dialogue(shop, home, EndlessSpeaker(), MarkedReader({}), open_encoder(), frozenset())
    return SimulatedShop(shop, dialogue)


def rows_of(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def told(rows: list[Row]) -> list[tuple[object, ...]]:
    return [(row["id"], row["place"], row["message"], row["reply"]) for row in rows]


def test_a_run_goes_on_where_it_was_interrupted(live: SimulatedShop, tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole.jsonl", tmp_path / "broken.jsonl"
    rows = run({"northwire": lambda: live}, 14, 5, whole)
    assert len(rows) == 14
    assert rows == rows_of(whole)
    assert all(row["plan"] for row in rows)
    assert all(fault["kind"] == "limit" for row in rows for fault in row["faults"])  # headphones whatever is asked for
    lines = whole.read_text().splitlines(keepends=True)
    broken.write_text("".join(lines[:9]) + lines[9][:20])
    assert told(run({"northwire": lambda: live}, 14, 5, broken)) == told(rows)
    assert run({"northwire": lambda: pytest.fail("opened for nothing")}, 14, 5, whole) == rows
    with pytest.raises(FeedError, match="seed 5, not 6"):
        run({"northwire": lambda: live}, 14, 6, whole)


class BrokenPlanner:
    """Fails on every message."""

    def plan(self, *_: object) -> None:
        raise RuntimeError("the planner broke")


def test_a_reply_that_breaks_is_a_finding_and_the_run_goes_on(live: SimulatedShop, tmp_path: Path) -> None:
    broken = SimulatedShop(live.shop, replace(live.dialogue, planner=BrokenPlanner()))  # type: ignore[arg-type]
    rows = run({"northwire": lambda: broken}, 3, 1, tmp_path / "rows.jsonl")
    assert len({row["id"] for row in rows}) == 3
    assert all("the planner broke" in row["error"] for row in rows)
    assert "3 of 3" in report(rows)


def test_the_report_counts_turns_and_shows_what_was_wrong() -> None:
    fault = {"kind": "amount", "said": "$5.00", "sentence": "It is $5.00."}
    promise = {"kind": "promise", "said": "I've sent", "sentence": "I've sent it."}
    base = {"id": "a", "shop": "s", "place": 1, "goal": "need", "message": "hi", "brief": "nothing", "error": "", "rejected": [], "timings_ms": {"planning": 10.0}}  # fmt: skip
    rows: list[Row] = [
        base | {"reply": "It is $5.00.", "fallback": False, "faults": [fault, fault]},
        base | {"reply": "I've sent it.", "fallback": True, "faults": [promise], "place": 2},
        *({**base, "reply": "Fine.", "fallback": False, "faults": [], "place": place} for place in range(3, 11)),
    ]
    lines = report(rows).splitlines()
    assert any(line.startswith("wrong facts") and "1 of 10, 10.00 %" in line for line in lines)
    assert any(line.startswith("acts that did not run") and "1 of 10" in line for line in lines)
    assert any(line.startswith("fallbacks") and "1 of 10" in line for line in lines)
    assert any("'$5.00' in 'It is $5.00.'" in line for line in lines)
    assert "A: Fine." in "\n".join(drawn(rows, 10, 1))
