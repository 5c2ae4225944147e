"""Which page answers a question of a conversation, judged on files that a reader can work out."""

import gzip
import json

import pytest

from finetune.faq_evaluation import evaluate_faqs
from retrieval.errors import FeedError
from tests.unit.word_encoder import WordEncoder

PAGES = [
    {"id": "a/faq/0", "entity": "A", "question": "How is a refund paid?", "text": "To your card."},
    {"id": "a/faq/1", "entity": "A", "question": "How long does delivery take?", "text": "Two days by parcel."},
    {"id": "a/faq/2", "entity": "A", "question": "Do you sell a gift card?", "text": "Yes."},
    {"id": "a/review/0", "entity": "A", "text": "My refund and delivery came at once."},
    {
        "id": "b/faq/0",
        "entity": "B",
        "question": "Is delivery of a parcel possible?",
        "text": "Delivery of a parcel is.",
    },
]


def asked(text, *relevant):
    return {"turns": [{"role": "user", "text": "Hello"}, {"role": "user", "text": text}], "relevant": list(relevant)}


def judge(folder, *conversations):
    files = folder / "asked.jsonl", folder / "pages.jsonl.gz"
    files[0].write_text("\n".join(map(json.dumps, conversations)))
    with gzip.open(files[1], "wt") as file:
        file.write("\n".join(map(json.dumps, PAGES)))
    return evaluate_faqs(*files, WordEncoder(), WordEncoder())


def test_only_the_pages_of_the_business_are_ranked(tmp_path):
    figures = judge(tmp_path, asked("when does the delivery of my parcel come", "a/faq/1", "a/review/0"))
    assert (figures.questions, figures.pages_per_question) == (1, 3)
    for way in ("as shown", "finder", "dense", "BM25"):
        assert [mean.value for mean in figures.ways[way].values()] == [1, 1, 1, 1]
    assert "| BM25 | 1.000" in figures.as_text()
    assert json.loads(figures.as_json())["ways"]["dense"]["recall@1"]["value"] == 1


def test_recall_is_the_share_of_several_right_pages(tmp_path):
    figures = judge(tmp_path, asked("refund", "a/faq/0", "a/faq/1"), asked("refund", "a/faq/2"))
    told = figures.ways["finder"]
    assert told["recall@1"].value == pytest.approx((0.5 + 0) / 2)
    assert told["first is right"].value == pytest.approx((1 + 0) / 2)
    assert told["recall@5"].value == 1


def test_conversations_that_no_page_answers_are_left_out_and_faults_are_named(tmp_path):
    figures = judge(
        tmp_path, asked("thank you"), asked("is it good", "a/review/0"), asked("is there delivery", "b/faq/0")
    )
    assert (figures.questions, figures.pages_per_question) == (1, 1)
    with pytest.raises(FeedError, match="no conversation"):
        judge(tmp_path, asked("is it good", "a/review/0"))
    with pytest.raises(FeedError, match="line 2 cannot be read"):
        judge(tmp_path, asked("delivery", "a/faq/1"), {"question": "delivery"})
