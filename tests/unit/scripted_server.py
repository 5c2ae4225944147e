"""An OpenAI-compatible server whose every word the test chose."""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Script:
    """What the server does: `answers` one a request, in pieces of four characters; requests with a part in `refuses` get 400.

    `ending` is how an answer goes wrong after its first piece: "breaks off", "is no JSON", "is an error", or "" for not at all.
    """

    answers: list[str] = field(default_factory=list)
    refuses: Collection[str] = ()
    ending: str = ""
    listed: Sequence[str] = ("tiny",)
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def scripted_server(script: Script) -> Iterator[Script]:
    """The script with the URL at which it is played."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = {"object": "list", "data": [{"id": name} for name in script.listed]}
            self._send(200, "application/json", json.dumps(body))

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            script.requests.append(asked)
            if refused := sorted({*asked, (asked.get("response_format") or {}).get("type")} & set(script.refuses)):
                self._send(400, "application/json", json.dumps({"error": {"message": "no", "param": refused[0]}}))
            elif script.ending == "is an error":
                self._send(500, "text/plain", "")
            elif script.ending:
                body = _event("Well") if script.ending == "breaks off" else "data: {oh\n\n"
                self._send(200, "text/event-stream", body, missing=10 if script.ending == "breaks off" else 0)
            else:
                answer = script.answers.pop(0)
                pieces = [answer[place : place + 4] for place in range(0, len(answer), 4)]
                self._send(200, "text/event-stream", "".join(map(_event, pieces)) + "data: [DONE]\n\n")

        def _send(self, status: int, kind: str, body: str, missing: int = 0) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body.encode()) + missing))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    script.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _event(text: str) -> str:
    chunk = {"choices": [{"index": 0, "delta": {"content": text}}], "id": "1", "object": "chat.completion.chunk"}
    return f"data: {json.dumps(chunk)}\n\n"
