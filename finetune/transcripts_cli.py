"""The command that writes exported conversations in one shape.

    aisle transcripts export/ --output chats.jsonl

Whatever the tool, out come OpenAI messages, a conversation per line, without personal data: to look at, to hand on, to train
elsewhere. Exit codes: 0 everything could be read, 1 something could not and is named, 2 nothing could.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from finetune.options import Exports


def transcripts(
    files: Exports,
    output: Annotated[Path, typer.Option(help="File that receives the conversations, as JSON lines.")],
) -> None:
    """Writes exported conversations as OpenAI messages, masked, one conversation per line."""
    from assistant.actions.orders import Orders
    from assistant.logs import configure_logs
    from assistant.settings import load_settings
    from assistant.shop_mask import shop_mask
    from finetune.transcripts.reading import read_transcripts
    from finetune.transcripts.report import ImportReport
    from finetune.transcripts.writing import write_transcripts
    from retrieval.store.database import open_database
    from retrieval.store.records import Records

    configure_logs("WARNING")
    settings = load_settings()
    engine, report = open_database(settings.resolved_database_url), ImportReport()
    records = Records(engine)
    mask = shop_mask(records.catalog(), records, Orders(engine), settings)
    masked = write_transcripts(read_transcripts(files, report), output, mask)
    for line in report.lines():
        typer.echo(line)
    for kind, count in masked.counts.most_common():
        typer.echo(f"{count:,} masked: {kind.value}")
    typer.echo(f"See {output}.")
    if not report.is_complete:
        raise typer.Exit(1)
