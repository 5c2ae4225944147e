"""ImportReport: what became of every record of an import, with counts by reason and the bad records by place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

_MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that could not be read. `place` is a line or a record of the file, counted from 1; no text is quoted."""

    file: str
    place: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, {self.place}: {self.reason}"


@dataclass(slots=True)
class ImportReport:
    """Filled while transcripts are read; complete once the last one was taken.

    Of bad records the first 200 are listed and all are counted.
    """

    files: int = 0
    records: int = 0
    transcripts: int = 0
    messages: int = 0
    formats: Counter[str] = field(default_factory=Counter)
    dropped_messages: Counter[str] = field(default_factory=Counter)
    dropped_transcripts: Counter[str] = field(default_factory=Counter)
    bad_records: list[BadRecord] = field(default_factory=list)
    bad_record_count: int = 0
    unreadable_files: list[str] = field(default_factory=list)

    def add_bad(self, record: BadRecord) -> None:
        """Counts a bad record, and lists it while the list is short."""
        self.bad_record_count += 1
        if len(self.bad_records) < _MOST_LISTED:
            self.bad_records.append(record)

    @property
    def is_complete(self) -> bool:
        """Whether every file and every record could be read; what was dropped on purpose does not count."""
        return not self.bad_record_count and not self.unreadable_files

    def lines(self) -> Iterator[str]:
        """The report for people, one fact to a line."""
        held = ", ".join(f"{name} {count:,}" for name, count in sorted(self.formats.items()))
        yield f"{self.transcripts:,} transcripts with {self.messages:,} messages from {self.files:,} files ({held or 'none'})"
        for what, reasons in (("messages", self.dropped_messages), ("transcripts", self.dropped_transcripts)):
            for reason, count in reasons.most_common():
                yield f"{count:,} {what} left out: {reason}"
        yield from (f"unreadable: {reason}" for reason in self.unreadable_files)
        yield from (f"bad record: {record}" for record in self.bad_records)
        if hidden := self.bad_record_count - len(self.bad_records):
            yield f"and {hidden:,} more bad records"
