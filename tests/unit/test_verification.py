"""The independent verifier: known right and wrong replies of a shop, and right replies of the corpus with one value swapped."""

from __future__ import annotations

import ast
import random
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import pytest

from finetune.verification.corpus_turns import finished
from finetune.verification.evaluation import evaluate_verifier
from finetune.verification.finished_turn import FaultKind, FinishedTurn, Limits
from finetune.verification.mutation import Mutations
from finetune.verification.verifier import Verifier
from tests.unit.corpus import CORPUS, conversations, northwire

ROOT = Path(__file__).resolve().parents[2]
TWO = ("drift-headphones-black", "stillroom-headphones")
RETURNS = (("returns", "within 30 days of delivery"), ("returns", "costs $6.95"))


@lru_cache(1)
def verifier() -> Verifier:
    return Verifier(northwire())


def turn(
    reply: str,
    *,
    products: tuple[str, ...] = (),
    orders: tuple[str, ...] = (),
    lines: tuple[tuple[str, str], ...] = (),
    says: str = "hello",
    customer: str = "C-1",
    conditions: tuple[tuple[str, str], ...] = (),
    sums: tuple[str, ...] = (),
    limits: Limits = Limits(),
) -> FinishedTurn:
    shop = northwire()
    return FinishedTurn(
        reply=reply, heard=(says,), products=products, orders=orders, sums=sums, customer=customer, limits=limits,
        lines=tuple(shop.line(*each) for each in (*lines, *conditions)),
        conditions=tuple(shop.line(*each) for each in conditions), tools=("find",),
    )  # fmt: skip


def kinds(finished: FinishedTurn) -> set[FaultKind]:
    return {fault.kind for fault in verifier().faults(finished)}


RIGHT = {
    "prices of two": turn("The Drift Wireless Headphones are $149.00, the Stillroom Pro Headphones $289.00.", products=TWO),
    "price before the name": turn("At $149.00 the Drift Wireless Headphones, at $289.00 the Stillroom Pro Headphones.", products=TWO),
    "lists in order": turn("The Drift Wireless Headphones and the Stillroom Pro Headphones are $149.00 and $289.00.", products=TWO),
    "old price": turn("The Minnow Wireless Earphones are $64.00 instead of $79.00.", products=("minnow-earphones-black",)),
    "saving": turn("You save $15.00 on the Minnow Wireless Earphones.", products=("minnow-earphones-black",)),
    "rating": turn("The Drift Wireless Headphones are rated 4.5 out of 5 in 214 ratings.", products=TWO),
    "pronoun": turn("Take the Drift Wireless Headphones. They are $149.00 and in stock.", products=TWO[:1]),
    "property": turn("The Drift Wireless Headphones weigh 252 g.", products=TWO, lines=((TWO[0], "Weight"),)),
    "contrast": turn(
        "The Drift Wireless Headphones weigh 252 g against 318 g.", products=TWO, lines=((TWO[0], "Weight"), (TWO[1], "Weight"))
    ),
    "quote": turn("Yes. You can return most items within 30 days of delivery, without giving a reason.", lines=RETURNS),
    "customer's number": turn("For your 2 children the Pip Kids' Headphones.", products=("pip-headphones",), says="for my 2 kids"),
    "order": turn("NW-2041 is on its way and expected on May 22.", orders=("NW-2041",)),
    "delivered": turn("NW-2017 was delivered on May 11 and can come back until June 10.", orders=("NW-2017",)),
    "items": turn("NW-2029 with 2 × Pebble Mini Speaker came to $98.00.", orders=("NW-2029",), customer="C-3"),
    "tracking": turn("It travels with Longhaul Parcel as LH41003519.", orders=("NW-2041",)),
    "contact": turn("Write to help@northwire.example or call +1 555 0136."),
    "color": turn("The Drift Wireless Headphones in blue are sold out.", products=("drift-headphones-blue",)),
    "colors": turn("The Pebble Mini Speaker comes in grey, coral and blue.", products=("pebble-speaker-grey",)),
    "sizes": turn("The Tether USB-C Cable is $18.00 in 2 m.", products=("tether-cable-2-m",)),
    "few left": turn("The cream Drift Wireless Headphones are nearly sold out.", products=("drift-headphones-cream",)),
    "cheaper": turn("The Drift Wireless Headphones are cheaper than the Stillroom Pro Headphones.", products=TWO),
    "difference": turn("The Stillroom Pro Headphones cost $140.00 more.", products=TWO, sums=("difference",)),
    "total": turn("Together they are $438.00.", products=TWO, sums=("total",)),
    "back-order": turn("The Mantel Plus Soundbar is available to back-order.", products=("mantel-plus-soundbar",)),
    "offer": turn("I'd take the Drift Wireless Headphones. Shall I show you others?", products=TWO),
    "how to add": turn("Use the button on the card of the Drift Wireless Headphones.", products=TWO),
    "over budget, said": turn(
        "Nothing under 100, but the Drift Wireless Headphones come closest.", products=TWO, limits=Limits(Decimal(100)), says="under 100"
    ),
}  # fmt: skip

WRONG = {
    "swapped prices": (turn("The Drift Wireless Headphones are $289.00, the Stillroom Pro Headphones $149.00.", products=TWO), FaultKind.AMOUNT),
    "swapped lists": (turn("The Drift Wireless Headphones and the Stillroom Pro Headphones are $289.00 and $149.00.", products=TWO), FaultKind.AMOUNT),
    "invented price": (turn("The Drift Wireless Headphones are $99.00.", products=TWO), FaultKind.AMOUNT),
    "price of the other variant": (turn("The Tether USB-C Cable is $22.00 in 2 m.", products=("tether-cable-2-m",)), FaultKind.AMOUNT),
    "variants mixed up": (turn("The Tether USB-C Cable is $22.00 in 1 m and $14.00 in 3 m.", products=("tether-cable-1-m", "tether-cable-3-m")), FaultKind.VALUE),
    "old price as price": (turn("The Minnow Wireless Earphones are $79.00.", products=("minnow-earphones-black",)), FaultKind.AMOUNT),
    "wrong saving": (turn("You save $30.00 on the Minnow Wireless Earphones.", products=("minnow-earphones-black",)), FaultKind.AMOUNT),
    "wrong total": (turn("Together they are $400.00.", products=TWO, sums=("total",)), FaultKind.AMOUNT),
    "one price as total": (turn("Together they are $289.00.", products=TWO, sums=("total",)), FaultKind.AMOUNT),
    "wrong difference": (turn("The Stillroom Pro Headphones cost $149.00 more.", products=TWO, sums=("difference",)), FaultKind.AMOUNT),
    "rating of the other": (turn("The Drift Wireless Headphones are rated 4.7 out of 5.", products=TWO), FaultKind.RATING),
    "count": (turn("The Drift Wireless Headphones have 96 ratings.", products=TWO), FaultKind.RATING),
    "name without a part": (turn("Take the Bonfire Party Speaker.", products=TWO), FaultKind.NAME),
    "brand of others": (turn("They are by Lantern Works, says Tamsin.", products=TWO, customer="C-2"), FaultKind.NAME),
    "another customer": (turn("You're welcome, Rafael."), FaultKind.NAME),
    "number": (turn("The Drift Wireless Headphones weigh 318 g.", products=TWO, lines=((TWO[0], "Weight"), (TWO[1], "Weight"))), FaultKind.NUMBER),
    "number in words": (turn("They last twelve years.", products=TWO), FaultKind.NUMBER),
    "percentage": (turn("You get 20 % off."), FaultKind.NUMBER),
    "altered quote": (turn("You can return most items within 60 days of delivery, without giving a reason.", lines=RETURNS), FaultKind.NUMBER),
    "quote of another page": (turn("A return label costs $6.95 and is taken off your refund.", lines=RETURNS[:1]), FaultKind.QUOTE),
    "property of the record": (turn("Yes. Noise canceling: no", products=TWO, lines=((TWO[0], "Weight"),)), FaultKind.QUOTE),
    "wrong property": (
        turn("Its battery life is 252 g.", products=TWO[:1], lines=((TWO[0], "Weight"), (TWO[0], "Battery life"))), FaultKind.VALUE,
    ),
    "same value twice": (turn("They weigh 252 g against 252 g.", products=TWO, lines=((TWO[0], "Weight"), (TWO[1], "Weight"))), FaultKind.COMPARISON),
    "same name twice": (turn("The Drift Wireless Headphones or the Drift Wireless Headphones.", products=TWO), FaultKind.COMPARISON),
    "invented date": (turn("NW-2041 is expected on May 25.", orders=("NW-2041",)), FaultKind.DATE),
    "day of something else": (turn("NW-2041 is expected on May 17.", orders=("NW-2041",)), FaultKind.DATE),
    "date of another order": (turn("NW-2041 is expected on May 26.", orders=("NW-2041",)), FaultKind.DATE),
    "order of another": (turn("NW-2052 is being prepared.", orders=("NW-2052",)), FaultKind.CODE),
    "order number": (turn("Your order NW-9999 is fine.", orders=("NW-2041",)), FaultKind.CODE),
    "tracking": (turn("Follow it with LH40995570.", orders=("NW-2041",)), FaultKind.CODE),
    "carrier": (turn("It comes with Brightlane.", orders=("NW-2041",)), FaultKind.NAME),
    "order total": (turn("NW-2041 came to $82.00.", orders=("NW-2041",)), FaultKind.AMOUNT),
    "status": (turn("NW-2041 is being prepared.", orders=("NW-2041",)), FaultKind.STATUS),
    "status claimed": (turn("NW-2041 is cancelled.", orders=("NW-2041",)), FaultKind.STATUS),
    "item of another order": (
        turn("NW-2041 with the Vista 27 Monitor and NW-2017.", orders=("NW-2041", "NW-1893")), FaultKind.CODE,
    ),
    "address": (turn("Write to sales@northwire.example."), FaultKind.CODE),
    "link": (turn("See www.northwire-deals.example for more."), FaultKind.CODE),
    "stock": (turn("The Drift Wireless Headphones are sold out.", products=TWO), FaultKind.STOCK),
    "stock of the variant": (turn("The Drift Wireless Headphones are in stock.", products=("drift-headphones-blue",)), FaultKind.STOCK),
    "not few": (turn("The Stillroom Pro Headphones are nearly sold out.", products=TWO), FaultKind.STOCK),
    "color": (turn("The Drift Wireless Headphones in cream are $149.00.", products=TWO), FaultKind.VALUE),
    "color that is not sold": (turn("The Drift Wireless Headphones come in coral.", products=TWO), FaultKind.VALUE),
    "cheaper": (turn("The Stillroom Pro Headphones are cheaper than the Drift Wireless Headphones.", products=TWO), FaultKind.COMPARISON),
    "over budget": (turn("I'd take the Stillroom Pro Headphones.", products=TWO, limits=Limits(Decimal(200))), FaultKind.LIMIT),
    "another color than asked": (turn("I'd take the Stillroom Pro Headphones.", products=TWO, limits=Limits(color="coral")), FaultKind.LIMIT),
    "line of the other in few words": (
        turn("The Stillroom Pro Headphones at $289.00 have soft cushions.", products=TWO, lines=((TWO[0], "soft cushions"),)),
        FaultKind.VALUE,
    ),
    "line of the other in whole": (
        turn("Take the Stillroom Pro Headphones. Weight: 252 g", products=TWO, lines=((TWO[0], "Weight"),)),
        FaultKind.QUOTE,
    ),
    "condition left out": (
        turn("Yes, you can return it.", lines=RETURNS[:1], conditions=(("returns", "must come back complete"),)), FaultKind.CONDITION,
    ),
}  # fmt: skip

PROMISES = (
    "I've cancelled your order.", "I have added it to your cart.", "It's in your cart now.", "I'll send you a label.", "We will refund you.",
    "I just changed the address.", "Your refund has been issued.", "You'll receive an email.", "A colleague will call you.", "Done, it's cancelled.",
    "I'm updating your order now.", "Your address has been changed.", "Rest assured, it comes tomorrow.", "I'll check with the warehouse.",
    "I will make sure that it arrives.", "We have reserved one for you.", "You will be refunded.", "I've passed this on to the team.",
)  # fmt: skip
NO_PROMISES = (
    "I'd take the smaller one.", "You can cancel it in your account.", "Shall I show you others?", "I can't cancel orders from this chat.",
    "If I cancelled it, it would be gone.", "Use the button on its card and it is in your cart.", "I'll be here.", "I have two for you.",
    "Our team can help you at help@northwire.example.", "It has to be returned unworn.",
)  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_reply_has_no_fault(name: str) -> None:
    assert verifier().faults(RIGHT[name]) == []


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_reply_has_its_fault(name: str) -> None:
    finished, kind = WRONG[name]
    assert kind in kinds(finished)


@pytest.mark.parametrize("said", PROMISES)
def test_every_act_that_is_claimed_or_promised_is_wrong(said: str) -> None:
    assert FaultKind.PROMISE in kinds(turn(said, orders=("NW-2041",)))


@pytest.mark.parametrize("said", NO_PROMISES)
def test_advice_and_questions_promise_nothing(said: str) -> None:
    assert FaultKind.PROMISE not in kinds(turn(said, orders=("NW-2041",)))


def test_the_order_of_somebody_else_is_no_evidence() -> None:
    reply = "NW-2041 is on its way."
    assert kinds(turn(reply, orders=("NW-2041",), customer="C-1")) == set()
    assert FaultKind.CODE in kinds(turn(reply, orders=("NW-2041",), customer="C-2"))
    assert FaultKind.CODE in kinds(turn(reply, orders=("NW-2041",), customer=""))


@pytest.mark.parametrize("name", ["spoke-and-mile", "fern-and-fell", "northwire"])
def test_nearly_every_reply_of_the_corpus_passes_and_nearly_every_swapped_value_is_caught(name: str) -> None:
    scores = evaluate_verifier([CORPUS / name], seed=7)
    assert scores.right > 300
    assert scores.passed / scores.right >= 0.98
    assert scores.caught.total() / scores.wrong.total() >= 0.93
    assert list(scores.lines())[1].startswith(f"one value swapped, caught: {scores.caught.total()} of")


def test_a_mutation_is_another_reply_with_a_value_of_the_same_shop() -> None:
    shop, chance = northwire(), random.Random(7)
    mutations = Mutations(shop)
    for held in conversations()[::6]:
        for written, right in finished(shop, held):
            if wrong := mutations.of(written, right, chance):
                assert wrong.turn.reply != right.reply
                assert wrong.now in wrong.turn.reply
                assert wrong.turn.lines == right.lines


def test_it_shares_no_code_with_the_check_or_the_briefing() -> None:
    shared = (
        "assistant.checking",
        "assistant.evidence.briefing",
        "assistant.evidence.product_facts",
        "assistant.evidence.sums",
    )
    for path in (ROOT / "finetune" / "verification").glob("*.py"):
        if path.name == "mutation.py":  # makes the wrong replies, and judges nothing
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                assert not node.module.startswith(shared), f"{path.name} imports {node.module}"
