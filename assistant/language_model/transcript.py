"""Transcript: one conversation as the language model reads and writes it, alike in training and in serving.

    <|im_start|>system
    You are the assistant of Fern & Fell, an online shop. It sells tents, boots and kettles.<|im_end|>
    <|im_start|>user
    which of ur tents can stand up to a storm<|im_end|>
    <|im_start|>plan
    find tents: stands up to a storm<|im_end|>
    <|im_start|>brief
    p1 #1 Alder 2 Tent | tent | $189.00 | in stock …<|im_end|>
    <|im_start|>assistant
    I'd take the {p1.name} …<|im_end|>

The model writes two of these parts, the plan and the reply; code writes the brief between them. A conversation only ever grows at
its end, so everything that was read before stays in the engine's cache. The form is SmolLM2's own chat template, with two roles more.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

START, END = "<|im_start|>", "<|im_end|>"
SYSTEM, CONTEXT, USER, PLAN, BRIEF, ASSISTANT = "system", "context", "user", "plan", "brief", "assistant"
MOST_KINDS = 16
"""Kinds of product that the system text names; more would cost every first reply time and tell the planner little."""
MOST_OF_A_MESSAGE = 512
"""Tokens of a message that are read, more than 2,000 letters of English. Letters of scripts that the tokenizer does not know cost several
tokens each, and a few such messages would keep everybody else waiting."""


@dataclass(frozen=True, slots=True)
class TranscriptTurn:
    """One message, its plan, its brief and its reply as text; those that are not written yet are ""."""

    message: str
    plan: str = ""
    brief: str = ""
    reply: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a transcript. `is_written` is true for what the model itself writes: it is trained on these only."""

    role: str
    text: str
    is_written: bool = False


def system_text(shop: str, kinds: Sequence[str]) -> str:
    """What the model knows before a conversation begins: the shop's name, if it has one, and the kinds of product it sells."""
    sold = f" It sells {', '.join(kinds[:MOST_KINDS])}." if kinds else ""
    named = f"{shop}, an online shop" if shop else "an online shop"
    return f"You are the assistant of {named}.{sold}"


def context_text(is_signed_in: bool, page: str = "", number: int = 1) -> str:
    """What is known of the customer's surroundings, or "". `page` and `number` name the product whose page is open."""
    on_page = f"on the page of #{number} {page}" if page else ""
    return "; ".join(filter(None, ["signed in" if is_signed_in else "", on_page]))


def parts(system: str, context: str, turns: Sequence[TranscriptTurn]) -> Iterator[Part]:
    """The parts of a conversation in order; of the last turn, those that are known."""
    yield Part(SYSTEM, system)
    if context:
        yield Part(CONTEXT, context)
    for turn in turns:
        yield Part(USER, harmless(turn.message))
        if turn.plan:
            yield Part(PLAN, turn.plan, is_written=True)
        if turn.brief:
            yield Part(BRIEF, harmless(turn.brief))
        if turn.reply:
            yield Part(ASSISTANT, turn.reply, is_written=True)


def harmless(text: str) -> str:
    """Text of a customer or record without the signs that spell special tokens, so that nobody can type a role or reference."""
    return text.replace("<|", "< |").replace("{", "(").replace("}", ")")


def encode(
    transcript: Sequence[Part], tokens: Callable[[str], list[int]], writes: str = ""
) -> tuple[list[int], list[bool]]:
    """Token ids of a transcript, and for each whether the model is trained to write it.

    `tokens` encodes text without adding anything of its own. With `writes`, a role, that part is opened at the end.
    """
    ids: list[int] = []
    learned: list[bool] = []
    for part in transcript:
        head, body = tokens(f"{START}{part.role}\n"), tokens(f"{part.text}{END}")
        tail = tokens("\n")
        ids += [*head, *body, *tail]
        learned += [*([False] * len(head)), *([part.is_written] * len(body)), *([False] * len(tail))]
    if writes:
        head = tokens(f"{START}{writes}\n")
        ids += head
        learned += [False] * len(head)
    return ids, learned


def prompt_ids(
    system: str,
    context: str,
    turns: Sequence[TranscriptTurn],
    tokens: Callable[[str], list[int]],
    writes: str,
    room: int,
) -> list[int]:
    """Token ids behind which the part `writes` of the last turn is written, at most `room` if that can be.

    What is too much is left out: what a message has beyond `MOST_OF_A_MESSAGE`, the earliest turns, then the end of the last message.
    """
    turns = [replace(turn, message=_beginning(turn.message, tokens)) for turn in turns]

    def ids(kept: Sequence[TranscriptTurn]) -> list[int]:
        return encode(list(parts(system, context, kept)), tokens, writes)[0]

    for start in range(len(turns)):
        found = ids(turns[start:])
        if len(found) <= room:
            return found
    last = turns[-1]
    fitting = bisect_right(
        range(len(last.message)), room, key=lambda length: len(ids([replace(last, message=last.message[:length])]))
    )
    return ids([replace(last, message=last.message[: max(fitting - 1, 0)])])


def _beginning(message: str, tokens: Callable[[str], list[int]]) -> str:
    """As much of a message as is read."""
    if len(message.encode()) <= MOST_OF_A_MESSAGE or len(tokens(message)) <= MOST_OF_A_MESSAGE:
        return message  # a byte costs at most a token
    fitting = bisect_right(range(len(message)), MOST_OF_A_MESSAGE, key=lambda length: len(tokens(message[:length])))
    return message[: max(fitting - 1, 0)]
