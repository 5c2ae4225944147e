"""Zendesk: tickets with their comments, as the full JSON export has them, or a ticket beside the answer of its comments.

{"id": 35, "requester_id": 7, "comments": [{"author_id": 7, "public": true, "html_body": "<p>Hi</p>", ...}, ...]}
Form: https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_comments/
"""

from __future__ import annotations

from finetune.transcripts.draft import (
    AUTOMATIC,
    OTHER_BOT,
    PRIVATE_NOTE,
    SYSTEM_LINE,
    Draft,
    Record,
    object_in,
    objects_in,
    text_of,
)
from finetune.transcripts.format import Format, holds_objects
from finetune.transcripts.formats.zendesk_chat import hear_chat, is_chat
from finetune.transcripts.transcript import Role

_TICKET_MARKS = ("requester_id", "requester", "submitter_id")
_RULES = frozenset({"rule", "trigger", "automation", "system"})
_WRITTEN = frozenset({"Comment", "FacebookComment", "TwitterDm", ""})
"""Kinds of comments that somebody wrote; others record calls."""


def _fits(record: Record) -> bool:
    ticket = object_in(record, "ticket") or record
    return holds_objects(record, "comments", "author_id", "public") or any(mark in ticket for mark in _TICKET_MARKS)


def _read(record: Record) -> Draft:
    ticket = object_in(record, "ticket") or record
    requester = object_in(ticket, "requester")
    requester_id = text_of(ticket, "requester_id") or text_of(requester, "id")
    holder = record if "comments" in record else ticket
    if "comments" not in holder:
        raise ValueError(
            "the ticket is without its comments: take the full JSON export, or add the comments of each ticket"
        )
    draft = Draft(text_of(ticket, "id"), text_of(requester, "external_id") or requester_id)
    draft.time = draft.moment(ticket.get("created_at"))
    users = _users(record, ticket)
    for person in users.values():
        draft.know(person)
    customers = {requester_id, *(id for id, user in users.items() if user.get("role") == "end-user")}
    for comment in objects_in(holder, "comments"):
        draft.know(object_in(comment, "author"))
        if is_chat(comment):
            hear_chat(draft, comment, text_of(users.get(requester_id, {}), "name"))
        elif reason := _left_out(comment):
            draft.drop(reason)
        else:
            role = Role.CUSTOMER if text_of(comment, "author_id") in customers else Role.AGENT
            text = text_of(comment, "html_body", "plain_body", "body")
            draft.say(role, text, comment.get("created_at"))
    return draft


def _users(record: Record, ticket: Record) -> dict[str, Record]:
    """The people of the ticket by their ids, as far as the export has them."""
    people = [object_in(ticket, name) for name in ("requester", "submitter", "assignee")]
    people += [user for user in record.get("users") or () if isinstance(user, dict)]
    return {text_of(person, "id"): person for person in people if person}


def _left_out(comment: Record) -> str:
    """Why a comment is left out; "" for one that customer or agent wrote for the other to read."""
    via = object_in(comment, "via")
    if comment.get("public") is not True:
        return PRIVATE_NOTE
    if text_of(via, "channel").startswith("answer_bot"):
        return OTHER_BOT
    if text_of(via, "channel") in _RULES or text_of(object_in(via, "source"), "rel") in _RULES:
        return AUTOMATIC
    if not text_of(comment, "author_id").isdigit():  # the system itself has the number -1
        return SYSTEM_LINE
    return "" if text_of(comment, "type") in _WRITTEN else "record of a call"


ZENDESK = Format("Zendesk", _fits, _read)
