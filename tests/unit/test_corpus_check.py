"""The check of the corpus: what is committed passes, and each kind of fault is found."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from finetune.corpora.check import check_shops, turn_faults
from finetune.corpora.conversation import JudgedLine, Mark, WrittenConversation, WrittenTurn
from finetune.corpora.facts import turn_brief, written_sum
from finetune.corpora.shop import shop_folders
from retrieval.errors import FeedError
from tests.unit.corpus import CORPUS, northwire


def _turn(**changes: object) -> WrittenTurn:
    plain = {"says": "how much are the drift", "plan": [{"policy": {"question": "x"}}], "reply": "Our pages don't say."}
    return WrittenTurn.model_validate({**plain, **changes})


def _faults(turn: WrittenTurn) -> str:
    conversation = WrittenConversation(id="c", style=("terse",), turns=(turn,))
    return "; ".join(turn_faults(northwire(), conversation, turn, turn.says))


def _known_product() -> str:
    return next(iter(northwire().catalog.products))


def test_every_line_of_the_corpus_passes() -> None:
    report = check_shops(shop_folders(CORPUS))
    assert report.faults == []
    assert len(report.doubts) <= 0.015 * report.counts["turns"]
    assert report.counts["conversations"] >= 1_300
    assert report.counts["turns"] >= 5_400
    assert report.counts["asks"] >= 14_000
    assert report.counts["further messages"] >= 9_600
    judged = {name: count for name, count in report.counts.items() if name.startswith("judged ")}
    assert sum(judged.values()) >= 9_000
    assert judged["judged limits"] >= 1_150


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"reply": "It is {p1.price}."}, "does not exist"),
        ({"reply": "It runs for 30 hours."}, "spells the number 30"),
        ({"reply": "It costs $ {shop.name}."}, "currency sign"),
        ({"reply": "I have cancelled it."}, "claims or promises"),
        ({"reply": "Fine {shop.name"}, "brace"),
        ({"reply": "Why? And when?"}, "more than one question"),
        ({"reply": "word " * 95}, "60 are plenty"),
        ({"reply": "Yes, we do."}, "says yes without"),
        ({"show": ["no-such-product"]}, "no product has the id"),
        ({"orders": ["NW-1"]}, "signed-in customer"),
        ({"lines": ["+ nowhere: nothing"]}, "no product or page"),
        ({"sums": [{"magic": 1}]}, "unknown sum"),
        ({"plan": [{"details": {"of": ["nope"], "question": "x"}}]}, "no product has the id"),
        ({"plan": [{"details": {"question": "x"}}]}, "names no product"),
        ({"plan": [{"ask": {"about": "size"}}]}, "asks nothing"),
        ({"plan": [{"find": {"sort": "most magic"}}]}, "attribute"),
        ({"plan": [{"order": {"what": "status", "order": "X-1"}}]}, "there is no order"),
    ],
)
def test_a_fault_in_a_turn_is_found(changes: dict[str, object], fault: str) -> None:
    assert fault in _faults(_turn(**changes))


def test_a_condition_of_a_policy_has_to_be_quoted() -> None:
    shop = northwire()
    page = next(iter(shop.catalog.faqs))
    text = shop.lines[page][0].text
    assert "is not quoted" in _faults(_turn(lines=[f"! {page}: {text}"]))
    assert _faults(_turn(lines=[f"! {page}: {text}"], reply="{l1}")) == ""


def test_messages_that_are_nearly_the_same_are_refused(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(CORPUS / "northwire", tmp_path / "shop"))
    extra = yaml.safe_load((folder / "conversations" / "1.yaml").read_text())[:1]
    extra[0]["id"] = "copy"
    (folder / "conversations" / "9.yaml").write_text(yaml.safe_dump(extra))
    assert any("nearly the same" in fault for fault in check_shops([folder]).faults)


def test_a_file_that_is_no_yaml_names_itself(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(CORPUS / "northwire", tmp_path / "shop"))
    (folder / "pairs" / "1.yaml").write_text("- ask: [")
    with pytest.raises(FeedError, match=r"pairs/1\.yaml"):
        check_shops([folder])


def test_a_judged_line_is_a_mark_a_record_and_a_fragment() -> None:
    assert JudgedLine.parse("! returns: within 30 days: unworn") == JudgedLine(
        Mark.LIMITS, "returns", "within 30 days: unworn"
    )
    with pytest.raises(ValueError, match="not of the form"):
        JudgedLine.parse("returns: within")


def test_sums_are_worked_out_from_records() -> None:
    shop = northwire()
    first, second = list(shop.catalog.products.values())[:2]
    price = first.current_price.amount
    assert written_sum(shop, {"total": {first.id: 2}}).text == f"${2 * price:,.2f}"
    gap = abs(price - second.current_price.amount)
    assert written_sum(shop, {"difference": [first.id, second.id]}).text == f"${gap:,.2f}"
    with pytest.raises(ValueError, match="costs more"):
        written_sum(shop, {"left_of_budget": [0, {first.id: 1}]})


def test_a_brief_says_what_the_tools_would_report() -> None:
    turn = _turn(plan=[{"find": {"kind": "tents"}}, {"order": {"what": "status"}}, {"policy": {"question": "x"}}])
    conversation = WrittenConversation(id="c", style=("terse",), turns=(turn,))
    text = turn_brief(northwire(), conversation, turn).as_text()
    assert text.splitlines() == ["nothing found", "not signed in", "not stated"]
    shown = _turn(show=[_known_product()])
    assert turn_brief(northwire(), conversation, shown).as_text().startswith("p1 #0 ")


def test_a_refund_has_its_day() -> None:
    shop = northwire()
    refunded = [order for order in shop.orders.values() if order.refunded]
    assert refunded
    for order in refunded:
        turn = _turn(orders=[order.id])
        conversation = WrittenConversation(id="c", style=("order",), customer=order.customer_id, turns=(turn,))
        assert (
            turn_brief(shop, conversation, turn).facts["o1.refunded"].text
            == f"{order.refunded:%B} {order.refunded.day}"
        )


def _asks(folder: Path, *entries: dict[str, object]) -> list[str]:
    shop = folder / "northwire"
    shutil.copytree(
        CORPUS / "northwire", shop, ignore=shutil.ignore_patterns("conversations", "pairs", "asks", "turns.yaml")
    )
    (shop / "asks").mkdir()
    (shop / "asks" / "pages.yaml").write_text(yaml.safe_dump(list(entries)), encoding="utf-8")
    return check_shops([shop]).faults


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"says": ["hm"]}, "either `line` or `show`"),
        ({"line": "returns: within", "show": [], "says": ["hm"]}, "either `line` or `show`"),
        ({"line": "returns", "says": ["hm"]}, "is not of the form"),
        ({"line": "nowhere: nothing", "says": ["hm"]}, "no product or page"),
        ({"show": ["nope"], "says": ["hm"]}, "no product has the id 'nope'"),
        ({"show": [], "after": ["nope"], "says": ["hm"]}, "no product has the id 'nope'"),
        ({"show": [], "says": []}, "says"),
        ({"show": [], "says": ["do you have any violins", "Do you have any violins?"]}, "also stands in"),
    ],
)
def test_each_fault_of_an_ask_is_found(tmp_path: Path, entry: dict[str, object], fault: str) -> None:
    (found,) = _asks(tmp_path, entry)
    assert fault in found


def test_a_shop_of_asks_alone_needs_no_customers(tmp_path: Path) -> None:
    assert _asks(tmp_path, {"show": [], "says": ["do you have any violins"]}) == []


def _further(folder: Path, *entries: dict[str, object]) -> list[str]:
    shop = folder / "northwire"
    shutil.copytree(CORPUS / "northwire", shop, ignore=shutil.ignore_patterns("pairs", "asks"))
    (shop / "turns.yaml").write_text(yaml.safe_dump(list(entries)), encoding="utf-8")
    return check_shops([shop]).faults


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"at": "hola-altavoz", "talk": ["thx"]}, "at"),
        ({"at": "hola-altavoz 99", "talk": ["thx"]}, "no conversation has the turn 'hola-altavoz 99'"),
        ({"at": "hola-altavoz 2"}, "says"),
        ({"at": "hola-altavoz 2", "chat": ["thx"]}, "'chat' names no tool of find, details"),
        ({"at": "hola-altavoz 2", "find+policy+order+talk": ["thx"]}, "names no tool"),
        (
            {
                "at": "hola-altavoz 2",
                "talk": ["what a very lovely shop you have"],
                "find": ["What a very lovely shop you have!"],
            },
            "stands there twice",
        ),
    ],
)
def test_each_fault_of_a_further_message_is_found(tmp_path: Path, entry: dict[str, object], fault: str) -> None:
    (found,) = _further(tmp_path, entry)
    assert fault in found
