from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from assistant.cli import import_, index, search
from retrieval.errors import IndexMismatch, IndexMissing, ModelError, SearchIndexError

SHOP = [
    {"id": "T-1", "title": "Alder Tent", "price": "189.00 USD", "product_type": "Camping > Tents", "color": "Green"},
    {"id": "T-2", "title": "Wren Tent", "price": "99.00 USD", "product_type": "Camping > Tents", "color": "Grey"},
    {"id": "M-1", "title": "Speckle Mug", "price": "18.00 USD", "product_type": "Kitchen > Mugs", "color": "Red"},
    {"id": "M-2", "title": "Bracken Mug", "price": "35.00 USD", "product_type": "Kitchen > Mugs", "color": "Red"},
]


def run(home: Path, *arguments: str, stdin: str = "") -> Result:
    app = typer.Typer()
    for module in (import_, index, search):
        module.register(app)
    return CliRunner().invoke(app, [*arguments, "--home", str(home)], input=stdin)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("search") / "home"
    feed = home.with_name("products.jsonl")
    feed.write_text("\n".join(map(json.dumps, SHOP)))
    assert run(home, "import", "products", str(feed)).exit_code == 0
    indexed = run(home, "index")
    assert indexed.exit_code == 0
    assert "Indexed 4 products" in indexed.stderr
    return home


def test_a_person_reads_a_table(home: Path) -> None:
    shown = run(home, "search", "tent", "--limit", "1").stdout
    assert "Tent" in shown
    assert "1 of 2" in shown
    assert "Nothing found for 'television'." in run(home, "search", "television").stdout


def test_a_program_reads_one_object_per_line(home: Path) -> None:
    lines = run(
        home, "search", "--json", "--limit", "3", stdin="tent\n\nred mug under 20\ncheapest tent\n"
    ).stdout.splitlines()
    answers = [json.loads(line) for line in lines]
    assert [answer["query"] for answer in answers] == ["tent", "", "red mug under 20", "cheapest tent"]
    assert {product["id"] for product in answers[0]["products"]} == {"T-1", "T-2"}
    assert len(answers[1]["products"]) == 3
    assert [product["id"] for product in answers[2]["products"]] == ["M-1"]
    assert [product["id"] for product in answers[3]["products"]] == ["T-2", "T-1"]
    assert set(answers[0]["products"][0]) == {"id", "title", "price", "score"}


def test_limits_that_nothing_meets_are_passed_over(home: Path) -> None:
    answer = json.loads(run(home, "search", "tent under 5", "--json").stdout)
    assert {product["id"] for product in answer["products"]} == {"T-1", "T-2"}


def test_without_index_or_products_the_next_command_is_named(home: Path, tmp_path: Path) -> None:
    empty = run(tmp_path / "empty", "index").exception
    assert isinstance(empty, SearchIndexError)
    assert "aisle import products" in str(empty)
    assert isinstance(run(tmp_path / "empty", "search", "tent").exception, IndexMissing)


def test_another_catalogue_or_an_unknown_model_is_refused(home: Path, tmp_path: Path) -> None:
    (tmp_path / "more.jsonl").write_text(json.dumps(SHOP[0] | {"id": "T-9", "title": "New Tent"}))
    assert run(home, "import", "products", str(tmp_path / "more.jsonl")).exit_code == 0
    refused = run(home, "search", "tent").exception
    assert isinstance(refused, IndexMismatch)
    assert "aisle index" in str(refused)
    assert run(home, "index").exit_code == 0
    assert "3 of 3" in run(home, "search", "tent").stdout
    assert isinstance(run(home, "index", "--encoder", "no-such/model").exception, ModelError)
