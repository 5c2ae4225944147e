"""The cart by words: which product a message names, how many of it, and how the question for what is missing is answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.actions.orders import Orders
from assistant.actions.owner import Owner
from assistant.evidence.change_result import State
from assistant.planning.cart_form import named_goods, takes_shown
from assistant.planning.detail_form import count_in
from assistant.planning.grammar.grammar import Grammar
from assistant.planning.plan import HandOver
from assistant.reply import Reply
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.product import Availability, Product
from retrieval.store.records import Records
from tests.unit.actions.order_desk import usd
from tests.unit.order_chat import OrderChat


def goods(id: str, title: str, kind: str, **more: object) -> Product:
    return Product(id, title, usd("12.00"), product_type=kind, **more)  # type: ignore[arg-type]


GARDEN = (
    goods("trowel", "Hand Trowel, ash handle", "Tools > Trowels"),
    goods("oil", "Linseed Tool Oil 250 ml", "Tools > Care"),
    goods("sharpener", "Bypass Sharpener Keen", "Tools > Sharpeners"),
    goods("gloves", "Thorn Gloves", "Clothing > Gloves"),
    goods("book", "A Garden in 12 Weekends (with seed chart)", "Books"),
    goods("stool", "Kneeling Stool & Seat, folding", "Comfort > Stools"),
    goods("can-5", "Heron Watering Can 5 l", "Watering > Watering Cans"),
    goods("can-9", "Heron Watering Can 9 l", "Watering > Watering Cans"),
    goods("bag", "Trowel bag", "Accessories > Bags"),
    goods("twine-1", "Jute Twine", "Accessories > Twine", color="Green"),
    goods("twine-2", "Jute Twine", "Accessories > Twine", color="Natural"),
    goods("pot-t", "Terrace Pot", "Pots", item_group_id="pot", color="Terracotta"),
    goods("pot-s", "Terrace Pot", "Pots", item_group_id="pot", color="Slate", availability=Availability.OUT_OF_STOCK),
    goods("pot-w", "Terrace Pot", "Pots", item_group_id="pot", color="White"),
)
GRAMMAR = Grammar(Catalog(GARDEN))


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("put three sharpeners in my basket", [("sharpener", 3)]),
        ("alright, throw the tool oil in my cart", [("oil", 0)]),
        ("i'd take 2 linseed tool oil please", [("oil", 2)]),
        ("A Garden in 12 Weekends, two of them", [("book", 2)]),
        ("the garden in 12 weekends book", [("book", 0)]),
        ("add a kneeling stool & seat, folding to my cart", [("stool", 1)]),
        ("do you have gloves? then add a pair of trowels", [("trowel", 2)]),
        ("a pair of thorn gloves please", [("gloves", 1)]),
        ("2 pairs of the gloves", [("gloves", 2)]),
        ("a couple of sharpeners", [("sharpener", 2)]),
        ("the terrace pot in white x3", [("pot-t", 3)]),
        ("not the trowel, add the sharpener", [("sharpener", 0)]),
        ("a trowel bag and some tool oil", [("bag", 0), ("oil", 0)]),
        ("a bag for my trowel", [("bag", 0)]),
        ("a 9 l watering can", [("can-9", 0)]),
    ],
)
def test_goods_are_named_by_title_or_kind_with_their_number(message: str, expected: list[tuple[str, int]]) -> None:
    assert [(each.ids[0], each.count) for each in named_goods(message, GRAMMAR, ("trowel",))] == expected
    assert all(len(each.ids) == 1 for each in named_goods(message, GRAMMAR, ("trowel",)))


@pytest.mark.parametrize(
    "message",
    [
        "add it to my cart", "put that one in", "the second one please", "I'll take two of them", "yes please", "ok then",
        "add the first one, it's lovely", "both", "the white one", "add a wheelbarrow",
    ],
)  # fmt: skip
def test_a_pointer_names_no_goods(message: str) -> None:
    assert named_goods(message, GRAMMAR, ("trowel", "bag")) == ()


def test_an_ordinal_alone_is_no_title() -> None:
    kits = (goods("kit", "Trail First Aid Kit", "Safety > First Aid"), *GARDEN)
    grammar = Grammar(Catalog(kits))
    assert named_goods("add two of the first one", grammar, ("trowel", "bag")) == ()
    assert [each.ids for each in named_goods("add two first aid kits", grammar)] == [("kit",)]


def test_of_several_that_fit_equally_those_in_view_are_meant() -> None:
    both = named_goods("add the watering can", GRAMMAR)
    assert both[0].ids == ("can-5", "can-9")
    assert named_goods("add the watering can", GRAMMAR, ("can-9",))[0].ids == ("can-9",)


@pytest.mark.parametrize(
    ("message", "count"),
    [
        ("a pair of them", 2),
        ("two", 2),
        ("x3", 3),
        ("3x", 3),
        ("twice please", 2),
        ("a couple", 2),
        ("it", 0),
        ("make it a pair", 2),
        ("make it one", 1),
        ("make that just one please", 1),
    ],
)
def test_a_number_of_pieces_is_read_in_every_form(message: str, count: int) -> None:
    assert count_in(message) == count


@pytest.fixture
def chat(tmp_path: Path) -> OrderChat:
    def plant(records: Records, orders: Orders) -> None:
        records.upsert_products(list(GARDEN))

    return OrderChat(tmp_path, plant=plant)


def state(reply: Reply) -> State | None:
    return reply.brief.change.state if reply.brief.change else None


def waiting_for(reply: Reply) -> tuple[str, int]:
    """The product and the number of the proposal that a reply shows."""
    waiting = reply.brief.change.waiting if reply.brief.change else None
    assert waiting is not None
    assert waiting.proposal
    return waiting.draft.items[0], waiting.draft.quantity


@pytest.mark.parametrize(
    ("message", "plan", "expected"),
    [
        ("put two sharpeners in my cart", "cart add #1 x2", ("sharpener", 2)),
        ("fine, add the tool oil", "cart add #1", ("oil", 1)),
        ("2 linseed tool oil in the basket please", "cart add [tool oil] [linseed oil]", ("oil", 2)),
        ("I'd like A Garden in 12 Weekends, two of them", "find books", ("book", 2)),
        ("a pair of thorn gloves in my basket", "find gloves", ("gloves", 1)),
        ("add it", "cart add #1", ("trowel", 1)),
        ("two of those please", "cart add #1 x2", ("trowel", 2)),
    ],
)
def test_what_is_named_is_added_and_a_pointer_takes_what_is_in_view(
    chat: OrderChat, message: str, plan: str, expected: tuple[str, int]
) -> None:
    chat.say("the hand trowel", "details [hand trowel]: the hand trowel")
    assert waiting_for(chat.say(message, plan)) == expected


@pytest.mark.parametrize(
    "message",
    [
        "show me trowel bags too", "2 season gloves", "i need 3 tool oil", "and do you have gloves?",
        "the terrace pot is too expensive, got a cheaper one", "and the terrace pot is too expensive",
        "the terrace pot in my cart has the wrong color", "the 2 trowels in my cart have the wrong color",
        "I need gloves that fit in a bag", "gloves in that trolley", "my order of 2 sharpeners never came",
    ],
)  # fmt: skip
def test_a_search_stays_a_search_while_something_is_being_added(chat: OrderChat, message: str) -> None:
    chat.say("a terrace pot in my cart please", "cart add [terrace pot]")
    assert "cart" not in {step.tool for step in chat.say(message, "find gloves").plan.steps}


def test_copies_of_one_product_in_a_plan_are_one_product(chat: OrderChat) -> None:
    chat.say("the hand trowel", "details [hand trowel]: the hand trowel")
    assert waiting_for(chat.say("I want it", "cart add #1 #1")) == ("trowel", 1)


def test_a_yes_holds_where_a_plan_adds_one_product_in_two_steps(chat: OrderChat) -> None:
    said = "two hand trowels into my cart"
    assert waiting_for(chat.say(said, "cart add [hand trowel] / cart add [hand trowel] x2")) == ("trowel", 2)
    done = chat.say("yes").brief.change
    assert done is not None
    assert done.state is State.DONE


@pytest.mark.parametrize("message", ["put the cheapest in my cart", "add the spade to my cart"])
def test_what_may_be_in_view_is_not_looked_for_anew(chat: OrderChat, message: str) -> None:
    chat.say("is the hand trowel a spade?", "details [hand trowel]: is it a spade")
    assert waiting_for(chat.say(message, "cart add #1")) == ("trowel", 1)


def test_what_the_shop_does_not_have_is_looked_for_and_not_what_is_in_view_added(chat: OrderChat) -> None:
    chat.say("the hand trowel", "details [hand trowel]: the hand trowel")
    reply = chat.say("add 3 wheelbarrows to my cart", "cart add #1 x3")
    assert reply.brief.change is None
    assert reply.plan.steps[0].tool == "find"


@pytest.mark.parametrize(
    ("answer", "product"),
    [("the natural one", "twine-2"), ("1", "twine-1"), ("the second", "twine-2"), ("Jute Twine, Green", "twine-1")],
)
def test_products_with_one_title_are_told_apart_and_any_form_of_answer_is_understood(
    chat: OrderChat, answer: str, product: str
) -> None:
    asked = chat.say("add 2 jute twine", "cart add [jute twine] [jute twine]")
    assert asked.text == "Which product do you mean: Jute Twine, Green; or Jute Twine, Natural?"
    assert waiting_for(chat.say(answer, "talk unclear")) == (product, 2)


def test_other_goods_named_instead_of_an_answer_are_not_lost(chat: OrderChat) -> None:
    assert state(chat.say("a terrace pot in my cart please", "cart add [terrace pot]")) is State.ASKED
    reply = chat.say("and two green jute twine as well", "details [jute twine]: and two green jute twine")
    assert waiting_for(reply) == ("twine-1", 2)
    assert "I add one product at a time; the Terrace Pot can come next." in reply.text
    assert reply.shown.chips == ()
    done = chat.say("yes")
    assert done.shown.done == "add_to_cart"
    assert "Not in your cart yet: the Terrace Pot." in done.text
    assert done.shown.chips == ("Add the Terrace Pot to my cart", "What's in my cart?")
    assert state(chat.say("Add the Terrace Pot to my cart", "cart add [terrace pot]")) is State.ASKED
    assert waiting_for(chat.say("white")) == ("pot-w", 1)


def test_a_variant_that_is_sold_out_is_named_so_with_those_that_can_be_had(chat: OrderChat) -> None:
    asked = chat.say("add the slate terrace pot to my cart", "cart add")
    assert asked.text == (
        "The Terrace Pot in Slate is sold out. The Terrace Pot is available in Terracotta or White. Which would you like?"
    )
    assert waiting_for(chat.say("white then")) == ("pot-w", 1)


def test_a_yes_takes_the_only_choice_that_is_left(tmp_path: Path) -> None:
    def plant(records: Records, orders: Orders) -> None:
        records.upsert_products([each for each in GARDEN if each.id != "pot-w"])

    chat = OrderChat(tmp_path, plant=plant)
    assert "is available in Terracotta" in chat.say("2 slate terrace pots into my basket", "cart add").text
    assert waiting_for(chat.say("yes", "talk ok")) == ("pot-t", 2)


def test_all_that_a_message_names_is_spoken_of(chat: OrderChat) -> None:
    reply = chat.say("add a sharpener and two tool oil to my cart", "cart add [sharpener] [tool oil]")
    assert waiting_for(reply) == ("sharpener", 1)
    assert "2 of the Linseed Tool Oil 250 ml can come next" in reply.text
    owner = Owner(customer_id="C-1")
    assert chat.actions.cart(owner) == ()
    assert waiting_for(chat.say("make it a pair", "cart change x2")) == ("sharpener", 2)
    chip = chat.say("yes").shown.chips[0]
    assert chip == "Add 2 of the Linseed Tool Oil 250 ml to my cart"
    assert waiting_for(chat.say(chip, "cart add [tool oil]")) == ("oil", 2)


@pytest.mark.parametrize(
    ("message", "left"),
    [
        ("add a sharpener and a watering can", ("Heron Watering Can 5 l", "Watering Cans")),
        ("add a sharpener and a jute twine", ("Jute Twine",)),
        ("add a sharpener, tool oil, and the tool oil", ("Linseed Tool Oil 250 ml",)),
        ("add a sharpener and A Garden in 12 Weekends", ("A Garden in 12 Weekends (with seed chart)",)),
    ],
)
def test_a_second_thing_is_kept_though_it_may_be_one_of_several(
    chat: OrderChat, message: str, left: tuple[str, ...]
) -> None:
    reply = chat.say(message, "cart add [sharpener]")
    assert waiting_for(reply) == ("sharpener", 1)
    assert reply.brief.change is not None
    assert [each.name for each in reply.brief.change.later] == [left[-1]]
    name = left[-1] if left[-1].startswith("A ") else f"the {left[-1]}"
    assert chat.say("no").shown.chips == (f"Add {name} to my cart",)


def test_what_is_named_behind_something_sold_out_is_kept(tmp_path: Path) -> None:
    def plant(records: Records, orders: Orders) -> None:
        gone = goods("rake", "Leaf Rake", "Tools > Rakes", availability=Availability.OUT_OF_STOCK)
        records.upsert_products([*GARDEN, gone])

    chat = OrderChat(tmp_path, plant=plant)
    reply = chat.say("add a rake and two sharpeners to my cart", "cart add [rake]")
    assert state(reply) is State.REFUSED
    assert "2 of the Bypass Sharpener Keen" in reply.text
    assert reply.shown.chips == ("Add 2 of the Bypass Sharpener Keen to my cart",)


@pytest.mark.parametrize(
    ("message", "plan", "count"),
    [
        ("add it to my cart and the sharpener too", "cart add #1 [sharpener]", 1),
        ("add it to my cart and the sharpener too", "cart add [sharpener]", 1),
        ("I'll take 2 of them, and a sharpener", "cart add #1 x2", 2),
        ("put that one in my basket, and a sharpener in my cart", "find sharpeners", 1),
    ],
)
def test_what_is_in_view_comes_before_what_is_named_behind_it(
    chat: OrderChat, message: str, plan: str, count: int
) -> None:
    chat.say("the hand trowel", "details [hand trowel]: the hand trowel")
    reply = chat.say(message, plan)
    assert waiting_for(reply) == ("trowel", count)
    assert "the Bypass Sharpener Keen can come next" in reply.text


@pytest.mark.parametrize(
    "message",
    ["I like it, add the sharpener", "don't add it, and add the sharpener", "I want this: the sharpener", "add the sharpener to it"],
)  # fmt: skip
def test_a_pointer_that_is_no_wish_of_its_own_takes_nothing(message: str) -> None:
    assert takes_shown(message, GRAMMAR) == ""


def test_a_sold_out_variant_of_many_is_asked_for_by_what_was_said_and_one_property_at_a_time(tmp_path: Path) -> None:
    gone = {("Moss", "S"), ("Sky", "S"), ("Sky", "M"), ("Sky", "L")}

    def smock(color: str, size: str) -> Product:
        stock = Availability.OUT_OF_STOCK if (color, size) in gone else Availability.IN_STOCK
        kind, group = "Clothing > Smocks", "smock"
        return goods(
            f"{color}-{size}", "Potting Smock", kind, item_group_id=group, color=color, size=size, availability=stock
        )

    def plant(records: Records, orders: Orders) -> None:
        colors = ("Moss", "Clay", "Sand", "Sky")
        records.upsert_products([smock(color, size) for color in colors for size in ("S", "M", "L")])

    chat = OrderChat(tmp_path, plant=plant)
    asked = chat.say("add the moss potting smock in S to my cart", "cart add")
    assert "The Potting Smock in Moss, S is sold out." in asked.text
    assert "is available in Moss, M; Moss, L; Clay, S; or Sand, S" in asked.text
    asked = chat.say("add the sky potting smock to my cart then", "cart add [potting smock]")
    assert asked.text.endswith("The Potting Smock is available in S, M or L. Which would you like?")


def test_a_person_is_offered_after_two_replies_that_tell_nothing_and_comes_with_a_yes(chat: OrderChat) -> None:
    def ask(message: str, plan: str) -> Reply:
        chat.speaker.texts = [plan]
        *_, last = chat.assistant.reply(message, chat.conversation, hands_over=True)
        assert isinstance(last, Reply)
        chat.conversation = last.conversation_id
        return last

    first = ask("do you engrave names?", "policy: do you engrave names")
    second = ask("can my dog come along?", "policy: can my dog come along")
    assert "pass this on to a person" not in first.text
    assert second.text.endswith("Would you like me to pass this on to a person?")
    assert second.shown.chips[0] == "I would like to talk to a person"
    assert ask("yes please", "talk ok").plan.steps == (HandOver(reason="asked"),)


def test_a_visitors_cart_goes_on_in_the_conversation_that_follows(chat: OrderChat) -> None:
    chat.customer = None
    chat.press("add_to_cart", "oil")
    first = chat.conversation
    assert first is not None

    def follow(message: str, plan: str, before: str, customer: str | None = None) -> Reply:
        chat.speaker.texts = [plan]
        *_, last = chat.assistant.reply(message, None, customer, after=before)
        assert isinstance(last, Reply)
        return last

    second = follow("what's in my cart?", "cart view", first)
    assert second.conversation_id != first
    assert "1 × Linseed Tool Oil 250 ml" in second.text
    third = follow("add a sharpener", "cart add [sharpener]", second.conversation_id)
    chat.conversation = third.conversation_id
    assert chat.say("yes").shown.done == "add_to_cart"
    assert "Bypass Sharpener Keen" in chat.say("what's in my cart?", "cart view").text
    assert follow("what's in my cart?", "cart view", "made-up").text == "Your cart is empty."
    chat.customer = "C-1"
    assert "Linseed Tool Oil 250 ml" in chat.say("what's in my cart?", "cart view").text
    assert chat.cart(Owner(customer_id="C-1")) == {"oil": 1, "sharpener": 1}
    assert follow("what's in my cart?", "cart view", first).text == "Your cart is empty."
    assert follow("what's in my cart?", "cart view", first, "C-2").text == "Your cart is empty."
