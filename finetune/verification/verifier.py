"""Verifier: proves everything that a finished reply says against the records that have a part in its turn."""

from __future__ import annotations

import re
from collections.abc import Iterator

from finetune.corpora.shop import CorpusShop
from finetune.verification.finished_turn import Fault, FinishedTurn
from finetune.verification.limits import condition_faults, limit_faults
from finetune.verification.marked_reply import MarkedReply, MarkKind
from finetune.verification.pairing import PairingClaims
from finetune.verification.subjects import Subjects
from finetune.verification.turn_records import TurnRecords
from finetune.verification.values import ValueClaims
from finetune.verification.vocabulary import ShopVocabulary
from finetune.verification.words import WordClaims
from retrieval.catalog.product import Product

_SHORTEST_QUOTE = 3
"""Words of a line from which it is taken for a quote where it is found whole."""


class Verifier:
    """Verifies the replies of one shop."""

    def __init__(self, shop: CorpusShop) -> None:
        self._shop = shop
        self._vocabulary = ShopVocabulary(shop)

    def faults(self, turn: FinishedTurn) -> list[Fault]:
        """Everything wrong with the reply of `turn`, in the order of its sentences."""
        records = TurnRecords(self._shop, turn)
        marked = self._marked(turn, records)
        return list(dict.fromkeys(self._faults(marked, records)))

    def _faults(self, marked: MarkedReply, records: TurnRecords) -> Iterator[Fault]:
        subjects = Subjects(marked, records)
        values = ValueClaims(records, subjects)
        pairing = PairingClaims(records, marked)
        words = WordClaims(records, marked, subjects, self._vocabulary)
        for number, sentence in enumerate(marked.sentences()):
            for kind, said in (
                *values.faults(number, sentence),
                *words.faults(number, sentence),
                *pairing.faults(sentence),
            ):
                yield Fault(kind, marked.plain(said), marked.plain(sentence))
        yield from limit_faults(records, marked)
        yield from condition_faults(records, marked)

    def _marked(self, turn: FinishedTurn, records: TurnRecords) -> MarkedReply:
        marked, card = MarkedReply(turn.reply), self._shop.card
        for line in sorted(turn.lines, key=lambda line: -len(line.text)):
            if len(line.text.split()) >= _SHORTEST_QUOTE:
                marked.replace(MarkKind.QUOTE, line.text, line.record, is_exact=False)
        for contact in (card.email, card.phone, card.hours):
            marked.replace(MarkKind.CONTACT, contact)
        items = {f"{line.quantity} × {line.title}" for order in records.orders for line in order.lines}
        for item in sorted(items, key=len, reverse=True):
            marked.replace(MarkKind.ITEM, item)
        for product in records.products:
            for sizes in _size_lists(turn.reply, records, product):
                marked.replace(MarkKind.ITEM, sizes)
        for title in self._vocabulary.titles:
            marked.replace(MarkKind.NAME, title)
        marked.replace(MarkKind.CONTACT, card.name)
        return marked


def _size_lists(reply: str, records: TurnRecords, product: Product) -> list[str]:
    """Where the reply lists several sizes of a product, "18 cm, 24 cm and 32 cm"."""
    sizes = {re.escape(each.size) for each in records.variants([product]) if each.size}
    one = "|".join(sorted(sizes, key=len, reverse=True))
    return (
        [found[0] for found in re.finditer(rf"(?<!\w)(?:{one})(?:(?:, | and | or |, and )(?:{one}))+(?!\w)", reply)]
        if one
        else []
    )
