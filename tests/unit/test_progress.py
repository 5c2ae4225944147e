from __future__ import annotations

import io

from rich.console import Console

from assistant.cli.progress import stages


def lines(seconds: float) -> list[str]:
    written = io.StringIO()
    with stages(Console(file=written), seconds) as show:
        for done in (10, 20, 30):
            show("embedding", done, 30)
        show("storing", 30, 30)
    return written.getvalue().splitlines()


def test_a_log_has_a_line_for_the_start_and_the_end_of_each_stage() -> None:
    assert lines(3600) == ["Embedding: 10 of 30", "Embedding: 30 of 30", "Storing: 30 of 30"]


def test_a_log_has_a_line_whenever_it_is_time() -> None:
    assert [line.split(",")[0] for line in lines(0)] == [
        "Embedding: 10 of 30", "Embedding: 20 of 30", "Embedding: 30 of 30", "Storing: 30 of 30",
    ]  # fmt: skip
