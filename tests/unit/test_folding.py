from __future__ import annotations

from decimal import Decimal

import pytest

from assistant.dialogue.thread import Thread
from assistant.evidence.wording import names, stems
from assistant.planning.grammar.grammar import Grammar
from assistant.planning.grammar.text import Text, stem
from assistant.planning.size_form import sizes_said
from assistant.planning.spoken import Spoken
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.filter import Condition, Operator
from retrieval.catalog.money import Money
from retrieval.catalog.options import Options, words_in
from retrieval.catalog.product import Product
from retrieval.folding import folded
from retrieval.index.document import compounds, content_words, words
from retrieval.search.assortment import thing_named
from retrieval.search.spelling import Spelling


def _product(id: str, title: str, type: str, **fields: object) -> Product:
    return Product(id, title, Money(Decimal(20)), product_type=type, **fields)  # type: ignore[arg-type]


SHOP = Catalog(
    [
        _product("pan", "Crêpière “Brûlée” 28 cm", "Küche > Pfännchen", brand="Émaillé", color="Écru"),
        _product("pot", "Marmite 5 l", "Küche > Pots", brand="Émaillé", color="Jade"),
        _product("cup", "Smørrebrod Cup", "Kaffe > Cups", brand="Łódź", color="Grün", size="Größe L"),
        _product("jug", "Smørrebrod Jug", "Kaffe > Jugs", brand="Łódź", color="Rosé"),
        _product("jar", "Jar Plain", "Kaffe > Jars", brand="Odd", color="Creme"),
    ]
)
GRAMMAR = Grammar(SHOP)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Crème BRÛLÉE", "creme brulee"),
        ("Smørrebrød", "smorrebrod"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("Cafe\u0301", "cafe"),
        ("“Rosé” ‘x’ Women’s", "\"rose\" 'x' women's"),
        ("Gore-Tex™ 20 m²", "gore-tex™ 20 m²"),
        ("帐篷", "帐篷"),
        ("ΚΑΦΈΣ", "καφεσ"),
        ("パン", "パン"),
        ("バン", "バン"),
        ("Чай", "чай"),
        ("हिन्दी", "हिन्दी"),
        ("한국", "한국"),
    ],
)
def test_accents_and_typographic_quotes_are_folded(text: str, plain: str) -> None:
    assert folded(text) == plain


@pytest.mark.parametrize("message", ["is the crepiere brulee in stock", "Is the CRÊPIÈRE “Brûlée” in stock"])
def test_a_title_is_recognized_without_its_accents(message: str) -> None:
    naming = GRAMMAR.names.read(Text.of(message))
    assert naming is not None
    assert naming.product_ids == ("pan",)


@pytest.mark.parametrize(
    ("message", "field", "value"),
    [
        ("anything in ecru?", "color", "Écru"),
        ("anything in crème?", "color", "Creme"),
        ("do you have it in grun", "color", "Grün"),
        ("something from emaille", "brand", "Émaillé"),
        ("cups by lodz", "brand", "Łódź"),
    ],
)
def test_colors_and_brands_are_recognized_however_accents_are_written(message: str, field: str, value: str) -> None:
    read = GRAMMAR.read(Text.of(message)).conditions
    assert Condition(field, Operator.IN, (value,)) in read


def test_a_kind_is_recognized_without_its_accents() -> None:
    assert GRAMMAR.read(Text.of("show me your pfannchen")).types == (
        Condition("product_type", Operator.IN, ("Pfännchen",)),
    )


def test_the_only_one_of_its_kind_is_named_by_its_kind() -> None:
    seen = Thread(shown=("pot",))
    assert Spoken(GRAMMAR, seen, "Is the pfannchen in stock and what does it cost?").named == ("pan",)
    assert Spoken(GRAMMAR, seen, "Is the lid in stock?").named == ()


def test_what_the_record_in_view_speaks_of_is_a_part_of_it() -> None:
    bag = _product("bag", "Felt Sleeve", "Accessories > Bags")
    harp = _product("harp", "Lyre 16", "Instruments > Lyres", description="Comes with a padded bag.")
    drum = _product("drum", "Tom 12", "Instruments > Drums")
    grammar = Grammar(Catalog([bag, harp, drum]))
    assert Spoken(grammar, Thread(shown=("harp",)), "is the bag padded").named == ()
    assert Spoken(grammar, Thread(shown=("drum",)), "is the bag padded").named == ("bag",)


def test_sizes_and_options_are_compared_without_accents() -> None:
    cup = SHOP.products["cup"]
    assert sizes_said("in grosse l please", [cup]).values == ("Größe L",)
    assert Options(color=("grun",)).among([cup, SHOP.products["jug"]]) == [cup]
    assert words_in("Rosé") == {"rose"}


def test_stems_and_values_fold_both_sides() -> None:
    assert stem("Cafés") == "cafe"
    assert stems("pâté") == stems("pate")
    assert names("the one in rose please", "Rosé")
    assert names("the one in rosé please", "Rose")


def test_the_search_index_reads_words_without_accents() -> None:
    assert words("Crêpières") == ["crepiere"]
    assert content_words("a jalapeño") == ["jalapeno"]
    assert compounds("a 15” Größe-XL") == ["15inch", "grossexl"]
    assert thing_named("crème caramel") == "creme caramel"


def test_spelling_leaves_a_word_without_its_accents_and_mends_others() -> None:
    spelling = Spelling(("Smørrebrød board", "Crêpière"))
    assert spelling.mend("smorrebrod") == "smorrebrod"
    assert spelling.mend("crepeire") == "crepiere"
