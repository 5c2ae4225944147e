"""The check is tested by mutation: right replies pass, and every reply made wrong is caught."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest

from assistant.act import Act
from assistant.evidence.evidence import Evidence, Fact, FactKind
from assistant.evidence.hints import FIRST, IN_STOCK, OUT_OF_STOCK, name_hint
from assistant.language_model.prompt import PromptTurn
from assistant.writing.check import ViolationKind, check
from assistant.writing.checking.goods import Goods
from assistant.writing.checking.sentences import streamed
from finetune.simulator import Simulator
from retrieval.catalog.candidate import Candidate
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.money import Money
from retrieval.catalog.product import Availability, Product

SENTENCES = Path(__file__).parent.parent / "fixtures" / "sentences"
PROMISES = (SENTENCES / "promises.txt").read_text().splitlines()
HARMLESS = (SENTENCES / "harmless.txt").read_text().splitlines()
RIGHT_SENTENCES = 1500
MUTATED_REPLIES = 900
MUTANTS = 120


def _evidence(turn: PromptTurn) -> Evidence:
    """The evidence behind a simulated turn; each slot is a record of its own."""

    def record(key: str, hint: str) -> str:
        if key in ("compare.cheaper", "compare.better_rated"):
            return f"product:{'p1' if hint == FIRST else 'p2'}"
        slot = key.partition(".")[0]
        return f"product:{slot}" if re.fullmatch(r"p\d", slot) else slot

    facts = (Fact(fact.key, FactKind.TEXT, fact.value, fact.hint, record(fact.key, fact.hint)) for fact in turn.facts)
    return Evidence(turn.acts, tuple(facts))


def _turns(seed: int) -> Iterator[PromptTurn]:
    return (turn for talk in Simulator.load().conversations(seed) for turn in talk)


def _caught(reply: str, evidence: Evidence, message: str = "") -> list[ViolationKind]:
    found: list[ViolationKind] = []
    before = ""
    for sentence in streamed([reply]):
        found += [violation.kind for violation in check(sentence, evidence, message, before)]
        before += f" {sentence.strip()}"
    return found


RIGHT = [(turn, _evidence(turn)) for turn in islice(_turns(20261122), MUTATED_REPLIES)]


def test_right_sentences_pass() -> None:
    wrong = []
    count = 0
    for turn in _turns(7):
        before, evidence = "", _evidence(turn)
        for sentence in streamed([turn.reply]):
            count += 1
            violations = check(sentence, evidence, turn.message, before)
            wrong += [(sentence, violations)] if violations else []
            before += f" {sentence.strip()}"
        if count >= RIGHT_SENTENCES:
            break
    assert not wrong


def _put(key: str, *literals: str) -> Callable[[str, Evidence, random.Random], str | None]:
    """Spells a value out in place of the reference to `key`."""
    pattern = re.compile(rf"\{{{key}\}}")

    def mutate(reply: str, evidence: Evidence, chance: random.Random) -> str | None:
        found = pattern.search(reply)
        if not found:
            return None
        return reply[: found.start()] + chance.choice(literals) + reply[found.end() :]

    return mutate


def _opposite_stock(reply: str, evidence: Evidence, chance: random.Random) -> str | None:
    fact = next((f for f in evidence.facts if f.key.endswith(".stock") and f"{{{f.key}}}" in reply), None)
    if fact is None or fact.hint not in (IN_STOCK, OUT_OF_STOCK):
        return None
    wrong = ["sold out", "unavailable"] if fact.hint == IN_STOCK else ["in stock", "available"]
    return reply.replace(f"{{{fact.key}}}", chance.choice(wrong))


def _other_slot(reply: str, evidence: Evidence, chance: random.Random) -> str | None:
    """The price of the second product behind the name of the first."""
    keys = {fact.key for fact in evidence.facts}
    if not re.search(r"\{p1\.name\}[^{}.]*\{p1\.price\}", reply) or "p2.price" not in keys:
        return None
    return reply.replace("{p1.price}", "{p2.price}", 1)


def _negated(reply: str, evidence: Evidence, chance: random.Random) -> str | None:
    found = re.search(r"\b(is|are) (\{(?:p1\.stock|p1\.price|o1\.status)\})", reply)
    return f"{reply[: found.end(1)]} not {found[2]}{reply[found.end() :]}" if found else None


def _absent(reply: str, evidence: Evidence, chance: random.Random) -> str | None:
    return f"{reply} It costs {{p6.old_price}}." if "p6.old_price" not in {f.key for f in evidence.facts} else None


def _turned_comparison(reply: str, evidence: Evidence, chance: random.Random) -> str | None:
    mutant = re.sub(r"(\{(?:compare\.cheaper|p\d\.\w+)\}[^.?]*?) cheaper\b(?! o)", r"\1 more expensive", reply)
    return mutant if mutant != reply else None


def _adding(*sentences: str) -> Callable[[str, Evidence, random.Random], str | None]:
    def mutate(reply: str, evidence: Evidence, chance: random.Random) -> str | None:
        return f"{reply} {chance.choice(sentences)}"

    return mutate


MUTATIONS: dict[str, Callable[[str, Evidence, random.Random], str | None]] = {
    "price": _put(r"p\d\.price", "$49.00", "49 dollars", "forty-nine dollars", "€12", "a hundred dollars"),
    "name": _put(r"p\d\.name", "Alder Tent", "Nike Pegasus", "iPhone", "Kestrel 2"),
    "stock": _opposite_stock,
    "stock said": _adding(
        "It's sold out.", "Only a few left!", "There are just two left.", "These are all unavailable."
    ),
    "date": _put(
        r"o\d\.(?:expected|delivered|placed)", "Tuesday", "November 14", "tomorrow", "the 3rd", "Friday next week"
    ),
    "percentage": _adding("It's 20% off.", "You save twenty percent.", "That is 10 percent cheaper."),
    "duration": _put(
        r"a1\.(?:duration|text)",
        "three days",
        "30 days",
        "a week",
        "within two business days.",
        "It takes a few weeks.",
    ),
    "duration said": _adding(
        "It takes three to five days.", "That's usually done within a week.", "It only takes an hour."
    ),
    "order number": _put(r"o\d\.id", "A-1042", "#10045", "1234567"),
    "promise": _adding(*PROMISES),
    "other product's price": _other_slot,
    "negation": _negated,
    "absent reference": _absent,
    "turned comparison": _turned_comparison,
    "superlative": _adding("It's the cheapest we have.", "It is our best seller.", "These are the best rated of all."),
    "offer": _adding(
        "Shipping is free, too.", "And it's on sale.", "There's a discount on it.", "We have free returns."
    ),
    "contact": _adding(
        "Write to help@tents.com.", "See https://tents.com/help.", "Call 555 0134.", "Look at www.tents.com."
    ),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_every_mutant_is_caught(name: str) -> None:
    chance, missed, tried = random.Random(5), [], 0
    for turn, evidence in RIGHT:
        if name in ("offer", "stock said", "superlative") and any(
            fact.key.endswith((".saving", ".old_price", ".stock", ".reason", "filters")) for fact in evidence.facts
        ):
            continue  # there the added sentence may be true
        mutant = MUTATIONS[name](turn.reply, evidence, chance)
        if mutant is None or mutant == turn.reply:
            continue
        tried += 1
        if tried > MUTANTS:
            break
        if not _caught(mutant, evidence, turn.message):
            missed.append((mutant, evidence.acts))
    assert tried >= 3
    assert not missed


@pytest.mark.parametrize("promise", PROMISES)
def test_promises_are_caught_whatever_the_talk_is_about(promise: str) -> None:
    answer = Evidence((Act.ANSWERED,), (Fact("a1.text", FactKind.TEXT, "Returns are easy."),))
    for evidence in (
        answer,
        Evidence((Act.LISTEN, Act.CONTACT)),
        Evidence((Act.CHANGE_ELSEWHERE,)),
        Evidence((Act.SIGN_IN,)),
    ):
        assert ViolationKind.PROMISE in _caught(promise, evidence)


@pytest.mark.parametrize("sentence", HARMLESS)
def test_harmless_sentences_pass(sentence: str) -> None:
    assert not check(sentence, Evidence((Act.NO_ANSWER,)))


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("shipped", "Your order has left us and is on its way."),
        ("delivered", "It arrived on {o1.delivered}."),
        ("shipped", "It should arrive on {o1.expected}."),
        ("cancelled", "Your order was cancelled."),
    ],
)
def test_what_an_order_record_says_may_be_said(status: str, sentence: str) -> None:
    evidence = Evidence(
        (Act.ORDER_STATUS,),
        (
            Fact("o1.status", FactKind.STATUS, status, status, "order:1"),
            Fact("o1.expected", FactKind.DATE, "November 14", "", "order:1"),
            Fact("o1.delivered", FactKind.DATE, "November 14", "", "order:1"),
        ),
    )
    assert not check(sentence, evidence)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("processing", "Your order is on its way."),
        ("shipped", "It has been delivered."),
        ("delivered", "Your order was cancelled."),
        ("shipped", "It arrived on {o1.expected}."),
        ("processing", "We have refunded it."),
    ],
)
def test_what_an_order_record_does_not_say_may_not(status: str, sentence: str) -> None:
    evidence = Evidence(
        (Act.ORDER_STATUS,),
        (
            Fact("o1.status", FactKind.STATUS, status, status, "order:1"),
            Fact("o1.expected", FactKind.DATE, "November 14", "", "order:1"),
        ),
    )
    assert check(sentence, evidence)


TENT = Product(
    "t-1", "Alder Tent", Money.parse("90 USD"), brand="Skarn", product_type="Camping > Tents", color="Green",
    material="Nylon", quantity=3, attributes={"waterproof": "yes", "season": "3-season"},
)  # fmt: skip
BOOTS = Product(
    "b-1", "Tarn Boots", Money.parse("120 USD"), brand="Fellside", product_type="Shoes > Boots", material="Leather",
    availability=Availability.OUT_OF_STOCK, attributes={"waterproof": "no"},
)  # fmt: skip
GOODS = Goods.of(Catalog([TENT, BOOTS]))


def _shown(*products: Product) -> Evidence:
    facts = tuple(
        Fact(f"p{place}.name", FactKind.NAME, product.title, name_hint(product.title), f"product:{product.id}")
        for place, product in enumerate(products, 1)
    )
    return Evidence((Act.FOUND_PRODUCTS,), facts, tuple(Candidate(product, 1.0) for product in products))


@pytest.mark.parametrize(
    ("sentence", "message", "passes"),
    [
        ("The {p1.name} is waterproof.", "", True),
        ("The {p2.name} are waterproof.", "", False),
        ("The {p2.name} are waterproof.", "something waterproof", False),
        ("You asked for something waterproof.", "something waterproof please", True),
        ("The {p1.name} is made of nylon.", "", True),
        ("The {p1.name} is made of leather.", "leather tents", False),
        ("The {p1.name} by Skarn.", "", True),
        ("The {p1.name} by Fellside.", "", False),
        ("The {p1.name} is in stock.", "", True),
        ("The {p2.name} are in stock.", "", False),
        ("The {p2.name} are sold out.", "", True),
        ("I'd take the Tarn Boots.", "tarn boots", True),
        ("I'd take the Moor Boots.", "moor boots", False),
    ],
)
def test_words_of_the_catalogue_hold_for_the_products_spoken_of(sentence: str, message: str, passes: bool) -> None:
    assert bool(check(sentence, _shown(TENT, BOOTS), message, goods=GOODS)) is not passes


def test_a_yes_is_left_to_the_record() -> None:
    evidence = Evidence((Act.ANSWERED,), (Fact("a1.text", FactKind.TEXT, "Sale items stay sold."),))
    assert check("Yes, of course.", evidence, "Can I return sale items?")
    assert not check("Here is what our policy says: {a1.text}", evidence, "Can I return sale items?")
    assert not check("Of course.", evidence, "Can you tell me your return policy?")


def _compared(cheaper: str, *more: Fact) -> Evidence:
    names = [Fact(f"p{n}.name", FactKind.NAME, f"Tent {n}", "", f"product:{n}") for n in (1, 2)]
    prices = [Fact(f"p{n}.price", FactKind.MONEY, f"${n}0.00", "", f"product:{n}") for n in (1, 2)]
    told = [
        Fact("compare.cheaper", FactKind.NAME, f"Tent {cheaper}", FIRST, f"product:{cheaper}"),
        Fact("compare.difference", FactKind.MONEY, "$10.00", "", "computed"),
    ]
    return Evidence((Act.COMPARED,), (*names, *prices, *told, *more))


@pytest.mark.parametrize(
    ("sentence", "passes"),
    [
        ("The {p1.name} is {compare.difference} cheaper than the {p2.name}.", True),
        ("The {p2.name} costs {compare.difference} more than the {p1.name}.", True),
        ("The {compare.cheaper} comes out cheaper by {compare.difference}.", True),
        ("The {p1.name} is {compare.difference} more.", False),
        ("The {p2.name} is {compare.difference} cheaper.", False),
        ("The {compare.cheaper} is {compare.difference} more.", False),
    ],
)
def test_a_difference_points_the_right_way(sentence: str, passes: bool) -> None:
    assert (not check(sentence, _compared("1"))) is passes


def test_nothing_is_compared_by_ratings_that_nobody_gave() -> None:
    said = "If price matters most, take the {p1.name}; if ratings do, the {p2.name}."
    rated = Fact("p1.rating", FactKind.RATING, "4.0 out of 5", "", "product:1")
    assert check(said, _compared("1"))
    assert not check(said, _compared("1", rated))
    assert not check("Which matters more to you, the price or the ratings?", _compared("1"))


def test_a_price_is_not_said_twice_in_a_sentence() -> None:
    assert check("The {p1.name} at {p1.price} is {p1.price}.", _compared("1"))


def test_a_state_is_no_date() -> None:
    facts = (Fact("o1.id", FactKind.CODE, "A-1"), Fact("o1.status", FactKind.STATUS, "delivered", "delivered"))
    evidence = Evidence((Act.ORDER_DELIVERY,), facts)
    assert check("The date for {o1.id} is {o1.status}.", evidence)
    assert not check("Order {o1.id} is {o1.status}.", evidence)
