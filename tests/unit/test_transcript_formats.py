"""A conversation written in the shape of any tool is read back as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finetune.transcripts.own_words import own_words
from finetune.transcripts.reading import read_transcripts
from finetune.transcripts.report import ImportReport
from finetune.transcripts.transcript import Role, Transcript, TranscriptMessage
from tests.exports import EXPORTS

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
IN_HTML = {"Zendesk", "Intercom"}
LETTERS = st.characters(categories=["L", "N", "P", "S"], exclude_characters="<&\ufffe\uffff")
ANY_LETTERS = st.characters(categories=["L", "N", "P", "S"], exclude_characters="\ufffe\uffff")


def texts(letters: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    line = st.lists(st.text(letters, min_size=1, max_size=8), min_size=1, max_size=6).map(" ".join)
    whole = st.lists(line, min_size=1, max_size=3).map("\n".join)
    return whole.filter(lambda text: own_words(text) == text)  # no line begins as quoted mail does, with ">"


@st.composite
def transcripts(draw: st.DrawFn, letters: st.SearchStrategy[str]) -> Transcript:
    """Two to six messages, a minute apart, of the customer and the agent in turn."""
    number = draw(st.integers(1, 10**9))
    first = draw(st.integers(0, 1))
    said = draw(st.lists(texts(letters), min_size=2, max_size=6))
    roles = (Role.CUSTOMER, Role.AGENT)
    messages = tuple(
        TranscriptMessage(roles[(place + first) % 2], text, NOON + timedelta(minutes=place))
        for place, text in enumerate(said)
    )
    return Transcript(str(number), messages, str(draw(st.integers(1, 10**6))), NOON)


def read(path: Path) -> tuple[list[Transcript], ImportReport]:
    report = ImportReport()
    return list(read_transcripts(path, report)), report


def essence(transcript: Transcript, name: str) -> Transcript:
    """What the format can say of a conversation."""
    if name == "ChatML":
        messages = tuple(replace(message, time=None) for message in transcript.messages)
        return Transcript("", messages)
    return replace(transcript, source="", people=())


@pytest.mark.parametrize("name", EXPORTS)
@settings(max_examples=40)
@given(data=st.data())
def test_a_conversation_is_read_back_as_it_was_written(name: str, data: st.DataObject) -> None:
    written = data.draw(
        st.lists(
            transcripts(ANY_LETTERS if name in IN_HTML else LETTERS), min_size=1, max_size=3, unique_by=lambda t: t.id
        )
    )
    file, export = EXPORTS[name]
    with TemporaryDirectory() as folder:
        path = Path(folder) / file
        path.write_text("".join(export(written)), encoding="utf-8")
        found, report = read(path)
    assert found
    repeats = sum(report.dropped_transcripts.values())
    assert report.formats == {name: len(written)}
    assert not report.bad_records
    assert len(found) + repeats == len(written)
    expected = [essence(transcript, name) for transcript in written]
    assert all(replace(essence(each, name), id="" if name == "ChatML" else each.id) in expected for each in found)
