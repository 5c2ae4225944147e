"""Order identity: proof of one order without an account, by its number, the e-mail on it, and a code sent there.

    identity.request(conversation_id, "A-1042", "ines@example.org", client)    # sends a code, if the two belong together
    identity.prove(conversation_id, "4711 0815", client)                       # the number of the order that is proved
    store.proved_order(conversation_id)                                        # Owner(customer_id=…, order_id="A-1042")

The proof is kept with the conversation, for two hours, and is of that one order. `request` does the same and takes as long whether
the order exists: it stores a code in any case, and what is sent is sent later by another thread.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from assistant.access.attempts import Attempts, Limit
from assistant.access.mail import Mail, MailNotSent, MailSender
from assistant.access.tables import OrderCodeRow
from assistant.actions.orders import order_key
from assistant.conversation.store import Store
from assistant.order_tables import OrderRow
from assistant.tables import ConversationRow, ProvedOrderRow
from retrieval.clock import utc_now
from retrieval.errors import AisleError, ConversationNotFound
from retrieval.store.database import storable, table_of, writing
from retrieval.store.tables import CustomerRow

CODE_LIFE = timedelta(minutes=10)
"""How long a code can be entered."""

_DIGITS = 8
_TRIES = 5  # of one code: with 8 digits and 6 codes an hour a guesser has 30 in 100,000,000
_ORDER = Limit("codes for order", "6/hour")
_ADDRESS = Limit("codes for address", "6/hour")
_CLIENT = Limit("codes for client", "20/hour")
_GUESSES = Limit("code guesses of client", "30/hour")
_NO_KEY = "-"  # no order has it: keys are letters and digits
_log = structlog.get_logger(__name__)


class CodeRefused(AisleError):
    """A code does not fit, has expired, or was never sent; which of them is not said."""


class OrderIdentity:
    """Proofs of orders in one database. Every method raises StoreError where the database fails.

    `mail` is the mail with a code for an order, given the address, the order's number and the code.
    """

    def __init__(
        self,
        engine: Engine,
        sender: MailSender,
        mail: Callable[[str, str, str], Mail],
        secret: str,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._engine = engine
        self._sender = sender
        self._mail = mail
        self._secret = secret.encode()
        self._clock = clock
        self._attempts = Attempts(engine, clock)
        self._post = ThreadPoolExecutor(1, thread_name_prefix="mail")

    def request(self, conversation_id: str, order: str, email: str, client: str) -> str:
        """Send a code to `email` if it is the address on the order that `order` names. It takes the place of an earlier one.

        Without a conversation a new one begins; the id is returned.

        Raises ConversationNotFound unless this is a visitor's conversation, and TooManyAttempts: 6 codes an hour for an order and
        for an address, 20 for a client.
        """
        key, address, now = order_key(order[:100]) or _NO_KEY, _address(email), self._clock()
        self._attempts.take([(_ORDER, key), (_ADDRESS, address), (_CLIENT, client)])
        conversation_id = conversation_id or Store(self._engine).begin()
        code = "".join(secrets.choice("0123456789") for _ in range(_DIGITS))
        with writing(self._engine) as connection:
            self._check_visitor(connection, conversation_id)
            found = self._found(connection, key, address)
            customer_id, order_id = found[:2] if found else ("", "")
            connection.execute(delete(OrderCodeRow).where(OrderCodeRow.expires <= now))
            connection.execute(delete(OrderCodeRow).where(OrderCodeRow.conversation_id == conversation_id))
            values = {"conversation_id": conversation_id, "customer_id": customer_id, "order_id": order_id,
                      "hash": self._digest(conversation_id, code), "expires": now + CODE_LIFE, "tries": 0}  # fmt: skip
            connection.execute(insert(OrderCodeRow).values(values))
        self._post.submit(self._send, found[2] if found else "", order_id, code)
        return conversation_id

    def prove(self, conversation_id: str, code: str, client: str) -> str:
        """The number of the order that `code` proves, which this conversation may speak of from now on.

        Raises CodeRefused, and TooManyAttempts after 30 guesses of a client in an hour. A code can be tried five times, and once
        with success.
        """
        self._attempts.take([(_GUESSES, client)])
        digits, now = "".join(filter(str.isdecimal, code[:40])), self._clock()
        this = OrderCodeRow.conversation_id == (conversation_id if storable(conversation_id) else "")
        tried = update(table_of(OrderCodeRow)).where(this, OrderCodeRow.expires > now, OrderCodeRow.tries < _TRIES)
        with writing(self._engine) as connection:
            row = connection.execute(
                tried.values(tries=OrderCodeRow.tries + 1).returning(table_of(OrderCodeRow))
            ).mappings().first()  # fmt: skip
            hash_ = row["hash"] if row is not None else ""
            fits = hmac.compare_digest(hash_, self._digest(conversation_id, digits))
            is_proved = row is not None and fits and bool(row["order_id"])
            if row is not None and is_proved:
                self._check_visitor(connection, conversation_id)
                connection.execute(delete(OrderCodeRow).where(this))
                connection.execute(delete(ProvedOrderRow).where(ProvedOrderRow.conversation_id == conversation_id))
                values = {name: row[name] for name in ("conversation_id", "customer_id", "order_id")}
                connection.execute(insert(ProvedOrderRow).values(**values, proved=now))
        if row is None or not is_proved:
            raise CodeRefused("This code does not fit, or is no longer good.", "Check it, or ask for a new one.")
        _log.info("order_proved")
        proved: str = row["order_id"]
        return proved

    def close(self) -> None:
        """Send what waits to be sent, and no more."""
        self._post.shutdown()

    @staticmethod
    def _found(connection: Connection, key: str, address: str) -> tuple[str, str, str] | None:
        """Customer, number and address of the one order with this key and address."""
        query = select(OrderRow.customer_id, OrderRow.id, CustomerRow.email).join(
            CustomerRow, CustomerRow.id == OrderRow.customer_id
        )
        rows = connection.execute(query.where(OrderRow.key == key).limit(20)).all()
        fitting = [row for row in rows if hmac.compare_digest(_address(row.email).encode(), address.encode())]
        return (fitting[0][0], fitting[0][1], fitting[0][2]) if len(fitting) == 1 and address else None

    @staticmethod
    def _check_visitor(connection: Connection, conversation_id: str) -> None:
        query = select(func.count()).where(ConversationRow.id == conversation_id, ConversationRow.customer_id.is_(None))
        if not storable(conversation_id) or not connection.scalar(query):
            raise ConversationNotFound("There is no such conversation of a visitor.", "Start a new one.")

    def _digest(self, conversation_id: str, code: str) -> str:
        """A keyed hash: whoever reads the database alone cannot try all codes."""
        told = f"order code {conversation_id} {code}".encode("utf-8", "surrogatepass")
        return hmac.new(self._secret, told, hashlib.sha256).hexdigest()

    def _send(self, to: str, order_id: str, code: str) -> None:
        if not to:
            return
        try:
            self._sender.send(self._mail(to, order_id, f"{code[:4]} {code[4:]}"))
        except MailNotSent as error:
            _log.error("code_not_sent", error=error.message, hint=error.hint)
        except Exception:
            _log.exception("code_not_sent")


def _address(email: str) -> str:
    """An e-mail address as it is compared."""
    return email[:254].strip().casefold().encode("utf-8", "replace").decode()
