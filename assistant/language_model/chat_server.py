"""ChatServer: a ChatModel behind the URL of any OpenAI-compatible server, such as vLLM, llama.cpp, Ollama or `transformers serve`.

Servers differ in what they take. A request that is refused is sent again without the part that was refused, and the server is
asked that way from then on: a JSON schema, else JSON of any form, else only what the prompt asks for.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any, Self

from httpx2 import HTTPError
from openai import APIStatusError, OpenAI, OpenAIError, Stream, Timeout
from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam

from assistant.language_model.chat_model import Message, Schema, spoken
from assistant.language_model.decoding import Decoding
from retrieval.errors import ModelError, WritingError

_TIMEOUT = Timeout(60.0, connect=5.0)
_PROBE_SECONDS = 10.0
_ANSWER_SECONDS = 120.0
"""The longest that one answer may take: a server that sends a token now and then never reaches the timeout of a read."""
_REFUSALS = (400, 422, 501)
_OPTIONS = ("max_tokens", "temperature", "top_p", "seed")
_JSON_FORMS = ("json_schema", "json_object")


class ChatServer:
    """A ChatModel behind a URL. Safe to share between threads; use it as a context manager, or close it."""

    def __init__(self, client: OpenAI, model: str) -> None:
        self._client = client
        self._model = model
        self._refused: frozenset[str] = frozenset()

    @classmethod
    def open(cls, url: str, model: str = "", key: str = "") -> Self:
        """Connect to the server at `url` (which ends in /v1); an empty `model` takes the first one that it lists.

        Raises ModelError if nothing answers there or it serves no model.
        """
        client = OpenAI(base_url=url, api_key=key or "none", timeout=_TIMEOUT, max_retries=0)
        if model:
            return cls(client, model)
        try:
            listed = [entry.id for entry in client.models.list(timeout=_PROBE_SECONDS).data]
        except (OpenAIError, HTTPError, ValueError) as error:
            client.close()
            raise ModelError(
                f"the model server at {url} does not answer: {error}",
                "Start it, or correct AISLE_MODEL_URL; the address usually ends in /v1.",
            ) from error
        if not listed:
            client.close()
            raise ModelError(f"the model server at {url} lists no model", "Name one with AISLE_MODEL.")
        return cls(client, listed[0])

    def close(self) -> None:
        """Close the connections to the server; the model is of no use afterwards."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def name(self) -> str:
        """The model's name on its server."""
        return self._model

    def chat(
        self, messages: Sequence[Message], decoding: Decoding, cancelled: threading.Event, schema: Schema | None = None
    ) -> Iterator[str]:
        """See `ChatModel.chat`. What is too long for the model is up to the server."""
        return spoken(self._pieces(messages, decoding, cancelled, schema))

    def _pieces(
        self, messages: Sequence[Message], decoding: Decoding, cancelled: threading.Event, schema: Schema | None
    ) -> Iterator[str]:
        if cancelled.is_set():
            return
        deadline = time.monotonic() + _ANSWER_SECONDS
        try:
            with self._ask(messages, decoding, schema) as stream:
                for chunk in stream:
                    if cancelled.is_set():
                        return
                    if time.monotonic() > deadline:
                        raise WritingError(f"{self._model} was not done after {_ANSWER_SECONDS:.0f} seconds")
                    if text := chunk.choices[0].delta.content if chunk.choices else None:
                        yield text
        except (OpenAIError, HTTPError, ValueError) as error:  # the client lets through what is no JSON
            raise WritingError(f"the model server failed while it wrote with {self._model}: {error}") from error

    def _ask(
        self, messages: Sequence[Message], decoding: Decoding, schema: Schema | None
    ) -> Stream[ChatCompletionChunk]:
        listed: list[ChatCompletionMessageParam] = list(messages)  # type: ignore[arg-type]
        refused = self._refused
        while True:
            try:
                stream = self._client.chat.completions.create(
                    model=self._model, messages=listed, stream=True, **_options(decoding, schema, refused)
                )
            except APIStatusError as error:
                part = _refused_part(error, schema, refused)
                if part is None:
                    raise
                refused |= {part}
            else:
                self._refused |= refused
                return stream


def _options(decoding: Decoding, schema: Schema | None, refused: frozenset[str]) -> dict[str, Any]:
    """The parts of a request that a server may refuse, without those in `refused`."""
    wanted = {name: getattr(decoding, name) for name in _OPTIONS}
    options = {name: value for name, value in wanted.items() if value is not None and name not in refused}
    if "max_tokens" in refused:
        options["max_completion_tokens"] = decoding.max_tokens  # newer models of OpenAI know only this name
    form = _json_form(schema, refused)
    if form == "json_schema":
        named = {"name": "answer", "schema": schema, "strict": True}
        options["response_format"] = {"type": form, "json_schema": named}
    elif form:
        options["response_format"] = {"type": form}
    return options


def _json_form(schema: Schema | None, refused: frozenset[str]) -> str | None:
    return next((form for form in _JSON_FORMS if form not in refused), None) if schema else None


def _refused_part(error: APIStatusError, schema: Schema | None, refused: frozenset[str]) -> str | None:
    """What to leave out next: the option that the server names, else the form of JSON; None if it is something else."""
    if error.status_code not in _REFUSALS:
        return None
    if error.param in _OPTIONS and error.param not in refused:
        return error.param
    return _json_form(schema, refused)
