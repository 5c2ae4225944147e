"""Masking: takes personal data out of what training reads and keeps.

The prompt of a replayed turn is the live one, with the customer's own words and the values of their records. Nobody learns those:
only replies count in the loss, and their facts are references. What is trained on and written has them masked all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from assistant.assistant import Assistant
from assistant.language_model.prompt import PromptFact, PromptTurn
from assistant.privacy.known import Known
from assistant.privacy.masker import Mask, Masker
from assistant.privacy.presidio import PresidioMasker
from assistant.reference import spell
from assistant.settings import Settings
from finetune.replayed import Replayed
from finetune.transcripts.writing import pseudonym

_PERSONAL = re.compile(r"customer\.\w+|o\d\.(?:id|tracking)")
_CUSTOMERS = 200
"""Customers whose orders show the form of the shop's numbers."""


def shop_mask(assistant: Assistant, settings: Settings) -> Mask:
    """A mask that knows the shop's own texts and contacts, so that these stay; with a spaCy model where the settings name one.

    Raises SettingsError and ModelError for a model that cannot be had.
    """
    catalog = assistant.catalog
    texts: list[str] = []
    for product in catalog.products.values():
        texts += [product.title, product.description, product.brand, *product.attributes.values()]
        texts += [review.text for review in product.reviews]
    texts += [text for faq in catalog.faqs.values() for text in (faq.title, faq.answer)]
    customers = filter(None, map(assistant.customer, assistant.records.customer_ids()))
    own = (settings.shop_name, settings.shop_email, settings.shop_phone)
    known = Known.of(customers, _codes(assistant), texts, own)
    return PresidioMasker.open(settings.names_model, known) if settings.names_model else Masker(known)


def masked(replayed: Replayed, mask: Mask) -> Replayed:
    """The same without personal data in messages, replies, the values of facts, the text for people to read and the id.

    Replies hold references already, which are not to be given out again in the messages: these are masked without them.
    """
    turns, people = replayed.prompt.turns, replayed.people
    texts = [turn.message for turn in turns]
    *messages, human = (item.text for item in mask.mask_all([*texts, replayed.human], people))
    said = mask.mask_all([*texts, *(turn.reply for turn in turns), replayed.reply], people)[len(texts) :]
    *earlier, reply = (item.text for item in said)
    made = tuple(map(_turn, turns, messages, earlier))
    prompt = replace(replayed.prompt, turns=made)
    return replace(replayed, transcript_id=pseudonym(replayed.transcript_id), prompt=prompt, reply=reply, human=human)


def _turn(turn: PromptTurn, message: str, reply: str) -> PromptTurn:
    return replace(turn, message=message, facts=tuple(map(_fact, turn.facts)), reply=reply)


def _fact(fact: PromptFact) -> PromptFact:
    return replace(fact, value=spell(fact.key)) if _PERSONAL.fullmatch(fact.key) else fact


def _codes(assistant: Assistant) -> Iterator[str]:
    """Numbers of some orders, by which their form is known."""
    for customer_id in sorted(assistant.records.customer_ids())[:_CUSTOMERS]:
        for order in assistant.orders.of(customer_id, 1):
            yield order.id
            yield order.tracking
