"""The customer's chat: Gradio blocks, mounted by `ui/app.py` at `/chat` and shown in the widget's frame.

One page load is one visitor. Nothing is kept on the server between two calls but the stored conversation: the page
sends back its conversation id and token with each message, and `Reception` says whose they are.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from datetime import datetime
from html import escape, unescape
from typing import Any

import gradio as gr
import structlog

from assistant.conversation.conversation import Conversation
from assistant.conversation.rating import LONGEST_REASON, Thumb
from assistant.desk.case import Case
from assistant.desk.desk import visible
from assistant.reply import Cards, Reply, Sentence
from assistant.shown import Card, Shown
from retrieval.errors import AisleError, ConversationNotFound
from ui.cards import cards_html, find_order_html, links_html, proposal_html, safe_url, sources_html, text_html
from ui.chat_people import (
    Message,
    entry_messages,
    question_html,
    question_messages,
    said_by_aisle,
    said_by_customer,
    status_messages,
)
from ui.greeting import Greeted, Greeter
from ui.identity import TokenRefused
from ui.look import QUESTIONS, Look
from ui.opening import OpeningAssistant, Readiness
from ui.page import ShopPage, after_of, press_of
from ui.protection import TooFast
from ui.proxies import client_of, root_of
from ui.reception import Reception
from ui.replies import TooBusy
from ui.strings import Strings, strings_of

_log = structlog.get_logger(__name__)

CHIPS = QUESTIONS
_LONGEST_HISTORY = 200
_LARGEST_HISTORY = 250_000  # characters: every message is sent back with the whole history
_FAILURES: dict[type[AisleError], str] = {TokenRefused: "signed_out", TooFast: "too_fast", TooBusy: "busy"}
"""What a customer is told of an error; of any other, that something failed."""

Update = dict[Any, Any]


class ChatPage:
    """Builds the blocks once; its methods are their listeners and keep no state of any visitor."""

    def __init__(self, reception: Reception, look: Look) -> None:
        self._reception = reception
        self._shop = look
        self._greeter = Greeter(reception.assistant)

    def build(self) -> gr.Blocks:
        """The blocks, with every listener private: programs use `/api/chat`."""
        title = self._shop.title or strings_of(self._shop.language)("title")
        with gr.Blocks(title=title, analytics_enabled=False, fill_height=True) as blocks:
            self._lay_out()
            self._listen(blocks)
        return blocks.queue(max_size=64, api_open=False)

    def _lay_out(self) -> None:
        strings = strings_of(self._shop.language)
        self._header = gr.HTML(_header(self._shop, strings), elem_id="aisle-header")
        self._log = gr.Chatbot(
            elem_id="aisle-log", label=strings("conversation"), show_label=False, container=False, height="100%", scale=1,
            render_markdown=False, buttons=[], feedback_options=None, layout="bubble", autoscroll=False,
            group_consecutive_messages=False,
        )  # fmt: skip
        with gr.Row(elem_id="aisle-chips"):
            self._chips = [gr.Button("", visible=False, elem_classes="aisle-chip", size="sm") for _ in range(CHIPS)]
            self._retry = gr.Button(strings("retry"), visible=False, elem_classes="aisle-chip is-retry", size="sm")
        with gr.Row(elem_id="aisle-compose"):
            self._box = gr.Textbox(
                elem_id="aisle-box", label=strings("message"), show_label=False,
                placeholder=strings("placeholder"),
                lines=1, max_lines=4, scale=1, container=False, submit_btn=False,
            )  # fmt: skip
            self._send = gr.Button(strings("send"), elem_id="aisle-send", variant="primary", scale=0, min_width=44)
        self._press = gr.Button("", visible="hidden", elem_id="aisle-press")
        self._conversation = gr.Textbox(visible="hidden", elem_id="aisle-conversation", container=False)
        self._changed = gr.Button("", visible="hidden", elem_id="aisle-changed")
        self._token = gr.Textbox(visible="hidden", container=False)
        self._look = gr.Textbox(visible="hidden", container=False)

    def _listen(self, blocks: gr.Blocks) -> None:
        changed = [self._header, self._log, self._conversation, self._retry, *self._chips]
        held = [self._log, self._conversation, self._token, self._look]
        shared: dict[str, Any] = {
            "outputs": changed, "api_visibility": "private", "concurrency_id": "reply", "concurrency_limit": 16,
            "show_progress": "hidden", "trigger_mode": "once", "preprocess": False,
        }  # fmt: skip
        # The page takes a message out of the box as it is sent; those sent while a reply is written are answered together after it.
        sent = [self._box.submit, self._send.click]
        waiting = shared | {"trigger_mode": "always_last", "js": "(box, ...held) => aisle.sent(aisle.take(), held)"}
        typed = gr.on(sent, self._answer, [self._box, *held], **waiting)
        pressed = shared | {"js": "(chip, ...held) => aisle.press(chip, held)"}
        followed = [chip.click(self._answer, [chip, *held], **pressed) for chip in self._chips]
        on_card = shared | {"js": "(button, ...held) => aisle.pressed(held)"}
        followed.append(self._press.click(self._answer, [self._press, *held], **on_card))
        retried = self._retry.click(self._again, held, **shared | {"js": "(...held) => aisle.now(held)"})
        for done in (typed, *followed, retried):
            done.then(None, None, None, js="() => aisle.replied()", api_visibility="private")
        self._changed.click(
            self._show_again, [self._conversation, self._token, self._look], changed,
            js="(...held) => aisle.changed(held)", api_visibility="private", show_progress="hidden", queue=False,
        )  # fmt: skip
        started = blocks.load(
            self._start, [self._conversation, self._token, self._look],
            [self._header, self._log, self._conversation, self._token, self._look, self._box, self._send, self._retry,
             *self._chips], js="() => aisle.start()",
            api_visibility="private", show_progress="hidden", queue=False,
        )  # fmt: skip
        started.then(None, [self._token], None, js="(token) => aisle.ready(token)", api_visibility="private")

    def _start(self, conversation_id: str, token: str, page: str, request: gr.Request) -> Update:
        """Greets, or shows again the conversation that this tab had before it went to another page of the shop."""
        conversation_id, token, page = map(_text, (conversation_id, token, page))
        look = self._shop.on_page(page)
        strings = strings_of(look.language)
        is_refused = bool(token) and not (token := self._reception.welcome(token, client_of(request.request)))
        greeted = self._greeted(token, request)
        history = [said_by_aisle(text_html(greeted.words(look, self._shop.title, strings)))]
        if is_refused:
            history.append(said_by_aisle(_failure(strings("not_signed_in"))))
        known = self._kept_conversation(conversation_id, token, request)
        chips: Sequence[str] = greeted.chips(tuple(self._first_questions(page) or look.questions))
        case = None
        if known and known.turns:
            history += self._retold(known, root_of(request.request), strings)
            case = self._case(known.id)
            chips = () if case and case.is_silent else known.turns[-1].shown.chips
        return {
            self._header: _header(look, strings, _person(case)),
            self._log: history,
            self._conversation: known.id if known else "",
            self._token: token,
            self._look: page,
            self._box: gr.update(label=strings("message"), placeholder=strings("placeholder")),
            self._send: gr.update(value=strings("send")),
            self._retry: gr.update(value=strings("retry")),
            **self._chip_updates(chips),
        }

    async def _answer(
        self, message: str, history: list[Message], conversation_id: str, token: str, page: str, request: gr.Request
    ) -> AsyncGenerator[Update]:
        """Shows the message at once, then the reply as it is written."""
        message, conversation_id, token, page = map(_text, (message, conversation_id, token, page))
        if not message.strip():
            # What was typed went with the message before it. Gradio empties the outputs of a listener that yields nothing.
            yield {self._retry: gr.skip()}
            return
        strings = strings_of(self._shop.on_page(page).language)
        shown = [*_kept(history), said_by_customer(message)]
        case = self._case(conversation_id)
        waiting = [] if case and case.is_silent else [said_by_aisle(_writing(strings))]
        yield {
            self._log: [*shown, *waiting],
            self._retry: gr.update(visible=False),
            **self._chip_updates(()),
        }
        async with aclosing(self._reply(message, shown, conversation_id, token, page, request)) as updates:
            async for update in updates:
                yield update

    async def _again(
        self, history: list[Message], conversation_id: str, token: str, page: str, request: gr.Request
    ) -> AsyncGenerator[Update]:
        """Takes the last message and its failed reply back, and asks once more."""
        kept = _kept(history)
        last = next((at for at in range(len(kept) - 1, -1, -1) if kept[at]["role"] == "user"), None)
        if last is None:
            yield {self._retry: gr.update(visible=False)}
            return
        asked = self._answer(_words(kept[last]), kept[:last], conversation_id, token, page, request)
        async with aclosing(asked) as updates:
            async for update in updates:
                yield update

    async def _reply(
        self,
        message: str,
        shown: list[Message],
        conversation_id: str,
        token: str,
        page: str,
        request: gr.Request,
    ) -> AsyncGenerator[Update]:
        text, cards, root = "", tuple[Card, ...](), root_of(request.request)
        strings = strings_of(self._shop.on_page(page).language)
        try:
            visitor = self._reception.visitor(request.request, token)
            started = await self._reception.events(
                "chat",
                message,
                conversation_id,
                visitor,
                page=ShopPage.of(page).product,
                press=press_of(page),
                after=after_of(page),
            )
            async with aclosing(started) as events:
                async for event in events:
                    if isinstance(event, Cards):
                        cards = event.cards
                    elif isinstance(event, Sentence):
                        text += event.text
                    if isinstance(event, Reply) and event.answerer is not None:
                        yield self._shown_again(event.conversation_id, token, page, request)
                    elif isinstance(event, Reply):
                        yield self._finished(event, shown, root, strings)
                    else:
                        bubble = text_html(text) or _writing(strings)
                        yield {self._log: [*shown, said_by_aisle(bubble, cards_html(cards, root, strings))]}
        except ConversationNotFound:  # signed out, or in as somebody else, in another tab: what follows is a new one
            async with aclosing(self._reply(message, shown, "", token, page, request)) as updates:
                async for update in updates:
                    yield update
        except AisleError as error:
            told = strings(_FAILURES.get(type(error), "failed"))
            yield {
                self._log: [*shown, said_by_aisle(text_html(text) + _failure(told))],
                self._retry: gr.update(visible=True),
            }

    def _finished(self, reply: Reply, shown: list[Message], root: str, strings: Strings) -> Update:
        below = _below(reply.shown, root, strings) + _tools(
            reply.conversation_id, reply.turn, reply.time, None, strings
        )
        below += question_html(reply.question, strings)
        told = said_by_aisle(text_html(reply.text), below)
        return {
            self._log: [*shown, told],
            self._conversation: reply.conversation_id,
            **self._chip_updates(reply.shown.chips),
        }

    def _show_again(self, conversation_id: str, token: str, page: str, request: gr.Request) -> Update:
        """Shows the conversation as it is stored: a person has written, come or gone."""
        return self._shown_again(_text(conversation_id), _text(token), _text(page), request)

    def _shown_again(self, conversation_id: str, token: str, page: str, request: gr.Request) -> Update:
        known = self._kept_conversation(conversation_id, token, request)
        if known is None:
            return {self._retry: gr.update(visible=False)}
        look, case = self._shop.on_page(page), self._case(known.id)
        strings = strings_of(look.language)
        chips = () if not known.turns or (case and case.is_silent) else known.turns[-1].shown.chips
        greeting = self._greeted(token, request).words(look, self._shop.title, strings)
        return {
            self._header: _header(look, strings, _person(case)),
            self._log: [said_by_aisle(text_html(greeting)), *self._retold(known, root_of(request.request), strings)],
            self._conversation: known.id,
            self._retry: gr.update(visible=False),
            **self._chip_updates(chips),
        }

    def _greeted(self, token: str, request: gr.Request) -> Greeted:
        try:
            return self._greeter.greeted(self._reception.visitor(request.request, token).customer_id)
        except TokenRefused:  # it ran out since the page was opened; the next message says so
            return Greeted()

    def _case(self, conversation_id: str) -> Case | None:
        staffed = self._reception.staffed
        return staffed.desk.case(conversation_id) if staffed is not None and conversation_id else None

    def _first_questions(self, page: str) -> Sequence[str]:
        """What may be asked on the shop's page that is open, unless the shop has chosen its questions itself."""
        assistant = self._reception.assistant
        is_opening = isinstance(assistant, OpeningAssistant) and assistant.readiness is not Readiness.READY
        if is_opening or self._shop.on_page(page).has_own_questions:
            return ()
        return ShopPage.of(page).questions(assistant.catalog)

    def _chip_updates(self, chips: Sequence[str]) -> Update:
        labels = [*chips[:CHIPS], *[""] * CHIPS][:CHIPS]
        return {
            button: gr.update(value=label, visible=bool(label))
            for button, label in zip(self._chips, labels, strict=True)
        }

    def _kept_conversation(self, conversation_id: str, token: str, request: gr.Request) -> Conversation | None:
        if not conversation_id:
            return None
        try:
            visitor = self._reception.visitor(request.request, token)
            return self._reception.assistant.conversation(conversation_id, visitor.customer_id)
        except AisleError as error:
            _log.info("conversation_not_resumed", error=type(error).__name__)
            return None

    def _retold(self, conversation: Conversation, root: str, strings: Strings) -> list[Message]:
        """The latest stored turns with what stood beside their replies, what people wrote between them, and who answers now."""
        staffed, case = self._reception.staffed, self._case(conversation.id)
        entries = visible(staffed.desk.entries(conversation.id)) if staffed is not None and case is not None else ()
        told: list[Message] = []
        for turn in conversation.turns[-_LONGEST_HISTORY // 2 :]:
            below = _below(turn.shown, root, strings) + _tools(
                conversation.id, turn.number, turn.time, turn.rating, strings
            )
            told += [said_by_customer(turn.message), said_by_aisle(text_html(turn.reply), below)]
            told += [
                shown for entry in entries if entry.turn == turn.number for shown in entry_messages(entry, strings)
            ]
        waiting = [] if case is None else status_messages(case, strings)
        return [*told, *waiting, *question_messages(conversation.question, strings)]


def _below(shown: Shown, root: str, strings: Strings) -> str:
    return (
        proposal_html(shown.proposal, strings)
        + cards_html(shown.cards, root, strings)
        + links_html(shown.links, root, strings)
        + sources_html(shown.sources, root, strings)
        + find_order_html(shown, strings)
    )


def _tools(conversation_id: str, turn: int, time: datetime, rating: Thumb | None, strings: Strings) -> str:
    """The line below a finished reply: its time, and buttons that copy and rate it. `chat.js` does what they say.

    It names the conversation too: once a reply is seen to be finished, the tab has kept what it belongs to.
    """
    thumbs = "".join(
        f'<button type="button" class="aisle-tool is-{thumb}" data-rate="{thumb}" aria-pressed="{str(thumb is rating).lower()}" '
        f'aria-label="{escape(label)}" title="{escape(label)}"></button>'
        for thumb, label in ((Thumb.UP, strings("helpful")), (Thumb.DOWN, strings("not_helpful")))
    )
    copy, ask = escape(strings("copy")), escape(strings("what_was_wrong"))
    return (
        f'<div class="aisle-tools" data-conversation="{escape(conversation_id)}" data-turn="{turn}"><time datetime="{time.isoformat()}"></time>'
        f'<button type="button" class="aisle-tool is-copy" data-copy="{escape(strings("copied"))}" aria-label="{copy}" '
        f'title="{copy}"></button>{thumbs}'
        f'<span class="aisle-told" role="status" data-kept="{escape(strings("rating_kept"))}" '
        f'data-lost="{escape(strings("rating_lost"))}"></span>'
        f'<form class="aisle-reason" hidden><input maxlength="{LONGEST_REASON}" aria-label="{ask}" placeholder="{ask}">'
        f"<button>{escape(strings('submit'))}</button></form></div>"
    )


def _person(case: Case | None) -> str:
    return case.agent.name if case is not None and case.agent is not None else ""


def _failure(text: str) -> str:
    return f'<div class="aisle-failure" role="alert">{text_html(text)}</div>'


def _kept(history: Any) -> list[Message]:
    """The page's history in the form that it is shown again: the page's own view, nothing of it is read or stored.

    Listeners take their inputs unprocessed, so that a page cannot have components of its choice made on the server.
    """
    kept: list[Message] = []
    left = _LARGEST_HISTORY
    for message in reversed(history[-_LONGEST_HISTORY:] if isinstance(history, list) else []):
        role = message.get("role") if isinstance(message, dict) else None
        text, is_markup = _part(message.get("content")) if role in ("user", "assistant") else ("", False)
        left -= len(text)
        if left < 0:
            break
        if text:
            kept.append({"role": role, "content": gr.HTML(text) if is_markup else text})
    return kept[::-1]


def _text(value: Any) -> str:
    """Return what a page sent as text, and "" for anything else: inputs arrive unprocessed."""
    return value if isinstance(value, str) else ""


def _part(content: Any) -> tuple[str, bool]:
    """Return the text of a message and whether it is HTML made by `said_by_aisle`.

    Gradio sends content as a list of parts; ours have exactly one.
    """
    part = content[0] if isinstance(content, list) and content else content
    if not isinstance(part, dict):
        return _text(part), False
    is_markup = part.get("type") == "component"
    return _text(part.get("value" if is_markup else "text")), is_markup


def _words(message: Message) -> str:
    """What the customer typed, from a message made by `said_by_customer`."""
    return unescape(message["content"]) if isinstance(message["content"], str) else ""


def _writing(strings: Strings) -> str:
    words = escape(strings("writing"))
    return f'<p class="aisle-writing"><span class="aisle-unseen">{words}</span><i></i><i></i><i></i></p>'


def _header(look: Look, strings: Strings, person: str = "") -> str:
    """The heading: logo, title, and whether a person is talking, whose name is `person`. A logo of the shop's own lies next to the widget's script."""
    logo = safe_url(look.logo, "../")
    mark = (
        f'<img class="aisle-logo" src="{escape(logo)}" alt="" width="38" height="38" referrerpolicy="no-referrer">'
        if logo
        else '<span class="aisle-mark" aria-hidden="true"></span>'
    )
    title, subtitle = (
        escape(look.title or strings("title")),
        escape(strings("person_subtitle", name=person) if person else strings("subtitle")),
    )
    new = escape(strings("new_conversation"))
    return (
        f'<header class="aisle-header" lang="{strings.language}">{mark}<div><h1 id="aisle-title">{title}</h1>'
        f'<p>{subtitle}</p></div><button type="button" id="aisle-new" aria-label="{new}" title="{new}"></button>'
        f'<button type="button" id="aisle-close" aria-label="{escape(strings("close"))}">&#10005;</button></header>'
    )
