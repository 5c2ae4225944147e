"""OrderChat: the whole conversation over the small shop of `actions/order_desk.py`; only the language model is scripted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from assistant.actions.actions import Actions
from assistant.actions.orders import Orders
from assistant.actions.owner import Owner
from assistant.assistant import Assistant, Keeping, Serving
from assistant.beside import Beside
from assistant.build import dialogue_of
from assistant.chips import Chips
from assistant.conversation.store import Store
from assistant.dialogue.waiting import Press
from assistant.order_tables import (
    AddressRow,
    AuditRow,
    CartLineRow,
    OrderLineRow,
    OrderRow,
    PaymentMethodRow,
    PaymentRow,
    RefundRow,
    ReturnLineRow,
    ReturnRow,
)
from assistant.reply import Reply
from assistant.shop import Shop
from retrieval.catalog.faq import Faq
from retrieval.index.index import Index
from retrieval.search.search import Search
from retrieval.store.database import open_database, reading, table_of
from retrieval.store.records import Records
from tests.unit.actions.order_desk import POLICY, Clock, fill, policy
from tests.unit.scripted_speaker import ScriptedSpeaker
from tests.unit.test_assistant import OneServing
from tests.unit.test_turn import MarkedReader
from tests.unit.word_encoder import WordEncoder

CHANGED = (
    OrderRow, OrderLineRow, AddressRow, PaymentMethodRow, PaymentRow, RefundRow, ReturnRow, ReturnLineRow, CartLineRow, AuditRow,
)  # fmt: skip
"""Everything that a change may write; proposals themselves are not in it."""


class OrderChat:
    """One shop; `say` is one message of somebody, answered by the plan that the test gives."""

    def __init__(
        self, home: Path, rules: str = POLICY, plant: Callable[[Records, Orders], None] = lambda records, orders: None
    ) -> None:
        """`plant` adds to the shop's records before they are indexed."""
        self.engine: Engine = open_database(f"sqlite:///{home / 'shop.db'}")
        self.clock = Clock()
        fill(self.engine)
        records, encoder = Records(self.engine), WordEncoder()
        records.upsert_faqs([Faq("returns", "Returns", "You can return anything unused within 30 days of delivery.")])
        plant(records, Orders(self.engine))
        catalog = records.catalog()
        self.actions = Actions.of_database(self.engine, policy(home, rules), clock=self.clock)
        self.speaker = ScriptedSpeaker()
        search = Search(catalog, Index.build(home, catalog, encoder), encoder)
        shop = Shop("Oak", "help@oak.example", return_days=30)
        dialogue = dialogue_of(
            catalog, shop, search, self.actions, encoder, self.speaker, MarkedReader({}), frozenset(), self.clock
        )
        serving = Serving(dialogue, Beside(catalog, Chips(catalog, dialogue.kinds)), "scripted+none")
        keeping = Keeping(records, Orders(self.engine), self.actions, Store(self.engine))
        self.assistant = Assistant(OneServing(serving), keeping)
        self.conversation: str | None = None
        self.customer: str | None = "C-1"

    def say(self, message: str, plan: str = "talk ok", press: Press | None = None) -> Reply:
        """The reply to a message; the model would plan `plan` if it is asked at all."""
        self.speaker.texts = [plan]
        *_, last = self.assistant.reply(message, self.conversation, self.customer, press=press)
        assert isinstance(last, Reply)
        self.conversation = last.conversation_id
        return last

    def press(self, do: str, id: str) -> Reply:
        """The reply to a button."""
        return self.say(do, press=Press.model_validate({"do": do, "id": id}))

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Everything in the database that a change could touch."""
        with reading(self.engine) as connection:
            return {
                row.__tablename__: [dict(each) for each in connection.execute(select(table_of(row))).mappings()]
                for row in CHANGED
            }

    def audit(self) -> list[str]:
        """The kinds of changes that ran, in order."""
        return [row["action"] for row in self.rows()["order_audit"]]

    def cart(self, owner: Owner) -> dict[str, int]:
        """How many of each product are in a cart."""
        return {line.product_id: line.quantity for line in self.actions.cart(owner)}
