"""Mail: through a real SMTP server on this machine, and into files."""

from __future__ import annotations

import email
import socket
import stat
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from assistant.access.mail import FileOutbox, Mail, MailNotSent, SmtpSender, open_mail
from assistant.settings import Settings
from retrieval.errors import SettingsError

pytestmark = pytest.mark.filterwarnings(
    "ignore:Requiring AUTH while not requiring TLS"
)  # the server is on this machine

MAIL = Mail("ines@example.org", "Código 4711", "Grüße,\n\n    4711 0815\n.\n")
FROM = "Elm & Fell <shop@elm.example>"


class Inbox:
    """What the server took: sender, recipients and the mail."""

    def __init__(self) -> None:
        self.got: list[tuple[str, list[str], EmailMessage]] = []

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.startswith("nobody"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        message = email.message_from_bytes(envelope.content or b"", policy=default)
        assert isinstance(message, EmailMessage)
        self.got.append((envelope.mail_from or "", envelope.rcpt_tos, message))
        return "250 OK"


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def server(inbox: Inbox) -> Iterator[str]:
    """Host and port of a server that takes mails of user `shop` alone."""

    def authenticated(
        _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: LoginPassword
    ) -> AuthResult:
        return AuthResult(success=given == LoginPassword(b"shop", b"p@ss/word"), handled=False)

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(
        inbox,
        "127.0.0.1",
        port,
        authenticator=authenticated,
        auth_required=True,
        auth_require_tls=False,
    )
    controller.start()
    yield f"127.0.0.1:{port}"
    controller.stop()


def test_a_mail_arrives_as_it_was_written(server: str, inbox: Inbox) -> None:
    SmtpSender(f"smtp://shop:p%40ss%2Fword@{server}", FROM).send(MAIL)
    sender, to, message = inbox.got[0]
    assert (sender, to) == ("shop@elm.example", [MAIL.to])
    assert (message["To"], message["From"], message["Subject"]) == (MAIL.to, FROM, MAIL.subject)
    assert message.get_content().replace("\r\n", "\n") == MAIL.text
    assert message["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("user", "to"),
    [
        ("shop:wrong", MAIL.to),
        ("shop:p%40ss%2Fword", "nobody@example.org"),
        ("shop:p%40ss%2Fword", "a@b\nBcc: eve@x"),
        ("", MAIL.to),
    ],
)
def test_what_the_server_refuses_is_an_error_without_the_password(
    server: str, inbox: Inbox, user: str, to: str
) -> None:
    with pytest.raises(MailNotSent, match=server) as refused:
        SmtpSender(f"smtp://{user}@{server}" if user else f"smtp://{server}", FROM).send(Mail(to, "x", "y"))
    assert "word" not in str(refused.value)
    assert "wrong" not in str(refused.value)
    assert inbox.got == []


def test_a_server_that_is_not_there_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(MailNotSent):
        SmtpSender(f"smtp://127.0.0.1:{port}", FROM).send(MAIL)


def test_a_server_elsewhere_must_offer_tls(server: str, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.access.mail._THIS_MACHINE", ())
    for scheme in ("smtp", "smtps"):
        with pytest.raises(MailNotSent):
            SmtpSender(f"{scheme}://shop:p%40ss%2Fword@{server}", FROM).send(MAIL)
    assert inbox.got == []


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "smtp://shop:hunter2@host:port"])
def test_a_url_that_is_none_is_refused_at_the_start(url: str, tmp_path: Path) -> None:
    settings = Settings(_env_file=None, home=tmp_path, mail_url=url, shop_email="shop@elm.example")  # type: ignore[call-arg,arg-type]
    with pytest.raises(SettingsError, match="AISLE_MAIL_URL") as refused:
        open_mail(settings)
    assert "hunter2" not in str(refused.value)


def test_a_server_without_a_sender_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="AISLE_MAIL_FROM"):
        open_mail(Settings(_env_file=None, home=tmp_path, mail_url="smtp://127.0.0.1"))  # type: ignore[call-arg,arg-type]


def test_without_a_server_mails_are_files_for_their_owner_alone(tmp_path: Path) -> None:
    shop = {"shop_name": "Grün, Elm & Fell", "mail_from": "shop@elm.example"}
    sender = open_mail(Settings(_env_file=None, home=tmp_path, **shop))  # type: ignore[call-arg,arg-type]
    for _ in range(2):
        sender.send(MAIL)
    files = sorted((tmp_path / "outbox").iterdir())
    assert [file.suffix for file in files] == [".eml", ".eml"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    message = email.message_from_bytes(files[0].read_bytes(), policy=default)
    assert (message["To"], message["Subject"]) == (MAIL.to, MAIL.subject)
    assert message["From"].addresses[0].display_name == shop["shop_name"]
    (tmp_path / "file").write_text("")
    with pytest.raises(MailNotSent):
        FileOutbox(tmp_path / "file" / "outbox", FROM).send(MAIL)
