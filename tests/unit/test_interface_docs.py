"""The documents name every field, status, metric and attribute that there is."""

from __future__ import annotations

import re
from pathlib import Path

from assistant.reply_json import ReplyJson
from assistant.shown import Card
from ui.app import STATIC
from ui.errors import STATUSES
from ui.metrics import Metrics

DOCS = Path(__file__).parents[2] / "docs"


def test_every_field_of_a_reply_is_documented():
    text = (DOCS / "api.md").read_text()
    for name in (*ReplyJson.model_fields, *Card.model_fields):
        assert f"`{name}`" in text, name


def test_every_error_is_documented():
    text = (DOCS / "api.md").read_text()
    for status, code in STATUSES.values():
        assert f"`{code}`" in text
        assert f"| {status} |" in text


def test_every_metric_is_documented():
    text = (DOCS / "api.md").read_text()
    for family in Metrics().registry.collect():
        assert f"`{family.name}" in text, family.name


def test_every_attribute_of_the_widget_is_documented():
    script, text = (STATIC / "widget.js").read_text(), (DOCS / "widget.md").read_text()
    used = set(re.findall(r"\bset\.(\w+)", script))
    for listed in ("for (const key of [", "Object.fromEntries(["):  # of the look, and of the page
        used |= set(re.findall(r'"(\w+)"', script.split(listed)[1].split("]")[0]))
    attributes = re.findall(r"^\| `data-([\w-]+)`", text, re.M)
    documented = {re.sub(r"-(\w)", lambda found: found[1].upper(), name) for name in attributes}
    assert used == documented
