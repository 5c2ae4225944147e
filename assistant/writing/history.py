"""History: how much of a conversation the next prompt repeats, so that it fits the embedded model's context."""

from __future__ import annotations

from dataclasses import replace

from assistant.conversation.conversation import Conversation
from assistant.evidence.evidence import Evidence
from assistant.language_model.prompt import Prompt, PromptFact, PromptTurn

_MOST_TURNS = 2
_BUDGET = 340
"""Tokens of a prompt, so that 512 leave room for a reply of 160."""
_LONGEST_MESSAGE = 480
_CHARACTERS_PER_TOKEN = 3.5


def prompt_for(policy: str, conversation: Conversation, message: str, evidence: Evidence) -> Prompt:
    """The prompt for a reply to `message`: what this turn may say, behind the last turns that fit."""
    facts = tuple(PromptFact(fact.key, fact.text, fact.hint) for fact in evidence.facts)
    turn = PromptTurn(_clipped(message), evidence.acts, facts)
    return Prompt(policy, (*history(conversation, _BUDGET - tokens(turn)), turn))


def history(conversation: Conversation, budget: int) -> tuple[PromptTurn, ...]:
    """The last turns, oldest first: at most two, and only as many as `budget` tokens hold."""
    kept: list[PromptTurn] = []
    for turn in reversed(conversation.turns[-_MOST_TURNS:]):
        past = replace(turn.prompt, message=_clipped(turn.prompt.message))
        budget -= tokens(past)
        if budget < 0 or not past.reply:
            break
        kept.append(past)
    return tuple(reversed(kept))


def tokens(turn: PromptTurn) -> int:
    """About how many tokens the embedded model needs for `turn`: acts and references are one each, hints two."""
    marked = len(turn.acts) + sum(3 if fact.hint else 1 for fact in turn.facts)
    return marked + _length(turn.message) + _length(turn.reply) + 4


def _length(text: str) -> int:
    return round(len(text) / _CHARACTERS_PER_TOKEN)


def _clipped(message: str) -> str:
    """`message` without its middle where it is very long: what a customer wants stands at the start or the end."""
    if len(message) <= _LONGEST_MESSAGE:
        return message
    half = _LONGEST_MESSAGE // 2
    return f"{message[:half]} … {message[-half:]}"
