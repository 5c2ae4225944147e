"""Phrases are drawn only when the facts they name exist, and written with the right number and spacing."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from assistant.act import Act
from assistant.reference import REFERENCES
from assistant.writing.phrase_file import PhraseLine, read_phrase_file
from finetune.phrasings import Choice, Node, Phrase, Phrasings, Reference, tidy
from finetune.simulator import PHRASINGS
from retrieval.errors import AisleError


def phrasings(*phrases: str, condition: str = "", **others: str) -> Phrasings:
    body = tuple(Phrase(PhraseLine(text, condition), "test") for text in phrases)
    return Phrasings({"body": body, **{name: (Phrase(PhraseLine(text), "test"),) for name, text in others.items()}})


def drawn(book: Phrasings, hints: dict[str, str], times: int = 50) -> set[str | None]:
    chance = random.Random(0)
    return {book.draw("body", hints, chance) for _ in range(times)}


def test_a_phrase_needs_all_its_references() -> None:
    book = phrasings("It costs {p1.price}.", "See its page.")
    assert drawn(book, {}) == {"See its page."}
    assert drawn(book, {"p1.price": ""}) == {"It costs {p1.price}.", "See its page."}


def test_nothing_is_drawn_when_nothing_fits() -> None:
    assert phrasings("It costs {p1.price}.").draw("body", {}, random.Random(0)) is None


def test_a_choice_leaves_out_what_has_no_facts() -> None:
    book = phrasings("It is {p1.price}(, down from {p1.old_price}|).")
    assert drawn(book, {"p1.price": ""}) == {"It is {p1.price}."}
    assert drawn(book, {"p1.price": "", "p1.old_price": ""}) == {
        "It is {p1.price}.",
        "It is {p1.price}, down from {p1.old_price}.",
    }


def test_parentheses_without_a_bar_are_written() -> None:
    assert drawn(phrasings("This one ({p1.price}) fits."), {"p1.price": ""}) == {"This one ({p1.price}) fits."}


@pytest.mark.parametrize(("hint", "written"), [("", "The {p1.name} is here."), ("plural", "The {p1.name} are here.")])
def test_verbs_agree_with_the_title(hint: str, written: str) -> None:
    assert drawn(phrasings("The {p1.name} <p1:is|are> here."), {"p1.name": hint}) == {written}


@pytest.mark.parametrize(
    ("condition", "hints", "fits"),
    [
        ("p1.stock=in|low", {"p1.stock": "low"}, True),
        ("p1.stock=in|low", {"p1.stock": "out"}, False),
        ("p1.stock=in|low", {}, False),
        ("p1.detail=", {"p1.detail": ""}, True),
        ("p1.detail=", {"p1.detail": "yes"}, False),
        ("!p2.name", {}, True),
        ("!p2.name", {"p2.name": ""}, False),
        ("p1.name, !p2.name", {"p1.name": ""}, True),
        ("p1.name, !p2.name", {"p1.name": "", "p2.name": ""}, False),
    ],
)
def test_conditions(condition: str, hints: dict[str, str], fits: bool) -> None:
    assert (drawn(phrasings("Yes.", condition=condition), hints) == {"Yes."}) is fits


def test_parts_are_put_in_and_optional_ones_may_be_missing() -> None:
    assert drawn(phrasings("Look: [more]", more="at this."), {}) == {"Look: at this."}
    assert drawn(phrasings("Look. [more?]", more="At {p1.name}."), {}) == {"Look."}
    assert drawn(phrasings("Look. [more?]", more="At this."), {}) == {"Look.", "Look. At this."}
    assert phrasings("[more]", more="At {p1.name}.").draw("body", {}, random.Random(0)) is None


@pytest.mark.parametrize("text", ["An (open choice", "A closed) choice"])
def test_unbalanced_parentheses_are_reported_with_their_place(text: str) -> None:
    with pytest.raises(AisleError, match="test"):
        phrasings(text).draw("body", {}, random.Random(0))


def test_an_unknown_section_is_named() -> None:
    with pytest.raises(AisleError, match="closer"):
        phrasings("Hello.").draw("closer", {}, random.Random(0))


def test_tidy_spaces_and_capitals() -> None:
    assert tidy("sure , here it is . look !") == "Sure, here it is. Look!"
    assert tidy("Of course, Here are some.") == "Of course, here are some."


def test_a_phrase_before_a_section_is_reported_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "x.md").write_text("# x\n- Hello.\n")
    with pytest.raises(AisleError, match=r"x\.md:2"):
        read_phrase_file(tmp_path / "x.md")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(AisleError, match="gone"):
        Phrasings.load(tmp_path / "gone.md")


def references(nodes: tuple[Node, ...]) -> set[str]:
    keys = {node.key for node in nodes if isinstance(node, Reference)}
    return keys.union(*(references(option) for node in nodes if isinstance(node, Choice) for option in node.options))


@pytest.mark.parametrize("act", list(Act))
def test_every_phrase_of_an_act_parses_and_names_known_references(act: Act) -> None:
    sections = read_phrase_file(PHRASINGS / f"{act.value}.md")
    for name, lines in sections.items():
        for line in lines:
            keys = references(Phrase(line, act.value).nodes)
            assert name == "customer" or keys <= set(REFERENCES), line.text
