"""Speed, as a table and as `bench.json` (name, value, unit, machine).

    python -m tests.benchmarks --output bench.json

Every figure is of the sample shop with the embedded models, in this process, on this machine.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from assistant.logs import configure_logs
from tests.benchmarks import opening, turns


@dataclass(frozen=True)
class Row:
    """One measured figure."""

    name: str
    value: float
    unit: str
    machine: str


def machine() -> str:
    """Processor, cores and system, as far as the system tells."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [
            line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")
        ]
        model = names[0] if names else model
    return f"{model}, {os.cpu_count()} cores, {platform.system()}"


def rows(home: Path) -> Iterator[Row]:
    """Start-up and index first, then turns at 1, 8 and 16 customers; `python -m tests.benchmarks.engine` has decoding."""
    here = machine()
    for part in (opening.measure(home / "opening"), turns.measure(home / "turns")):
        for name, value, unit in part:
            yield Row(name, round(value, 3), unit, here)


def main() -> None:
    """Measures, prints the table and writes the JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=Path("bench.json"))
    options = parser.parse_args()
    configure_logs("WARNING")
    with TemporaryDirectory() as home:
        measured = list(rows(Path(home)))
    table = Table("name", "value", "unit", title=measured[0].machine)
    for row in measured:
        table.add_row(row.name, f"{row.value:,.2f}", row.unit)
    Console().print(table)
    options.output.write_text(json.dumps([asdict(row) for row in measured], indent=2) + "\n")


if __name__ == "__main__":
    main()
