from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pytest
import typer
from sklearn.metrics import ndcg_score
from typer.testing import CliRunner, Result

from assistant.cli import import_, index
from finetune import cli
from finetune.ranking_metrics import graded_ndcg, ratio_of_means
from finetune.search_judgements import JudgedQuery, judge_ways, read_judgements
from retrieval.errors import FeedError
from tests.unit.small_shop import SMALL_SHOP
from tests.unit.test_cli_search import SHOP

JUDGED = [
    {"query": "tent", "grades": {"T-1": 3, "T-2": 1, "M-1": 0}},
    {"query": "red mug", "grades": {"M-1": 3, "M-2": 3}},
    {"query": "television", "grades": {"M-1": 0}},
]


def test_graded_ndcg_is_that_of_the_field() -> None:
    dice = random.Random(1)
    for _ in range(20):
        grades = {f"d{n}": float(dice.randrange(4)) for n in range(15)} | {"d0": 2.0}
        ranking = dice.sample(sorted(grades), 12)
        scores = [[-ranking.index(id) if id in ranking else -100 for id in grades]]
        known = ndcg_score([[2**grade - 1 for grade in grades.values()]], scores, k=10)
        assert graded_ndcg([*ranking, "ungraded"], grades) == pytest.approx(known)


def test_the_best_order_has_one_and_no_relevant_product_zero() -> None:
    assert graded_ndcg(["a", "b"], {"a": 3, "b": 1}) == pytest.approx(1)
    assert graded_ndcg(["b", "a"], {"a": 3, "b": 1}) < 1
    assert graded_ndcg(["a"], {"a": 0}) == 0


def test_a_ratio_is_paired_by_query() -> None:
    ratio = ratio_of_means([0.2, 0.4, 0.8], [0.1, 0.2, 0.4])
    assert (ratio.value, ratio.low, ratio.high) == pytest.approx((2, 2, 2))


def test_figures_of_known_rankings() -> None:
    judged = [
        JudgedQuery("tent", {"wren": 3, "peg": 0}),
        JudgedQuery("mug", {"mug-red": 1}),
        JudgedQuery("tv", {"peg": 0}),
    ]
    perfect = {"tent": ["wren"], "mug": ["mug-red"], "tv": []}
    late = {"tent": ["boots", "wren"], "mug": ["boots"], "tv": ["boots"]}
    ways = {"hybrid": lambda q: perfect[q], "BM25": lambda q: late[q], "BM25 stemmed": lambda q: late[q]}
    figures = judge_ways(judged, SMALL_SHOP.products, ways)
    assert (figures.queries, figures.without_relevant, figures.missing) == (3, 1, 0)
    hybrid, late_figures = figures.ways["hybrid"], figures.ways["BM25"]
    assert (hybrid.ndcg.value, hybrid.mrr.value, hybrid.recall.value, hybrid.ungraded.value) == (1, 1, 1, 0)
    assert (late_figures.mrr.value, late_figures.recall.value) == (0.25, 0.5)
    assert late_figures.ungraded.value == pytest.approx((0.5 + 1 + 1) / 3)
    assert (hybrid.empty_when_nothing_fits, late_figures.empty_when_nothing_fits) == (1, 0)
    assert figures.ratio.value == pytest.approx(1 / late_figures.ndcg.value)


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("{", "line 1 is no judged query"),
        ('{"query": "a"}', "'grades'"),
        ('{"query": "a", "grades": [1]}', "no judged query"),
        ('{"query": " ", "grades": {}}', "has no query"),
        ('{"query": "a", "grades": {"x": 40}}', "has the grade 40"),
        ("\n \n", "empty|no judged query"),
    ],
)
def test_a_bad_file_names_the_line_and_the_form(line: str, wrong: str, tmp_path: Path) -> None:
    file = tmp_path / "judged.jsonl"
    file.write_text(line)
    with pytest.raises(FeedError, match=wrong):
        read_judgements(file)


def run(*arguments: str) -> Result:
    app = typer.Typer()
    for module in (import_, index, cli):
        module.register(app)
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)


@pytest.mark.parametrize("imported", [True, False])
def test_the_command_judges_a_shop_or_a_catalog_file(imported: bool, tmp_path: Path) -> None:
    home, feed, judged = tmp_path / "home", tmp_path / "products.jsonl.gz", tmp_path / "judged.jsonl.gz"
    feed.write_bytes(gzip.compress("\n".join(map(json.dumps, SHOP)).encode()))
    judged.write_bytes(gzip.compress("\n".join(map(json.dumps, JUDGED)).encode()))
    if imported:
        assert run("import", "products", str(feed), "--home", str(home)).exit_code == 0
        assert run("index", "--home", str(home)).exit_code == 0
    source = [] if imported else ["--catalog", str(feed)]
    figures = json.loads(run("evaluate", "search", str(judged), *source, "--home", str(home), "--json").stdout)
    assert set(figures["ways"]) == {"hybrid", "BM25", "BM25 stemmed", "dense", "random"}
    assert figures["ways"]["hybrid"]["mrr"]["value"] == 1
    assert figures["ways"]["hybrid"]["empty_when_nothing_fits"] == 1
    table = run("evaluate", "search", str(judged), *source, "--home", str(home)).stdout
    assert "| hybrid | " in table
    assert "2^grade - 1" in table
