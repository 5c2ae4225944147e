"""Chat tokens: the ids of a prompt for a model with a tokenizer of its own, cut to what it can read; used to train and to serve.

A model with a chat template is spoken to by it, any other in plain text with "Reply:" before what it is to write.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from jinja2 import TemplateError

from assistant.language_model.prompt import Prompt, messages

_SPEAKERS = {"system": "", "user": "", "assistant": "Reply: "}
_READABLE = 4096
"""Tokens that a model is taken to read where its configuration does not say."""

Messages = list[dict[str, str]]


def context_length(config: Any) -> int:
    """How many tokens the model of this configuration reads and writes in all."""
    named = getattr(config, "max_position_embeddings", 0) or getattr(config, "n_positions", 0)
    return int(named or _READABLE)


def chat_ids(tokenizer: Any, prompt: Prompt, limit: int) -> list[int]:
    """Ids of `prompt`; the earliest turns are left out, and in the end its beginning, until at most `limit` remain."""
    turns = prompt.turns
    while True:
        ids = encoded(tokenizer, chat_text(tokenizer, messages(replace(prompt, turns=turns))))
        if len(turns) == 1 or len(ids) <= limit:
            return ids[max(len(ids) - limit, 0) :]
        turns = turns[1:]


def chat_text(tokenizer: Any, listed: Messages, *, finished: bool = False) -> str:
    """`listed` as the model reads it, ready for a reply, or for more of one; with `finished` its last reply is closed.

    Raises TemplateError of jinja2 where the template cannot render them.
    """
    begun = listed[-1]["role"] == "assistant" and not finished
    if not tokenizer.chat_template:
        text = "\n\n".join(f"{_SPEAKERS[entry['role']]}{entry['content']}" for entry in listed)
        return text if begun or finished else f"{text}\n\n{_SPEAKERS['assistant'].rstrip()}"
    options = {"add_generation_prompt": not begun and not finished, "continue_final_message": begun, "tokenize": False}
    try:
        return str(tokenizer.apply_chat_template(listed, **options))
    except TemplateError:  # templates such as Gemma's know no system role
        return str(tokenizer.apply_chat_template(_without_system(listed), **options))


def encoded(tokenizer: Any, text: str) -> list[int]:
    """Ids of what `chat_text` returned: a template writes its special tokens itself."""
    ids: list[int] = tokenizer(text, add_special_tokens=not tokenizer.chat_template)["input_ids"]
    return ids


def _without_system(listed: Sequence[dict[str, str]]) -> Messages:
    system, first, *rest = listed
    return [{"role": "user", "content": f"{system['content']}\n\n{first['content']}"}, *rest]
