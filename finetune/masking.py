"""Masking: takes personal data out of what training reads and keeps.

The transcript of a replayed turn is the live one, with the customer's own words and the values of their records. Nobody learns those:
only replies count in the loss, and their facts are references. What is trained on and written has them masked all the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from assistant.language_model.transcript import TranscriptTurn, harmless
from assistant.privacy.masker import Mask
from finetune.replayed import Replayed
from finetune.transcripts.writing import pseudonym


@dataclass(frozen=True, slots=True)
class MaskedReply:
    """A replayed reply without personal data: what may be written to disk. The fields are those of `Replayed`."""

    transcript_id: str
    turn: int
    system: str
    context: str
    turns: tuple[TranscriptTurn, ...]
    reply: str
    human: str
    ends: bool


def masked(replayed: Replayed, mask: Mask) -> MaskedReply:
    """`replayed` without personal data in messages, plans, briefs, replies, the text for people to read and the id.

    Replies hold references already, which are not to be given out again in the messages: these are masked without them. In plans and
    briefs no reference may stand, for there it would be a token that the model knows as something else.
    """
    turns, people = replayed.turns, replayed.people
    messages = [turn.message for turn in turns]
    *heard, human = (item.text for item in mask.mask_all([*messages, replayed.human], people))
    others = [*(turn.plan for turn in turns), *(turn.brief for turn in turns)]
    replies = [*(turn.reply for turn in turns), replayed.reply]
    plain = [harmless(item.text) for item in mask.mask_all([*messages, *others], people)[len(messages) :]]
    said = [item.text for item in mask.mask_all([*messages, *replies], people)[len(messages) :]]
    count = len(turns)
    rows = zip(heard, plain[:count], plain[count:], said[:count], strict=True)
    return MaskedReply(
        pseudonym(replayed.transcript_id), replayed.turn, replayed.system, replayed.prepared.context,
        tuple(TranscriptTurn(*row) for row in rows), said[count], human, replayed.ends,
    )  # fmt: skip
