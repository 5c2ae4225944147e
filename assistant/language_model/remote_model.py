"""RemoteModel: any OpenAI-compatible server, such as vLLM, llama.cpp or `transformers serve`.

Decoding on a server cannot be held to the references of a turn; what it writes goes through the writer's check
like everything else.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Self

from httpx2 import HTTPError
from openai import OpenAI, OpenAIError, Stream, Timeout
from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam

from assistant.language_model.language_model import Decoding
from assistant.language_model.prompt import Prompt, messages
from retrieval.errors import ModelError, WritingError

_TIMEOUT = Timeout(60.0, connect=5.0)
_PROBE_SECONDS = 10.0


class RemoteModel:
    """A LanguageModel behind a URL."""

    def __init__(self, client: OpenAI, model: str) -> None:
        self._client = client
        self._model = model

    @classmethod
    def open(cls, url: str, model: str = "", key: str = "") -> Self:
        """Connects to the server at `url` (which ends in /v1); an empty `model` takes the first one that it lists.

        Raises ModelError when nothing answers there or it serves no model.
        """
        client = OpenAI(base_url=url, api_key=key or "none", timeout=_TIMEOUT, max_retries=0)
        if model:
            return cls(client, model)
        try:
            listed = [entry.id for entry in client.models.list(timeout=_PROBE_SECONDS).data]
        except (OpenAIError, HTTPError) as error:
            raise ModelError(
                f"the model server at {url} does not answer: {error}",
                "Start it, or correct AISLE_MODEL_URL; the address usually ends in /v1.",
            ) from error
        if not listed:
            raise ModelError(f"the model server at {url} lists no model", "Name one with AISLE_MODEL.")
        return cls(client, listed[0])

    @property
    def name(self) -> str:
        """The model's name on its server."""
        return self._model

    def write(self, prompt: Prompt, decoding: Decoding, cancelled: threading.Event) -> Iterator[str]:
        """Yields the reply as it arrives. Raises WritingError when the server fails, breaks off or falls silent."""
        try:
            with self._ask(prompt, decoding) as stream:
                for chunk in stream:
                    if cancelled.is_set():
                        return
                    text = chunk.choices[0].delta.content if chunk.choices else None
                    if text:
                        yield text
        except (OpenAIError, HTTPError, ValueError) as error:  # the client lets through what is no JSON
            raise WritingError(f"the model server failed while it wrote with {self._model}: {error}") from error

    def _ask(self, prompt: Prompt, decoding: Decoding) -> Stream[ChatCompletionChunk]:
        listed: list[ChatCompletionMessageParam] = messages(prompt)  # type: ignore[assignment]
        return self._client.chat.completions.create(
            model=self._model,
            messages=listed,
            max_tokens=decoding.max_tokens,
            temperature=decoding.temperature,
            top_p=decoding.top_p,
            seed=decoding.seed,
            stream=True,
        )
