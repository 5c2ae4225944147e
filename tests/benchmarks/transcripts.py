"""Memory and speed of importing transcripts: a generated export of every format, read in a process of its own.

    python -m tests.benchmarks.transcripts --megabytes 500

Prints the peak of resident memory (the system's `ru_maxrss`) beside that of an export of 2 MB.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from finetune.transcripts.reading import read_transcripts
from finetune.transcripts.report import ImportReport
from finetune.transcripts.transcript import Role, Transcript, TranscriptMessage
from tests.exports import EXPORTS

_WORDS = [
    first + middle + last
    for first in "bdfgklmnprstvz"
    for middle in ("a", "e", "ion", "or", "ul")
    for last in ("", "n", "ty", "ra", "mes")
]
START = datetime(2026, 1, 1, tzinfo=UTC)


def conversations(seed: int) -> Iterator[Transcript]:
    """Invented conversations without end, of 4 to 10 messages of 3 to 60 words that mean nothing."""
    dice = random.Random(seed)
    number = seed * 10**8
    while True:
        number += 1
        messages = tuple(
            TranscriptMessage(
                (Role.CUSTOMER, Role.AGENT)[place % 2],
                " ".join(dice.choices(_WORDS, k=dice.randint(3, 60))),
                START + timedelta(minutes=number % 500_000 + place),
            )
            for place in range(dice.randint(4, 10))
        )
        yield Transcript(str(number), messages, str(1 + number % 50_000), messages[0].time)


def write_exports(folder: Path, size: int) -> None:
    """A file of each format, of `size` bytes altogether."""
    share = size // len(EXPORTS)
    for seed, (file, export) in enumerate(EXPORTS.values()):
        with (folder / file).open("w", encoding="utf-8") as stream:
            stream.writelines(export(_until(stream.tell, share, conversations(seed + 1))))


def _until(written: object, share: int, endless: Iterator[Transcript]) -> Iterator[Transcript]:
    assert callable(written)
    for transcript in endless:
        yield transcript
        if written() >= share:
            return


def read_all(folder: Path) -> dict[str, object]:
    """Reads the folder in this process, and tells the peak of its memory in MiB."""
    report, start = ImportReport(), time.perf_counter()
    for _ in read_transcripts(folder, report):
        pass
    seconds = time.perf_counter() - start
    return {
        "transcripts": report.transcripts,
        "bad_records": report.bad_record_count,
        "duplicates": sum(report.dropped_transcripts.values()),
        "formats": dict(report.formats),
        "seconds": round(seconds, 1),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def measure(megabytes: float) -> dict[str, object]:
    """Generates, then reads in a fresh process."""
    with TemporaryDirectory() as folder:
        write_exports(Path(folder), int(megabytes * 1_000_000))
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
        command = [sys.executable, "-m", "tests.benchmarks.transcripts", "--read", folder]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return {"megabytes": round(size / 1e6, 1), **json.loads(done.stdout)}


def main() -> None:
    """Measures a small and a large export and prints a line of JSON for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=500)
    parser.add_argument("--read", type=Path, help="only read this folder, as the measured process does")
    options = parser.parse_args()
    if options.read is not None:
        print(json.dumps(read_all(options.read)))
        return
    for megabytes in (2, options.megabytes):
        print(json.dumps(measure(megabytes)), flush=True)


if __name__ == "__main__":
    main()
