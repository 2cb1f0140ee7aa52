"""A server on loopback that speaks the OpenAI API, well or badly; no mock of the client."""

from __future__ import annotations

import json
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-test-0123456789abcdefghij"

Behaviour = Callable[["Handler"], None]


@dataclass
class Seen:
    """One request as it arrived."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]
    at: float


@dataclass
class OpenAIServer:
    """What the server does next, and what it has seen. The last behaviour repeats."""

    url: str
    behaviours: list[Behaviour]
    seen: list[Seen] = field(default_factory=list)
    hung_up: threading.Event = field(default_factory=threading.Event)
    """Set when a client closed its connection before it had its answer."""

    def will(self, *behaviours: Behaviour) -> None:
        self.behaviours[:] = behaviours

    @property
    def last_text(self) -> str:
        """The last message of the last request."""
        text: str = self.seen[-1].body["messages"][-1]["content"]
        return text


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length", 0))
        body = json.loads(self.rfile.read(length))
        shared = self.server.shared
        headers = {name.lower(): value for name, value in self.headers.items()}
        shared.seen.append(Seen(self.path, headers, body, time.monotonic()))
        behaviour = shared.behaviours.pop(0) if len(shared.behaviours) > 1 else shared.behaviours[0]
        try:
            behaviour(self)
        except (BrokenPipeError, ConnectionResetError):
            shared.hung_up.set()
            self.close_connection = True

    def reply(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Silence."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    shared: OpenAIServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what many tests are about."""


@contextmanager
def serving(*behaviours: Behaviour) -> Iterator[OpenAIServer]:
    server = _Server(("127.0.0.1", 0), Handler)
    shared = OpenAIServer(f"http://127.0.0.1:{server.server_port}/v1", list(behaviours) or [says("{}")])
    server.shared = shared
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield shared
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# ---- behaviours -------------------------------------------------------------------------------------


def completion(text: Any, **choice: Any) -> bytes:
    """A chat completion with an answer."""
    message = {"role": "assistant", "content": text, **choice.pop("message", {})}
    return json.dumps(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": "test",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop", **choice}],
            "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
        }
    ).encode()


def says(text: Any, **choice: Any) -> Behaviour:
    """Answers with a text, or with data as JSON."""
    written = text if isinstance(text, str | None) else json.dumps(text, ensure_ascii=False)
    return lambda handler: handler.reply(200, completion(written, **choice))


def refuses(status: int, error: Mapping[str, Any] | None = None, **headers: str) -> Behaviour:
    body = json.dumps(
        {"error": {"message": "no", "type": None, "param": None, "code": None, **(error or {})}}
    )
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: handler.reply(status, body.encode(), named)


def replies(body: bytes, status: int = 200, **headers: str) -> Behaviour:
    """Any body at all."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: handler.reply(status, body, named)


def slow(seconds: float, then: Behaviour) -> Behaviour:
    """Answers late; notices a client that does not wait."""

    def behave(handler: Handler) -> None:
        readable, _, _ = select.select([handler.connection], [], [], seconds)
        if readable and handler.connection.recv(1, socket.MSG_PEEK) == b"":
            handler.server.shared.hung_up.set()
            handler.close_connection = True
            return
        then(handler)

    return behave


def drops(handler: Handler) -> None:
    """Closes the connection without a word."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def half(text: str) -> Behaviour:
    """Announces a whole answer and sends half of it."""

    def behave(handler: Handler) -> None:
        body = completion(text)
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: len(body) // 2])
        handler.wfile.flush()
        drops(handler)

    return behave


def floods(handler: Handler) -> None:
    """Streams garbage until the client has enough."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    handler.close_connection = True
    while True:
        handler.wfile.write(b"\x00garbage" * 4096)


def trickles(handler: Handler) -> None:
    """Sends a byte now and then, so that no read ever times out."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    handler.close_connection = True
    while True:
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.02)
