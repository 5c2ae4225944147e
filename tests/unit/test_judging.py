"""Judging: its statistics have known answers, its verifier catches what it should, its page shows it without harm."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from assistant.adapters.verdict import Verdict
from assistant.checking.claims import ClaimsChecker
from assistant.evidence.evidence import Fact, FactKind
from assistant.planning.plan import Policy
from assistant.privacy.masker import Masker
from assistant.turn import Prepared
from assistant.writing.composer import Composed, words_heard
from finetune.judge_cli import unlearned
from finetune.judging.difference import Conversations, Ratio
from finetune.judging.judge import judge
from finetune.judging.page import page
from finetune.judging.plan import Plan, spread
from finetune.judging.ranking import bm25_places, groups, model_places, place, recall
from finetune.judging.report import Report
from finetune.judging.verifier import verify
from finetune.judging.wording import distinct, distinct_difference, repeats, words
from finetune.masking import masked
from finetune.replayed import Replayed
from finetune.tuning.examples_file import write_examples
from retrieval.catalog.catalog import Catalog
from retrieval.errors import FeedError, ModelError
from tests.unit.replayed_turns import prepared
from tests.unit.replayed_turns import replayed as replayed_reply

FACTS = (
    Fact("p1.name", FactKind.NAME, "Tarn Kettle"),
    Fact("p1.price", FactKind.MONEY, "$39.00"),
    Fact("p1.stock", FactKind.STOCK, "in stock", "in"),
    Fact("p2.name", FactKind.NAME, "Moor Kettle"),
    Fact("p2.price", FactKind.MONEY, "$49.00"),
)
BRIEF = prepared("", FACTS).brief


class Talker:
    """Writes one sentence whatever it is asked, and finds a reply the likelier the more of its words it knows."""

    def __init__(self, name: str, says: str, knows: str, *, is_blind: bool = False) -> None:
        self.name = name
        self._says = says
        self._knows = set(words(knows))
        self._checker = None if is_blind else ClaimsChecker(Catalog(()), frozenset())

    def likelihoods(self, item: Replayed, replies: Sequence[str]) -> list[NDArray[np.float64]]:
        return [
            np.array([*(-1.0 if word in self._knows else -4.0 for word in words(reply)), -1.0]) for reply in replies
        ]

    def prepare(self, item: Replayed) -> Prepared:
        return item.prepared

    def write(self, item: Replayed) -> Iterator[Composed]:
        made = item.prepared
        heard = words_heard(made.thread, made.message, made.planned)
        found = self._checker.violations(self._says, made.brief, heard, is_first=True) if self._checker else []
        if found:
            yield Composed("Sorry.", "Sorry.", is_fallback=True, rejected=tuple(found))
        else:
            yield Composed(self._says, self._says)


class Common(Talker):
    """Finds replies likely by what they are, and, where it is minded so, that to the message of a turn likelier."""

    def __init__(self, liked: dict[str, float], minded: dict[str, str] | None = None) -> None:
        super().__init__("common", "", "")
        self._liked = liked
        self._minded = minded or {}

    def likelihoods(self, item: Replayed, replies: Sequence[str]) -> list[NDArray[np.float64]]:
        own = self._minded.get(item.message)
        return [np.array([self._liked[reply] - 3 * (reply != own), 0.0]) for reply in replies]


class Planless(Talker):
    """Plans everything as a question about the shop."""

    def prepare(self, item: Replayed) -> Prepared:
        return prepared(item.message, FACTS, step=Policy(question="x"))


def human(number: int) -> str:
    return f"The {{p1.name}} is {{p1.price}}, number {'x' * (number + 1)}."


def replayed(count: int = 60, message: str = "which kettle is cheap?") -> list[Replayed]:
    """Two replies in each conversation, all of them different."""
    made = prepared(message, FACTS)
    return [replayed_reply(f"t{number // 2}", number % 2, human(number), made, human="…") for number in range(count)]


def asking(item: Replayed, message: str) -> Replayed:
    return replace(item, prepared=prepared(message, FACTS))


def judged(before: Talker, after: Talker, held: list[Replayed] | None = None, **plan: int) -> Report:
    held = replayed() if held is None else held
    return judge(held, before, after, digest="d" * 64, plan=Plan(**plan))


PLAIN = Talker("shipped", "The {p1.name} is {p1.price}.", "")
LEARNED = Talker("2026-11", "The {p1.name} is {p1.price} and {p1.stock}.", "the is number")


class TestStatistics:
    def test_a_constant_gain_is_certain(self) -> None:
        ids = [f"t{number // 3}" for number in range(60)]
        values = np.random.default_rng(1).normal(3, 1, 60)
        found = Conversations(ids).difference(Ratio.mean(values.tolist()), Ratio.mean((values - 0.5).tolist()))
        assert math.isclose(found.change, -0.5)
        assert found.low == pytest.approx(-0.5)
        assert found.high == pytest.approx(-0.5)
        assert found.is_certain

    def test_the_interval_covers_the_truth_as_often_as_it_says(self) -> None:
        chance = np.random.default_rng(2)
        held = 0
        for trial in range(200):
            shared = np.repeat(chance.normal(0, 1, 40), 4)  # replies of one conversation go together
            gain = chance.normal(0, 1, 160) + shared
            found = Conversations([f"t{number // 4}" for number in range(160)], seed=trial, draws=400)
            low, high = found.interval(Ratio.mean(gain.tolist()))
            held += low <= 0 <= high
        assert 178 <= held <= 199

    def test_replies_of_one_conversation_are_not_taken_for_independent(self) -> None:
        values = [float(number // 20) for number in range(100)]
        alone = Conversations([str(number) for number in range(100)]).interval(Ratio.mean(values))
        together = Conversations([str(number // 20) for number in range(100)]).interval(Ratio.mean(values))
        assert together[1] - together[0] > 2 * (alone[1] - alone[0])

    def test_a_ratio_of_nothing_is_nan(self) -> None:
        nothing = Ratio(np.zeros(3), np.zeros(3))
        assert math.isnan(nothing.value)
        assert all(map(math.isnan, Conversations(["a", "b", "c"]).interval(nothing)))

    @given(st.lists(st.floats(-9, 9), min_size=2, max_size=20), st.data())
    def test_the_place_counts_better_ones(self, scores: list[float], data: st.DataObject) -> None:
        right = data.draw(st.integers(0, len(scores) - 1))
        found = place(scores, right)
        assert 1 <= found <= len(scores)
        if scores.count(scores[right]) == 1:
            assert found == sorted(scores, reverse=True).index(scores[right]) + 1

    def test_equal_scores_gain_nothing(self) -> None:
        assert place([0.0] * 20, 3) == 10.5
        assert recall([1.0, 3.0, 10.5], 1) == [1, 0, 0]
        assert recall([1.0, 3.0, 10.5], 3) == [1, 1, 0]

    @settings(max_examples=30)
    @given(st.integers(1, 60), st.integers(0, 5))
    def test_a_group_holds_20_different_replies_of_20_conversations(self, count: int, seed: int) -> None:
        held = replayed()
        found = groups(held, count, seed)
        for group in found:
            met = {item.transcript_id for item in group}
            assert len({item.reply for item in group}) == len(met) == 20
        assert len({id(item) for group in found for item in group}) == 20 * len(found) <= count
        assert found == groups(held, count, seed)

    def test_too_few_replies_make_no_group(self) -> None:
        assert groups(replayed(19), 20, 1) == []

    @given(st.lists(st.floats(-9, 9), min_size=20, max_size=20))
    def test_who_only_knows_which_replies_are_common_gains_nothing(self, liked: list[float]) -> None:
        assert np.mean([place(liked, right) for right in range(20)]) == pytest.approx(10.5)

    @given(st.lists(st.integers(-9, 9), min_size=20, max_size=20))
    def test_what_a_prompt_adds_to_a_reply_decides(self, liked: list[int]) -> None:
        (group,) = groups([asking(item, item.reply) for item in replayed()], 20, 1)
        scores = {item.reply: float(score) for item, score in zip(group, liked, strict=True)}
        assert np.mean(model_places(Common(scores), group)) == pytest.approx(10.5)
        minded = Common(scores, {item.reply: item.reply for item in group})
        assert model_places(minded, group) == [1.0] * 20

    def test_bm25_finds_shared_words_and_survives_none(self) -> None:
        held = list(groups(replayed(), 20, 1)[0])
        held[6] = asking(held[6], held[6].reply)
        held[8] = asking(held[8], "🙂")
        found = bm25_places(tuple(held))
        assert found[6] == 1
        assert found[8] == 10.5

    def test_wording(self) -> None:
        assert words("It's {p1.price}, OK?") == ["it's", "{p1.price}", "ok"]
        assert distinct(["a b", "a c"], 1) == 3 / 4
        assert distinct(["a b", "a c"], 2) == 1
        assert repeats("go to the shop and go to the shop")
        assert not repeats("go to the shop")
        same = distinct_difference(["x", "y"], ["a b", "a c"], ["a b", "a c"], 1)
        assert (same.change, same.low, same.high) == (0, 0, 0)
        assert distinct_difference(["x", "y"], ["a a", "a a"], ["a b", "c d"], 1).change == 3 / 4

    def test_spread_keeps_order_and_ends_nowhere_else(self) -> None:
        assert spread(range(10), 3) == [0, 3, 6]
        assert spread(range(3), 10) == [0, 1, 2]
        assert spread([], 4) == []


class TestVerifier:
    @pytest.mark.parametrize(
        "written",
        [
            "The {p1.name} is {p1.price} and {p1.stock}.",
            "The {p1.name} is cheaper than the {p2.name}.",
            "You asked for 2 of them.",
            "Would you like it within two days?",
            "I can tell you when something is sold out.",
            "I'm sorry to hear that. How can I help?",
            "We will be happy to help.",
            "How can I help you today? Have a lovely day.",
        ],
    )
    def test_what_the_evidence_bears_out_passes(self, written: str) -> None:
        found = verify(written, BRIEF, "2 kettles within two days please")
        assert (found.wrong_facts, found.promises) == ((), ())

    @pytest.mark.parametrize(
        ("written", "said"),
        [
            ("It is $39.00.", "$39.00"),
            ("It weighs 1.2 kg.", "1.2"),
            ("See www.shop.example for more.", "www.shop.example"),
            ("Write to help@shop.example.", "help@shop.example"),
            ("It has 20% off.", "20%"),
            ("It takes three business days.", "three business days"),
            ("It arrives tomorrow.", "tomorrow"),
            ("The {p1.name} is sold out.", "sold out"),
            ("The {p2.name} is cheaper.", "cheaper"),
            ("The {p1.name} is more expensive.", "more expensive"),
            ("It is on sale.", "on sale"),
            ("It is {p3.price}.", "{p3.price}"),
        ],
    )
    def test_what_nothing_bears_out_is_a_wrong_fact(self, written: str, said: str) -> None:
        assert said in verify(written, BRIEF, "a kettle").wrong_facts

    @pytest.mark.parametrize(
        "written",
        [
            "I have cancelled it for you.",
            "Your refund has been issued.",
            "You will receive an email.",
            "Our team will contact you.",
            "I promise it works.",
        ],
    )
    def test_what_no_act_did_is_a_false_promise(self, written: str) -> None:
        assert verify(written, BRIEF, "cancel it").promises
        assert not verify(f"If so: {written[:-1]}?", BRIEF, "cancel it").promises


class TestJudge:
    def test_a_better_adapter_is_called_better(self) -> None:
        report = judged(PLAIN, LEARNED)
        assert report.verdict.summary == "better"
        assert report.verdict.objections == ()
        assert (report.verdict.conversations, report.verdict.judged_replies, report.verdict.replies) == (30, 60, 60)
        loss = report.measure("loss").difference
        assert (loss.before, loss.after) == (pytest.approx((6 * 4 + 1) / 7), pytest.approx((3 * 4 + 3 + 1) / 7))
        assert report.measure("perplexity per word").difference.change == pytest.approx(math.exp(loss.change) - 1)
        assert report.measure("precision").difference.before == 1.0
        assert report.measure("precision").difference.after == pytest.approx(2 / 3)
        assert report.measure("recall").difference.after == 1.0

    def test_the_same_model_twice_is_not_better(self) -> None:
        report = judged(LEARNED, LEARNED)
        assert report.verdict.summary == "not better"
        assert "not better than '2026-11'" in report.verdict.objections[0]
        assert report.measure("R@1 among 20").floors["chance"] == 1 / 20

    def test_few_conversations_are_no_proof(self) -> None:
        report = judged(PLAIN, LEARNED, replayed(18))
        assert not report.verdict.better
        assert "9 held-out conversations are too few" in report.verdict.objections[0]

    def test_a_model_that_lies_is_kept_from_customers_and_falls_back(self) -> None:
        liar = Talker("liar", "It is $5 and I have refunded you.", "the is number")
        report = judged(PLAIN, liar, written=20)
        assert (report.verdict.wrong_facts, report.verdict.false_promises) == (0, 0)
        assert (report.verdict.fallbacks_before, report.verdict.fallbacks_after) == (0, 20)
        assert report.verdict.summary == "guards broken"
        assert report.measure("replies of which the check refused a sentence").difference.after == 1.0
        assert report.about["refused"]["after"]["number"] == 20

    def test_a_writer_whose_check_fails_breaks_the_guards(self) -> None:
        liar = Talker("liar", "The {p1.name} is $5 and I have refunded you.", "the is number", is_blind=True)
        report = judged(PLAIN, liar, written=10)
        assert report.verdict.wrong_facts == 10
        assert report.verdict.false_promises == 10
        assert report.about["found"] == {"wrong facts": ["$5"] * 10, "false promises": ["I have refunded"] * 10}
        assert page(report).count("<q>$5</q>") == 10
        assert [objection.split(":")[0] for objection in report.verdict.objections] == ["wrong facts", "false promises"]

    def test_an_adapter_that_forgot_to_plan_is_seen(self) -> None:
        report = judged(PLAIN, Planless("2026-11", "The {p1.name} is {p1.price}.", "the is number"), written=10)
        assert report.measure("same tools").difference.before == 1.0
        assert report.measure("same tools").difference.after == 0.0

    def test_a_beginning_is_judged_without_its_end(self) -> None:
        held = [replace(item, ends=False) for item in replayed()]
        assert judged(PLAIN, LEARNED, held).measure("loss").difference.before == pytest.approx(4.0)

    def test_nothing_to_judge_by_is_told(self) -> None:
        with pytest.raises(FeedError, match="no held-out replies"):
            judged(PLAIN, LEARNED, [])

    def test_the_same_seed_gives_the_same_report(self) -> None:
        one, other = (judged(PLAIN, LEARNED, seed=3).as_json() for _ in range(2))
        for report in (one, other):
            report["measures"] = [m for m in report["measures"] if "Speed" not in m["group"]]
            report["about"].pop("seconds")
            report["verdict"].pop("judged")
        assert one == other


class TestReport:
    def test_the_files_are_whole_and_read_back(self, tmp_path: Path) -> None:
        report = judged(PLAIN, LEARNED)
        report.write(tmp_path)
        stored = json.loads((tmp_path / "report.json").read_text())
        assert stored["verdict"]["summary"] == "better"
        assert len(stored["losses"]) == 60
        assert len(stored["replies"]) == 20
        assert Verdict.read(tmp_path) == report.verdict
        assert {"loss", "perplexity per word", "R@1 among 20", "R@3 among 20", "precision", "recall"} <= {
            measure["name"] for measure in stored["measures"]
        }

    def test_a_folder_that_is_gone_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(ModelError, match="cannot be written"):
            judged(PLAIN, LEARNED).write(tmp_path / "gone")

    def test_what_was_learnt_from_does_not_judge(self, tmp_path: Path) -> None:
        held = replayed(12)
        assert unlearned(held, tmp_path) == held
        parts = {"train": held[:8], "validation": held[8:10], "test": held[10:]}
        write_examples(((name, [masked(item, Masker()) for item in part]) for name, part in parts.items()), tmp_path)
        assert unlearned(held[10:], tmp_path) == held[10:]
        with pytest.raises(FeedError, match="learned from 1 of the conversations that would judge it, t4"):
            unlearned(held[9:], tmp_path)

    def test_no_value_of_a_record_is_in_it(self, tmp_path: Path) -> None:
        judged(PLAIN, LEARNED).write(tmp_path)
        for name in ("report.json", "report.html"):
            assert "Tarn Kettle" not in (tmp_path / name).read_text()
            assert "$39.00" not in (tmp_path / name).read_text()

    def test_nobody_is_named_in_it(self, tmp_path: Path) -> None:
        message = "I'm Dana Whitfield, dana@example.com, +1 206 555 0199, card 4111 1111 1111 1111: where is it?"
        judged(PLAIN, LEARNED, replayed(message=message)).write(tmp_path)
        for name in ("report.json", "report.html"):
            text = (tmp_path / name).read_text()
            assert "where is it?" in text
            assert not [said for said in ("Whitfield", "dana@", "555 0199", "4111 1111") if said in text]

    @settings(max_examples=40)
    @given(st.text(st.characters(codec="utf-8"), max_size=60))
    def test_the_page_shows_every_text_and_runs_none(self, text: str) -> None:
        harmful = f"<script>alert('{text}')</script>\"'><img src=x onerror=alert(1)>"
        held = [replace(asking(item, harmful), reply=item.reply + harmful, human=harmful) for item in REPLAYED_ONCE]
        told = judged(Talker(harmful, "Hm.", ""), Talker("2026-11", "Hm.", ""), held, written=2, ranked=0)
        tags = _Tags()
        tags.feed(page(told))
        assert tags.seen.isdisjoint({"script", "img", "iframe", "link", "object"})
        assert not [name for name in tags.attributes if name.startswith("on") or name in ("src", "href")]
        assert tags.open == []

    def test_a_report_without_ranking_has_a_page(self) -> None:
        assert "</html>" in page(judged(PLAIN, LEARNED, replayed(4)))


REPLAYED_ONCE = random.Random(1).sample(replayed(), 2)


class _Tags(HTMLParser):
    """Every tag and attribute of a page, and those left open."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
