"""Reading: transcripts of any known tool, from files and folders, one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from finetune.transcripts.duplicates import Duplicates
from finetune.transcripts.recognition import read_drafts
from finetune.transcripts.report import BadRecord, ImportReport
from finetune.transcripts.transcript import Role, Transcript
from retrieval.errors import FeedError
from retrieval.feeds.source import Source


def read_transcripts(path: Path | Sequence[Path], report: ImportReport) -> Iterator[Transcript]:
    """Every conversation in which both sides speak, once; a folder is read file by file, in the order of the names.

    Nothing is fatal: what is left out, broken or unreadable is told in `report`. Memory does not grow with the files.
    """
    duplicates = Duplicates()
    for file in _files([path] if isinstance(path, Path) else path):
        report.files += 1
        try:
            yield from _read_file(Source.open(file), duplicates, report)
        except FeedError as error:
            report.unreadable_files.append(" ".join(part for part in (error.message, error.hint) if part))


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    """The files themselves, and those in folders but for hidden ones."""
    for path in paths:
        if path.is_dir():
            inside = (file.relative_to(path) for file in path.rglob("*") if file.is_file())
            yield from (path / file for file in sorted(inside) if not any(part.startswith(".") for part in file.parts))
        else:
            yield path


def _read_file(source: Source, duplicates: Duplicates, report: ImportReport) -> Iterator[Transcript]:
    for row in read_drafts(source):
        report.records += 1
        if isinstance(row, BadRecord):
            report.add_bad(row)
            continue
        place, name, draft = row
        report.formats[name] += 1
        report.dropped_messages.update(draft.dropped)
        transcript = draft.transcript(f"{source.path.name}, {place}", source.name)
        if reason := _unfit(transcript) or duplicates.reason(transcript):
            report.dropped_transcripts[reason] += 1
        else:
            report.transcripts += 1
            report.messages += len(transcript.messages)
            yield transcript


def _unfit(transcript: Transcript) -> str:
    """Why nothing can be learned from a conversation; "" where something can."""
    sides = {message.role for message in transcript.messages}
    if not sides:
        return "nobody speaks"
    if Role.AGENT not in sides:
        return "no reply of a person of the shop"
    return "" if Role.CUSTOMER in sides else "the customer says nothing"
