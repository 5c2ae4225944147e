"""Mail: sends a message by SMTP, or keeps it as a file where no mail server is set."""

from __future__ import annotations

import os
import secrets
import smtplib
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, make_msgid
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from assistant.settings import Settings
from retrieval.errors import AisleError, SettingsError

_TIMEOUT = 20.0
_SUBMISSION, _TLS = 587, 465
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


class MailNotSent(AisleError):
    """A mail server cannot be reached, or refuses a mail."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail in plain text."""

    to: str
    subject: str
    text: str


class MailSender(Protocol):
    """Sends mails of the shop."""

    def send(self, mail: Mail) -> None:
        """Send `mail`. Raises MailNotSent."""
        ...


class FileOutbox:
    """Keeps each mail as a file `.eml`, readable by its owner alone. Nothing leaves the machine."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    def send(self, mail: Mail) -> None:
        """Write `mail`; it appears whole or not at all."""
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
        draft = self._folder / f"{name}.part"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(_message(mail, self._sender).as_bytes())
            draft.rename(self._folder / f"{name}.eml")
        except OSError as error:
            raise MailNotSent(f"The mail cannot be kept in {self._folder}: {error.strerror}.") from error


class SmtpSender:
    """Sends by the server of an SMTP URL, over TLS unless the server is this machine."""

    def __init__(self, url: str, sender: str) -> None:
        """Raises SettingsError for a URL that is none, never showing its password."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            parts, host, port = urlsplit(""), "", None
        if parts.scheme not in ("smtp", "smtps") or not host:
            raise SettingsError(
                "AISLE_MAIL_URL is no address of a mail server.",
                "Write it as smtp://user:password@mail.example:587 (STARTTLS) or smtps://user:password@mail.example:465.",
            )
        if not sender:
            raise SettingsError("AISLE_MAIL_URL is set, but no sender.", "Set AISLE_MAIL_FROM or AISLE_SHOP_EMAIL.")
        self._host = host
        self._is_tls = parts.scheme == "smtps"
        self._port = port or (_TLS if self._is_tls else _SUBMISSION)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender = sender

    def send(self, mail: Mail) -> None:
        """Send `mail` in a connection of its own."""
        try:
            with self._connected() as server:
                if self._user:
                    server.login(self._user, self._password)
                server.send_message(_message(mail, self._sender))
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise MailNotSent(
                f"The mail server {self._host}:{self._port} did not take the mail: {type(error).__name__}.",
                "Check AISLE_MAIL_URL, and that the server lets this sender send.",
            ) from error

    def _connected(self) -> smtplib.SMTP:
        if self._is_tls:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self._host, self._port, timeout=_TIMEOUT, context=context)
        server = smtplib.SMTP(self._host, self._port, timeout=_TIMEOUT)
        if self._host not in _THIS_MACHINE:
            try:
                server.starttls(context=ssl.create_default_context())
            except (OSError, smtplib.SMTPException):
                server.close()
                raise
        return server


def open_mail(settings: Settings) -> MailSender:
    """The sender that the settings name: SMTP, or the folder `outbox` in the home. Raises SettingsError."""
    address = settings.mail_from or settings.shop_email
    sender = formataddr((settings.shop_name, address)) if address else ""
    url = settings.mail_url.get_secret_value()
    return SmtpSender(url, sender) if url else FileOutbox(settings.home / "outbox", sender or "aisle@localhost")


def _message(mail: Mail, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, mail.to, mail.subject
    message["Date"], message["Message-ID"] = format_datetime(datetime.now(UTC)), make_msgid(domain="aisle.invalid")
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence note answers it
    message.set_content(mail.text)
    return message
