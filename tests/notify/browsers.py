"""A push service on this machine, and browsers that can read what it was handed for them."""

from __future__ import annotations

import json
import queue
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from handrail.store.vault import Subscription


class Handed:
    """One request: its path, head and body."""

    def __init__(self, path: str, headers: dict[str, str], body: bytes) -> None:
        self.path, self.headers, self.body = path, headers, body


class PushService:
    """Takes everything, unless `answers` says what a path is answered with."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.handed: queue.Queue[Handed] = queue.Queue()
        self.answers: dict[str, int] = {}


class Browser:
    """A browser's half of a subscription."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.private, self.secret = ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(16)
        self.key = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def subscription(self, person: str, id_: str = "psh_1") -> Subscription:
        """As it is kept."""
        return Subscription(
            self.endpoint.encode(), id_, "default", person, self.endpoint, self.key, self.secret, "phone", 1
        )

    def read(self, handed: Handed) -> dict[str, Any]:
        """What was said to this browser alone."""
        clear = http_ece.decrypt(
            handed.body, private_key=self.private, auth_secret=self.secret, version=handed.headers["content-encoding"]
        )
        found: dict[str, Any] = json.loads(clear)
        return found


@contextmanager
def push_service() -> Iterator[PushService]:
    """One that runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            service.handed.put(Handed(self.path, headers, body))
            self.send_response(service.answers.get(self.path, 201))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service = PushService(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), name="push-service")
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
