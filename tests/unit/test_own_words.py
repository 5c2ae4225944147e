"""Messages of e-mail threads are what somebody wrote: no quoted mail, no signature, no disclaimer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from finetune.transcripts.own_words import own_words, without_quoted_html
from finetune.transcripts.reading import read_transcripts
from finetune.transcripts.report import ImportReport
from retrieval.feeds.text import plain

SAID = "Do you ship the Alder tent to Canada?"
BELOW = {
    "Gmail": "On Thu, Oct 1, 2026 at 10:00 AM Help <help@oak.example> wrote:\n> We do.\n>\n> Theo",
    "Gmail, broken line": "On Thu, Oct 1, 2026 at 10:00 AM Oak & Elm Customer Care\n<help@oak.example> wrote:\n\n> We do.\n>> Hi",
    "no signs": "On 1 Oct 2026, at 10:00, Help <help@oak.example> wrote:\n\nWe do ship.\nTheo",
    "German": "Am Do., 1. Okt. 2026 um 10:00 Uhr schrieb Hilfe <help@oak.example>:\n> Ja.",
    "French": "Le jeu. 1 oct. 2026 à 10:00, Aide <help@oak.example> a écrit :\n> Oui.",
    "Spanish": "El jue, 1 oct 2026 a las 10:00, Ayuda (<help@oak.example>) escribió:\n> Si.",
    "Outlook": "From: Help <help@oak.example>\nSent: Thursday, October 1, 2026 10:00 AM\nTo: Ines\nSubject: Re: Order\n\nWe do.",
    "Outlook, German": "Von: Hilfe\nGesendet: Donnerstag, 1. Oktober 2026\nAn: Ines\nBetreff: AW: Bestellung\n\nJa.",
    "original": "-----Original Message-----\nFrom: Help\n\nWe do.",
    "forwarded": "---------- Forwarded message ---------\nFrom: Help\n\nWe do.",
    "line": "________________________________\nFrom: Help\n\nWe do.",
    "desk's mark": "##- Please type your reply above this line -##\n\nTicket 501 was updated.",
    "phone": "Sent from my iPhone",
    "phone, German": "Von meinem iPhone gesendet",
    "Outlook for iOS": "Get Outlook for iOS",
    "dashes": "--\nInes Aldana\nHead of Purchasing, Tallis & Grove Ltd\nTel. +44 20 7946 0991",
    "dash and space": "-- \nInes",
    "regards": "Kind regards,\nInes Aldana\nTallis & Grove",
    "thanks": "Thanks,\nInes",
    "greetings": "Mit freundlichen Grüßen\nInes Aldana",
    "disclaimer": "CONFIDENTIALITY NOTICE: this message is for the addressee only.",
    "legal": "This e-mail and any attachments are confidential and intended solely for the addressee. If you are not, delete it.",
    "everything": "Best regards\nInes\n\nSent from my iPad\n\nOn Thu, Oct 1, 2026, Help wrote:\n> We do.\n\nDISCLAIMER: nothing here binds us.",
}


@pytest.mark.parametrize("kind", BELOW)
def test_what_stands_below_a_message_is_left_out(kind: str) -> None:
    assert own_words(f"{SAID}\n\n{BELOW[kind]}") == SAID


@pytest.mark.parametrize(
    "text",
    [
        "On Monday I wrote:\nnothing. Where is it?",
        "Thanks!",
        "Thanks, that worked. One more thing: is it in stock?",
        "I paid 5 > 3 dollars -- is that right?",
        "Best wishes to your team. Where is my parcel?",
        "From: the description I take that it is red. To: whom does it ship?",
        "My regards\n\nIs the tent waterproof?",
        "Is the confidential packaging free?",
        "Kind regards to Theo\nAnd when does the parcel come, do you know that?",
        "",
    ],
)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert own_words(text) == text


def test_a_reply_below_or_between_the_quoted_lines_is_kept() -> None:
    below = f"On Thu, Oct 1, 2026, Help wrote:\n> Where to?\n\n{SAID}"
    between = "> Which tent?\nThe Alder.\n> Which color?\nGreen."
    assert own_words(below) == SAID
    assert own_words(between) == "The Alder.\nGreen."


def test_a_message_of_quoted_mail_alone_says_nothing() -> None:
    assert own_words("On Thu, Oct 1, 2026, Help wrote:\n> We do.\n> Theo") == ""


@pytest.mark.parametrize(
    "quoted",
    [
        "<blockquote>On Thu Help wrote:<br>We do.</blockquote>",
        '<div class="gmail_quote"><div class="gmail_attr">On Thu Help wrote:</div><blockquote>We do.</blockquote></div>',
        '<div class="gmail_signature">Ines<br>Tallis Ltd</div>',
        '<div class="moz-cite-prefix">On 1 Oct Help wrote:</div><blockquote type="cite">We do.</blockquote>',
        '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg">From: Help</div><div>We do.</div>',
        '<div class="yahoo_quoted">We do.</div>',
    ],
)
def test_quotes_of_html_mail_are_left_out(quoted: str) -> None:
    assert own_words(plain(without_quoted_html(f"<div><p>{SAID}</p>{quoted}</div>"))) == SAID


def test_a_thread_of_a_help_desk_is_what_was_said(tmp_path: Path) -> None:
    said = [
        (7, {"html_body": f"<p>{SAID}</p><p>--<br>Ines Aldana<br>Tel. +44 20 7946 0991</p>"}),
        (9, {"html_body": f"<p>Yes, we do.</p><blockquote>On Thu Ines wrote:<br>{SAID}</blockquote>"}),
        (7, {"plain_body": "How long?\n\nSent from my iPhone\n\nOn Thu, Help <help@oak.example> wrote:\n> Yes, we do.\n> \n> On Thu Ines wrote:\n>> Hi"}),
        (9, {"plain_body": "5 to 9 days.\n\nKind regards,\nTheo\nCustomer Care | Oak\nhttps://oak.example\n\n##- Please type your reply above this line -##\n\nCONFIDENTIALITY NOTICE: x"}),
    ]  # fmt: skip
    comments = [
        {"id": n, "author_id": who, "public": True, "created_at": f"2026-10-01T0{n}:00:00Z", **body}
        for n, (who, body) in enumerate(said)
    ]
    path = tmp_path / "tickets.json"
    path.write_text(json.dumps({"tickets": [{"id": 5, "requester_id": 7, "comments": comments}]}))
    (transcript,) = read_transcripts([path], ImportReport())
    assert [message.text for message in transcript.messages] == [SAID, "Yes, we do.", "How long?", "5 to 9 days."]
