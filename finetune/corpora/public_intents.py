"""Public intents: messages of public sets whose intent names the tool that Aisle would use, for training the router.

The sets are read from a folder of the user's (`aisle train router --data DIR`); nothing of them is in this repository. Bitext's customer
service intents (CDLA-Sharing-1.0), CLINC150 (CC BY 3.0) and the customer turns of MultiDoGO (CDLA-Permissive-1.0).
"""

from __future__ import annotations

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from retrieval.errors import FeedError


@dataclass(frozen=True, slots=True)
class PublicMessage:
    """A message and the tool that its intent stands for."""

    message: str
    tool: str


_SETS: dict[str, tuple[tuple[str, int, str], ...]] = {
    "bitext_intents": (
        ("change", 90, "cancel_order change_order change_shipping_address"),
        ("order", 80, "track_order track_refund check_invoice get_invoice"),
        ("hand_over", 120, "contact_customer_service contact_human_agent complaint"),
        (
            "policy", 50, "create_account delete_account edit_account switch_account recover_password registration_problems "
            "newsletter_subscription review check_payment_methods check_refund_policy check_cancellation_fee delivery_options "
            "delivery_period",
        ),
    ),
    "clinc150_oos": (
        ("talk", 120, "oos"),
        (
            "talk", 16, "translate timer definition meaning_of_life fun_fact flip_coin time weather tell_joke next_song who_made_you "
            "what_is_your_name are_you_a_bot what_can_i_ask_you where_are_you_from how_old_are_you do_you_have_pets "
            "what_are_your_hobbies who_do_you_work_for greeting goodbye thank_you maybe yes no repeat recipe measurement_conversion "
            "spelling play_music alarm reminder directions calculator calories roll_dice smart_home",
        ),
    ),
    "multidogo_customer_turns": (("talk", 50, "openinggreeting thankyou closinggreeting rejection"),),
}  # fmt: skip
"""Of each set: the tool, how many messages of each intent are drawn, and the intents."""


def public_messages(data: Path, chance: random.Random) -> Iterator[PublicMessage]:
    """Messages drawn from the sets in `data`. Raises FeedError if a set is missing."""
    for name, rows in _SETS.items():
        known = _by_intent(data / name / "train.jsonl.gz")
        for tool, most, intents in rows:
            for intent in intents.split():
                messages = sorted(set(known[intent]))
                yield from (PublicMessage(text, tool) for text in chance.sample(messages, min(most, len(messages))))


def _by_intent(path: Path) -> dict[str, list[str]]:
    """Messages with one intent, by it."""
    found: dict[str, list[str]] = defaultdict(list)
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for row in map(json.loads, file):
                intents = row["intents"] if "intents" in row else [row["intent"]]
                if len(intents) == 1:
                    found[intents[0]].append(row["text"])
    except (OSError, ValueError, KeyError) as error:
        raise FeedError(
            f"{path} cannot be read: {error}", "Give the folder that holds the public sets with --data."
        ) from error
    return found
