"""Importing transcripts: recognised by content, cleaned, counted by reason; what is broken is reported and never fatal."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from assistant.privacy.masker import Masker
from finetune.transcripts.duplicates import Duplicates
from finetune.transcripts.gathering import gathered
from finetune.transcripts.reading import read_transcripts
from finetune.transcripts.report import ImportReport
from finetune.transcripts.transcript import Role, Transcript, TranscriptMessage
from finetune.transcripts.writing import write_transcripts
from tests.benchmarks.transcripts import conversations
from tests.exports import EXPORTS

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "transcripts"
NOTE, BOT, SYSTEM = "private note", "message of another bot", "system or activity line"


def read(*paths: Path) -> tuple[list[Transcript], ImportReport]:
    report = ImportReport()
    return list(read_transcripts(paths, report)), report


def said(transcript: Transcript) -> list[tuple[str, str]]:
    return [(message.role.value, message.text) for message in transcript.messages]


def bad(report: ImportReport) -> list[tuple[str, str]]:
    return [(record.place, record.reason) for record in report.bad_records]


def test_openai_messages() -> None:
    (only,), report = read(FIXTURES / "openai.jsonl")
    assert said(only) == [
        ("user", "where is my parcel\nit was due monday"),
        ("assistant", "I am looking.\nIt comes tomorrow."),
    ]
    assert (only.id, only.customer_id, only.time) == ("late-parcel", "C-7", datetime(2026, 2, 3, 10, tzinfo=UTC))
    assert report.dropped_messages == {SYSTEM: 2, "no text": 1}
    assert report.dropped_transcripts == {"no reply of a person of the shop": 1, "exact duplicate": 1}
    assert [place for place, _ in bad(report)] == ["line 2", "line 3", "line 4", "line 7"]
    assert "wizard" in bad(report)[2][1]


def test_sharegpt() -> None:
    found, report = read(FIXTURES / "sharegpt.json")
    assert [transcript.id for transcript in found] == ["kettle", "bag"]
    assert said(found[1])[-1] == ("user", "Fine, thank you")
    assert report.dropped_messages == {SYSTEM: 1}
    assert bad(report) == [
        ("record 2", "the value of a message is no text"),
        ("record 3", "is no conversation of ShareGPT"),
    ]


def test_chatml() -> None:
    found, report = read(FIXTURES / "chatml.txt")
    assert said(found[0]) == [("user", "Do you ship to Norway?"), ("assistant", "We do.\n\nIt takes a week.")]
    assert said(found[1]) == [("user", "Can I pay later?"), ("assistant", "Only by invoice.")]
    assert [place for place, _ in bad(report)] == ["line 9", "line 17"]


def test_zendesk() -> None:
    (lid, brother), report = read(FIXTURES / "zendesk.json")
    assert said(lid) == [
        ("user", "The lid is broken.\nCan I get another?"),
        ("assistant", "Of course. It leaves today."),
    ]
    assert (lid.id, lid.customer_id, lid.people) == ("101", "C-1001", ("Ines Aldana", "ines@example.org"))
    assert said(brother)[0] == ("user", "My brother asks for me\nI am the brother, may I ask?")
    assert report.dropped_messages == {SYSTEM: 1, "automatic message": 1, NOTE: 1, "record of a call": 1}
    assert [place for place, _ in bad(report)] == ["line 2", "line 3"]
    assert "full JSON export" in bad(report)[0][1]


def test_intercom() -> None:
    (only,), report = read(FIXTURES / "intercom.json")
    assert said(only) == [
        ("user", "Is the tent & the pole sold together?"),
        ("assistant", "Yes, they are.\nWrite again any time."),
    ]
    assert (only.customer_id, only.people) == ("C-1002", ("Omar Haddad", "Priya", "omar@example.org"))
    dropped = {BOT: 2, SYSTEM: 1, NOTE: 1, "deleted or redacted": 1, "automatic message": 1}
    assert report.dropped_messages == dropped
    assert [place for place, _ in bad(report)] == ["record 2"]


def test_chatwoot() -> None:
    (only,), report = read(FIXTURES / "chatwoot.json")
    assert said(only) == [("user", "Hi, is the lamp dimmable?"), ("assistant", "In three steps.")]
    assert only.customer_id == "C-1003"
    assert set(only.people) == {"Clara Jensen", "Sam", "clara@example.org", "+4520123456"}
    dropped = {"automatic message": 1, BOT: 1, SYSTEM: 1, NOTE: 1, "form or card": 1, "no text": 1}
    assert report.dropped_messages == dropped
    assert [place for place, _ in bad(report)] == ["record 2", "record 3"]


def test_csv() -> None:
    found, report = read(FIXTURES / "rows.csv")
    by_id = {transcript.id: transcript for transcript in found}
    assert said(by_id["31"]) == [("user", "Is it\nwaterproof?"), ("assistant", "It is."), ("user", "great")]
    assert said(by_id["32"]) == [("user", "Do you gift-wrap?"), ("assistant", "We do")]
    assert report.dropped_messages[NOTE] == report.dropped_messages[BOT] == 1
    assert {place for place, _ in bad(report)} == {"line 9", "line 10", "line 11"}


def test_a_folder_is_read_to_the_end_whatever_is_in_it(tmp_path: Path) -> None:
    for path in FIXTURES.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "rows.csv.gz").write_bytes(gzip.compress((FIXTURES / "rows.csv").read_bytes()))
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    (tmp_path / "empty.json").write_text("")
    (tmp_path / "notes.txt").write_text("milk, bread\ntwo eggs\n")
    (tmp_path / "cut.jsonl.gz").write_bytes(gzip.compress(b'{"messages": []}\n' * 100)[:-20])
    (tmp_path / ".hidden").write_text("not read")
    found, report = read(tmp_path)
    assert len(found) == report.transcripts == 11
    assert set(report.formats) == set(EXPORTS)
    assert report.dropped_transcripts["exact duplicate"] == 3  # one inside openai.jsonl, two in the compressed copy
    text = "\n".join(report.unreadable_files)
    assert all(name in text for name in ("picture.png", "empty.json", "notes.txt", "cut.jsonl.gz"))
    assert "Known are OpenAI messages" in next(line for line in report.unreadable_files if "notes.txt" in line)
    assert not report.is_complete
    assert "11 transcripts" in next(report.lines())


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    found, report = read(tmp_path / "absent.jsonl")
    assert (found, len(report.unreadable_files)) == ([], 1)


def test_no_report_quotes_what_people_wrote(tmp_path: Path) -> None:
    secret = "Whitfield-ines@example.org"
    (tmp_path / "a.jsonl").write_text(f'{{"messages": [{{"role": "user", "content": "{secret}"\n' * 2)
    (tmp_path / "b.json").write_text(f'[{{"messages": [{{"role": "{secret}", "content": "x"}}]}}, {{"{secret}" 1}}]')
    (tmp_path / "c.csv").write_text(f'conversation_id,role,text\n1,{secret},hi\n1,user,"{secret}\n')
    _, report = read(tmp_path)
    assert report.bad_record_count >= 3
    assert "Whitfield" not in "\n".join(report.lines()).replace(str(tmp_path), "")


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9])
def test_of_a_list_that_is_cut_off_the_records_before_are_read(tmp_path: Path, cut: float) -> None:
    written = list(islice(conversations(5), 30))
    text = "".join(EXPORTS["Chatwoot"][1](written))
    (tmp_path / "cut.json").write_text(text[: int(len(text) * cut)])
    found, report = read(tmp_path)
    assert [transcript.id for transcript in found] == [transcript.id for transcript in written[: len(found)]]
    assert len(found) >= int(30 * cut) - 3
    assert bad(report) == [
        (f"record {len(found) + 1}", "is not JSON, or the file is cut off here; nothing after it can be read")
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = "".join(EXPORTS["CSV"][1]([conversation("Grüße, ist es größer?", "Ja, völlig.")]))
    (tmp_path / "chats.csv").write_bytes(text.encode(encoding))
    (found,), _ = read(tmp_path)
    assert found.messages[0].text == "Grüße, ist es größer?"


def conversation(*texts: str, id: str = "1") -> Transcript:
    roles = (Role.CUSTOMER, Role.AGENT)
    return Transcript(id, tuple(TranscriptMessage(roles[place % 2], text) for place, text in enumerate(texts)), "5")


def test_pages_of_an_interface_one_per_line(tmp_path: Path) -> None:
    pages = [
        {"tickets": [{"id": page, "requester_id": 1, "comments": [{"author_id": author, "public": True, "body": f"text {page} {author}"} for author in (1, 2)]}], "count": 1}
        for page in (1, 2)
    ]  # fmt: skip
    (tmp_path / "pages.json").write_text("\n".join(map(json.dumps, pages)))
    found, report = read(tmp_path)
    assert [transcript.id for transcript in found] == ["1", "2"]
    assert not report.bad_records


def test_a_chat_inside_a_zendesk_ticket(tmp_path: Path) -> None:
    body = (
        "Chat started: 2026-03-01\n\n(09:00:12 AM) Ines Aldana: Is the lamp\ndimmable?\n(09:00:30 AM) *** Sam joined ***\n"
        "(09:01:02 AM) Sam: It is: in three steps.\n(09:01:40 AM) Ines Aldana: thanks"
    )
    comment = {"author_id": 80, "public": False, "body": body, "via": {"channel": "chat_transcript"}}
    ticket = {"id": 9, "requester": {"id": 70, "name": "Ines Aldana"}, "comments": [comment]}
    (tmp_path / "ticket.json").write_text(json.dumps({"ticket": ticket}))
    (found,), report = read(tmp_path)
    assert said(found) == [
        ("user", "Is the lamp\ndimmable?"),
        ("assistant", "It is: in three steps."),
        ("user", "thanks"),
    ]
    assert found.people == ("Ines Aldana", "Sam")
    assert report.dropped_messages == {SYSTEM: 1}


def test_the_messages_of_one_chatwoot_conversation(tmp_path: Path) -> None:
    messages = [{"message_type": kind, "content": f"text {kind}", "conversation_id": 9} for kind in (0, 1)]
    (tmp_path / "messages.json").write_text(json.dumps({"meta": {"contact": {"id": 3}}, "payload": messages}))
    (found,), _ = read(tmp_path)
    assert (found.id, found.customer_id, len(found.messages)) == ("9", "3", 2)


def test_questions_beside_their_answers(tmp_path: Path) -> None:
    (tmp_path / "faq.tsv").write_text("Question\tAnswer\nDo you ship?\tWe do.\nToday?\t\n")
    (found,), report = read(tmp_path)
    assert said(found) == [("user", "Do you ship?"), ("assistant", "We do.")]
    assert report.dropped_transcripts == {"no reply of a person of the shop": 1}


def test_near_duplicates_are_dropped_and_others_are_not() -> None:
    duplicates = Duplicates()
    long = conversation(" ".join(f"word{number}" for number in range(400)), "thank you for waiting, it has left")
    assert duplicates.reason(long) == ""
    assert duplicates.reason(long) == "exact duplicate"
    changed = replace(long.messages[0], text=long.messages[0].text.replace("word200", "other"))
    assert duplicates.reason(replace(long, messages=(changed, long.messages[1]))) == "near duplicate"
    half = replace(long.messages[0], text=" ".join(long.messages[0].text.split()[:200]))
    assert duplicates.reason(replace(long, messages=(half, long.messages[1]))) == ""


def test_of_conversations_that_differ_none_is_taken_for_a_repeat() -> None:
    duplicates = Duplicates()
    assert not any(duplicates.reason(transcript) for transcript in islice(conversations(1), 1_000))


def test_scattered_rows_are_gathered_within_a_limit() -> None:
    rows = [("a", "line 1", 10, 1), ("b", "line 2", 10, 2), ("a", "line 3", 10, 3), ("c", "line 4", 10, 4)]
    whole = [(each.key, each.place, each.rows) for each in gathered(rows)]
    assert sorted(whole) == [("a", "line 1", [1, 3]), ("b", "line 2", [2]), ("c", "line 4", [4])]
    assert [each.key for each in gathered(rows, most_held=1_300)] == ["b", "a", "c"]  # b was silent for longest


def test_what_is_written_is_masked_and_reads_back(tmp_path: Path) -> None:
    people = conversation("my name is Dana Whitfield", "Hello Dana, order FF-20311 has left", "thanks")
    items = write_transcripts([replace(people, customer_id="dana@example.org")], tmp_path / "out.jsonl", Masker())
    (found,), report = read(tmp_path)
    assert said(found)[:2] == [
        ("user", "my name is {customer.name}"),
        ("assistant", "Hello {customer.name}, order {o1.id} has left"),
    ]
    assert report.formats == {"OpenAI messages": 1}
    assert "dana" not in (tmp_path / "out.jsonl").read_text().lower()
    assert found.customer_id
    assert items.counts.total() == 3


def test_writing_leaves_no_half_a_file(tmp_path: Path) -> None:
    def failing() -> Iterator[Transcript]:
        yield conversation("a", "b")
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        write_transcripts(failing(), tmp_path / "out.jsonl", Masker())
    assert list(tmp_path.iterdir()) == []


LIMITS = {
    "retrieval.feeds.source._CHUNK": 1 << 13,
    "finetune.transcripts.json_records._PIECE": 1 << 13,
    "finetune.transcripts.json_records._LONGEST_WHOLE": 1 << 14,
    "finetune.transcripts.duplicates._SLOTS": 1 << 12,
}
"""All limits made small, so that a small file is far beyond them."""


@pytest.mark.parametrize("name", EXPORTS)
def test_memory_does_not_grow_with_the_file(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name_of_limit, value in LIMITS.items():
        monkeypatch.setattr(name_of_limit, value)
    monkeypatch.setattr(gathered, "__defaults__", (50_000,))
    peaks = []
    for count in (40, 320):
        path = tmp_path / f"{count}-{EXPORTS[name][0]}"
        path.write_text("".join(EXPORTS[name][1](islice(conversations(2), count))))
        tracemalloc.start()
        assert sum(1 for _ in read_transcripts(path, ImportReport())) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert path.stat().st_size > 450_000
    assert peaks[1] < peaks[0] + 150_000
