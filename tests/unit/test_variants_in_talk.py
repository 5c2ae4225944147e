"""Colors and sizes in a conversation: what is meant, what is remembered, and what the card shows. The sample shop's own records."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.beside import Beside
from assistant.chips import Chips
from assistant.dialogue.thread import Thread
from assistant.evidence.brief import Note
from assistant.planning.plan import Find
from assistant.shown import Card, StockState
from assistant.turn import Dialogue, TurnReply
from finetune.corpora.live import live_dialogue
from finetune.corpora.shop import CORPUS, CorpusShop
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.product import Product
from retrieval.index.document import words
from retrieval.index.encoder import Vectors
from tests.unit.scripted_speaker import ScriptedSpeaker
from tests.unit.test_tools_for_people import SilentReader

Turn = tuple[str, str]
"""A message and the plan that the language model writes for it."""


class HashedWords:
    """Counts all words in a few hundred dimensions, so that texts without a word in common are far apart."""

    name, dimension = "hashed-words@1", 512

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self.encode_documents(texts)

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in (text, *words(text)):
                row[zlib.crc32(word.encode()) % self.dimension] += 1
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


@pytest.fixture(scope="module")
def shop() -> CorpusShop:
    return CorpusShop.load(CORPUS / "fern-and-fell")


@pytest.fixture(scope="module")
def speaker() -> ScriptedSpeaker:
    return ScriptedSpeaker()


@pytest.fixture(scope="module")
def dialogue(shop: CorpusShop, speaker: ScriptedSpeaker, tmp_path_factory: pytest.TempPathFactory) -> Dialogue:
    home = tmp_path_factory.mktemp("fern")
    return live_dialogue(shop, home, speaker, SilentReader(), HashedWords(), frozenset({"tak", "giv", "say"}))


@pytest.fixture
def talk(dialogue: Dialogue, speaker: ScriptedSpeaker) -> Callable[..., TurnReply]:
    """Holds a conversation and returns the last reply."""

    def hold(*turns: Turn, page: str = "") -> TurnReply:
        thread = Thread().opened_on(page, dialogue.briefing.group(page)) if page else Thread()
        last: TurnReply | None = None
        for message, plan in turns:
            speaker.texts = [plan]
            *_, last = (each for each in dialogue.reply(message, thread) if isinstance(each, TurnReply))
            thread = last.thread
        assert last is not None
        return last

    return hold


def cards(reply: TurnReply, shop: CorpusShop) -> Sequence[Card]:
    return Beside(shop.catalog, Chips(shop.catalog, ())).cards(reply.brief, reply.moment)


def first(reply: TurnReply, shop: CorpusShop) -> Product:
    return shop.catalog.products[reply.brief.products[0]]


@pytest.mark.parametrize(
    ("name", "message", "variant", "price"),
    [
        ("Gridline Fleece Hoody", "gridline hoody in blue m", "Blue, M", "$109.00"),
        ("Gridline Fleece Hoody", "gridline hoody m blue please", "Blue, M", "$109.00"),
        ("Gridline Fleece Hoody", "gridline hoody in black, l", "Black, L", "$109.00"),
        ("Squall Rain Jacket", "squall rain jacket green xl", "Green, XL", "$139.00"),
        ("Tarn Mid Hiking Boots", "tarn mid hiking boots grey 9", "Grey, size 9", "$135.15"),
        ("Brook Steel Bottle", "brook steel bottle green 0.8", "Green, 0.8 l", "$29.00"),
        ("Tide Bath Towel", "tide bath towel in sage 70x140", "Sage, 70 x 140 cm", "$32.00"),
        ("Hut Down Booties", "hut down booties, size medium in orange", "Orange, M", "$65.00"),
    ],
)
def test_several_options_of_one_message_are_all_meant(
    talk: Callable[..., TurnReply], shop: CorpusShop, name: str, message: str, variant: str, price: str
) -> None:
    reply = talk((message, f"details [{name}]: {message}"))
    assert [card.variant for card in cards(reply, shop)] == [variant]
    assert reply.text.startswith("Yes, ")
    assert f"is in stock at {price}" in reply.text
    color, size = variant.replace(", size ", ", ").split(", ")
    assert f"in {color.lower()} in size {size}" in reply.text


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("gridline hoody in xxl", "No, not in that size: you can get the Gridline Fleece Hoody in S, M and L."),
        ("gridline hoody in orange", "No, not in that color: the Gridline Fleece Hoody comes in black and blue."),
        (
            "squall rain jacket in yellow m",
            "The Squall Rain Jacket comes in yellow in size M, but that one is sold out.",
        ),
    ],
)
def test_what_there_is_not_is_said(talk: Callable[..., TurnReply], message: str, text: str) -> None:
    name = "Squall Rain Jacket" if "squall" in message else "Gridline Fleece Hoody"
    assert talk((message, f"details [{name}]: {message}")).text == text


@pytest.mark.parametrize(
    ("name", "asked", "then", "variant"),
    [
        ("Squall Rain Jacket", "do you have the squall rain jacket in size M?", "in green please", "Green, M"),
        ("Squall Rain Jacket", "squall rain jacket in navy?", "and in L?", "Navy, L"),
        ("Trot Touchscreen Gloves", "trot touchscreen gloves in L?", "is it available in blue?", "Blue, L"),
        ("Tarn Mid Hiking Boots", "tarn mid hiking boots in size 9?", "in grey?", "Grey, size 9"),
        ("Marsh Dry Bag", "marsh dry bag 35 l?", "in yellow please", "Yellow, 35 l"),
    ],
)
def test_what_was_said_of_an_option_stays(
    talk: Callable[..., TurnReply], shop: CorpusShop, name: str, asked: str, then: str, variant: str
) -> None:
    reply = talk(
        (asked, f"details [{name}]: {asked}"),
        ("is it waterproof?", "details #1: is it waterproof"),
        (then, f"details #1: {then}"),
    )
    assert [card.variant for card in cards(reply, shop)] == [variant]
    color, size = variant.replace(", size ", ", ").split(", ")
    assert f"in {color.lower()} in size {size}" in reply.text


def test_an_option_holds_until_another_is_said(talk: Callable[..., TurnReply], shop: CorpusShop) -> None:
    turns = [
        ("squall rain jacket in green m", "details [Squall Rain Jacket]: squall rain jacket in green m"),
        ("and in L?", "details #1: and in L"),
        ("in navy?", "details #1: in navy"),
        ("how much is it?", "details #1: how much is it"),
    ]
    assert [first(talk(*turns[:end]), shop).id for end in range(1, 5)] == [
        "squall-rain-jacket-green-m",
        "squall-rain-jacket-green-l",
        "squall-rain-jacket-navy-l",
        "squall-rain-jacket-navy-l",
    ]


def test_a_size_of_jackets_is_none_of_boots(talk: Callable[..., TurnReply], shop: CorpusShop) -> None:
    reply = talk(
        ("squall rain jacket in M?", "details [Squall Rain Jacket]: squall rain jacket in M"),
        ("show me gloves", "find gloves"),
    )
    assert {each.kind for each in reply.thread.options} == {"Clothing > Rain Jackets"}
    assert reply.brief.products


@pytest.mark.parametrize(
    ("name", "asked", "kind", "size"),
    [
        ("Squall Rain Jacket", "do you have the squall rain jacket in size M?", "rain jackets", "M"),
        ("Tarn Mid Hiking Boots", "tarn mid hiking boots in size 9?", "hiking boots", "9"),
        ("Skylark Merino Top", "skylark merino top in L", "base layers", "L"),
    ],
)
def test_what_is_cheaper_is_another_product_in_the_same_size(
    talk: Callable[..., TurnReply], shop: CorpusShop, name: str, asked: str, kind: str, size: str
) -> None:
    before = talk((asked, f"details [{name}]: {asked}"))
    reply = talk(
        (asked, f"details [{name}]: {asked}"), ("hmm, actually something cheaper", f"find {kind}: something cheaper")
    )
    assert isinstance(reply.plan.steps[0], Find)
    assert reply.brief.products
    shown = [shop.catalog.products[id] for id in reply.brief.products]
    assert first(before, shop).item_group_id not in {each.item_group_id for each in shown}
    assert {each.size for each in shown} == {size}
    assert all(each.is_available for each in shown)


@pytest.mark.parametrize(
    ("message", "plan"),
    [
        ("I need a rain jacket in M", "find rain jackets: in M"),
        ("do you have gloves in size L", "find gloves: size L"),
        ("trousers in size L", "find hiking trousers: size L"),
        ("do you have the squall rain jacket in size M?", "details [Squall Rain Jacket]: in size M"),
        ("trot touchscreen gloves in L?", "details [Trot Touchscreen Gloves]: in L"),
        ("two-way zip-off trousers in L?", "details [Two-Way Zip-Off Trousers]: in L"),
        ("is the brook thermal bottle in stock?", "details [Brook Thermal Bottle]: is it in stock"),
    ],
)
def test_the_card_shows_a_variant_that_can_be_had(
    talk: Callable[..., TurnReply], shop: CorpusShop, message: str, plan: str
) -> None:
    """A variant that is nearly sold out is shown only if none else of the size is there."""
    shown = cards(talk((message, plan)), shop)
    assert shown
    for card in shown:
        product = shop.catalog.products[card.id]
        alike = [each for each in shop.catalog.variants(product) if each.size == product.size]
        plenty = [each for each in alike if each.is_available and (each.quantity or 0) > 5]
        assert card.stock is StockState.IN_STOCK or not plenty, card


def test_the_text_speaks_of_the_variant_on_the_card(talk: Callable[..., TurnReply], shop: CorpusShop) -> None:
    reply = talk(("do you have the squall rain jacket in size M?", "details [Squall Rain Jacket]: in size M"))
    assert reply.text == "Yes, the Squall Rain Jacket comes in size M; the one in green is in stock at $139.00."
    assert [card.variant for card in cards(reply, shop)] == ["Green, M"]


def test_the_color_of_the_page_that_is_open_is_kept(talk: Callable[..., TurnReply], shop: CorpusShop) -> None:
    asked = ("do you have it in L?", "details #1: in L")
    assert first(talk(asked, page="squall-rain-jacket-navy-s"), shop).id == "squall-rain-jacket-navy-l"
    assert (
        first(talk(("in M?", "details #1: in M"), page="squall-rain-jacket-yellow-s"), shop).id
        == "squall-rain-jacket-green-m"
    )


@pytest.mark.parametrize(
    ("message", "size"),
    [
        ("my son is 120 cm tall", "128"),
        ("she's 110cm tall", "116"),
        ("he is 1.16 m tall", "116"),
        ("my daughter is 3 ft 4 tall", "104"),
    ],
)
def test_a_childs_height_names_its_size(
    talk: Callable[..., TurnReply], shop: CorpusShop, message: str, size: str
) -> None:
    suit = ("tell me about the puddle rain suit", "details [Puddle Kids' Rain Suit]: tell me about it")
    reply = talk(suit, (message, f"details #1: {message}"))
    assert first(reply, shop).size == size
    assert f"I'd take size {size}" in reply.text
    later = talk(suit, (message, f"details #1: {message}"), ("in yellow?", "details #1: in yellow"))
    assert (first(later, shop).color, first(later, shop).size) == ("Yellow", size)


def test_a_search_for_a_child_shows_the_size_for_its_height(talk: Callable[..., TurnReply], shop: CorpusShop) -> None:
    reply = talk(("a rain jacket for my son, he is 120 cm tall", "find rain jackets: for my son"))
    assert [(each.title, each.size) for each in [first(reply, shop)]] == [("Puddle Kids' Rain Suit", "128")]
    assert "I'd take size 128" in reply.text


@pytest.mark.parametrize(("message", "start"), [
    ("orange?", "No, not in that color: the Perch Camp Chair comes in green, rust and black."),
    ("rust?", "Yes, the Perch Camp Chair comes in rust, and that one is in stock at $79.00."),
    ("do you have it in black", "Yes, the Perch Camp Chair comes in black, and that one is in stock at $67.15 (was $79.00)."),
    ("is it on sale?", "Yes, in black: the Perch Camp Chair is $67.15 right now, down from $79.00."),
])  # fmt: skip
def test_a_question_for_an_option_begins_with_yes_or_no(
    talk: Callable[..., TurnReply], message: str, start: str
) -> None:
    chair = ("tell me about the perch camp chair", "details [Perch Camp Chair]: tell me about it")
    assert talk(chair, (message, f"details #1: {message}")).text == start


@pytest.mark.parametrize(("message", "text"), [
    ("tarn mid hiking boots in grey 7", "The Tarn Mid Hiking Boots come in grey in size 7, but that one is sold out."),
    ("are the tarn mid hiking boots in stock in grey 7?", "No, the Tarn Mid Hiking Boots are sold out in grey in size 7."),
    ("do you have the tarn mid hiking boots in grey, size 7", "No, the Tarn Mid Hiking Boots are sold out in grey in size 7."),
    ("how much are the tarn mid hiking boots in grey 7", "The Tarn Mid Hiking Boots are $135.15 (was $159.00) in grey in size 7, but that one is sold out."),
    ("tarn mid hiking boots in grey 11", "Yes, the Tarn Mid Hiking Boots come in grey in size 11, and that one is in stock at $135.15 (was $159.00)."),
    ("how much are the grey tarn mid hiking boots, are they reduced?",
     "Yes, the Tarn Mid Hiking Boots come in grey, and that one is in stock at $135.15 (was $159.00)."),
    ("tarn mid hiking boots in brown 11", "Yes, the Tarn Mid Hiking Boots come in brown in size 11, and that one is in stock at $159.00."),
])  # fmt: skip
def test_what_cannot_be_had_is_no_yes_and_what_is_reduced_says_so(
    talk: Callable[..., TurnReply], message: str, text: str
) -> None:
    assert talk((message, f"details [Tarn Mid Hiking Boots]: {message}")).text == text


@pytest.mark.parametrize(("message", "text"), [
    ("which colors do the tarn mid boots come in in size 7?", "In size 7 the Tarn Mid Hiking Boots come in brown."),
    ("what other colors in 9 then?", "In size 9 the Tarn Mid Hiking Boots come in brown and grey."),
    ("which sizes in grey?", "In grey you can get the Tarn Mid Hiking Boots in 8, 9, 10 and 11."),
    ("which colors are there", "The Tarn Mid Hiking Boots come in brown and grey. They are in stock."),
])  # fmt: skip
def test_options_asked_for_within_another_are_those_that_can_be_had_in_it(
    talk: Callable[..., TurnReply], message: str, text: str
) -> None:
    boots = ("tell me about the tarn mid hiking boots", "details [Tarn Mid Hiking Boots]: tell me about them")
    assert talk(boots, (message, f"details #1: {message}")).text == text


@pytest.mark.parametrize("message", ["which sizes in blue?", "which sizes does it come in in blue?"])
def test_what_has_no_sizes_is_not_sold_out_in_all_of_them(talk: Callable[..., TurnReply], message: str) -> None:
    pack = ("tell me about the tern 28 daypack", "details [Tern 28 Daypack]: tell me about it")
    reply = talk(pack, (message, f"details #1: {message}"))
    assert Note.WITHIN_COLOR not in reply.brief.notes
    assert "sold out" not in reply.text


def test_what_has_no_colors_is_not_sold_out_in_all_of_them(
    shop: CorpusShop, speaker: ScriptedSpeaker, tmp_path: Path
) -> None:
    name, message = "Tarn Mid Hiking Boots", "which colors do the tarn mid boots come in in size 9?"
    products = [replace(each, color="") if each.title == name else each for each in shop.catalog.products.values()]
    colorless = replace(shop, catalog=Catalog(products, shop.catalog.faqs.values()))
    dialogue = live_dialogue(colorless, tmp_path, speaker, SilentReader(), HashedWords(), frozenset())
    speaker.texts = [f"details [{name}]: {message}"]
    *_, reply = (each for each in dialogue.reply(message, Thread()) if isinstance(each, TurnReply))
    assert reply.brief.products
    assert Note.WITHIN_SIZE not in reply.brief.notes
    assert "sold out" not in reply.text


def test_a_size_that_was_named_before_holds_for_the_colors(talk: Callable[..., TurnReply]) -> None:
    asked = ("tarn mid hiking boots in grey 7", "details [Tarn Mid Hiking Boots]: in grey 7")
    told = talk(asked, ("which other colors do you have?", "details #1: which other colors do you have")).text
    assert told == "In size 7 the Tarn Mid Hiking Boots come in brown."


@pytest.mark.parametrize(
    "message",
    ["how long is the medium one", "how many pockets does the small one have?", "how much does the blue one weigh"],
)
def test_a_question_for_a_property_is_none_for_an_option(talk: Callable[..., TurnReply], message: str) -> None:
    hoody = ("tell me about the gridline hoody", "details [Gridline Fleece Hoody]: tell me about it")
    reply = talk(hoody, (message, f"details #1: {message}"))
    assert not {Note.HAS_SIZE, Note.HAS_COLOR, Note.NO_SUCH_SIZE, Note.NO_SUCH_COLOR} & set(reply.brief.notes)
    assert "comes in" not in reply.text


@pytest.mark.parametrize(("name", "before", "text"), [
    ("Puddle Kids' Rain Suit", "", "No, the Puddle Kids' Rain Suit is $65.00."),
    ("Sea Fog Scented Candle", "", "Yes, the Sea Fog Scented Candle is $21.00 right now, down from $28.00."),
    ("Perch Camp Chair", "in green?", "No, the Perch Camp Chair is $79.00."),
    ("Wren Solo Tent", "", "Yes, in grey: the Wren Solo Tent is $215.20 right now, down from $269.00."),
])  # fmt: skip
def test_a_question_for_a_sale_begins_with_yes_or_no(
    talk: Callable[..., TurnReply], name: str, before: str, text: str
) -> None:
    asked = [(f"the {name} {before}", f"details [{name}]: {before}")] if before else []
    message = "is it on sale?" if before else f"is the {name} on sale?"
    assert talk(*asked, (message, f"details [{name}]: is it on sale")).text == text
