"""Other clients of /v1 than the Python SDK: the public JavaScript client, Gradio's chat UI, and requests in the shape that Open WebUI sends."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import gradio as gr
import httpx2
import pytest

from tests.fake_assistant import FakeAssistant
from tests.unit.web import make_app, served

SCRIPT = Path(__file__).parents[1] / "clients" / "openai.mjs"
TENTS = "Here are three tents. The Larkfield 2 tent is $149.00."


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(make_app(tmp_path_factory.mktemp("home"), FakeAssistant())) as base:
        yield base


@pytest.fixture(scope="module")
def node_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which node finds the client, and the script that uses it."""
    packages = os.environ.get("TEST_NODE_MODULES", "")
    if not shutil.which("node"):
        pytest.skip("node is missing")
    if not (Path(packages) / "openai").is_dir() or not packages:
        pytest.skip(
            "TEST_NODE_MODULES names no folder with the package openai: `make javascript` installs it in .venv/node"
        )
    folder = tmp_path_factory.mktemp("node")
    (folder / "node_modules").symlink_to(Path(packages).resolve())
    shutil.copy(SCRIPT, folder)
    return folder


def test_the_javascript_client_streams_and_not(url: str, node_folder: Path) -> None:
    run = subprocess.run(
        ["node", SCRIPT.name, f"{url}/v1"], cwd=node_folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode == 0, run.stderr
    got = json.loads(run.stdout)
    assert (got["whole"], got["finished"], got["text"], got["finish"]) == (TENTS, "stop", TENTS, "stop")
    assert got["products"] == ["T-1", "T-2", "T-3"]
    assert got["usage"]["total_tokens"] == got["usage"]["prompt_tokens"] + got["usage"]["completion_tokens"]
    assert got["models"] == ["aisle"]
    assert got["error"] == {"status": 404, "name": "NotFoundError"}


HEADERS = {"Authorization": "Bearer sk-any", "Content-Type": "application/json", "Accept": "*/*"}
CHAT = {
    "stream": True,
    "model": "aisle",
    "messages": [
        {"role": "system", "content": "User Context:\n\nToday is Friday."},
        {"role": "user", "content": "hello"},
        {"role": "assistant", "content": "You said: hello"},
        {"role": "user", "content": [{"type": "text", "text": "tents"}, {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}]},
    ],
    "params": {},
    "features": {"image_generation": False, "code_interpreter": False, "web_search": False, "memory": False},
    "variables": {"{{USER_NAME}}": "Ada", "{{CURRENT_DATE}}": "2026-11-27"},
    "metadata": {"user_id": "u1", "chat_id": "c1", "message_id": "m1", "session_id": "s1", "tool_ids": None, "files": None, "variables": {"a": {"b": 1}}},
    "stream_options": {"include_usage": True},
    "session_id": "s1",
    "chat_id": "c1",
    "background_tasks": {"title_generation": True, "tags_generation": True, "follow_up_generation": True},
    "tools": None,
    "temperature": 0.8,
    "user": {"name": "Ada", "id": "u1", "email": "ada@example.com", "role": "user"},
}  # fmt: skip
"""A message in the shape that Open WebUI sends to a server of the OpenAI protocol, written by hand: its own keys, nulls, parts."""


def test_a_chat_uis_requests_are_answered(url: str) -> None:
    with httpx2.Client(base_url=f"{url}/v1", headers=HEADERS) as client:
        assert [each["id"] for each in client.get("/models").json()["data"]] == ["aisle"]
        with client.stream("POST", "/chat/completions", json=CHAT) as response:
            assert response.headers["content-type"].startswith("text/event-stream")
            lines = [line.removeprefix("data: ") for line in response.iter_lines() if line.startswith("data: ")]
        assert lines[-1] == "[DONE]"
        chunks = [json.loads(line) for line in lines[:-1]]
        text = "".join(each["choices"][0]["delta"].get("content") or "" for each in chunks if each["choices"])
        assert text == TENTS
        assert chunks[-1]["usage"]["total_tokens"] > 0
        whole = client.post("/chat/completions", json=CHAT | {"stream": False, "stream_options": None}).json()
        assert whole["choices"][0]["message"]["content"] == TENTS


def test_the_title_that_a_chat_ui_asks_for_is_no_error(url: str) -> None:
    """Open WebUI has the model name each chat: a long instruction as the only message, with keys of its own."""
    task = (
        "### Task:\nGenerate a concise title for the chat history below.\n<chat_history>\nUSER: hello\n</chat_history>"
    )
    body = {"model": "aisle", "messages": [{"role": "user", "content": task}], "stream": False, "max_completion_tokens": 1000, "metadata": {"task": "title_generation", "chat_id": "c1"}}  # fmt: skip
    answer = httpx2.post(f"{url}/v1/chat/completions", json=body, headers=HEADERS)
    assert answer.status_code == 200
    assert answer.json()["choices"][0]["message"]["content"]


def chat_ui(url: str, **options: object) -> Callable[..., str]:
    """Gradio's chat UI as a client: takes a message and the conversation so far, and returns the reply that it shows."""

    async def opened() -> gr.ChatInterface:  # without a running event loop, Gradio opens some that nobody closes
        return gr.load_chat(f"{url}/v1/", model="aisle", token="any", **options)

    ui = asyncio.run(opened())

    def ask(text: str, *said: str, files: Sequence[str] = ()) -> str:
        roles = [
            {"role": role, "content": each} for role, each in zip(("user", "assistant") * len(said), said, strict=False)
        ]
        history = ui.chatbot.preprocess(ui.chatbot.postprocess(roles))  # as its page sends the conversation back
        message = {"text": text, "files": list(files)} if ui.multimodal else text
        reply = ui.fn(message, history)
        return reply if isinstance(reply, str) else [*reply][-1]

    return ask


@pytest.mark.parametrize("streaming", [True, False])
@pytest.mark.parametrize("file_types", ["text_encoded", "image", None])
def test_the_chat_ui_of_gradio_is_answered(url: str, streaming: bool, file_types: str | None) -> None:
    ask = chat_ui(url, streaming=streaming, file_types=file_types)
    assert ask("tents") == TENTS
    assert ask("kettle", "tents", TENTS) == "You said: kettle"
    assert ask("fern", "tents", TENTS, "kettle", "You said: kettle") == "You said: fern"


@pytest.mark.parametrize("streaming", [True, False])
def test_files_in_the_chat_ui_of_gradio_are_no_error(url: str, streaming: bool, tmp_path: Path) -> None:
    picture, notes = tmp_path / "tent.png", tmp_path / "notes.txt"
    picture.write_bytes(b"\x89PNG\r\n")
    notes.write_text("kettle " * 2000)
    ask = chat_ui(url, streaming=streaming, file_types=["text_encoded", "image"])
    assert ask("tents", files=[str(picture)]) == TENTS
    assert ask("", files=[str(picture)]) == "You said: "
    assert "kettle kettle" in ask("look", files=[str(notes)])
