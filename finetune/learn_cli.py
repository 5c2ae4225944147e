"""The command that learns past replies for the desk's suggestions.

    aisle learn replies chats.jsonl

Exports of any known tool, and what `aisle export suggestions` writes. Everything is masked before it is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import typer

from finetune.options import Exports
from finetune.transcripts.transcript import Role, Transcript

if TYPE_CHECKING:
    from assistant.desk.past_replies import PastReply

learn = typer.Typer(help="Learn from the shop's own conversations without training.", no_args_is_help=True)
_FEWEST_WORDS, _LONGEST = 2, 800


@learn.command("replies")
def learn_replies(files: Exports) -> None:
    """Keep what people answered to customers, masked, so that the desk can suggest it again. Replaces what was kept before."""
    from assistant.actions.orders import Orders
    from assistant.desk.past_replies import PastReplies
    from assistant.logs import configure_logs
    from assistant.settings import load_settings
    from assistant.shop_mask import shop_mask
    from finetune.transcripts.reading import read_transcripts
    from finetune.transcripts.report import ImportReport
    from finetune.transcripts.writing import masked
    from retrieval.errors import FeedError
    from retrieval.index.sentence_encoder import open_encoder
    from retrieval.store.database import open_database
    from retrieval.store.records import Records

    configure_logs("WARNING")
    settings, report = load_settings(), ImportReport()
    engine = open_database(settings.resolved_database_url)
    records = Records(engine)
    mask = shop_mask(records.catalog(), records, Orders(engine), settings)
    rows = list(past_replies(masked(read_transcripts(files, report), mask)))
    for line in report.lines():
        typer.echo(line)
    if not rows:
        raise FeedError("These files hold no reply of a person to a customer.", "Nothing was changed.")
    PastReplies.build(settings.home, rows, open_encoder(settings.encoder))
    typer.echo(f"{len(rows):,} replies are kept. A running server takes them after its next start.")
    if not report.is_complete:
        raise typer.Exit(1)


def past_replies(transcripts: Iterable[Transcript]) -> Iterator[PastReply]:
    """Each reply of a person with the message before it, once; very short messages and very long replies are left out."""
    from assistant.desk.past_replies import PastReply

    seen: set[PastReply] = set()
    for transcript in transcripts:
        for before, reply in zip(transcript.messages, transcript.messages[1:], strict=False):
            row = PastReply(before.text.strip(), reply.text.strip())
            is_answer = before.role is Role.CUSTOMER and reply.role is Role.AGENT
            if (
                is_answer
                and len(row.message.split()) >= _FEWEST_WORDS
                and len(row.reply) <= _LONGEST
                and row not in seen
            ):
                seen.add(row)
                yield row
