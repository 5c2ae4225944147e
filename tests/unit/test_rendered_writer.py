"""Rendered replies: what each step says, and what every reply to the corpus' gold plans and briefs keeps."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import product
from typing import get_args

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.checking.claims import REFERENCE, ClaimsChecker
from assistant.dialogue.need import Need
from assistant.dialogue.product_numbers import ProductNumbers
from assistant.dialogue.thread import Thread
from assistant.evidence.brief import Brief, BriefLine, Note
from assistant.evidence.briefing import Briefing
from assistant.evidence.evidence import Fact, FactKind, OfVariant
from assistant.language_model.transcript import TranscriptTurn
from assistant.planning.plan import Ask, Cart, Choose, Compare, Details, Find, HandOver, Plan, Policy, Step, Talk
from assistant.planning.planner import Planned
from assistant.reading.lines import Line, LineKind
from assistant.reading.verdict import Verdict
from assistant.shop import Shop
from assistant.writing.composer import filled, words_heard
from assistant.writing.rendered_writer import RenderedWriter, rendered
from assistant.writing.sentence_writer import Refused, ReplyTask
from finetune.corpora.shop import CorpusShop, shop_folders
from finetune.corpora.transcripts import corpus_conversations
from finetune.verification.finished_turn import FinishedTurn, Limits
from finetune.verification.verifier import Verifier
from retrieval.catalog.catalog import Catalog
from tests.unit.corpus import CORPUS, northwire
from tests.unit.scripted_speaker import ScriptedSpeaker
from tests.unit.test_claims import everyday

CONTACTS = {"email": "help@oak.example", "phone": "+44 20 7946 0000", "hours": "9 to 5"}
FULL = Shop("Oak", email=CONTACTS["email"], phone=CONTACTS["phone"], hours=CONTACTS["hours"])
MOST_WORDS = 60
EVERY = 9
"""Of the conversations of each shop every ninth is rendered, so that the tests stay fast."""


@dataclass(frozen=True)
class RenderedTurn:
    """A turn of the corpus with the reply that code renders for its plan and brief."""

    shop: CorpusShop
    task: ReplyTask
    sentences: list[str]
    text: str
    finished: FinishedTurn


def rendered_turns(shop: CorpusShop, folder: str) -> Iterator[RenderedTurn]:
    for conversation in list(corpus_conversations(CORPUS / folder))[::EVERY]:
        thread, heard, earlier = Thread(), list[str](), list[str]()
        for turn in conversation.turns:
            planned = Planned(turn.plan, turn.text.plan)
            task = ReplyTask(conversation.system, conversation.context, thread, turn.text.message, planned, turn.brief)
            sentences = rendered(task)
            told = [filled(each, turn.brief, " ".join(sentences[:place])) for place, each in enumerate(sentences)]
            heard.append(turn.text.message)
            finished = FinishedTurn.of(
                " ".join(told), tuple(heard), turn.brief, turn.plan.steps, conversation.written.customer,
                Limits.of(turn.plan.need), tuple(earlier),
            )  # fmt: skip
            yield RenderedTurn(shop, task, sentences, " ".join(told), finished)
            earlier += turn.brief.products
            written = TranscriptTurn(turn.text.message, turn.text.plan, turn.text.brief, " ".join(sentences))
            thread = thread.after(written, turn.plan.need, turn.brief.products, shop.briefing.group)


@lru_cache(1)
def all_turns() -> tuple[RenderedTurn, ...]:
    return tuple(
        turn for folder in shop_folders(CORPUS) for turn in rendered_turns(CorpusShop.load(folder), folder.name)
    )


class TestEveryReplyOfTheCorpus:
    """Properties of the replies to what people planned and judged for sixteen shops."""

    def test_every_reference_is_filled_and_no_sentence_comes_twice(self) -> None:
        assert len(all_turns()) > 300
        for turn in all_turns():
            assert turn.sentences
            assert not REFERENCE.search(turn.text), turn.text
            assert "<" not in turn.text, turn.text
            assert len(set(turn.sentences)) == len(turn.sentences), turn.text

    def test_no_reply_is_a_yes_to_a_yes(self) -> None:
        for turn in all_turns():
            assert not re.match(r"(?:yes|no)[,.]? (?:yes|no)\b", turn.text, re.IGNORECASE), turn.text

    def test_every_sentence_begins_with_a_capital_and_has_an_end(self) -> None:
        for turn in all_turns():
            for place, sentence in enumerate(turn.sentences):
                text = filled(sentence, turn.task.brief, " ".join(turn.sentences[:place]))
                assert text[:1].isupper() or not text[:1].isalpha(), text
                assert text.rstrip("\"')”")[-1] in ".!?", text

    def test_replies_are_short_but_for_what_they_quote(self) -> None:
        for turn in all_turns():
            quoted = " ".join(turn.task.brief.facts[key].text for key in REFERENCE.findall(" ".join(turn.sentences)))
            assert len(turn.text.split()) <= MOST_WORDS + len(quoted.split()), turn.text
            assert turn.text.count("?") <= 1 + quoted.count("?"), turn.text

    def test_the_check_lets_nearly_all_sentences_out(self) -> None:
        checkers: dict[str, ClaimsChecker] = {}
        refused, written = [], 0
        for turn in all_turns():
            checker = checkers.setdefault(turn.shop.name, ClaimsChecker(turn.shop.catalog, everyday()))
            heard = words_heard(turn.task.thread, turn.task.message, turn.task.planned)
            for place, sentence in enumerate(turn.sentences):
                written += 1
                if found := checker.violations(sentence, turn.task.brief, heard, is_first=not place):
                    refused.append((sentence, found))
        assert len(refused) / written < 0.02, refused[:20]

    def test_the_verifier_finds_next_to_nothing_wrong(self) -> None:
        verifiers: dict[str, Verifier] = {}
        wrong = []
        for turn in all_turns():
            verifier = verifiers.setdefault(turn.shop.name, Verifier(turn.shop))
            if faults := verifier.faults(turn.finished):
                wrong.append((turn.text, faults))
        assert len(wrong) / len(all_turns()) < 0.04, wrong[:20]


def line(text: str, kind: LineKind = LineKind.DESCRIPTION, record: str = "", value: str = "") -> Line:
    return Line(record, kind, "", text, value)


def task(message: str, step: Step, *lines: BriefLine, products: int = 1, notes: tuple[Note, ...] = ()) -> ReplyTask:
    """A turn about the first products of a shop; a line without a record is the first product's."""
    shop = northwire()
    ids = [id for id in shop.catalog.products if id in ("vista-27-monitor", "vista-32-monitor")][:products]
    told = [
        replace(each, line=replace(each.line, record=each.line.record or (ids[0] if ids else ""))) for each in lines
    ]
    numbers = ProductNumbers().adding([(id, shop.briefing.group(id)) for id in ids])
    brief = shop.briefing.brief(numbers, products=ids, lines=told, notes=notes)
    return ReplyTask("", "", Thread(), message, Planned(Plan(steps=(step,)), ""), brief)


def said(made: ReplyTask) -> str:
    sentences = rendered(made)
    return " ".join(filled(each, made.brief, " ".join(sentences[:place])) for place, each in enumerate(sentences))


IDS = ("vista-27-monitor", "vista-32-monitor")
PLUS, MINUS, LIMIT = Verdict.SUPPORTS, Verdict.CONTRADICTS, Verdict.LIMITS


def attribute(verdict: Verdict, text: str, record: str = "") -> BriefLine:
    return BriefLine(verdict, line(text, LineKind.ATTRIBUTE, record, text.partition(": ")[2]))


def page(verdict: Verdict, text: str) -> BriefLine:
    return BriefLine(verdict, line(text, LineKind.POLICY, "page"))


class TestDetails:
    """Questions about a product are answered first, with yes or no only where the line bears it."""

    @pytest.mark.parametrize(
        ("message", "question", "told", "begins"),
        [
            ("how heavy is it", "how heavy is it", attribute(PLUS, "Weight: 2.1 kg"), "The Vista 27 Monitor weighs 2.1 kg."),
            ("dishwasher ok?", "is it dishwasher safe", attribute(PLUS, "Dishwasher safe: yes"), "Yes, the Vista 27 Monitor is dishwasher safe."),
            ("is it dishwasher safe", "is it dishwasher safe", attribute(MINUS, "Dishwasher safe: no"), "No, the Vista 27 Monitor isn't dishwasher safe."),
            ("must i wash it by hand", "must it be washed by hand", attribute(PLUS, "Dishwasher safe: no"), "The Vista 27 Monitor isn't dishwasher safe."),
            ("does it have a lid", "does it have a lid", attribute(MINUS, "Lid: no"), "No, the Vista 27 Monitor has no lid."),
            ("can it float", "does it float", BriefLine(PLUS, line("It floats on any lake.")), "Yes, it floats on any lake."),
            ("is it light", "is it light", BriefLine(PLUS, line("Review, 5 of 5 stars: Light as a leaf.", LineKind.REVIEW)), ""),
        ],
    )  # fmt: skip
    def test_the_answer_comes_first(self, message: str, question: str, told: BriefLine, begins: str) -> None:
        reply = said(task(message, Details(of=IDS[:1], question=question), told))
        assert reply.startswith(begins)
        if not begins:
            assert '"Light as a leaf."' in reply
            assert not reply.startswith("Yes")

    def test_a_sentence_that_denies_nothing_is_no_no(self) -> None:
        told = BriefLine(MINUS, line("With headphones the neighbors hear only a soft thud."))
        asked = "does it work with headphones"
        assert not said(task(asked, Details(of=IDS[:1], question=asked), told)).startswith("No")

    def test_a_line_that_may_not_answer_is_told_as_what_comes_nearest(self) -> None:
        guess = replace(attribute(LIMIT, "Weight: 2.1 kg"), is_guess=True)
        asked = "would it fly away in the wind"
        reply = said(task(asked, Details(of=IDS[:1], question=asked), guess, notes=(Note.NOT_STATED,)))
        assert "clear" in reply.partition(".")[0]
        assert "nearest" in reply
        assert reply.endswith("it weighs 2.1 kg.")

    def test_a_page_that_may_not_answer_is_told_as_what_comes_nearest(self) -> None:
        guess = replace(page(PLUS, "Returns are free within 30 days."), is_guess=True)
        asked = "can I return it"
        reply = said(task(asked, Policy(question=asked), guess, products=0, notes=(Note.NOT_STATED,)))
        assert "nearest: Returns are free within 30 days." in reply
        assert "Yes" not in reply

    def test_what_a_customer_tells_of_themselves_may_speak_against_it(self) -> None:
        low = attribute(MINUS, "Player height: 45 to 51 in")
        asked = "my daughter is 4 foot 5 tall"
        reply = said(task(asked, Details(of=IDS[:1], question=asked), low))
        assert re.search(r"speaks against|think twice", reply)
        assert reply.endswith("45 to 51 in.")
        assert "against" not in said(task("how tall", Details(of=IDS[:1], question="how tall"), low))

    def test_a_second_line_that_is_not_against_the_first_is_no_caveat(self) -> None:
        deep, wide = attribute(PLUS, "Depth: 102 cm"), attribute(LIMIT, "Width: 214 cm")
        asked = "how big is it"
        reply = said(task(asked, Details(of=IDS[:1], question=asked), deep, wide))
        assert "214 cm" in reply
        assert not re.search(r"know|mind|caveat", reply)

    def test_each_of_two_questions_is_answered_from_its_own_line(self) -> None:
        weight, battery = attribute(PLUS, "Weight: 2.1 kg"), BriefLine(PLUS, line("The battery comes out with a key."))
        asked = (
            Details(of=IDS[:1], question="what does it weigh"),
            Details(of=IDS[:1], question="can i take the battery out"),
        )
        made = task(
            "what does it weigh and can i take the battery out", asked[0], replace(weight, steps=(0,)), replace(battery, steps=(1,))
        )  # fmt: skip
        made = replace(made, planned=Planned(Plan(steps=asked), ""))
        reply = said(made)
        assert reply.count("2.1 kg") == 1
        assert "Yes, the battery comes out with a key." in reply
        assert "Yes, it weighs" not in reply

    def test_one_question_that_is_answered_leaves_nothing_open(self) -> None:
        steps = Policy(question="do you engrave"), Details(of=IDS[:1], question="is it engraved")
        told = replace(page(PLUS, "We engrave mugs from 25 pieces."), steps=(0,))
        made = task("do you do engraving", steps[0], told, notes=(Note.NOT_STATED,))
        reply = said(replace(made, planned=Planned(Plan(steps=steps), "")))
        assert reply.endswith("engrave mugs from 25 pieces.")

    def test_what_is_asked_of_price_and_stock_is_in_the_record(self) -> None:
        product = northwire().catalog.products[IDS[0]]
        reply = said(task("how much", Details(of=IDS[:1], question="what does it cost")))
        assert str(product.current_price) in reply
        assert "in stock" in said(task("in stock?", Details(of=IDS[:1], question="is it in stock")))

    def test_what_no_line_says_is_said_to_be_missing(self) -> None:
        reply = said(task("does it sing", Details(of=IDS[:1], question="does it sing")))
        assert "page of the Vista 27 Monitor" in reply
        assert northwire().card.email in reply


def test_a_variant_is_named_by_all_that_was_asked_for() -> None:
    made = task(
        "do you have it in yellow, size M?", Details(of=IDS[:1], question="yellow, size M"), notes=(Note.HAS_SIZE,)
    )
    facts = {
        key: Fact(f"p1.{key}", FactKind.TEXT, value)
        for key, value in (("color", "yellow"), ("size", "M"), ("stock", "sold out"))
    }
    own = {f"p1.{key}": fact for key, fact in facts.items()}
    reply = said(replace(made, brief=replace(made.brief, facts={**made.brief.facts, **own})))
    assert "sold out in yellow in size M" in reply
    without = replace(
        made, message="do you have it in size M?", brief=replace(made.brief, facts={**made.brief.facts, **own})
    )
    assert "sold out in size M" in said(without)
    assert "yellow" not in said(without)


class TestFind:
    """A search names its pick with its price and reason, and what speaks against it as a caveat."""

    def test_reason_caveat_and_runner_up(self) -> None:
        need = BriefLine(PLUS, line("It is bright enough for a sunny desk."))
        but = BriefLine(MINUS, line("It is too big for a small desk."))
        made = task("monitor for a sunny desk", Find(kind="monitors", want="for a sunny desk"), need, but, products=2)
        reply = said(made)
        price = northwire().catalog.products[IDS[0]].current_price
        assert f"the Vista 27 Monitor at {price}" in reply
        assert "it is bright enough for a sunny desk." in reply
        assert re.search(r"(?:know|mind|caveat): it is too big for a small desk\.", reply)
        assert "Vista 32 4K Monitor" in reply

    @pytest.mark.parametrize(
        ("kind", "notes", "is_yes"),
        [("monitors", (), True), ("televisions", (), False), ("monitors", (Note.OTHER_KIND,), True)],
    )
    def test_yes_is_said_of_what_was_asked_for_alone(self, kind: str, notes: tuple[Note, ...], is_yes: bool) -> None:
        found = BriefLine(PLUS, line("It is bright enough for a sunny desk."))
        reply = said(task(f"do you have {kind}", Find(kind=kind, want="bright"), found, notes=notes))
        assert ("Yes" in reply) is is_yes
        assert (kind in reply.partition(".")[0].partition(";")[0] and "nearest" in reply) is bool(notes)

    @pytest.mark.parametrize(
        ("message", "is_yes"),
        [
            ("do you have bright monitors", True),
            ("do you have monitors without glare", False),
            ("do you have a monitor for my cats", False),
        ],
    )
    def test_no_yes_is_said_to_what_the_record_does_not_bear(self, message: str, is_yes: bool) -> None:
        found = BriefLine(PLUS, line("It is bright enough for a sunny desk."))
        assert ("Yes" in said(task(message, Find(kind="monitors", want=message), found))) is is_yes

    def test_nothing_is_the_lightest_by_a_weight_that_no_record_has(self) -> None:
        found = BriefLine(PLUS, line("It is bright enough for a sunny desk."))
        reply = said(task("lightest monitor", Find(kind="monitors", sort="least weight"), found))
        assert "lightest" not in reply
        assert "bright enough" in reply

    def test_nothing_found_names_the_kind(self) -> None:
        made = task("got canoes", Find(kind="canoes"), products=0, notes=(Note.NOTHING_FOUND,))
        assert "canoes" in said(made)

    @pytest.mark.parametrize(
        ("stock", "own", "told"),
        [
            ("sold out", "", "sold out"),
            ("available to pre-order", "", "available to pre-order"),
            ("in stock in white (sold out in blue)", "sold out", "in stock in white (sold out in blue)"),
            ("in stock (sold out in blue)", "in stock", ""),
            ("in stock", "", ""),
        ],
    )
    @pytest.mark.parametrize("products", [1, 2])
    def test_a_list_says_what_is_not_in_stock(self, stock: str, own: str, told: str, products: int) -> None:
        made = task("blue monitors", Find(kind="monitors"), products=products)
        fact = replace(made.brief.facts["p1.stock"], text=stock, variant=OfVariant(own, "blue") if own else None)
        reply = said(replace(made, brief=replace(made.brief, facts={**made.brief.facts, "p1.stock": fact})))
        assert ("stock" in reply or "available" in reply or "sold out" in reply) is bool(told)
        assert told in reply
        assert not told or products == 1 or re.search(r"Vista 27 Monitor (?:is|are) ", reply)

    @pytest.mark.parametrize("reduced", [(), (0,), (1,), (0, 1)])
    @pytest.mark.parametrize("notes", [(), (Note.LIMIT_NOT_MET,)])
    def test_only_what_is_reduced_is_said_to_be_on_sale(
        self, reduced: tuple[int, ...], notes: tuple[Note, ...]
    ) -> None:
        made = task("what is on sale?", Find(sort="on_sale"), products=2, notes=notes)
        facts = {key: fact for key, fact in made.brief.facts.items() if not key.endswith(".old_price")}
        facts |= {
            f"p{place + 1}.old_price": replace(facts[f"p{place + 1}.price"], text="$9,999.00") for place in reduced
        }
        reply = said(replace(made, brief=replace(made.brief, facts=facts)))
        if not reduced:
            assert re.search(r"[Nn]othing .*on sale right now\. At full price we have ", reply)
            assert "$9,999.00" not in reply
            return
        (on_sale,) = re.findall(r"on sale right now: (.*)", reply, re.I)
        named = [name in on_sale for name in ("Vista 27 Monitor", "Vista 32 4K Monitor")]
        assert named == [0 in reduced, 1 in reduced]
        assert on_sale.count("(was $9,999.00)") == len(reduced)

    def test_a_list_of_what_is_on_sale_says_how_many_more_there_are(self) -> None:
        made = task("what is on sale?", Find(sort="on_sale"), products=2)
        facts = dict(made.brief.facts)
        for slot in ("p1", "p2"):
            facts[f"{slot}.old_price"] = replace(facts[f"{slot}.price"], text="$9,999.00")
        facts["more"] = replace(facts["p1.name"], key="more", text="3 more")
        reply = said(replace(made, brief=replace(made.brief, facts=facts)))
        assert re.search(r"\(was \$9,999\.00\) and 3 more\.", reply)

    @pytest.mark.parametrize("sort", ["popular", "best_rated"])
    def test_nothing_is_a_best_seller_or_the_best_rated_where_the_shop_has_no_figures(self, sort: str) -> None:
        reply = said(task("your best monitors?", Find(kind="monitors", sort=sort), notes=(Note.NO_FIGURES,)))
        assert re.search(r"no figures|can't tell|no customer ratings|[Nn]obody has rated", reply)
        assert "Vista 27 Monitor" in reply
        assert not re.search(r"\b(?:most popular|best seller|top-rated)\b", reply)

    def test_a_sorted_search_says_for_how_many_people(self) -> None:
        made = task("cheapest monitor for 4", Find(kind="monitors", sort="cheapest"))
        plan = made.planned.plan.model_copy(update={"need": Need(**{"for": "4 people"})})
        reply = said(replace(made, planned=replace(made.planned, plan=plan)))
        assert "cheapest" in reply
        assert " for 4 people is " in reply

    def test_a_sorted_search_calls_a_product_by_no_kind_that_it_is_not_called(self) -> None:
        assert "screen" not in said(task("cheapest screen", Find(kind="screens", sort="cheapest")))

    def test_a_sorted_search_says_by_what(self) -> None:
        made = task("lightest monitor", Find(kind="monitors", sort="least weight"), attribute(PLUS, "Weight: 4 kg"))
        assert "lightest" in said(made)
        assert "it weighs 4 kg" in said(made)

    @pytest.mark.parametrize(
        ("stock", "is_group", "told"),
        [
            ("in stock (sold out in size M)", True, "in stock (sold out in size M)"),
            ("nearly sold out", False, ""),
            ("in stock", False, ""),
        ],
    )
    @pytest.mark.parametrize(("field", "values"), [("sizes", "S and L"), ("colors", "red and black")])
    def test_a_list_of_what_can_be_had_says_what_is_sold_out(
        self, field: str, values: str, stock: str, is_group: bool, told: str
    ) -> None:
        question = f"what {field} does it come in?"
        made = task(question, Details(of=IDS[:1], question=question))
        own = replace(
            made.brief.facts["p1.stock"], text=stock, variant=OfVariant("in stock", "S") if is_group else None
        )
        listed = replace(own, key=f"p1.{field}", text=values, variant=None)
        facts = {**made.brief.facts, "p1.stock": own, listed.key: listed}
        reply = said(replace(made, brief=replace(made.brief, facts=facts)))
        assert values in reply
        assert ("stock" in reply or "sold out" in reply) is bool(told)
        assert told in reply

    @pytest.mark.parametrize(
        ("question", "field", "text", "reply"),
        [
            ("how many are left?", "quantity", "1", r"(?:There is|We have) only 1 left\."),
            ("how many are left?", "quantity", "2", r"(?:There are|We have) 2 left\."),
            ("is it in stock?", "stock", "nearly sold out", r"^Yes, but .+ nearly sold out"),
            ("is it in stock?", "stock", "in stock", r"^Yes, (?!but).+ in stock"),
            ("is it in stock?", "stock", "sold out", r"^No, .+ sold out"),
        ],
    )
    def test_stock_is_worded_for_one_for_few_and_for_none(
        self, question: str, field: str, text: str, reply: str
    ) -> None:
        made = task(question, Details(of=IDS[:1], question=question))
        stock = made.brief.facts["p1.stock"]
        known = made.brief.facts.get(f"p1.{field}", replace(stock, key=f"p1.{field}", kind=FactKind.NUMBER))
        facts = {**made.brief.facts, known.key: replace(known, text=text, variant=None)}
        assert re.search(reply, said(replace(made, brief=replace(made.brief, facts=facts))))


class TestSeveralProducts:
    """Comparing and choosing."""

    def test_a_property_of_both_is_one_sentence(self) -> None:
        told = [attribute(PLUS, "Weight: 4 kg"), attribute(PLUS, "Weight: 6 kg", IDS[1])]
        reply = said(task("compare them", Compare(of=IDS), *told, products=2))
        assert "The Vista 27 Monitor weighs 4 kg, the Vista 32 4K Monitor 6 kg." in reply

    def test_one_pick_one_reason(self) -> None:
        told = BriefLine(PLUS, line("It turns upright for reading."))
        reply = said(task("which one", Choose(of=IDS), told, products=2))
        assert "Vista 27 Monitor" in reply.split(".")[0]
        assert "it turns upright for reading." in reply

    def test_nothing_is_put_into_a_cart(self) -> None:
        reply = said(task("add it", Cart(what="add", of=IDS[:1])))
        assert "Vista 27 Monitor" in reply
        assert not re.search(r"\b(?:added|have put)\b", reply)


class TestPolicy:
    """Pages are quoted in the shop's own voice."""

    def test_a_yes_that_belongs_to_another_question_is_dropped(self) -> None:
        told = page(PLUS, "Yes, you can return unworn boots within 30 days.")
        assert said(task("can i send boots back", Policy(question="can boots be returned"), told)) == (
            "Yes, you can return unworn boots within 30 days."
        )
        assert said(task("how long for boots", Policy(question="how long can boots be returned"), told)) == (
            "You can return unworn boots within 30 days."
        )

    def test_a_no_that_belongs_to_its_sentence_stays(self) -> None:
        told = page(PLUS, "No paper is needed for a guitar that stays in the country.")
        assert "No paper is needed" in said(task("paper?", Policy(question="what paper is needed"), told))

    @pytest.mark.parametrize(
        ("message", "line", "is_yes"),
        [
            ("can i pay with klarna", "We accept Visa, Mastercard and PayPal.", False),
            ("can i pay with paypal", "We accept payment by Visa, Mastercard and PayPal.", True),
            ("do you ship to peru", "We ship to all states and to Canada.", False),
            ("do you ship to canada", "We ship to all states and to Canada.", True),
        ],
    )
    def test_a_list_is_a_yes_only_to_what_stands_in_it(self, message: str, line: str, is_yes: bool) -> None:
        reply = said(task(message, Policy(question=message), page(PLUS, line)))
        assert reply.startswith("Yes") is is_yes
        assert line[3:] in reply or line in reply

    def test_rules_for_two_countries_are_both_told(self) -> None:
        lines = [page(PLUS, f"A parcel to {land} takes 3 days and costs 5 EUR.") for land in ("Austria", "Belgium")]
        reply = said(task("cost of a parcel", Policy(question="what does a parcel cost"), *lines))
        assert "Austria" in reply
        assert "Belgium" in reply

    def test_conditions_are_told_and_bear_no_yes(self) -> None:
        told = page(LIMIT, "Worn boots cannot be returned.")
        assert said(task("can i return boots", Policy(question="can boots be returned"), told)) == (
            "Worn boots cannot be returned."
        )

    def test_a_table_row_is_put_in_words(self) -> None:
        cells = (("Option", "express"), ("time", "1 to 2 days"), ("cost", "$14.95"))
        row = Line("page", LineKind.POLICY, "", "; ".join(": ".join(cell) for cell in cells), cells=cells)
        told = BriefLine(PLUS, row)
        assert said(task("express cost", Policy(question="what does express cost"), told)) == (
            "Express: time 1 to 2 days, cost $14.95."
        )


def brief_of(shop: Shop, *notes: Note) -> Brief:
    return Briefing(Catalog(()), shop, lambda: datetime(2026, 11, 29, tzinfo=UTC)).brief(ProductNumbers(), notes=notes)


def shops() -> Iterator[Shop]:
    """Every choice of contacts that are set."""
    for chosen in product((True, False), repeat=4):
        name, *others = chosen
        email, phone, hours = (value if is_set else "" for value, is_set in zip(CONTACTS.values(), others, strict=True))
        yield Shop("Oak" if name else "", email=email, phone=phone, hours=hours)


def steps() -> Iterator[Step]:
    yield HandOver(reason="asked")
    yield HandOver(reason="upset")
    yield Policy(question="may I return it?")
    yield from (Talk(about=about) for about in get_args(Talk.model_fields["about"].annotation))
    yield from (Ask(about=about) for about in get_args(Ask.model_fields["about"].annotation))


def reply_of(step: Step, brief: Brief, message: str = "hm") -> str:
    return " ".join(rendered(ReplyTask("", "", Thread(), message, Planned(Plan(steps=(step,)), ""), brief)))


@pytest.mark.parametrize(
    "shop",
    list(shops()),
    ids=lambda shop: "-".join(filter(None, (shop.name, shop.email, shop.phone, shop.hours))) or "none",
)
def test_a_contact_that_is_not_set_is_no_fact_and_in_no_reply(shop: Shop) -> None:
    for notes in ((), *((note,) for note in Note)):
        brief = brief_of(shop, *notes)
        for key in ("name", *CONTACTS):
            assert (f"shop.{key}" in brief.facts) == bool(getattr(shop, key))
        for step in steps():
            text = reply_of(step, brief)
            assert text
            assert set(REFERENCE.findall(text)) <= set(brief.facts)


@pytest.mark.parametrize(
    ("shop", "told"),
    [
        (FULL, "{shop.phone}"),
        (Shop("Oak", phone="1"), "{shop.phone}"),
        (Shop("Oak"), "contact the shop"),
    ],
)
def test_a_person_is_reached_by_what_the_shop_has(shop: Shop, told: str) -> None:
    assert told in reply_of(HandOver(reason="asked"), brief_of(shop))


def test_the_same_turn_has_the_same_words_and_other_turns_have_others() -> None:
    brief = brief_of(Shop("Oak"))
    greetings = {reply_of(Talk(about="greet"), brief, "hi" * count) for count in range(1, 20)}
    assert len(greetings) > 1
    assert reply_of(Talk(about="greet"), brief, "hi") == reply_of(Talk(about="greet"), brief, "hi")


def test_no_two_replies_in_a_row_open_alike() -> None:
    brief, thread = brief_of(Shop("Oak")), Thread()
    before = ""
    for count in range(8):
        step = Talk(about="thanks")
        text = " ".join(rendered(ReplyTask("", "", thread, f"thx {count}", Planned(Plan(steps=(step,)), ""), brief)))
        assert text != before
        before = text
        thread = thread.after(
            TranscriptTurn(f"thx {count}", "talk thanks", "nothing", text), Plan(steps=(step,)).need, (), str
        )


def test_an_upset_customer_gets_one_word_of_regret() -> None:
    reply = reply_of(HandOver(reason="upset"), brief_of(FULL))
    assert reply.lower().count("sorry") == 1
    assert "sorry" not in reply_of(HandOver(reason="asked"), brief_of(FULL)).lower()


def test_behind_a_refused_sentence_the_reply_goes_on() -> None:
    made = task("monitor", Find(kind="monitors", want="big"), BriefLine(PLUS, line("It is big.")), products=2)
    first, *rest = rendered(made)
    assert rest
    again = RenderedWriter(ScriptedSpeaker()).write(made, (), Refused(first, ()), threading.Event())
    assert list(again) == rest


class _Preferring(ScriptedSpeaker):
    """A speaker to whom texts with one word are likelier."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self.word = word

    def likelihoods(self, ids: Sequence[int], continuations: Sequence[Sequence[int]]) -> list[NDArray[np.float64]]:
        return [np.full(len(each), 0.0 if self.word in self.text(each) else -5.0) for each in continuations]


def test_the_language_model_chooses_among_wordings() -> None:
    made = task("you were great", Talk(about="praise"), products=0)
    wordings = {" ".join(rendered(made, wording)) for wording in range(3)}
    assert len(wordings) > 1
    for wording in wordings:
        said = RenderedWriter(_Preferring(wording)).write(made, (), None, threading.Event())
        assert " ".join(said) == wording


@pytest.mark.parametrize("context", [10, 400, 900])
def test_the_model_is_asked_within_its_window(context: int) -> None:
    class Small(_Preferring):
        def likelihoods(self, ids: Sequence[int], continuations: Sequence[Sequence[int]]) -> list[NDArray[np.float64]]:
            assert all(len(ids) + len(each) <= context for each in continuations)
            asked.append(len(ids))
            return super().likelihoods(ids, continuations)

    asked: list[int] = []
    speaker = Small("")
    speaker.context = context
    made = task("you were great " * 100, Talk(about="praise"), products=0)
    assert list(RenderedWriter(speaker).write(made, (), None, threading.Event()))
    assert bool(asked) == (context > 10)  # without a window for it, the reply is written without the model
