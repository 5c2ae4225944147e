"""No product comes twice in a reply, in whatever variant and however often the message asks for it: whole replies, text and cards."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from assistant.actions.orders import Orders
from assistant.reply import Reply
from retrieval.store.records import Records
from tests.unit.order_chat import OrderChat
from tests.unit.small_shop import FAQS, PRODUCTS, product

VARIANTS = tuple(
    product(
        f"boot-{color}-{size}", "Fell Boots", "120", "Footwear > Hiking Boots", item_group_id="fell-boots", color=color, size=size,
        description="Waterproof leather boots for hiking and camping.",
    )
    for color in ("Brown", "Black") for size in ("41", "42", "43")
)  # fmt: skip
OTHERS = (
    product("kettle", "Ridge Kettle", "30", "Camping > Kettles", description="A steel kettle for camping."),
    product("lamp", "Ember Lamp", "35", "Camping > Lamps", description="A warm light for a tent."),
)
GROUPS = {each.id: each.item_group_id or each.id for each in (*PRODUCTS, *VARIANTS, *OTHERS)}
CASES = {
    "one search": ("got tents?", "find tents"),
    "a search over several kinds": ("camping gear", "find camping: for two people"),
    "one search planned twice": ("tents, tents for camping", "find tents\nfind tents: camping"),
    "searches that overlap": ("I need tents, camping gear and boots", "find tents\nfind camping\nfind hiking boots"),
    "a search and a question about a find": ("got boots? how much are they?", "find hiking boots\ndetails: how much"),
    "a search and a product that is named": ("got tents? and is the Alder Tent waterproof?",
                                             "find tents\ndetails [Alder Tent]: is it waterproof"),
    "one product asked about twice": ("what is the Alder Tent like, how much is the Alder Tent?",
                                      "details [Alder Tent]: what is it like\ndetails [Alder Tent]: how much"),
    "a bundle": ("a tent, boots and a mug, all for 500", "bundle tents, hiking boots, mugs\nneed: budget under 500"),
    "a bundle of kinds that overlap": ("a tent and camping things", "bundle tents, camping, tents"),
    "a bundle and a search": ("a tent and a mug, and more tents", "bundle tents, mugs\nfind tents"),
    "a search and a choice": ("tents, and which would you take, the Alder Tent or the Wren Tent?",
                              "find tents\nchoose [Alder Tent] [Wren Tent]"),
    "a search and a comparison": ("got mugs? compare the Speckle Mug with the Wren Tent", "find mugs\ncompare [Speckle Mug] [Wren Tent]"),
}  # fmt: skip


def plant(records: Records, orders: Orders) -> None:
    records.upsert_products([*PRODUCTS, *VARIANTS, *OTHERS])
    records.upsert_faqs(FAQS)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> OrderChat:
    return OrderChat(tmp_path_factory.mktemp("shop"), plant=plant)


def groups(ids: tuple[str, ...]) -> Counter[str]:
    return Counter(GROUPS.get(id, id) for id in ids)


def once_each(reply: Reply) -> None:
    """Brief and cards have no product twice, and the text offers none twice."""
    cards = tuple(card.id for card in reply.shown.cards)
    assert cards == reply.brief.products
    assert cards
    assert max(groups(cards).values()) == 1, cards
    text = reply.text
    for title in sorted((card.title for card in reply.shown.cards), key=len, reverse=True):
        assert len(re.findall(rf"\bthe {title}\b[^.$]{{0,30}}\$", text, re.IGNORECASE)) <= 1, reply.text
        text = text.replace(title, "it")


@pytest.mark.parametrize("case", CASES)
def test_a_product_comes_once(shop: OrderChat, case: str) -> None:
    shop.conversation = None
    message, plan = CASES[case]
    once_each(shop.say(message, plan))


def test_a_product_comes_once_in_the_next_reply_too(shop: OrderChat) -> None:
    shop.conversation = None
    once_each(shop.say("got tents and boots?", "find tents\nfind hiking boots"))
    once_each(shop.say("and some more tents and mugs", "find tents\nfind mugs\ndetails #1: how much"))


def test_variants_that_the_message_names_stand_side_by_side(shop: OrderChat) -> None:
    shop.conversation = None
    reply = shop.say("how much is the Alder Tent in green and in orange?", "details [Alder Tent]: how much")
    assert set(reply.brief.products) == {"tent-green", "tent-orange"}
