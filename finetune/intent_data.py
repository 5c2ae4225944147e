"""Intent data: the public intent sets, as they are for measuring and mapped to our names for training Aisle's own head."""

from __future__ import annotations

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from assistant.intents import BITEXT, IntentName
from finetune.utterances import Utterance
from retrieval.errors import ModelError

PUBLIC_SETS: Mapping[str, str] = {
    "bitext_intents": "Bitext, 27 intents",
    "banking77": "Banking77",
    "clinc150_oos": "CLINC150",
}
"""Folder and name of each set that the head is measured on."""

OUT_OF_SCOPE = "oos"
"""Label of CLINC150 for what none of its intents covers."""

_I = IntentName
_CLINC: Mapping[str, IntentName] = {
    "greeting": _I.GREET, "goodbye": _I.GOODBYE, "thank_you": _I.THANKS, "yes": _I.AFFIRM, "no": _I.DENY,
    "tell_joke": _I.JOKE, "what_can_i_ask_you": _I.CAPABILITIES, "who_made_you": _I.WHO_ARE_YOU,
    "what_is_your_name": _I.WHO_ARE_YOU, "are_you_a_bot": _I.WHO_ARE_YOU, "how_old_are_you": _I.WHO_ARE_YOU,
    "where_are_you_from": _I.WHO_ARE_YOU, "order_status": _I.TRACK_ORDER,
}  # fmt: skip
_CLINC_UNCLEAR = frozenset(
    {"order", "cancel", "maybe", "repeat", "card_declined", "report_fraud", "user_name", "gas", "calculator"}
)
_BANKING: Mapping[str, IntentName] = {
    "Refund_not_showing_up": _I.TRACK_REFUND, "request_refund": _I.GET_REFUND, "edit_personal_details": _I.EDIT_ACCOUNT,
    "terminate_account": _I.DELETE_ACCOUNT,
    "transaction_charged_twice": _I.PAYMENT_ISSUE, "declined_card_payment": _I.PAYMENT_ISSUE,
    "atm_support": _I.OUT_OF_SCOPE, "exchange_rate": _I.OUT_OF_SCOPE, "top_up_limits": _I.OUT_OF_SCOPE,
    "age_limit": _I.OUT_OF_SCOPE, "get_disposable_virtual_card": _I.OUT_OF_SCOPE, "automatic_top_up": _I.OUT_OF_SCOPE,
}  # fmt: skip
_MULTIDOGO: Mapping[str, IntentName] = {
    "openinggreeting": _I.GREET, "closinggreeting": _I.GOODBYE, "thankyou": _I.THANKS,
    "confirmation": _I.AFFIRM, "rejection": _I.DENY,
}  # fmt: skip
_PER_INTENT = {"bitext_intents": 250, "clinc150_oos": 150, "banking77": 60, "multidogo_customer_turns": 120}
_OUT_OF_SCOPE_PER_CLINC_INTENT = 16
_LONGEST_SMALL_TALK = 8


def read_set(data: Path, name: str, split: str) -> list[Utterance]:
    """One split ("train" or "eval_public") of a public set with its own labels. Raises ModelError when it is not there."""
    path = data / name / f"{split}.jsonl.gz"
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            return [_utterance(json.loads(line)) for line in file]
    except OSError as error:
        raise ModelError(
            f"the public set {path} cannot be read: {error}",
            "Give the directory that holds the public sets, one folder each: --data DIR",
        ) from error


def mapped_sets(data: Path, chance: random.Random) -> Iterator[Utterance]:
    """Samples of the public training splits under Aisle's names."""
    yield from _sampled(
        read_set(data, "bitext_intents", "train"), {name.value: name for name in BITEXT}, "bitext_intents", chance
    )
    clinc = read_set(data, "clinc150_oos", "train")
    yield from _sampled(clinc, _CLINC, "clinc150_oos", chance)
    yield from _foreign(clinc, chance)
    yield from _sampled(read_set(data, "banking77", "train"), _BANKING, "banking77", chance)
    turns = read_set(data, "multidogo_customer_turns", "train")
    short = [turn for turn in turns if 0 < len(turn.text.split()) <= _LONGEST_SMALL_TALK]
    yield from _sampled(short, _MULTIDOGO, "multidogo_customer_turns", chance)


def _sampled(
    utterances: Iterable[Utterance], names: Mapping[str, IntentName], origin: str, chance: random.Random
) -> Iterator[Utterance]:
    by_intent: dict[IntentName, dict[str, None]] = defaultdict(dict)
    for utterance in utterances:
        if utterance.intent in names:
            by_intent[names[utterance.intent]][utterance.text] = None
    for intent, texts in by_intent.items():
        for text in _some(list(texts), _PER_INTENT[origin], chance):
            yield Utterance(text, intent.value)


def _foreign(clinc: Sequence[Utterance], chance: random.Random) -> Iterator[Utterance]:
    """What CLINC150 knows and a shop does not: some of each of its other intents, and all its out-of-scope texts."""
    by_intent: dict[str, list[str]] = defaultdict(list)
    for utterance in clinc:
        if utterance.intent not in _CLINC and utterance.intent not in _CLINC_UNCLEAR:
            by_intent[utterance.intent].append(utterance.text)
    for intent, texts in by_intent.items():
        count = len(texts) if intent == OUT_OF_SCOPE else _OUT_OF_SCOPE_PER_CLINC_INTENT
        for text in _some(texts, count, chance):
            yield Utterance(text, _I.OUT_OF_SCOPE.value)


def _some(texts: list[str], count: int, chance: random.Random) -> list[str]:
    return texts if len(texts) <= count else chance.sample(texts, count)


def _utterance(row: Mapping[str, object]) -> Utterance:
    intents = row.get("intents")
    intent = intents[0] if isinstance(intents, list) and len(intents) == 1 else row.get("intent", "")
    return Utterance(str(row["text"]), str(intent), is_validation=str(row.get("split", "")).endswith("val"))
