"""A real receiver of webhooks on this machine, and an ear for every connection that this process begins."""

from __future__ import annotations

import queue
import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.notify.mailbox import HOST


@dataclass
class Receiver:
    """What came, the names that TLS asked for, and what is answered."""

    port: int = 0
    status: int = 204
    location: str = ""
    came: queue.SimpleQueue[tuple[dict[str, str], bytes]] = field(default_factory=queue.SimpleQueue)
    names: list[str | None] = field(default_factory=list)
    requests: int = 0


@contextmanager
def receiver(pair: tuple[Path, Path] | None = None) -> Iterator[Receiver]:
    """A receiver that runs until the block ends; with a certificate over TLS."""
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.requests += 1
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.came.put((dict(self.headers.items()), body))
            self.send_response(found.status)
            if found.location:
                self.send_header("Location", found.location)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer((HOST, 0), Handler)
    if pair:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*pair)
        context.sni_callback = lambda _socket, name, _context: found.names.append(name)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    found.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Ear(threading.local):
    heard: list[Any] | None = None
    stops = False


_ear = _Ear()


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if event == "socket.connect" and _ear.heard is not None:
        _ear.heard.append(args[1])
        if _ear.stops:
            raise ConnectionRefusedError


sys.addaudithook(_hook)


@contextmanager
def connections(*, stopped: bool = False) -> Iterator[list[Any]]:
    """Where this thread connects to until the block ends; `stopped` lets nothing through."""
    _ear.heard, _ear.stops = [], stopped
    try:
        yield _ear.heard
    finally:
        _ear.heard, _ear.stops = None, False
