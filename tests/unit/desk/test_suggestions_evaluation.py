"""How suggestions are ranked: past replies that answer the same message find the person's reply, and chance is what it is."""

from __future__ import annotations

from pathlib import Path

from assistant.desk.past_replies import PastReplies, PastReply
from finetune.judging.ranking import CANDIDATES
from finetune.suggestions_evaluation import Answered, SuggestionsReport, _ranked
from tests.unit.word_encoder import VOCABULARY, WordEncoder


def test_replies_to_the_same_message_find_the_persons_reply(tmp_path: Path) -> None:
    words = VOCABULARY[:CANDIDATES]
    answered = [Answered(f"about {word}", f"{word} {word}", f"t{word}") for word in words]
    encoder = WordEncoder()
    PastReplies.build(
        tmp_path, [PastReply(each.message, each.reply[: len(each.reply) // 2]) for each in answered], encoder
    )
    past = PastReplies.open(tmp_path, encoder)
    assert past is not None
    ranked = {each.way: each for each in _ranked(answered, past, encoder, CANDIDATES, 1, lambda *_: None)}
    assert ranked["as the desk ranks"].first.share > 0.9
    assert ranked["replies to similar messages"].first.share > 0.9
    assert (ranked["chance"].first.right, ranked["chance"].first_three.right) == (1, 3)
    report = SuggestionsReport(len(words), tuple(ranked.values()), (1.0, 2.0), (0.5, 0.6), (3, 2))
    text = "\n".join(report.lines())
    assert "20 past replies" in text
    assert "three drafts for 1 of 2" in text
