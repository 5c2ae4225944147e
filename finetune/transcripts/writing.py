"""Writing: transcripts as OpenAI messages, a conversation per line, never without a mask."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from assistant.privacy.kind import Kind
from assistant.privacy.masker import Mask
from finetune.transcripts.transcript import Transcript

_PERSONAL = re.compile(r"@|^\s*\+|[^\W\d_]{2,} [^\W\d_]{2,}$")


@dataclass(slots=True)
class MaskedItems:
    """How many personal items of each kind were masked."""

    counts: Counter[Kind] = field(default_factory=Counter)


def masked(transcripts: Iterable[Transcript], mask: Mask, items: MaskedItems | None = None) -> Iterator[Transcript]:
    """The transcripts without personal items; the same person is the same reference throughout a conversation.

    Customers and conversations keep ids that cannot be read back but stay the same, so that splits by customer still hold.
    """
    for transcript in transcripts:
        found = mask.mask_all([message.text for message in transcript.messages], transcript.people)
        if items is not None:
            for each in found:
                items.counts.update(each.counts)
        messages = tuple(
            replace(message, text=each.text) for message, each in zip(transcript.messages, found, strict=True)
        )
        yield replace(
            transcript,
            id=pseudonym(transcript.id),
            customer_id=pseudonym(transcript.customer_id),
            messages=messages,
            people=(),
        )


def write_transcripts(transcripts: Iterable[Transcript], path: Path, mask: Mask) -> MaskedItems:
    """Writes the masked transcripts to `path`, which is complete or absent. Returns what was masked."""
    items = MaskedItems()
    partial = path.with_name(path.name + ".partial")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with partial.open("w", encoding="utf-8") as stream:
            for transcript in masked(transcripts, mask, items):
                stream.write(json.dumps(record_of(transcript), ensure_ascii=False) + "\n")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return items


def record_of(transcript: Transcript) -> dict[str, Any]:
    """The JSON object of a transcript; what is unknown is absent."""
    record: dict[str, Any] = {"id": transcript.id}
    if transcript.customer_id:
        record["customer_id"] = transcript.customer_id
    if transcript.time is not None:
        record["time"] = transcript.time.isoformat()
    record["messages"] = [
        {
            "role": message.role.value,
            "content": message.text,
            **({"time": message.time.isoformat()} if message.time is not None else {}),
        }
        for message in transcript.messages
    ]
    return record


def pseudonym(identity: str) -> str:
    """An id that is itself personal, an e-mail address, a phone number or a name, as a hash; any other as it is."""
    if not _PERSONAL.search(identity):
        return identity
    return hashlib.blake2b(identity.casefold().encode(), digest_size=8).hexdigest()
